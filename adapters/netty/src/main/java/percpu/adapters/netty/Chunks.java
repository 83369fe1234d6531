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

package percpu.adapters.netty;

import java.util.function.ToLongFunction;

import io.netty.util.NettyRuntime;

import percpu.adapters.common.Counting;
import percpu.adapters.common.LongSum;
import percpu.adapters.common.Pool;

/**
 * Chunks on the heap, or outside of it: a pool for each size. A size is twice the one before, and a sixteenth more than
 * a power of two, which leaves room for what protocols add to a power of two.
 */
final class Chunks {

    static final int SIZES = 9;
    static final int SMALLEST = 272;
    static final int LARGEST = SMALLEST << (SIZES - 1);

    private static final int MOST_ON_SLOT = 256;

    final PerCpuByteBufAllocator allocator;
    final boolean direct;

    /** The bytes of larger chunks. */
    final LongSum unpooled = Counting.longSum();

    private final Pool<Chunk>[] pools;

    /** If there is no pool for one size, the chunks cannot be used: see {@link #isUsable}. */
    Chunks(PerCpuByteBufAllocator allocator, boolean direct, int bytesPerSlot) {
        this.allocator = allocator;
        this.direct = direct;
        @SuppressWarnings({"unchecked", "rawtypes"})
        Pool<Chunk>[] none = new Pool[SIZES];
        pools = none;
        for (int i = 0; i < SIZES; i++) {
            int number = i;
            int onSlot = Math.max(1, Math.min(bytesPerSlot / size(i), MOST_ON_SLOT));
            int shared = (int) Math.min((long) onSlot * NettyRuntime.availableProcessors(), Integer.MAX_VALUE);
            pools[i] = Counting.pool(entry -> new Chunk(this, pools[number], entry, size(number)), onSlot, shared,
                    Chunk::free).orElse(null);
        }
    }

    static int size(int i) {
        return SMALLEST << i;
    }

    boolean isUsable() {
        for (Pool<Chunk> pool : pools) {
            if (pool == null) {
                return false;
            }
        }
        return true;
    }

    /** Returns a chunk of that size, or of a larger one. */
    Chunk acquire(int size) {
        try {
            return tryToAcquire(size);
        } catch (OutOfMemoryError e) {
            // What is kept for other sizes is of no use for this one.
            sum(Pool::clear);
            return tryToAcquire(size);
        }
    }

    private Chunk tryToAcquire(int size) {
        if (size > LARGEST) {
            return acquireUnpooled(size);
        }
        // Zero and one are the same size.
        return pools[Integer.SIZE - Integer.numberOfLeadingZeros((size - 1) / SMALLEST)].acquire();
    }

    private Chunk acquireUnpooled(int size) {
        Chunk chunk = new Chunk(this, null, null, size);
        unpooled.add(size);
        return chunk;
    }

    /** The bytes of all chunks, kept ones too. What is lost outside of the heap stays. */
    long used() {
        return unpooled.sum() + sum(pool -> {
            Pool.Statistics all = pool.statistics();
            return all.made() - all.dropped() - (direct ? 0 : all.lost());
        });
    }

    /** The bytes of those that are kept. */
    long kept() {
        return sum(Pool::size);
    }

    /** How many that may be. */
    long maxKept() {
        return sum(Pool::capacity);
    }

    /** Of all sizes, those that are not pooled left out. */
    Pool.Statistics statistics() {
        long[] sums = new long[5];
        for (Pool<Chunk> pool : pools) {
            Pool.Statistics all = pool.statistics();
            sums[0] += all.acquired();
            sums[1] += all.made();
            sums[2] += all.dropped();
            sums[3] += all.lost();
            sums[4] += all.kept();
        }
        return new Pool.Statistics(sums[0], sums[1], sums[2], sums[3], sums[4]);
    }

    long trim() {
        return sum(Pool::trim);
    }

    void close() {
        for (Pool<Chunk> pool : pools) {
            if (pool != null) {
                pool.close();
            }
        }
    }

    private long sum(ToLongFunction<Pool<Chunk>> chunks) {
        long sum = 0;
        for (int i = 0; i < SIZES; i++) {
            sum += chunks.applyAsLong(pools[i]) * size(i);
        }
        return sum;
    }
}
