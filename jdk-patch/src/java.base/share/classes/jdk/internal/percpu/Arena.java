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
 * <p>An arena is a stride of zeroed memory for each slot. In each slot it consists of
 * groups of 64 bytes: an exclusive word, which {@link ExclusiveUse} sets, and seven
 * variables. A variable costs about 9 bytes in each slot. On the heap it costs one
 * {@link Lease} of 32 bytes and the 4 bytes of its entry in {@link #leases}, which keeps
 * the lease reachable and tells free variables from used ones. Variables are never padded:
 * two in the same slot belong to the same CPU, and slots are a stride apart.
 *
 * <p>Who uses more than one variable in one section, or wants to use its variables
 * exclusively without keeping others off theirs, leases a whole group, or a run of
 * consecutive ones. Arenas of groups and arenas of single variables are kept apart.
 *
 * <p>A variable whose owner is unreachable is zeroed, in every slot, by the thread of the
 * common cleaner, and only then available again.
 */
final class Arena {

    private static final Unsafe U = Unsafe.getUnsafe();

    /** How many variables a group has. */
    static final int IN_GROUP = 7;

    // The first word of a group is the exclusive word.
    static final int GROUP_BYTES = (IN_GROUP + 1) * Long.BYTES;

    /** How many groups an arena has, and the longest run. A power of two. */
    static final int GROUPS = (int) (Slots.stride() / GROUP_BYTES);

    /** Arenas that are leased in parts of one size. */
    static final class Pool {

        // Variables in one unit: 1 or IN_GROUP. A lease has a unit, or a run of them.
        private final int size;

        // Units of an arena. A lease's id is its arena's number times this, plus the index of its first unit there.
        private final int capacity;
        private final int maxArenas;

        // Where slot 0 of each arena is, by number; null if nobody asks.
        private final long[] slot0s;

        // All below is guarded by this. Entries of arenas that were given back are null and used again first.
        private Arena[] arenas;

        // No arena below this number has room. Low numbers and low indexes are preferred, so that live variables gather
        // in few pages.
        private int firstWithRoom;

        // Free units in all arenas.
        private long available;

        Pool(int size) {
            this.size = size;
            capacity = GROUPS * IN_GROUP / size;
            maxArenas = Integer.MAX_VALUE / capacity;
            slot0s = null;
        }

        /** For variables that are named by the number of their arena and the offset there. */
        Pool(int size, int maxArenas) {
            this.size = size;
            capacity = GROUPS * IN_GROUP / size;
            this.maxArenas = maxArenas;
            slot0s = new long[maxArenas];
        }

        /** {@return where slot 0 of each arena is, by number} For {@link #Pool(int, int)}. */
        long[] slot0s() {
            return slot0s;
        }

        /** {@return the address of what the lease holds from now on, or 0 if there is no memory} */
        private synchronized long tryAllocate(Lease lease) {
            int count = lease.count();
            int number = count == 1 ? arenaWithRoom() : arenaWithRun(count);
            if (number < 0) {
                return 0;
            }
            Arena arena = arenas[number];
            int index = size == 1 ? arena.findOne() : arena.findRun(count);
            // From here on there are no calls and no allocations, which could throw.
            lease.id = number * capacity + index;
            arena.leases[index] = lease;
            if (index == arena.firstFree) {
                arena.firstFree = index + count;
            }
            arena.used += count;
            available -= count;
            return arena.address(index);
        }

        /** {@return the number of an arena that has room, or -1 if there is no memory for one} */
        private int arenaWithRoom() {
            int number;
            if (available > 0) {
                number = firstWithRoom;
                while (arenas[number] == null || arenas[number].used == capacity) {
                    number++;
                }
            } else {
                number = firstUnused();
                if (!addArena(number)) {
                    return -1;
                }
            }
            firstWithRoom = number;
            return number;
        }

        /** As {@link #arenaWithRoom}, for so many units in a row. */
        private int arenaWithRun(int count) {
            for (int number = firstWithRoom; available >= count && number < arenas.length; number++) {
                if (arenas[number] != null && arenas[number].findRun(count) >= 0) {
                    return number;
                }
            }
            int number = firstUnused();
            if (!addArena(number)) {
                return -1;
            }
            firstWithRoom = Math.min(firstWithRoom, number);
            return number;
        }

        private int firstUnused() {
            int number = 0;
            while (arenas != null && number < arenas.length && arenas[number] != null) {
                number++;
            }
            return number;
        }

        private boolean addArena(int number) {
            if (number >= maxArenas) {
                return false;
            }
            if (arenas == null) {
                arenas = new Arena[4];
            } else if (number == arenas.length) {
                arenas = Arrays.copyOf(arenas, Math.min(number * 2, maxArenas));
            }
            Arena arena = new Arena(size, capacity);
            long slot0 = VMServices.reserveArena();
            if (slot0 == 0) {
                return false;
            }
            // Again no calls.
            arena.slot0 = slot0;
            arenas[number] = arena;
            if (slot0s != null) {
                slot0s[number] = slot0;
            }
            available += capacity;
            return true;
        }

        /** Makes what a lease held available again, which nobody can use any more. */
        private void free(Lease lease) {
            int count = lease.count();
            int number = lease.id / capacity;
            int index = lease.id % capacity;
            // The arena stays while this counts as used.
            Arena arena;
            synchronized (this) {
                arena = arenas[number];
            }
            // Many pages, perhaps, and most of them never written: sooner unmapped than looked through.
            boolean whole = count == capacity;
            if (!whole) {
                clear(arena, index, count);
            }
            long unused = 0;
            synchronized (this) {
                arena.leases[index] = null;
                arena.firstFree = Math.min(arena.firstFree, index);
                arena.used -= count;
                available += count;
                firstWithRoom = Math.min(firstWithRoom, number);
                // One with room stays, lest the next allocation has to make one again.
                if (arena.used == 0 && (whole || available > capacity)) {
                    arenas[number] = null;
                    available -= capacity;
                    unused = arena.slot0;
                }
            }
            if (unused != 0) {
                VMServices.releaseArena(unused);
            }
        }

        // Of whole groups the exclusive words, too. That of a structure may still be set: sections were to be let in
        // later, or it was closed.
        private void clear(Arena arena, int index, int count) {
            long address = arena.address(index);
            if (size == IN_GROUP) {
                Arena.clear(exclusiveWord(address), (long) count * GROUP_BYTES);
            } else {
                Arena.clear(address, Long.BYTES);
            }
        }

        /** {@return whether some variable in use has something else than zero in the slot} */
        private synchronized boolean isInUse(int slot) {
            for (int number = 0; arenas != null && number < arenas.length; number++) {
                if (arenas[number] != null && arenas[number].isInUse(slot)) {
                    return true;
                }
            }
            return false;
        }

        /** {@return the locks for the exclusive use of a variable} Made when they are first needed. */
        synchronized ExclusiveUse exclusiveUse(long address) {
            for (Arena arena : arenas) {
                long distance = arena == null ? -1 : address - arena.slot0;
                if (distance >= 0 && distance < Slots.stride()) {
                    int group = (int) (distance / GROUP_BYTES);
                    int index = (int) (distance % GROUP_BYTES) / Long.BYTES - 1;
                    if (arena.uses == null) {
                        arena.uses = new ExclusiveUse[GROUPS][];
                    }
                    if (arena.uses[group] == null) {
                        arena.uses[group] = new ExclusiveUse[IN_GROUP];
                    }
                    ExclusiveUse use = arena.uses[group][index];
                    return use != null ? use : new ExclusiveUse(address, arena.uses[group], index);
                }
            }
            throw new AssertionError("no variable is at " + Long.toHexString(address));
        }
    }

    static final Pool VARIABLES = new Pool(1);
    static final Pool WHOLE_GROUPS = new Pool(IN_GROUP);

    /** Of single variables whose exclusive words nobody sets but {@link Accumulations#take}. */
    static final Pool ACCUMULATIONS = new Pool(1);
    static final Pool ADDERS = new Pool(1, Adders.MAX_ARENAS);

    private final int size;
    // By a lease's first unit. The others of a run have null here, too.
    private final Lease[] leases;
    // By group, and there by variable.
    private ExclusiveUse[][] uses;
    private long slot0;
    private int used;

    // Every unit below this index is used.
    private int firstFree;

    private Arena(int size, int capacity) {
        this.size = size;
        leases = new Lease[capacity];
    }

    /** {@return where the variables of a unit begin in slot 0} */
    private long address(int index) {
        int variable = index * size;
        return slot0 + (long) variable / IN_GROUP * GROUP_BYTES + (variable % IN_GROUP + 1) * Long.BYTES;
    }

    /** {@return the first free unit, where there is one and there are no runs} Looks at no lease. Guarded by the pool. */
    private int findOne() {
        int index = firstFree;
        while (leases[index] != null) {
            index++;
        }
        return index;
    }

    /** {@return the first of so many free units in a row, or -1} Guarded by the pool. */
    private int findRun(int count) {
        int first = firstFree;
        int index = first;
        while (index - first < count) {
            if (index >= leases.length) {
                return -1;
            }
            Lease lease = leases[index];
            if (lease == null) {
                index++;
            } else {
                index += lease.count();
                first = index;
            }
        }
        return first;
    }

    // Guarded by the pool.
    private boolean isInUse(int slot) {
        for (int index = 0; index < leases.length; index++) {
            Lease lease = leases[index];
            // Units of a run after its first have their turn with it.
            for (int unit = 0; lease != null && unit < lease.count(); unit++) {
                for (int i = 0; i < size; i++) {
                    if (Slots.get(slot, address(index + unit) + (long) i * Long.BYTES) != 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** {@return where the exclusive word of a variable is in slot 0} */
    static long exclusiveWord(long address) {
        return address & -GROUP_BYTES;
    }

    /** {@return how many slots have something else than zero in some variable} Not asked of adders. */
    static int slotsInUse() {
        int inUse = 0;
        for (int slot = 0; slot < Slots.count(); slot++) {
            // Not all slots at once: allocations wait meanwhile.
            inUse += VARIABLES.isInUse(slot) || WHOLE_GROUPS.isInUse(slot) || ACCUMULATIONS.isInUse(slot) ? 1 : 0;
        }
        return inUse;
    }

    /** Zeroes words in all slots, without making pages resident that were never written. */
    private static void clear(long address, long bytes) {
        for (int slot = 0; slot < Slots.count(); slot++) {
            long copy = Slots.address(address, slot);
            for (long i = 0; i < bytes; i += Long.BYTES) {
                if (U.getLong(copy + i) != 0) {
                    U.putLong(copy + i, 0);
                }
            }
        }
    }

    /** Holds one variable or group. */
    static sealed class Lease extends UnlistedCleanable<Object> implements Memory.Lease permits Run {

        private final Pool pool;

        // Negative while it holds nothing: an allocation that failed leaves such a lease
        // behind, and a collector may still enqueue it.
        private int id = -1;

        Lease(Object owner, Pool pool) {
            super(owner, CleanerFactory.cleaner());
            this.pool = pool;
        }

        @Override
        public long tryAllocate() {
            return pool.tryAllocate(this);
        }

        /** {@return how many units it is for} */
        int count() {
            return 1;
        }

        /** {@return the number of the arena, after an allocation} */
        int arena() {
            return id / pool.capacity;
        }

        @Override
        public void clean() {
            if (id >= 0) {
                pool.free(this);
                if (pool == ADDERS) {
                    VMServices.countAdders(-1);
                }
            }
        }
    }

    /** Holds consecutive groups. */
    static final class Run extends Lease {

        private final int count;

        /** For so many groups, {@link #GROUPS} at most. */
        Run(Object owner, int count) {
            super(owner, WHOLE_GROUPS);
            this.count = count;
        }

        @Override
        int count() {
            return count;
        }
    }
}
