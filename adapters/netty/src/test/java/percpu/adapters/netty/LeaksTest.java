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

import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.buffer.AbstractByteBuf;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import percpu.adapters.common.Pool;

/** Whether Netty's leak detection knows of buffers that are lost, and only of those. */
@Timeout(60)
class LeaksTest {

    private final ByteBufAllocator allocator = PerCpuByteBufAllocator.create(true);
    private final List<String> leaks = new CopyOnWriteArrayList<>();
    private final Level before = ResourceLeakDetector.getLevel();

    @BeforeEach
    void listen() throws Exception {
        // One that another test lost may be found here.
        setListener((type, records) -> {
            if (records.contains(LeaksTest.class.getName())) {
                leaks.add(records);
            }
        });
        ResourceLeakDetector.setLevel(Level.PARANOID);
    }

    @AfterEach
    void listenNoMore() throws Exception {
        ResourceLeakDetector.setLevel(before);
        setListener(null);
    }

    private static void setListener(ResourceLeakDetector.LeakListener listener) throws Exception {
        Field detector = AbstractByteBuf.class.getDeclaredField("leakDetector");
        detector.setAccessible(true);
        ((ResourceLeakDetector<?>) detector.get(null)).setLeakListener(listener);
    }

    private void lostOnTheHeap() {
        allocator.heapBuffer(10).capacity(5000).writeLong(1);
    }

    private void lostOutside() {
        allocator.directBuffer(10).writeLong(1).retain().release();
    }

    private void lostSlice() {
        allocator.heapBuffer(10).retainedSlice().release();
    }

    private void released() {
        ByteBuf buffer = allocator.directBuffer(10).writeLong(1);
        buffer.capacity(5000).retainedDuplicate().release();
        buffer.release();
        allocator.compositeBuffer().addComponent(allocator.heapBuffer(10)).release();
        allocator.heapBuffer(200_000).release();
    }

    private static void collect() {
        assertFalse(Thread.interrupted(), "in time");
        System.gc();
    }

    @Test
    void detected() {
        released();
        lostOnTheHeap();
        lostOutside();
        lostSlice();
        while (leaks.size() < 3) {
            collect();
            released();
        }
        for (String where : List.of("lostOnTheHeap", "lostOutside", "lostSlice")) {
            assertEquals(1, leaks.stream().filter(records -> records.contains(where)).count(), where);
        }
        assertEquals(3, leaks.size());
        if (allocator instanceof PerCpuByteBufAllocator ours) {
            while (ours.heap.statistics().lost() < 2 || ours.direct.statistics().lost() < 1) {
                collect();
            }
            for (Chunks chunks : List.of(ours.heap, ours.direct)) {
                Pool.Statistics all = chunks.statistics();
                assertEquals(0, all.outstanding());
                assertEquals(chunks.direct ? 1 : 2, all.lost());
                assertTrue(all.kept() > 0);
            }
            // On the heap it is free again.
            assertEquals(ours.idleHeapMemory(), ours.usedHeapMemory());
            assertEquals(ours.idleDirectMemory() + 272, ours.usedDirectMemory());
        }
    }
}
