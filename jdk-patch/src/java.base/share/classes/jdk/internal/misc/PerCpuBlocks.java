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

package jdk.internal.misc;

/**
 * Blocks of {@link PerCpu#MAX_COPY} bytes, borrowed for one operation. Free ones
 * wait on the slots and are never freed.
 */
public final class PerCpuBlocks {

    private static final Unsafe U = Unsafe.getUnsafe();

    // The link of a free block is before its bytes.
    private static final long HEADER = Long.BYTES;

    // Owns the lists' heads. Blocks are never freed.
    private static final PerCpuBlocks OWNER = new PerCpuBlocks();
    private static final long FREE = PerCpuArena.allocate(OWNER);

    private PerCpuBlocks() {}

    /**
     * {@return the address of a block}
     *
     * @throws OutOfMemoryError if there is no memory
     */
    public static long borrow() {
        long block = PerCpuChain.pop(OWNER, FREE);
        if (block == 0) {
            block = PerCpuChain.takeFromOthers(OWNER, FREE);
            if (block == 0) {
                block = U.allocateMemory(HEADER + PerCpu.MAX_COPY);
            } else if (PerCpuChain.next(block) != 0) {
                long rest = PerCpuChain.next(block);
                PerCpuChain.push(OWNER, FREE, rest, PerCpuChain.last(rest));
            }
        }
        return block + HEADER;
    }

    /**
     * Gives a block back.
     *
     * @param address what {@link #borrow} returned
     */
    public static void giveBack(long address) {
        long block = address - HEADER;
        PerCpuChain.push(OWNER, FREE, block, block);
    }
}
