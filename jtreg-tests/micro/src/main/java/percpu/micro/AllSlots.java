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
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.incubator.percpu.PerCpuStack;

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
 * What does it cost to look at all slots, or to take something from any slot? One other thread adds to a counter all the
 * time: to the one that is summed up, so that its word is in another CPU's cache, or else to one of its own, so that a
 * fence would have a thread to interrupt.
 * <p>
 * Steal and drain have something to take: one invocation is a push of one object, and a steal or a drain of all slots.
 * Nobody else uses the structure, so after the first of them there is no fence.
 * The ring that is read is empty on every slot. Threads on all CPUs contend on the LongAdder first, so that it has the
 * cells that it gets in use.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class AllSlots {
    private static final int CAPACITY = 1024;
    private static final int CONTENDED = 1_000_000;

    /** Another thread, which adds to a counter. */
    public abstract static class Shared {
        private final Thread thread = new Thread(this::addAll, "other");
        private volatile boolean end;
        private long added;

        abstract void add();

        /** All that was added. */
        abstract long counted();

        private void addAll() {
            while (!end) {
                add();
                added++;
            }
        }

        private void contend() throws InterruptedException {
            Thread[] threads = new Thread[Runtime.getRuntime().availableProcessors()];
            for (int t = 0; t < threads.length; t++) {
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < CONTENDED; i++) {
                        add();
                    }
                });
                threads[t].start();
            }
            for (Thread contender : threads) {
                contender.join();
            }
            added += (long) threads.length * CONTENDED;
        }

        @Setup(Level.Trial)
        public void start() throws InterruptedException {
            contend();
            thread.start();
        }

        @TearDown(Level.Trial)
        public void stop() throws InterruptedException {
            end = true;
            thread.join();
            if (counted() != added) {
                throw new IllegalStateException("counted " + counted() + " of " + added);
            }
        }
    }

    /** Also for the operations that sum up nothing: the other thread adds to this counter meanwhile. */
    @State(Scope.Benchmark)
    public static class PerCpuLongState extends Shared {
        final PerCpuLong count = new PerCpuLong();

        @Override
        void add() {
            PerCpu.add(count, 1);
        }

        @Override
        long counted() {
            return count.sum();
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuCounterState extends Shared {
        final PerCpuCounter count = new PerCpuCounter();

        @Override
        void add() {
            count.increment();
        }

        @Override
        long counted() {
            return count.sum();
        }
    }

    @State(Scope.Benchmark)
    public static class LongAdderState extends Shared {
        final LongAdder count = new LongAdder();

        @Override
        void add() {
            count.increment();
        }

        @Override
        long counted() {
            return count.sum();
        }
    }

    @State(Scope.Benchmark)
    public static class StackState {
        final PerCpuStack<Object> stack = new PerCpuStack<>(CAPACITY);

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(stack.drainTo(element -> { }, Integer.MAX_VALUE));
        }
    }

    @State(Scope.Benchmark)
    public static class ListState {
        final PerCpuList<Object> list = new PerCpuList<>();
    }

    @State(Scope.Benchmark)
    public static class RingState {
        final PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
        final PerCpuRingBuffer.Reader reader = (slot, record) -> {
            throw new IllegalStateException("a record that nobody wrote");
        };
    }

    /** Takes the one element that was pushed. */
    private static final class One implements Consumer<Object> {
        private Object element;

        @Override
        public void accept(Object e) {
            element = e;
        }

        Object of(int drained) {
            if (drained != 1) {
                throw new IllegalStateException("1 was pushed, " + drained + " were drained");
            }
            return element;
        }
    }

    @Benchmark
    public long perCpuLongSum(PerCpuLongState s) {
        return s.count.sum();
    }

    @Benchmark
    public long perCpuCounterSum(PerCpuCounterState s) {
        return s.count.sum();
    }

    @Benchmark
    public long longAdderSum(LongAdderState s) {
        return s.count.sum();
    }

    @Benchmark
    public Object stackSteal(StackState s, PerCpuLongState other, Missed missed) {
        int slot = PerCpu.currentSlot();
        if (!s.stack.push(s)) {
            missed.push();
        }
        // Nothing, if the thread was moved before it pushed.
        Object stolen = s.stack.steal(slot);
        if (stolen == null) {
            missed.pop();
        }
        return stolen;
    }

    @Benchmark
    public Object stackDrain(StackState s, PerCpuLongState other) {
        s.stack.push(s);
        One one = new One();
        return one.of(s.stack.drainTo(one, Integer.MAX_VALUE));
    }

    @Benchmark
    public Object listDrain(ListState s, PerCpuLongState other) {
        s.list.push(s);
        One one = new One();
        return one.of(s.list.drainTo(one, Integer.MAX_VALUE));
    }

    @Benchmark
    public int ringRead(RingState s, PerCpuLongState other) {
        return s.ring.read(s.reader, Integer.MAX_VALUE);
    }
}
