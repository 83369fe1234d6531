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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to have a slot for oneself for a moment: lock it, make all threads leave their critical sections
 * (the fence), add to its word with a plain load and a plain store, unlock it? The overflow slot has no sections: there
 * it is the same without the fence. Other threads add all the time, those of that slot on the overflow slot meanwhile.
 * At the end no increment may be lost.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--add-opens",
    "jdk.incubator.percpu/jdk.incubator.percpu=ALL-UNNAMED", "--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED",
    "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Fence {
    private static final Unsafe U = Unsafe.getUnsafe();

    @State(Scope.Benchmark)
    public static class Others {
        @Param({"0", "1", "7"})
        int others;

        private final PerCpuLong count = new PerCpuLong();
        private final long wordOfSlot0 = addressInSlot0(count);
        final Runnable increment = this::increment;
        final Runnable nothing = () -> { };
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean end;
        private long added;
        private long increments;

        @Setup(Level.Trial)
        public void start() {
            for (int i = 0; i < others; i++) {
                Thread thread = new Thread(this::add);
                threads.add(thread);
                thread.start();
            }
        }

        private static long addressInSlot0(PerCpuLong variable) {
            try {
                Field address = PerCpuLong.class.getSuperclass().getDeclaredField("address");
                address.setAccessible(true);
                return address.getLong(variable);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        // By the thread that has the slot.
        private void increment() {
            U.putLong(wordOfSlot0, U.getLong(wordOfSlot0) + 1);
            increments++;
        }

        private void add() {
            long mine = 0;
            while (!end) {
                PerCpu.add(count, 1);
                mine++;
            }
            synchronized (this) {
                added += mine;
            }
        }

        /** A section that is still under way when the fence is over overwrites an increment, or is overwritten. */
        @TearDown(Level.Trial)
        public void stop() throws InterruptedException {
            end = true;
            for (Thread thread : threads) {
                thread.join();
            }
            if (count.sum() != added + increments) {
                throw new IllegalStateException("counted " + count.sum() + " of " + (added + increments));
            }
        }
    }

    @Benchmark
    public void exclusive(Others others) {
        PerCpu.exclusive(others.count, 0, others.increment);
    }

    @Benchmark
    public void withoutFence(Others others) {
        PerCpu.exclusive(others.count, PerCpu.slots() - 1, others.nothing);
    }
}
