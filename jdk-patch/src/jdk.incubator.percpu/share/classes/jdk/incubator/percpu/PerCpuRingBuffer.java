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
import jdk.internal.percpu.Segments;
import jdk.internal.percpu.Slots;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

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
 * try (PerCpuRingBuffer.Writer writer = buffer.writer()) {
 *     if (writer.tryReserve(16)) {
 *         writer.putLong(0, System.nanoTime());
 *         writer.putLong(8, event);
 *         writer.commit();
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
 * yet committed holds up those after it, until its writer discards it or a reader
 * takes it away with {@link #unblock}. Between slots there is no order: put a
 * time or a number into the records if you need one.
 *
 * <p>Memory ordering: what a thread did before it committed a record <i>happens
 * before</i> the reader's action on that record. {@link Writer#commit} is a
 * store-release, the reader's look a load-acquire.
 *
 * <p>A full slot refuses records; nothing that was not read is overwritten.
 *
 * <p>Progress: all methods of a writer end after a bounded number of steps, under a debugger
 * too. Readers of one slot wait for
 * each other.
 *
 * <p>Memory: the capacity outside of the heap, on each slot, once it is used. A
 * record costs 8 bytes and its size, rounded up to a multiple of 8. It is freed when
 * the buffer is {@linkplain #close closed}, or some time after the buffer became
 * unreachable.
 *
 * @implNote The idea is that of the tracer LTTng, one of the uses that {@code rseq(2)} was
 * made for. There the commit adds to a counter of a whole sub-buffer, for which a thread
 * that was moved needs an atomic instruction or a system call; here each record
 * has its own word, which after the reservation only its writer writes.
 *
 * @since 25
 */
public final class PerCpuRingBuffer extends PerCpuRingWriter implements AutoCloseable {

    private static final Unsafe U = Unsafe.getUnsafe();

    // Here and not in Writer, which has nothing to initialize: its first use may be near the end of the stack.
    private static final long WRITER_ADDRESS = U.objectFieldOffset(Writer.class, "address");

    private static final int MIN_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 30;

    private final PerCpuRingReader readers;

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
        super(checked(capacity));
        readers = new PerCpuRingReader(this);
    }

    private static int checked(int capacity) {
        if (capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity must be from " + MIN_CAPACITY + " to " + MAX_CAPACITY
                    + ": " + capacity);
        }
        return Integer.highestOneBit(2 * capacity - 1);
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
        return (int) capacity - 2 * PerCpuRingMemory.HEADER;
    }

    // --- Writing

    /**
     * Returns a writer, with which this thread writes one record after the other. It has no
     * memory and holds nothing up while it has reserved no record.
     *
     * @implNote No object is made if compiled code uses the writer and drops it.
     *
     * @return a writer that has reserved no record
     */
    @ForceInline
    public Writer writer() {
        return new Writer(this);
    }

    // Not the writer's: it would be an object then.
    private boolean refused() {
        use.checkNotRetired();
        return false;
    }

    /**
     * Writes records, one at a time. A record is reserved, written, and then committed or
     * discarded, all by the thread that made the writer, and soon: the reader waits for it.
     *
     * <p>All offsets are in bytes from the record's beginning and need not be aligned;
     * values have the native byte order. The content of a record that was reserved is
     * undefined where it was not written.
     *
     * @implNote Each method but {@link #tryReserve} costs about what its store costs.
     *
     * @since 25
     */
    public static final class Writer implements AutoCloseable {

        private final Thread thread = Thread.currentThread();
        private final PerCpuRingBuffer ring;

        // Of the reservation: see PerCpuRingWriter.
        int size;
        PerCpuRingMemory memory;
        int slot;
        long position;

        // Zero if nothing is reserved.
        long address;

        Writer(PerCpuRingBuffer ring) {
            this.ring = ring;
        }

        /**
         * Reserves room for a record on this CPU's slot.
         *
         * @implNote Cost: with rseq, one critical section; without, that of taking a lock.
         *
         * @param size the size of the record, in bytes
         * @return true if this writer has a record now, false if the slot is full
         * @throws IllegalArgumentException if {@code size} is negative or larger than
         *         {@link #maxRecordSize}
         * @throws IllegalStateException if this writer has a record that is to be committed or
         *         discarded, or if the buffer is closed
         * @throws WrongThreadException  if another thread has made this writer
         */
        @ForceInline
        public boolean tryReserve(int size) {
            if (size < 0 || size > ring.maxRecordSize()) {
                throw badSize(size);
            }
            if (Thread.currentThread() != thread) {
                throw wrongThread();
            }
            if (address != 0) {
                throw notCommitted();
            }
            this.size = size;
            ring.reserve(this);
            return address != 0 || ring.refused();
        }

        private IllegalArgumentException badSize(int size) {
            return new IllegalArgumentException("size must be from 0 to " + ring.maxRecordSize() + ": " + size);
        }

        private IllegalStateException notCommitted() {
            return new IllegalStateException("The record before was neither committed nor discarded");
        }

        /**
         * {@return whether there is a record that is to be committed or discarded}
         */
        @ForceInline
        public boolean isReserved() {
            return address != 0;
        }

        /**
         * {@return the slot that the record is on, or the last record was}
         */
        public int slot() {
            return slot;
        }

        /**
         * {@return the size of the record, in bytes, or the size that was asked for last}
         */
        public int size() {
            return size;
        }

        @ForceInline
        private long writable() {
            if (Thread.currentThread() != thread) {
                throw wrongThread();
            }
            long a = U.getLongOpaque(this, WRITER_ADDRESS);
            if (a == 0) {
                throw notReserved();
            }
            return a;
        }

        private IllegalStateException notReserved() {
            return new IllegalStateException(
                    "No record is reserved: it was committed or discarded, or there was no room");
        }

        private WrongThreadException wrongThread() {
            return new WrongThreadException("The writer was made by " + thread + ", this is "
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
         * @throws IllegalStateException     if no record is reserved
         * @throws WrongThreadException      if another thread has made this writer
         */
        @ForceInline
        public void putByte(int offset, byte value) {
            U.putByte(at(offset, Byte.BYTES), value);
            Reference.reachabilityFence(memory);
        }

        /**
         * Writes an int.
         *
         * @param offset where
         * @param value  what
         * @throws IndexOutOfBoundsException if it does not fit
         * @throws IllegalStateException     if no record is reserved
         * @throws WrongThreadException      if another thread has made this writer
         */
        @ForceInline
        public void putInt(int offset, int value) {
            U.putIntUnaligned(null, at(offset, Integer.BYTES), value);
            Reference.reachabilityFence(memory);
        }

        /**
         * Writes a long.
         *
         * @param offset where
         * @param value  what
         * @throws IndexOutOfBoundsException if it does not fit
         * @throws IllegalStateException     if no record is reserved
         * @throws WrongThreadException      if another thread has made this writer
         */
        @ForceInline
        public void putLong(int offset, long value) {
            U.putLongUnaligned(null, at(offset, Long.BYTES), value);
            Reference.reachabilityFence(memory);
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
         * @throws IllegalStateException     if no record is reserved
         * @throws WrongThreadException      if another thread has made this writer
         */
        @ForceInline
        public void putBytes(int offset, byte[] source, int from, int length) {
            Objects.checkFromIndexSize(from, length, source.length);
            U.copyMemory(source, Unsafe.ARRAY_BYTE_BASE_OFFSET + from, null, at(offset, length), length);
            Reference.reachabilityFence(memory);
        }

        /**
         * Writes the bytes of a memory segment.
         *
         * @param offset where
         * @param source the bytes
         * @throws IndexOutOfBoundsException if they do not fit
         * @throws IllegalStateException     if no record is reserved, or if the segment's
         *         arena is closed
         * @throws WrongThreadException      if another thread has made this writer, or if the
         *         segment is confined to another thread
         */
        public void putBytes(int offset, MemorySegment source) {
            Objects.checkFromIndexSize((long) offset, source.byteSize(), size);
            long a = writable() + offset;
            Segments.segment(memory, a, source.byteSize()).copyFrom(source);
        }

        /**
         * Hands the record to the reader.
         *
         * @return true if readers get it, unless the buffer is closed before they come to
         *         it; false if it was {@linkplain #unblock taken away} before, or the
         *         buffer closed: then nobody gets it
         * @throws IllegalStateException if no record is reserved
         * @throws WrongThreadException  if another thread has made this writer
         */
        @ForceInline
        @ReservedStackAccess
        public boolean commit() {
            // In this order, and on reserved stack: a record that is neither committed nor discarded stops the reader.
            PerCpuRingMemory.commit(writable() - PerCpuRingMemory.HEADER, size);
            address = 0;
            boolean handedOver = memory.isHandedOver(slot, position);
            Reference.reachabilityFence(memory);
            return handedOver;
        }

        /**
         * Gives the record up: the reader will skip it.
         *
         * @return true if it was this thread's until now; false if it was
         *         {@linkplain #unblock taken away} before, or the buffer closed
         * @throws IllegalStateException if no record is reserved
         * @throws WrongThreadException  if another thread has made this writer
         */
        @ForceInline
        @ReservedStackAccess
        public boolean discard() {
            PerCpuRingMemory.discard(writable() - PerCpuRingMemory.HEADER, size);
            address = 0;
            boolean handedOver = memory.isHandedOver(slot, position);
            Reference.reachabilityFence(memory);
            return handedOver;
        }

        /**
         * Discards the record, if there is one that is to be committed or discarded. The
         * writer can be used again.
         *
         * @throws WrongThreadException if another thread has made this writer, and there is
         *         such a record
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
         * @param record its bytes, read-only. This thread can use the segment until
         *               this call ends. Then it is no longer
         *               {@linkplain MemorySegment.Scope#isAlive alive}, since its memory
         *               is used again
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
     * @implNote Cost: some loads and a short-lived segment for each record, with a cache miss or
     * two if it was just written on another CPU.
     *
     * @param slot   the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param reader what to do with each record; must not read the same slot
     * @param limit  how many records to read at most
     * @return how many were read
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalStateException     if the reader calls this method for the same
     *         slot, if something keeps a record's segment from being closed, or if this
     *         buffer is closed
     * @throws OutOfMemoryError          if there is no memory for a record's segment
     */
    public int read(int slot, Reader reader, int limit) {
        Objects.checkIndex(slot, Slots.count());
        Objects.requireNonNull(reader);
        return readers.read(slot, reader, limit);
    }

    /**
     * Reads committed records of all slots, one slot after the other, as
     * {@link #read(int, Reader, int)} does. The limit is for each slot, so that a slot with
     * many records does not keep others from being read.
     *
     * @param reader what to do with each record; must not read the same slot
     * @param limit  how many records to read of each slot at most
     * @return how many were read
     * @throws IllegalStateException if the reader calls this method, or the other one
     *         for the slot that is being read, if something keeps a record's segment
     *         from being closed, or if this buffer is closed
     * @throws OutOfMemoryError if there is no memory for a record's segment
     */
    public int read(Reader reader, int limit) {
        int count = 0;
        for (int slot = 0; slot < Slots.count(); slot++) {
            count += read(slot, reader, limit);
        }
        return count;
    }

    // --- Records that are not committed

    /**
     * Tells whether readers of one slot wait for a record that was reserved and was
     * neither committed nor discarded, and which: a number that no other record of that
     * slot has.
     *
     * <p>That a record is being written is normal. If the number is the same after much
     * longer than it takes to write one, the writer has lost it, by an exception
     * for example, or does not run any more.
     *
     * @implNote Cost: some loads. Completes in a bounded number of steps.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the number, which is not negative, or -1 if readers do not wait, or if one is
     *         at work on the slot
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalStateException     if this buffer is closed
     */
    public long blocked(int slot) {
        return readers.blocked(slot);
    }

    /**
     * Takes a record away from its writer, so that readers of the slot go on after it.
     * Nothing that was committed is lost: if the writer commits the record before this
     * method takes it, readers get it and this method returns false; if not,
     * {@link Writer#commit} returns false, whenever it is called.
     *
     * <p>The writer may not know yet and go on to write to the record. So the slot gets
     * other memory, and the memory that the record is in is freed when no record in it is
     * reachable any more. (That of the first time on each slot is freed together with the
     * buffer.)
     *
     * {@snippet lang="java" :
     * // A thread that reads now and then, at longer intervals than it takes to write a record.
     * void read(PerCpuRingBuffer buffer, long[] blockedBefore) {
     *     buffer.read(reader, Integer.MAX_VALUE);
     *     for (int slot = 0; slot < PerCpu.slots(); slot++) {
     *         long blocked = buffer.blocked(slot);
     *         if (blocked >= 0 && blocked == blockedBefore[slot]) {
     *             buffer.unblock(slot, blocked);
     *         }
     *         blockedBefore[slot] = blocked;
     *     }
     * }
     * }
     *
     * <p>The idea is that of {@code unblock} in Agrona's ring buffers, where writers of
     * records that were taken away must not exist any more.
     *
     * @implNote Cost: that of the memory of a slot, of a {@linkplain PerCpu#exclusive fence}, and
     * of a step for each record after that one.
     *
     * @param slot    the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @param blocked what {@link #blocked} returned for that slot
     * @return true if the record was taken away; false if that was not necessary, because
     *         it was committed, discarded or taken away before
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalStateException     if this buffer is closed
     * @throws OutOfMemoryError          if there is no other memory; nothing was done then
     */
    public boolean unblock(int slot, long blocked) {
        return readers.unblock(slot, blocked);
    }

    // --- Closing

    /**
     * Closes this buffer and frees its memory at once. Records that were not read are
     * gone. Those that were reserved and not committed are {@linkplain #unblock taken
     * away}: their writers can still write, and are told when they commit. All other
     * methods that read or write, or look at a slot, throw {@code IllegalStateException}
     * from then on. Closing once more has no effect.
     *
     * <p>Waits for threads that read.
     *
     * @implNote Cost: two {@linkplain PerCpu#exclusive fences}, and a system call for each slot.
     *
     * @throws IllegalStateException if this thread is reading from this buffer
     * @throws OutOfMemoryError      if there is no memory on the heap; the call can be
     *         repeated
     */
    @Override
    public void close() {
        readers.close();
    }
}
