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

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same as {@link NettyBuffers} by 10 000 virtual threads that are there at the same time, with a buffer or 16,
 * one after the other, for each. One invocation is 160 000 buffers, threads included, as in {@link
 * JacksonVirtualThreads}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@OperationsPerInvocation(VirtualThreads.CALLS)
public class NettyVirtualThreads {
    @State(Scope.Benchmark)
    public static class Threads {
        @Param({"1", "16"})
        int buffersOfThread;
    }

    @Benchmark
    public void threadsAlone(Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.buffersOfThread, thread -> {});
    }

    @Benchmark
    public void pooledHeap(NettyBuffers.PooledState s, Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.buffersOfThread, thread -> s.heap());
    }

    @Benchmark
    public void pooledDirect(NettyBuffers.PooledState s, Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.buffersOfThread, thread -> s.direct());
    }

    @Benchmark
    public void adaptiveHeap(NettyBuffers.AdaptiveState s, Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.buffersOfThread, thread -> s.heap());
    }

    @Benchmark
    public void adaptiveDirect(NettyBuffers.AdaptiveState s, Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.buffersOfThread, thread -> s.direct());
    }

    @Benchmark
    public void perCpuHeap(NettyBuffers.PerCpuState s, Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.buffersOfThread, thread -> s.heap());
    }

    @Benchmark
    public void perCpuDirect(NettyBuffers.PerCpuState s, Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.buffersOfThread, thread -> s.direct());
    }
}
