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

import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpuLocal;

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
 * What does it cost to find an object that hardly anybody else uses now, and to use it? A generator of random numbers,
 * whose state may be wrong by a step if two threads have it at once.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class SlotObjects {
    /** Two cache lines longer, so that two of them in a row share none. */
    @SuppressWarnings("unused")
    static final class Random {
        private long state = 1;
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

        long next() {
            return state = state * 6364136223846793005L + 1442695040888963407L;
        }
    }

    @State(Scope.Benchmark)
    public static class Shared {
        final PerCpuLocal<Random> perCpu = PerCpuLocal.withInitial(Random::new);
        final ThreadLocal<Random> threadLocal = ThreadLocal.withInitial(Random::new);
        final Random one = new Random();
    }

    @Benchmark
    public long perCpuLocal(Shared s) {
        return s.perCpu.get().next();
    }

    @Benchmark
    public long threadLocal(Shared s) {
        return s.threadLocal.get().next();
    }

    @Benchmark
    public long one(Shared s) {
        return s.one.next();
    }
}
