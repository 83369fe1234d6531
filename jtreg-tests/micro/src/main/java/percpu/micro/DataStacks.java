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

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;

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
 * What does it cost to copy data to a stack that all threads share, and to copy it out again?
 * One invocation is a push and a pop by the same thread, each of so many bytes. The first and the
 * last word of an element must fit together, and at the end all elements must be where they
 * belong ({@link Missed}).
 * <p>
 * {@link #copies} is the limit: the same two copies by way of memory of the thread's own.
 * <p>
 * {@link SynchronizedDataStack} is what a Java program has without critical sections. One of them for each slot, found by
 * PerCpu.currentSlot(), keeps threads on different CPUs from contending.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class DataStacks {
    static final int CAPACITY = 256;

    /** How large an element is, in bytes. */
    @State(Scope.Benchmark)
    public static class Size {
        @Param({"64", "4096"})
        public int bytes;
    }

    /** A thread's element: where it is pushed from and popped to. */
    public abstract static class Mine {
        private long number;
        private long last;
        MemorySegment source;
        MemorySegment destination;

        MemorySegment next() {
            number++;
            source.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
            source.set(ValueLayout.JAVA_LONG_UNALIGNED, last, ~number);
            return source;
        }

        void check() {
            if (destination.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)
                    != ~destination.get(ValueLayout.JAVA_LONG_UNALIGNED, last)) {
                throw new IllegalStateException("not an element that was pushed");
            }
        }

        final void set(MemorySegment source, MemorySegment destination) {
            this.source = source;
            this.destination = destination;
            last = source.byteSize() - Long.BYTES;
        }
    }

    @State(Scope.Thread)
    public static class Native extends Mine {
        private final Arena arena = Arena.ofConfined();
        MemorySegment between;

        @Setup(Level.Trial)
        public void allocate(Size size) {
            set(arena.allocate(size.bytes, Long.BYTES), arena.allocate(size.bytes, Long.BYTES));
            between = arena.allocate(size.bytes, Long.BYTES);
        }

        @TearDown(Level.Trial)
        public void free() {
            arena.close();
        }
    }

    @State(Scope.Thread)
    public static class Heap extends Mine {
        @Setup(Level.Trial)
        public void allocate(Size size) {
            set(MemorySegment.ofArray(new byte[size.bytes]), MemorySegment.ofArray(new byte[size.bytes]));
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuState {
        PerCpuDataStack stack;

        @Setup(Level.Trial)
        public void create(Size size) {
            stack = new PerCpuDataStack(size.bytes, CAPACITY);
        }

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(stack.size());
        }
    }

    @State(Scope.Benchmark)
    public static class SynchronizedState {
        SynchronizedDataStack stack;

        @Setup(Level.Trial)
        public void create(Size size) {
            stack = new SynchronizedDataStack(size.bytes, CAPACITY);
        }

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(stack.size());
        }
    }

    @State(Scope.Benchmark)
    public static class SynchronizedPerSlotState {
        SynchronizedDataStack[] stacks = new SynchronizedDataStack[PerCpu.slots()];

        @Setup(Level.Trial)
        public void create(Size size) {
            Arrays.setAll(stacks, slot -> new SynchronizedDataStack(size.bytes, CAPACITY));
        }

        @TearDown(Level.Trial)
        public void check() {
            Missed.check(Arrays.stream(stacks).mapToLong(SynchronizedDataStack::size).sum());
        }
    }

    @Benchmark
    public void copies(Native mine) {
        mine.between.copyFrom(mine.next());
        mine.destination.copyFrom(mine.between);
        mine.check();
    }

    @Benchmark
    public void perCpuNative(PerCpuState s, Native mine, Missed missed) {
        perCpu(s, mine, missed);
    }

    @Benchmark
    public void perCpuHeap(PerCpuState s, Heap mine, Missed missed) {
        perCpu(s, mine, missed);
    }

    private static void perCpu(PerCpuState s, Mine mine, Missed missed) {
        if (!s.stack.push(mine.next())) {
            missed.push();
        }
        if (s.stack.pop(mine.destination)) {
            mine.check();
        } else {
            missed.pop();
        }
    }

    @Benchmark
    public void synchronizedStack(SynchronizedState s, Native mine, Missed missed) {
        push(s.stack, mine, missed);
        pop(s.stack, mine, missed);
    }

    @Benchmark
    public void synchronizedPerSlot(SynchronizedPerSlotState s, Native mine, Missed missed) {
        push(s.stacks[PerCpu.currentSlot()], mine, missed);
        pop(s.stacks[PerCpu.currentSlot()], mine, missed);
    }

    private static void push(SynchronizedDataStack stack, Mine mine, Missed missed) {
        if (!stack.push(mine.next())) {
            missed.push();
        }
    }

    private static void pop(SynchronizedDataStack stack, Mine mine, Missed missed) {
        if (stack.pop(mine.destination)) {
            mine.check();
        } else {
            missed.pop();
        }
    }
}
