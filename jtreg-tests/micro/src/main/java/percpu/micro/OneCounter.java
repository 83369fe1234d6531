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
 * What does one increment cost when all threads count with the same counter?
 * One invocation is one increment; its result is not used.
 * <p>
 * {@link #plainOpaque} is the limit inside Java: each thread has a field of its own, so it
 * loses nothing and shares nothing, and cannot be summed. Throughput, not average time, is
 * measured: it adds up what each thread did, also when the threads get unequal shares of the
 * CPUs. {@link Main} runs the forks in rounds, one fork of each contender after the other.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--add-exports",
    "java.base/jdk.internal.percpu=ALL-UNNAMED", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class OneCounter {
    static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(Private.class, "count", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @State(Scope.Thread)
    public static class Private {
        long count;
    }

    @State(Scope.Benchmark)
    public static class PerCpuState {
        PerCpuLong count = new PerCpuLong();
    }

    @State(Scope.Benchmark)
    public static class PerCpuCounterState {
        PerCpuCounter count = new PerCpuCounter();
    }

    @State(Scope.Benchmark)
    public static class LongAdderState {
        LongAdder count = new LongAdder();
    }

    @State(Scope.Benchmark)
    public static class AtomicLongState {
        AtomicLong count = new AtomicLong();
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState {
        ThreadLocalCounter count = new ThreadLocalCounter();
    }

    @State(Scope.Benchmark)
    public static class StripedState {
        Striped count = new Striped();
    }

    @Benchmark
    public void plainOpaque(Private s) {
        COUNT.setOpaque(s, (long) COUNT.getOpaque(s) + 1);
    }

    @Benchmark
    public void perCpuAdd(PerCpuState s) {
        PerCpu.add(s.count, 1);
    }

    @Benchmark
    public void perCpuCounter(PerCpuCounterState s) {
        s.count.increment();
    }

    @Benchmark
    public void longAdder(LongAdderState s) {
        s.count.increment();
    }

    @Benchmark
    public void atomicLong(AtomicLongState s) {
        s.count.getAndIncrement();
    }

    @Benchmark
    public void threadLocal(ThreadLocalState s) {
        s.count.increment();
    }

    @Benchmark
    public void stripedArray(StripedState s) {
        s.count.increment();
    }
}
