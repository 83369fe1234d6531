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

import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.ObjectName;

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
    // Of the counters before, whose memory is not counted: all code is compiled then.
    private static final int ROUNDS_BEFORE = 2_000;
    private static final int INCREMENTS = 100;
    private static final int ROUNDS = 10;

    /** What one counter took, in bytes, and how many of the counters became as big as they get. */
    record Result(double heap, double nativeMemory, double resident, double grown) {
    }

    static Result result;

    @State(Scope.Benchmark)
    public static class Variables {
        @Param({"1", "1000", "100000"})
        int variables;
    }

    @Benchmark
    public Object perCpuLong(Variables v) throws Exception {
        return measure(v.variables, PerCpuLong::new, c -> PerCpu.add(c, 1), PerCpuLong::sum, PerCpuLong[]::new, c -> true);
    }

    @Benchmark
    public Object perCpuCounter(Variables v) throws Exception {
        return measure(v.variables, PerCpuCounter::new, PerCpuCounter::increment, PerCpuCounter::sum, PerCpuCounter[]::new,
                c -> true);
    }

    @Benchmark
    public Object longAdder(Variables v) throws Exception {
        Field cells = LongAdder.class.getSuperclass().getDeclaredField("cells");
        cells.setAccessible(true);
        return measure(v.variables, LongAdder::new, LongAdder::increment, LongAdder::sum, LongAdder[]::new, c -> {
            try {
                return cells.get(c) != null;
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static <T> T[] measure(int variables, Supplier<T> make, Consumer<T> increment, Function<T, Long> sum,
            IntFunction<T[]> array, Function<T, Boolean> isGrown) throws Exception {
        T[] before = array.apply(1);
        before[0] = make.get();
        contend(before, increment, sum, isGrown, ROUNDS_BEFORE);
        T[] counters = array.apply(variables);
        // What it takes itself is not counted either.
        Usage.now();
        Usage start = Usage.now();
        for (int i = 0; i < variables; i++) {
            counters[i] = make.get();
        }
        int grown = contend(counters, increment, sum, isGrown, ROUNDS);
        Usage end = Usage.now();
        double heap = end.heap - start.heap;
        result = new Result(heap / variables, (double) (end.nativeMemory - start.nativeMemory) / variables,
                (heap + end.residentOutsideOfHeap - start.residentOutsideOfHeap) / variables, (double) grown / variables);
        increment.accept(before[0]);
        return counters;
    }

    // A thread for each CPU: they meet at each counter many times, and increment it as fast as they can.
    private static <T> int contend(T[] counters, Consumer<T> increment, Function<T, Long> sum, Function<T, Boolean> isGrown,
            int rounds) throws InterruptedException {
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
        int grown = 0;
        for (T counter : counters) {
            long expected = (long) count * rounds * INCREMENTS;
            if (sum.apply(counter) != expected) {
                throw new IllegalStateException("counted " + sum.apply(counter) + " of " + expected);
            }
            grown += isGrown.apply(counter) ? 1 : 0;
        }
        return grown;
    }

    /** Bytes that are used now. All pages of the Java heap are resident from the start on. */
    private record Usage(long heap, long nativeMemory, long residentOutsideOfHeap) {
        private static final Pattern COMMITTED = Pattern.compile("^ *-? *(Total|Java Heap).*committed=(\\d+)", Pattern.MULTILINE);
        private static final Pattern RSS = Pattern.compile("^Rss: +(\\d+) kB", Pattern.MULTILINE);

        static Usage now() throws Exception {
            for (int i = 0; i < 5; i++) {
                System.gc();
                System.runFinalization();
            }
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            String nmt = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmNativeMemory",
                    new Object[] {new String[] {"summary", "scale=B"}}, new String[] {String[].class.getName()});
            Matcher m = COMMITTED.matcher(nmt);
            long committed = 0;
            int found = 0;
            while (m.find()) {
                committed += (m.group(1).equals("Total") ? 1 : -1) * Long.parseLong(m.group(2));
                found++;
            }
            if (found != 2) {
                throw new IllegalStateException("not understood: " + nmt);
            }
            Matcher rss = RSS.matcher(Files.readString(Path.of("/proc/self/smaps_rollup")));
            if (!rss.find()) {
                throw new IllegalStateException("no Rss in /proc/self/smaps_rollup");
            }
            return new Usage(heap, committed, 1024 * Long.parseLong(rss.group(1)));
        }
    }
}
