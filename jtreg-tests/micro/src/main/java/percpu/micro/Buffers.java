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

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import java.util.ArrayList;
import java.util.List;

import percpu.adapters.netty.PerCpuByteBufAllocator;

/** Whether an allocator of Netty gives each memory to one buffer, and has all back when nobody uses it any more. */
final class Buffers {
    private static final int TAKEN = 1000;
    private static final int PAIRS = 10_000;

    private Buffers() {}

    /** Ends a measurement whose allocator has lost memory or has some twice. */
    static void check(ByteBufAllocator allocator) {
        checkIdle(allocator);
        List<ByteBuf> taken = new ArrayList<>();
        for (int i = 0; i < TAKEN; i++) {
            ByteBuf buffer = i % 2 == 0 ? allocator.heapBuffer(NettyBuffers.SIZE)
                    : allocator.directBuffer(NettyBuffers.SIZE);
            taken.add(buffer.setInt(0, i));
        }
        for (int i = 0; i < TAKEN; i++) {
            if (taken.get(i).getInt(0) != i) {
                throw new IllegalStateException("two buffers have the same memory: " + taken.get(i));
            }
        }
        taken.forEach(ByteBuf::release);
        // So few that none is collected: what is lost on the heap counts no longer then.
        for (int i = 0; i < PAIRS; i++) {
            allocator.heapBuffer(NettyBuffers.SIZE).release();
            allocator.directBuffer(NettyBuffers.SIZE).release();
        }
        checkIdle(allocator);
    }

    // Netty's own do not say what is in use.
    private static void checkIdle(ByteBufAllocator allocator) {
        if (allocator instanceof PerCpuByteBufAllocator ours && (ours.usedHeapMemory() != ours.idleHeapMemory()
                || ours.usedDirectMemory() != ours.idleDirectMemory() || ours.idleHeapMemory() > ours.maxIdleHeapMemory()
                || ours.idleDirectMemory() > ours.maxIdleDirectMemory())) {
            throw new IllegalStateException("all buffers were released, but: " + ours);
        }
    }
}
