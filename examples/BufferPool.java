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


import java.nio.ByteBuffer;
import java.util.concurrent.Executors;

import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuStack;

/**
 * A pool of buffers: whoever needs a buffer takes one that was last used on the same CPU,
 * whose cache may still have it. If there is none it makes one. If the pool is full the
 * buffer is left to the collector. PerCpuPool does more, such as a tier for all CPUs and
 * limits: see DigestPool. This one shows the stack that it is made of.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/BufferPool.java
 * </pre>
 */
public final class BufferPool {

    private static final int PER_CPU = 16;
    private static final PerCpuStack<ByteBuffer> POOL = new PerCpuStack<>(PER_CPU);
    private static final PerCpuCounter MADE = new PerCpuCounter();
    private static final PerCpuCounter USED = new PerCpuCounter();

    static ByteBuffer take() {
        ByteBuffer buffer = POOL.pop();
        if (buffer == null) {
            MADE.increment();
            buffer = ByteBuffer.allocateDirect(64 << 10);
        }
        USED.increment();
        return buffer.clear();
    }

    static void giveBack(ByteBuffer buffer) {
        POOL.push(buffer);
    }

    public static void main(String[] args) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2000; i++) {
                threads.submit(() -> {
                    for (int n = 0; n < 500; n++) {
                        ByteBuffer buffer = take();
                        buffer.putLong(n);
                        giveBack(buffer);
                    }
                });
            }
        }
        System.out.println(USED.sum() + " times a buffer was used, " + MADE.sum() + " were made");
    }
}
