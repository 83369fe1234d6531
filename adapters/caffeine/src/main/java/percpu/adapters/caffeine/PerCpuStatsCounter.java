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

package percpu.adapters.caffeine;

import java.util.Objects;

import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;

import percpu.adapters.common.Counting;
import percpu.adapters.common.LongSums;

/**
 * Statistics of a cache, counted {@linkplain Counting per CPU} if this process can:
 *
 * <pre>{@code
 * Caffeine.newBuilder().maximumSize(10_000).recordStats(PerCpuStatsCounter::new).build()
 * }</pre>
 *
 * <p>It is what Caffeine's {@code ConcurrentStatsCounter} is, in one object and one cache line for each CPU. A
 * snapshot has what happened before it was asked for, and may have what happens meanwhile.
 */
public final class PerCpuStatsCounter implements StatsCounter {

    // Seven longs, which share a cache line.
    private static final int HITS = 0;
    private static final int MISSES = 1;
    private static final int LOADS = 2;
    private static final int FAILED_LOADS = 3;
    private static final int LOAD_TIME = 4;
    private static final int EVICTIONS = 5;
    private static final int EVICTED_WEIGHT = 6;
    private static final int LENGTH = 7;

    private final LongSums sums = Counting.longSums(LENGTH);

    /** Creates a counter of which all sums are zero. */
    public PerCpuStatsCounter() {}

    @Override
    public void recordHits(int count) {
        sums.add(HITS, count);
    }

    @Override
    public void recordMisses(int count) {
        sums.add(MISSES, count);
    }

    @Override
    public void recordLoadSuccess(long loadTime) {
        sums.add(LOADS, 1);
        sums.add(LOAD_TIME, loadTime);
    }

    @Override
    public void recordLoadFailure(long loadTime) {
        sums.add(FAILED_LOADS, 1);
        sums.add(LOAD_TIME, loadTime);
    }

    @Override
    public void recordEviction(int weight, RemovalCause cause) {
        Objects.requireNonNull(cause);
        sums.add(EVICTIONS, 1);
        sums.add(EVICTED_WEIGHT, weight);
    }

    /**
     * Returns the sums. One that overflowed, so that it is negative, is {@code Long.MAX_VALUE}.
     */
    @Override
    public CacheStats snapshot() {
        long[] all = sums.sums();
        for (int i = 0; i < LENGTH; i++) {
            all[i] = all[i] < 0 ? Long.MAX_VALUE : all[i];
        }
        return CacheStats.of(all[HITS], all[MISSES], all[LOADS], all[FAILED_LOADS], all[LOAD_TIME], all[EVICTIONS],
                all[EVICTED_WEIGHT]);
    }

    /**
     * Adds what another counter has.
     *
     * @param other the other
     */
    public void incrementBy(StatsCounter other) {
        CacheStats stats = other.snapshot();
        sums.add(HITS, stats.hitCount());
        sums.add(MISSES, stats.missCount());
        sums.add(LOADS, stats.loadSuccessCount());
        sums.add(FAILED_LOADS, stats.loadFailureCount());
        sums.add(LOAD_TIME, stats.totalLoadTime());
        sums.add(EVICTIONS, stats.evictionCount());
        sums.add(EVICTED_WEIGHT, stats.evictionWeight());
    }

    @Override
    public String toString() {
        return snapshot().toString();
    }
}
