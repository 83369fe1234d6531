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

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an increment cost in a loop that does nothing else, as those of {@link Limits} do?
 * No compiler can make one increment out of two here: other threads may look at the counter
 * in between. At the end none may be missing.
 * <p>
 * Where eight counters take turns numbers are per eight. Other than an invocation of {@link EightCounters}, a round of such a
 * loop has no call in it, nor JMH's own loop: it is what the loops in C are to be compared with.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Loops {
    private static final int LOOP = Limits.LOOP;
    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(Private.class, "count", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final class Constants {
        static final PerCpuLong C0 = new PerCpuLong();
        static final PerCpuLong C1 = new PerCpuLong();
        static final PerCpuLong C2 = new PerCpuLong();
        static final PerCpuLong C3 = new PerCpuLong();
        static final PerCpuLong C4 = new PerCpuLong();
        static final PerCpuLong C5 = new PerCpuLong();
        static final PerCpuLong C6 = new PerCpuLong();
        static final PerCpuLong C7 = new PerCpuLong();
    }

    private static void check(long count, long loops) {
        if (count != loops * LOOP) {
            throw new IllegalStateException("counted " + count + " of " + loops * LOOP);
        }
    }

    @State(Scope.Thread)
    public static class Private {
        long count;
        long loops;

        @TearDown(Level.Trial)
        public void check() {
            Loops.check(count, loops);
        }
    }

    /** For one thread. */
    @State(Scope.Benchmark)
    public static class PerCpuState {
        PerCpuLong count = new PerCpuLong();
        long loops;

        @TearDown(Level.Trial)
        public void check() {
            Loops.check(count.sum(), loops);
        }
    }

    @Benchmark
    @OperationsPerInvocation(Limits.LOOP)
    public void plainOpaque(Private s) {
        for (int i = 0; i < LOOP; i++) {
            COUNT.setOpaque(s, (long) COUNT.getOpaque(s) + 1);
        }
        s.loops++;
    }

    @Benchmark
    @OperationsPerInvocation(Limits.LOOP)
    public void perCpuAdd(PerCpuState s) {
        PerCpuLong count = s.count;
        for (int i = 0; i < LOOP; i++) {
            PerCpu.add(count, 1);
        }
        s.loops++;
    }

    /** For one thread. The counters' fields may change, so that each use loads one, and from it the address. */
    @State(Scope.Benchmark)
    public static class EightFields {
        PerCpuLong c0 = new PerCpuLong();
        PerCpuLong c1 = new PerCpuLong();
        PerCpuLong c2 = new PerCpuLong();
        PerCpuLong c3 = new PerCpuLong();
        PerCpuLong c4 = new PerCpuLong();
        PerCpuLong c5 = new PerCpuLong();
        PerCpuLong c6 = new PerCpuLong();
        PerCpuLong c7 = new PerCpuLong();
        long loops;

        @TearDown(Level.Trial)
        public void check() {
            for (PerCpuLong count : new PerCpuLong[] {c0, c1, c2, c3, c4, c5, c6, c7}) {
                Loops.check(count.sum(), loops);
            }
        }
    }

    /** For one thread. */
    @State(Scope.Benchmark)
    public static class EightConstants {
        long loops;

        @TearDown(Level.Trial)
        public void check() {
            for (PerCpuLong count : new PerCpuLong[] {Constants.C0, Constants.C1, Constants.C2, Constants.C3, Constants.C4,
                    Constants.C5, Constants.C6, Constants.C7}) {
                Loops.check(count.sum(), loops);
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(Limits.LOOP)
    public void perCpuAddEight(EightFields s) {
        for (int i = 0; i < LOOP; i++) {
            PerCpu.add(s.c0, 1);
            PerCpu.add(s.c1, 1);
            PerCpu.add(s.c2, 1);
            PerCpu.add(s.c3, 1);
            PerCpu.add(s.c4, 1);
            PerCpu.add(s.c5, 1);
            PerCpu.add(s.c6, 1);
            PerCpu.add(s.c7, 1);
        }
        s.loops++;
    }

    @Benchmark
    @OperationsPerInvocation(Limits.LOOP)
    public void perCpuAddEightStatic(EightConstants s) {
        for (int i = 0; i < LOOP; i++) {
            PerCpu.add(Constants.C0, 1);
            PerCpu.add(Constants.C1, 1);
            PerCpu.add(Constants.C2, 1);
            PerCpu.add(Constants.C3, 1);
            PerCpu.add(Constants.C4, 1);
            PerCpu.add(Constants.C5, 1);
            PerCpu.add(Constants.C6, 1);
            PerCpu.add(Constants.C7, 1);
        }
        s.loops++;
    }
}
