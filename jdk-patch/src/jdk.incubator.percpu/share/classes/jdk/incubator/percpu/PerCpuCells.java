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
import java.util.function.Consumer;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Chain;
import jdk.internal.percpu.FreeList;
import jdk.internal.percpu.Memory;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Places for objects that critical sections pass around. A section cannot store a
 * reference: collectors want barriers around that, and they move objects. So it
 * passes the address of a cell, and the reference is in an array on the heap, at
 * the index that the cell has. Whoever holds a cell has that array element alone
 * and reads and writes it as any other, with all the barriers that the collector
 * wants.
 *
 * <p>A cell is outside of the heap, 16 bytes: the link of {@link Chain}, by
 * which structures and the free list link it, so that pushing an element makes no
 * object; and its index. Free cells are empty: they refer to nothing. Who puts an
 * element into a cell and cannot hand it over has to take it out again without a call,
 * for which there may be no stack.
 */
final class PerCpuCells extends FreeList {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final long INDEX = 8;
    static final int CELL_BYTES = 16;

    private static final int CHUNK_SHIFT = 10;
    static final int CHUNK = 1 << CHUNK_SHIFT;

    // Cells that are linked one after the other are so far apart in their chunk: they are what two CPUs are likely
    // to use at the same time, and neither the cells nor their elements should share a cache line then.
    private static final int APART = 128;

    // Elements at both ends of an array are not used: who reads or writes any element reads the array's length and
    // class too, and those should not share a cache line with what others write.
    static final int MARGIN = 32;

    // By chunks, so that an element never moves. Copied when it grows, guarded by this.
    volatile Object[][] elements = new Object[0][];

    // Where the cells of each chunk are. Written before elements.
    long[] bases = new long[0];

    /** {@return the array in which a cell's element is, at its {@link #index}} */
    @ForceInline
    Object[] array(long cell) {
        return elements[U.getInt(cell + INDEX) >>> CHUNK_SHIFT];
    }

    /** {@return where in its array a cell's element is} */
    @ForceInline
    int index(long cell) {
        return MARGIN + (U.getInt(cell + INDEX) & CHUNK - 1);
    }

    /** {@return what a cell holds} Null if it is free, or was made free meanwhile. */
    @ForceInline
    Object get(long cell) {
        return array(cell)[index(cell)];
    }

    /** Empties a cell. */
    @ForceInline
    Object clear(long cell) {
        Object[] array = array(cell);
        int index = index(cell);
        Object element = array[index];
        array[index] = null;
        return element;
    }

    /**
     * Calls an action for the elements of linked cells, and makes the cells free.
     *
     * @param first  the first cell, or 0
     * @param action what to do with each element. If it throws, it is called for the others
     *               all the same, and what it threw first is thrown at the end
     * @return how many elements there were
     */
    @SuppressWarnings("unchecked")
    <E> int consume(long first, Consumer<? super E> action) {
        int count = 0;
        Throwable thrown = null;
        long last = 0;
        for (long cell = first; cell != 0; cell = Chain.next(cell)) {
            last = cell;
            count++;
            try {
                action.accept((E) clear(cell));
            } catch (Throwable t) {
                thrown = firstOf(thrown, t);
            }
        }
        if (count != 0) {
            try {
                giveBack(first, last);
            } catch (StackOverflowError error) {
                // What the action has thrown is worth more than the cells.
            }
        }
        if (thrown != null) {
            throwAny(thrown);
        }
        return count;
    }

    /** Adds to what was thrown first. */
    static void suppress(Throwable thrown, Throwable another) {
        try {
            thrown.addSuppressed(another);
        } catch (OutOfMemoryError | StackOverflowError error) {
            // The other elements are worth more.
        }
    }

    /** {@return what was thrown first} The other is added to it; there may have been none before. */
    static Throwable firstOf(Throwable thrown, Throwable another) {
        if (thrown == null) {
            return another;
        }
        if (thrown != another) {
            suppress(thrown, another);
        }
        return thrown;
    }

    /** Throws what an action has thrown. */
    @SuppressWarnings("unchecked")
    static <X extends Throwable> void throwAny(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /**
     * {@return cells, one for each element, which is in it} There is stack for two
     * transactions.
     *
     * @throws OutOfMemoryError   if there is no memory; nothing has changed then
     * @throws StackOverflowError likewise
     */
    long[] fill(Object[] all) {
        long[] filled = new long[all.length];
        int count = 0;
        try {
            for (; count < all.length; count++) {
                long cell = take();
                array(cell)[index(cell)] = all[count];
                filled[count] = cell;
            }
        } catch (Throwable t) {
            empty(filled, 0, count);
            throw t;
        }
        return filled;
    }

    /** Empties some of such cells and makes them free. */
    void empty(long[] filled, int from, int to) {
        for (int i = from; i < to; i++) {
            clear(filled[i]);
            giveBack(filled[i]);
        }
    }

    // The first of a chunk of new cells.
    @Override
    protected long grow() {
        Object[][] old = elements;
        if (old.length == 1 << 31 - CHUNK_SHIFT) {
            throw new OutOfMemoryError("A per-CPU structure holds 2^31 elements");
        }
        // All that can fail comes first.
        Object[][] grown = Arrays.copyOf(old, old.length + 1);
        grown[old.length] = new Object[MARGIN + CHUNK + MARGIN];
        long[] grownBases = Arrays.copyOf(bases, old.length + 1);
        long base = Memory.allocateBlock(this, CHUNK * CELL_BYTES);
        grownBases[old.length] = base;
        for (int i = 0; i < CHUNK; i++) {
            long cell = base + (long) place(i) * CELL_BYTES;
            U.putInt(cell + INDEX, (old.length << CHUNK_SHIFT) + place(i));
            Chain.link(cell, i + 1 < CHUNK ? base + (long) place(i + 1) * CELL_BYTES : 0);
        }
        bases = grownBases;
        elements = grown;
        return base;
    }

    /** {@return where in a chunk the i-th cell is of those that are linked} The first is the first. */
    private static int place(int i) {
        int streams = CHUNK / APART;
        return i % streams * APART + i / streams;
    }
}
