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

import jdk.internal.misc.Unsafe;

/** Blocks of {@link Rseq#MAX_COPY} bytes, borrowed for one operation. They are never freed. */
public final class Blocks extends FreeList {

    private static final Unsafe U = Unsafe.getUnsafe();

    // The link of a free block is before its bytes.
    private static final long HEADER = Long.BYTES;

    // Made when it is first needed; what fails then can be tried again.
    private static volatile Blocks instance;

    private Blocks() {}

    private static Blocks instance() {
        Blocks blocks = instance;
        if (blocks == null) {
            synchronized (Blocks.class) {
                blocks = instance;
                if (blocks == null) {
                    blocks = new Blocks();
                    instance = blocks;
                }
            }
        }
        return blocks;
    }

    @Override
    protected long grow() {
        long block = U.allocateMemory(HEADER + Rseq.MAX_COPY);
        Chain.link(block, 0);
        return block;
    }

    /**
     * {@return the address of a block}
     *
     * @throws OutOfMemoryError if there is no memory
     */
    public static long borrow() {
        return instance().take() + HEADER;
    }

    /**
     * Ends {@link #borrow}.
     *
     * @param address what it returned
     */
    public static void giveBackBlock(long address) {
        instance().giveBack(address - HEADER);
    }
}
