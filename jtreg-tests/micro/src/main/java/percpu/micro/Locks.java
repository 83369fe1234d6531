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
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLock;

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
 * What does it cost to take a lock, change what it guards, and release it? What it guards is a
 * plain counter: one for all threads, or one for each slot with a lock of its own, as {@link PerCpuLock} has it.
 * One invocation is one increment; at the end none may be lost.
 * <p>
 * Without critical sections one takes an array of locks, and finds the lock by PerCpu.currentSlot(). A thread that is
 * moved before it has the lock contends with the threads of the slot it came from, and nothing worse happens.
 * ReentrantLock is unfair, which is its default and what its authors recommend for throughput. The spin lock looks before
 * it tries to swap, and waits as PerCpuLock does.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Locks {
    // Longs between the counters of two slots: four cache lines.
    private static final int STRIDE = 32;

    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(SpinLock.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuState {
        PerCpuLock lock = new PerCpuLock();
        // Slot 0 has the second place: before the first is the header of the array.
        long[] counts = new long[(PerCpu.slots() + 1) * STRIDE];

        @TearDown(Level.Trial)
        public void check() {
            long sum = 0;
            for (long count : counts) {
                sum += count;
            }
            Increments.check(sum);
        }
    }

    /** With what it guards. */
    static class SpinLock {
        private boolean held;
        long count;

        final void lock() {
            if (!HELD.compareAndSet(this, false, true)) {
                lockSlowly();
            }
        }

        private void lockSlowly() {
            for (int tries = 0; (boolean) HELD.getOpaque(this) || !HELD.compareAndSet(this, false, true); tries++) {
                Wait.sleeping(tries);
            }
        }

        final void unlock() {
            HELD.setRelease(this, false);
        }
    }

    /** Two cache lines longer, so that two of them in a row share none. */
    @SuppressWarnings("unused")
    static final class PaddedSpinLock extends SpinLock {
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
    }

    /** As {@link PaddedSpinLock}; the lock's own object, which it makes, lies after this one and before the next. */
    @SuppressWarnings({"serial", "unused"})
    static final class PaddedReentrantLock extends ReentrantLock {
        long count;
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
    }

    @State(Scope.Benchmark)
    public static class SpinLockState {
        SpinLock lock = new SpinLock();

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(lock.count);
        }
    }

    @State(Scope.Benchmark)
    public static class SpinLockPerSlotState {
        PaddedSpinLock[] locks = new PaddedSpinLock[PerCpu.slots()];

        public SpinLockPerSlotState() {
            Arrays.setAll(locks, slot -> new PaddedSpinLock());
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(Arrays.stream(locks).mapToLong(lock -> lock.count).sum());
        }
    }

    @State(Scope.Benchmark)
    public static class ReentrantLockState {
        ReentrantLock lock = new ReentrantLock();
        long count;

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(count);
        }
    }

    @State(Scope.Benchmark)
    public static class ReentrantLockPerSlotState {
        PaddedReentrantLock[] locks = new PaddedReentrantLock[PerCpu.slots()];

        public ReentrantLockPerSlotState() {
            Arrays.setAll(locks, slot -> new PaddedReentrantLock());
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(Arrays.stream(locks).mapToLong(lock -> lock.count).sum());
        }
    }

    @Benchmark
    public void perCpuLock(PerCpuState s, Increments mine) {
        int slot = s.lock.lock();
        try {
            s.counts[(slot + 1) * STRIDE]++;
        } finally {
            s.lock.unlock(slot);
        }
        mine.increments++;
    }

    @Benchmark
    public void spinLock(SpinLockState s, Increments mine) {
        s.lock.lock();
        try {
            s.lock.count++;
        } finally {
            s.lock.unlock();
        }
        mine.increments++;
    }

    @Benchmark
    public void spinLockPerSlot(SpinLockPerSlotState s, Increments mine) {
        PaddedSpinLock lock = s.locks[PerCpu.currentSlot()];
        lock.lock();
        try {
            lock.count++;
        } finally {
            lock.unlock();
        }
        mine.increments++;
    }

    @Benchmark
    public void reentrantLock(ReentrantLockState s, Increments mine) {
        s.lock.lock();
        try {
            s.count++;
        } finally {
            s.lock.unlock();
        }
        mine.increments++;
    }

    @Benchmark
    public void reentrantLockPerSlot(ReentrantLockPerSlotState s, Increments mine) {
        PaddedReentrantLock lock = s.locks[PerCpu.currentSlot()];
        lock.lock();
        try {
            lock.count++;
        } finally {
            lock.unlock();
        }
        mine.increments++;
    }
}
