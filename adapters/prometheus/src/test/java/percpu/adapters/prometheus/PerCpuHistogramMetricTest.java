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

package percpu.adapters.prometheus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBucket;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Unit;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counted;
import percpu.adapters.common.Counting;
import percpu.adapters.common.Threads;

/** Whether it gives the snapshots that Histogram gives, exact totals, and no count without its sum. */
class PerCpuHistogramMetricTest {

    private static final int EACH = 100_000;
    // Sums of these are exact.
    private static final double[] VALUES = {0.0048828125, 0.005859375, 0, -0.0, -3, 1, 2.5, 2.5, 10, 11, 1e9, Double.NaN};

    @Test
    void classic() {
        Histogram theirs = Histogram.builder().name("latency").help("how long").unit(Unit.SECONDS).classicOnly().build();
        PerCpuHistogramMetric ours =
                PerCpuHistogramMetric.builder().name("latency").help("how long").unit(Unit.SECONDS).build();
        assertSnapshots(theirs.collect(), ours.collect());
        observe(theirs, ours);
        assertSnapshots(theirs.collect(), ours.collect());
        assertFalse(point(ours).hasNativeHistogramData());
    }

    @Test
    void givenBounds() {
        double[] bounds = {5, -1, 0, Double.POSITIVE_INFINITY, -0.0, 5, 1e300};
        Histogram theirs = Histogram.builder().name("sizes").classicOnly().classicUpperBounds(-1, 0, 5, 1e300).build();
        PerCpuHistogramMetric ours = PerCpuHistogramMetric.builder().name("sizes").classicUpperBounds(bounds).build();
        // The array is not kept.
        bounds[0] = 7;
        observe(theirs, ours);
        assertSnapshots(theirs.collect(), ours.collect());

        theirs = Histogram.builder().name("all").classicOnly().classicUpperBounds(Double.POSITIVE_INFINITY).build();
        ours = PerCpuHistogramMetric.builder().name("all").classicUpperBounds().build();
        observe(theirs, ours);
        assertSnapshots(theirs.collect(), ours.collect());
    }

    @Test
    void nativeBuckets() {
        for (int schema = -4; schema <= 8; schema++) {
            Histogram theirs = Histogram.builder().name("n").nativeOnly().nativeInitialSchema(schema)
                    .nativeMaxNumberOfBuckets(160).build();
            PerCpuHistogramMetric ours = PerCpuHistogramMetric.builder().name("n").nativeOnly()
                    .nativeInitialSchema(schema).nativeMaxNumberOfBuckets(160).build();
            for (double value : new double[] {1, 1.1, 1, 0, -0.0, -1, -1.05, 1.09, 1.2, 1.0625}) {
                theirs.observe(value);
                ours.observe(value);
            }
            assertSnapshots(theirs.collect(), ours.collect());
            assertFalse(point(ours).hasClassicHistogramData());
            assertEquals(schema, point(ours).getNativeSchema());
        }
    }

    @Test
    void nativeBucketsOfAnyValues() {
        PerCpuHistogramMetric ours = PerCpuHistogramMetric.builder().name("wide").nativeOnly().build();
        double[] values = {Double.MIN_NORMAL, 1e-300, 1e-3, 1, 7, 1e300, Double.MAX_VALUE, -1e-300, -1e300};
        for (double value : values) {
            ours.observe(value);
        }
        HistogramDataPointSnapshot point = point(ours);
        assertEquals(values.length, point.getCount());
        long negative = total(point.getNativeBucketsForNegativeValues());
        long positive = total(point.getNativeBucketsForPositiveValues());
        assertEquals(values.length, negative + point.getNativeZeroCount() + positive);
        if (Counting.isPerCpu()) {
            // Buckets are consecutive, so there are few for so wide a range; small values are no zeros.
            assertTrue(point.getNativeSchema() <= -2, "schema " + point.getNativeSchema());
            assertEquals(2, negative);
            assertEquals(0, point.getNativeZeroCount());
        }
    }

    @Test
    void infinities() {
        assertInfinities(Histogram.builder().name("i").classicOnly().build(),
                PerCpuHistogramMetric.builder().name("i").build());
        for (int schema = -4; schema <= 8; schema++) {
            assertInfinities(Histogram.builder().name("i").nativeOnly().nativeInitialSchema(schema).build(),
                    PerCpuHistogramMetric.builder().name("i").nativeOnly().nativeInitialSchema(schema).build());
        }
    }

    private static void assertInfinities(Histogram theirs, PerCpuHistogramMetric ours) {
        for (double value : new double[] {2, Double.POSITIVE_INFINITY, 2.5, Double.NEGATIVE_INFINITY}) {
            theirs.observe(value);
            ours.observe(value);
            assertEquals(theirs.getCount(), ours.getCount());
            assertEquals(theirs.getSum(), ours.getSum());
            assertSnapshots(theirs.collect(), ours.collect());
        }
    }

    // Prometheus would take it for classic.
    @Test
    void anEmptyNativeOneIsNative() {
        PerCpuHistogramMetric ours = PerCpuHistogramMetric.builder().name("empty").nativeOnly().build();
        assertTrue(point(ours).getNativeZeroThreshold() > 0);
    }

    @Test
    void withLabels() {
        Histogram theirs = Histogram.builder().name("calls").labelNames("path").constLabels(Labels.of("at", "x"))
                .classicOnly().build();
        PerCpuHistogramMetric ours = PerCpuHistogramMetric.builder().name("calls").labelNames("path")
                .constLabels(Labels.of("at", "x")).build();
        assertSnapshots(theirs.collect(), ours.collect());
        for (int n = 0; n < 9; n++) {
            theirs.labelValues("/" + n % 3).observe(n);
            ours.labelValues("/" + n % 3).observe(n);
        }
        assertSnapshots(theirs.collect(), ours.collect());
        assertSame(ours.labelValues("/0"), ours.labelValues("/0"));
        theirs.remove("/0");
        ours.remove("/0");
        assertSnapshots(theirs.collect(), ours.collect());
        assertEquals(0, ours.labelValues("/0").getCount());
        assertThrows(IllegalArgumentException.class, () -> ours.observe(1));
        assertThrows(IllegalArgumentException.class, () -> ours.labelValues("/0", "/1"));
    }

    @Test
    void registers() throws Exception {
        PrometheusRegistry registry = new PrometheusRegistry();
        PerCpuHistogramMetric ours = PerCpuHistogramMetric.builder().name("waits").register(registry);
        ours.startTimer().observeDuration();
        assertEquals(MetricType.HISTOGRAM, ours.getMetricType());
        HistogramSnapshot scraped = (HistogramSnapshot) registry.scrape().stream().findFirst().orElseThrow();
        assertSnapshots(ours.collect(), scraped);
        assertEquals(1, scraped.getDataPoints().get(0).getCount());
        assertTrue(scraped.getDataPoints().get(0).hasCreatedTimestamp());
        assertThrows(IllegalArgumentException.class,
                () -> PerCpuHistogramMetric.builder().name("waits").register(registry));
        if (Counting.isPerCpu()) {
            Counted.assertByCounting(assertInstanceOf(PerCpuPoint.class, ours.labelValues()));
        } else {
            assertInstanceOf(LibraryPoint.class, ours.labelValues());
        }
    }

    @Test
    void arguments() {
        PerCpuHistogramMetric.Builder builder = PerCpuHistogramMetric.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.classicUpperBounds(1, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> builder.classicUpperBounds(Double.NEGATIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> builder.nativeInitialSchema(9));
        assertThrows(IllegalArgumentException.class, () -> builder.nativeInitialSchema(-5));
        assertThrows(IllegalArgumentException.class, () -> builder.nativeMaxNumberOfBuckets(127));
        assertThrows(IllegalArgumentException.class, () -> builder.nativeMaxNumberOfBuckets((1 << 20) + 1));
        assertThrows(IllegalArgumentException.class, () -> builder.labelNames("le"));
    }

    @Test
    void exactTotals() throws Exception {
        for (boolean classic : new boolean[] {true, false}) {
            PerCpuHistogramMetric.Builder builder = PerCpuHistogramMetric.builder().name("adds").labelNames("kind");
            PerCpuHistogramMetric ours = (classic ? builder.classicUpperBounds(1, 2) : builder.nativeOnly()).build();
            AtomicBoolean done = new AtomicBoolean();
            AtomicLong scraped = new AtomicLong();
            Thread scraper = new Thread(() -> {
                while (!done.get()) {
                    ours.collect().getDataPoints().forEach(point -> {
                        assertWhole(point);
                        scraped.addAndGet(point.getCount() > 0 ? 1 : 0);
                    });
                }
            });
            Throwable[] thrown = new Throwable[1];
            scraper.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
            scraper.start();
            try {
                Threads.run(thread -> {
                    DistributionDataPoint point = ours.labelValues("a");
                    for (int n = 0; n < EACH; n++) {
                        point.observe(1 + 2 * (n & 1));
                        // The scraper has to come to something, too.
                        while (n == EACH / 2 && scraped.get() == 0 && scraper.isAlive()) {
                            Thread.onSpinWait();
                        }
                    }
                });
            } finally {
                done.set(true);
                scraper.join();
            }
            assertEquals(null, thrown[0]);
            assertTrue(scraped.get() > 0, "nothing was scraped meanwhile");
            HistogramDataPointSnapshot point = point(ours);
            assertEquals((long) EACH * Threads.COUNT, point.getCount());
            assertEquals(2.0 * EACH * Threads.COUNT, point.getSum());
            assertWhole(point);
            assertEquals((long) EACH * Threads.COUNT, ours.labelValues("a").getCount());
        }
    }

    // Each value is 1 or 3.
    private static void assertWhole(HistogramDataPointSnapshot point) {
        long ones = point.hasClassicHistogramData() ? point.getClassicBuckets().getCount(0)
                : point.getNativeBucketsForPositiveValues().stream().filter(b -> b.getBucketIndex() == 0)
                        .mapToLong(b -> b.getCount()).sum();
        assertEquals(3 * point.getCount() - 2 * ones, point.getSum());
    }

    private static void observe(DistributionDataPoint theirs, DistributionDataPoint ours) {
        for (double value : VALUES) {
            theirs.observe(value);
            ours.observe(value);
            theirs.observeWithExemplar(value, Labels.of("trace", "1"));
            ours.observeWithExemplar(value, Labels.of("trace", "1"));
        }
        assertEquals(theirs.getCount(), ours.getCount());
        assertEquals(theirs.getSum(), ours.getSum());
    }

    private static HistogramDataPointSnapshot point(PerCpuHistogramMetric metric) {
        return metric.collect().getDataPoints().get(0);
    }

    private static long total(NativeHistogramBuckets buckets) {
        return buckets.stream().mapToLong(b -> b.getCount()).sum();
    }

    private static void assertSnapshots(HistogramSnapshot theirs, HistogramSnapshot ours) {
        assertEquals(theirs.getMetadata().getPrometheusName(), ours.getMetadata().getPrometheusName());
        assertEquals(theirs.getMetadata().getHelp(), ours.getMetadata().getHelp());
        assertEquals(theirs.getMetadata().getUnit(), ours.getMetadata().getUnit());
        assertEquals(values(theirs), values(ours));
    }

    private static TreeMap<Labels, String> values(HistogramSnapshot snapshot) {
        TreeMap<Labels, String> values = new TreeMap<>();
        for (HistogramDataPointSnapshot point : snapshot.getDataPoints()) {
            StringBuilder text = new StringBuilder();
            text.append(point.getCount()).append(' ').append(point.getSum());
            for (ClassicHistogramBucket bucket : point.getClassicBuckets()) {
                text.append(" le ").append(bucket.getUpperBound()).append(' ').append(bucket.getCount());
            }
            if (point.hasNativeHistogramData()) {
                text.append(" schema ").append(point.getNativeSchema()).append(" zeros ").append(point.getNativeZeroCount());
                point.getNativeBucketsForPositiveValues().stream().filter(b -> b.getCount() != 0)
                        .forEach(b -> text.append(" + ").append(b.getBucketIndex()).append(' ').append(b.getCount()));
                point.getNativeBucketsForNegativeValues().stream().filter(b -> b.getCount() != 0)
                        .forEach(b -> text.append(" - ").append(b.getBucketIndex()).append(' ').append(b.getCount()));
            }
            values.put(point.getLabels(), text.toString());
        }
        return values;
    }
}
