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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

import percpu.adapters.jackson.PerCpuRecyclerPool;
import percpu.adapters.netty.PerCpuByteBufAllocator;

/**
 * What memory do pools keep, once 10 000 virtual threads have had an object of them at the same time and have given
 * it back: while the threads are there, and when they have ended? The threads' own memory is not counted. The time
 * that it takes is of no interest; {@link Footprint} adds the memory to JMH's results. A pool that says what it keeps
 * must keep to its limit.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = {"-XX:NativeMemoryTracking=summary", "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class PoolMemory {
    // Threads have less on their stacks once all is compiled.
    private static final int WARM_UPS = 3;

    /** One that threads take from. */
    private interface Pool {
        /** Answers how to give back. */
        AutoCloseable take(int thread) throws Exception;

        default OptionalLong kept() {
            return OptionalLong.empty();
        }

        default OptionalLong limit() {
            return OptionalLong.empty();
        }
    }

    private static final Pool NOTHING = thread -> () -> {};

    private record Recyclers(RecyclerPool<BufferRecycler> pool, JsonFactory factory, OptionalLong limit) implements Pool {
        Recyclers(RecyclerPool<BufferRecycler> pool, OptionalLong limit) {
            this(pool, JsonFactory.builder().recyclerPool(pool).build(), limit);
        }

        @Override
        public AutoCloseable take(int thread) throws Exception {
            JacksonPools.Document document = new JacksonPools.Document(thread);
            JsonParser parser = document.open(factory, true);
            document.read(parser, false);
            return () -> {
                document.read(parser, true);
                parser.close();
            };
        }

        @Override
        public OptionalLong kept() {
            int count = pool.pooledCount();
            return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
        }
    }

    private record Allocator(ByteBufAllocator allocator, boolean direct) implements Pool {
        @Override
        public AutoCloseable take(int thread) {
            ByteBuf buffer = direct ? allocator.directBuffer(NettyBuffers.SIZE) : allocator.heapBuffer(NettyBuffers.SIZE);
            buffer.setInt(0, thread);
            return () -> {
                if (buffer.getInt(0) != thread) {
                    throw new IllegalStateException("two threads have the same memory: " + buffer);
                }
                buffer.release();
            };
        }

        @Override
        public OptionalLong kept() {
            return !(allocator instanceof PerCpuByteBufAllocator ours) ? OptionalLong.empty()
                    : OptionalLong.of(direct ? ours.idleDirectMemory() : ours.idleHeapMemory());
        }

        @Override
        public OptionalLong limit() {
            return !(allocator instanceof PerCpuByteBufAllocator ours) ? OptionalLong.empty()
                    : OptionalLong.of(direct ? ours.maxIdleDirectMemory() : ours.maxIdleHeapMemory());
        }
    }

    @Benchmark
    public Object jacksonThreadLocal() throws Exception {
        return measure(() -> new Recyclers(JsonRecyclerPools.threadLocalPool(),
                OptionalLong.empty()));
    }

    @Benchmark
    public Object jacksonDeque() throws Exception {
        return measure(() -> new Recyclers(JsonRecyclerPools.newConcurrentDequePool(),
                OptionalLong.empty()));
    }

    @Benchmark
    public Object jacksonBounded() throws Exception {
        return measure(() -> new Recyclers(JsonRecyclerPools.newBoundedPool(RecyclerPool.BoundedPoolBase.DEFAULT_CAPACITY),
                OptionalLong.of(RecyclerPool.BoundedPoolBase.DEFAULT_CAPACITY)));
    }

    @Benchmark
    public Object perCpuJackson() throws Exception {
        return measure(() -> new Recyclers(Adapters.perCpu(PerCpuRecyclerPool.class,
                PerCpuRecyclerPool.create(RecyclerPools.KEPT_FOR_A_CPU)),
                OptionalLong.of(RecyclerPools.limit())));
    }

    @Benchmark
    public Object nettyPooledHeap() throws Exception {
        return measure(() -> new Allocator(new PooledByteBufAllocator(true), false));
    }

    @Benchmark
    public Object nettyPooledDirect() throws Exception {
        return measure(() -> new Allocator(new PooledByteBufAllocator(true), true));
    }

    @Benchmark
    public Object nettyAdaptiveHeap() throws Exception {
        return measure(() -> new Allocator(new AdaptiveByteBufAllocator(true), false));
    }

    @Benchmark
    public Object nettyAdaptiveDirect() throws Exception {
        return measure(() -> new Allocator(new AdaptiveByteBufAllocator(true), true));
    }

    @Benchmark
    public Object perCpuNettyHeap() throws Exception {
        return measure(() -> new Allocator(Adapters.perCpu(PerCpuByteBufAllocator.class,
                PerCpuByteBufAllocator.create(true)), false));
    }

    @Benchmark
    public Object perCpuNettyDirect() throws Exception {
        return measure(() -> new Allocator(Adapters.perCpu(PerCpuByteBufAllocator.class,
                PerCpuByteBufAllocator.create(true)), true));
    }

    private static Object measure(Supplier<Pool> make) throws Exception {
        Adapters.check();
        // Classes, and what the library has once for all pools.
        Pool first = make.get();
        for (int i = 0; i < WARM_UPS; i++) {
            run(first);
            run(NOTHING);
        }
        Usage before = Usage.now();
        Usage.Bytes threads = run(NOTHING).since(before, 1);
        Usage start = Usage.now();
        Pool pool = make.get();
        Usage.Bytes alive = run(pool).since(start, 1);
        Usage.Bytes after = Usage.now().since(start, 1);
        if (pool.kept().isPresent() && pool.limit().isPresent() && pool.kept().getAsLong() > pool.limit().getAsLong()) {
            throw new IllegalStateException(pool.kept() + " are kept, and the limit is " + pool.limit());
        }
        Footprint.found("aliveHeap", alive.heap() - threads.heap(), "B");
        Footprint.found("aliveNative", alive.nativeMemory() - threads.nativeMemory(), "B");
        Footprint.found("heap", after.heap(), "B");
        Footprint.found("native", after.nativeMemory(), "B");
        Footprint.found(Footprint.RESIDENT, after.resident(), "B");
        pool.kept().ifPresent(kept -> Footprint.found("kept", kept, "kept"));
        pool.limit().ifPresent(limit -> Footprint.found("limit", limit, "kept"));
        // Both are in use until here.
        return List.of(first, pool);
    }

    /** Answers what is used when all threads have given back and none has ended. */
    private static Usage run(Pool pool) throws Exception {
        CountDownLatch taken = new CountDownLatch(VirtualThreads.THREADS);
        CountDownLatch give = new CountDownLatch(1);
        CountDownLatch given = new CountDownLatch(VirtualThreads.THREADS);
        CountDownLatch end = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] threads = new Thread[VirtualThreads.THREADS];
        for (int t = 0; t < threads.length; t++) {
            int thread = t;
            threads[t] = Thread.ofVirtual().start(() -> {
                try {
                    take(pool, thread, taken, give);
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                    taken.countDown();
                }
                given.countDown();
                awaitUninterruptibly(end);
            });
        }
        taken.await();
        give.countDown();
        given.await();
        Usage usage = Usage.now();
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("a virtual thread failed", failure.get());
        }
        return usage;
    }

    private static void take(Pool pool, int thread, CountDownLatch taken, CountDownLatch give) throws Exception {
        try (AutoCloseable object = pool.take(thread)) {
            taken.countDown();
            give.await();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
