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
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Blocks;
import jdk.internal.percpu.Chain;
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
 * elements come back with {@link #steal} and {@link #drainTo}, which work for a CPU
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
 * debugger too; {@code drainTo} when a slot is empty or it has what it was asked for.
 * Nobody waits but {@link #steal}, {@code drainTo} and {@link #push(int, Object)} for others
 * that use the same slot exclusively, {@link #trySteal} included; threads on the overflow slot
 * for each other's transactions; a thread whose sections are kept off its own slot, for the
 * one that keeps them off, where the overflow slot does not do: it is full, or empty; and a push
 * that needs a new cell, for the thread that makes some.
 *
 * <p>Memory: 8 bytes outside of the heap for each element of the capacity, on
 * each slot, once it is used; and as {@link PerCpuList} for as many elements as
 * there are at one time. A push makes no object. A stack refers to nothing that was
 * popped.
 *
 * @implNote The sections are those of {@code percpu_buffer_push} and
 * {@code percpu_buffer_pop} in librseq's tests.
 *
 * @param <E> the type of elements
 * @since 25
 */
// The variable is the size: see CHANGE.
public final class PerCpuStack<E> extends PerCpuVariable {

    private static final Unsafe U = Unsafe.getUnsafe();

    // Not static: a static initializer that fails could not be tried again.
    private final Transaction<PerCpuStack<?>> pushing = new Push();
    private final Pop popping = new Pop();
    private final Transaction<Theft<E>> stealing = new Steal<>();
    private final Detach detaching = new Detach();

    // In a size: the number of elements, and in the upper half how often it was changed, so that who sees the
    // same size twice knows that nothing was changed in between.
    private static final long CHANGE = 1L << 32;

    // Elements that are removed at a time.
    private static final int PART = 256;

    // Where slot 0 has the addresses of its elements' cells, and from there to the next slot.
    @Stable
    private final long entries;
    @Stable
    private final long stride;

    private final int capacity;
    private final PerCpuCells cells;

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
        PerCpuCells cells = new PerCpuCells();
        super(cells.variable(1));
        this.cells = cells;
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
     * @implNote Cost: with rseq, two critical sections and the store of a reference;
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
            long old = Slots.getOfCpu(slot, address);
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
        if (slot >= 0 && count(Slots.getOfCpu(slot, address)) >= capacity) {
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
        protected ExclusiveUse use(PerCpuStack<?> stack) {
            return stack.cells.use();
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
     * @implNote Cost: as {@link #push}.
     *
     * @return the element, or null if both slots are empty, or if the overflow slot
     *         is and somebody uses this CPU's slot exclusively at this moment
     */
    @ForceInline
    public E pop() {
        return pop(true);
    }

    // Whether the cell becomes free, or stays the element's.
    @ForceInline
    private E pop(boolean free) {
        int slot = Rseq.usableSlot();
        if (slot >= 0) {
            long old = Slots.getOfCpu(slot, address);
            if (count(old) != 0) {
                E element = tryPop(slot, old, free);
                if (element != null) {
                    return element;
                }
            }
        }
        return popAgain(free);
    }

    @DontInline
    private E popAgain(boolean free) {
        return taken(popping.run(this, 0, 0, 0), free);
    }

    // The element of a cell that is off the stack, or null.
    @SuppressWarnings("unchecked")
    private E taken(long cell, boolean free) {
        if (cell == Transaction.REFUSED) {
            return null;
        }
        Object element = cells.clear(cell);
        if (free) {
            free(cell);
        }
        return (E) element;
    }

    private void free(long cell) {
        try {
            cells.giveBack(cell);
        } catch (StackOverflowError error) {
            // The element is worth more than its cell.
        }
    }

    // The top, taken off the stack, or null. It is read before: the section commits if it is still the top then.
    @ForceInline
    @SuppressWarnings("unchecked")
    private E tryPop(int slot, long old, boolean free) {
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
        if (free) {
            try {
                cells.giveBack(cell);
            } catch (StackOverflowError error) {
                // The element is worth more than its cell.
            }
        }
        return (E) element;
    }

    /** Answers a cell that is off the stack, with its element. */
    private static final class Pop extends Transaction<PerCpuStack<?>> {

        Pop() {
            super(true);
        }

        @Override
        protected ExclusiveUse use(PerCpuStack<?> stack) {
            return stack.cells.use();
        }

        @Override
        protected boolean isPossible(PerCpuStack<?> stack, int slot, long a) {
            return count(Slots.get(slot, stack.address)) != 0;
        }

        @Override
        protected long attempt(PerCpuStack<?> stack, int slot, long a, long b, long c) {
            long old = Slots.getOfCpu(slot, stack.address);
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
            long old = Slots.get(slot, stack.address);
            if (count(old) == 0) {
                return REFUSED;
            }
            long cell = U.getLong(stack.entry(slot, count(old) - 1));
            U.putLongRelease(null, Slots.address(stack.address, slot), old + CHANGE - 1);
            U.storeStoreFence();
            return cell;
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
     * @implNote Cost: a few loads, some of which miss the cache if another CPU is at work
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
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, or none if no thread has let
     * sections in since the last such call on this slot; nothing but a load if the slot is
     * empty. Others are not held up, but for those who want the same slot exclusively; what
     * they push meanwhile may be on the overflow slot.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the element, or null if the slot is empty
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public E steal(int slot) {
        if (size(slot) == 0) {
            return null;
        }
        return taken(popping.exclusively(this, slot, 0, 0, 0), true);
    }

    /**
     * As {@link #steal}, but does nothing if somebody else uses that slot of this stack
     * exclusively, or waits for that. It never waits for others who do.
     *
     * @implNote Cost: as {@link #steal}, with its fence. Whoever does a transaction on a slot
     * uses it exclusively: others that steal from it; on the overflow slot, and on each slot if
     * there is no rseq, every operation; and now and then those that make room for pushes.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the element, or null if the slot is empty, or somebody else uses it exclusively
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws OutOfMemoryError if there is no memory for small objects; nothing was removed then
     */
    public E trySteal(int slot) {
        if (size(slot) == 0) {
            return null;
        }
        Theft<E> theft = new Theft<>(this);
        stealing.exclusivelyIfFree(theft, slot, 0, 0, 0);
        return theft.element;
    }

    private static final class Theft<E> {
        private final PerCpuStack<E> stack;
        private E element;

        Theft(PerCpuStack<E> stack) {
            this.stack = stack;
        }
    }

    /** Makes the cell free, too, on the same slot, because elsewhere a thread may have to wait. */
    private static final class Steal<E> extends Transaction<Theft<E>> {

        Steal() {
            super(true);
        }

        @Override
        protected ExclusiveUse use(Theft<E> theft) {
            return theft.stack.cells.use();
        }

        @Override
        protected boolean isPossible(Theft<E> theft, int slot, long a) {
            return theft.stack.size(slot) != 0;
        }

        @Override
        @SuppressWarnings("unchecked")
        protected long plainly(Theft<E> theft, int slot, long a, long b, long c) {
            PerCpuStack<E> stack = theft.stack;
            long cell = stack.popping.plainly(stack, slot, 0, 0, 0);
            if (cell == REFUSED) {
                return REFUSED;
            }
            theft.element = (E) stack.cells.clear(cell);
            stack.cells.giveBackPlainly(slot, cell);
            return DONE;
        }
    }

    /**
     * Pushes an element to the stack of any slot: work for another CPU.
     *
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, or none if no thread has let
     * sections in since the last such call on this slot. Others are not held up, but for those
     * who want the same slot exclusively; what they push meanwhile may be on the overflow
     * slot.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param e    the element
     * @return true if it was pushed, false if the slot is full
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws NullPointerException if the element is null
     * @throws OutOfMemoryError if there is no memory for it; the element was not pushed then
     */
    public boolean push(int slot, E e) {
        Objects.checkIndex(slot, Slots.count());
        Objects.requireNonNull(e);
        if (size(slot) >= capacity) {
            return false;
        }
        // What the transaction wants, and more: after a cell was taken nothing fails.
        VMServices.ensureStack(2);
        long cell = cells.take();
        cells.array(cell)[cells.index(cell)] = e;
        boolean pushed = pushing.exclusively(this, slot, cell, 0, 0) == Transaction.DONE;
        if (!pushed) {
            cells.clear(cell);
            cells.giveBack(cell);
        }
        return pushed;
    }

    /**
     * Pops elements of this CPU's slot, several in one critical section, and calls an action
     * for each. They can be less than {@code max} though the slot has more: at most 256, and
     * only one if the section does not commit, or without rseq. If the slot has none, one is
     * popped from the overflow slot. As {@link #pop}, this can find nothing while somebody
     * uses the slot exclusively.
     *
     * <p>If the action throws, it is called for the other elements of the same section all the
     * same, and what it threw first is passed on. So none is lost.
     *
     * @implNote Cost: with rseq, that of {@link #pop} for up to 256 elements, and some nanoseconds
     * for each.
     *
     * @param action what to do with each element, the top first
     * @param max    how many to pop at most; none, if it is not positive
     * @return how many were popped
     */
    public int popTo(Consumer<? super E> action, int max) {
        Objects.requireNonNull(action);
        VMServices.ensureStack();
        long[] taken = popTogether(max);
        if (taken != null) {
            for (int i = 0; i < taken.length; i++) {
                Chain.link(taken[i], i + 1 < taken.length ? taken[i + 1] : 0);
            }
            return cells.consume(taken[0], action);
        }
        E element = max > 0 ? popAgain(true) : null;
        if (element != null) {
            action.accept(element);
        }
        return element != null ? 1 : 0;
    }

    // Cells that are off the stack, the top first, or null.
    private long[] popTogether(int max) {
        int slot = Rseq.usableSlot();
        if (slot < 0) {
            return null;
        }
        long old = Slots.getOfCpu(slot, address);
        int count = Math.min(Math.min(count(old), max), PART);
        if (count <= 0) {
            return null;
        }
        long[] taken = new long[count];
        for (int i = 0; i < count; i++) {
            taken[i] = U.getLongAcquire(null, entry(slot, count(old) - 1 - i));
        }
        // The size has its number of changes in it: what was read is still there.
        if (Rseq.loadCbneStore(this, slot, address, old, old + CHANGE - count) != Rseq.COMMITTED) {
            return null;
        }
        U.fullFence();
        return taken;
    }

    /**
     * Pushes elements to the stack of this CPU's slot, all in one critical section if there is
     * room for them, or one after the other.
     *
     * @implNote Cost: with rseq, one critical section for up to 512 elements, and one for the
     * cell of each.
     *
     * @param elements the elements, the last of which will be the top
     * @return how many were pushed, the first ones of the list; the others found no room
     * @throws NullPointerException if the list or an element is null; nothing was pushed then
     * @throws OutOfMemoryError if there is no memory; nothing was pushed then
     */
    public int pushAll(List<? extends E> elements) {
        Object[] all = elements.toArray();
        for (Object e : all) {
            Objects.requireNonNull(e);
        }
        // What each transaction wants, and more: nothing fails after the first of them.
        VMServices.ensureStack(2);
        long[] filled = cells.fill(all);
        int pushed = 0;
        try {
            pushed = pushTogether(filled);
            if (pushed == 0) {
                while (pushed < filled.length && pushing.run(this, filled[pushed], 0, 0) == Transaction.DONE) {
                    pushed++;
                }
            }
        } finally {
            cells.empty(filled, pushed, filled.length);
        }
        return pushed;
    }

    // All, or none.
    private int pushTogether(long[] filled) {
        int slot = Rseq.usableSlot();
        if (slot < 0 || filled.length == 0 || filled.length > Rseq.MAX_COPY / Long.BYTES) {
            return 0;
        }
        long block = Blocks.borrow();
        try {
            for (int i = 0; i < filled.length; i++) {
                U.putLong(block + (long) i * Long.BYTES, filled[i]);
            }
            long old = Slots.getOfCpu(slot, address);
            boolean pushed = filled.length <= capacity - count(old)
                    && Rseq.loadCbneMemcpyStoreRelease(this, slot, address, old, entry(slot, count(old)), block,
                            (long) filled.length * Long.BYTES, old + CHANGE + filled.length) == Rseq.COMMITTED;
            return pushed ? filled.length : 0;
        } finally {
            Blocks.giveBackBlock(block);
        }
    }

    /**
     * Removes elements of one slot, from whatever CPU, also if the slot's CPU is offline, and
     * calls an action for each.
     *
     * <p>Elements are removed in parts of 256. If the action throws, it is called for the
     * other elements of the same part all the same, nothing more is removed, and what it
     * threw first is passed on. So none is lost. What is pushed meanwhile, by the action
     * too, may be among the elements: if they come as fast as they are removed, only
     * {@code max} ends this.
     *
     * @implNote Cost: as {@link #steal}, for each part, and some nanoseconds for each element.
     *
     * @param slot   the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param action what to do with each element, the top first
     * @param max    how many to remove at most; none, if it is not positive
     * @return how many were removed
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public int drainTo(int slot, Consumer<? super E> action, int max) {
        Objects.checkIndex(slot, Slots.count());
        Objects.requireNonNull(action);
        int count = 0;
        while (count < max && size(slot) != 0) {
            int most = Math.min(max - count, PART);
            int removed = cells.consume(detaching.exclusively(this, slot, most, 0, 0), action);
            count += removed;
            if (removed < most) {
                break;
            }
        }
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * Removes elements of all slots, one slot after the other, and calls an action for each.
     * As {@link #drainTo(int, Consumer, int)}, for each slot.
     *
     * @param action what to do with each element
     * @param max    how many to remove at most, from all slots together; none, if it is not
     *               positive
     * @return how many were removed
     */
    public int drainTo(Consumer<? super E> action, int max) {
        Objects.requireNonNull(action);
        int count = 0;
        for (int slot = 0; count < max && slot < Slots.count(); slot++) {
            count += drainTo(slot, action, max - count);
        }
        return count;
    }

    /** Takes cells off and links them, the top first, as many as there are up to a number. */
    private static final class Detach extends Transaction<PerCpuStack<?>> {

        Detach() {
            super(true);
        }

        @Override
        protected ExclusiveUse use(PerCpuStack<?> stack) {
            return stack.cells.use();
        }

        @Override
        protected boolean isPossible(PerCpuStack<?> stack, int slot, long most) {
            return count(Slots.get(slot, stack.address)) != 0;
        }

        @Override
        protected long plainly(PerCpuStack<?> stack, int slot, long most, long b, long c) {
            long old = Slots.get(slot, stack.address);
            int count = (int) Math.min(count(old), most);
            if (count == 0) {
                return REFUSED;
            }
            long first = U.getLong(stack.entry(slot, count(old) - 1));
            long last = first;
            for (int i = 1; i < count; i++) {
                long next = U.getLong(stack.entry(slot, count(old) - 1 - i));
                Chain.link(last, next);
                last = next;
            }
            Chain.link(last, 0);
            U.putLongRelease(null, Slots.address(stack.address, slot), old + CHANGE - count);
            // Who peeks must not find a cell empty but the size as it was.
            U.storeStoreFence();
            return first;
        }
    }

    // --- For PerCpuPool, whose elements keep their cells: they are pushed with one section, and popped with one.

    /** {@return the cells} */
    PerCpuCells cells() {
        return cells;
    }

    /** As {@link #pop}, but the cell, which is empty then, stays the element's. */
    @ForceInline
    E popWithCell() {
        return pop(false);
    }

    /**
     * As {@link #push}, for an element that has a cell. If it was not pushed the cell is empty.
     *
     * @return whether it was pushed; false also if this was retired
     * @throws StackOverflowError if there is not stack enough; the element was not pushed then
     */
    @ForceInline
    boolean pushWithCell(long cell, Object[] array, int index, E e) {
        // Each such array is an Object[], which need not be checked again.
        U.putReference(array, Unsafe.ARRAY_OBJECT_BASE_OFFSET + (long) index * Unsafe.ARRAY_OBJECT_INDEX_SCALE, e);
        boolean pushed = false;
        try {
            int slot = Rseq.usableSlot();
            if (slot >= 0) {
                long old = Slots.getOfCpu(slot, address);
                pushed = count(old) < capacity && tryPush(slot, old, cell);
            }
            if (!pushed) {
                pushed = pushFilled(cell);
            }
        } catch (StackOverflowError error) {
            // Nothing else: after an asynchronous exception the cell may be on the stack.
            array[index] = null;
            throw error;
        }
        if (!pushed) {
            array[index] = null;
        }
        return pushed;
    }

    @DontInline
    private boolean pushFilled(long cell) {
        if (cells.use().isRetired()) {
            return false;
        }
        try {
            return pushing.run(this, cell, 0, 0) == Transaction.DONE;
        } catch (IllegalStateException | OutOfMemoryError retired) {
            // Just now: there may be no memory to say so.
            return false;
        }
    }

    /**
     * Pops elements of this CPU's slot, which keep their cells.
     *
     * @param target where they go, the top first
     * @param from   the index of the first
     * @param max    how many at most
     * @return how many there were; less than there are, if there is no memory or this was retired
     */
    int popWithCells(Object[] target, int from, int max) {
        int count = 0;
        try {
            while (count < max) {
                long[] taken = popTogether(max - count);
                if (taken != null) {
                    for (long cell : taken) {
                        target[from + count++] = cells.clear(cell);
                    }
                } else {
                    E element = popAgain(false);
                    if (element == null) {
                        break;
                    }
                    target[from + count++] = element;
                }
            }
        } catch (OutOfMemoryError | IllegalStateException e) {
            // Both come before anything was popped in a turn.
        }
        return count;
    }

    /**
     * Pushes elements whose cells have them to the stack of this CPU's slot.
     *
     * @return whether all were pushed; none was otherwise
     * @throws OutOfMemoryError if there is no memory; nothing was pushed then
     */
    boolean pushWithCells(long[] filled) {
        return pushTogether(filled) != 0;
    }

    /**
     * Removes elements of any slot, which keep their cells.
     *
     * @param slot   the slot
     * @param target where they go, the top first: at most as many as it has room for
     * @return how many there were; none if this was retired
     */
    int drainWithCells(int slot, Object[] target) {
        try {
            return size(slot) == 0 ? 0 : unlink(detaching.exclusively(this, slot, target.length, 0, 0), target);
        } catch (IllegalStateException retired) {
            return 0;
        }
    }

    private int unlink(long first, Object[] target) {
        int count = 0;
        for (long cell = first; cell != 0; cell = Chain.next(cell)) {
            target[count++] = cells.clear(cell);
        }
        return count;
    }

    /** {@return a number that changes whenever a slot does} Its lower half is the size. */
    long state(int slot) {
        long state = Slots.get(slot, pinnedAddress());
        Reference.reachabilityFence(this);
        return state;
    }

    /** Keeps everybody off for ever but {@link #drainRetired}. */
    void retire() {
        cells.use().retire();
    }

    /** As {@link #drainWithCells}, after this was retired, by one thread at a time. */
    int drainRetired(int slot, Object[] target) {
        int count = unlink(detaching.plainly(this, slot, target.length, 0, 0), target);
        Reference.reachabilityFence(this);
        return count;
    }
}
