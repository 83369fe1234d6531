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

package percpu.adapters.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.CountingMode;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.core.instrument.step.StepCounter;
import io.micrometer.core.instrument.step.StepDistributionSummary;
import io.micrometer.core.instrument.step.StepTimer;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counted;
import percpu.adapters.common.Threads;

/** Whether it has the measurements that SimpleMeterRegistry has, and exact totals. */
class PerCpuMeterRegistryTest {

    private static final int EACH = 50_000;

    @Test
    void metersAreOurs() throws Exception {
        MeterRegistry registry = new PerCpuMeterRegistry();
        Counted.assertByCounting(assertInstanceOf(PerCpuMeterCounter.class, registry.counter("c")));
        Counted.assertByCounting(assertInstanceOf(PerCpuTimer.class, registry.timer("t")));
        Counted.assertByCounting(assertInstanceOf(PerCpuDistributionSummary.class, registry.summary("s")));
    }

    @Test
    void metersOfStepsAreMicrometers() {
        MeterRegistry registry = new PerCpuMeterRegistry(config(CountingMode.STEP), new MockClock());
        assertInstanceOf(StepCounter.class, registry.counter("c"));
        assertInstanceOf(StepTimer.class, registry.timer("t"));
        assertInstanceOf(StepDistributionSummary.class, registry.summary("s"));
    }

    @Test
    void measuresAsSimpleMeterRegistry() {
        for (CountingMode mode : CountingMode.values()) {
            MockClock clock = new MockClock();
            List<MeterRegistry> registries = List.of(new SimpleMeterRegistry(config(mode), clock),
                    new PerCpuMeterRegistry(config(mode), clock));
            for (int round = 0; round < 12; round++) {
                for (MeterRegistry registry : registries) {
                    record(registry, round);
                }
                assertEquals(measurements(registries.get(0)), measurements(registries.get(1)), mode + " " + round);
                clock.add(Duration.ofSeconds(25));
                assertEquals(measurements(registries.get(0)), measurements(registries.get(1)), mode + " " + round);
            }
            // Statistics of each kind, and none that is zero all the time.
            String all = measurements(registries.get(1)).toString();
            for (String one : List.of("plain.counter", "plain.timer", "plain.summary", "slo.timer.histogram",
                    "slo.summary.histogram", "VALUE", "percentiles.timer.percentile", "percentiles.summary.percentile",
                    "TOTAL_TIME", "MAX")) {
                assertTrue(all.contains(one), one + " in " + all);
            }
        }
    }

    // Also amounts that are not recorded, scales, and fewer in later rounds so that maxima are forgotten.
    private static void record(MeterRegistry registry, int round) {
        Counter counter = registry.counter("plain.counter", "tag", "a");
        Timer timer = registry.timer("plain.timer");
        DistributionSummary summary = registry.summary("plain.summary");
        Timer slo = Timer.builder("slo.timer").serviceLevelObjectives(Duration.ofMillis(3), Duration.ofMillis(9))
                .register(registry);
        Timer percentiles = Timer.builder("percentiles.timer").publishPercentiles(0.5, 0.99)
                .publishPercentileHistogram().register(registry);
        DistributionSummary sloSummary = DistributionSummary.builder("slo.summary").serviceLevelObjectives(4, 30)
                .scale(2.5).register(registry);
        DistributionSummary scaled = DistributionSummary.builder("percentiles.summary").publishPercentiles(0.9)
                .scale(2.5).register(registry);
        for (int n = round < 5 ? 20 : 19 - round; n >= 0; n--) {
            counter.increment();
            counter.increment(0.25 * n);
            timer.record(n, TimeUnit.MILLISECONDS);
            timer.record(Duration.ofNanos(7 * n));
            timer.record(-1, TimeUnit.SECONDS);
            summary.record(1.5 * n);
            summary.record(-1.5);
            slo.record(n, TimeUnit.MILLISECONDS);
            percentiles.record(n, TimeUnit.MICROSECONDS);
            sloSummary.record(n);
            scaled.record(n);
        }
    }

    private static TreeMap<String, Double> measurements(MeterRegistry registry) {
        TreeMap<String, Double> all = new TreeMap<>();
        registry.forEachMeter(meter -> meter.measure().forEach(one -> all.put(
                meter.getId().getName() + meter.getId().getTags() + one.getStatistic(), one.getValue())));
        assertFalse(all.isEmpty());
        return all;
    }

    @Test
    void exactTotals() throws Exception {
        MeterRegistry registry = new PerCpuMeterRegistry(config(CountingMode.CUMULATIVE), Clock.SYSTEM);
        Counter counter = registry.counter("c");
        Timer timer = registry.timer("t");
        DistributionSummary summary = registry.summary("s");
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                counter.increment(0.5);
                timer.record(3, TimeUnit.NANOSECONDS);
                summary.record(n);
            }
        });
        long all = (long) EACH * Threads.COUNT;
        assertEquals(0.5 * all, counter.count());
        assertEquals(all, timer.count());
        assertEquals(3.0 * all, timer.totalTime(TimeUnit.NANOSECONDS));
        assertEquals(3.0, timer.max(TimeUnit.NANOSECONDS));
        assertEquals(all, summary.count());
        assertEquals((EACH - 1) / 2.0 * all, summary.totalAmount());
        assertEquals(EACH - 1, summary.max());
    }

    private static SimpleConfig config(CountingMode mode) {
        return new SimpleConfig() {
            @Override
            public String get(String key) {
                return null;
            }

            @Override
            public CountingMode mode() {
                return mode;
            }
        };
    }
}
