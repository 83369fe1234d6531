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

package percpu.adapters.caffeine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ThreadLocalRandom;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.github.benmanes.caffeine.cache.stats.ConcurrentStatsCounter;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counted;
import percpu.adapters.common.Threads;

/** What a StatsCounter has to do, and whether it agrees with Caffeine's own. */
class PerCpuStatsCounterTest {

    private static final int EACH = 50_000;

    @Test
    void beginsWithZero() throws Exception {
        assertEquals(CacheStats.empty(), new PerCpuStatsCounter().snapshot());
        Counted.assertByCounting(new PerCpuStatsCounter());
    }

    @Test
    void eachSumIsInItsPlace() {
        PerCpuStatsCounter counter = new PerCpuStatsCounter();
        counter.recordHits(2);
        counter.recordMisses(3);
        counter.recordLoadSuccess(5);
        counter.recordLoadSuccess(7);
        counter.recordLoadFailure(11);
        counter.recordEviction(13, RemovalCause.SIZE);
        counter.recordEviction(17, RemovalCause.EXPIRED);
        counter.recordEviction(19, RemovalCause.COLLECTED);
        CacheStats expected = CacheStats.of(2, 3, 2, 1, 23, 3, 49);
        assertEquals(expected, counter.snapshot());
        assertEquals(expected.toString(), counter.toString());
        counter.incrementBy(counter);
        assertEquals(expected.plus(expected), counter.snapshot());
        ConcurrentStatsCounter caffeines = new ConcurrentStatsCounter();
        caffeines.incrementBy(counter);
        assertEquals(counter.snapshot(), caffeines.snapshot());
    }

    @Test
    void anOverflow() {
        PerCpuStatsCounter counter = new PerCpuStatsCounter();
        counter.recordLoadSuccess(Long.MAX_VALUE);
        counter.recordLoadFailure(1);
        assertEquals(CacheStats.of(0, 0, 1, 1, Long.MAX_VALUE, 0, 0), counter.snapshot());
    }

    @Test
    void anEvictionWithoutCause() {
        PerCpuStatsCounter counter = new PerCpuStatsCounter();
        assertThrows(NullPointerException.class, () -> counter.recordEviction(1, null));
        assertEquals(CacheStats.empty(), counter.snapshot());
    }

    @Test
    void exactTotals() throws Exception {
        PerCpuStatsCounter counter = new PerCpuStatsCounter();
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                counter.recordHits(1);
                counter.recordMisses(2);
                counter.recordLoadSuccess(3);
                counter.recordLoadFailure(4);
                counter.recordEviction(5, RemovalCause.SIZE);
            }
        });
        long all = (long) EACH * Threads.COUNT;
        assertEquals(CacheStats.of(all, 2 * all, all, all, 7 * all, all, 5 * all), counter.snapshot());
    }

    @Test
    void agreesWithCaffeinesOwn() throws Exception {
        Both both = new Both();
        LoadingCache<Integer, String> cache = Caffeine.newBuilder().maximumWeight(1000)
                .weigher((Integer key, String value) -> key % 5)
                .executor(Runnable::run)
                .recordStats(() -> both)
                .build(key -> {
                    if (key % 7 == 0) {
                        throw new IllegalArgumentException("not this one");
                    }
                    return "value " + key;
                });
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                int key = ThreadLocalRandom.current().nextInt(1000);
                if (key % 3 == 0) {
                    cache.getIfPresent(key);
                } else {
                    try {
                        cache.get(key);
                    } catch (IllegalArgumentException e) {
                        assertEquals(0, key % 7);
                    }
                }
            }
        });
        cache.cleanUp();
        CacheStats stats = both.perCpu.snapshot();
        assertEquals(both.caffeines.snapshot(), stats);
        assertEquals(stats, cache.stats());
        assertEquals((long) EACH * Threads.COUNT, stats.requestCount());
        assertTrue(stats.hitCount() > 0 && stats.evictionCount() > 0 && stats.loadFailureCount() > 0, stats.toString());
    }

    /** Tells two counters the same. */
    private static final class Both implements StatsCounter {
        private final PerCpuStatsCounter perCpu = new PerCpuStatsCounter();
        private final ConcurrentStatsCounter caffeines = new ConcurrentStatsCounter();

        @Override
        public void recordHits(int count) {
            perCpu.recordHits(count);
            caffeines.recordHits(count);
        }

        @Override
        public void recordMisses(int count) {
            perCpu.recordMisses(count);
            caffeines.recordMisses(count);
        }

        @Override
        public void recordLoadSuccess(long loadTime) {
            perCpu.recordLoadSuccess(loadTime);
            caffeines.recordLoadSuccess(loadTime);
        }

        @Override
        public void recordLoadFailure(long loadTime) {
            perCpu.recordLoadFailure(loadTime);
            caffeines.recordLoadFailure(loadTime);
        }

        @Override
        public void recordEviction(int weight, RemovalCause cause) {
            perCpu.recordEviction(weight, cause);
            caffeines.recordEviction(weight, cause);
        }

        @Override
        public CacheStats snapshot() {
            return perCpu.snapshot();
        }
    }
}
