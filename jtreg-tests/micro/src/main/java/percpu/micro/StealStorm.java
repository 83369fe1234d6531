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

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuStack;
import jdk.internal.percpu.VMServices;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does somebody who steals all the time do to others? One thread pushes and pops. Meanwhile another thread pushes to
 * and steals from every slot of the same stack, or of another one; or it does nothing but fences, which interrupt every
 * CPU that runs a thread of the process; or it adds to a variable of its own, which disturbs nobody.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--add-exports",
        "java.base/jdk.internal.percpu=ALL-UNNAMED", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class StealStorm {
    private static final int CAPACITY = 1024;
    private static final Object ELEMENT = new Object();

    /** A stack, and another thread. */
    @State(Scope.Benchmark)
    public abstract static class Disturbed {
        final PerCpuStack<Object> stack = new PerCpuStack<>(CAPACITY);
        private final Thread thread = new Thread(this::disturbAlways, "other");
        private volatile boolean end;
        private long times;

        /** Something that takes microseconds at most. */
        abstract void disturb();

        private void disturbAlways() {
            while (!end) {
                disturb();
                times++;
            }
        }

        static void stealAll(PerCpuStack<Object> stack) {
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                stack.push(slot, ELEMENT);
                stack.steal(slot);
            }
        }

        @Setup(Level.Trial)
        public void start() {
            thread.start();
        }

        @TearDown(Level.Trial)
        public void stop() throws InterruptedException {
            end = true;
            thread.join();
            if (times == 0) {
                throw new IllegalStateException("the other thread did nothing");
            }
        }
    }

    @State(Scope.Benchmark)
    public static class Undisturbed extends Disturbed {
        private final PerCpuLong own = new PerCpuLong();

        @Override
        void disturb() {
            PerCpu.add(own, 1);
        }
    }

    @State(Scope.Benchmark)
    public static class Fences extends Disturbed {
        @Override
        void disturb() {
            VMServices.fence();
        }
    }

    @State(Scope.Benchmark)
    public static class StormElsewhere extends Disturbed {
        private final PerCpuStack<Object> other = new PerCpuStack<>(CAPACITY);

        @Override
        void disturb() {
            stealAll(other);
        }
    }

    @State(Scope.Benchmark)
    public static class StormHere extends Disturbed {
        @Override
        void disturb() {
            stealAll(stack);
        }
    }

    // What was pushed may be stolen before it is popped.
    private static Object pushAndPop(Disturbed s) {
        s.stack.push(ELEMENT);
        return s.stack.pop();
    }

    @Benchmark
    public Object undisturbed(Undisturbed s) {
        return pushAndPop(s);
    }

    @Benchmark
    public Object fences(Fences s) {
        return pushAndPop(s);
    }

    @Benchmark
    public Object stormElsewhere(StormElsewhere s) {
        return pushAndPop(s);
    }

    @Benchmark
    public Object stormHere(StormHere s) {
        return pushAndPop(s);
    }
}
