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

/*
 * @test
 * @summary what PerCpuPool promises: each object has one owner, limits hold, and nothing vanishes unseen
 * @library /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Check
 * @run main/othervm Pools
 * @run main/othervm -XX:-UseRseq Pools
 * @run main/othervm -Xint Pools
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:+RseqForceAbort Pools
 * @run main/othervm -XX:RseqIndex=cpu_id Pools
 * @run main/othervm -Xcomp -XX:TieredStopAtLevel=1
 *      -XX:CompileCommand=compileonly,Pools::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Pools
 * @run main/othervm -Xcomp -XX:-TieredCompilation
 *      -XX:CompileCommand=compileonly,Pools::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Pools
 */

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuPool;
import percpu.lib.Check;

public class Pools {
    private static final int MANY = 20_000;
    private static final int SLOT = 8;
    private static final int BATCH = SLOT / 2;
    private static final int SHARED = 10 * BATCH;

    private static final class Item {
        long weight;
        int dropped;
        int owner;
    }

    private static void drop(Item item) {
        item.dropped++;
    }

    private static PerCpuPool.Builder<Item> builder() {
        return PerCpuPool.<Item>builder(entry -> new Item()).slotCapacity(SLOT).sharedCapacity(SHARED)
                .onDrop(Pools::drop).idle(Duration.ZERO);
    }

    public static void main(String[] args) throws Exception {
        arguments();
        again();
        limits();
        noDepot();
        mistakes();
        factories();
        throwingDrops();
        weights();
        weighers();
        trimmed();
        failingTrims();
        usedBetweenTrims();
        idleByUse();
        idleByDrops();
        failingDropsAndTrims();
        cleared();
        closed();
        closedBesideUsers();
        lost();
        droppedIsFreed();
        checked();
        releasedByTwo();
        handedOver();
        depotOfMany();
        freed();
    }

    private static void arguments() {
        Check.fails(NullPointerException.class, "no factory", () -> PerCpuPool.builder(null));
        PerCpuPool.Builder<Item> builder = builder();
        Check.fails(IllegalArgumentException.class, "capacity 0", () -> builder.slotCapacity(0));
        Check.fails(IllegalArgumentException.class, "capacity -1", () -> builder.sharedCapacity(-1));
        Check.fails(NullPointerException.class, "no action", () -> builder.onDrop(null));
        Check.fails(NullPointerException.class, "no weigher", () -> builder.maxWeight(1, null));
        Check.fails(IllegalArgumentException.class, "max -1", () -> builder.maxWeight(-1, i -> i.weight));
        Check.fails(NullPointerException.class, "no time", () -> builder.idle(null));
        Check.fails(IllegalArgumentException.class, "time -1", () -> builder.idle(Duration.ofNanos(-1)));
        Check.fails(ArithmeticException.class, "too long", () -> builder.idle(Duration.ofSeconds(Long.MAX_VALUE)));
        PerCpuPool<Item> pool = builder.build();
        Check.equal(pool.capacity(), (long) PerCpu.slots() * SLOT + SHARED, "capacity");
        Check.equal(PerCpuPool.builder(e -> "").build().capacity(), PerCpu.slots() * 32L + 1024,
                "capacity, if none is given");
        Check.equal(pool.size(), 0, "size of a new pool");
        check(pool, 0, 0, 0, 0, 0);
    }

    private static void check(PerCpuPool<?> pool, long acquired, long made, long dropped, long lost, long outstanding) {
        PerCpuPool.Statistics s = pool.statistics();
        Check.equal(s.acquired(), acquired, "acquired");
        Check.equal(s.made(), made, "made");
        Check.equal(s.dropped(), dropped, "dropped");
        Check.equal(s.lost(), lost, "lost");
        Check.equal(s.outstanding(), outstanding, "outstanding");
        Check.equal(s.kept(), made - dropped - lost - outstanding, "kept");
        Check.equal(s.released(), acquired - lost - outstanding, "released");
        Check.equal(pool.size(), s.kept(), "size");
        Check.that(s.kept() <= pool.capacity(), s.kept() + " are kept, of " + pool.capacity());
    }

    private static List<PerCpuPool.Entry<Item>> acquire(PerCpuPool<Item> pool, int count) {
        List<PerCpuPool.Entry<Item>> entries = new ArrayList<>();
        Set<Item> items = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < count; i++) {
            PerCpuPool.Entry<Item> entry = pool.acquire();
            Check.that(items.add(entry.get()), "one object was acquired twice");
            Check.equal(entry.get().dropped, 0, "an object was acquired that was dropped so many times");
            entries.add(entry);
        }
        return entries;
    }

    private static void release(PerCpuPool<Item> pool, List<PerCpuPool.Entry<Item>> entries) {
        for (PerCpuPool.Entry<Item> entry : entries) {
            pool.release(entry);
        }
    }

    private static long dropped(List<PerCpuPool.Entry<Item>> entries) {
        long dropped = 0;
        for (PerCpuPool.Entry<Item> entry : entries) {
            Check.that(entry.get().dropped <= 1, "an object was dropped " + entry.get().dropped + " times");
            dropped += entry.get().dropped;
        }
        return dropped;
    }

    // One object at a time: there are as many as slots that this thread came to.
    private static void again() {
        PerCpuPool<Item> pool = builder().build();
        for (int i = 0; i < MANY; i++) {
            pool.release(pool.acquire());
        }
        long made = pool.statistics().made();
        Check.that(made <= PerCpu.slots(), made + " objects were made");
        check(pool, MANY, made, 0, 0, 0);
    }

    private static void limits() {
        PerCpuPool<Item> pool = builder().build();
        int count = (int) pool.capacity() * 2;
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, count);
        check(pool, count, count, 0, 0, count);
        release(pool, entries);
        long dropped = dropped(entries);
        check(pool, count, count, dropped, 0, 0);
        // Moved or not, there is a full slot, or one from which a batch has just gone, and the depot.
        Check.that(pool.size() >= SHARED + BATCH, pool.size() + " of " + count + " are kept");
        // They come back, but for what is on other slots.
        List<PerCpuPool.Entry<Item>> again = acquire(pool, count);
        long made = pool.statistics().made();
        Check.that(made - count <= count - SHARED, "the depot's were not used: " + (made - count) + " more were made");
        check(pool, 2L * count, made, dropped, 0, count);
        release(pool, again);
        check(pool, 2L * count, made, dropped + dropped(again), 0, 0);
    }

    private static void noDepot() {
        for (int shared : new int[] {0, 1}) {
            for (int slot : new int[] {1, 2, 1000}) {
                PerCpuPool<Item> pool = builder().slotCapacity(slot).sharedCapacity(shared).build();
                for (int round = 1; round <= 3; round++) {
                    List<PerCpuPool.Entry<Item>> entries = acquire(pool, 3 * slot + 3);
                    release(pool, entries);
                    PerCpuPool.Statistics s = pool.statistics();
                    Check.that(s.kept() > shared && s.kept() <= pool.capacity(), s.kept() + " are kept");
                    check(pool, round * (3L * slot + 3), s.made(), s.dropped(), 0, 0);
                }
            }
        }
    }

    private static void mistakes() {
        PerCpuPool<Item> pool = builder().build();
        PerCpuPool<Item> other = builder().build();
        PerCpuPool.Entry<Item> entry = pool.acquire();
        Check.fails(NullPointerException.class, "null", () -> pool.release(null));
        Check.fails(IllegalArgumentException.class, "another pool's", () -> other.release(entry));
        check(other, 0, 0, 0, 0, 0);
        check(pool, 1, 1, 0, 0, 1);
        pool.release(entry);
        for (int i = 0; i < 3; i++) {
            Check.fails(IllegalStateException.class, "released twice", () -> pool.release(entry));
        }
        check(pool, 1, 1, 0, 0, 0);
        pool.clear();
        Check.equal(entry.get().dropped, 1, "dropped");
        Check.fails(IllegalStateException.class, "released after it was dropped", () -> pool.release(entry));
        check(pool, 1, 1, 1, 0, 0);
        // In the depot.
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, 3 * SLOT);
        release(pool, entries);
        for (PerCpuPool.Entry<Item> e : entries) {
            Check.fails(IllegalStateException.class, "released twice", () -> pool.release(e));
        }
        check(pool, 1 + 3 * SLOT, 1 + 3 * SLOT, 1, 0, 0);
    }

    private static void factories() {
        AtomicInteger calls = new AtomicInteger();
        @SuppressWarnings("unchecked")
        PerCpuPool<Item>[] pool = (PerCpuPool<Item>[]) new PerCpuPool<?>[1];
        pool[0] = PerCpuPool.<Item>builder(entry -> {
            Check.that(entry.get() == null, "an object before it is made");
            Check.fails(IllegalStateException.class, "released before it is made", () -> pool[0].release(entry));
            switch (calls.incrementAndGet()) {
                case 1 -> throw new UncheckedFailure();
                case 2 -> {
                    return null;
                }
                case 3 -> pool[0].release(pool[0].acquire());
                default -> { }
            }
            return new Item();
        }).slotCapacity(SLOT).build();
        Check.fails(UncheckedFailure.class, "a factory that throws", () -> pool[0].acquire());
        Check.fails(NullPointerException.class, "a factory that makes nothing", () -> pool[0].acquire());
        check(pool[0], 0, 0, 0, 0, 0);
        pool[0].release(pool[0].acquire());
        Check.equal(calls.get(), 4, "calls of the factory");
        check(pool[0], 2, 2, 0, 0, 0);
    }

    private static final class UncheckedFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static void throwingDrops() {
        PerCpuPool<Item> pool = builder().sharedCapacity(0).onDrop(item -> {
            item.dropped++;
            throw new UncheckedFailure();
        }).build();
        int count = (int) pool.capacity() + 10;
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, count);
        int failures = 0;
        for (PerCpuPool.Entry<Item> entry : entries) {
            try {
                pool.release(entry);
            } catch (UncheckedFailure e) {
                failures++;
                Check.equal(entry.get().dropped, 1, "the one that was released was dropped");
            }
            Check.fails(IllegalStateException.class, "released twice", () -> pool.release(entry));
        }
        Check.equal(failures, dropped(entries), "failures of release");
        Check.that(failures >= 10, "only " + failures + " of " + count + " were dropped");
        check(pool, count, count, failures, 0, 0);
        long kept = pool.size();
        try {
            pool.clear();
            throw new AssertionError("clear has not thrown what was thrown");
        } catch (UncheckedFailure e) {
            Check.equal(e.getSuppressed().length, kept - 1, "exceptions after the first");
        }
        Check.equal(dropped(entries), count, "dropped");
        check(pool, count, count, count, 0, 0);
    }

    private static void weights() {
        int most = 100;
        PerCpuPool<Item> pool = builder().maxWeight(most, item -> item.weight).build();
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, 20);
        for (PerCpuPool.Entry<Item> entry : entries) {
            entry.get().weight = 10;
        }
        release(pool, entries);
        Check.equal(pool.statistics().weight(), most, "ten of ten fit");
        Check.equal(dropped(entries), 10, "the rest is dropped");
        check(pool, 20, 20, 10, 0, 0);
        // What is outstanding has its place still, lighter or as heavy as before.
        entries = acquire(pool, 30);
        Check.equal(pool.statistics().weight(), most, "weight of those that were kept before");
        long made = pool.statistics().made();
        PerCpuPool.Entry<Item> fresh = entries.stream().filter(e -> e.get().weight == 0).findAny().orElseThrow();
        fresh.get().weight = 1;
        if (kept(entries) == 10) {
            pool.release(fresh);
            Check.equal(fresh.get().dropped, 1, "there was no room for more");
            entries.remove(fresh);
        }
        for (PerCpuPool.Entry<Item> entry : entries) {
            entry.get().weight = 2;
        }
        long before = dropped(entries);
        release(pool, entries);
        Check.that(pool.statistics().weight() <= most, pool.statistics().weight() + " is kept");
        Check.equal(before, 0, "dropped before");
        pool.clear();
        Check.equal(pool.statistics().weight(), 0, "weight of nothing");
        Check.that(pool.statistics().made() == made && pool.size() == 0, "cleared");
        // Too heavy for any pool.
        PerCpuPool.Entry<Item> heavy = pool.acquire();
        heavy.get().weight = most + 1;
        pool.release(heavy);
        Check.equal(heavy.get().dropped, 1, "an object that is too heavy");
        // Together they weigh more than a long can say.
        PerCpuPool.Entry<Item> light = pool.acquire();
        PerCpuPool.Entry<Item> heaviest = pool.acquire();
        light.get().weight = 50;
        heaviest.get().weight = Long.MAX_VALUE;
        pool.release(light);
        pool.release(heaviest);
        Check.equal(heaviest.get().dropped, 1, "the heaviest object");
        Check.equal(pool.statistics().weight(), 50, "weight without it");
        pool.clear();
        // One that grows in use.
        PerCpuPool.Entry<Item> growing = pool.acquire();
        growing.get().weight = most;
        pool.release(growing);
        Check.equal(pool.statistics().weight(), most, "one that fits exactly");
        Check.equal(growing.get().dropped, 0, "one that fits exactly is kept");
    }

    private static long kept(List<PerCpuPool.Entry<Item>> entries) {
        return entries.stream().filter(e -> e.get().weight == 10).count();
    }

    private static void weighers() {
        int[] answer = {-1};
        PerCpuPool<Item> pool = builder().maxWeight(10, item -> {
            if (answer[0] == -2) {
                throw new UncheckedFailure();
            }
            return answer[0];
        }).build();
        PerCpuPool.Entry<Item> entry = pool.acquire();
        Check.fails(IllegalArgumentException.class, "a negative weight", () -> pool.release(entry));
        answer[0] = -2;
        Check.fails(UncheckedFailure.class, "a weigher that throws", () -> pool.release(entry));
        check(pool, 1, 1, 0, 0, 1);
        answer[0] = 3;
        pool.release(entry);
        check(pool, 1, 1, 0, 0, 0);
        Check.equal(pool.statistics().weight(), 3, "weight");
        releasingWeigher(false);
        releasingWeigher(true);
    }

    private static void releasingWeigher(boolean checked) {
        List<PerCpuPool.Entry<Item>> out = new ArrayList<>();
        @SuppressWarnings("unchecked")
        PerCpuPool<Item>[] pool = (PerCpuPool<Item>[]) new PerCpuPool<?>[1];
        PerCpuPool.Builder<Item> builder = builder().maxWeight(10, item -> {
            if (!out.isEmpty()) {
                pool[0].release(out.removeFirst());
            }
            return 1;
        });
        pool[0] = (checked ? builder.checked() : builder).build();
        PerCpuPool.Entry<Item> entry = pool[0].acquire();
        out.add(entry);
        Check.fails(IllegalStateException.class, "released by the weigher", () -> pool[0].release(entry));
        check(pool[0], 1, 1, 0, 0, 0);
    }

    // All in the depot, and all on slots: whoever is not used is dropped after two calls, or three.
    private static void trimmed() {
        PerCpuPool<Item> pool = builder().build();
        int count = SHARED + BATCH;
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, count);
        release(pool, entries);
        Check.equal(pool.trim(), 0, "dropped by the first call");
        long second = pool.trim();
        Check.that(second > 0 && second <= SHARED, second + " were dropped by the second call");
        check(pool, count, count, second, 0, 0);
        // What was on slots is in the depot now.
        Check.equal(second + pool.trim(), count, "dropped by the second and third call");
        check(pool, count, count, count, 0, 0);
        Check.equal(dropped(entries), count, "dropped");
        Check.equal(pool.trim(), 0, "dropped from an empty pool");

        PerCpuPool<Item> slots = builder().sharedCapacity(0).build();
        entries = acquire(slots, SLOT);
        release(slots, entries);
        long kept = slots.size();
        Check.equal(slots.trim(), 0, "dropped from slots by the first call");
        Check.equal(slots.trim(), kept, "dropped from slots by the second call, as there is no depot");
    }

    // Release throws what is thrown for idle objects, whatever it is.
    private static void failingTrims() {
        int[] calls = new int[1];
        PerCpuPool<Item> pool = builder().idle(Duration.ofNanos(1)).onDrop(item -> {
            calls[0]++;
            throw new StackOverflowError();
        }).build();
        int caught = 0;
        for (PerCpuPool.Entry<Item> entry : acquire(pool, SHARED)) {
            try {
                pool.release(entry);
            } catch (StackOverflowError error) {
                caught += 1 + error.getSuppressed().length;
            }
        }
        Check.that(caught > 0, "nothing was idle");
        Check.equal(caught, calls[0], "errors of release");
        check(pool, SHARED, SHARED, calls[0], 0, 0);
    }

    // What is needed between two calls is not idle.
    private static void usedBetweenTrims() {
        PerCpuPool<Item> pool = builder().build();
        int count = SHARED + BATCH;
        release(pool, acquire(pool, count));
        pool.trim();
        for (int i = 0; i < 20; i++) {
            List<PerCpuPool.Entry<Item>> all = acquire(pool, count);
            release(pool, all);
            // Nothing remained: all of the depot was needed. A slot may have been left alone, if this thread was moved.
            long dropped = pool.trim();
            Check.that(dropped <= (long) (PerCpu.slots() - 1) * SLOT, dropped + " were dropped that are needed");
        }
        // A part is needed: what never went out is dropped.
        PerCpuPool.Statistics before = pool.statistics();
        release(pool, acquire(pool, 2 * SLOT));
        long dropped = pool.trim();
        Check.that(dropped > 0 && dropped < before.kept(), dropped + " of " + before.kept() + " were dropped");
    }

    private static void idleByUse() {
        PerCpuPool<Item> never = builder().build();
        PerCpuPool<Item> pool = builder().idle(Duration.ofNanos(1)).build();
        for (PerCpuPool<Item> p : List.of(never, pool)) {
            release(p, acquire(p, SHARED + SLOT));
            // Another call each 1024 uses of an object.
            for (int i = 0; i < 16 * 1024; i++) {
                p.release(p.acquire());
            }
        }
        Check.equal(never.statistics().dropped(), 0, "dropped though the time is never up");
        Check.that(pool.size() <= (long) PerCpu.slots() * SLOT + BATCH, pool.size() + " objects are left");
        usesAlone();
    }

    // No batch is moved by a release: only the uses of one object say that it is time.
    private static void usesAlone() {
        PerCpuPool<Item> pool = builder().idle(Duration.ofNanos(1)).build();
        release(pool, acquire(pool, SLOT));
        // To the depot, from where one batch comes down and the other is idle.
        pool.trim();
        pool.trim();
        int uses = 0;
        while (pool.statistics().dropped() == 0) {
            for (int i = 0; i < 1024; i++) {
                pool.release(pool.acquire());
            }
            uses += 1024;
            Check.that(uses <= 1024 * 1024, pool.statistics() + ": after so many uses nothing is idle");
        }
        check(pool, SLOT + uses, pool.statistics().made(), pool.statistics().dropped(), 0, 0);
    }

    // What is idle makes room for what would be dropped for ever: for weight, and for places on slots without a depot.
    private static void idleByDrops() {
        PerCpuPool.Builder<Item> heavy = builder().maxWeight(SLOT, item -> 1);
        for (PerCpuPool.Builder<Item> builder : List.of(heavy, builder().sharedCapacity(0))) {
            PerCpuPool<Item> pool = builder.idle(Duration.ofNanos(1)).build();
            List<PerCpuPool.Entry<Item>> entries = acquire(pool, MANY);
            release(pool, entries);
            Check.equal(dropped(entries.subList(0, SLOT)), SLOT, "dropped of those that were kept first and not used");
            PerCpuPool.Statistics s = pool.statistics();
            Check.equal(dropped(entries), s.dropped(), "dropped");
            check(pool, MANY, MANY, s.dropped(), 0, 0);
        }
    }

    // What is dropped and what is idle: release throws what is thrown for both.
    private static void failingDropsAndTrims() {
        int[] calls = new int[1];
        PerCpuPool<Item> pool = builder().sharedCapacity(0).idle(Duration.ofNanos(1)).onDrop(item -> {
            calls[0]++;
            throw new IllegalStateException("call " + calls[0]);
        }).build();
        int caught = 0;
        int most = 0;
        for (PerCpuPool.Entry<Item> entry : acquire(pool, MANY)) {
            try {
                pool.release(entry);
            } catch (IllegalStateException e) {
                int count = withSuppressed(e);
                most = Math.max(most, count);
                caught += count;
            }
        }
        Check.that(most > 1, "no release dropped what was idle");
        Check.equal(caught, calls[0], "exceptions of release");
        check(pool, MANY, MANY, calls[0], 0, 0);
    }

    private static int withSuppressed(Throwable t) {
        int count = 1;
        for (Throwable suppressed : t.getSuppressed()) {
            count += withSuppressed(suppressed);
        }
        return count;
    }

    private static void cleared() {
        PerCpuPool<Item> pool = builder().build();
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, 40);
        List<PerCpuPool.Entry<Item>> out = entries.subList(0, 5);
        release(pool, entries.subList(5, 40));
        long kept = pool.size();
        Check.equal(pool.clear(), kept, "cleared");
        check(pool, 40, 40, 35, 0, 5);
        release(pool, out);
        check(pool, 40, 40, 35, 0, 0);
        Check.equal(pool.clear(), 5, "cleared again");
        Check.equal(dropped(entries), 40, "dropped");
        acquire(pool, 1);
    }

    private static void closed() {
        for (int kept : new int[] {0, 1, SLOT, SHARED}) {
            PerCpuPool<Item> pool = builder().build();
            List<PerCpuPool.Entry<Item>> entries = acquire(pool, kept + 3);
            List<PerCpuPool.Entry<Item>> out = entries.subList(0, 3);
            release(pool, entries.subList(3, entries.size()));
            for (int times = 0; times < 3; times++) {
                pool.close();
                Check.equal(pool.size(), 0, "size of a closed pool");
                Check.equal(dropped(entries), kept + times, "dropped by close");
                Check.fails(IllegalStateException.class, "acquire", pool::acquire);
                pool.release(out.get(times));
                Check.equal(out.get(times).get().dropped, 1, "released after close");
                Check.fails(IllegalStateException.class, "released twice", () -> pool.release(entries.get(0)));
                Check.equal(pool.trim() + pool.clear(), 0, "dropped from a closed pool");
            }
            check(pool, kept + 3, kept + 3, kept + 3, 0, 0);
        }
    }

    private static void closedBesideUsers() throws Exception {
        for (int round = 0; round < 50; round++) {
            AtomicLong acquired = new AtomicLong();
            AtomicLong drops = new AtomicLong();
            PerCpuPool<Item> pool = PerCpuPool.<Item>builder(e -> new Item()).slotCapacity(SLOT).sharedCapacity(SHARED)
                    .onDrop(item -> {
                        Check.equal(++item.dropped, 1, "dropped");
                        drops.incrementAndGet();
                    }).idle(Duration.ofNanos(round % 2)).build();
            List<Thread> threads = new ArrayList<>();
            AtomicInteger failures = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(5);
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        start.await();
                        List<PerCpuPool.Entry<Item>> own = new ArrayList<>();
                        for (int n = 0;; n++) {
                            try {
                                own.add(pool.acquire());
                            } catch (IllegalStateException e) {
                                release(pool, own);
                                break;
                            }
                            acquired.incrementAndGet();
                            if (n % 30 == 29) {
                                release(pool, own);
                                own.clear();
                            }
                        }
                    } catch (Throwable t) {
                        t.printStackTrace();
                        failures.incrementAndGet();
                    }
                }));
            }
            start.await();
            while (acquired.get() < 1000 && failures.get() == 0) {
                Thread.onSpinWait();
            }
            pool.close();
            for (Thread thread : threads) {
                thread.join();
            }
            Check.equal(failures.get(), 0, "threads that failed");
            Check.equal(pool.size(), 0, "kept by a closed pool");
            Check.equal(drops.get(), pool.statistics().made(), "dropped");
            check(pool, acquired.get(), drops.get(), drops.get(), 0, 0);
        }
    }

    // What is not released is freed, its place too, and counted.
    private static void lost() {
        PerCpuPool<Item> pool = builder().maxWeight(100, item -> item.weight).build();
        List<WeakReference<Item>> items = new ArrayList<>();
        long lost = 0;
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < 5; i++) {
                PerCpuPool.Entry<Item> entry = pool.acquire();
                entry.get().weight = 7;
                pool.release(entry);
                items.add(new WeakReference<>(pool.acquire().get()));
            }
            lost = awaitLost(pool, pool.statistics().made() - pool.size());
            Check.that(pool.statistics().weight() <= 7 * pool.size(), "weight of lost objects");
        }
        Check.that(lost >= 15 - PerCpu.slots(), lost + " were found to be lost");
        for (WeakReference<Item> item : items) {
            Check.that(item.get() == null || pool.size() > 0, "a lost object is referenced");
        }
        Check.that(pool.leaks().isEmpty(), "a pool that is not checked knows where");
    }

    // A pool refers to nothing that it has dropped.
    private static void droppedIsFreed() {
        PerCpuPool<Item> pool = builder().sharedCapacity(0).build();
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, (int) pool.capacity() * 2);
        release(pool, entries);
        pool.trim();
        pool.release(pool.acquire());
        List<WeakReference<Item>> items = new ArrayList<>();
        for (PerCpuPool.Entry<Item> entry : entries) {
            if (entry.get().dropped != 0) {
                items.add(new WeakReference<>(entry.get()));
            }
        }
        entries = null;
        long end = System.nanoTime() + 60_000_000_000L;
        while (items.stream().anyMatch(i -> i.get() != null)) {
            System.gc();
            Check.that(System.nanoTime() < end, "an object that was dropped is referenced");
        }
        Check.equal(pool.statistics().lost(), 0, "lost");
    }

    private static long awaitLost(PerCpuPool<?> pool, long expected) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (pool.statistics().lost() < expected) {
            System.gc();
            Check.that(System.nanoTime() < end, pool.statistics() + ": " + expected + " were lost");
        }
        Check.equal(pool.statistics().lost(), expected, "lost");
        return expected;
    }

    private static boolean names(Throwable t, String method) {
        return Arrays.stream(t.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals(method));
    }

    private static void releaseHere(PerCpuPool<Item> pool, PerCpuPool.Entry<Item> entry) {
        pool.release(entry);
    }

    private static void acquireHere(PerCpuPool<Item> pool) {
        pool.acquire();
    }

    private static void checked() {
        PerCpuPool<Item> pool = builder().checked().build();
        PerCpuPool.Entry<Item> entry = pool.acquire();
        releaseHere(pool, entry);
        try {
            pool.release(entry);
            throw new AssertionError("released twice");
        } catch (IllegalStateException e) {
            Check.that(names(e.getCause(), "releaseHere"), "the cause is " + e.getCause());
        }
        // Released by who has it no more, after another acquired it: the other is told by whom.
        pool.clear();
        PerCpuPool<Item> one = builder().checked().build();
        PerCpuPool.Entry<Item> mine = one.acquire();
        one.release(mine);
        PerCpuPool.Entry<Item> others = one.acquire();
        for (int i = 0; others != mine && i < 1000; i++) {
            one.release(others);
            others = one.acquire();
        }
        if (others == mine) {
            releaseHere(one, mine);
            try {
                one.release(others);
                throw new AssertionError("released twice");
            } catch (IllegalStateException e) {
                Check.that(names(e.getCause(), "releaseHere"), "the cause is " + e.getCause());
            }
        }
        for (int i = 0; i < 3; i++) {
            acquireHere(pool);
        }
        awaitLost(pool, 3);
        List<Throwable> leaks = pool.leaks();
        Check.equal(leaks.size(), 3, "leaks");
        for (Throwable leak : leaks) {
            Check.that(names(leak, "acquireHere"), "the leak is " + Arrays.toString(leak.getStackTrace()));
        }
        Check.that(pool.leaks().isEmpty(), "told again");
        for (int i = 0; i < 150; i++) {
            acquireHere(pool);
        }
        awaitLost(pool, 153);
        Check.equal(pool.leaks().size(), 100, "leaks at most");
    }

    // Of two that release an entry at the same time one is told so.
    private static void releasedByTwo() throws Exception {
        PerCpuPool<Item> pool = builder().checked().build();
        int rounds = 2000;
        AtomicLong told = new AtomicLong();
        @SuppressWarnings("unchecked")
        PerCpuPool.Entry<Item>[] entry = (PerCpuPool.Entry<Item>[]) new PerCpuPool.Entry<?>[1];
        CyclicBarrier turn = new CyclicBarrier(2);
        Throwable[] failure = new Throwable[1];
        Runnable releases = () -> {
            try {
                for (int i = 0; i < rounds; i++) {
                    turn.await();
                    try {
                        pool.release(entry[0]);
                    } catch (IllegalStateException e) {
                        told.incrementAndGet();
                    }
                    if (turn.await() == 0) {
                        entry[0] = pool.acquire();
                    }
                }
            } catch (Throwable t) {
                failure[0] = t;
            }
        };
        entry[0] = pool.acquire();
        Thread[] threads = {new Thread(releases), new Thread(releases)};
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Check.that(failure[0] == null, "a thread failed: " + failure[0]);
        Check.equal(told.get(), rounds, "releases that failed");
        check(pool, rounds + 1, pool.statistics().made(), 0, 0, 1);
    }

    // Acquired by some and released by others: what comes back goes round by the depot, and no object has two owners.
    private static void handedOver() throws Exception {
        PerCpuPool<Item> pool = builder().build();
        int each = MANY;
        List<Thread> threads = new ArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        for (int i = 1; i <= 3; i++) {
            int number = i;
            var queue = new java.util.concurrent.ArrayBlockingQueue<PerCpuPool.Entry<Item>>(3 * SLOT);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int n = 0; n < each; n++) {
                        PerCpuPool.Entry<Item> entry = pool.acquire();
                        Check.equal(entry.get().owner, 0, "owner of an object that was acquired");
                        entry.get().owner = number;
                        queue.put(entry);
                    }
                } catch (Throwable t) {
                    t.printStackTrace();
                    failures.incrementAndGet();
                }
            }));
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int n = 0; n < each; n++) {
                        PerCpuPool.Entry<Item> entry = queue.poll(60, java.util.concurrent.TimeUnit.SECONDS);
                        Check.equal(entry.get().owner, number, "owner of an object that was handed over");
                        entry.get().owner = 0;
                        pool.release(entry);
                    }
                } catch (Throwable t) {
                    t.printStackTrace();
                    failures.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Check.equal(failures.get(), 0, "threads that failed");
        PerCpuPool.Statistics s = pool.statistics();
        System.out.println("handed over: " + s);
        check(pool, 3L * each, s.made(), s.dropped(), 0, 0);
        Check.that(s.made() < 3L * each / 4, s.made() + " were made for " + 3 * each + " acquisitions");
    }

    // Slots have room for one: nearly every call goes to the depot, whose batches are of one.
    private static void depotOfMany() throws Exception {
        PerCpuPool<Item> pool = builder().slotCapacity(1).build();
        int rounds = 10 * MANY;
        Thread[] threads = new Thread[4];
        AtomicInteger failures = new AtomicInteger();
        for (int t = 0; t < threads.length; t++) {
            int number = t + 1;
            threads[t] = Thread.ofPlatform().start(() -> {
                try {
                    List<PerCpuPool.Entry<Item>> own = new ArrayList<>();
                    for (int n = 0; n < rounds && failures.get() == 0; n++) {
                        for (int i = 0; i < 3; i++) {
                            PerCpuPool.Entry<Item> entry = pool.acquire();
                            own.add(entry);
                            Check.that(entry.get().owner == 0, "an object was acquired that another thread has");
                            entry.get().owner = number;
                        }
                        for (PerCpuPool.Entry<Item> entry : own) {
                            Check.that(entry.get().owner == number, "another thread has this thread's object");
                            entry.get().owner = 0;
                            pool.release(entry);
                        }
                        own.clear();
                    }
                } catch (Throwable failure) {
                    failure.printStackTrace();
                    failures.incrementAndGet();
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Check.equal(failures.get(), 0, "threads that failed");
        PerCpuPool.Statistics s = pool.statistics();
        check(pool, 3L * rounds * threads.length, s.made(), s.dropped(), 0, 0);
        Check.equal(pool.clear(), s.kept(), "objects of depot and slots");
    }

    // A pool goes with all it keeps, and an entry keeps its pool.
    private static void freed() {
        PerCpuPool<Item> pool = builder().build();
        List<PerCpuPool.Entry<Item>> entries = acquire(pool, 3 * SLOT);
        List<WeakReference<Item>> items = new ArrayList<>();
        for (PerCpuPool.Entry<Item> entry : entries) {
            items.add(new WeakReference<>(entry.get()));
        }
        release(pool, entries);
        entries = null;
        System.gc();
        Check.equal(items.stream().filter(i -> i.get() != null).count(), 3 * SLOT, "objects that are kept");
        PerCpuPool.Entry<Item> out = pool.acquire();
        WeakReference<PerCpuPool<Item>> weak = new WeakReference<>(pool);
        pool = null;
        System.gc();
        weak.get().release(out);
        out = null;
        long end = System.nanoTime() + 60_000_000_000L;
        while (weak.get() != null || items.stream().anyMatch(i -> i.get() != null)) {
            System.gc();
            Check.that(System.nanoTime() < end, "a pool that nobody has is not freed");
        }
    }
}
