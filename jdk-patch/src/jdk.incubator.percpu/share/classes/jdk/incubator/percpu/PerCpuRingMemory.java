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
import java.util.concurrent.atomic.AtomicInteger;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.Segments;
import jdk.internal.percpu.Slots;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * The memory of a {@link PerCpuRingBuffer}: at first one for all slots, and later,
 * for a slot on which a record was taken away from its writer, a new one. What has
 * been replaced is read to its end and never used again, since that writer may
 * still write to it, and freed when no record in it is reachable.
 *
 * <p>A slot has the position up to which it was read, alone in its cache lines, and
 * then the ring. A record in it is a header of 8 bytes and its bytes, rounded up. The
 * header has a word of the record's size and its state, and a word of the length of
 * the record before it:
 * {@snippet lang="text" :
 *              31            2 1 0    31                     0
 * header       | size         | state |  length before >> 3  |
 *
 * no state 0 --- its writer ---> committed 1, discarded 2         what readers act on
 * no state 0 --- unblock ------> claimed, then taken              a Claim, beside the ring
 * }
 * Who reserves a record makes the next one's header, with no
 * state, in the same section: so readers need not look at how far a slot is reserved,
 * which is in a cache line that every writer there changes, and from there the
 * records can be followed backwards, also those whose writers have not told their
 * size. After that only the record's writer changes the first word, once, when it
 * commits or discards the record.
 *
 * <p>To take a record away, a {@link Claim} is made. Then there is a fence, for all
 * threads, and then a look at the header:
 * {@snippet lang="text" :
 * writer:                            who takes the record away:
 *   header = committed                 make a claim
 *   if there is a claim                fence
 *       claim: claimed -> committed    if the header has no state
 *                                          claim: claimed -> taken
 * }
 * A writer that did not see the claim wrote the header before the fence, so that it
 * is seen; and if both see what the other did, one atomic instruction on the claim
 * decides. A reader that finds a claim does as the writer. So a commit needs no atomic
 * instruction and no fence of its own.
 */
final class PerCpuRingMemory {

    private static final Unsafe U = Unsafe.getUnsafe();

    static final int HEADER = Long.BYTES;

    // A header's first word, at its address: the state in two bits, then the size.
    private static final int COMMITTED = 1;
    private static final int DISCARDED = 2;
    private static final int STATE = 3;
    private static final int SIZE_SHIFT = 2;

    // The second word: a length without its lower three bits, which are 0.
    private static final int LENGTH_SHIFT = 3;
    private static final int SECOND_WORD_SHIFT = U.isBigEndian() ? 0 : Integer.SIZE;

    private static final int RING = 256;

    // Keeps the variables.
    private final PerCpuRingWriter buffer;

    // Slot 0's block, and from there to the next slot's.
    @Stable
    private final long base;
    @Stable
    private final long stride;
    @Stable
    private final long capacity;

    // The position of the first record, and where the last one ended in the memory before. Set before others see this.
    private long start;
    private long endBefore;

    // The last claim, and so all. Null, nearly always.
    private volatile Claim claims;

    // The slot that this is for, or -1 for all.
    private final int only;

    // By slot, from where on all records are taken away, since the buffer was closed. Or null. There is a claim then.
    private volatile long[] takenFrom;

    /**
     * Makes the memory for all slots of a buffer.
     *
     * @throws OutOfMemoryError if there is none
     */
    PerCpuRingMemory(PerCpuRingWriter buffer, long capacity) {
        this.buffer = buffer;
        this.capacity = capacity;
        only = -1;
        stride = Memory.stride(RING + capacity);
        base = Memory.allocateSlots(this, stride);
        Segments.prepare(this, base);
    }

    /**
     * Makes the memory that replaces another's of one slot.
     *
     * @throws OutOfMemoryError if there is none
     */
    PerCpuRingMemory(PerCpuRingMemory old, int slot) {
        buffer = old.buffer;
        capacity = old.capacity;
        only = slot;
        stride = old.stride;
        base = Memory.allocateBlock(this, stride) - slot * stride;
    }

    /**
     * Makes a position that of the first record. Nothing was reserved yet.
     *
     * @param endBefore where the last record ended in the memory that this replaces
     */
    void start(int slot, long position, long endBefore) {
        start = position;
        this.endBefore = endBefore;
        free(slot, position);
    }

    /** {@return the position of the first record} */
    long start() {
        return start;
    }

    /** {@return where the last record ended in the memory that this replaces} */
    long endBefore() {
        return endBefore;
    }

    @ForceInline
    private long readAddress(int slot) {
        return base + slot * stride;
    }

    /** {@return the position up to which the slot was read} What was there may be written again. */
    long read(int slot) {
        long read = U.getLongAcquire(null, readAddress(slot));
        Reference.reachabilityFence(this);
        return read;
    }

    /** Lets writers use the ring again up to a position, after all reads of it. */
    void free(int slot, long position) {
        U.putLongRelease(null, readAddress(slot), position);
        Reference.reachabilityFence(this);
    }

    /** {@return where a header is} The caller keeps this reachable. */
    @ForceInline
    long address(int slot, long position) {
        return base + slot * stride + RING + (position & capacity - 1);
    }

    /** {@return the first word of a header, and who wrote it has written the record} */
    int header(int slot, long position) {
        int header = header(address(slot, position));
        Reference.reachabilityFence(this);
        return header;
    }

    /** Likewise. The caller keeps this reachable. */
    @ForceInline
    static int header(long address) {
        return U.getIntAcquire(null, address);
    }

    // --- Headers

    /** {@return how much of a ring a record takes, its header included} */
    @ForceInline
    static long recordLength(int size) {
        return (long) size + HEADER + 7 & -8;
    }

    /** {@return the header that is made together with the reservation of a record of that length before it} */
    @ForceInline
    static long newHeader(long length) {
        return length >>> LENGTH_SHIFT << SECOND_WORD_SHIFT;
    }

    /** {@return whether the record was reserved and nothing else, or not even that} */
    @ForceInline
    static boolean isOpen(int header) {
        return (header & STATE) == 0;
    }

    static boolean isCommitted(int header) {
        return (header & STATE) == COMMITTED;
    }

    static int size(int header) {
        return header >>> SIZE_SHIFT;
    }

    // Of the record before that position.
    private long lengthBefore(int slot, long position) {
        return Integer.toUnsignedLong(U.getInt(address(slot, position) + Integer.BYTES)) << LENGTH_SHIFT;
    }

    /** Commits a record, and {@link #isHandedOver} is to be asked then. */
    @ForceInline
    static void commit(long address, int size) {
        U.putIntRelease(null, address, size << SIZE_SHIFT | COMMITTED);
    }

    /** Discards a record. */
    @ForceInline
    static void discard(long address, int size) {
        U.putIntRelease(null, address, size << SIZE_SHIFT | DISCARDED);
    }

    // --- Records that are taken away

    /** What becomes of a record that somebody wants to take away. */
    static final class Claim extends AtomicInteger {
        private static final long serialVersionUID = 0L;

        private static final int CLAIMED = 0;
        private static final int COMMITTED = 1;
        private static final int TAKEN = 2;

        private final int slot;
        private final long position;
        private final Claim before;

        // Of the record. Set before it is taken.
        private long length;

        private Claim(int slot, long position, Claim before) {
            this.slot = slot;
            this.position = position;
            this.before = before;
        }

        /** {@return whether the record remains committed, which it was before this is called} */
        boolean isCommitted() {
            return compareAndSet(CLAIMED, COMMITTED) || get() == COMMITTED;
        }

        boolean isTaken() {
            return get() == TAKEN;
        }

        long position() {
            return position;
        }

        long length() {
            return length;
        }
    }

    /** {@return the claim to a record, or null} */
    @ForceInline
    Claim claim(int slot, long position) {
        return claims == null ? null : lookUp(slot, position);
    }

    private Claim lookUp(int slot, long position) {
        Claim claim = claims;
        while (claim != null && (claim.slot != slot || claim.position != position)) {
            claim = claim.before;
        }
        return claim;
    }

    /** {@return whether readers get a record that its writer has committed} False if it was taken away before. */
    @ForceInline
    boolean isHandedOver(int slot, long position) {
        // For compilers: the header was written before. Processors may do it later, the fence puts that right.
        U.loadFence();
        return claims == null || isCommitted(slot, position);
    }

    private boolean isCommitted(int slot, long position) {
        long[] from = takenFrom;
        if (from != null && position >= from[slot]) {
            return false;
        }
        Claim claim = claim(slot, position);
        return claim == null || claim.isCommitted();
    }

    /**
     * Takes all records away from their writers that are not committed before the fence that
     * follows, nor were read. Nobody reads any more.
     */
    synchronized void takeAll() {
        if (takenFrom != null) {
            return;
        }
        long[] from = new long[Slots.count()];
        for (int slot = 0; slot < from.length; slot++) {
            from[slot] = only < 0 || slot == only ? read(slot) : 0;
        }
        Claim any = new Claim(-1, -1, claims);
        takenFrom = from;
        claims = any;
    }

    /** Frees the pages of one slot, which nobody reads any more. */
    void discard(int slot) {
        Memory.discard(readAddress(slot), stride);
        Reference.reachabilityFence(this);
    }

    /** Claims a record. The caller has the slot's monitor, and a fence comes after. */
    Claim makeClaim(int slot, long position) {
        Claim claim = claim(slot, position);
        if (claim == null) {
            synchronized (this) {
                claim = new Claim(slot, position, claims);
                claims = claim;
            }
        }
        return claim;
    }

    /**
     * Takes a record away that was claimed before the fence, and had no state after it.
     *
     * @param end where the last record ends, after this one
     * @return false if its writer or a reader found the claim first
     */
    boolean take(Claim claim, long end) {
        long next = end;
        for (long position = end; position > claim.position;) {
            next = position;
            position -= lengthBefore(claim.slot, position);
            assert position >= claim.position && position < next : position + " before " + next;
        }
        claim.length = next - claim.position;
        return claim.compareAndSet(Claim.CLAIMED, Claim.TAKEN);
    }

    /** Gives a claim up that was in vain, and forgets such, so that nobody looks for them. */
    synchronized void giveUp(Claim claim) {
        claim.isCommitted();
        while (claims != null && claims.get() == Claim.COMMITTED) {
            claims = claims.before;
        }
    }
}
