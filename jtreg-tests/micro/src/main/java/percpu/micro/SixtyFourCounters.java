/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.
 *
 * This code is distributed in the hope that it will be useful, but WITHOUT
 * ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or
 * FITNESS FOR A PARTICULAR PURPOSE.  See the GNU General Public License
 * version 2 for more details (a copy is included in the LICENSE file that
 * accompanied this code).
 *
 * You should have received a copy of the GNU General Public License version
 * 2 along with this work; if not, write to the Free Software Foundation,
 * Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301 USA.
 */

package percpu.micro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an increment cost in a program that has many counters? One invocation increments 64 counters,
 * that are in an array, one after the other: numbers are per 64. Otherwise as {@link OneCounter}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class SixtyFourCounters {
    static final int COUNTERS = 64;

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    @State(Scope.Thread)
    public static class Private {
        final long[] counters = new long[COUNTERS];
    }

    @State(Scope.Benchmark)
    public static class PerCpuState {
        final PerCpuLong[] counters = Stream.generate(PerCpuLong::new).limit(COUNTERS).toArray(PerCpuLong[]::new);
    }

    @State(Scope.Benchmark)
    public static class PerCpuCounterState {
        final PerCpuCounter[] counters = Stream.generate(PerCpuCounter::new).limit(COUNTERS).toArray(PerCpuCounter[]::new);
    }

    @State(Scope.Benchmark)
    public static class LongAdderState {
        final LongAdder[] counters = Stream.generate(LongAdder::new).limit(COUNTERS).toArray(LongAdder[]::new);
    }

    @State(Scope.Benchmark)
    public static class AtomicLongState {
        final AtomicLong[] counters = Stream.generate(AtomicLong::new).limit(COUNTERS).toArray(AtomicLong[]::new);
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState {
        final ThreadLocalCounter[] counters = Stream.generate(ThreadLocalCounter::new).limit(COUNTERS).toArray(ThreadLocalCounter[]::new);
    }

    @State(Scope.Benchmark)
    public static class StripedState {
        final Striped[] counters = Stream.generate(Striped::new).limit(COUNTERS).toArray(Striped[]::new);
    }

    @Benchmark
    public void plainOpaque(Private s) {
        long[] counters = s.counters;
        for (int i = 0; i < counters.length; i++) {
            ELEMENT.setOpaque(counters, i, (long) ELEMENT.getOpaque(counters, i) + 1);
        }
    }

    @Benchmark
    public void perCpuAdd(PerCpuState s) {
        for (PerCpuLong counter : s.counters) {
            PerCpu.add(counter, 1);
        }
    }

    @Benchmark
    public void perCpuCounter(PerCpuCounterState s) {
        for (PerCpuCounter counter : s.counters) {
            counter.increment();
        }
    }

    @Benchmark
    public void longAdder(LongAdderState s) {
        for (LongAdder counter : s.counters) {
            counter.increment();
        }
    }

    @Benchmark
    public void atomicLong(AtomicLongState s) {
        for (AtomicLong counter : s.counters) {
            counter.getAndIncrement();
        }
    }

    @Benchmark
    public void threadLocal(ThreadLocalState s) {
        for (ThreadLocalCounter counter : s.counters) {
            counter.increment();
        }
    }

    @Benchmark
    public void stripedArray(StripedState s) {
        for (Striped counter : s.counters) {
            counter.increment();
        }
    }
}
