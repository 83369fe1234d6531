/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package percpu.adapters.jackson;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;

import percpu.adapters.common.Counting;
import percpu.adapters.common.Pool;

/**
 * Buffers of parsers and generators, kept {@linkplain Counting#pool per CPU} if this process can:
 *
 * <pre>{@code
 * JsonFactory.builder().recyclerPool(PerCpuRecyclerPool.shared()).build()
 * }</pre>
 *
 * <p>Buffers are those that this CPU used last, whichever thread did, so there are as many as are in use and not as
 * many as there are threads; virtual threads find some, too. What is kept is limited: the capacity of a slot for each
 * CPU, and eight times that for all. Buffers that nobody needs for a minute or a minute and a half are dropped
 * while others are used.
 *
 * <p>A recycler that is released twice by {@code releaseToPool} is released once. Released twice by
 * {@code releasePooled}, it throws {@code IllegalStateException}. One that is of no pool, or of another, is not kept.
 *
 * <p>Serialized with a factory, the shared pool is the shared pool of the process that reads it. Others are new ones.
 */
public abstract class PerCpuRecyclerPool implements RecyclerPool<BufferRecycler> {

    private static final long serialVersionUID = 1L;

    private static final int SLOT_CAPACITY = 16;
    private static final int SLOTS_SHARED = 8;

    private PerCpuRecyclerPool() {}

    /**
     * Returns the pool for all factories that have no reason for another. It keeps 16 recyclers for each CPU, and 128
     * for all.
     *
     * @return the pool, or if this process has none per CPU, what {@link JsonRecyclerPools#defaultPool} returns
     */
    public static RecyclerPool<BufferRecycler> shared() {
        return Shared.POOL == null ? JsonRecyclerPools.defaultPool() : Shared.THIS;
    }

    /**
     * Makes a pool.
     *
     * @param slotCapacity how many recyclers are kept for each CPU
     * @return the pool, or if this process can have none per CPU, what {@link JsonRecyclerPools#defaultPool} returns
     * @throws IllegalArgumentException if the capacity is not positive
     */
    public static RecyclerPool<BufferRecycler> create(int slotCapacity) {
        if (slotCapacity <= 0) {
            throw new IllegalArgumentException("slotCapacity must be positive: " + slotCapacity);
        }
        Own made = new Own(slotCapacity);
        return made.pool == null ? JsonRecyclerPools.defaultPool() : made;
    }

    abstract Pool<Recycler> pool();

    // Null if there is none.
    Pool<Recycler> makePool(int slotCapacity) {
        int shared = (int) Math.min((long) slotCapacity * SLOTS_SHARED, Integer.MAX_VALUE);
        return Counting.pool(entry -> new Recycler(this, entry), slotCapacity, shared, dropped -> {}).orElse(null);
    }

    @Override
    public BufferRecycler acquireAndLinkPooled() {
        Recycler recycler = pool().acquire();
        recycler.linked = true;
        return recycler;
    }

    @Override
    public BufferRecycler acquirePooled() {
        return pool().acquire();
    }

    @Override
    public void releasePooled(BufferRecycler pooled) {
        if (pooled instanceof Recycler recycler && recycler.home == this
                && !recycler.isOfAnotherPool()) {
            recycler.linked = false;
            pool().release(recycler.entry);
        }
    }

    @Override
    public int pooledCount() {
        return (int) Math.min(pool().size(), Integer.MAX_VALUE);
    }

    @Override
    public boolean clear() {
        pool().clear();
        return true;
    }

    // Its pool is a constant for C2, which is then spared most loads.
    private static final class Shared extends PerCpuRecyclerPool {
        private static final long serialVersionUID = 1L;

        static final Shared THIS = new Shared();
        static final Pool<Recycler> POOL = THIS.makePool(SLOT_CAPACITY);

        @Override
        Pool<Recycler> pool() {
            return POOL;
        }

        private Object readResolve() {
            return shared();
        }
    }

    private static final class Own extends PerCpuRecyclerPool {
        private static final long serialVersionUID = 1L;

        private final int slotCapacity;
        private final transient Pool<Recycler> pool;

        Own(int slotCapacity) {
            this.slotCapacity = slotCapacity;
            pool = makePool(slotCapacity);
        }

        @Override
        Pool<Recycler> pool() {
            return pool;
        }

        private Object readResolve() {
            return create(slotCapacity);
        }
    }

    /** Knows its entry. A flag in place of the super class's reference, of whose changes the collector is told. */
    private static final class Recycler extends BufferRecycler {
        final PerCpuRecyclerPool home;
        final Object entry;
        boolean linked;

        Recycler(PerCpuRecyclerPool home, Object entry) {
            this.home = home;
            this.entry = entry;
        }

        @Override
        public boolean isLinkedWithPool() {
            return linked || super.isLinkedWithPool();
        }

        boolean isOfAnotherPool() {
            return super.isLinkedWithPool();
        }

        @Override
        public BufferRecycler withPool(RecyclerPool<BufferRecycler> pool) {
            if (isLinkedWithPool()) {
                throw new IllegalStateException("Already linked to a pool");
            }
            if (pool != home) {
                return super.withPool(pool);
            }
            linked = true;
            return this;
        }

        @Override
        public void releaseToPool() {
            if (linked) {
                linked = false;
                home.pool().release(entry);
            } else {
                super.releaseToPool();
            }
        }
    }
}
