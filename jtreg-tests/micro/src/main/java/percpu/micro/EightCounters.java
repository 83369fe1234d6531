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
 * What does an increment cost when eight counters are incremented in turn, so that one
 * operation on a counter does not wait for the one before on the same counter?
 * One invocation is eight increments, one of each counter: numbers are per eight.
 * Otherwise as {@link OneCounter}.
 * <p>
 * Fields of an object refer to the counters, which C2 loads each time; those of methods named Static are in
 * static final fields, and constants for C2.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class EightCounters {
    static final VarHandle C0;
    static final VarHandle C1;
    static final VarHandle C2;
    static final VarHandle C3;
    static final VarHandle C4;
    static final VarHandle C5;
    static final VarHandle C6;
    static final VarHandle C7;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            C0 = lookup.findVarHandle(Private.class, "c0", long.class);
            C1 = lookup.findVarHandle(Private.class, "c1", long.class);
            C2 = lookup.findVarHandle(Private.class, "c2", long.class);
            C3 = lookup.findVarHandle(Private.class, "c3", long.class);
            C4 = lookup.findVarHandle(Private.class, "c4", long.class);
            C5 = lookup.findVarHandle(Private.class, "c5", long.class);
            C6 = lookup.findVarHandle(Private.class, "c6", long.class);
            C7 = lookup.findVarHandle(Private.class, "c7", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @State(Scope.Thread)
    public static class Private {
        long c0;
        long c1;
        long c2;
        long c3;
        long c4;
        long c5;
        long c6;
        long c7;
    }

    @State(Scope.Benchmark)
    public static class PerCpuState {
        PerCpuLong c0 = new PerCpuLong();
        PerCpuLong c1 = new PerCpuLong();
        PerCpuLong c2 = new PerCpuLong();
        PerCpuLong c3 = new PerCpuLong();
        PerCpuLong c4 = new PerCpuLong();
        PerCpuLong c5 = new PerCpuLong();
        PerCpuLong c6 = new PerCpuLong();
        PerCpuLong c7 = new PerCpuLong();
    }

    @State(Scope.Benchmark)
    public static class PerCpuCounterState {
        PerCpuCounter c0 = new PerCpuCounter();
        PerCpuCounter c1 = new PerCpuCounter();
        PerCpuCounter c2 = new PerCpuCounter();
        PerCpuCounter c3 = new PerCpuCounter();
        PerCpuCounter c4 = new PerCpuCounter();
        PerCpuCounter c5 = new PerCpuCounter();
        PerCpuCounter c6 = new PerCpuCounter();
        PerCpuCounter c7 = new PerCpuCounter();
    }

    @State(Scope.Benchmark)
    public static class LongAdderState {
        LongAdder c0 = new LongAdder();
        LongAdder c1 = new LongAdder();
        LongAdder c2 = new LongAdder();
        LongAdder c3 = new LongAdder();
        LongAdder c4 = new LongAdder();
        LongAdder c5 = new LongAdder();
        LongAdder c6 = new LongAdder();
        LongAdder c7 = new LongAdder();
    }

    private static final class PerCpuConstants {
        static final PerCpuLong C0 = new PerCpuLong();
        static final PerCpuLong C1 = new PerCpuLong();
        static final PerCpuLong C2 = new PerCpuLong();
        static final PerCpuLong C3 = new PerCpuLong();
        static final PerCpuLong C4 = new PerCpuLong();
        static final PerCpuLong C5 = new PerCpuLong();
        static final PerCpuLong C6 = new PerCpuLong();
        static final PerCpuLong C7 = new PerCpuLong();
    }

    private static final class LongAdderConstants {
        static final LongAdder C0 = new LongAdder();
        static final LongAdder C1 = new LongAdder();
        static final LongAdder C2 = new LongAdder();
        static final LongAdder C3 = new LongAdder();
        static final LongAdder C4 = new LongAdder();
        static final LongAdder C5 = new LongAdder();
        static final LongAdder C6 = new LongAdder();
        static final LongAdder C7 = new LongAdder();
    }

    @State(Scope.Benchmark)
    public static class AtomicLongState {
        AtomicLong c0 = new AtomicLong();
        AtomicLong c1 = new AtomicLong();
        AtomicLong c2 = new AtomicLong();
        AtomicLong c3 = new AtomicLong();
        AtomicLong c4 = new AtomicLong();
        AtomicLong c5 = new AtomicLong();
        AtomicLong c6 = new AtomicLong();
        AtomicLong c7 = new AtomicLong();
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState {
        ThreadLocalCounter c0 = new ThreadLocalCounter();
        ThreadLocalCounter c1 = new ThreadLocalCounter();
        ThreadLocalCounter c2 = new ThreadLocalCounter();
        ThreadLocalCounter c3 = new ThreadLocalCounter();
        ThreadLocalCounter c4 = new ThreadLocalCounter();
        ThreadLocalCounter c5 = new ThreadLocalCounter();
        ThreadLocalCounter c6 = new ThreadLocalCounter();
        ThreadLocalCounter c7 = new ThreadLocalCounter();
    }

    @State(Scope.Benchmark)
    public static class StripedState {
        Striped c0 = new Striped();
        Striped c1 = new Striped();
        Striped c2 = new Striped();
        Striped c3 = new Striped();
        Striped c4 = new Striped();
        Striped c5 = new Striped();
        Striped c6 = new Striped();
        Striped c7 = new Striped();
    }

    @Benchmark
    public void plainOpaque(Private s) {
        C0.setOpaque(s, (long) C0.getOpaque(s) + 1);
        C1.setOpaque(s, (long) C1.getOpaque(s) + 1);
        C2.setOpaque(s, (long) C2.getOpaque(s) + 1);
        C3.setOpaque(s, (long) C3.getOpaque(s) + 1);
        C4.setOpaque(s, (long) C4.getOpaque(s) + 1);
        C5.setOpaque(s, (long) C5.getOpaque(s) + 1);
        C6.setOpaque(s, (long) C6.getOpaque(s) + 1);
        C7.setOpaque(s, (long) C7.getOpaque(s) + 1);
    }

    @Benchmark
    public void perCpuAdd(PerCpuState s) {
        PerCpu.add(s.c0, 1);
        PerCpu.add(s.c1, 1);
        PerCpu.add(s.c2, 1);
        PerCpu.add(s.c3, 1);
        PerCpu.add(s.c4, 1);
        PerCpu.add(s.c5, 1);
        PerCpu.add(s.c6, 1);
        PerCpu.add(s.c7, 1);
    }

    @Benchmark
    public void perCpuCounter(PerCpuCounterState s) {
        s.c0.increment();
        s.c1.increment();
        s.c2.increment();
        s.c3.increment();
        s.c4.increment();
        s.c5.increment();
        s.c6.increment();
        s.c7.increment();
    }

    @Benchmark
    public void longAdder(LongAdderState s) {
        s.c0.increment();
        s.c1.increment();
        s.c2.increment();
        s.c3.increment();
        s.c4.increment();
        s.c5.increment();
        s.c6.increment();
        s.c7.increment();
    }

    @Benchmark
    public void perCpuAddStatic() {
        PerCpu.add(PerCpuConstants.C0, 1);
        PerCpu.add(PerCpuConstants.C1, 1);
        PerCpu.add(PerCpuConstants.C2, 1);
        PerCpu.add(PerCpuConstants.C3, 1);
        PerCpu.add(PerCpuConstants.C4, 1);
        PerCpu.add(PerCpuConstants.C5, 1);
        PerCpu.add(PerCpuConstants.C6, 1);
        PerCpu.add(PerCpuConstants.C7, 1);
    }

    @Benchmark
    public void longAdderStatic() {
        LongAdderConstants.C0.increment();
        LongAdderConstants.C1.increment();
        LongAdderConstants.C2.increment();
        LongAdderConstants.C3.increment();
        LongAdderConstants.C4.increment();
        LongAdderConstants.C5.increment();
        LongAdderConstants.C6.increment();
        LongAdderConstants.C7.increment();
    }

    @Benchmark
    public void atomicLong(AtomicLongState s) {
        s.c0.getAndIncrement();
        s.c1.getAndIncrement();
        s.c2.getAndIncrement();
        s.c3.getAndIncrement();
        s.c4.getAndIncrement();
        s.c5.getAndIncrement();
        s.c6.getAndIncrement();
        s.c7.getAndIncrement();
    }

    @Benchmark
    public void threadLocal(ThreadLocalState s) {
        s.c0.increment();
        s.c1.increment();
        s.c2.increment();
        s.c3.increment();
        s.c4.increment();
        s.c5.increment();
        s.c6.increment();
        s.c7.increment();
    }

    @Benchmark
    public void stripedArray(StripedState s) {
        s.c0.increment();
        s.c1.increment();
        s.c2.increment();
        s.c3.increment();
        s.c4.increment();
        s.c5.increment();
        s.c6.increment();
        s.c7.increment();
    }
}
