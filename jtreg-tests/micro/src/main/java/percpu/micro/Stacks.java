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

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;

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
            Missed.check(stack.drain().size());
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
}
