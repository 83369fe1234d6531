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

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteOrder;

import io.netty.buffer.AbstractByteBufTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Netty's own tests of buffers, of each kind that it has tests of for its own allocators. */
class NettyByteBufTest {

    private static final ByteBufAllocator ALLOCATOR = PerCpuByteBufAllocator.create(true);

    private abstract static class OfAllocator extends AbstractByteBufTest {
        private final boolean direct;
        private final ByteOrder order;

        OfAllocator(boolean direct, ByteOrder order) {
            this.direct = direct;
            this.order = order;
        }

        @Override
        @SuppressWarnings("deprecation")
        protected ByteBuf newBuffer(int capacity, int maxCapacity) {
            ByteBuf made = direct ? ALLOCATOR.directBuffer(capacity, maxCapacity)
                    : ALLOCATOR.heapBuffer(capacity, maxCapacity);
            ByteBuf buffer = made.order(order);
            assertEquals(order, buffer.order());
            assertEquals(0, buffer.writerIndex());
            assertEquals(direct, buffer.isDirect());
            return buffer;
        }

        // As Netty's own pooled buffers have it: the whole chunk is fast, up to the greatest capacity.
        @Override
        @Test
        public void testMaxFastWritableBytes() {
            ByteBuf buffer = newBuffer(150, 500).writerIndex(100);
            assertEquals(50, buffer.writableBytes());
            assertEquals(400, buffer.maxWritableBytes());
            assertEquals(272 - 100, buffer.maxFastWritableBytes());
            buffer.writeBytes(new byte[272 - 100]);
            assertEquals(0, buffer.maxFastWritableBytes());
            // The next chunk has 544.
            buffer.writeByte(7);
            assertEquals(500 - 273, buffer.maxFastWritableBytes());
            assertEquals(7, buffer.getByte(272));
            buffer.release();
        }
    }

    @Nested
    class BigEndianHeapTest extends OfAllocator {
        BigEndianHeapTest() {
            super(false, ByteOrder.BIG_ENDIAN);
        }
    }

    @Nested
    class BigEndianDirectTest extends OfAllocator {
        BigEndianDirectTest() {
            super(true, ByteOrder.BIG_ENDIAN);
        }
    }

    @Nested
    class LittleEndianHeapTest extends OfAllocator {
        LittleEndianHeapTest() {
            super(false, ByteOrder.LITTLE_ENDIAN);
        }
    }

    @Nested
    class LittleEndianDirectTest extends OfAllocator {
        LittleEndianDirectTest() {
            super(true, ByteOrder.LITTLE_ENDIAN);
        }
    }
}
