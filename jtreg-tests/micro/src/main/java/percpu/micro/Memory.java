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

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How much memory does a counter take once threads on all CPUs have incremented it at the same time? A LongAdder
 * gets bigger only then. The time that it takes is of no interest; {@link Footprint} adds the memory to JMH's results.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--add-opens",
    "java.base/java.util.concurrent.atomic=ALL-UNNAMED", "-XX:NativeMemoryTracking=summary", "-Xms512m", "-Xmx512m",
    "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class Memory {
    // Of the first counter, so that all code is compiled when those come that are counted.
    private static final int ROUNDS_OF_THE_FIRST = 2_000;
    private static final int INCREMENTS = 100;
    private static final int ROUNDS = 10;

    @State(Scope.Benchmark)
    public static class Variables {
        @Param({"1", "1000", "100000"})
        int variables;
    }

    @Benchmark
    public Object perCpuLong(Variables v) throws Exception {
        return measure(v.variables, PerCpuLong::new, c -> PerCpu.add(c, 1), PerCpuLong::sum, PerCpuLong[]::new, c -> 0);
    }

    @Benchmark
    public Object perCpuCounter(Variables v) throws Exception {
        return measure(v.variables, PerCpuCounter::new, PerCpuCounter::increment, PerCpuCounter::sum, PerCpuCounter[]::new,
                c -> 0);
    }

    @Benchmark
    public Object longAdder(Variables v) throws Exception {
        Field cells = LongAdder.class.getSuperclass().getDeclaredField("cells");
        cells.setAccessible(true);
        return measure(v.variables, LongAdder::new, LongAdder::increment, LongAdder::sum, LongAdder[]::new, adder -> {
            try {
                Object[] table = (Object[]) cells.get(adder);
                return table == null ? 0 : (int) Arrays.stream(table).filter(Objects::nonNull).count();
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static <T> Object measure(int variables, Supplier<T> make, Consumer<T> increment, Function<T, Long> sum,
            IntFunction<T[]> array, ToIntFunction<T> cells) throws Exception {
        T[] first = array.apply(1);
        T[] counters = array.apply(variables);
        // What it takes itself is not counted.
        Usage.now();
        Usage before = Usage.now();
        first[0] = make.get();
        increment.accept(first[0]);
        Usage one = Usage.now();
        contend(first, increment, sum, cells, ROUNDS_OF_THE_FIRST, 1);
        Usage start = Usage.now();
        for (int i = 0; i < variables; i++) {
            counters[i] = make.get();
        }
        double grown = contend(counters, increment, sum, cells, ROUNDS, 0);
        Usage.Bytes each = Usage.now().since(start, variables);
        Usage.Bytes alone = one.since(before, 1);
        Footprint.found("heap", each.heap(), "B");
        Footprint.found("native", each.nativeMemory(), "B");
        Footprint.found(Footprint.RESIDENT, each.resident(), "B");
        Footprint.found("firstHeap", alone.heap(), "B");
        Footprint.found("firstNative", alone.nativeMemory(), "B");
        Footprint.found("firstResident", alone.resident(), "B");
        Footprint.found("cells", grown, "cells");
        // All of it is in use until here.
        return List.of(first, counters);
    }

    // A thread for each CPU: they meet at each counter many times, and increment it as fast as they can.
    // Answers how many cells a counter has then.
    private static <T> double contend(T[] counters, Consumer<T> increment, Function<T, Long> sum, ToIntFunction<T> cells,
            int rounds, long before) throws InterruptedException {
        int count = Runtime.getRuntime().availableProcessors();
        AtomicInteger arrived = new AtomicInteger();
        Thread[] threads = new Thread[count];
        for (int t = 0; t < count; t++) {
            threads[t] = new Thread(() -> {
                int target = 0;
                for (T counter : counters) {
                    for (int round = 0; round < rounds; round++) {
                        target += count;
                        arrived.incrementAndGet();
                        while (arrived.get() - target < 0) {
                            Thread.onSpinWait();
                        }
                        for (int i = 0; i < INCREMENTS; i++) {
                            increment.accept(counter);
                        }
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long all = 0;
        for (T counter : counters) {
            long expected = before + (long) count * rounds * INCREMENTS;
            if (sum.apply(counter) != expected) {
                throw new IllegalStateException("counted " + sum.apply(counter) + " of " + expected);
            }
            all += cells.applyAsInt(counter);
        }
        return (double) all / counters.length;
    }
}
