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

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;

/**
 * A block of zeroed memory for each slot, for what does not fit into the
 * variables of {@link Arena}: a structure's array. Pages become resident
 * when they are written. The memory is freed some time after its owner became
 * unreachable; that no section can be in it then has the reason that
 * {@code Arena} gives.
 */
public final class Memory {

    private static final int PAGE = Unsafe.getUnsafe().pageSize();

    private Memory() {}

    /**
     * {@return the distance between two slots' blocks} Whole pages, so that each
     * CPU's are near it.
     *
     * @param bytesPerSlot what a slot needs
     * @throws OutOfMemoryError if no address space can hold them
     */
    public static long stride(long bytesPerSlot) {
        long stride = (bytesPerSlot + PAGE - 1) & -PAGE;
        if (bytesPerSlot < 0 || stride <= 0 || stride > Long.MAX_VALUE / Rseq.slots()) {
            throw outOfMemory(bytesPerSlot);
        }
        return stride;
    }

    /**
     * {@return the address of slot 0's block}
     *
     * @param owner  keeps the memory alive
     * @param stride what {@link #stride} said
     * @throws OutOfMemoryError if there is no memory, also after that of
     *         unreachable owners was freed
     */
    public static long allocate(Object owner, long stride) {
        return allocateBlock(owner, stride * Rseq.slots());
    }

    /**
     * {@return the address of one block for all slots}
     *
     * @param owner keeps the memory alive
     * @param bytes how much, positive
     * @throws OutOfMemoryError if there is no memory, also after that of
     *         unreachable owners was freed
     */
    public static long allocateBlock(Object owner, long bytes) {
        // Registered before there is anything to free, so that nothing is lost if that fails.
        Block block = new Block(bytes);
        Cleaner.Cleanable cleanable = CleanerFactory.cleaner().register(owner, block);
        long base = reserve(bytes);
        if (base == 0) {
            cleanable.clean();
            throw outOfMemory(bytes);
        }
        block.base = base;
        Reference.reachabilityFence(owner);
        return base;
    }

    private static long reserve(long bytes) {
        long base = Rseq.allocateArena(bytes);
        if (base == 0) {
            try (Reclaimer reclaimer = new Reclaimer()) {
                while (base == 0 && reclaimer.reclaim()) {
                    base = Rseq.allocateArena(bytes);
                }
            }
        }
        return base;
    }

    private static OutOfMemoryError outOfMemory(long bytes) {
        return new OutOfMemoryError("Cannot reserve " + bytes + " bytes for a per-CPU structure with "
                + Rseq.slots() + " slots (" + Rseq.arenaBytes() + " bytes are in use)");
    }

    /** Memory that waits for its owner to become unreachable. */
    private static final class Block implements Runnable {

        private final long bytes;
        private volatile long base;

        Block(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public void run() {
            if (base != 0) {
                Rseq.freeArena(base, bytes);
            }
        }
    }
}
