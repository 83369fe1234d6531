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

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

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
 * What do those that count in java.util.concurrent cost, on a JDK with and without per-CPU adders? All threads share one.
 * Runs on any JDK.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class JavaAdders {
    private static final int KEYS = 1024;

    @State(Scope.Benchmark)
    public static class Shared {
        LongAdder longAdder = new LongAdder();
        DoubleAdder doubleAdder = new DoubleAdder();
        LongAccumulator sum = new LongAccumulator(Long::sum, 0);
        LongAccumulator max = new LongAccumulator(Math::max, Long.MIN_VALUE);
        DoubleAccumulator doubleSum = new DoubleAccumulator(Double::sum, 0);
        ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
    }

    /** What few use: the caller's increments are rare. */
    @State(Scope.Thread)
    public static class Own {
        LongAdder longAdder = new LongAdder();
        final Object[] keys = new Object[KEYS];
        int next;

        public Own() {
            for (int i = 0; i < KEYS; i++) {
                keys[i] = new Object();
            }
        }

        Object key() {
            return keys[next++ & (KEYS - 1)];
        }
    }

    @Benchmark
    public void longAdder(Shared s) {
        s.longAdder.increment();
    }

    @Benchmark
    public void longAdderOwn(Own s) {
        s.longAdder.increment();
    }

    @Benchmark
    public void doubleAdder(Shared s) {
        s.doubleAdder.add(1.5);
    }

    @Benchmark
    public void longAccumulatorSum(Shared s) {
        s.sum.accumulate(1);
    }

    @Benchmark
    public void longAccumulatorMax(Shared s) {
        s.max.accumulate(1);
    }

    @Benchmark
    public void doubleAccumulatorSum(Shared s) {
        s.doubleSum.accumulate(1.5);
    }

    @Benchmark
    public long longAdderSum(Shared s) {
        return s.longAdder.sum();
    }

    /** An invocation is a put and a remove of a key of the thread's own. */
    @Benchmark
    public void mapPutRemove(Shared s, Own own) {
        Object key = own.key();
        s.map.put(key, key);
        s.map.remove(key);
    }
}
