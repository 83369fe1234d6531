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

package jdk.internal.percpu;

import java.lang.foreign.MemorySegment;

import jdk.internal.foreign.AbstractMemorySegmentImpl;
import jdk.internal.foreign.MemorySessionImpl;
import jdk.internal.foreign.SegmentFactories;

/** Memory segments and the addresses that critical sections want. */
public final class Segments {

    private Segments() {}

    /**
     * Initializes what segments and their copies need: to be called where a structure
     * is made, as {@link VMServices#prepare}.
     *
     * @param owner   keeps the memory alive
     * @param address where it is, {@code 2 * Long.BYTES} at least
     */
    public static void prepare(Object owner, long address) {
        // A long, an int, a short and a byte.
        byte[] array = new byte[2 * Long.BYTES - 1];
        MemorySegment.ofArray(array).copyFrom(segment(owner, address, array.length).asReadOnly());
        try (Loan loan = new Loan(address, array.length)) {
            MemorySegment.ofArray(array).copyFrom(loan.segment());
        }
    }

    /** A read-only segment that this thread can use until it is closed. */
    public static final class Loan implements AutoCloseable {
        private final MemorySessionImpl session = MemorySessionImpl.createConfined(Thread.currentThread());
        private final MemorySegment segment;

        /**
         * Lends memory.
         *
         * @param address where it is; the caller keeps it
         * @param size    how many bytes it has
         */
        public Loan(long address, long size) {
            segment = SegmentFactories.makeNativeSegmentUnchecked(address, size, session).asReadOnly();
        }

        /** {@return the segment} */
        public MemorySegment segment() {
            return segment;
        }

        /**
         * Ends the loan.
         *
         * @throws IllegalStateException if something keeps the segment's session from
         *         being closed
         */
        @Override
        public void close() {
            session.close();
        }
    }

    /**
     * Returns the address of a segment whose memory stays readable and, unless it
     * is read-only, writable while this thread is in the calling method and refers
     * to the segment. That leaves out the heap, which collectors move, what another
     * thread may close, and files, whose pages may be gone: their bytes go through
     * a block in between ({@link Blocks}).
     *
     * @param segment the segment
     * @return its address, or 0
     * @throws IllegalStateException if it is closed
     * @throws WrongThreadException  if it is confined to another thread
     */
    public static long directAddress(MemorySegment segment) {
        AbstractMemorySegmentImpl impl = (AbstractMemorySegmentImpl) segment;
        MemorySessionImpl session = impl.sessionImpl();
        session.checkValidState();
        boolean stays = session.ownerThread() != null || !session.isCloseable();
        return segment.isNative() && stays && !segment.isMapped() ? segment.address() : 0;
    }

    /**
     * Keeps a segment's memory from being freed until {@link #release}.
     *
     * @param segment the segment
     * @throws IllegalStateException if it is closed
     * @throws WrongThreadException  if it is confined to another thread
     */
    public static void acquire(MemorySegment segment) {
        MemorySessionImpl session = ((AbstractMemorySegmentImpl) segment).sessionImpl();
        session.checkValidState();
        session.acquire0();
    }

    /**
     * Ends {@link #acquire}.
     *
     * @param segment the segment
     */
    public static void release(MemorySegment segment) {
        ((AbstractMemorySegmentImpl) segment).sessionImpl().release0();
    }

    /**
     * {@return a segment of memory that an object owns} Whoever refers to the
     * segment, or to a slice of it, keeps the owner and so the memory.
     *
     * @param owner   keeps the memory alive
     * @param address where it is
     * @param size    how many bytes it has
     */
    public static MemorySegment segment(Object owner, long address, long size) {
        return SegmentFactories.makeNativeSegmentUnchecked(address, size, MemorySessionImpl.createHeap(owner));
    }
}
