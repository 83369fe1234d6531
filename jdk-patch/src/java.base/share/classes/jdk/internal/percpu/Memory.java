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

import java.lang.ref.Reference;
import java.util.Objects;

import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.ref.PhantomCleanable;

/**
 * The allocator of memory outside of the heap: variables, of which an {@link Arena} holds
 * many, and blocks for what is larger. All of it is zeroed, and pages become resident
 * when they are written.
 *
 * <p>Memory belongs to an owner and is freed some time after the owner became
 * unreachable. That needs no fence, because no section can be in progress on it: the
 * owner is an input of every section, so the thread in it keeps the owner reachable
 * until it is over; a section contains no safepoint, and no collector clears a reference
 * before each thread passed one.
 *
 * <p>If there is no memory, the collector runs before an allocation fails: see
 * {@link Reclaimer}.
 */
public final class Memory {

    private static final int PAGE = Unsafe.getUnsafe().pageSize();

    private Memory() {}

    /** Ties memory to its owner, without referring to it strongly. */
    interface Lease {

        /** {@return the address of memory that this holds from now on, or 0 if there is none} */
        long tryAllocate();

        /** Frees what this holds, if anything. */
        void clean();
    }

    /**
     * {@return the address in slot 0 of a variable, zero in all slots} There may be
     * several for one owner. Others share its exclusive word.
     *
     * @param owner keeps the variable alive
     * @throws OutOfMemoryError if there is no memory, on the heap or outside
     */
    public static long allocateVariable(Object owner) {
        return allocate(owner, Arena.VARIABLES);
    }

    /**
     * {@return the address in slot 0 of seven variables, one after the other, zero in all
     * slots} They have an exclusive word of their own.
     *
     * @param owner keeps the variables alive
     * @throws OutOfMemoryError if there is no memory, on the heap or outside
     */
    public static long allocateGroup(Object owner) {
        return allocate(owner, Arena.WHOLE_GROUPS);
    }

    /**
     * {@return the address in slot 0 of a variable for {@link Accumulations}, zero in all slots}
     *
     * @param owner keeps the variable alive
     * @throws OutOfMemoryError if there is no memory, on the heap or outside
     */
    public static long allocateAccumulation(Object owner) {
        return allocate(owner, Arena.ACCUMULATIONS);
    }

    /**
     * {@return the address in slot 0 of the first variable of consecutive groups, zero in all
     * slots} Each group has seven variables and an exclusive word before them.
     *
     * @param owner keeps the variables alive
     * @param count how many groups, 1024 at most
     * @throws OutOfMemoryError if there is no memory, on the heap or outside
     */
    public static long allocateGroups(Object owner, int count) {
        return allocate(owner, new Arena.Run(Objects.requireNonNull(owner), count), "variables");
    }

    private static long allocate(Object owner, Arena.Pool pool) {
        return allocate(owner, new Arena.Lease(Objects.requireNonNull(owner), pool), "a variable");
    }

    private static long allocate(Object owner, Arena.Lease lease, String what) {
        long address = allocate(owner, lease);
        if (address == 0) {
            throw outOfMemory(what);
        }
        return address;
    }

    /**
     * {@return the distance between two slots' blocks} Whole pages, so that each
     * CPU's are near it.
     *
     * @param bytesPerSlot what a slot needs
     * @throws OutOfMemoryError if no address space can hold them
     */
    public static long stride(long bytesPerSlot) {
        long stride = (bytesPerSlot + PAGE - 1) & -PAGE;
        if (bytesPerSlot < 0 || stride <= 0 || stride > Long.MAX_VALUE / Slots.count()) {
            throw outOfMemory(bytesPerSlot + " bytes in each slot");
        }
        return stride;
    }

    /**
     * {@return the address of slot 0's block}
     *
     * @param owner  keeps the memory alive
     * @param stride what {@link #stride} said
     * @throws OutOfMemoryError if there is no memory, on the heap or outside
     */
    public static long allocateSlots(Object owner, long stride) {
        return allocateBlock(owner, stride * Slots.count());
    }

    /**
     * {@return the address of a block that is not one slot's or another's}
     *
     * @param owner keeps the memory alive
     * @param bytes how much, positive
     * @throws OutOfMemoryError if there is no memory, on the heap or outside
     */
    public static long allocateBlock(Object owner, long bytes) {
        BlockLease lease = new BlockLease(owner, bytes);
        long address = allocate(owner, lease);
        if (address == 0) {
            lease.clean();
            throw outOfMemory(bytes + " bytes");
        }
        return address;
    }

    /**
     * Gives the pages of memory back before its owner is unreachable. Who still writes there
     * does no harm: the addresses remain the owner's. What is there is undefined afterwards.
     *
     * @param address what {@link #allocateSlots} or {@link #allocateBlock} returned
     * @param bytes   how much
     */
    public static void discard(long address, long bytes) {
        VMServices.discardMemory(address, bytes);
    }

    // Called under no lock that the cleaner wants.
    private static long allocate(Object owner, Lease lease) {
        long address = lease.tryAllocate();
        if (address == 0) {
            try (Reclaimer reclaimer = new Reclaimer()) {
                while (address == 0 && reclaimer.reclaim()) {
                    address = lease.tryAllocate();
                }
            }
        }
        Reference.reachabilityFence(owner);
        return address;
    }

    static OutOfMemoryError outOfMemory(String what) {
        return new OutOfMemoryError("Cannot reserve per-CPU memory for " + what + " with " + Slots.count() + " slots ("
                + Statistics.arenaBytes() + " bytes in " + Statistics.arenas() + " blocks are in use)");
    }

    /** Registered before there is anything to free, so that nothing is lost if that fails. */
    private static final class BlockLease extends PhantomCleanable<Object> implements Lease {

        private final long bytes;
        private volatile long base;

        BlockLease(Object owner, long bytes) {
            super(owner, CleanerFactory.cleaner());
            this.bytes = bytes;
        }

        @Override
        public long tryAllocate() {
            base = VMServices.reserveMemory(bytes);
            return base;
        }

        @Override
        protected void performCleanup() {
            if (base != 0) {
                VMServices.releaseMemory(base, bytes);
            }
        }
    }
}
