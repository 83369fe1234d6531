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


package jdk.incubator.percpu;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All entries of a pool, kept or outstanding, from when they are made until they are dropped
 * or found lost. What is known of an entry is in its {@link Place}, which the pool reaches
 * also while the entry is outstanding and the pool refers to it by a phantom reference only.
 * So to count an acquisition is a plain addition, and the sum over all places is exact.
 *
 * <p>To take a place out needs no memory: there may be none when an entry is dropped. They are in
 * an array and not linked, because collectors share out the work on an array.
 */
final class PerCpuPoolRegister {

    // Of so many lost objects is remembered where they were acquired.
    private static final int MOST_LEAKS = 100;

    /**
     * What remains of an entry that was lost. Fields that are not final belong to whoever has the
     * entry: they are handed over with it.
     */
    static final class Place extends PhantomReference<PerCpuPool.Entry<?>> {

        final long cell;

        // How often it was acquired.
        long uses;

        // What it weighed when it was released last.
        long weight;

        // In the checked mode: where it was acquired or released last.
        Throwable where;

        // Where it is in the register, -1 for nowhere. Guarded by the register.
        private int index = -1;

        private Place(PerCpuPool.Entry<?> entry, ReferenceQueue<PerCpuPool.Entry<?>> queue, long cell) {
            super(entry, queue);
            this.cell = cell;
        }
    }

    private final PerCpuCells cells;
    private final ReferenceQueue<PerCpuPool.Entry<?>> unreachable = new ReferenceQueue<>();

    private final PerCpuCounter made = new PerCpuCounter();
    private final PerCpuCounter dropped = new PerCpuCounter();
    private final PerCpuCounter lost = new PerCpuCounter();

    // Guarded by this, as is formerUses, the uses of entries that are gone.
    private Place[] places = new Place[16];
    private int count;
    private long formerUses;

    private final AtomicLong weight = new AtomicLong();

    // Guarded by itself.
    private final List<Throwable> leaks = new ArrayList<>(MOST_LEAKS);

    PerCpuPoolRegister(PerCpuCells cells) {
        this.cells = cells;
    }

    // Each of these methods is called with stack for a transaction and more, so that none of them stops half way.

    /**
     * {@return a new entry with a place}
     *
     * @throws OutOfMemoryError if there is no memory; nothing has changed then
     */
    <E> PerCpuPool.Entry<E> add(PerCpuPool<E> pool) {
        long cell = cells.take();
        try {
            PerCpuPool.Entry<E> entry = new PerCpuPool.Entry<>(pool, cell, cells.array(cell), cells.index(cell));
            Place place = new Place(entry, unreachable, cell);
            entry.place = place;
            put(place);
            return entry;
        } catch (OutOfMemoryError e) {
            free(cell);
            throw e;
        }
    }

    private synchronized void put(Place place) {
        if (count == places.length) {
            places = Arrays.copyOf(places, 2 * count);
        }
        place.index = count;
        places[count++] = place;
    }

    // Whether it was there.
    private synchronized boolean remove(Place place) {
        int index = place.index;
        if (index < 0) {
            return false;
        }
        Place last = places[--count];
        places[index] = last;
        last.index = index;
        places[count] = null;
        place.index = -1;
        formerUses += place.uses;
        return true;
    }

    /** Its object was made. */
    void made() {
        made.increment();
    }

    /** Takes the place from an entry whose object was not made. */
    void undo(Place place) {
        place.clear();
        gone(place);
    }

    /** Takes the place from an entry that the pool does not keep. Nobody has it but the caller. */
    void drop(Place place) {
        place.clear();
        if (gone(place)) {
            dropped.increment();
        }
    }

    private boolean gone(Place place) {
        if (!remove(place)) {
            return false;
        }
        if (place.weight != 0) {
            weight.getAndAdd(-place.weight);
        }
        free(place.cell);
        return true;
    }

    // When the pool is closed all cells go with it.
    private void free(long cell) {
        if (cells.use().isRetired()) {
            return;
        }
        try {
            cells.giveBack(cell);
        } catch (IllegalStateException | OutOfMemoryError retired) {
            // Just now: there may be no memory to say so.
        }
    }

    /** Finds entries that nobody has any more. */
    void findLost() {
        for (Object found = unreachable.poll(); found != null; found = unreachable.poll()) {
            Place place = (Place) found;
            // If it was never acquired, its object was not made.
            if (gone(place) && place.uses != 0) {
                lost.increment();
                Throwable where = place.where;
                if (where != null) {
                    synchronized (leaks) {
                        if (leaks.size() < MOST_LEAKS) {
                            leaks.add(where);
                        }
                    }
                }
            }
        }
    }

    /** {@return where the lost ones were acquired, each once} */
    List<Throwable> leaks() {
        findLost();
        synchronized (leaks) {
            List<Throwable> found = List.copyOf(leaks);
            leaks.clear();
            return found;
        }
    }

    /**
     * {@return whether all entries together weigh no more than a maximum, if this one weighs so
     * much} If not, nothing has changed.
     */
    boolean weigh(Place place, long now, long max) {
        long more = now - place.weight;
        if (more == 0) {
            return true;
        }
        long before = weight.get();
        for (;;) {
            // No sum that could overflow. What is in there is never more than the maximum.
            if (more > max - before) {
                return false;
            }
            long witness = weight.compareAndExchange(before, before + more);
            if (witness == before) {
                place.weight = now;
                return true;
            }
            before = witness;
        }
    }

    PerCpuPool.Statistics statistics(long kept) {
        return new PerCpuPool.Statistics(uses(), made.sum(), dropped.sum(), lost.sum(), kept, weight.get());
    }

    private synchronized long uses() {
        long uses = formerUses;
        for (int i = 0; i < count; i++) {
            uses += places[i].uses;
        }
        return uses;
    }
}
