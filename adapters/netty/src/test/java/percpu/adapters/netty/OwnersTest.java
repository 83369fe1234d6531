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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Pool;
import percpu.adapters.common.Threads;

/** Whether no memory has two owners: each fills what it has, and looks before it is released, by whichever thread. */
class OwnersTest {

    private static final int EACH = 5_000;

    private final ByteBufAllocator allocator = PerCpuByteBufAllocator.create(true, 32 * 1024);

    // How often memory was had from a pool.
    private final AtomicLong heap = new AtomicLong();
    private final AtomicLong direct = new AtomicLong();

    private ByteBuf own(boolean isDirect, int capacity, int owner) {
        ByteBuf buffer = isDirect ? allocator.directBuffer(capacity) : allocator.heapBuffer(capacity);
        count(isDirect, capacity);
        return fill(buffer, owner);
    }

    private void count(boolean isDirect, int capacity) {
        if (capacity <= Chunks.LARGEST) {
            (isDirect ? direct : heap).incrementAndGet();
        }
    }

    private static ByteBuf fill(ByteBuf buffer, int owner) {
        buffer.clear();
        while (buffer.writableBytes() >= Long.BYTES) {
            buffer.writeInt(owner).writeInt(buffer.writerIndex());
        }
        return buffer.writeZero(buffer.writableBytes());
    }

    private static int check(ByteBuf buffer) {
        if (buffer.capacity() < Long.BYTES) {
            return 0;
        }
        int owner = buffer.getInt(0);
        int i = 0;
        for (; i + Long.BYTES <= buffer.capacity(); i += Long.BYTES) {
            if (buffer.getInt(i) != owner || buffer.getInt(i + Integer.BYTES) != i + Integer.BYTES) {
                assertEquals(owner, buffer.getInt(i), "at " + i);
                assertEquals(i + Integer.BYTES, buffer.getInt(i + Integer.BYTES));
            }
        }
        for (; i < buffer.capacity(); i++) {
            assertEquals(0, buffer.getByte(i));
        }
        return owner;
    }

    @Test
    void oneOwner() throws Exception {
        ConcurrentLinkedQueue<ByteBuf> others = new ConcurrentLinkedQueue<>();
        Threads.run(thread -> {
            Random random = new Random(thread);
            for (int n = 0; n < EACH; n++) {
                int owner = thread * EACH + n;
                int capacity = random.nextInt(1 << random.nextInt(18));
                ByteBuf buffer = own(random.nextBoolean(), capacity, owner);
                if (n % 5 == 0) {
                    boolean moves = buffer.maxFastWritableBytes() + buffer.writerIndex() < 2 * capacity;
                    int before = buffer.capacity() & -Long.BYTES;
                    buffer.capacity(2 * capacity);
                    assertEquals(before == 0 ? 0 : owner, check(buffer.slice(0, before)));
                    if (moves) {
                        count(buffer.isDirect(), 2 * capacity);
                    }
                    fill(buffer, owner);
                }
                if (n % 3 == 0) {
                    others.add(buffer);
                    buffer = others.remove();
                } else {
                    assertEquals(buffer.capacity() < Long.BYTES ? 0 : owner, check(buffer));
                }
                check(buffer);
                // Of several references one is the last.
                ByteBuf slice = buffer.retainedSlice();
                assertFalse(buffer.release());
                assertTrue(slice.release());
            }
        });
        assertTrue(others.isEmpty());
        if (allocator instanceof PerCpuByteBufAllocator ours) {
            assertAllReleased(ours.heap, heap.get());
            assertAllReleased(ours.direct, direct.get());
            ours.close();
            assertEquals(0, ours.usedHeapMemory());
            assertEquals(0, ours.usedDirectMemory());
        }
    }

    private static void assertAllReleased(Chunks chunks, long acquired) {
        Pool.Statistics all = chunks.statistics();
        assertEquals(acquired, all.acquired());
        assertEquals(0, all.outstanding());
        assertEquals(0, all.lost());
        assertEquals(all.made(), all.kept() + all.dropped());
        assertEquals(0, chunks.unpooled.sum());
        assertEquals(chunks.used(), chunks.kept());
        assertTrue(chunks.kept() <= chunks.maxKept());
    }
}
