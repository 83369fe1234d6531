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

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Arena;
import jdk.internal.percpu.Chain;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.Rseq;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * A stack of objects on each slot, of a fixed capacity. A thread pushes to and
 * pops from the stack of the CPU it runs on, without atomic instructions and
 * without waiting; any thread may look at the top of any slot's stack, and steal
 * it. The <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>For caches of objects with a limit, and for queues of work whose owners
 * steal from each other when they have nothing to do.
 *
 * {@snippet lang="java" :
 * Task next() {
 *     Task task = tasks.pop();
 *     for (int slot = 0; task == null && slot < PerCpu.slots(); slot++) {
 *         task = tasks.steal(slot);
 *     }
 *     return task;
 * }
 * }
 *
 * <p>Where an element comes back: {@link #pop} looks at the slot of the
 * CPU that it runs on, and if that is empty at the overflow slot. So an element is
 * popped on the CPU where it was pushed, if the thread was not moved in between;
 * with {@code mm_cid} slots, on any CPU that takes over the slot. From all other slots
 * elements come back with {@link #steal} and {@link #drain}, which work for a CPU
 * that was taken offline too. Without rseq a slot is a stripe, and elements come
 * back to threads of the same stripe.
 *
 * <p>If some threads only push and others only pop: an element waits on the slot where
 * it was pushed. A {@code pop} on another slot, or stripe, returns null, and {@code push}
 * refuses when its own slot is full, however much room there is on others. The side that
 * takes has to steal, as above; the side that pushes may try again when it was moved,
 * or do the work itself.
 *
 * <p>Order: elements of one slot come back last in first out, popped or stolen.
 * Between slots there is none.
 *
 * <p>Memory ordering: what a thread did before it pushed an element
 * <i>happens before</i> what another does after it got that element, whichever
 * way, {@link #peek} included.
 *
 * <p>Progress: every method ends after a bounded number of steps, under a
 * debugger too. Nobody waits but {@link #steal} and {@link #drain} for others that
 * want the same slot exclusively, and threads on the overflow slot for each
 * other's transactions.
 *
 * <p>Memory: 8 bytes outside of the heap for each element of the capacity, on
 * each slot, once it is used; and as {@link PerCpuList} for as many elements as
 * there are at one time. A push makes no object. A stack refers to nothing that was
 * popped.
 *
 * <p>Use cases 4 and 5 of the restartable sequences' authors: librseq's
 * {@code percpu_buffer_push} and {@code percpu_buffer_pop}.
 *
 * @param <E> the type of elements
 * @since 25
 */
public final class PerCpuStack<E> {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final long SIZE = U.objectFieldOffset(PerCpuStack.class, "size");

    // In a size: the number of elements, and in the upper half how often it was changed, so that who sees the
    // same size twice knows that nothing was changed in between.
    private static final long CHANGE = 1L << 32;

    // The variable with each slot's size.
    @Stable
    private final long size;

    // Where slot 0 has the addresses of its elements' cells, and from there to the next slot.
    @Stable
    private final long entries;
    @Stable
    private final long stride;

    private final int capacity;
    private final PerCpuCells cells = new PerCpuCells();

    /**
     * Creates a stack that is empty on every slot.
     *
     * @param capacity how many elements a slot may have
     * @throws IllegalArgumentException if {@code capacity} is not positive
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuStack(int capacity) {
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity must be positive: " + capacity);
        }
        this.capacity = capacity;
        stride = Memory.stride((long) capacity * Long.BYTES);
        entries = Memory.allocate(this, stride);
        size = Arena.allocate(this);
    }

    /**
     * {@return how many elements a slot may have}
     */
    public int capacity() {
        return capacity;
    }

    @ForceInline
    private static int count(long size) {
        return (int) size;
    }

    @ForceInline
    private long entry(int slot, long index) {
        return entries + slot * stride + index * Long.BYTES;
    }

    /**
     * Pushes an element to the stack of this CPU's slot.
     *
     * <p>Cost: with rseq, two critical sections and the store of a reference;
     * without, two times that of taking a lock. Now and then that of making
     * cells.
     *
     * @param e the element
     * @return true if it was pushed, false if the slot is full, or if the overflow
     *         slot is and somebody uses this CPU's slot exclusively at this moment
     * @throws NullPointerException if it is null
     * @throws OutOfMemoryError if there is no memory for it; the element was not
     *         pushed then
     */
    @ForceInline
    public boolean push(E e) {
        Objects.requireNonNull(e);
        int slot = Chain.usableSlot();
        if (slot >= 0) {
            long old = Rseq.get(slot, size);
            if (count(old) < capacity) {
                long cell = cells.acquire();
                Object[] array = cells.array(cell);
                int index = cells.index(cell);
                array[index] = e;
                try {
                    return tryPush(slot, old, cell) || pushAgain(cell);
                } catch (StackOverflowError error) {
                    // No call: there may be no stack for one.
                    array[index] = null;
                    throw error;
                }
            }
        }
        return pushElsewhere(e);
    }

    // This slot is full, or cannot be used.
    @DontInline
    private boolean pushElsewhere(E e) {
        int slot = Chain.usableSlot();
        if (slot >= 0 && count(Rseq.get(slot, size)) >= capacity) {
            return false;
        }
        long cell = cells.acquire();
        Object[] array = cells.array(cell);
        int index = cells.index(cell);
        array[index] = e;
        try {
            return pushAgain(cell);
        } catch (StackOverflowError error) {
            array[index] = null;
            throw error;
        }
    }

    @DontInline
    private boolean pushAgain(long cell) {
        for (int i = 1; i < Chain.ATTEMPTS; i++) {
            int slot = Chain.usableSlot();
            if (slot < 0) {
                break;
            }
            long old = Rseq.get(slot, size);
            if (count(old) >= capacity) {
                return full(cell);
            }
            if (tryPush(slot, old, cell)) {
                return true;
            }
        }
        return pushSlowly(cell);
    }

    @ForceInline
    private boolean tryPush(int slot, long old, long cell) {
        return Rseq.loadCbneStoreStoreRelease(this, slot, size, old, entry(slot, count(old)),
                cell, old + CHANGE + 1) == Rseq.COMMITTED;
    }

    private boolean full(long cell) {
        cells.clear(cell);
        cells.release(cell);
        return false;
    }

    // To the slow slot; and if that is full, to this CPU's, which it may not have been able to use.
    private boolean pushSlowly(long cell) {
        ExclusiveUse slow = ExclusiveUse.slow();
        boolean pushed;
        synchronized (slow) {
            slow.count();
            pushed = pushPlainly(slow.slot(), cell);
        }
        int here = !pushed && Rseq.isEnabled()
                ? Rseq.currentSlot() : slow.slot();
        if (here != slow.slot()) {
            pushed = pushHere(here, cell);
        }
        Reference.reachabilityFence(this);
        return pushed || full(cell);
    }

    private boolean pushHere(int slot, long cell) {
        ExclusiveUse x = ExclusiveUse.ifFree(slot);
        if (x == null) {
            return false;
        }
        synchronized (x) {
            try {
                return x.tryKeepOff() && pushPlainly(slot, cell);
            } finally {
                x.letIn();
            }
        }
    }

    private boolean pushPlainly(int slot, long cell) {
        long old = Rseq.get(slot, size);
        if (count(old) >= capacity) {
            return false;
        }
        U.putLong(entry(slot, count(old)), cell);
        U.putLongRelease(null, Rseq.addressInSlot(size, slot), old + CHANGE + 1);
        return true;
    }

    /**
     * Removes the last element that was pushed to this CPU's slot, or if there is
     * none, to the overflow slot.
     *
     * <p>Cost: as {@link #push}.
     *
     * @return the element, or null if both slots are empty, or if the overflow slot
     *         is and somebody uses this CPU's slot exclusively at this moment
     */
    @ForceInline
    public E pop() {
        int slot = Chain.usableSlot();
        if (slot >= 0) {
            long old = Rseq.get(slot, size);
            if (count(old) != 0) {
                E element = tryPop(slot, old);
                if (element != null) {
                    return element;
                }
            }
        }
        return popAgain();
    }

    @DontInline
    private E popAgain() {
        for (int i = 1; i < Chain.ATTEMPTS; i++) {
            int slot = Chain.usableSlot();
            if (slot < 0) {
                break;
            }
            long old = Rseq.get(slot, size);
            if (count(old) == 0) {
                return count(Rseq.get(Rseq.overflowSlot(), size)) == 0
                        ? null : popSlowly();
            }
            E element = tryPop(slot, old);
            if (element != null) {
                return element;
            }
        }
        return popSlowly();
    }

    // The top, taken off the stack, or null. It is read before: the section commits if it is still the top then.
    @ForceInline
    @SuppressWarnings("unchecked")
    private E tryPop(int slot, long old) {
        long entry = entry(slot, count(old) - 1);
        long cell = U.getLongAcquire(null, entry);
        Object[] array = cells.array(cell);
        int index = cells.index(cell);
        Object element = array[index];
        if (Rseq.loadCbneLoadCbneStore(this, slot, size, old, entry, cell, old + CHANGE - 1)
                != Rseq.COMMITTED) {
            return null;
        }
        // Who peeks must not find the cell empty but the size as it was.
        try {
            U.storeFence();
        } catch (StackOverflowError error) {
            Rseq.fenceByStore = 0;
        }
        array[index] = null;
        try {
            cells.release(cell);
        } catch (StackOverflowError error) {
            // The element is worth more than its cell.
        }
        return (E) element;
    }

    // From the slow slot; and if that is empty, from this CPU's, which it may not have been able to use.
    private E popSlowly() {
        ExclusiveUse slow = ExclusiveUse.slow();
        E element;
        synchronized (slow) {
            slow.count();
            element = popPlainly(slow.slot());
        }
        int here = element == null && Rseq.isEnabled()
                ? Rseq.currentSlot() : slow.slot();
        if (here != slow.slot() && size(here) != 0) {
            element = popHere(here);
        }
        Reference.reachabilityFence(this);
        return element;
    }

    private E popHere(int slot) {
        ExclusiveUse x = ExclusiveUse.ifFree(slot);
        if (x == null) {
            return null;
        }
        synchronized (x) {
            try {
                return x.tryKeepOff() ? popPlainly(slot) : null;
            } finally {
                x.letIn();
            }
        }
    }

    // The cell becomes free where it was used, not where a thief is.
    @SuppressWarnings("unchecked")
    private E popPlainly(int slot) {
        long old = Rseq.get(slot, size);
        if (count(old) == 0) {
            return null;
        }
        long cell = U.getLong(entry(slot, count(old) - 1));
        U.putLongRelease(null, Rseq.addressInSlot(size, slot), old + CHANGE - 1);
        U.storeStoreFence();
        Object element = cells.clear(cell);
        cells.releaseAll(slot, cell, cell);
        return (E) element;
    }

    /**
     * {@return how many elements a slot has} Stale at once, if others use it.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public int size(int slot) {
        Objects.checkIndex(slot, Rseq.slots());
        int count = count(Rseq.get(slot, pinnedSize()));
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * {@return how many elements all slots have} No snapshot, as
     * {@link PerCpuLong#sum()}.
     */
    public long size() {
        long sum = 0;
        for (int slot = 0; slot < Rseq.slots(); slot++) {
            sum += size(slot);
        }
        return sum;
    }

    /** As {@link PerCpuLong#pinnedAddress}. */
    @ForceInline
    private long pinnedSize() {
        return U.getLongOpaque(this, SIZE);
    }

    /**
     * Returns the top of one slot without removing it, from whatever CPU. It was the
     * top at some moment during the call; it may be popped at any time, and what
     * one may do with it then is the program's business.
     *
     * <p>Cost: a few loads, some of which miss the cache if another CPU is at work
     * there. No fence. Completes in a bounded number of steps.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the top, or null if the slot was empty, or changed all the time
     *         while this method looked
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    @SuppressWarnings("unchecked")
    public E peek(int slot) {
        Objects.checkIndex(slot, Rseq.slots());
        E top = null;
        for (int i = 0; top == null && i < Chain.ATTEMPTS; i++) {
            long seen = Rseq.get(slot, pinnedSize());
            if (count(seen) == 0) {
                break;
            }
            long cell = U.getLongAcquire(null, entry(slot, count(seen) - 1));
            // A cell is never unmapped, and whatever it holds is an element or null.
            Object element = cells.get(cell);
            U.loadFence();
            // The same size, with the same number of changes: nothing was popped, and pushes that came to
            // nothing have written above the top.
            if (Rseq.get(slot, pinnedSize()) == seen) {
                top = (E) element;
            }
        }
        Reference.reachabilityFence(this);
        return top;
    }

    /**
     * Removes the top of one slot, from whatever CPU, also if the slot's CPU is
     * offline.
     *
     * <p>Cost: a fence, as {@link PerCpu#exclusive}; nothing but a load if the slot is
     * empty. Others are not held up, but for those who want the same slot
     * exclusively; what they push meanwhile may be on the overflow slot.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the element, or null if the slot is empty
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalStateException in {@link PerCpu#exclusive} on another slot
     */
    public E steal(int slot) {
        if (size(slot) == 0) {
            ExclusiveUse.checkHolds(slot);
            return null;
        }
        E element;
        ExclusiveUse x = ExclusiveUse.at(slot);
        synchronized (x.actions()) {
            synchronized (x) {
                try {
                    x.keepOff();
                    element = popPlainly(slot);
                } finally {
                    x.letIn();
                }
            }
        }
        Reference.reachabilityFence(this);
        return element;
    }

    /**
     * Removes all elements of one slot, from whatever CPU, also if the slot's
     * CPU is offline.
     *
     * <p>Cost: as {@link #steal}, once, and some nanoseconds for each element.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the elements, the top first
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalStateException in {@link PerCpu#exclusive} on another slot
     * @throws OutOfMemoryError if there is no memory for the result; nothing was
     *         removed then
     */
    public List<E> drain(int slot) {
        Objects.checkIndex(slot, Rseq.slots());
        ExclusiveUse.checkHolds(slot);
        ArrayList<E> elements = new ArrayList<>(0);
        drain(slot, elements);
        return elements;
    }

    private void drain(int slot, ArrayList<E> elements) {
        if (size(slot) == 0) {
            return;
        }
        ExclusiveUse x = ExclusiveUse.at(slot);
        synchronized (x.actions()) {
            synchronized (x) {
                try {
                    x.keepOff();
                    drainPlainly(slot, elements);
                } finally {
                    x.letIn();
                }
            }
        }
        Reference.reachabilityFence(this);
    }

    private void drainPlainly(int slot, ArrayList<E> elements) {
        // Before anything changes: it may fail.
        elements.ensureCapacity(elements.size() + size(slot));
        for (E e = popPlainly(slot); e != null; e = popPlainly(slot)) {
            elements.add(e);
        }
    }

    /**
     * Removes all elements of all slots, one slot after the other. What is pushed
     * meanwhile may be among them or not.
     *
     * <p>Cost: that of {@link #drain(int)} for each slot.
     *
     * @return the elements, those of one slot together, its top first. If there is
     *         no memory for all of them, those of some slots only
     * @throws IllegalStateException in {@link PerCpu#exclusive}
     * @throws OutOfMemoryError if there is no memory for any; nothing was removed
     *         then
     */
    public List<E> drain() {
        if (ExclusiveUse.heldSlot() >= 0) {
            throw new IllegalStateException("This thread is in an exclusive action: draining all slots would nest");
        }
        ArrayList<E> elements = new ArrayList<>(0);
        try {
            for (int slot = 0; slot < Rseq.slots(); slot++) {
                drain(slot, elements);
            }
        } catch (OutOfMemoryError | StackOverflowError e) {
            if (elements.isEmpty()) {
                throw e;
            }
        }
        return elements;
    }
}
