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

import java.util.Arrays;

import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.ref.UnlistedCleanable;

/**
 * Per-CPU variables, for {@link Memory}.
 *
 * <p>An arena is {@code Slots.count()} strides of zeroed memory and holds nearly as many
 * variables as a stride has longs; a variable costs 8 bytes in each slot. On
 * the heap it costs one {@link VariableLease} of 32 bytes and the 4 bytes of its entry
 * in {@link #leases}, which keeps the lease reachable and tells free variables
 * from used ones. Variables are never padded: two in the same slot belong to
 * the same CPU, and slots are a stride apart.
 *
 * <p>A variable whose owner is unreachable is zeroed, in every slot, by the thread of the
 * common cleaner, and only then available again.
 */
final class Arena {

    private static final Unsafe U = Unsafe.getUnsafe();

    // CPUs compare the lower 12 bits of addresses first when they look for the store that a
    // load depends on. Each section loads its slot's exclusive word, which is where a page
    // starts; so no variable is there, or that load would seem to depend on the store of the
    // section before. On some CPUs each update of such a variable took twice the time then.
    private static final int ALIAS = 4096;
    private static final int VARIABLES_PER_ALIAS = ALIAS / Long.BYTES - 1;

    // Variables in an arena. A lease's id is its arena's number times this, plus the index there.
    private static final long BYTES = Slots.count() * Slots.stride();
    private static final int CAPACITY = (int) (Slots.stride() / ALIAS) * VARIABLES_PER_ALIAS;
    private static final int MAX_ARENAS = Integer.MAX_VALUE / CAPACITY;

    // All below is guarded by the class. Nothing here is made by a static initializer, which could not be tried again.

    // Entries of arenas that were given back are null and used again first.
    private static Arena[] arenas;

    // No arena below this number has a free variable. Low numbers and low indexes are
    // preferred, so that live variables gather in few pages.
    private static int firstWithRoom;

    // Free variables in all arenas.
    private static long available;

    private final VariableLease[] leases = new VariableLease[CAPACITY];
    private long base;
    private int used;

    // Every variable below this index is used.
    private int firstFree;

    private Arena() {}

    /** {@return where a variable is in slot 0} */
    private long address(int index) {
        return base + (long) index / VARIABLES_PER_ALIAS * ALIAS + (index % VARIABLES_PER_ALIAS + 1) * Long.BYTES;
    }

    /** {@return the address of a variable that the lease holds from now on, or 0 if there is no memory} */
    private static long tryAllocate(VariableLease lease) {
        synchronized (Arena.class) {
            int number = arenaWithRoom();
            if (number < 0) {
                return 0;
            }
            Arena arena = arenas[number];
            VariableLease[] leases = arena.leases;
            int index = arena.firstFree;
            while (leases[index] != null) {
                index++;
            }
            // From here on there are no calls and no allocations, which could throw.
            lease.id = number * CAPACITY + index;
            leases[index] = lease;
            arena.firstFree = index + 1;
            arena.used++;
            available--;
            return arena.address(index);
        }
    }

    /** {@return the number of an arena that has a free variable, or -1 if there is no memory for one} */
    private static int arenaWithRoom() {
        int number;
        if (available > 0) {
            number = firstWithRoom;
            while (arenas[number] == null || arenas[number].used == CAPACITY) {
                number++;
            }
        } else {
            number = 0;
            while (arenas != null && number < arenas.length && arenas[number] != null) {
                number++;
            }
            if (!addArena(number)) {
                return -1;
            }
        }
        firstWithRoom = number;
        return number;
    }

    private static boolean addArena(int number) {
        if (number >= MAX_ARENAS) {
            return false;
        }
        if (arenas == null) {
            arenas = new Arena[4];
        } else if (number == arenas.length) {
            arenas = Arrays.copyOf(arenas, Math.min(number * 2, MAX_ARENAS));
        }
        Arena arena = new Arena();
        long base = VMServices.reserveMemory(BYTES);
        if (base == 0) {
            return false;
        }
        // Again no calls.
        arena.base = base;
        arenas[number] = arena;
        available += CAPACITY;
        return true;
    }

    /** Makes a variable available again that nobody can use any more. */
    private static void free(int id) {
        int number = id / CAPACITY;
        int index = id % CAPACITY;
        // The arena stays while this variable counts as used.
        Arena arena;
        synchronized (Arena.class) {
            arena = arenas[number];
        }
        clear(arena.address(index));
        long unusedBase = 0;
        synchronized (Arena.class) {
            arena.leases[index] = null;
            arena.firstFree = Math.min(arena.firstFree, index);
            arena.used--;
            available++;
            firstWithRoom = Math.min(firstWithRoom, number);
            // One with free variables stays, lest the next allocation has to make one again.
            if (arena.used == 0 && available > CAPACITY) {
                arenas[number] = null;
                available -= CAPACITY;
                unusedBase = arena.base;
            }
        }
        if (unusedBase != 0) {
            VMServices.releaseMemory(unusedBase, BYTES);
        }
    }

    /** {@return how many slots have something else than zero in some variable} */
    static int slotsInUse() {
        int inUse = 0;
        for (int slot = 0; slot < Slots.count(); slot++) {
            // Not all slots at once: allocations wait meanwhile.
            synchronized (Arena.class) {
                inUse += isInUse(slot) ? 1 : 0;
            }
        }
        return inUse;
    }

    private static boolean isInUse(int slot) {
        for (int number = 0; arenas != null && number < arenas.length; number++) {
            Arena arena = arenas[number];
            for (int index = 0; arena != null && index < CAPACITY; index++) {
                if (arena.leases[index] != null && Slots.get(slot, arena.address(index)) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Zeroes a variable in all slots, without making pages resident that were never written. */
    private static void clear(long address) {
        for (int slot = 0; slot < Slots.count(); slot++) {
            long copy = Slots.address(address, slot);
            if (U.getLong(copy) != 0) {
                U.putLong(copy, 0);
            }
        }
    }

    /** Holds one variable. */
    static final class VariableLease extends UnlistedCleanable<Object> implements Memory.Lease {

        // Negative while it holds no variable: an allocation that failed leaves such a
        // lease behind, and a collector may still enqueue it.
        private int id = -1;

        VariableLease(Object owner) {
            super(owner, CleanerFactory.cleaner());
        }

        @Override
        public long tryAllocate() {
            return Arena.tryAllocate(this);
        }

        @Override
        public void clean() {
            if (id >= 0) {
                free(id);
            }
        }
    }
}
