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

import jdk.internal.misc.PerCpuArena;
import jdk.internal.misc.PerCpuChain;
import jdk.internal.misc.PerCpuExclusive;
import jdk.internal.misc.PerCpuMemory;
import jdk.internal.misc.PerCpuSegments;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;
import jdk.internal.vm.annotation.Stable;

/**
 * A ring buffer of records on each slot, first in first out. A thread reserves
 * room in the buffer of the CPU it runs on, writes its record there, and commits
 * it; a reader, on any CPU, takes committed records in the order in which they
 * were reserved. Reserving takes no atomic instruction, committing is one
 * store, and nobody waits. The
 * <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>For tracers and logs that many threads write and few read.
 *
 * {@snippet lang="java" :
 * try (PerCpuRingBuffer.Record record = buffer.reserve(16)) {
 *     if (record.isReserved()) {
 *         record.putLong(0, System.nanoTime());
 *         record.putLong(8, event);
 *         record.commit();
 *     } else {
 *         LOST.increment();
 *     }
 * }
 * }
 *
 * <p>Where a record goes: to the slot of the CPU on which it was reserved, and there
 * it stays; the thread may be moved between reserving and committing. A thread
 * that cannot use rseq, or whose sections keep being aborted, uses the overflow
 * slot. Without rseq a slot is a stripe.
 *
 * <p>Order: a reader gets the records of one slot in the order in which they were
 * reserved, and not before they were committed; one that was reserved and is not
 * yet committed holds up those after it. Between slots there is no order: put a
 * time or a number into the records if you need one.
 *
 * <p>Memory ordering: what a thread did before it committed a record <i>happens
 * before</i> the reader's action on that record. {@link Record#commit} is a
 * store-release, the reader's look a load-acquire.
 *
 * <p>A full slot refuses records; nothing that was not read is overwritten.
 *
 * <p>Progress: {@code reserve} ends after a bounded number of steps, under a debugger
 * too, and so do the methods of a record. Readers of one slot wait for
 * each other.
 *
 * <p>Memory: the capacity outside of the heap, on each slot, once it is used. A
 * record costs 8 bytes and its size, rounded up to a multiple of 8.
 *
 * <p>Use case 7 of the restartable sequences' authors, which is the tracer
 * LTTng. There the commit adds to a counter of a whole sub-buffer, for which a thread
 * that was moved needs an atomic instruction or a system call; here each record
 * has its own word, which after the reservation only its writer writes.
 *
 * @since 25
 */
public final class PerCpuRingBuffer {

    private static final Unsafe U = Unsafe.getUnsafe();

    // Here and not in Record, which has nothing to initialize: its first use may be near the end of the stack.
    private static final long RECORD_ADDRESS = U.objectFieldOffset(Record.class, "address");

    // A record's header: its size, and in the upper half its state. Zero until the record is committed or
    // discarded: who reserves a record makes the next one's header zero, in the same section. So readers need not
    // look at how far a slot is reserved, which is in a cache line that every writer there changes.
    private static final int HEADER = Long.BYTES;
    private static final long COMMITTED = 1L << 32;
    private static final long DISCARDED = 2L << 32;
    private static final long STATE = 3L << 32;

    // A slot's block: the position up to which it was read, alone in its cache lines, then the ring.
    private static final int RING = 256;

    // A reader of a full ring lets writers go on after it has read such a part of it.
    private static final int FREED_AT_ONCE = 8;

    // No address: somebody else was faster, or has the slot, or the end of the ring was skipped.
    private static final long AGAIN = -1;

    private static final int MIN_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 30;

    // Variables: the position up to which a slot is reserved, and how far it was read when a
    // writer last looked. Positions only grow. The second may be behind and is never ahead.
    @Stable
    private final long head;
    @Stable
    private final long readSeen;

    // Slot 0's block, and from there to the next slot's.
    @Stable
    private final long blocks;
    @Stable
    private final long stride;

    @Stable
    private final long capacity;

    // Whoever reads a slot has its monitor, which is given back whatever is thrown: see PerCpuExclusive.
    private final Object[] readers;

    /**
     * Creates a buffer that is empty on every slot.
     *
     * @param capacity how many bytes a slot has, from 64 to 2<sup>30</sup>; rounded
     *                 up to a power of two
     * @throws IllegalArgumentException if {@code capacity} is out of range
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuRingBuffer(int capacity) {
        if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity must be from " + MIN_CAPACITY + " to " + MAX_CAPACITY
                    + ": " + capacity);
        }
        this.capacity = Integer.highestOneBit(2 * capacity - 1);
        jdk.internal.misc.PerCpu.prepare();
        readers = new Object[jdk.internal.misc.PerCpu.slots()];
        for (int slot = 0; slot < readers.length; slot++) {
            readers[slot] = new Object();
        }
        stride = PerCpuMemory.stride(RING + this.capacity);
        blocks = PerCpuMemory.allocate(this, stride);
        PerCpuSegments.prepare(this, blocks);
        head = PerCpuArena.allocate(this);
        readSeen = PerCpuArena.allocate(this);
    }

    /**
     * {@return how many bytes a slot has}
     */
    public int capacity() {
        return (int) capacity;
    }

    /**
     * {@return the size of the largest record, in bytes}
     */
    public int maxRecordSize() {
        return (int) capacity - 2 * HEADER;
    }

    @ForceInline
    private long readAddress(int slot) {
        return blocks + slot * stride;
    }

    @ForceInline
    private long ringAddress(int slot, long position) {
        return blocks + slot * stride + RING + (position & capacity - 1);
    }

    @ForceInline
    private static long recordLength(int size) {
        return (long) size + HEADER + 7 & -8;
    }

    // --- Writing

    /**
     * Reserves room for a record on this CPU's slot. The record is to be committed
     * or discarded by the same thread, and soon: the reader waits for it.
     *
     * <p>Cost: with rseq, one critical section; without, that of taking a lock. No
     * object is made if compiled code uses the record and drops it. If you try until
     * there is room, reserve, write and commit in a method of its own, and let the
     * loop call that until it says that there was room. A loop that does it all itself may be
     * compiled with two copies of the call, which meet where the record is written,
     * and then each record is an object and costs several times as much.
     *
     * @param size the size of the record, in bytes
     * @return a record to write to, the content of which is undefined; if the slot
     *         is full, one that is not {@linkplain Record#isReserved reserved}
     * @throws IllegalArgumentException if {@code size} is negative or larger than
     *         {@link #maxRecordSize}
     */
    @ForceInline
    public Record reserve(int size) {
        if (size < 0 || size > maxRecordSize()) {
            throw badSize(size);
        }
        // First, because it may fail: once room is reserved the reader waits for it.
        Record record = new Record(this, size);
        long address = reserveAddress(size);
        if (address != 0) {
            record.slot = (int) ((address - blocks) / stride);
            record.address = address;
        }
        return record;
    }

    // Of the bytes after the header; 0 if there is no room.
    @ForceInline
    private long reserveAddress(int size) {
        int slot = PerCpuChain.usableSlot();
        long address = slot >= 0 ? tryReserve(slot, size) : AGAIN;
        return address != AGAIN ? address : reserveAgain(size);
    }

    @DontInline
    private long reserveAgain(int size) {
        for (int i = 1; i < PerCpuChain.ATTEMPTS; i++) {
            int slot = PerCpuChain.usableSlot();
            if (slot < 0) {
                break;
            }
            long address = tryReserve(slot, size);
            if (address != AGAIN) {
                return address;
            }
        }
        return reserveSlowly(size);
    }

    @ForceInline
    private long tryReserve(int slot, int size) {
        long length = recordLength(size);
        long start = jdk.internal.misc.PerCpu.get(slot, head);
        long room = roomToEnd(start);
        // A record is never split: what is left before the end of the ring is skipped if it does not fit there.
        boolean pad = length > room;
        long end = start + (pad ? room : length);
        if (!fits(slot, end)) {
            return 0;
        }
        // Before it is reserved: there is nothing after it that could fail.
        long address = ringAddress(slot, start) + HEADER;
        if (pad) {
            skip(slot, start, end);
            return AGAIN;
        }
        return advance(slot, start, end) ? address : AGAIN;
    }

    @ForceInline
    private boolean advance(int slot, long start, long end) {
        return jdk.internal.misc.PerCpu.loadCbneStoreStore(this, slot, head, start, ringAddress(slot, end), 0, end)
                == jdk.internal.misc.PerCpu.COMMITTED;
    }

    // On reserved stack: what is reserved and not discarded stops the reader.
    @ReservedStackAccess
    private void skip(int slot, long start, long end) {
        if (advance(slot, start, end)) {
            discard(slot, start, end);
            Reference.reachabilityFence(this);
        }
    }

    private void discard(int slot, long start, long end) {
        U.putLongRelease(null, ringAddress(slot, start), end - start - HEADER | DISCARDED);
    }

    private IllegalArgumentException badSize(int size) {
        return new IllegalArgumentException("size must be from 0 to " + maxRecordSize() + ": " + size);
    }

    private long reserveSlowly(int size) {
        long address;
        PerCpuExclusive slow = PerCpuExclusive.slow();
        synchronized (slow) {
            slow.count();
            address = reservePlainly(slow.slot(), size);
        }
        Reference.reachabilityFence(this);
        return address;
    }

    private long reservePlainly(int slot, int size) {
        long length = recordLength(size);
        long start = jdk.internal.misc.PerCpu.get(slot, head);
        long room = roomToEnd(start);
        if (length > room) {
            if (!fits(slot, start + room)) {
                return 0;
            }
            advancePlainly(slot, start + room);
            discard(slot, start, start + room);
            start += room;
        }
        if (!fits(slot, start + length)) {
            return 0;
        }
        advancePlainly(slot, start + length);
        return ringAddress(slot, start) + HEADER;
    }

    private void advancePlainly(int slot, long end) {
        U.putLong(ringAddress(slot, end), 0);
        U.putLong(jdk.internal.misc.PerCpu.addressInSlot(head, slot), end);
    }

    @ForceInline
    private long roomToEnd(long position) {
        return capacity - (position & capacity - 1);
    }

    // Up to here, and the header after it.
    @ForceInline
    private boolean fits(int slot, long end) {
        return end + HEADER - jdk.internal.misc.PerCpu.get(slot, readSeen) <= capacity || fitsNow(slot, end);
    }

    private boolean fitsNow(int slot, long end) {
        // What was there has been read, before it is written again.
        long read = U.getLongAcquire(null, readAddress(slot));
        // Several threads may do this, and the last one may store less than another: that is only less exact.
        U.putLongRelease(null, jdk.internal.misc.PerCpu.addressInSlot(readSeen, slot), read);
        Reference.reachabilityFence(this);
        return end + HEADER - read <= capacity;
    }

    /**
     * Room for a record, to be written by the thread that reserved it. All
     * offsets are in bytes from the record's beginning and need not be aligned;
     * values have the native byte order.
     *
     * <p>Every method but {@link #isReserved}, {@link #size}, {@link #slot} and
     * {@link #close} throws {@link WrongThreadException} if another thread calls it,
     * and {@link IllegalStateException} if there is no room reserved: there was
     * none, or the record was committed or discarded. Each costs about what its
     * store costs.
     *
     * @since 25
     */
    public static final class Record implements AutoCloseable {

        // Keeps the memory.
        private final PerCpuRingBuffer buffer;
        private final Thread writer = Thread.currentThread();
        private final int size;
        private int slot = -1;

        // Zero if it is not reserved.
        private long address;

        private Record(PerCpuRingBuffer buffer, int size) {
            this.buffer = buffer;
            this.size = size;
        }

        /**
         * {@return whether there is room reserved for this record} False if there was
         * none, and after the record was committed or discarded.
         */
        @ForceInline
        public boolean isReserved() {
            return address != 0;
        }

        /**
         * {@return the slot that this record is on} -1 if there was no room for it.
         */
        public int slot() {
            return slot;
        }

        /**
         * {@return the size of this record, in bytes}
         */
        public int size() {
            return size;
        }

        @ForceInline
        private long writable() {
            if (Thread.currentThread() != writer) {
                throw wrongThread();
            }
            long a = U.getLongOpaque(this, RECORD_ADDRESS);
            if (a == 0) {
                throw notReserved();
            }
            return a;
        }

        private IllegalStateException notReserved() {
            return new IllegalStateException(slot < 0 ? "There was no room for the record"
                    : "The record was committed or discarded before");
        }

        private WrongThreadException wrongThread() {
            return new WrongThreadException("The record was reserved by " + writer + ", this is "
                    + Thread.currentThread());
        }

        @ForceInline
        private long at(int offset, int length) {
            Objects.checkFromIndexSize(offset, length, size);
            return writable() + offset;
        }

        /**
         * Writes a byte.
         *
         * @param offset where
         * @param value  what
         * @throws IndexOutOfBoundsException if it does not fit
         */
        @ForceInline
        public void putByte(int offset, byte value) {
            U.putByte(at(offset, Byte.BYTES), value);
            Reference.reachabilityFence(buffer);
        }

        /**
         * Writes an int.
         *
         * @param offset where
         * @param value  what
         * @throws IndexOutOfBoundsException if it does not fit
         */
        @ForceInline
        public void putInt(int offset, int value) {
            U.putIntUnaligned(null, at(offset, Integer.BYTES), value);
            Reference.reachabilityFence(buffer);
        }

        /**
         * Writes a long.
         *
         * @param offset where
         * @param value  what
         * @throws IndexOutOfBoundsException if it does not fit
         */
        @ForceInline
        public void putLong(int offset, long value) {
            U.putLongUnaligned(null, at(offset, Long.BYTES), value);
            Reference.reachabilityFence(buffer);
        }

        /**
         * Writes bytes of an array.
         *
         * @param offset where
         * @param source the array
         * @param from   where in the array to start
         * @param length how many bytes
         * @throws IndexOutOfBoundsException if they do not fit, or the array has not
         *         so many
         */
        @ForceInline
        public void putBytes(int offset, byte[] source, int from, int length) {
            Objects.checkFromIndexSize(from, length, source.length);
            U.copyMemory(source, Unsafe.ARRAY_BYTE_BASE_OFFSET + from, null, at(offset, length), length);
            Reference.reachabilityFence(buffer);
        }

        /**
         * Writes the bytes of a memory segment.
         *
         * @param offset where
         * @param source the bytes
         * @throws IndexOutOfBoundsException if they do not fit
         * @throws IllegalStateException     if the segment's arena is closed
         * @throws WrongThreadException      if the segment is confined to another
         *         thread
         */
        public void putBytes(int offset, MemorySegment source) {
            Objects.checkFromIndexSize((long) offset, source.byteSize(), size);
            long a = writable() + offset;
            PerCpuSegments.segment(buffer, a, source.byteSize()).copyFrom(source);
        }

        /**
         * Hands the record to the reader. It cannot be written any more.
         */
        @ForceInline
        @ReservedStackAccess
        public void commit() {
            finish(COMMITTED);
        }

        /**
         * Gives the record up: the reader will skip it.
         */
        @ForceInline
        public void discard() {
            finish(DISCARDED);
        }

        @ForceInline
        private void finish(long state) {
            long a = writable();
            // In this order, and on reserved stack: a record that is neither committed nor discarded stops the reader.
            U.putLongRelease(null, a - HEADER, size | state);
            address = 0;
            Reference.reachabilityFence(buffer);
        }

        /**
         * Discards the record if it was not committed.
         *
         * @throws WrongThreadException if another thread calls it, and the record
         *         was neither committed nor discarded
         */
        @Override
        @ForceInline
        @ReservedStackAccess
        public void close() {
            if (address != 0) {
                discard();
            }
        }
    }

    // --- Reading

    /**
     * What is done with each record that is read.
     *
     * @since 25
     */
    @FunctionalInterface
    public interface Reader {
        /**
         * Reads a record.
         *
         * @param slot   the slot that it is on
         * @param record its bytes, read-only. After this call the memory is used
         *               again: what a segment that was kept shows then is undefined
         */
        void read(int slot, MemorySegment record);
    }

    /**
     * Reads committed records of one slot in order, from whatever CPU, up to the
     * first one that is not committed, and no more than a slot holds at one time.
     *
     * <p>If the action throws, the record is counted as read, and the exception is
     * passed on. A record for which there is no memory ({@link OutOfMemoryError}) is not
     * lost; those before it were read. Other threads that read the same slot wait, so
     * the action must not wait for them, nor read other slots unless all actions do so in one order.
     *
     * <p>Cost: some loads for each record, with a cache miss or two if it was just
     * written on another CPU.
     *
     * @param slot   the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param reader what to do with each record; must not read the same slot
     * @param limit  how many records to read at most
     * @return how many were read
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalStateException     if the reader calls this method for the same
     *         slot
     */
    public int read(int slot, Reader reader, int limit) {
        Objects.checkIndex(slot, jdk.internal.misc.PerCpu.slots());
        Objects.requireNonNull(reader);
        jdk.internal.misc.PerCpu.ensureStack();
        if (Thread.holdsLock(readers[slot])) {
            throw new IllegalStateException("This thread is reading slot " + slot + " already");
        }
        try {
            synchronized (readers[slot]) {
                return readLocked(slot, reader, limit);
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private int readLocked(int slot, Reader reader, int limit) {
        long start = U.getLong(readAddress(slot));
        long free = start;
        long position = start;
        long header = U.getLongAcquire(null, ringAddress(slot, position));
        if (header == 0) {
            return 0;
        }
        MemorySegment ring = ring(slot);
        int count = 0;
        try {
            // Once around, or writers who are as fast as this would keep it from the other slots.
            while (header != 0 && count < limit && position - start < capacity) {
                int size = (int) header;
                if ((header & STATE) == COMMITTED) {
                    // Before it counts as read: there may be no memory for it.
                    MemorySegment record = ring.asSlice((position & capacity - 1) + HEADER, size);
                    position += recordLength(size);
                    count++;
                    reader.read(slot, record);
                } else {
                    position += recordLength(size);
                }
                if (position - free >= capacity / FREED_AT_ONCE) {
                    free(slot, position);
                    free = position;
                }
                header = U.getLongAcquire(null, ringAddress(slot, position));
            }
        } finally {
            free(slot, position);
        }
        return count;
    }

    // Writers may use the ring up to here again, after all reads of it.
    private void free(int slot, long position) {
        U.putLongRelease(null, readAddress(slot), position);
    }

    /** {@return one slot's ring} Whoever keeps it keeps this buffer, and so its memory. */
    private MemorySegment ring(int slot) {
        return PerCpuSegments.segment(this, ringAddress(slot, 0), capacity).asReadOnly();
    }

    /**
     * Reads committed records of all slots, one slot after the other.
     *
     * @param reader what to do with each record; must not read the same slot
     * @param limit  how many records to read of each slot at most
     * @return how many were read
     * @throws IllegalStateException if the reader calls this method, or the other one
     *         for the slot that is being read
     */
    public int read(Reader reader, int limit) {
        int count = 0;
        for (int slot = 0; slot < jdk.internal.misc.PerCpu.slots(); slot++) {
            count += read(slot, reader, limit);
        }
        return count;
    }
}
