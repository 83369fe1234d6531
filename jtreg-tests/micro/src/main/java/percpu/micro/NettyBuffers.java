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

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

import java.util.concurrent.TimeUnit;

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

import percpu.adapters.netty.PerCpuByteBufAllocator;

/**
 * What does it cost to take a buffer of 1 KB from an allocator of Netty and to release it, on the heap and outside? The
 * threads are JMH's; where the name says so, Netty's own ({@link FastThreads}), for which the library's allocators have
 * something of their own. perCpu is the adapter's shared allocator, and runs where our module is.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class NettyBuffers {
    static final int SIZE = 1 << 10;

    public abstract static class Base {
        final ByteBufAllocator allocator;

        Base(ByteBufAllocator allocator) {
            Adapters.check();
            this.allocator = allocator;
        }

        int heap() {
            return use(allocator.heapBuffer(SIZE));
        }

        int direct() {
            return use(allocator.directBuffer(SIZE));
        }

        private static int use(ByteBuf buffer) {
            int capacity = buffer.capacity();
            buffer.release();
            return capacity;
        }

        @TearDown(Level.Trial)
        public void check() {
            Buffers.check(allocator);
        }
    }

    @State(Scope.Benchmark)
    public static class PooledState extends Base {
        public PooledState() {
            super(PooledByteBufAllocator.DEFAULT);
        }
    }

    @State(Scope.Benchmark)
    public static class AdaptiveState extends Base {
        public AdaptiveState() {
            super(new AdaptiveByteBufAllocator(true));
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuState extends Base {
        public PerCpuState() {
            super(Adapters.perCpu(PerCpuByteBufAllocator.class, PerCpuByteBufAllocator.shared()));
        }
    }

    @Benchmark
    public int pooledHeap(PooledState s) {
        return s.heap();
    }

    @Benchmark
    public int pooledDirect(PooledState s) {
        return s.direct();
    }

    @Benchmark
    public int adaptiveHeap(AdaptiveState s) {
        return s.heap();
    }

    @Benchmark
    public int adaptiveDirect(AdaptiveState s) {
        return s.direct();
    }

    @Benchmark
    public int perCpuHeap(PerCpuState s) {
        return s.heap();
    }

    @Benchmark
    public int perCpuDirect(PerCpuState s) {
        return s.direct();
    }

    @Benchmark
    @Fork(jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-Djmh.executor=CUSTOM", "-Djmh.executor.class=percpu.micro.FastThreads"})
    public int pooledHeapOnNettysThreads(PooledState s) {
        return s.heap();
    }

    @Benchmark
    @Fork(jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-Djmh.executor=CUSTOM", "-Djmh.executor.class=percpu.micro.FastThreads"})
    public int adaptiveHeapOnNettysThreads(AdaptiveState s) {
        return s.heap();
    }
}
