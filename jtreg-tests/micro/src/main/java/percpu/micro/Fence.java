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
import java.util.List;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;

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
 * (the fence), do nothing, unlock it? Other threads are in critical sections most of the time.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Fence {
    private static final Runnable NOTHING = () -> { };

    @State(Scope.Benchmark)
    public static class Others {
        @Param({"0", "1", "7"})
        int others;

        private final PerCpuLong count = new PerCpuLong();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean end;
        private long added;

        @Setup(Level.Trial)
        public void start() {
            for (int i = 0; i < others; i++) {
                Thread thread = new Thread(this::add);
                threads.add(thread);
                thread.start();
            }
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

        /** A fence that comes too late loses somebody's increment. */
        @TearDown(Level.Trial)
        public void stop() throws InterruptedException {
            end = true;
            for (Thread thread : threads) {
                thread.join();
            }
            if (count.sum() != added) {
                throw new IllegalStateException("counted " + count.sum() + " of " + added);
            }
        }
    }

    @Benchmark
    public void exclusive(Others others) {
        PerCpu.exclusive(0, NOTHING);
    }
}
