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
 * What does it cost to take an object from a pool that makes one if it has none, and to give it back? One invocation
 * is both, by the same thread.
 * <p>
 * Jackson: the pools of its JsonRecyclerPools, but for the deprecated one and the one that never keeps anything; used as
 * its JsonFactory and IOContext use them; and PerCpuList as one more such pool ({@link ListRecyclerPool}). threadLocalPool()
 * is the default of this version and keeps one object for each thread. The bounded one has Jackson's default capacity.
 * <p>
 * PerCpuPool: as its documentation shows, with objects that know their entries, 16 kept for each slot and 128 for all.
 * <p>
 * Netty: a Recycler with its defaults, on Netty's own threads ({@link FastThreads}), as in its authors' benchmark: on
 * other threads it pools nothing.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Pools {
    /** An object of Netty's pool. */
    static final class Pooled {
        private final Recycler.Handle<Pooled> handle;

        Pooled(Recycler.Handle<Pooled> handle) {
            this.handle = handle;
        }

        void release() {
            handle.recycle(this);
        }
    }

    static Recycler<Pooled> recycler() {
        return new Recycler<>() {
            @Override
            protected Pooled newObject(Handle<Pooled> handle) {
                return new Pooled(handle);
            }
        };
    }

    /** An object of our pool. */
    static final class Entered {
        private static final int SLOT_CAPACITY = 16;

        final PerCpuPool.Entry<Entered> entry;

        private Entered(PerCpuPool.Entry<Entered> entry) {
            this.entry = entry;
        }

        static PerCpuPool<Entered> pool(int sharedCapacity) {
            return PerCpuPool.<Entered>builder(Entered::new).slotCapacity(SLOT_CAPACITY)
                    .sharedCapacity(sharedCapacity).build();
        }

        /** Once nobody uses the pool any more. */
        static PerCpuPool.Statistics check(PerCpuPool<Entered> pool) {
            PerCpuPool.Statistics all = pool.statistics();
            if (all.outstanding() != 0 || all.lost() != 0 || all.kept() != pool.size() || all.kept() > pool.capacity()) {
                throw new IllegalStateException("all objects were released, but: " + all);
            }
            return all;
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuPoolState {
        final PerCpuPool<Entered> pool = Entered.pool(128);

        @TearDown(Level.Trial)
        public void check() {
            Entered.check(pool);
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuListState {
        final ListRecyclerPool pool = new ListRecyclerPool();

        @TearDown(Level.Trial)
        public void check() {
            pool.check();
        }
    }

    @State(Scope.Benchmark)
    public static class NettyState {
        final Recycler<Pooled> pool = recycler();
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState {
        final RecyclerPool<BufferRecycler> pool = JsonRecyclerPools.threadLocalPool();
    }

    @State(Scope.Benchmark)
    public static class DequeState {
        final RecyclerPool<BufferRecycler> pool = JsonRecyclerPools.newConcurrentDequePool();
    }

    @State(Scope.Benchmark)
    public static class BoundedState {
        final RecyclerPool<BufferRecycler> pool = JsonRecyclerPools.newBoundedPool(
                RecyclerPool.BoundedPoolBase.DEFAULT_CAPACITY);
    }

    @Benchmark
    public Object perCpuPool(PerCpuPoolState s) {
        Entered object = s.pool.acquire().get();
        s.pool.release(object.entry);
        return object;
    }

    @Benchmark
    public Object perCpuList(PerCpuListState s) {
        BufferRecycler recycler = s.pool.acquireAndLinkPooled();
        recycler.releaseToPool();
        return recycler;
    }

    @Benchmark
    @Fork(jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m",
        "-Djmh.executor=CUSTOM", "-Djmh.executor.class=percpu.micro.FastThreads"})
    public Object nettyRecycler(NettyState s) {
        Pooled pooled = s.pool.get();
        pooled.release();
        return pooled;
    }

    @Benchmark
    public Object jacksonThreadLocal(ThreadLocalState s) {
        BufferRecycler recycler = s.pool.acquireAndLinkPooled();
        recycler.releaseToPool();
        return recycler;
    }

    @Benchmark
    public Object jacksonDeque(DequeState s) {
        BufferRecycler recycler = s.pool.acquireAndLinkPooled();
        recycler.releaseToPool();
        return recycler;
    }

    @Benchmark
    public Object jacksonBounded(BoundedState s) {
        BufferRecycler recycler = s.pool.acquireAndLinkPooled();
        recycler.releaseToPool();
        return recycler;
    }
}
