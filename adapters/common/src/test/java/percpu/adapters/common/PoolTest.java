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

package percpu.adapters.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

/** A pool per CPU, where there is one: its contract, its limits, and that no object has two owners. */
class PoolTest {

    private static final int EACH = 50_000;
    private static final int SLOT = 4;
    private static final int SHARED = 8;

    private final AtomicLong made = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /** Knows its entry. */
    private static final class Thing {
        final Object entry;
        long owner;

        Thing(Object entry) {
            this.entry = entry;
        }
    }

    private Optional<Pool<Thing>> make() {
        Optional<Pool<Thing>> pool = Counting.pool(entry -> {
            made.incrementAndGet();
            return new Thing(entry);
        }, SLOT, SHARED, thing -> dropped.incrementAndGet());
        assertEquals(Counting.isPerCpu(), pool.isPresent());
        return pool;
    }

    private void assertAll(Pool<Thing> pool, long acquired, long outstanding) {
        Pool.Statistics all = pool.statistics();
        assertEquals(acquired, all.acquired());
        assertEquals(made.get(), all.made());
        assertEquals(dropped.get(), all.dropped());
        assertEquals(0, all.lost());
        assertEquals(pool.size(), all.kept());
        assertEquals(outstanding, all.outstanding());
        assertTrue(pool.size() <= pool.capacity());
    }

    @Test
    void keepsAndDrops() {
        make().ifPresent(pool -> {
            int many = (int) pool.capacity() + 10;
            List<Thing> things = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                things.add(pool.acquire());
            }
            assertEquals(many, made.get());
            assertAll(pool, many, many);
            things.forEach(thing -> pool.release(thing.entry));
            assertAll(pool, many, 0);
            assertEquals(many, pool.size() + dropped.get());
            assertTrue(dropped.get() >= 10);
            assertTrue(pool.size() >= SLOT);
            long kept = pool.size();
            assertEquals(kept, pool.clear());
            assertEquals(many, dropped.get());
            assertAll(pool, many, 0);
            assertEquals(0, pool.trim());
        });
    }

    @Test
    void capacities() {
        make().ifPresent(pool -> {
            long one = capacity(1, 0);
            assertTrue(one > 0);
            assertEquals(SLOT * one + SHARED, pool.capacity());
            assertEquals(7 * one + 3, capacity(7, 3));
        });
    }

    private static long capacity(int slot, int shared) {
        return Counting.pool(entry -> entry, slot, shared, thing -> {}).orElseThrow().capacity();
    }

    @Test
    void whatIsIdle() {
        make().ifPresent(pool -> {
            pool.release(pool.acquire().entry);
            assertEquals(0, pool.trim());
            assertEquals(1, pool.trim() + pool.trim());
            assertEquals(1, dropped.get());
        });
    }

    @Test
    void mistakes() {
        make().ifPresent(pool -> {
            Pool<Thing> another = make().orElseThrow();
            Thing thing = pool.acquire();
            Thing other = another.acquire();
            assertNotSame(thing, other);
            assertThrows(IllegalArgumentException.class, () -> pool.release(other.entry));
            assertThrows(ClassCastException.class, () -> pool.release(thing));
            pool.release(thing.entry);
            assertThrows(IllegalStateException.class, () -> pool.release(thing.entry));
            assertEquals(1, pool.size());
            assertEquals(0, another.size());
        });
        assertThrows(IllegalArgumentException.class, () -> Counting.pool(entry -> entry, 0, 0, thing -> {}));
        assertThrows(IllegalArgumentException.class, () -> Counting.pool(entry -> entry, 1, -1, thing -> {}));
    }

    @Test
    void closed() {
        make().ifPresent(pool -> {
            Thing kept = pool.acquire();
            Thing out = pool.acquire();
            pool.release(kept.entry);
            pool.close();
            assertEquals(1, dropped.get());
            assertThrows(IllegalStateException.class, pool::acquire);
            pool.release(out.entry);
            assertEquals(2, dropped.get());
            assertAll(pool, 2, 0);
        });
    }

    @Test
    void whatTheFactoryThrows() {
        Optional<Pool<Thing>> pool = Counting.pool(entry -> {
            throw new OutOfMemoryError("none left");
        }, SLOT, SHARED, thing -> {});
        pool.ifPresent(one -> {
            assertThrows(OutOfMemoryError.class, one::acquire);
            assertEquals(new Pool.Statistics(0, 0, 0, 0, 0), one.statistics());
        });
    }

    @Test
    void oneOwner() throws Exception {
        Optional<Pool<Thing>> made = make();
        if (made.isEmpty()) {
            return;
        }
        Pool<Thing> pool = made.get();
        ConcurrentLinkedQueue<Thing> others = new ConcurrentLinkedQueue<>();
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                Thing thing = pool.acquire();
                assertEquals(0, thing.owner);
                thing.owner = 1L + thread * (long) EACH + n;
                // Every third is released by another thread, most likely.
                if (n % 3 == 0) {
                    others.add(thing);
                    thing = others.remove();
                    assertTrue(thing.owner > 0);
                    thing.owner = 0;
                } else {
                    assertEquals(1L + thread * (long) EACH + n, thing.owner);
                    thing.owner = 0;
                }
                pool.release(thing.entry);
            }
        });
        assertTrue(others.isEmpty());
        assertAll(pool, (long) EACH * Threads.COUNT, 0);
    }
}
