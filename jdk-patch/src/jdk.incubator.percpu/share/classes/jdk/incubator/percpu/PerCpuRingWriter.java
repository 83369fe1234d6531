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

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Transaction;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;
import jdk.internal.vm.annotation.Stable;

/**
 * The writers' side of a {@link PerCpuRingBuffer}: how room is reserved. It is a
 * superclass so that a reservation finds all it needs in the buffer itself.
 *
 * <p>A slot's head is the position up to which it is reserved. Positions only grow; a
 * position modulo the capacity is the place in the {@linkplain PerCpuRingMemory ring}. A
 * reservation is one section, which makes the header after the record and then moves the
 * head:
 * {@snippet lang="text" :
 *           start           end
 * ... | header | bytes ...  | header |          no state yet: header of the next record
 *       ^ no state, of the reservation before
 * section {
 *     if (index != slot) again
 *     if (head[slot] != start) again
 *     header at end = length of this record     // a try
 *     head[slot] = end                          // commit
 * }
 * }
 * A record is never split: what is left before the end of the ring is reserved and
 * discarded if it does not fit there.
 */
abstract sealed class PerCpuRingWriter permits PerCpuRingBuffer {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final long MEMORIES = U.arrayBaseOffset(PerCpuRingMemory[].class);
    private static final int MEMORY_SCALE = U.arrayIndexScale(PerCpuRingMemory[].class);

    private static final int HEADER = PerCpuRingMemory.HEADER;

    // Positions in memory that replaces another are not below it.
    private static final long REPLACED = 1L << 62;

    // No address: somebody else was faster, or has the slot, or the end of the ring was skipped.
    private static final long AGAIN = -1;

    // Not static: a static initializer that fails could not be tried again.
    private final Transaction<Reserving> reserving = new Reserve();

    // Variables: the position up to which a slot is reserved, and how far it was read when a
    // writer last looked. The second may be behind and is never ahead.
    @Stable
    private final long head;
    @Stable
    private final long readSeen;

    /** The locks of these. */
    final ExclusiveUse use;

    /** How many bytes a slot's ring has, a power of two. */
    @Stable
    final long capacity;

    // Where writers write; by slot where that was replaced. A section that finds the head as it was before the
    // memory was looked up has the right one.
    @Stable
    private final PerCpuRingMemory first;
    private final PerCpuRingMemory[] memories;

    PerCpuRingWriter(int capacity) {
        VMServices.prepare();
        this.capacity = capacity;
        first = new PerCpuRingMemory(this, capacity);
        memories = new PerCpuRingMemory[Slots.count()];
        for (int slot = 0; slot < memories.length; slot++) {
            memories[slot] = first;
        }
        head = Memory.allocateGroup(this);
        readSeen = head + Long.BYTES;
        use = new ExclusiveUse(head);
    }

    // --- Reservations

    /** Reserves room for a record, if there is some. */
    @ForceInline
    final void reserve(PerCpuRingBuffer.Writer writer) {
        int slot = Rseq.usableSlot();
        if (slot >= 0 && reserve(writer, slot)) {
            return;
        }
        if (!Rseq.isEnabled()) {
            reserveSlowly(writer);
            return;
        }
        PerCpuRingBuffer.Writer other = reserveAgain(writer.size);
        writer.memory = other.memory;
        writer.slot = other.slot;
        writer.position = other.position;
        writer.address = other.address;
    }

    // One attempt: whether it is known that there is room, or none. After a commit there is no call.
    @ForceInline
    private boolean reserve(PerCpuRingBuffer.Writer writer, int slot) {
        long start = Slots.getOfCpu(slot, head);
        PerCpuRingMemory memory = memory(slot, start);
        long address = tryReserve(memory, slot, start, writer.size);
        if (address > 0) {
            writer.memory = memory;
            writer.slot = slot;
            writer.position = start;
            writer.address = address;
        }
        return address != AGAIN;
    }

    @ForceInline
    private void reserveSlowly(PerCpuRingBuffer.Writer writer) {
        ExclusiveUse.Lock slow = use.slow();
        synchronized (slow) {
            try {
                slow.begin();
                reservePlainly(writer, slow.slot());
            } finally {
                slow.end();
            }
        }
        Reference.reachabilityFence(this);
    }

    @ForceInline
    private void reservePlainly(PerCpuRingBuffer.Writer writer, int slot) {
        long start = startPlainly(slot, writer.size);
        if (start >= 0) {
            PerCpuRingMemory memory = memory(slot, start);
            writer.memory = memory;
            writer.slot = slot;
            writer.position = start;
            writer.address = memory.address(slot, start) + HEADER;
        }
    }

    // An object is made.
    @DontInline
    private PerCpuRingBuffer.Writer reserveAgain(int size) {
        PerCpuRingBuffer.Writer writer = new PerCpuRingBuffer.Writer(null);
        writer.size = size;
        reserving.run(new Reserving(this, writer), 0, 0, 0);
        return writer;
    }

    private record Reserving(PerCpuRingWriter ring, PerCpuRingBuffer.Writer writer) {}

    private static final class Reserve extends Transaction<Reserving> {

        Reserve() {
            super(false);
        }

        @Override
        protected ExclusiveUse use(Reserving reserving) {
            return reserving.ring.use;
        }

        @Override
        protected boolean isPossible(Reserving reserving, int slot, long a) {
            return true;
        }

        @Override
        protected long attempt(Reserving reserving, int slot, long a, long b, long c) {
            return reserving.ring.reserve(reserving.writer, slot) ? DONE : AGAIN;
        }

        // No room there is final, too: with a full ring the reader is behind.
        @Override
        protected long plainly(Reserving reserving, int slot, long a, long b, long c) {
            reserving.ring.reservePlainly(reserving.writer, slot);
            return DONE;
        }
    }

    // Where the position is, of the head.
    @ForceInline
    private PerCpuRingMemory memory(int slot, long position) {
        if (position < REPLACED) {
            return first;
        }
        // The memory was stored before the head was, and is looked up after it.
        U.loadFence();
        return memories[slot];
    }

    // The address of the record's bytes, 0 if there is no room for them, or AGAIN.
    @ForceInline
    private long tryReserve(PerCpuRingMemory memory, int slot, long start, int size) {
        long length = PerCpuRingMemory.recordLength(size);
        long room = roomToEnd(start);
        // A record is never split: what is left before the end of the ring is skipped if it does not fit there.
        boolean pad = length > room;
        long end = start + (pad ? room : length);
        if (!fits(memory, slot, end)) {
            return 0;
        }
        // Before it is reserved: there is nothing after it that could fail.
        long address = memory.address(slot, start) + HEADER;
        if (pad) {
            skip(memory, slot, start, end);
            return AGAIN;
        }
        return advance(memory, slot, start, end) ? address : AGAIN;
    }

    // The memory keeps this, and so the head.
    @ForceInline
    private boolean advance(PerCpuRingMemory memory, int slot, long start, long end) {
        return Rseq.loadCbneStoreStore(memory, slot, head, start, memory.address(slot, end),
                PerCpuRingMemory.newHeader(end - start), end) == Rseq.COMMITTED;
    }

    // On reserved stack: what is reserved and not discarded stops the reader.
    @ReservedStackAccess
    private void skip(PerCpuRingMemory memory, int slot, long start, long end) {
        if (advance(memory, slot, start, end)) {
            discard(memory, slot, start, end);
        }
    }

    private static void discard(PerCpuRingMemory memory, int slot, long start, long end) {
        PerCpuRingMemory.discard(memory.address(slot, start), (int) (end - start) - HEADER);
        Reference.reachabilityFence(memory);
    }

    // The position, or -1 if there is no room.
    private long startPlainly(int slot, int size) {
        long length = PerCpuRingMemory.recordLength(size);
        long start = Slots.get(slot, head);
        PerCpuRingMemory memory = memory(slot, start);
        long room = roomToEnd(start);
        if (length > room) {
            if (!fits(memory, slot, start + room)) {
                return -1;
            }
            advancePlainly(memory, slot, start, start + room);
            discard(memory, slot, start, start + room);
            start += room;
        }
        if (!fits(memory, slot, start + length)) {
            return -1;
        }
        advancePlainly(memory, slot, start, start + length);
        return start;
    }

    private void advancePlainly(PerCpuRingMemory memory, int slot, long start, long end) {
        U.putLong(memory.address(slot, end), PerCpuRingMemory.newHeader(end - start));
        U.putLong(Slots.address(head, slot), end);
    }

    @ForceInline
    private long roomToEnd(long position) {
        return capacity - (position & capacity - 1);
    }

    // Up to here, and the header after it.
    @ForceInline
    private boolean fits(PerCpuRingMemory memory, int slot, long end) {
        return end + HEADER - Slots.get(slot, readSeen) <= capacity || fitsNow(memory, slot, end);
    }

    private boolean fitsNow(PerCpuRingMemory memory, int slot, long end) {
        // What was there has been read, before it is written again.
        long read = memory.read(slot);
        // Several threads may do this, and the last one may store less than another: that is only less exact.
        U.putLongRelease(null, Slots.address(readSeen, slot), read);
        Reference.reachabilityFence(this);
        return end + HEADER - read <= capacity;
    }

    // --- For readers

    /** {@return the memory that writers use} */
    final PerCpuRingMemory lastMemory(int slot) {
        return (PerCpuRingMemory) U.getReferenceAcquire(memories, MEMORIES + (long) slot * MEMORY_SCALE);
    }

    /** {@return where the last record ends that was reserved in some memory} */
    final long end(PerCpuRingMemory memory, int slot) {
        PerCpuRingMemory last = lastMemory(slot);
        return memory == last ? Slots.get(slot, head) : last.endBefore();
    }

    /** Frees the pages of a slot, where nobody reserves or reads any more. */
    final void discard(int slot) {
        first.discard(slot);
        lastMemory(slot).discard(slot);
    }

    /**
     * Makes writers use other memory. The caller has the slot exclusively. The head tells
     * sections, too; positions go on at the same place of the ring.
     */
    final void replace(int slot, long end, PerCpuRingMemory other) {
        other.start(slot, end + capacity | REPLACED, end);
        U.putReferenceRelease(memories, MEMORIES + (long) slot * MEMORY_SCALE, other);
        U.putLongRelease(null, Slots.address(head, slot), other.start());
    }
}
