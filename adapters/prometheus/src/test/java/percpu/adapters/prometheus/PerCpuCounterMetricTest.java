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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.Unit;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counted;
import percpu.adapters.common.Threads;

/** Whether it gives the snapshots that Counter gives, and exact totals. */
class PerCpuCounterMetricTest {

    private static final int EACH = 100_000;

    @Test
    void withoutLabels() {
        for (String name : List.of("requests", "requests_total", "requests.total", "bytes_total_seen")) {
            Counter theirs = Counter.builder().name(name).help("what it counts").unit(Unit.BYTES).build();
            PerCpuCounterMetric ours =
                    PerCpuCounterMetric.builder().name(name).help("what it counts").unit(Unit.BYTES).build();
            assertSnapshots(theirs.collect(), ours.collect());
            for (CounterDataPoint counter : List.of(theirs, ours)) {
                counter.inc();
                counter.inc(41);
                counter.inc(0);
                counter.inc(0.75);
                counter.inc(Long.MAX_VALUE / 1024);
                counter.incWithExemplar(Labels.of("trace", "1"));
                counter.incWithExemplar(5, Labels.of("trace", "2"));
                counter.incWithExemplar(0.5, Labels.of("trace", "3"));
                assertThrows(IllegalArgumentException.class, () -> counter.inc(-1));
                assertThrows(IllegalArgumentException.class, () -> counter.inc(-0.5));
                assertThrows(IllegalArgumentException.class, () -> counter.incWithExemplar(-2, Labels.EMPTY));
            }
            assertEquals(theirs.get(), ours.get());
            assertEquals(theirs.getLongValue(), ours.getLongValue());
            assertSnapshots(theirs.collect(), ours.collect());
            assertNull(ours.collect().getDataPoints().get(0).getExemplar());
            ours.remove();
            assertEquals(theirs.get(), ours.collect().getDataPoints().get(0).getValue());
        }
    }

    @Test
    void withLabels() {
        Counter theirs = Counter.builder().name("calls").labelNames("path", "status").constLabels(Labels.of("at", "x"))
                .build();
        PerCpuCounterMetric ours = PerCpuCounterMetric.builder().name("calls").labelNames("path", "status")
                .constLabels(Labels.of("at", "x")).build();
        assertSnapshots(theirs.collect(), ours.collect());
        for (int n = 0; n < 9; n++) {
            String[] values = {"/" + n % 3, "2" + n % 2};
            theirs.labelValues(values.clone()).inc(n);
            ours.labelValues(values).inc(n);
            // The array is not kept.
            values[0] = "/other";
        }
        assertSnapshots(theirs.collect(), ours.collect());
        assertSame(ours.labelValues("/0", "20"), ours.labelValues("/0", "20"));
        theirs.remove("/0", "20");
        ours.remove("/0", "20");
        assertSnapshots(theirs.collect(), ours.collect());
        assertEquals(0.0, ours.labelValues("/0", "20").get());
        for (String[] wrong : List.of(new String[0], new String[] {"/0"}, new String[] {"/0", null})) {
            assertThrows(IllegalArgumentException.class, () -> theirs.labelValues(wrong));
            assertThrows(IllegalArgumentException.class, () -> ours.labelValues(wrong));
        }
        assertThrows(IllegalArgumentException.class, ours::inc);
        assertThrows(IllegalArgumentException.class, ours::get);
    }

    @Test
    void registers() throws Exception {
        PrometheusRegistry registry = new PrometheusRegistry();
        PerCpuCounterMetric ours = PerCpuCounterMetric.builder().name("events_total").register(registry);
        ours.inc(3);
        assertEquals(MetricType.COUNTER, ours.getMetricType());
        CounterSnapshot scraped = (CounterSnapshot) registry.scrape().stream().findFirst().orElseThrow();
        assertSnapshots(ours.collect(), scraped);
        assertEquals(3.0, scraped.getDataPoints().get(0).getValue());
        assertTrue(scraped.getDataPoints().get(0).hasCreatedTimestamp());
        Counted.assertByCounting(ours.labelValues());
        assertThrows(IllegalArgumentException.class,
                () -> PerCpuCounterMetric.builder().name("events_total").register(registry));
    }

    @Test
    void exactTotals() throws Exception {
        PerCpuCounterMetric ours = PerCpuCounterMetric.builder().name("adds").labelNames("kind").build();
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                ours.labelValues("long").inc(3);
                ours.labelValues("double").inc(0.25);
            }
        });
        long all = (long) EACH * Threads.COUNT;
        assertEquals(3 * all, ours.labelValues("long").getLongValue());
        assertEquals(0.25 * all, ours.labelValues("double").get());
    }

    private static void assertSnapshots(CounterSnapshot theirs, CounterSnapshot ours) {
        assertEquals(theirs.getMetadata().getName(), ours.getMetadata().getName());
        assertEquals(theirs.getMetadata().getPrometheusName(), ours.getMetadata().getPrometheusName());
        assertEquals(theirs.getMetadata().getOriginalName(), ours.getMetadata().getOriginalName());
        assertEquals(theirs.getMetadata().getHelp(), ours.getMetadata().getHelp());
        assertEquals(theirs.getMetadata().getUnit(), ours.getMetadata().getUnit());
        assertEquals(values(theirs), values(ours));
    }

    private static TreeMap<Labels, Double> values(CounterSnapshot snapshot) {
        TreeMap<Labels, Double> values = new TreeMap<>();
        for (CounterDataPointSnapshot point : snapshot.getDataPoints()) {
            values.put(point.getLabels(), point.getValue());
        }
        return values;
    }
}
