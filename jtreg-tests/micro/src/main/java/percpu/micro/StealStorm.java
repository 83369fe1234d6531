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

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpu;
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
 * CPU that runs a thread of the process; or there is no other thread.
 * <p>
 * Undisturbed is the thread beside which another process does the same with a stack of its own. It takes from CPU, core
 * and caches what the storm takes, but its fences are for its own threads, and nothing is shared with it.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 10, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--add-exports",
        "java.base/jdk.internal.percpu=ALL-UNNAMED", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class StealStorm {
    private static final int CAPACITY = 1024;
    private static final Object ELEMENT = new Object();

    /** A stack, and something else that goes on. */
    @State(Scope.Benchmark)
    public abstract static class Disturbed {
        final PerCpuStack<Object> stack = new PerCpuStack<>(CAPACITY);

        @Setup(Level.Trial)
        public abstract void start() throws IOException;

        @TearDown(Level.Trial)
        public abstract void stop() throws Exception;
    }

    /** What another thread does again and again. */
    private static final class Repeated {
        private final Runnable work;
        private final Thread thread = new Thread(this::repeat, "other");
        private volatile boolean end;
        private long times;

        /** @param work takes microseconds at most */
        Repeated(Runnable work) {
            this.work = work;
        }

        private void repeat() {
            while (!end) {
                work.run();
                times++;
            }
        }

        void start() {
            thread.start();
        }

        void stop() throws InterruptedException {
            end = true;
            thread.join();
            if (times == 0) {
                throw new IllegalStateException("the other thread did nothing");
            }
        }
    }

    private abstract static class DisturbedByThread extends Disturbed {
        private Repeated repeated;

        abstract Runnable work();

        @Override
        public void start() {
            repeated = new Repeated(work());
            repeated.start();
        }

        @Override
        public void stop() throws InterruptedException {
            repeated.stop();
        }
    }

    private static Runnable stealAll(PerCpuStack<Object> stack) {
        return () -> {
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                stack.push(slot, ELEMENT);
                stack.steal(slot);
            }
        };
    }

    /** Nothing else goes on. */
    @State(Scope.Benchmark)
    public static class Alone extends Disturbed {
        @Override
        public void start() {
        }

        @Override
        public void stop() {
        }
    }

    /** The other process is {@link #main}. */
    @State(Scope.Benchmark)
    public static class Undisturbed extends Disturbed {
        private Process process;

        @Override
        public void start() throws IOException {
            process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "--add-modules",
                    "jdk.incubator.percpu", "-cp", System.getProperty("java.class.path"), StealStorm.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            expect("ready");
        }

        @Override
        public void stop() throws Exception {
            process.getOutputStream().close();
            expect("done");
            if (process.waitFor() != 0) {
                throw new IllegalStateException("the other process has failed");
            }
        }

        private void expect(String line) throws IOException {
            BufferedReader reader = process.inputReader();
            String read = reader.readLine();
            if (!line.equals(read)) {
                throw new IllegalStateException("the other process printed " + read + " and not " + line);
            }
        }
    }

    /** A storm until nobody listens any more. */
    public static void main(String[] args) throws Exception {
        Repeated repeated = new Repeated(stealAll(new PerCpuStack<>(CAPACITY)));
        repeated.start();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Nothing is said.
        }
        repeated.stop();
        System.out.println("done");
    }

    @State(Scope.Benchmark)
    public static class Fences extends DisturbedByThread {
        @Override
        Runnable work() {
            return VMServices::fence;
        }
    }

    @State(Scope.Benchmark)
    public static class StormElsewhere extends DisturbedByThread {
        @Override
        Runnable work() {
            return stealAll(new PerCpuStack<>(CAPACITY));
        }
    }

    @State(Scope.Benchmark)
    public static class StormHere extends DisturbedByThread {
        @Override
        Runnable work() {
            return stealAll(stack);
        }
    }

    // What was pushed may be stolen before it is popped.
    private static Object pushAndPop(Disturbed s) {
        s.stack.push(ELEMENT);
        return s.stack.pop();
    }

    @Benchmark
    public Object alone(Alone s) {
        return pushAndPop(s);
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
