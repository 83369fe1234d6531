/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.
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

package percpu.micro;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The usual way: one stack of data for all threads, a block of memory and an index, guarded by a monitor. */
final class SynchronizedDataStack {
    private final long elementSize;
    private final int capacity;
    private final MemorySegment elements;
    private int size;

    // So that two of them in a row share no cache line.
    @SuppressWarnings("unused")
    private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    SynchronizedDataStack(int elementSize, int capacity) {
        this.elementSize = elementSize;
        this.capacity = capacity;
        elements = Arena.ofAuto().allocate((long) elementSize * capacity, Long.BYTES);
    }

    synchronized boolean push(MemorySegment source) {
        if (size == capacity) {
            return false;
        }
        MemorySegment.copy(source, 0, elements, size * elementSize, elementSize);
        size++;
        return true;
    }

    synchronized boolean pop(MemorySegment destination) {
        if (size == 0) {
            return false;
        }
        size--;
        MemorySegment.copy(elements, size * elementSize, destination, 0, elementSize);
        return true;
    }

    synchronized int size() {
        return size;
    }
}
