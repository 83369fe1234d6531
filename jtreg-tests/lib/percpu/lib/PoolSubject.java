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

package percpu.lib;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpuPool;

/**
 * Pools that come and go: an object has one owner at a time, is made once, and ends kept, dropped or lost, which is
 * counted. What goes in is an acquisition, what comes out its release, by whom ever, or that its entry was forgotten.
 */
final class PoolSubject implements Subject {
    private static final int SLOT = 8;
    private static final int SHARED = 24;
    private static final int MOST_POOLS = 60;
    private static final int MOST_HELD = 40;
    private static final long MOST_WEIGHT = 300;

    // What a pool tells of.
    private static final int MOST_LEAKS = 100;

    private static final class Item {
        // Plain: what the pool hands over it hands over safely.
        boolean owned;
        boolean dropped;
        long element;
        int weight;
    }

    private static final class Pool {
        final AtomicLong made = new AtomicLong();
        final AtomicLong dropped = new AtomicLong();
        final AtomicLong acquired = new AtomicLong();
        final AtomicLong lost = new AtomicLong();
        final boolean checked;
        final PerCpuPool<Item> pool;

        Pool(boolean weighs, boolean checked) {
            this.checked = checked;
            PerCpuPool.Builder<Item> builder = PerCpuPool.<Item>builder(entry -> {
                made.incrementAndGet();
                return new Item();
            }).slotCapacity(SLOT).sharedCapacity(SHARED).idle(Duration.ofMillis(1)).onDrop(item -> {
                Check.that(!item.owned && !item.dropped, "an object is dropped that somebody owns, or twice");
                item.dropped = true;
                dropped.incrementAndGet();
            });
            if (weighs) {
                builder.maxWeight(MOST_WEIGHT, item -> item.weight);
            }
            if (checked) {
                builder.checked();
            }
            pool = builder.build();
        }
    }

    private record Held(Pool pool, PerCpuPool.Entry<Item> entry) {}

    private final Queue<Pool> all = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pools = new AtomicInteger();
    private final Map<Hand, List<Held>> held = new ConcurrentHashMap<>();
    private final Queue<Held> handedOver = new ConcurrentLinkedQueue<>();
    private volatile Pool current;

    PoolSubject() {
        renew();
    }

    private void renew() {
        int number = pools.incrementAndGet();
        if (number <= MOST_POOLS) {
            Pool before = current;
            // The last one, which is used longest, is neither.
            Pool fresh = new Pool(number % 2 == 1, number % 5 == 1);
            all.add(fresh);
            current = fresh;
            if (before != null && number % 3 != 0) {
                before.pool.close();
            }
        }
    }

    private void acquire(List<Held> own, Hand hand) {
        Pool pool = current;
        PerCpuPool.Entry<Item> entry;
        try {
            entry = pool.pool.acquire();
        } catch (IllegalStateException closed) {
            Check.that(pool != current, "a pool is closed that is in use");
            return;
        }
        Item item = entry.get();
        Check.that(!item.owned && !item.dropped, "an object was acquired that somebody owns, or that was dropped");
        item.owned = true;
        item.element = hand.nextElement();
        pool.acquired.incrementAndGet();
        hand.ledger.in(item.element);
        own.add(new Held(pool, entry));
    }

    private static void release(Held one, Hand hand) {
        Item item = one.entry.get();
        Check.that(item.owned && !item.dropped, "an object that is owned is owned by nobody, or was dropped");
        hand.ledger.out(item.element);
        item.owned = false;
        item.weight = hand.random(20);
        one.pool.pool.release(one.entry);
    }

    @Override
    public void work(Hand hand) {
        List<Held> own = held.computeIfAbsent(hand, h -> new ArrayList<>());
        for (int i = hand.random(2 * SLOT); i > 0 && own.size() < MOST_HELD; i--) {
            acquire(own, hand);
            hand.pause();
        }
        for (int i = hand.random(2 * SLOT); i > 0 && !own.isEmpty(); i--) {
            Held one = own.remove(hand.random(own.size()));
            switch (hand.random(100)) {
                case 0 -> {
                    // Forgotten.
                    one.pool.lost.incrementAndGet();
                    hand.ledger.out(one.entry.get().element);
                }
                case 1, 2, 3, 4, 5 -> handedOver.add(one);
                default -> release(one, hand);
            }
            hand.pause();
        }
        for (Held other = handedOver.poll(); other != null; other = hand.random(2) == 0 ? handedOver.poll() : null) {
            release(other, hand);
        }
    }

    @Override
    public void interfere(Hand hand) {
        Pool pool = current;
        switch (hand.random(20)) {
            case 0 -> pool.pool.clear();
            case 1 -> renew();
            case 2, 3, 4 -> pool.pool.trim();
            default -> {
                PerCpuPool.Statistics s = pool.pool.statistics();
                Check.that(s.kept() >= 0 && s.kept() <= pool.pool.capacity(), s.kept() + " are kept, of "
                        + pool.pool.capacity());
                Check.that(s.lost() <= pool.lost.get(), s.lost() + " were lost, of " + pool.lost);
            }
        }
        hand.pause();
    }

    @Override
    public void finish(Hand hand) {
        held.values().forEach(own -> own.forEach(one -> release(one, hand)));
        held.clear();
        handedOver.forEach(one -> release(one, hand));
        handedOver.clear();
        for (Pool one : all) {
            awaitLost(one);
            checkTotals(one);
            Check.equal(one.pool.leaks().size(), one.checked ? Math.min(one.lost.get(), MOST_LEAKS) : 0, "leaks");
            Check.that(one.pool.statistics().weight() <= MOST_WEIGHT, one.pool.statistics().weight() + " is kept");
            one.pool.close();
            checkTotals(one);
            PerCpuPool.Statistics s = one.pool.statistics();
            Check.that(s.kept() == 0 && s.weight() == 0, "a closed pool is not empty");
        }
    }

    private static void awaitLost(Pool one) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (one.pool.statistics().lost() < one.lost.get()) {
            System.gc();
            Check.that(System.nanoTime() < end, one.pool.statistics() + ", but " + one.lost + " were lost");
        }
    }

    private static void checkTotals(Pool one) {
        PerCpuPool.Statistics s = one.pool.statistics();
        Check.equal(s.acquired(), one.acquired.get(), "acquisitions");
        Check.equal(s.made(), one.made.get(), "objects made");
        Check.equal(s.dropped(), one.dropped.get(), "objects dropped");
        Check.equal(s.lost(), one.lost.get(), "objects lost");
        Check.equal(s.outstanding(), 0, "objects outstanding");
        Check.equal(s.released(), one.acquired.get() - one.lost.get(), "releases");
    }
}
