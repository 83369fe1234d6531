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

import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

import jdk.incubator.percpu.HistogramSnapshot;
import jdk.incubator.percpu.PerCpuHistogram;

/**
 * Latencies of many threads, as a monitoring system gets them: in Prometheus' text format, and by
 * percentiles from exponential buckets as OpenTelemetry has them. Snapshots are taken while threads record,
 * and what each has belongs together.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/HistogramExport.java
 * </pre>
 */
public final class HistogramExport {

    private static final int TASKS = 200;
    private static final int REQUESTS = 2000;

    private static final PerCpuHistogram SECONDS =
            PerCpuHistogram.withBounds(1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3, 1e-2, 1e-1);
    private static final PerCpuHistogram NANOS = PerCpuHistogram.exponential(8, 160);

    // A whole number, by which a sum tells its count.
    private static final PerCpuHistogram ITEMS = PerCpuHistogram.withBounds(1, 2, 4);

    static void service() {
        long start = System.nanoTime();
        int steps = ThreadLocalRandom.current().nextInt(1, 500);
        for (int i = 0; i < steps; i++) {
            Thread.onSpinWait();
        }
        long nanos = System.nanoTime() - start;
        SECONDS.record(nanos / 1e9);
        NANOS.record(nanos);
        ITEMS.record(3);
    }

    static String prometheus(String name, HistogramSnapshot snapshot) {
        StringBuilder text = new StringBuilder("# TYPE " + name + " histogram\n");
        double[] bounds = snapshot.upperBounds();
        long[] counts = snapshot.cumulativeCounts();
        for (int i = 0; i < bounds.length; i++) {
            String le = Double.isInfinite(bounds[i]) ? "+Inf" : Double.toString(bounds[i]);
            text.append(name).append("_bucket{le=\"").append(le).append("\"} ").append(counts[i]).append('\n');
        }
        return text.append(name).append("_sum ").append(snapshot.sum()).append('\n')
                .append(name).append("_count ").append(snapshot.count()).append('\n').toString();
    }

    static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    public static void main(String[] args) {
        int scrapes = 0;
        long itemsTaken = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < TASKS; i++) {
                threads.submit(() -> {
                    for (int n = 0; n < REQUESTS; n++) {
                        service();
                    }
                });
            }
            threads.shutdown();
            while (!threads.isTerminated()) {
                HistogramSnapshot items = ITEMS.snapshotAndReset();
                check(items.sum() == 3.0 * items.count(), "a sum without its count: " + items);
                itemsTaken += items.count();
                scrapes++;
            }
        }
        itemsTaken += ITEMS.snapshot().count();
        check(itemsTaken == (long) TASKS * REQUESTS, itemsTaken + " items");
        HistogramSnapshot seconds = SECONDS.snapshot();
        check(seconds.count() == itemsTaken, seconds.toString());
        System.out.print(prometheus("service_seconds", seconds));
        HistogramSnapshot nanos = NANOS.snapshot();
        for (double q : new double[] {0.5, 0.9, 0.99, 1}) {
            System.out.printf(Locale.ROOT, "%5.1f%% within %10.0f ns%n", 100 * q, nanos.quantile(q));
        }
        System.out.println("scale " + nanos.scale() + ", " + nanos.positiveCounts().length + " buckets from "
                + nanos.positiveOffset() + " on; " + scrapes + " snapshots meanwhile");
    }
}
