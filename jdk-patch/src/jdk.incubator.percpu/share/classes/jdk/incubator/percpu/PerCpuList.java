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
import java.util.Collection;
import java.util.Objects;
import java.util.function.Consumer;

import jdk.internal.percpu.Chain;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.VMServices;
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
 * comes back with {@link #drainTo}. Without rseq a slot is a stripe, and elements come
 * back to threads of the same stripe.
 *
 * <p>If some threads only push and others only pop: an element waits on the slot where
 * it was pushed. A {@code pop} on another slot, or stripe, returns null, and the list
 * grows, since nothing limits it. The side that takes has to call {@code drainTo} when there
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
 *         buffers.drainTo(mine::add, 1000);  // from all slots, wherever they were pushed
 *         buffer = mine.poll();
 *     }
 *     return buffer;
 * }
 * }
 * A {@code drainTo} costs a fence for each slot that has elements, if the list was used there
 * since the last {@code drainTo}, so take many at a time. Where
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
 * debugger too; {@code drainTo} when a slot is empty or it has what it was asked for.
 * Nobody waits but {@code drainTo} and {@link #push(int, Object)} for others that want the
 * same slot exclusively, threads on the overflow slot for each other's transactions,
 * the thread that lets sections in, if another such call begins at that moment, and a push
 * that needs a new cell, for the thread that makes some.
 *
 * <p>Memory: an element and its link are in a cell, 16 bytes outside of the heap and
 * a reference on it. The list makes 1024 when it is larger than ever before, and
 * uses them again; where threads of other slots push and pop meanwhile, up to half as
 * many more. A push makes no object. A list refers to nothing that was popped.
 *
 * @implNote The sections are those of {@code percpu_list_push} and
 * {@code percpu_list_pop} in librseq's tests. As there, an element that was
 * popped and pushed again meanwhile confuses nobody (there is no ABA problem): a
 * pop is one critical section.
 *
 * @param <E> the type of elements
 * @since 25
 */
// The variable is the address of the first cell.
public final class PerCpuList<E> extends PerCpuVariable {

    // Elements that are removed at a time.
    private static final int PART = 256;

    private final PerCpuCells cells;

    /**
     * Creates a list that is empty on every slot.
     *
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuList() {
        PerCpuCells cells = new PerCpuCells();
        super(cells.variable(1));
        this.cells = cells;
    }

    /**
     * Pushes an element to the list of this CPU's slot.
     *
     * @implNote Cost: with rseq, two critical sections and the store of a reference;
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
            Chain.push(cells, address, cell, cell);
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
     * @implNote Cost: as {@link #push}.
     *
     * @return the element, or null if both slots are empty, or if the overflow slot
     *         is and somebody uses this CPU's slot exclusively at this moment
     */
    @ForceInline
    @SuppressWarnings("unchecked")
    public E pop() {
        long cell = Chain.pop(cells, address);
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
     * Pushes an element to the list of any slot: work for another CPU.
     *
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, or none if no thread has let
     * sections in since the last such call on this slot. Others are not held up, but for those
     * who want the same slot exclusively; what they push meanwhile may be on the overflow
     * slot.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param e    the element
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws NullPointerException if the element is null
     * @throws OutOfMemoryError if the list has to grow and there is no memory;
     *         the element was not pushed then
     */
    public void push(int slot, E e) {
        Objects.checkIndex(slot, Slots.count());
        Objects.requireNonNull(e);
        // What the transaction wants, and more: after a cell was taken nothing fails.
        VMServices.ensureStack(2);
        long cell = cells.take();
        cells.array(cell)[cells.index(cell)] = e;
        Chain.pushTo(cells, address, slot, cell, cell);
        Reference.reachabilityFence(this);
    }

    /**
     * Pushes elements to the list of this CPU's slot, all in one critical section. The last
     * one will be popped first.
     *
     * @implNote Cost: with rseq, one critical section for all, and one for the cell of each.
     *
     * @param elements the elements
     * @throws NullPointerException if the collection or an element is null; nothing was
     *         pushed then
     * @throws OutOfMemoryError if there is no memory; nothing was pushed then
     */
    public void pushAll(Collection<? extends E> elements) {
        Object[] all = elements.toArray();
        for (Object e : all) {
            Objects.requireNonNull(e);
        }
        if (all.length == 0) {
            return;
        }
        VMServices.ensureStack(2);
        long[] filled = cells.fill(all);
        for (int i = 1; i < filled.length; i++) {
            Chain.link(filled[i], filled[i - 1]);
        }
        Chain.push(cells, address, filled[filled.length - 1], filled[0]);
        Reference.reachabilityFence(this);
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
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, or none if no thread has let
     * sections in since the last such call on this slot, and some nanoseconds for each
     * element; nothing but a load if there is none. Others are not held up, but for those who
     * want the same slot exclusively.
     *
     * @param slot   the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param action what to do with each element, the last one that was pushed first
     * @param max    how many to remove at most; none, if it is not positive
     * @return how many were removed
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public int drainTo(int slot, Consumer<? super E> action, int max) {
        Objects.checkIndex(slot, Slots.count());
        Objects.requireNonNull(action);
        int count = 0;
        while (count < max) {
            int most = Math.min(max - count, PART);
            int removed = cells.consume(Chain.detach(cells, pinnedAddress(), slot, most), action);
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
}
