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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.NettyRuntime;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counting;

/** The contract of an allocator, sizes, what is kept, and the metric. */
class PerCpuByteBufAllocatorTest {

    private static final int[] SIZES = {272, 544, 1088, 2176, 4352, 8704, 17408, 34816, 69632};

    private final ByteBufAllocator allocator = PerCpuByteBufAllocator.create(true);

    private static ByteBuf make(ByteBufAllocator allocator, boolean direct, int capacity, int maxCapacity) {
        return direct ? allocator.directBuffer(capacity, maxCapacity) : allocator.heapBuffer(capacity, maxCapacity);
    }

    private static ByteBuf make(ByteBufAllocator allocator, boolean direct, int capacity) {
        return make(allocator, direct, capacity, Integer.MAX_VALUE);
    }

    private static long used(PerCpuByteBufAllocator ours, boolean direct) {
        return direct ? ours.usedDirectMemory() : ours.usedHeapMemory();
    }

    private static long idle(PerCpuByteBufAllocator ours, boolean direct) {
        return direct ? ours.idleDirectMemory() : ours.idleHeapMemory();
    }

    @Test
    void isTheLibrarysOwnElse() {
        if (Counting.isPerCpu()) {
            assertInstanceOf(PerCpuByteBufAllocator.class, allocator);
            assertInstanceOf(PerCpuByteBufAllocator.class, PerCpuByteBufAllocator.shared());
            assertNotSame(PerCpuByteBufAllocator.shared(), allocator);
        } else {
            assertInstanceOf(AdaptiveByteBufAllocator.class, allocator);
            assertSame(ByteBufAllocator.DEFAULT, PerCpuByteBufAllocator.shared());
        }
        assertSame(PerCpuByteBufAllocator.shared(), PerCpuByteBufAllocator.shared());
        assertInstanceOf(AbstractByteBufAllocator.class, allocator);
        assertInstanceOf(ByteBufAllocatorMetricProvider.class, allocator);
        assertThrows(IllegalArgumentException.class, () -> PerCpuByteBufAllocator.create(true, -1));
    }

    @Test
    void kinds() {
        assertTrue(allocator.isDirectBufferPooled());
        for (boolean prefers : new boolean[] {false, true}) {
            ByteBufAllocator one = PerCpuByteBufAllocator.create(prefers);
            for (ByteBuf buffer : List.of(one.buffer(), one.buffer(1), one.buffer(1, 2))) {
                assertEquals(prefers, buffer.isDirect());
                buffer.release();
            }
            for (ByteBuf buffer : List.of(one.ioBuffer(), one.ioBuffer(1), one.ioBuffer(1, 2), one.directBuffer(),
                    one.directBuffer(1), one.directBuffer(1, 2))) {
                assertTrue(buffer.isDirect());
                buffer.release();
            }
            for (ByteBuf buffer : List.of(one.heapBuffer(), one.heapBuffer(1), one.heapBuffer(1, 2))) {
                assertFalse(buffer.isDirect());
                buffer.release();
            }
        }
    }

    @Test
    void capacities() {
        for (boolean direct : new boolean[] {false, true}) {
            for (int capacity : new int[] {0, 1, 255, 256, 271, 272, 273, 1024, 4096, 65536, 69632, 69633, 1 << 20}) {
                ByteBuf buffer = make(allocator, direct, capacity, capacity + 1);
                assertEquals(capacity, buffer.capacity());
                assertEquals(capacity + 1, buffer.maxCapacity());
                assertEquals(0, buffer.readerIndex() + buffer.writerIndex());
                assertEquals(1, buffer.refCnt());
                assertThrows(IndexOutOfBoundsException.class, () -> buffer.getByte(capacity));
                assertThrows(IllegalArgumentException.class, () -> buffer.capacity(capacity + 2));
                assertSame(allocator, buffer.alloc());
                assertTrue(buffer.release());
            }
            ByteBuf unlimited = make(allocator, direct, 256);
            assertEquals(256, unlimited.capacity());
            unlimited.release();
            ByteBuf none = make(allocator, direct, 0, 0);
            assertEquals(0, none.maxCapacity());
            none.release();
            assertThrows(IllegalArgumentException.class, () -> make(allocator, direct, -1));
            assertThrows(IllegalArgumentException.class, () -> make(allocator, direct, 2, 1));
        }
    }

    @Test
    void composites() {
        for (CompositeByteBuf all : List.of(allocator.compositeBuffer(), allocator.compositeHeapBuffer(3),
                allocator.compositeDirectBuffer(3))) {
            ByteBuf first = allocator.heapBuffer(10).writeLong(1);
            ByteBuf second = allocator.directBuffer(300).writeLong(2);
            all.addComponents(true, first, second.retainedSlice(4, 4), second);
            assertEquals(20, all.readableBytes());
            assertEquals(1, all.readLong());
            assertEquals(2, all.readInt());
            assertEquals(2, all.readLong());
            // Grows by a buffer of the allocator.
            all.writeZero(1000).setLong(600, 7);
            assertEquals(7, all.consolidate().getLong(600));
            assertTrue(all.release());
            assertEquals(0, first.refCnt());
            assertEquals(0, second.refCnt());
        }
    }

    @Test
    void sizes() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        PerCpuByteBufAllocator ours = (PerCpuByteBufAllocator) allocator;
        for (boolean direct : new boolean[] {false, true}) {
            long all = 0;
            int before = 0;
            for (int size : SIZES) {
                ByteBuf least = make(allocator, direct, before + 1);
                ByteBuf most = make(allocator, direct, size);
                assertEquals(size, least.maxFastWritableBytes());
                assertEquals(size, most.maxFastWritableBytes());
                assertEquals(all, idle(ours, direct));
                all += 2 * size;
                assertEquals(all, used(ours, direct));
                least.release();
                most.release();
                assertEquals(all, idle(ours, direct));
                assertEquals(all, used(ours, direct));
                before = size;
            }
            ByteBuf large = make(allocator, direct, before + 1);
            assertEquals(before + 1, large.maxFastWritableBytes());
            assertEquals(all + before + 1, used(ours, direct));
            large.release();
            assertEquals(all, used(ours, direct));
            assertEquals(all, idle(ours, direct));
        }
    }

    @Test
    void grows() {
        for (boolean direct : new boolean[] {false, true}) {
            PerCpuByteBufAllocator ours =
                    PerCpuByteBufAllocator.create(direct) instanceof PerCpuByteBufAllocator one ? one : null;
            ByteBuf buffer = make(ours == null ? allocator : ours, direct, 1);
            ByteBuf view = buffer.duplicate();
            int written = 0;
            for (int capacity = 1; capacity <= 200_000; capacity += capacity / 3 + 1) {
                buffer.capacity(capacity);
                assertEquals(capacity, buffer.capacity());
                while (written < capacity) {
                    buffer.setByte(written, written * 31 >> 3);
                    written++;
                }
                buffer.setIndex(capacity / 3, capacity / 2);
                for (int i = 0; i < capacity; i++) {
                    assertEquals((byte) (i * 31 >> 3), buffer.getByte(i));
                }
                assertEquals(List.of(capacity / 3, capacity / 2),
                        List.of(buffer.readerIndex(), buffer.writerIndex()));
                assertEquals(buffer.getByte(capacity - 1), view.getByte(capacity - 1));
                if (ours != null) {
                    // Of each size that it had before one is kept.
                    int size = 0;
                    while (size < SIZES.length && SIZES[size] < capacity) {
                        size++;
                    }
                    assertEquals((SIZES[0] << size) - SIZES[0], idle(ours, direct), "when it has " + capacity);
                }
            }
            buffer.setIndex(100, 200).capacity(150);
            assertEquals(List.of(100, 150, 150),
                    List.of(buffer.readerIndex(), buffer.writerIndex(), buffer.capacity()));
            for (int i = 0; i < 150; i++) {
                assertEquals((byte) (i * 31 >> 3), buffer.getByte(i));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.getByte(150));
            assertTrue(buffer.release());
            assertEquals(0, view.refCnt());
        }
    }

    @Test
    void noMemoryToGrow() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        ByteBuf buffer = allocator.heapBuffer(100).writeLong(5);
        assertThrows(OutOfMemoryError.class, () -> buffer.capacity(Integer.MAX_VALUE));
        assertEquals(100, buffer.capacity());
        assertEquals(5, buffer.readLong());
        assertTrue(buffer.release());
    }

    @Test
    void limits() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        PerCpuByteBufAllocator ours = (PerCpuByteBufAllocator) PerCpuByteBufAllocator.create(true, 4096);
        for (boolean direct : new boolean[] {false, true}) {
            long max = direct ? ours.maxIdleDirectMemory() : ours.maxIdleHeapMemory();
            long all = 0;
            List<ByteBuf> buffers = new ArrayList<>();
            for (int size : SIZES) {
                // More than may be kept.
                for (long bytes = 0; bytes <= max; bytes += size) {
                    buffers.add(make(ours, direct, size));
                    all += size;
                }
            }
            assertEquals(all, used(ours, direct));
            assertEquals(0, idle(ours, direct));
            buffers.forEach(ByteBuf::release);
            assertTrue(idle(ours, direct) <= max);
            assertTrue(idle(ours, direct) > 0);
            assertEquals(idle(ours, direct), used(ours, direct));
        }
        // Nobody needs it.
        long idle = ours.idleHeapMemory() + ours.idleDirectMemory();
        assertEquals(idle, ours.trim() + ours.trim() + ours.trim());
        assertEquals(0, ours.usedHeapMemory() + ours.usedDirectMemory());
    }

    @Test
    void bounds() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        int processors = NettyRuntime.availableProcessors();
        // With as many for all as for all processors.
        long times = Counting.pool(entry -> entry, 1, processors, dropped -> {}).orElseThrow().capacity();
        assertBounds(0, times, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        assertBounds(4096, times, 15, 7, 3, 1, 1, 1, 1, 1, 1);
        assertBounds(300 * 272, times, 256, 150, 75, 37, 18, 9, 4, 2, 1);
        PerCpuByteBufAllocator ours = (PerCpuByteBufAllocator) allocator;
        PerCpuByteBufAllocator same = (PerCpuByteBufAllocator) PerCpuByteBufAllocator.create(true, 256 * 1024);
        assertEquals(same.maxIdleHeapMemory(), ours.maxIdleHeapMemory());
    }

    private static void assertBounds(int bytesPerSlot, long times, int... onSlot) {
        long expected = 0;
        for (int i = 0; i < SIZES.length; i++) {
            expected += times * onSlot[i] * SIZES[i];
        }
        PerCpuByteBufAllocator ours = (PerCpuByteBufAllocator) PerCpuByteBufAllocator.create(true, bytesPerSlot);
        assertEquals(expected, ours.maxIdleHeapMemory());
        assertEquals(expected, ours.maxIdleDirectMemory());
    }

    @Test
    void closed() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        PerCpuByteBufAllocator ours = (PerCpuByteBufAllocator) PerCpuByteBufAllocator.create(true);
        for (boolean direct : new boolean[] {false, true}) {
            make(ours, direct, 100).release();
        }
        ByteBuf heap = ours.heapBuffer(1000);
        ByteBuf direct = ours.directBuffer(1000).writeLong(3);
        ours.close();
        assertEquals(1088, ours.usedHeapMemory());
        assertEquals(1088, ours.usedDirectMemory());
        assertThrows(IllegalStateException.class, ours::directBuffer);
        assertThrows(IllegalStateException.class, () -> direct.capacity(2000));
        assertEquals(3, direct.readLong());
        ByteBuffer view = direct.nioBuffer(0, 8);
        assertEquals(3, view.getLong(0));
        heap.release();
        direct.release();
        // It is freed, which a JDK 25 does not leave to the collector.
        assertThrows(IllegalStateException.class, () -> view.getLong(0));
        assertEquals(0, ours.usedHeapMemory());
        assertEquals(0, ours.usedDirectMemory());
        assertThrows(UnsupportedOperationException.class,
                ((PerCpuByteBufAllocator) PerCpuByteBufAllocator.shared())::close);
        PerCpuByteBufAllocator.shared().buffer().release();
    }
}
