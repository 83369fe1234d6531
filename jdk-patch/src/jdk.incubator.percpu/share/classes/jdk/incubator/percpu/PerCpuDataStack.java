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

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Blocks;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Segments;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Transaction;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * A stack of data on each slot, of a fixed capacity. A push copies an element's
 * bytes into it, a pop copies them out; there are no objects. A thread works on the
 * stack of the CPU it runs on, without atomic instructions and without waiting. The
 * <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>The copy is a part of the critical section: it starts again if the thread is
 * interrupted, and only a whole element is ever on the stack.
 *
 * <p>Where an element comes back: {@link #pop} looks at the slot of the
 * CPU that it runs on, and if that is empty at the overflow slot. So an element is
 * popped on the CPU where it was pushed, if the thread was not moved in between;
 * with {@code mm_cid} slots, on any CPU that takes over the slot. From all other slots
 * elements come back with {@link #steal}. Without rseq a slot is a stripe, and
 * elements come back to threads of the same stripe.
 *
 * <p>If some threads only push and others only pop: an element waits on the slot where
 * it was pushed. A {@code pop} on another slot, or stripe, returns false, and {@code push}
 * refuses when its own slot is full. The side that takes has to steal:
 * {@snippet lang="java" :
 * boolean take(MemorySegment destination) {
 *     boolean taken = points.pop(destination);
 *     for (int slot = 0; !taken && slot < PerCpu.slots(); slot++) {
 *         taken = points.steal(slot, destination);
 *     }
 *     return taken;
 * }
 * }
 *
 * <p>Order: elements of one slot come back last in first out. Between slots there
 * is none.
 *
 * <p>Memory ordering: what a thread did before it pushed an element
 * <i>happens before</i> what another does after it popped that element.
 *
 * <p>Segments: native memory that nobody can free or unmap meanwhile is copied
 * directly. Other memory, which is arrays, mapped files and what belongs to a shared
 * arena, is copied twice, through a block in between. An element that is popped
 * into a mapped file which is shorter than it was is lost.
 *
 * <p>Progress: every method ends after a bounded number of steps, under a
 * debugger too. Nobody waits but {@link #steal} and {@link #push(int, MemorySegment)} for
 * others that use the same slot exclusively, {@link #trySteal} included; threads on the
 * overflow slot for each other's transactions; a thread whose sections are kept off its own
 * slot, for the one that keeps them off, where the overflow slot does not do: it is full, or
 * empty; and what is not copied directly, for a block, unless it is stolen by {@code trySteal}.
 *
 * <p>Memory: the capacity outside of the heap, on each slot, once it is used. It is freed
 * when the stack is {@linkplain #close closed}, or some time after it became unreachable.
 * When it is closed, every method that pushes, takes or looks at a slot throws
 * {@link IllegalStateException}.
 *
 * @implNote The sections are those of {@code percpu_memcpy_buffer_push} and
 * {@code percpu_memcpy_buffer_pop} in librseq's tests.
 *
 * @since 25
 */
// The variable is the number of elements.
public final class PerCpuDataStack extends PerCpuVariable implements AutoCloseable {

    /** The largest size of an element, in bytes. */
    public static final int MAX_ELEMENT_SIZE = Rseq.MAX_COPY;

    private static final Unsafe U = Unsafe.getUnsafe();

    // Instead of a slot's number: this CPU's.
    private static final int HERE = -1;

    // Not static: a static initializer that fails could not be tried again.
    private final Transaction<PerCpuDataStack> pushing = new Push();
    private final Transaction<PerCpuDataStack> popping = new Pop();

    // Where slot 0 has its elements, and from there to the next slot.
    @Stable
    private final long elements;
    @Stable
    private final long stride;

    private final ExclusiveUse use;
    private final int elementSize;
    private final int capacity;

    /**
     * Creates a stack that is empty on every slot.
     *
     * @param elementSize the size of every element, in bytes, from 1 to
     *                    {@link #MAX_ELEMENT_SIZE}
     * @param capacity    how many elements a slot may have
     * @throws IllegalArgumentException if {@code elementSize} or {@code capacity}
     *         is out of range
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuDataStack(int elementSize, int capacity) {
        if (elementSize < 1 || elementSize > MAX_ELEMENT_SIZE) {
            throw new IllegalArgumentException("elementSize must be from 1 to " + MAX_ELEMENT_SIZE + ": "
                    + elementSize);
        }
        if (capacity <= 0) {
            throw new IllegalArgumentException("capacity must be positive: " + capacity);
        }
        super(GROUP);
        use = new ExclusiveUse(address);
        this.elementSize = elementSize;
        this.capacity = capacity;
        stride = Memory.stride((long) capacity * elementSize);
        elements = Memory.allocateSlots(this, stride);
        Segments.prepare(this, elements);
    }

    /**
     * {@return the size of every element, in bytes}
     */
    public int elementSize() {
        return elementSize;
    }

    /**
     * {@return how many elements a slot may have}
     */
    public int capacity() {
        return capacity;
    }

    @ForceInline
    private long element(int slot, long index) {
        return elements + slot * stride + index * elementSize;
    }

    private void checkSize(MemorySegment segment) {
        if (segment.byteSize() != elementSize) {
            throw new IllegalArgumentException("The segment has " + segment.byteSize()
                    + " bytes, elements of this stack have " + elementSize);
        }
    }

    /**
     * Pushes the bytes of a segment to the stack of this CPU's slot.
     *
     * @implNote Cost: with rseq, a critical section and the copy; without, that of taking
     * a lock and the copy.
     *
     * @param source the element, of {@link #elementSize} bytes; if others write it
     *               meanwhile, what is pushed may be a mixture
     * @return true if it was pushed, false if the slot is full, or if the overflow
     *         slot is and somebody uses this CPU's slot exclusively at this moment
     * @throws IllegalArgumentException if it has another size
     * @throws IllegalStateException    if its arena or this stack is closed
     * @throws WrongThreadException     if it is confined to another thread
     * @throws OutOfMemoryError         if it is not copied directly and there is no
     *                                  memory for a block
     */
    public boolean push(MemorySegment source) {
        return push(source, HERE);
    }

    /**
     * Pushes the bytes of a segment to the stack of any slot, from whatever CPU: work for
     * the thread that runs there.
     *
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, or none if no thread has let
     * sections in since the last such call on this slot, and the copy; nothing but a load if
     * the slot is full. Others are not held up, but for those who want the same slot of this
     * stack exclusively; what they push meanwhile may be on the overflow slot.
     *
     * @param slot   the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param source as in {@link #push(MemorySegment)}
     * @return true if it was pushed, false if the slot is full
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalArgumentException  if the segment has another size
     * @throws IllegalStateException     if its arena or this stack is closed
     * @throws WrongThreadException      if it is confined to another thread
     * @throws OutOfMemoryError          if it is not copied directly and there is no
     *                                   memory for a block
     */
    public boolean push(int slot, MemorySegment source) {
        Objects.checkIndex(slot, Slots.count());
        return push(source, slot);
    }

    private boolean push(MemorySegment source, int slot) {
        checkSize(source);
        long address = Segments.directAddress(source);
        boolean pushed;
        if (address != 0) {
            pushed = push(address, slot);
        } else {
            VMServices.ensureStack();
            long block = Blocks.borrow();
            try {
                Segments.segment(this, block, elementSize).copyFrom(source);
                pushed = push(block, slot);
            } finally {
                Blocks.giveBackBlock(block);
            }
        }
        try {
            Reference.reachabilityFence(source);
        } catch (StackOverflowError e) {
            // Only the interpreter calls it, and had to load the segment for that. What was pushed is pushed.
        }
        return pushed || refused();
    }

    private boolean refused() {
        use.checkNotRetired();
        return false;
    }

    @ForceInline
    private boolean push(long source, int slot) {
        if (slot == HERE) {
            return pushHere(source);
        }
        return size(slot) < capacity && pushing.exclusively(this, slot, source, 0, 0) == Transaction.DONE;
    }

    @ForceInline
    private boolean pushHere(long source) {
        int slot = Rseq.usableSlot();
        if (slot >= 0) {
            long count = Slots.getOfCpu(slot, address);
            if (count < capacity && tryPush(source, slot, count)) {
                return true;
            }
        }
        return pushing.run(this, source, 0, 0) == Transaction.DONE;
    }

    @ForceInline
    private boolean tryPush(long source, int slot, long count) {
        return Rseq.loadCbneMemcpyStoreRelease(this, slot, address, count, element(slot, count),
                source, elementSize, count + 1) == Rseq.COMMITTED;
    }

    private static final class Push extends Transaction<PerCpuDataStack> {

        Push() {
            super(false);
        }

        @Override
        protected ExclusiveUse use(PerCpuDataStack stack) {
            return stack.use;
        }

        @Override
        protected boolean isPossible(PerCpuDataStack stack, int slot, long source) {
            return Slots.get(slot, stack.address) < stack.capacity;
        }

        @Override
        protected long attempt(PerCpuDataStack stack, int slot, long source, long b, long c) {
            long count = Slots.get(slot, stack.address);
            return count < stack.capacity && stack.tryPush(source, slot, count) ? DONE : AGAIN;
        }

        @Override
        protected long plainly(PerCpuDataStack stack, int slot, long source, long b, long c) {
            long count = Slots.get(slot, stack.address);
            if (count >= stack.capacity) {
                return REFUSED;
            }
            U.copyMemory(source, stack.element(slot, count), stack.elementSize);
            U.putLongRelease(null, Slots.address(stack.address, slot), count + 1);
            return DONE;
        }
    }

    /**
     * Removes the last element that was pushed to this CPU's slot, or if there is
     * none, to the overflow slot, and copies it into a segment.
     *
     * @implNote Cost: as {@link #push}.
     *
     * @param destination where to put it, of {@link #elementSize} bytes; what it
     *                    holds afterwards is undefined if this method returns
     *                    false, or if others write it meanwhile
     * @return true if an element was popped, false if both slots are empty, or if
     *         the overflow slot is and somebody uses this CPU's slot exclusively at
     *         this moment
     * @throws IllegalArgumentException if the segment has another size or is
     *                                  read-only
     * @throws IllegalStateException    if its arena or this stack is closed
     * @throws WrongThreadException     if it is confined to another thread
     * @throws OutOfMemoryError         if it is not copied directly and there is no
     *                                  memory for a block
     * @throws StackOverflowError       if there is not stack enough; if the segment is
     *                                  not copied directly, the element may be gone
     */
    public boolean pop(MemorySegment destination) {
        return pop(destination, HERE, true);
    }

    /**
     * Removes the last element of one slot, from whatever CPU, also if the slot's
     * CPU is offline, and copies it into a segment.
     *
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, or none if no thread has let
     * sections in since the last such call on this slot, and the copy; nothing but a load if
     * the slot is empty. Others are not held up, but for those who want the same slot
     * exclusively; what they push meanwhile may be on the overflow slot.
     *
     * @param slot        the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param destination as in {@link #pop}
     * @return true if an element was removed, false if the slot is empty
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalArgumentException  if the segment has another size or is
     *                                   read-only
     * @throws IllegalStateException     if its arena or this stack is closed
     * @throws WrongThreadException      if it is confined to another thread
     * @throws OutOfMemoryError          if it is not copied directly and there is no
     *                                   memory for a block
     * @throws StackOverflowError        as in {@link #pop}
     */
    public boolean steal(int slot, MemorySegment destination) {
        Objects.checkIndex(slot, Slots.count());
        return pop(destination, slot, true);
    }

    /**
     * As {@link #steal}, but does nothing if somebody else uses that slot of this stack
     * exclusively, or waits for that. It never waits for others who do.
     *
     * @implNote Cost: as {@link #steal}, with its fence; and the allocation of native memory, if
     * it is not copied directly. Whoever does a transaction on a slot uses it exclusively: others
     * that steal from it; and on the overflow slot, and on each slot if there is no rseq, every
     * operation.
     *
     * @param slot        the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param destination as in {@link #pop}
     * @return true if an element was removed, false if the slot is empty or somebody else
     *         uses it exclusively
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalArgumentException  if the segment has another size or is
     *                                   read-only
     * @throws IllegalStateException     if its arena or this stack is closed
     * @throws WrongThreadException      if it is confined to another thread
     * @throws OutOfMemoryError          if there is no memory for a small object, or it is
     *                                   not copied directly and there is none for the copy;
     *                                   nothing was removed then
     * @throws StackOverflowError        as in {@link #pop}
     */
    public boolean trySteal(int slot, MemorySegment destination) {
        Objects.checkIndex(slot, Slots.count());
        return pop(destination, slot, false);
    }

    private boolean pop(MemorySegment destination, int slot, boolean waits) {
        checkSize(destination);
        if (destination.isReadOnly()) {
            throw new IllegalArgumentException("The segment is read-only");
        }
        long address = Segments.directAddress(destination);
        boolean popped;
        if (address != 0) {
            popped = pop(address, slot, waits);
        } else {
            popped = popThroughBlock(destination, slot, waits);
        }
        try {
            Reference.reachabilityFence(destination);
        } catch (StackOverflowError e) {
            // As in push.
        }
        return popped || refused();
    }

    // What can fail comes before the element is off the stack.
    private boolean popThroughBlock(MemorySegment destination, int slot, boolean waits) {
        VMServices.ensureStack();
        Segments.acquire(destination);
        try {
            // To get a block, and to give it back, a thread may have to wait for others.
            long block = waits ? Blocks.borrow() : U.allocateMemory(elementSize);
            try {
                MemorySegment segment = Segments.segment(this, block, elementSize);
                boolean popped = pop(block, slot, waits);
                if (popped) {
                    destination.copyFrom(segment);
                }
                return popped;
            } finally {
                if (waits) {
                    Blocks.giveBackBlock(block);
                } else {
                    U.freeMemory(block);
                }
            }
        } finally {
            Segments.release(destination);
        }
    }

    @ForceInline
    private boolean pop(long destination, int slot, boolean waits) {
        return slot == HERE ? popHere(destination) : steal(destination, slot, waits);
    }

    @ForceInline
    private boolean popHere(long destination) {
        int slot = Rseq.usableSlot();
        if (slot >= 0) {
            long count = Slots.getOfCpu(slot, address);
            if (count != 0 && tryPop(destination, slot, count)) {
                return true;
            }
        }
        return popping.run(this, destination, 0, 0) == Transaction.DONE;
    }

    @ForceInline
    private boolean tryPop(long destination, int slot, long count) {
        if (Rseq.loadCbneMemcpyStore(this, slot, address, count, destination,
                element(slot, count - 1), elementSize, count - 1) != Rseq.COMMITTED) {
            return false;
        }
        // What the one who pushed it has written comes after.
        try {
            U.loadFence();
        } catch (StackOverflowError e) {
            VMServices.fenceByStore = 0;
        }
        return true;
    }

    private static final class Pop extends Transaction<PerCpuDataStack> {

        Pop() {
            super(true);
        }

        @Override
        protected ExclusiveUse use(PerCpuDataStack stack) {
            return stack.use;
        }

        @Override
        protected boolean isPossible(PerCpuDataStack stack, int slot, long destination) {
            return Slots.get(slot, stack.address) != 0;
        }

        @Override
        protected long attempt(PerCpuDataStack stack, int slot, long destination, long b, long c) {
            long count = Slots.get(slot, stack.address);
            return count != 0 && stack.tryPop(destination, slot, count) ? DONE : AGAIN;
        }

        @Override
        protected long plainly(PerCpuDataStack stack, int slot, long destination, long b, long c) {
            long count = Slots.get(slot, stack.address);
            if (count == 0) {
                return REFUSED;
            }
            U.copyMemory(stack.element(slot, count - 1), destination, stack.elementSize);
            U.putLongRelease(null, Slots.address(stack.address, slot), count - 1);
            return DONE;
        }
    }

    private boolean steal(long destination, int slot, boolean waits) {
        if (size(slot) == 0) {
            return false;
        }
        long result = waits ? popping.exclusively(this, slot, destination, 0, 0)
                : popping.exclusivelyIfFree(this, slot, destination, 0, 0);
        return result == Transaction.DONE;
    }

    /**
     * {@return how many elements a slot has} Stale at once, if others use it.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public int size(int slot) {
        Objects.checkIndex(slot, Slots.count());
        use.checkNotRetired();
        int count = (int) Slots.get(slot, pinnedAddress());
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * {@return how many elements all slots have} No snapshot, as
     * {@link PerCpuLong#sum()}.
     */
    public long size() {
        use.checkNotRetired();
        return Slots.sum(this, pinnedAddress());
    }

    /**
     * Closes this stack and frees its memory at once. Elements that are on it are gone.
     * Every method that pushes, takes or looks at a slot throws
     * {@code IllegalStateException} from then on. Closing once more has no effect.
     *
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, and some system calls.
     */
    @Override
    public void close() {
        use.retire();
        Memory.discard(elements, stride * Slots.count());
        Reference.reachabilityFence(this);
    }
}
