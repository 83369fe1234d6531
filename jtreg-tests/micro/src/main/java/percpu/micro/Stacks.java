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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuStack;

import org.jctools.queues.MpmcArrayQueue;

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
 * What does it cost to give an object to a pool that all threads share, and to take one?
 * One invocation is a push and a pop by the same thread. {@link Missed} counts those that found
 * the pool full or empty, and at the end all elements must be where they belong.
 * <p>
 * All queues are used by their methods that do not block. MpmcArrayQueue is JCTools' bounded queue for many threads at
 * both ends. One of them for each slot, found by PerCpu.currentSlot(), keeps threads on different CPUs from contending,
 * and stays correct if a thread is moved in between. An ArrayDeque in a ThreadLocal needs no synchronization, and only
 * its thread gets at what it holds: it is the limit for threads that never exchange anything.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Stacks {
    static final int CAPACITY = 1024;

    @State(Scope.Thread)
    public static class Mine {
        Object element = new Object();
    }

    @State(Scope.Benchmark)
    public static class PerCpuState {
        PerCpuStack<Object> stack = new PerCpuStack<>(CAPACITY);

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(stack.drainTo(element -> { }, Integer.MAX_VALUE));
        }
    }

    @State(Scope.Benchmark)
    public static class ConcurrentLinkedDequeState {
        ConcurrentLinkedDeque<Object> stack = new ConcurrentLinkedDeque<>();

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(stack.size());
        }
    }

    @State(Scope.Benchmark)
    public static class ArrayBlockingQueueState {
        ArrayBlockingQueue<Object> queue = new ArrayBlockingQueue<>(CAPACITY);

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(queue.size());
        }
    }

    @State(Scope.Benchmark)
    public static class MpmcArrayQueueState {
        MpmcArrayQueue<Object> queue = new MpmcArrayQueue<>(CAPACITY);

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(queue.size());
        }
    }

    @State(Scope.Benchmark)
    public static class MpmcPerSlotState {
        MpmcArrayQueue<Object>[] queues = queues();

        // Each has cache lines of its own: JCTools pads it.
        @SuppressWarnings({"unchecked", "rawtypes"})
        private static MpmcArrayQueue<Object>[] queues() {
            MpmcArrayQueue<Object>[] queues = new MpmcArrayQueue[PerCpu.slots()];
            Arrays.setAll(queues, slot -> new MpmcArrayQueue<>(CAPACITY));
            return queues;
        }

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(Arrays.stream(queues).mapToLong(MpmcArrayQueue::size).sum());
        }
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState {
        private final List<ArrayDeque<Object>> all = new ArrayList<>();

        ThreadLocal<ArrayDeque<Object>> stack = ThreadLocal.withInitial(() -> {
            ArrayDeque<Object> mine = new ArrayDeque<>(CAPACITY);
            synchronized (all) {
                all.add(mine);
            }
            return mine;
        });

        @TearDown(Level.Trial)
        public void check() {
            synchronized (all) {
                Missed.check(all.stream().mapToLong(ArrayDeque::size).sum());
            }
        }
    }

    @Benchmark
    public Object perCpuStack(PerCpuState s, Mine mine, Missed missed) {
        if (!s.stack.push(mine.element)) {
            missed.push();
        }
        Object popped = s.stack.pop();
        if (popped == null) {
            missed.pop();
        }
        return popped;
    }

    @Benchmark
    public Object concurrentLinkedDeque(ConcurrentLinkedDequeState s, Mine mine, Missed missed) {
        s.stack.addFirst(mine.element);
        Object popped = s.stack.pollFirst();
        if (popped == null) {
            missed.pop();
        }
        return popped;
    }

    @Benchmark
    public Object arrayBlockingQueue(ArrayBlockingQueueState s, Mine mine, Missed missed) {
        if (!s.queue.offer(mine.element)) {
            missed.push();
        }
        Object popped = s.queue.poll();
        if (popped == null) {
            missed.pop();
        }
        return popped;
    }

    @Benchmark
    public Object mpmcArrayQueue(MpmcArrayQueueState s, Mine mine, Missed missed) {
        if (!s.queue.offer(mine.element)) {
            missed.push();
        }
        Object popped = s.queue.poll();
        if (popped == null) {
            missed.pop();
        }
        return popped;
    }

    @Benchmark
    public Object mpmcPerSlot(MpmcPerSlotState s, Mine mine, Missed missed) {
        if (!s.queues[PerCpu.currentSlot()].offer(mine.element)) {
            missed.push();
        }
        Object popped = s.queues[PerCpu.currentSlot()].poll();
        if (popped == null) {
            missed.pop();
        }
        return popped;
    }

    @Benchmark
    public Object threadLocalStack(ThreadLocalState s, Mine mine, Missed missed) {
        ArrayDeque<Object> stack = s.stack.get();
        if (stack.size() < CAPACITY) {
            stack.addFirst(mine.element);
        } else {
            missed.push();
        }
        Object popped = s.stack.get().pollFirst();
        if (popped == null) {
            missed.pop();
        }
        return popped;
    }
}
