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

import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuStack;

import org.jctools.queues.MpmcArrayQueue;
import org.jctools.queues.MpscArrayQueue;

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
 * What does it cost to give an object that a thread on another CPU takes? One invocation is one object given; the
 * thread that takes is the benchmark's own, and its work is not counted. Each of the two is bound to a CPU. All have
 * room for as many objects; a thread that finds none waits and tries again ({@link TwoCpus}).
 * <p>
 * An object that is pushed to a structure per CPU is on the slot of that CPU. The other thread drains it, with a fence
 * for all objects that are there, or steals them one by one, with a fence for each before which somebody pushed.
 * Stacks and lists per CPU are not made for this; PerCpuRingBuffer is, and {@link Rings} measures it.
 * <p>
 * MpscArrayQueue is JCTools' bounded queue for many threads that give and one that takes. JCTools' queues are emptied by
 * their own drain, which they have for this. ArrayBlockingQueue is used by its methods that block.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--enable-native-access=ALL-UNNAMED",
    "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class HandOver {
    // So many that sleeping, where there is nothing or no room, is not what is measured.
    static final int CAPACITY = 1 << 15;

    @State(Scope.Benchmark)
    public static class StackState extends TwoCpus.Shared {
        PerCpuStack<Object> stack = new PerCpuStack<>(CAPACITY);

        @Override
        long take() {
            return stack.drainTo(element -> { }, Integer.MAX_VALUE);
        }
    }

    @State(Scope.Benchmark)
    public static class StackStealState extends TwoCpus.Shared {
        PerCpuStack<Object> stack = new PerCpuStack<>(CAPACITY);

        @Override
        long take() {
            long count = 0;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                while (stack.steal(slot) != null) {
                    count++;
                }
            }
            return count;
        }
    }

    /** The list is unlimited; the two threads see to it that no more than the others' capacity is there. */
    @State(Scope.Benchmark)
    public static class ListState extends TwoCpus.Shared {
        PerCpuList<Object> list = new PerCpuList<>();
        private volatile long taken;

        // The giver's.
        private long seen;

        boolean isFull(long given) {
            if (given - seen < CAPACITY) {
                return false;
            }
            seen = taken;
            return given - seen >= CAPACITY;
        }

        @Override
        long take() {
            long count = list.drainTo(element -> { }, Integer.MAX_VALUE);
            taken += count;
            return count;
        }
    }

    @State(Scope.Benchmark)
    public static class ArrayBlockingQueueState extends TwoCpus.Shared {
        ArrayBlockingQueue<Object> queue = new ArrayBlockingQueue<>(CAPACITY);

        public ArrayBlockingQueueState() {
            super(tries -> { });
        }

        @Override
        long take() {
            try {
                return queue.poll(1, TimeUnit.MILLISECONDS) == null ? 0 : 1;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @State(Scope.Benchmark)
    public static class MpmcArrayQueueState extends TwoCpus.Shared {
        MpmcArrayQueue<Object> queue = new MpmcArrayQueue<>(CAPACITY);

        @Override
        long take() {
            return queue.drain(element -> { });
        }
    }

    @State(Scope.Benchmark)
    public static class MpmcPerSlotState extends TwoCpus.Shared {
        MpmcArrayQueue<Object>[] queues = queues();

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static MpmcArrayQueue<Object>[] queues() {
            MpmcArrayQueue<Object>[] queues = new MpmcArrayQueue[PerCpu.slots()];
            Arrays.setAll(queues, slot -> new MpmcArrayQueue<>(CAPACITY));
            return queues;
        }

        @Override
        long take() {
            long count = 0;
            for (MpmcArrayQueue<Object> queue : queues) {
                count += queue.drain(element -> { });
            }
            return count;
        }
    }

    @State(Scope.Benchmark)
    public static class MpscArrayQueueState extends TwoCpus.Shared {
        MpscArrayQueue<Object> queue = new MpscArrayQueue<>(CAPACITY);

        @Override
        long take() {
            return queue.drain(element -> { });
        }
    }

    @Benchmark
    public void perCpuStack(StackState s, TwoCpus.Giver giver) {
        for (int tries = 0; !s.stack.push(giver.element); tries++) {
            s.waitForRoom(tries);
        }
        giver.given++;
    }

    @Benchmark
    public void perCpuStackSteal(StackStealState s, TwoCpus.Giver giver) {
        for (int tries = 0; !s.stack.push(giver.element); tries++) {
            s.waitForRoom(tries);
        }
        giver.given++;
    }

    @Benchmark
    public void perCpuList(ListState s, TwoCpus.Giver giver) {
        for (int tries = 0; s.isFull(giver.given); tries++) {
            s.waitForRoom(tries);
        }
        s.list.push(giver.element);
        giver.given++;
    }

    @Benchmark
    public void arrayBlockingQueue(ArrayBlockingQueueState s, TwoCpus.Giver giver) throws InterruptedException {
        while (!s.queue.offer(giver.element, 1, TimeUnit.SECONDS)) {
            s.waitForRoom(0);
        }
        giver.given++;
    }

    @Benchmark
    public void mpmcArrayQueue(MpmcArrayQueueState s, TwoCpus.Giver giver) {
        for (int tries = 0; !s.queue.offer(giver.element); tries++) {
            s.waitForRoom(tries);
        }
        giver.given++;
    }

    @Benchmark
    public void mpmcPerSlot(MpmcPerSlotState s, TwoCpus.Giver giver) {
        for (int tries = 0; !s.queues[PerCpu.currentSlot()].offer(giver.element); tries++) {
            s.waitForRoom(tries);
        }
        giver.given++;
    }

    @Benchmark
    public void mpscArrayQueue(MpscArrayQueueState s, TwoCpus.Giver giver) {
        for (int tries = 0; !s.queue.offer(giver.element); tries++) {
            s.waitForRoom(tries);
        }
        giver.given++;
    }
}
