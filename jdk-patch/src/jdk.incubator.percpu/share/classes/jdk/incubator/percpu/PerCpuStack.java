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
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Transaction;
import jdk.internal.percpu.VMServices;
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
// The variable is the size: see CHANGE.
public final class PerCpuStack<E> extends PerCpuVariable {

    private static final Unsafe U = Unsafe.getUnsafe();

    // Not static: a static initializer that fails could not be tried again.
    private final Transaction<PerCpuStack<?>> pushing = new Push();
    private final Transaction<PerCpuStack<?>> popping = new Pop();
    private final Transaction<Drained<?>> draining = new Drain();

    // In a size: the number of elements, and in the upper half how often it was changed, so that who sees the
    // same size twice knows that nothing was changed in between.
    private static final long CHANGE = 1L << 32;

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
        super();
        this.capacity = capacity;
        stride = Memory.stride((long) capacity * Long.BYTES);
        entries = Memory.allocateSlots(this, stride);
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
        int slot = Rseq.usableSlot();
        if (slot >= 0) {
            long old = Slots.get(slot, address);
            if (count(old) < capacity) {
                long cell = cells.take();
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
        int slot = Rseq.usableSlot();
        if (slot >= 0 && count(Slots.get(slot, address)) >= capacity) {
            return false;
        }
        long cell = cells.take();
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
        if (pushing.run(this, cell, 0, 0) == Transaction.DONE) {
            return true;
        }
        cells.clear(cell);
        cells.giveBack(cell);
        return false;
    }

    @ForceInline
    private boolean tryPush(int slot, long old, long cell) {
        return Rseq.loadCbneStoreStoreRelease(this, slot, address, old, entry(slot, count(old)),
                cell, old + CHANGE + 1) == Rseq.COMMITTED;
    }

    private static final class Push extends Transaction<PerCpuStack<?>> {

        Push() {
            super(false);
        }

        @Override
        protected boolean isPossible(PerCpuStack<?> stack, int slot, long cell) {
            return count(Slots.get(slot, stack.address)) < stack.capacity;
        }

        @Override
        protected long attempt(PerCpuStack<?> stack, int slot, long cell, long b, long c) {
            long old = Slots.get(slot, stack.address);
            return count(old) < stack.capacity && stack.tryPush(slot, old, cell) ? DONE : AGAIN;
        }

        @Override
        protected long plainly(PerCpuStack<?> stack, int slot, long cell, long b, long c) {
            long old = Slots.get(slot, stack.address);
            if (count(old) >= stack.capacity) {
                return REFUSED;
            }
            U.putLong(stack.entry(slot, count(old)), cell);
            U.putLongRelease(null, Slots.address(stack.address, slot), old + CHANGE + 1);
            return DONE;
        }
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
        int slot = Rseq.usableSlot();
        if (slot >= 0) {
            long old = Slots.get(slot, address);
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
        return taken(popping.run(this, 0, 0, 0));
    }

    // The element of a cell that is off the stack, or null.
    @SuppressWarnings("unchecked")
    private E taken(long cell) {
        if (cell == Transaction.REFUSED) {
            return null;
        }
        Object element = cells.clear(cell);
        try {
            cells.giveBack(cell);
        } catch (StackOverflowError error) {
            // The element is worth more than its cell.
        }
        return (E) element;
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
        if (Rseq.loadCbneLoadCbneStore(this, slot, address, old, entry, cell, old + CHANGE - 1)
                != Rseq.COMMITTED) {
            return null;
        }
        // Who peeks must not find the cell empty but the size as it was.
        try {
            U.storeFence();
        } catch (StackOverflowError error) {
            VMServices.fenceByStore = 0;
        }
        array[index] = null;
        try {
            cells.giveBack(cell);
        } catch (StackOverflowError error) {
            // The element is worth more than its cell.
        }
        return (E) element;
    }

    // The cell of the top, off the stack, or REFUSED. The caller has the slot exclusively.
    private long popPlainly(int slot) {
        long old = Slots.get(slot, address);
        if (count(old) == 0) {
            return Transaction.REFUSED;
        }
        long cell = U.getLong(entry(slot, count(old) - 1));
        U.putLongRelease(null, Slots.address(address, slot), old + CHANGE - 1);
        // Who peeks must not find the cell empty but the size as it was.
        U.storeStoreFence();
        return cell;
    }

    /** Answers a cell that is off the stack, with its element. */
    private static final class Pop extends Transaction<PerCpuStack<?>> {

        Pop() {
            super(true);
        }

        @Override
        protected boolean isPossible(PerCpuStack<?> stack, int slot, long a) {
            return count(Slots.get(slot, stack.address)) != 0;
        }

        @Override
        protected long attempt(PerCpuStack<?> stack, int slot, long a, long b, long c) {
            long old = Slots.get(slot, stack.address);
            if (count(old) == 0) {
                return AGAIN;
            }
            long entry = stack.entry(slot, count(old) - 1);
            long cell = U.getLongAcquire(null, entry);
            if (Rseq.loadCbneLoadCbneStore(stack, slot, stack.address, old, entry, cell, old + CHANGE - 1)
                    != Rseq.COMMITTED) {
                return AGAIN;
            }
            // Who peeks must not find the cell empty but the size as it was.
            U.storeFence();
            return cell;
        }

        @Override
        protected long plainly(PerCpuStack<?> stack, int slot, long a, long b, long c) {
            return stack.popPlainly(slot);
        }
    }

    /**
     * {@return how many elements a slot has} Stale at once, if others use it.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public int size(int slot) {
        Objects.checkIndex(slot, Slots.count());
        int count = count(Slots.get(slot, pinnedAddress()));
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * {@return how many elements all slots have} No snapshot, as
     * {@link PerCpuLong#sum()}.
     */
    public long size() {
        long sum = 0;
        for (int slot = 0; slot < Slots.count(); slot++) {
            sum += size(slot);
        }
        return sum;
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
        Objects.checkIndex(slot, Slots.count());
        E top = null;
        for (int i = 0; top == null && i < Transaction.ATTEMPTS; i++) {
            long seen = Slots.get(slot, pinnedAddress());
            if (count(seen) == 0) {
                break;
            }
            long cell = U.getLongAcquire(null, entry(slot, count(seen) - 1));
            // A cell is never unmapped, and whatever it holds is an element or null.
            Object element = cells.get(cell);
            U.loadFence();
            // The same size, with the same number of changes: nothing was popped, and pushes that came to
            // nothing have written above the top.
            if (Slots.get(slot, pinnedAddress()) == seen) {
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
        return taken(popping.exclusively(this, slot, 0, 0, 0));
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
        Objects.checkIndex(slot, Slots.count());
        ExclusiveUse.checkHolds(slot);
        ArrayList<E> elements = new ArrayList<>(0);
        drain(slot, elements);
        return elements;
    }

    private void drain(int slot, ArrayList<E> elements) {
        if (size(slot) == 0) {
            return;
        }
        draining.exclusively(new Drained<>(this, elements), slot, 0, 0, 0);
    }

    private record Drained<E>(PerCpuStack<E> stack, ArrayList<E> elements) {
        @SuppressWarnings("unchecked")
        void drain(int slot) {
            // Before anything changes: it may fail.
            elements.ensureCapacity(elements.size() + stack.size(slot));
            for (long cell; (cell = stack.popPlainly(slot)) != Transaction.REFUSED;) {
                elements.add((E) stack.cells.clear(cell));
                // To the slot where it was used.
                stack.cells.giveBackPlainly(slot, cell, cell);
            }
        }
    }

    private static final class Drain extends Transaction<Drained<?>> {

        Drain() {
            super(true);
        }

        @Override
        protected boolean isPossible(Drained<?> drained, int slot, long a) {
            return drained.stack.size(slot) != 0;
        }

        @Override
        protected long attempt(Drained<?> drained, int slot, long a, long b, long c) {
            return AGAIN;
        }

        @Override
        protected long plainly(Drained<?> drained, int slot, long a, long b, long c) {
            drained.drain(slot);
            return DONE;
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
            for (int slot = 0; slot < Slots.count(); slot++) {
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
