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


import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

import jdk.incubator.percpu.PerCpuCounter;

/**
 * A histogram of latencies in powers of two, to which every thread adds: one counter for
 * each bucket. A locked or atomic one would be the slowest part of a fast service. Where
 * counts and a sum have to belong together, PerCpuHistogram has both: see HistogramExport.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/LatencyHistogram.java
 * </pre>
 */
public final class LatencyHistogram {

    private static final PerCpuCounter[] BUCKETS =
            IntStream.range(0, Long.SIZE).mapToObj(i -> new PerCpuCounter()).toArray(PerCpuCounter[]::new);

    /** Adds a latency in nanoseconds. */
    static void record(long nanos) {
        BUCKETS[Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos | 1)].increment();
    }

    static void service() {
        long start = System.nanoTime();
        int steps = ThreadLocalRandom.current().nextInt(1, 2000);
        for (int i = 0; i < steps; i++) {
            Thread.onSpinWait();
        }
        record(System.nanoTime() - start);
    }

    public static void main(String[] args) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                threads.submit(() -> {
                    for (int n = 0; n < 500; n++) {
                        service();
                    }
                });
            }
        }
        long largest = 1;
        for (PerCpuCounter bucket : BUCKETS) {
            largest = Math.max(largest, bucket.sum());
        }
        for (int i = 0; i < BUCKETS.length; i++) {
            if (BUCKETS[i].sum() != 0) {
                System.out.printf("from %9d ns %8d %s%n", 1L << i, BUCKETS[i].sum(),
                        "#".repeat((int) (50 * BUCKETS[i].sum() / largest)));
            }
        }
    }
}
