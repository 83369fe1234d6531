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

package percpu.adapters.netty;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.util.internal.CleanableDirectBuffer;
import io.netty.util.internal.PlatformDependent;

import percpu.adapters.common.Pool;

/** Memory of one size, which a pool keeps, and the buffer that shows it. A buffer that grows changes its chunk. */
final class Chunk {

    final Chunks chunks;
    final int size;
    final ByteBuffer memory;

    // Null if it is outside of the heap.
    final byte[] array;

    // Never null.
    PerCpuByteBuf buffer;

    // Null if no pool keeps it.
    private final Pool<Chunk> pool;
    private final Object entry;

    // Null if it is on the heap.
    private final CleanableDirectBuffer direct;

    private ByteBuffer view;

    Chunk(Chunks chunks, Pool<Chunk> pool, Object entry, int size) {
        this.chunks = chunks;
        this.pool = pool;
        this.entry = entry;
        this.size = size;
        // First: if there is no memory for it, or no stack, no memory outside of the heap is left without an owner.
        PerCpuByteBuf shown = new PerCpuByteBuf();
        if (chunks.direct) {
            array = null;
            // Freed at once, also where that is dear.
            direct = PlatformDependent.allocateDirect(size, true);
            memory = direct.buffer();
        } else {
            array = new byte[size];
            direct = null;
            memory = ByteBuffer.wrap(array);
        }
        shown.show(this);
    }

    void release() {
        if (pool != null) {
            pool.release(entry);
        } else {
            chunks.unpooled.add(-size);
            free();
        }
    }

    void free() {
        if (direct != null) {
            direct.clean();
        }
    }

    boolean hasAddress() {
        return direct != null && direct.hasMemoryAddress();
    }

    long address() {
        if (!hasAddress()) {
            throw new UnsupportedOperationException();
        }
        return direct.memoryAddress();
    }

    /** For who has the buffer, until it calls this again. */
    ByteBuffer view(int index, int length) {
        if (view == null) {
            view = memory.duplicate();
        }
        return view.order(ByteOrder.BIG_ENDIAN).limit(index + length).position(index);
    }
}
