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

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

import jdk.incubator.percpu.PerCpuPoolDepot.Batch;
import jdk.incubator.percpu.PerCpuPoolRegister.Place;

/**
 * A pool of objects that are dear to make, such as buffers. A thread acquires an object that was
 * last used on the CPU it runs on, and releases it there, without atomic instructions. The
 * <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>What is acquired and released is an {@link Entry}, which has the object. The entry is
 * made with the object, by the pool, and the same two stay together. An object that has to be
 * released by those who do not know the entry refers to it:
 *
 * {@snippet lang="java" :
 * static final PerCpuPool<Buffer> POOL = PerCpuPool.<Buffer>builder(Buffer::new)
 *         .slotCapacity(16)
 *         .onDrop(Buffer::free)
 *         .build();
 *
 * static final class Buffer {
 *     private final PerCpuPool.Entry<Buffer> entry;
 *     final ByteBuffer bytes = allocate();
 *
 *     Buffer(PerCpuPool.Entry<Buffer> entry) {
 *         this.entry = entry;
 *     }
 *
 *     void release() {
 *         POOL.release(entry);
 *     }
 * }
 *
 * Buffer buffer = POOL.acquire().get();
 * try {
 *     ...
 * } finally {
 *     buffer.release();
 * }
 * }
 *
 * <p><b>Where objects are kept.</b> On the slots, in a stack of fixed capacity for each, and above
 * them in a depot that all share. Between the two objects move in batches of half a slot's capacity, 256 at
 * most: a thread that finds its slot full moves one up, and a thread that finds it empty fetches one. If
 * the depot is full, too, what is released is dropped; if it is empty, too, an object is made. So objects
 * that are acquired on one CPU and released on another come back by way of the depot. A pool
 * does not wait for objects, and does not limit how many are outstanding.
 *
 * <p><b>Limits.</b> A pool keeps at most {@link PerCpu#slots()} times the slot capacity and
 * the capacity of the depot: {@link #capacity()}. That is never exceeded. With a limit by
 * weight, the objects that are kept never weigh more than that together. An object that was kept and is
 * outstanding now counts with the weight it had, so that there is room for it when it comes back.
 *
 * <p>For each object, outstanding ones included, a pool has some 150 bytes on the heap, among them its
 * entry, and 16 outside; besides 8 outside for each place on a slot, once that is used. The 16 are a cell. A
 * pool makes 1024 cells at a time, and who needs one meanwhile waits.
 *
 * <p><b>What is idle.</b> {@link #trim} moves the objects of slots that nobody used since the last
 * call to the depot, and drops those of the depot that nobody needed since. It is called by
 * {@code release} now and then: where an object's uses reach a multiple of 1024, a batch
 * was moved or an object dropped, and the last call is longer ago than the {@linkplain Builder#idle idle time}. There is
 * no thread for that, so in a pool that nobody uses objects stay until {@code trim} or
 * {@link #clear} is called.
 *
 * <p><b>Mistakes.</b> An entry that is not acquired cannot be released: that throws
 * {@link IllegalStateException}, also if the pool is not a {@linkplain Builder#checked checked}
 * one. Two mistakes remain. If two threads release an entry at the same time, both
 * may succeed. Then an object, not only that one, may have two owners later, and calls of others may throw
 * {@code NullPointerException}. In a checked pool the second of the two gets an exception. And a thread may release
 * an entry again after another has acquired it. That takes it away from the other one, whose release
 * fails. In a checked pool the cause of that exception shows where the entry was released before. If a third
 * thread has acquired the entry by then, two have it. The first of their releases succeeds, and the second
 * fails, if nobody has acquired the entry again. A pool cannot know who releases: what one thread has acquired,
 * another may release.
 *
 * <p>An entry that nobody refers to any more without having been released is lost. The
 * collector frees it and its object, for which nothing is called. The pool counts it; a checked one also knows
 * {@linkplain #leaks where it was acquired}.
 *
 * <p>Memory ordering: what a thread did before it released an entry <i>happens
 * before</i> what another does after it acquired the same entry, and before what is called when the pool drops the
 * object. The numbers that {@link #size} and {@link #statistics} return say nothing about other memory.
 *
 * <p>Functions given to a pool are called with no lock held and outside of critical sections. They may
 * block, throw, and use the pool. Where there is no memory, {@code acquire} throws
 * {@code OutOfMemoryError} and has changed nothing; {@code release} does not throw it, unless such a function
 * does, and drops the object if a batch would have to be moved for it.
 *
 * <p>Virtual threads are never pinned by a pool and may be unmounted while they
 * have objects. Without rseq a slot is a stripe, and acquire and release take its lock.
 *
 * <p>A pool can be left to the collector, with all it keeps. {@link #close} drops that, for
 * objects that have something to be freed.
 *
 * @implNote Slots and depot are tcmalloc's per-CPU caches and its transfer cache; the batches
 * those of Bonwick's magazine allocator; idle objects are found as jemalloc's
 * thread caches and tcmalloc find them, by the least number since the last look, and by uses as a clock.
 *
 * @param <E> the type of the objects
 * @since 25
 */
public final class PerCpuPool<E> implements AutoCloseable {

    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long TRIMMED = U.objectFieldOffset(PerCpuPool.class, "trimmed");

    // Uses of an object from one look at the clock to the next, less one.
    private static final long TICK = 1023;

    // Transactions that a slow path does at most one inside the other, and calls.
    private static final int STACK = 4;

    private static final int MOST_IN_BATCH = 256;

    @Stable
    private final PerCpuStack<Entry<E>> slots;
    private final PerCpuPoolDepot depot;
    private final PerCpuPoolRegister register;

    private final Function<? super Entry<E>, ? extends E> factory;
    private final Consumer<? super E> onDrop;
    private final ToLongFunction<? super E> weigher;
    private final long maxWeight;
    private final int sharedCapacity;
    private final int batchSize;
    private final long idleNanos;
    @Stable
    private final boolean checked;

    // Whether there is more to be done at a release.
    @Stable
    private final boolean careful;

    // When it was done last, by System.nanoTime.
    private volatile long trimmed = System.nanoTime();

    // By slot, the state at the last trim. Guarded by itself.
    private final long[] seen;

    // Guards what is left on slots after close.
    private final Object closing = new Object();

    private PerCpuPool(Builder<E> builder) {
        factory = builder.factory;
        onDrop = builder.onDrop;
        weigher = builder.weigher;
        maxWeight = builder.maxWeight;
        sharedCapacity = builder.sharedCapacity;
        idleNanos = builder.idleNanos;
        checked = builder.checked;
        careful = checked || weigher != null;
        batchSize = Math.clamp(builder.slotCapacity / 2, 1, MOST_IN_BATCH);
        slots = new PerCpuStack<>(builder.slotCapacity);
        depot = new PerCpuPoolDepot(sharedCapacity);
        register = new PerCpuPoolRegister(slots.cells());
        seen = new long[Slots.count()];
        // Not where there may be no stack for it.
        U.ensureClassInitialized(Entry.class);
        U.ensureClassInitialized(Place.class);
        U.ensureClassInitialized(Batch.class);
        U.ensureClassInitialized(Statistics.class);
        // By the register's map, where threads contend.
        U.ensureClassInitialized(ThreadLocalRandom.class);
    }

    /**
     * Returns what makes a pool.
     *
     * @param <E>     the type of the objects
     * @param factory makes an object, for the entry which it is given and may keep. It is called by
     *                {@link #acquire}, in several threads at the same time. What it throws is thrown there
     * @return a builder
     */
    public static <E> Builder<E> builder(Function<? super Entry<E>, ? extends E> factory) {
        return new Builder<>(Objects.requireNonNull(factory));
    }

    /**
     * An object of a pool. A pool takes nothing back but its entries.
     *
     * @param <E> the type of the object
     */
    public static final class Entry<E> {
        private static final long OUT = U.objectFieldOffset(Entry.class, "out");

        private final PerCpuPool<E> pool;

        // It keeps a cell as long as it lives.
        private final long cell;
        private final Object[] array;
        private final int index;

        // Whether it was acquired and not released since.
        private boolean out;

        private E object;
        Place place;

        Entry(PerCpuPool<E> pool, long cell, Object[] array, int index) {
            this.pool = pool;
            this.cell = cell;
            this.array = array;
            this.index = index;
        }

        /**
         * {@return the object} The same at each call; null for the factory, which has not made it yet. Who
         * has released the entry must not use the object any more.
         *
         * @implNote Cost: one load.
         */
        public E get() {
            return object;
        }
    }

    // --- Acquire

    /**
     * Returns an object that the calling thread then has for itself until it, or whom it gives it to,
     * releases it: one that is kept on this CPU's slot, or if there is none, on the overflow
     * slot, or if there is none either, in the depot. If there is none at all, one is made.
     *
     * @implNote Cost: one critical section, and some loads and stores. For one object of a batch that
     * of a lock and of moving a batch, and if an object is made that of the factory and
     * of some 100 ns.
     *
     * @return its entry
     * @throws IllegalStateException if this pool is closed
     * @throws NullPointerException if the factory returned null
     * @throws OutOfMemoryError if there is no memory; nothing was acquired then
     * @throws StackOverflowError if there is not stack enough; nothing was acquired then
     */
    @ForceInline
    public Entry<E> acquire() {
        Entry<E> entry = slots.popWithCell();
        if (entry == null) {
            return acquireElsewhere();
        }
        // No call: there may be no stack for it.
        entry.out = true;
        Place place = entry.place;
        place.uses++;
        if (checked) {
            try {
                place.where = trace("Acquired here");
            } catch (StackOverflowError error) {
                place.where = null;
            }
        }
        return entry;
    }

    // Null if there is no memory: what has been done must not be undone.
    private static Throwable trace(String message) {
        try {
            return new Throwable(message);
        } catch (OutOfMemoryError error) {
            return null;
        }
    }

    @DontInline
    private Entry<E> acquireElsewhere() {
        VMServices.ensureStack(STACK);
        Batch batch = depot.take();
        if (batch == null) {
            return make();
        }
        @SuppressWarnings("unchecked")
        Entry<E> entry = (Entry<E>) batch.entries[--batch.count];
        batch.entries[batch.count] = null;
        Batch rest = batch.count == 0 ? null : giveBack(batch);
        entry.out = true;
        Place place = entry.place;
        place.uses++;
        if (checked) {
            place.where = trace("Acquired here");
        }
        if (rest != null) {
            try {
                drop(rest);
            } catch (Throwable t) {
                try {
                    give(entry);
                } catch (Throwable another) {
                    PerCpuCells.suppress(t, another);
                }
                throw t;
            }
        }
        return entry;
    }

    private Entry<E> make() {
        register.findLost();
        Entry<E> entry = register.add(this);
        Place place = entry.place;
        E object = null;
        try {
            object = Objects.requireNonNull(factory.apply(entry), "The factory returned null");
        } finally {
            if (object == null) {
                register.undo(place);
            }
        }
        entry.object = object;
        entry.out = true;
        place.uses = 1;
        register.made();
        if (checked) {
            place.where = trace("Acquired here");
        }
        return entry;
    }

    // --- Release

    /**
     * Gives an object back: it is kept on this CPU's slot, or if that is full, in the depot, or if that is
     * full, too, it is dropped. Any thread may release what another has acquired.
     *
     * <p>If what is called for dropped objects throws, that is thrown when all is done: the
     * entry is released then.
     *
     * @implNote Cost: one critical section, and some loads and stores. For one object of a batch that
     * of a lock and of moving a batch. Once in the idle time that of {@link #trim}.
     *
     * @param entry the entry, which must not be used any more
     * @throws IllegalArgumentException if it is an entry of another pool, or weighs less than nothing
     * @throws IllegalStateException if it is not acquired: it was released before
     * @throws StackOverflowError if there is not stack enough; the entry is not released then
     */
    @ForceInline
    public void release(Entry<E> entry) {
        if (entry.pool != this) {
            throw new IllegalArgumentException("An entry of another pool");
        }
        if (!entry.out) {
            throw released(entry);
        }
        if (careful) {
            releaseCarefully(entry);
        } else {
            give(entry);
        }
    }

    private static IllegalStateException released(Entry<?> entry) {
        return new IllegalStateException("Not acquired, or released before", entry.place.where);
    }

    private void releaseCarefully(Entry<E> entry) {
        Place place = entry.place;
        VMServices.ensureStack(STACK);
        long weight = 0;
        if (weigher != null) {
            weight = weigher.applyAsLong(entry.object);
            if (weight < 0) {
                throw new IllegalArgumentException("A negative weight: " + weight);
            }
        }
        if (!checked) {
            // Once more: the weigher may have taken any time.
            if (!entry.out) {
                throw released(entry);
            }
            entry.out = false;
        } else {
            Throwable here = trace("Released here");
            if (!U.compareAndSetBoolean(entry, Entry.OUT, true, false)) {
                throw released(entry);
            }
            place.where = here;
        }
        if (weigher == null || register.weigh(place, weight, maxWeight)) {
            give(entry);
        } else {
            dropAtRelease(entry);
        }
    }

    @ForceInline
    private void give(Entry<E> entry) {
        // Here and not before the call, for which there may be no stack.
        entry.out = false;
        // Another thread may have it as soon as it is kept.
        boolean due = (entry.place.uses & TICK) == 0;
        Object surplus = null;
        try {
            if (!slots.pushWithCell(entry.cell, entry.array, entry.index, entry)) {
                surplus = giveElsewhere(entry);
                due = true;
            }
        } catch (StackOverflowError error) {
            // No call, as above.
            entry.out = true;
            throw error;
        }
        if (surplus != null) {
            dropAtRelease(surplus);
        } else if (due) {
            try {
                VMServices.ensureStack(STACK + 1);
            } catch (StackOverflowError error) {
                // The entry is released already.
                return;
            }
            tick();
        }
    }

    // What is idle may have the room that was missing, and if each release ends here nobody else looks for it.
    private void dropAtRelease(Object surplus) {
        Throwable thrown = null;
        try {
            drop(surplus);
        } catch (Throwable t) {
            thrown = t;
        }
        boolean stack = true;
        try {
            VMServices.ensureStack(STACK + 1);
        } catch (StackOverflowError error) {
            stack = false;
        }
        if (stack) {
            try {
                tick();
            } catch (Throwable t) {
                thrown = PerCpuCells.firstOf(thrown, t);
            }
        }
        if (thrown != null) {
            PerCpuCells.throwAny(thrown);
        }
    }

    // This slot is full. Answers what has to be dropped, an entry or a batch.
    @DontInline
    private Object giveElsewhere(Entry<E> entry) {
        VMServices.ensureStack(STACK);
        int count = Math.min(batchSize, depot.room());
        if (count <= 0) {
            return entry;
        }
        Batch batch;
        try {
            batch = new Batch(count);
        } catch (OutOfMemoryError e) {
            return entry;
        }
        batch.entries[0] = entry;
        batch.count = 1 + slots.popWithCells(batch.entries, 1, count - 1);
        return depot.put(batch) ? null : giveBack(batch);
    }

    // To where there is room. Answers what has to be dropped.
    private Batch giveBack(Batch batch) {
        try {
            giveToSlot(batch);
        } catch (OutOfMemoryError e) {
            // Then to the depot.
        }
        return batch.count == 0 || depot.put(batch) ? null : batch;
    }

    @SuppressWarnings("unchecked")
    private void giveToSlot(Batch batch) {
        long[] filled = new long[batch.count];
        for (int i = 0; i < filled.length; i++) {
            Entry<E> entry = (Entry<E>) batch.entries[i];
            entry.array[entry.index] = entry;
            filled[i] = entry.cell;
        }
        boolean pushed = false;
        try {
            pushed = slots.pushWithCells(filled);
        } catch (OutOfMemoryError error) {
            // One by one. After an asynchronous exception the cells may be on the stack.
        }
        if (pushed) {
            batch.count = 0;
        } else {
            for (int i = 0; i < filled.length; i++) {
                Entry<E> entry = (Entry<E>) batch.entries[i];
                entry.array[entry.index] = null;
            }
        }
        while (batch.count > 0) {
            Entry<E> entry = (Entry<E>) batch.entries[batch.count - 1];
            if (!slots.pushWithCell(entry.cell, entry.array, entry.index, entry)) {
                break;
            }
            batch.entries[--batch.count] = null;
        }
    }

    // An entry, or a chain of batches. What is thrown first is thrown when all are dropped.
    @SuppressWarnings("unchecked")
    private long drop(Object surplus) {
        if (surplus instanceof Entry<?> entry) {
            register.drop(entry.place);
            if (onDrop != null) {
                onDrop.accept((E) entry.object);
            }
            return 1;
        }
        long count = 0;
        Throwable thrown = null;
        for (Batch batch = (Batch) surplus; batch != null; batch = batch.next()) {
            for (int i = 0; i < batch.count; i++) {
                count++;
                try {
                    drop(batch.entries[i]);
                } catch (Throwable t) {
                    thrown = PerCpuCells.firstOf(thrown, t);
                }
            }
        }
        if (thrown != null) {
            PerCpuCells.throwAny(thrown);
        }
        return count;
    }

    // --- What is idle

    private void tick() {
        if (idleNanos == 0) {
            return;
        }
        long last = trimmed;
        long now = System.nanoTime();
        if (now - last >= idleNanos && U.compareAndSetLong(this, TRIMMED, last, now)) {
            trim(false);
        }
    }

    /**
     * Moves the objects of slots that nobody used since the last call to the depot, and drops those of
     * the depot that nobody needed since: as many whole batches as were there all the time. A
     * batch for which the depot has no room is dropped at once. The first call after an object was used
     * only notes that. If nobody needs it from then on, the second call drops it from the depot, or moves it there from a
     * slot, and then the third drops it.
     *
     * <p>If what is called for a dropped object throws, it is called for the others all the
     * same, and what it threw first is thrown at the end.
     *
     * @implNote Cost: a load for each slot; for each slot that is idle and has objects, a
     * {@linkplain PerCpu#exclusive fence}, or none as with {@link PerCpuStack#steal}; and some nanoseconds for each
     * object. Others are not held up, but for those who want the same slot of this pool exclusively.
     *
     * @return how many objects were dropped
     * @throws OutOfMemoryError if there is no memory; what was found to be idle until then is dropped
     */
    public long trim() {
        return trim(true);
    }

    // Whoever has not asked for it is not told that there is no memory, but what onDrop throws.
    private long trim(boolean asked) {
        VMServices.ensureStack(STACK);
        trimmed = System.nanoTime();
        Batch idle = null;
        long dropped;
        try {
            register.findLost();
            synchronized (seen) {
                idle = depot.takeIdle();
                for (int slot = 0; slot < seen.length; slot++) {
                    if (slots.state(slot) == seen[slot]) {
                        for (int size = slots.size(slot); size > 0; size -= batchSize) {
                            Batch batch = takeBatch(slot);
                            if (!depot.put(batch)) {
                                idle = batch.before(idle);
                            }
                        }
                    }
                    seen[slot] = slots.state(slot);
                }
                depot.mark();
            }
        } catch (OutOfMemoryError error) {
            if (asked) {
                throw error;
            }
        } finally {
            dropped = drop(idle);
        }
        return dropped;
    }

    // A batch that may be empty.
    private Batch takeBatch(int slot) {
        Batch batch = new Batch(batchSize);
        batch.count = slots.drainWithCells(slot, batch.entries);
        return batch;
    }

    /**
     * Drops all objects that are kept. What is released meanwhile, or moved between a slot and the depot, may
     * be kept. If what is called for a dropped object throws, it is called for the others all the same, and what it
     * threw first is thrown at the end.
     *
     * @implNote Cost: as {@link #trim}, for each slot that has objects.
     *
     * @return how many objects were dropped
     * @throws OutOfMemoryError if there is no memory; a part of the objects is dropped then
     */
    public long clear() {
        VMServices.ensureStack(STACK);
        Batch chain = depot.takeAll();
        long dropped;
        try {
            for (int slot = 0; slot < Slots.count(); slot++) {
                for (int size = slots.size(slot); size > 0; size -= batchSize) {
                    chain = takeBatch(slot).before(chain);
                }
            }
        } finally {
            dropped = drop(chain);
        }
        return dropped;
    }

    /**
     * Drops all objects that are kept, and from now on each that is released. Nothing can be acquired any
     * more. Can be called again, also after it failed. If what is called for a dropped object throws, that is as with
     * {@link #clear}.
     *
     * @implNote Cost: as {@link #clear}.
     *
     * @throws OutOfMemoryError if there is no memory; a part of the objects is dropped then
     */
    @Override
    public void close() {
        VMServices.ensureStack(STACK);
        Batch chain = depot.close();
        try {
            slots.retire();
            synchronized (closing) {
                for (int slot = 0; slot < Slots.count(); slot++) {
                    while (slots.size(slot) != 0) {
                        Batch batch = new Batch(batchSize);
                        batch.count = slots.drainRetired(slot, batch.entries);
                        chain = batch.before(chain);
                    }
                }
            }
        } finally {
            drop(chain);
        }
    }

    // --- For people

    /**
     * {@return how many objects are kept} No snapshot: what moves between slots and
     * depot meanwhile may be counted once, twice or not at all.
     *
     * @implNote Cost: one load for each of {@link PerCpu#slots()} slots, and one for the depot.
     */
    public long size() {
        return slots.size() + depot.count();
    }

    /**
     * {@return how many objects are kept at most} {@link PerCpu#slots()} times the slot capacity, and
     * the capacity of the depot.
     *
     * @implNote Cost: a multiplication.
     */
    public long capacity() {
        return (long) Slots.count() * slots.capacity() + sharedCapacity;
    }

    /**
     * {@return what has happened so far} Exact, if nobody uses the pool meanwhile.
     *
     * @implNote Cost: a few loads for each object, outstanding ones included, and as
     * {@link PerCpuCounter#sum()}. Who wants to make or drop an object waits meanwhile.
     */
    public Statistics statistics() {
        VMServices.ensureStack(STACK);
        register.findLost();
        return register.statistics(size());
    }

    /**
     * Numbers of a pool. When nobody uses it,
     * {@code made = kept + dropped + lost + outstanding} and {@code acquired = released + lost + outstanding}.
     *
     * @param acquired how often an object was acquired
     * @param made     how many objects were made
     * @param dropped  how many were not kept when they were released, or not any longer
     * @param lost     how many were collected without having been released, as far as it was seen
     * @param kept     how many are kept
     * @param weight   what those weigh that are kept, and those that are outstanding and were kept before, each as
     *                 it weighed when it was released last; 0 without a limit by weight
     */
    public record Statistics(long acquired, long made, long dropped, long lost, long kept, long weight) {
        /** {@return how many objects are acquired at this moment} */
        public long outstanding() {
            return made - dropped - lost - kept;
        }

        /** {@return how often an object was released} */
        public long released() {
            return acquired - lost - outstanding();
        }
    }

    /**
     * Returns where the objects were acquired that were lost since the last call, one exception
     * for each, whose stack trace says so; at most 100. A collection must have found them.
     *
     * @implNote Cost: a lock, and for each object that was lost since this pool looked last, one more and a
     * subtraction.
     *
     * @return a list, empty if nothing was lost, or if this pool is not {@linkplain Builder#checked checked}
     */
    public List<Throwable> leaks() {
        VMServices.ensureStack(STACK);
        return register.leaks();
    }

    /**
     * What makes a pool. Used by one thread at a time.
     *
     * @param <E> the type of the objects
     */
    public static final class Builder<E> {
        private final Function<? super Entry<E>, ? extends E> factory;
        private Consumer<? super E> onDrop;
        private ToLongFunction<? super E> weigher;
        private long maxWeight;
        private int slotCapacity = 32;
        private int sharedCapacity = 1024;
        private long idleNanos = 30_000_000_000L;
        private boolean checked;

        private Builder(Function<? super Entry<E>, ? extends E> factory) {
            this.factory = factory;
        }

        /**
         * Sets how many objects a slot keeps; 32, if this is not called.
         *
         * @param capacity how many
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder<E> slotCapacity(int capacity) {
            if (capacity <= 0) {
                throw new IllegalArgumentException("capacity must be positive: " + capacity);
            }
            slotCapacity = capacity;
            return this;
        }

        /**
         * Sets how many objects the depot keeps, for all slots; 1024, if this is not called.
         *
         * @param capacity how many; with 0 there is no depot
         * @return this
         * @throws IllegalArgumentException if it is negative
         */
        public Builder<E> sharedCapacity(int capacity) {
            if (capacity < 0) {
                throw new IllegalArgumentException("capacity must not be negative: " + capacity);
            }
            sharedCapacity = capacity;
            return this;
        }

        /**
         * Limits what objects weigh. An object is weighed when it is released. It is kept if it and all
         * others that are kept, or outstanding and were kept before, weigh no more than the limit, each as it
         * weighed when it was released last; otherwise it is dropped.
         *
         * @implNote Cost: that of the weigher, for each release; a compare-and-set by all
         * threads to the same variable, if the weight has changed.
         *
         * @param max     the limit
         * @param weigher tells the weight, in any unit. What it throws is thrown by {@link PerCpuPool#release},
         *                and the entry is not released then
         * @return this
         * @throws IllegalArgumentException if the limit is negative
         */
        public Builder<E> maxWeight(long max, ToLongFunction<? super E> weigher) {
            if (max < 0) {
                throw new IllegalArgumentException("max must not be negative: " + max);
            }
            this.weigher = Objects.requireNonNull(weigher);
            maxWeight = max;
            return this;
        }

        /**
         * Sets what is called for each object that is dropped, by the thread that makes the pool drop
         * it: in {@code release}, {@code trim}, {@code clear}, {@code close}, and seldom in {@code acquire}, which
         * acquires nothing if it throws.
         *
         * @param action what to do with it
         * @return this
         */
        public Builder<E> onDrop(Consumer<? super E> action) {
            onDrop = Objects.requireNonNull(action);
            return this;
        }

        /**
         * Sets after what time {@link PerCpuPool#trim} is called by {@code release}; 30 seconds, if this is not
         * called.
         *
         * @param time the time; zero means never
         * @return this
         * @throws IllegalArgumentException if it is negative
         * @throws ArithmeticException if it is longer than 2<sup>63</sup> nanoseconds
         */
        public Builder<E> idle(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("time must not be negative: " + time);
            }
            idleNanos = time.toNanos();
            return this;
        }

        /**
         * Makes the pool remember where objects were acquired and released last, to find mistakes: see
         * {@link PerCpuPool}.
         *
         * @implNote Cost: that of two exceptions for each acquisition, microseconds.
         *
         * @return this
         */
        public Builder<E> checked() {
            checked = true;
            return this;
        }

        /**
         * {@return a new pool, which has no objects}
         *
         * @implNote Cost: microseconds, a lock, and address space: 8 bytes for each place on a slot, which take memory once
         * they are used. It is meant for pools that live for a while.
         *
         * @throws OutOfMemoryError if there is no memory for it, on the heap or outside
         */
        public PerCpuPool<E> build() {
            return new PerCpuPool<>(this);
        }
    }
}
