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


import java.lang.foreign.ValueLayout;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuRingBuffer;

/**
 * A tracer: threads write records of 16 bytes to the ring of their CPU, a reader takes them
 * out. A record for which there is no room is counted as lost.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/Tracer.java
 * </pre>
 */
public final class Tracer {

    private static final PerCpuRingBuffer RING = new PerCpuRingBuffer(1 << 20);
    private static final PerCpuCounter LOST = new PerCpuCounter();

    static void trace(long event) {
        try (PerCpuRingBuffer.Writer writer = RING.writer()) {
            if (writer.tryReserve(16)) {
                writer.putLong(0, System.nanoTime());
                writer.putLong(8, event);
                writer.commit();
            } else {
                LOST.increment();
            }
        }
    }

    public static void main(String[] args) throws InterruptedException {
        AtomicLong read = new AtomicLong();
        AtomicLong sum = new AtomicLong();
        Thread reader = Thread.ofPlatform().start(() -> {
            // A last look after the interrupt: what was committed before it is seen.
            for (boolean last = false; !last;) {
                last = Thread.currentThread().isInterrupted();
                read.addAndGet(RING.read((slot, record) -> sum.addAndGet(record.get(ValueLayout.JAVA_LONG, 8)),
                        Integer.MAX_VALUE));
            }
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                threads.submit(() -> {
                    for (int event = 0; event < 20_000; event++) {
                        trace(event);
                    }
                });
            }
        }
        reader.interrupt();
        reader.join();
        System.out.println(read + " records read, " + LOST.sum() + " lost, mean of events " + sum.get() / read.get());
    }
}
