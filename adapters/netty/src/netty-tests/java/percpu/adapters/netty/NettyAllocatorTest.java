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

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.AbstractByteBufAllocatorTest;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** Netty's own tests of an allocator. */
class NettyAllocatorTest extends AbstractByteBufAllocatorTest<PerCpuByteBufAllocator> {

    @Override
    protected PerCpuByteBufAllocator newAllocator(boolean preferDirect) {
        return (PerCpuByteBufAllocator) PerCpuByteBufAllocator.create(preferDirect);
    }

    @Override
    protected PerCpuByteBufAllocator newUnpooledAllocator() {
        return newAllocator(false);
    }

    // The chunks it had: it grows from one to the other, and keeps both.
    @Override
    protected long expectedUsedMemory(PerCpuByteBufAllocator allocator, int capacity) {
        return capacity == 1024 ? 1088 : 1088 + 2176;
    }

    @Override
    protected long expectedUsedMemoryAfterRelease(PerCpuByteBufAllocator allocator, int capacity) {
        return 1088 + 2176;
    }

    // Each allocator of Netty says here what class its buffers are of.
    @Override
    @Test
    public void testUnsafeHeapBufferAndUnsafeDirectBuffer() {
        PerCpuByteBufAllocator allocator = newUnpooledAllocator();
        ByteBuf direct = allocator.directBuffer();
        assertInstanceOf(direct, PerCpuByteBuf.class);
        assertTrue(direct.isDirect());
        direct.release();
        ByteBuf heap = allocator.heapBuffer();
        assertInstanceOf(heap, PerCpuByteBuf.class);
        assertFalse(heap.isDirect());
        heap.release();
    }

    @Override
    @Test
    @Disabled("wants buffers of 1 MB kept; what is larger than 68 KB is not")
    public void shouldReuseChunks() {
    }
}
