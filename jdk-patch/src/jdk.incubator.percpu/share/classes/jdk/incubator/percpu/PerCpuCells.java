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

import java.util.Arrays;

import jdk.internal.misc.PerCpuArena;
import jdk.internal.misc.PerCpuChain;
import jdk.internal.misc.PerCpuMemory;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * Places for objects that critical sections pass around. A section cannot store a
 * reference: collectors want barriers around that, and they move objects. So it
 * passes the address of a cell, and the reference is in an array on the heap, at
 * the index that the cell has. Whoever holds a cell has that array element alone
 * and reads and writes it as any other, with all the barriers that the collector
 * wants.
 *
 * <p>A cell is outside of the heap, 16 bytes: the link of {@link PerCpuChain}, by
 * which structures and the free list link it, so that pushing an element makes no
 * object; and its index. Free cells wait on the slots, refer to nothing, and are
 * used again by whoever runs there.
 */
final class PerCpuCells {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final long INDEX = 8;
    private static final int CELL_BYTES = 16;

    private static final int CHUNK_SHIFT = 10;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    // Cells that are linked one after the other are so far apart in their chunk: they are what two CPUs are likely
    // to use at the same time, and neither the cells nor their elements should share a cache line then.
    private static final int APART = 128;

    // Elements at both ends of an array are not used: who reads or writes any element reads the array's length and
    // class too, and those should not share a cache line with what others write.
    private static final int MARGIN = 32;

    // The variable with each slot's first free cell.
    @Stable
    private final long free;

    // By chunks, so that an element never moves. Copied when it grows, guarded by this.
    private volatile Object[][] elements = new Object[0][];

    PerCpuCells() {
        jdk.internal.misc.PerCpu.prepare();
        free = PerCpuArena.allocate(this);
    }

    /**
     * {@return a cell that holds the element}
     *
     * @throws OutOfMemoryError if there is no memory, on the heap or outside;
     *         nothing has changed then
     */
    @ForceInline
    long acquire(Object element) {
        long cell = PerCpuChain.pop(this, free);
        if (cell == 0) {
            cell = refill();
        }
        set(cell, element);
        return cell;
    }

    /** Empties a cell that nobody else has, and makes it free. */
    @ForceInline
    Object release(long cell) {
        Object element = clear(cell);
        try {
            PerCpuChain.push(this, free, cell, cell);
        } catch (StackOverflowError e) {
            // The element is worth more than its cell.
        }
        return element;
    }

    /** Makes cells free that are empty already, on a slot that the caller has exclusively. */
    void releaseAll(int slot, long first, long last) {
        PerCpuChain.pushPlainly(slot, free, first, last);
    }

    @ForceInline
    private void set(long cell, Object element) {
        int index = U.getInt(cell + INDEX);
        elements[index >>> CHUNK_SHIFT][MARGIN + (index & CHUNK - 1)] = element;
    }

    /** {@return what a cell holds} Null if it is free, or was made free meanwhile. */
    @ForceInline
    Object get(long cell) {
        int index = U.getInt(cell + INDEX);
        return elements[index >>> CHUNK_SHIFT][MARGIN + (index & CHUNK - 1)];
    }

    /** Empties a cell. */
    Object clear(long cell) {
        Object element = get(cell);
        set(cell, null);
        return element;
    }

    /** {@return a free cell: another slot's, with more for this slot, or a new one} */
    private long refill() {
        long cell = PerCpuChain.takeFromOthers(this, free);
        if (cell == 0) {
            cell = grow();
        }
        long rest = PerCpuChain.next(cell);
        if (rest != 0) {
            PerCpuChain.push(this, free, rest, PerCpuChain.last(rest));
        }
        return cell;
    }

    /** {@return the first of a chunk of new cells, linked} */
    private synchronized long grow() {
        Object[][] old = elements;
        if (old.length == 1 << 31 - CHUNK_SHIFT) {
            throw new OutOfMemoryError("A per-CPU structure holds 2^31 elements");
        }
        // All that can fail comes first.
        Object[][] grown = Arrays.copyOf(old, old.length + 1);
        grown[old.length] = new Object[MARGIN + CHUNK + MARGIN];
        long base = PerCpuMemory.allocateBlock(this, CHUNK * CELL_BYTES);
        for (int i = 0; i < CHUNK; i++) {
            long cell = base + (long) place(i) * CELL_BYTES;
            U.putInt(cell + INDEX, (old.length << CHUNK_SHIFT) + place(i));
            PerCpuChain.link(cell, i + 1 < CHUNK ? base + (long) place(i + 1) * CELL_BYTES : 0);
        }
        elements = grown;
        return base;
    }

    /** {@return where in a chunk the i-th cell is of those that are linked} The first is the first. */
    private static int place(int i) {
        int streams = CHUNK / APART;
        return i % streams * APART + i / streams;
    }
}
