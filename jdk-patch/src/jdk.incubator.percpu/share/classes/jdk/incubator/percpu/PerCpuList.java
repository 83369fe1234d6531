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

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import jdk.internal.percpu.Chain;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Transaction;
import jdk.internal.vm.annotation.ForceInline;

/**
 * A list of objects on each slot, last in first out, without a limit. A thread
 * pushes to and pops from the list of the CPU it runs on, without atomic
 * instructions and without waiting. The
 * <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>For objects that are used again, buffers for example, where it does not
 * matter which one a thread gets and one that was used last on this CPU is the
 * best, being in its cache.
 *
 * <p>Where an element comes back: {@link #pop} looks at the slot of the
 * CPU that it runs on, and if that is empty at the overflow slot. So an element is
 * popped on the CPU where it was pushed, if the thread was not moved in between;
 * with {@code mm_cid} slots, on any CPU that takes over the slot. An element on the
 * slot of a CPU where nobody pops any more, because it was taken offline for example,
 * comes back with {@link #drain}. Without rseq a slot is a stripe, and elements come
 * back to threads of the same stripe.
 *
 * <p>If some threads only push and others only pop: an element waits on the slot where
 * it was pushed. A {@code pop} on another slot, or stripe, returns null, and the list
 * grows, since nothing limits it. The side that takes has to call {@code drain} when there
 * is nothing on its own slot:
 * {@snippet lang="java" :
 * final ArrayDeque<Buffer> mine = new ArrayDeque<>();  // one for each thread that takes
 *
 * Buffer take() {
 *     Buffer buffer = mine.poll();
 *     if (buffer == null) {
 *         buffer = buffers.pop();
 *     }
 *     if (buffer == null) {
 *         mine.addAll(buffers.drain());  // from all slots, wherever they were pushed
 *         buffer = mine.poll();
 *     }
 *     return buffer;
 * }
 * }
 * A {@code drain} costs a fence for each slot that is not empty, so take as much as there is. Where
 * elements are to wait up to a limit, or to be taken one by one, {@link PerCpuStack} is
 * the structure.
 *
 * <p>Order: elements of one slot come back last in first out. Between slots there
 * is none.
 *
 * <p>Memory ordering: what a thread did before it pushed an element
 * <i>happens before</i> what another does after it got that element, whichever
 * way.
 *
 * <p>Progress: every method ends after a bounded number of steps, under a
 * debugger too. Nobody waits but {@link #drain} for others that want the same slot
 * exclusively, and threads on the overflow slot for each other's transactions.
 *
 * <p>Memory: an element and its link are in a cell, 16 bytes outside of the heap and
 * a reference on it. The list makes 1024 when it is larger than ever before, and
 * uses them again. A push makes no object. A list refers to nothing that was
 * popped.
 *
 * <p>Use case 3 of the restartable sequences' authors: librseq's
 * {@code percpu_list_push} and {@code percpu_list_pop}. As there, an element that was
 * popped and pushed again meanwhile confuses nobody (there is no ABA problem): a
 * pop is one critical section.
 *
 * @param <E> the type of elements
 * @since 25
 */
// The variable is the address of the first cell.
public final class PerCpuList<E> extends PerCpuVariable {

    // Not static: a static initializer that fails could not be tried again.
    private final Transaction<Drained<?>> draining = new Drain();

    private final PerCpuCells cells = new PerCpuCells();

    /**
     * Creates a list that is empty on every slot.
     *
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuList() {
        super();
    }

    /**
     * Pushes an element to the list of this CPU's slot.
     *
     * <p>Cost: with rseq, two critical sections and the store of a reference;
     * without, two times that of taking a lock. Now and then that of making
     * cells.
     *
     * @param e the element
     * @throws NullPointerException if it is null
     * @throws OutOfMemoryError if the list has to grow and there is no memory;
     *         the element was not pushed then
     */
    @ForceInline
    public void push(E e) {
        Objects.requireNonNull(e);
        long cell = cells.take();
        Object[] array = cells.array(cell);
        int index = cells.index(cell);
        array[index] = e;
        try {
            Chain.push(this, address, cell, cell);
        } catch (StackOverflowError error) {
            // No call: there may be no stack for one.
            array[index] = null;
            throw error;
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
    @SuppressWarnings("unchecked")
    public E pop() {
        long cell = Chain.pop(this, address);
        if (cell == 0) {
            return null;
        }
        Object element;
        try {
            element = cells.clear(cell);
        } catch (StackOverflowError error) {
            // Likewise. Where the cell is tells where its element is.
            Object[][] elements = cells.elements;
            long[] bases = cells.bases;
            int chunk = 0;
            while (cell < bases[chunk] || cell - bases[chunk] >= PerCpuCells.CHUNK * PerCpuCells.CELL_BYTES) {
                chunk++;
            }
            int index = PerCpuCells.MARGIN + (int) (cell - bases[chunk]) / PerCpuCells.CELL_BYTES;
            element = elements[chunk][index];
            elements[chunk][index] = null;
        }
        try {
            cells.giveBack(cell);
        } catch (StackOverflowError error) {
            // The element is worth more than its cell.
        }
        return (E) element;
    }

    /**
     * Removes all elements of one slot, from whatever CPU, also if the slot's
     * CPU is offline.
     *
     * <p>Cost: a fence, as {@link PerCpu#exclusive}, and some nanoseconds for each
     * element; nothing but a load if there is none. Others are not held up, but
     * for those who want the same slot exclusively.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the elements, the last one that was pushed first
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
        if (Slots.get(slot, pinnedAddress()) == 0) {
            return;
        }
        draining.exclusively(new Drained<>(this, elements), slot, 0, 0, 0);
    }

    private record Drained<E>(PerCpuList<E> list, ArrayList<E> elements) {
        @SuppressWarnings("unchecked")
        void drain(int slot) {
            int count = 0;
            long last = 0;
            for (long cell = Slots.get(slot, list.address); cell != 0; cell = Chain.next(cell)) {
                last = cell;
                count++;
            }
            if (count == 0) {
                return;
            }
            // Before anything changes: it may fail.
            elements.ensureCapacity(elements.size() + count);
            long first = Chain.takeAllPlainly(slot, list.address);
            for (long cell = first; cell != 0; cell = Chain.next(cell)) {
                elements.add((E) list.cells.clear(cell));
            }
            // To the slot where they came from, lest cells wander to whoever drains.
            list.cells.giveBackPlainly(slot, first, last);
        }
    }

    private static final class Drain extends Transaction<Drained<?>> {

        Drain() {
            super(true);
        }

        @Override
        protected boolean isPossible(Drained<?> drained, int slot, long a) {
            return Slots.get(slot, drained.list.address) != 0;
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
     * @return the elements; those of one slot are together, the last one that was
     *         pushed first. If there is no memory for all of them, those of some
     *         slots only
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
