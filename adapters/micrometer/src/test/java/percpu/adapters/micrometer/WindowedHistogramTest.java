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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.AbstractDistributionSummary;
import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.Histogram;
import io.micrometer.core.instrument.distribution.TimeWindowFixedBoundaryHistogram;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counting;
import percpu.adapters.common.Threads;

/** Whether it tells what Micrometer's own histogram tells, and loses nothing while windows end. */
class WindowedHistogramTest {

    private static final int EACH = 50_000;
    private static final int WINDOW_MILLIS = 100;
    private static final double[] BOUNDS = {1, 2.5, 40};

    @Test
    void whoHasIt() throws Exception {
        MeterRegistry registry = new PerCpuMeterRegistry();
        Class<?> expected = Counting.isPerCpu() ? WindowedHistogram.class : TimeWindowFixedBoundaryHistogram.class;
        assertEquals(expected, histogram(AbstractTimer.class, Timer.builder("a")
                .serviceLevelObjectives(Duration.ofMillis(3)).register(registry)));
        // A histogram for percentiles that are computed elsewhere, which nobody exports here: it has no buckets.
        assertEquals(TimeWindowFixedBoundaryHistogram.class, histogram(AbstractTimer.class, Timer.builder("b")
                .publishPercentileHistogram().register(registry)));
        assertEquals(expected, histogram(AbstractDistributionSummary.class, DistributionSummary.builder("c")
                .serviceLevelObjectives(3, 5).register(registry)));
        assertNotEquals(WindowedHistogram.class, histogram(AbstractTimer.class, Timer.builder("d")
                .publishPercentileHistogram().publishPercentiles(0.5).register(registry)));
        assertNotEquals(WindowedHistogram.class, histogram(AbstractTimer.class, Timer.builder("e").register(registry)));
    }

    private static Class<?> histogram(Class<?> declaring, Object meter) throws Exception {
        Field field = declaring.getDeclaredField("histogram");
        field.setAccessible(true);
        return field.get(assertInstanceOf(declaring, meter)).getClass();
    }

    @Test
    void tellsWhatMicrometersTells() {
        Random random = new Random(25);
        for (int windows = 1; windows <= 5; windows++) {
            MockClock clock = new MockClock();
            DistributionStatisticConfig config = config(windows);
            Histogram theirs = new TimeWindowFixedBoundaryHistogram(clock, config, false);
            Histogram ours = make(clock, config);
            int forgotten = 0;
            for (int round = 0; round < 500; round++) {
                for (int n = random.nextInt(5); n > 0; n--) {
                    double value = BOUNDS[random.nextInt(BOUNDS.length)] + random.nextInt(3) - 1;
                    theirs.recordDouble(value);
                    ours.recordDouble(value);
                    theirs.recordLong((long) value);
                    ours.recordLong((long) value);
                }
                CountAtBucket[] before = buckets(theirs);
                assertArrayEquals(before, buckets(ours), windows + " windows, round " + round);
                // Micrometer's own does not go on by more at once, and loses what comes next.
                clock.add(random.nextInt(windows * WINDOW_MILLIS), TimeUnit.MILLISECONDS);
                CountAtBucket[] after = buckets(theirs);
                assertArrayEquals(after, buckets(ours), windows + " windows, round " + round);
                forgotten += after[2].count() < before[2].count() ? 1 : 0;
            }
            assertTrue(forgotten > 50, forgotten + " times forgotten");
        }
    }

    @Test
    void afterALongPause() {
        assumeTrue(Counting.isPerCpu(), "Micrometer's own forgets what comes next");
        MockClock clock = new MockClock();
        Histogram ours = make(clock, config(3));
        ours.recordDouble(1);
        clock.add(WINDOW_MILLIS * 100L + 50, TimeUnit.MILLISECONDS);
        ours.recordDouble(2);
        for (int window = 0; window < 3; window++) {
            assertEquals("[0.0, 1.0, 1.0]", Arrays.toString(counts(ours)), "after " + window + " windows");
            clock.add(WINDOW_MILLIS, TimeUnit.MILLISECONDS);
        }
        assertEquals("[0.0, 0.0, 0.0]", Arrays.toString(counts(ours)));
    }

    @Test
    void losesNothingWhileWindowsEnd() throws Exception {
        AtomicLong millis = new AtomicLong();
        Clock clock = new Clock() {
            @Override
            public long wallTime() {
                return millis.get();
            }

            @Override
            public long monotonicTime() {
                return TimeUnit.MILLISECONDS.toNanos(millis.get());
            }
        };
        int windows = 200;
        Histogram ours = make(clock, config(windows));
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                ours.recordLong(1 + 2 * (n % 2));
                if (thread == 0 && n % (EACH / (windows - 1)) == 0 && millis.get() < (windows - 1L) * WINDOW_MILLIS) {
                    millis.addAndGet(WINDOW_MILLIS);
                }
                if (thread == 1 && n % 1000 == 0) {
                    double some = buckets(ours)[2].count();
                    assertTrue(some >= n + 1, some + " values, and this thread recorded " + (n + 1));
                }
            }
        });
        double all = (double) EACH * Threads.COUNT;
        assertEquals("[" + all / 2 + ", " + all / 2 + ", " + all + "]", Arrays.toString(counts(ours)));
        millis.addAndGet((long) WINDOW_MILLIS * windows);
        assertEquals("[0.0, 0.0, 0.0]", Arrays.toString(counts(ours)));
    }

    private static DistributionStatisticConfig config(int windows) {
        return DistributionStatisticConfig.builder().serviceLevelObjectives(BOUNDS).bufferLength(windows)
                .expiry(Duration.ofMillis((long) windows * WINDOW_MILLIS)).build()
                .merge(DistributionStatisticConfig.DEFAULT);
    }

    private static Histogram make(Clock clock, DistributionStatisticConfig config) {
        Optional<Histogram> ours = WindowedHistogram.of(clock, config);
        assertEquals(Counting.isPerCpu(), ours.isPresent());
        return ours.orElseGet(() -> new TimeWindowFixedBoundaryHistogram(clock, config, false));
    }

    private static CountAtBucket[] buckets(Histogram histogram) {
        return histogram.takeSnapshot(0, 0, 0).histogramCounts();
    }

    private static double[] counts(Histogram histogram) {
        return Arrays.stream(buckets(histogram)).mapToDouble(CountAtBucket::count).toArray();
    }
}
