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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuLongArray;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to increment one of a thousand counters? All threads share all of them, and each takes them in an order
 * that looks random. One invocation is one increment; at the end none may be lost.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CounterArrays {
    private static final int LENGTH = 1024;

    @State(Scope.Thread)
    public static class Mine extends Increments {
        private int random = System.identityHashCode(this);

        // A linear congruential generator: its upper bits are the better ones.
        int next() {
            increments++;
            random = random * 1664525 + 1013904223;
            return random >>> 22;
        }
    }

    @State(Scope.Benchmark)
    public static class ArrayState {
        PerCpuLongArray counters = new PerCpuLongArray(LENGTH);

        @TearDown(Level.Trial)
        public void check() {
            long[] sums = new long[LENGTH];
            counters.sums(sums);
            Increments.check(Arrays.stream(sums).sum());
        }
    }

    @State(Scope.Benchmark)
    public static class VariablesState {
        PerCpuLong[] counters = new PerCpuLong[LENGTH];

        public VariablesState() {
            Arrays.setAll(counters, i -> new PerCpuLong());
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(Arrays.stream(counters).mapToLong(PerCpuLong::sum).sum());
        }
    }

    @State(Scope.Benchmark)
    public static class AtomicState {
        AtomicLongArray counters = new AtomicLongArray(LENGTH);

        @TearDown(Level.Trial)
        public void check() {
            long sum = 0;
            for (int i = 0; i < LENGTH; i++) {
                sum += counters.get(i);
            }
            Increments.check(sum);
        }
    }

    @State(Scope.Benchmark)
    public static class AddersState {
        LongAdder[] counters = new LongAdder[LENGTH];

        public AddersState() {
            Arrays.setAll(counters, i -> new LongAdder());
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(Arrays.stream(counters).mapToLong(LongAdder::sum).sum());
        }
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState {
        private final List<long[]> all = new ArrayList<>();
        final ThreadLocal<long[]> counters = ThreadLocal.withInitial(this::make);

        private long[] make() {
            long[] mine = new long[LENGTH];
            synchronized (all) {
                all.add(mine);
            }
            return mine;
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(all.stream().flatMapToLong(Arrays::stream).sum());
        }
    }

    @Benchmark
    public void perCpuLongArray(ArrayState s, Mine mine) {
        s.counters.increment(mine.next());
    }

    @Benchmark
    public void perCpuLongs(VariablesState s, Mine mine) {
        PerCpu.add(s.counters[mine.next()], 1);
    }

    @Benchmark
    public void atomicLongArray(AtomicState s, Mine mine) {
        s.counters.getAndIncrement(mine.next());
    }

    @Benchmark
    public void longAdders(AddersState s, Mine mine) {
        s.counters[mine.next()].increment();
    }

    @Benchmark
    public void threadLocalArray(ThreadLocalState s, Mine mine) {
        s.counters.get()[mine.next()]++;
    }
}
