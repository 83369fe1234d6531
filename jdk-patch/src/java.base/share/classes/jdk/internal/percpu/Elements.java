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

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Variables that are the elements of an array, seven in a group, as a section expects
 * them. Slots are a stride apart, so what one slot has of an array is cut into <i>parts</i>, each
 * of them in one arena:
 * {@snippet lang="text" :
 * word       X 0 1 2 3 4 5 6 X 7 8 9 ...        X is an exclusive word
 * element i  is i + i / 7 words behind element 0, as if the parts were one
 * }
 * All but the last part have {@code Arena.GROUPS} groups, and so an arena for themselves. All
 * belong to the same owner. Indexes are not checked.
 */
public final class Elements {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final int PART_BYTES = Arena.GROUPS * Arena.GROUP_BYTES;
    private static final int PART_SHIFT = Integer.numberOfTrailingZeros(PART_BYTES);

    // 2^32 / 7, rounded up: i times this, shifted right by 32, is i / 7 for all i below 2^32 / 3, as seven times this is
    // 2^32 + 3. With i / 7 an addition took 1.4 times as long.
    private static final long ONE_OF_GROUP = Math.ceilDiv(1L << Integer.SIZE, Arena.IN_GROUP);

    // Each may take 4 GB of address space. The last that is to be had would be missed by all others in the process.
    private static final int MOST_PARTS = 1 << 13;

    /** How many elements an array may have. */
    public static final int MAX_LENGTH = MOST_PARTS * Arena.GROUPS * Arena.IN_GROUP;

    private Elements() {}

    /**
     * {@return the address in slot 0 of each part's first element} All elements are zero in all
     * slots.
     *
     * @param owner  keeps the variables alive
     * @param length how many elements, not negative
     * @throws OutOfMemoryError if there is no memory, on the heap or outside, or {@code length} is
     *         above {@link #MAX_LENGTH}; parts that were there already are freed with the owner
     */
    public static long[] allocate(Object owner, int length) {
        if (length > MAX_LENGTH) {
            throw Memory.outOfMemory(length + " elements");
        }
        int groups = Math.ceilDiv(length, Arena.IN_GROUP);
        long[] parts = new long[Math.ceilDiv(groups, Arena.GROUPS)];
        for (int part = 0; part < parts.length; part++) {
            parts[part] = Memory.allocateGroups(owner, Math.min(groups, Arena.GROUPS));
            groups -= Arena.GROUPS;
        }
        return parts;
    }

    /**
     * {@return the address of an element} For operations to which the owner is an input.
     *
     * @param parts what {@link #allocate} returned
     * @param i     the element
     */
    @ForceInline
    public static long address(long[] parts, int i) {
        long distance = distance(i);
        return parts[(int) (distance >>> PART_SHIFT)] + (distance & PART_BYTES - 1);
    }

    /**
     * {@return the address of an element} For other operations, as {@link Stripes} says: read with
     * opaque mode.
     *
     * @param parts what {@link #allocate} returned
     * @param i     the element
     */
    @ForceInline
    public static long pinnedAddress(long[] parts, int i) {
        long distance = distance(i);
        return pinned(parts, (int) (distance >>> PART_SHIFT)) + (distance & PART_BYTES - 1);
    }

    @ForceInline
    private static long distance(int i) {
        return (i + (i * ONE_OF_GROUP >>> Integer.SIZE)) * Long.BYTES;
    }

    @ForceInline
    private static long pinned(long[] parts, int part) {
        return U.getLongOpaque(parts, Unsafe.ARRAY_LONG_BASE_OFFSET + (long) part * Unsafe.ARRAY_LONG_INDEX_SCALE);
    }

    /**
     * Adds each element's slots to a number, each read with opaque mode; no snapshot.
     *
     * @param owner  keeps the variables alive
     * @param parts  what {@link #allocate} returned for it
     * @param length how many elements
     * @param sums   the numbers, {@code length} at least
     */
    public static void addSums(Object owner, long[] parts, int length, long[] sums) {
        for (int slot = 0; slot < Slots.count(); slot++) {
            // Pages in the order of addresses, and each once.
            int i = 0;
            for (int part = 0; i < length; part++) {
                long group = Slots.address(pinned(parts, part), slot);
                int end = Math.min(length - i, Arena.GROUPS * Arena.IN_GROUP) + i;
                for (; i < end; group += Arena.GROUP_BYTES) {
                    for (int e = 0; e < Arena.IN_GROUP && i < end; e++) {
                        sums[i++] += U.getLongOpaque(null, group + (long) e * Long.BYTES);
                    }
                }
            }
        }
        Reference.reachabilityFence(owner);
    }
}
