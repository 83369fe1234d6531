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

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;

import io.netty.util.Recycler;

import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpuPool;

import org.jctools.queues.SpscArrayQueue;

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
 * What does it cost to take an object from a pool if a thread on another CPU gives it back? One invocation is one object
 * taken and put into JCTools' queue for one thread at each end (SpscArrayQueue), by which the other thread gets it; the
 * queue is the same for all pools. Each of the two threads is bound to a CPU ({@link TwoCpus}).
 * <p>
 * The pools are those of {@link Pools}, but for Jackson's threadLocalPool(), whose objects must not leave their thread.
 * The bounded pool and the depot of PerCpuPool have room for all objects that can be under way.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--enable-native-access=ALL-UNNAMED",
    "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class HandBack {
    // Under way between the two threads.
    private static final int CAPACITY = 1 << 12;

    /** A pool, and the way to the thread that gives back. */
    public abstract static class Shared<T> extends TwoCpus.Shared {
        private final SpscArrayQueue<T> way = new SpscArrayQueue<>(CAPACITY);

        /** By the other thread. */
        abstract void release(T taken);

        final void hand(T taken, TwoCpus.Giver giver) {
            for (int tries = 0; !way.offer(taken); tries++) {
                waitForRoom(tries);
            }
            giver.given++;
        }

        @Override
        final long take() {
            return way.drain(this::release);
        }
    }

    /** A pool that is Jackson's, or used like one. */
    public abstract static class JacksonBase extends Shared<BufferRecycler> {
        final RecyclerPool<BufferRecycler> pool;

        JacksonBase(RecyclerPool<BufferRecycler> pool) {
            this.pool = pool;
        }

        @Override
        final void release(BufferRecycler recycler) {
            recycler.releaseToPool();
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuPoolState extends Shared<Pools.Entered> {
        final PerCpuPool<Pools.Entered> pool = Pools.Entered.pool(2 * CAPACITY);

        @Override
        void release(Pools.Entered object) {
            pool.release(object.entry);
        }

        @Override
        public void check() throws InterruptedException {
            super.check();
            Pools.Entered.check(pool);
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuListState extends JacksonBase {
        public PerCpuListState() {
            super(new ListRecyclerPool());
        }

        @Override
        public void check() throws InterruptedException {
            super.check();
            ((ListRecyclerPool) pool).check();
        }
    }

    @State(Scope.Benchmark)
    public static class DequeState extends JacksonBase {
        public DequeState() {
            super(JsonRecyclerPools.newConcurrentDequePool());
        }
    }

    @State(Scope.Benchmark)
    public static class BoundedState extends JacksonBase {
        public BoundedState() {
            super(JsonRecyclerPools.newBoundedPool(2 * CAPACITY));
        }
    }

    @State(Scope.Benchmark)
    public static class NettyState extends Shared<Pools.Pooled> {
        final Recycler<Pools.Pooled> pool = Pools.recycler();

        @Override
        void release(Pools.Pooled pooled) {
            pooled.release();
        }
    }

    @Benchmark
    public void perCpuPool(PerCpuPoolState s, TwoCpus.Giver giver) {
        s.hand(s.pool.acquire().get(), giver);
    }

    @Benchmark
    public void perCpuList(PerCpuListState s, TwoCpus.Giver giver) {
        s.hand(s.pool.acquireAndLinkPooled(), giver);
    }

    @Benchmark
    @Fork(jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "--enable-native-access=ALL-UNNAMED",
        "-Xms512m", "-Xmx512m", "-Djmh.executor=CUSTOM", "-Djmh.executor.class=percpu.micro.FastThreads"})
    public void nettyRecycler(NettyState s, TwoCpus.Giver giver) {
        s.hand(s.pool.get(), giver);
    }

    @Benchmark
    public void jacksonDeque(DequeState s, TwoCpus.Giver giver) {
        s.hand(s.pool.acquireAndLinkPooled(), giver);
    }

    @Benchmark
    public void jacksonBounded(BoundedState s, TwoCpus.Giver giver) {
        s.hand(s.pool.acquireAndLinkPooled(), giver);
    }
}
