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

package percpu.adapters.micrometer;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.Histogram;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;

import percpu.adapters.common.Counting;
import percpu.adapters.common.Distribution;

/**
 * How many values were in each bucket, in the last windows of time and the present one, as Micrometer's
 * {@code TimeWindowFixedBoundaryHistogram} tells it. That one counts each value in all windows in which it will be
 * told; here it is recorded once, and what a window had is taken when it ends.
 */
final class WindowedHistogram implements Histogram {

    private final Clock clock;
    private final double[] bounds;
    private final Distribution present;
    private final long windowMillis;
    private final AtomicBoolean moving = new AtomicBoolean();
    private volatile long begin;

    // What the windows before had, null for nothing; the one after last is the oldest. Guarded by this.
    private final Distribution.Snapshot[] before;
    private int last;

    private WindowedHistogram(Clock clock, DistributionStatisticConfig config, long windowMillis, double[] bounds,
            Distribution present) {
        this.clock = clock;
        this.bounds = bounds;
        this.present = present;
        this.windowMillis = windowMillis;
        before = new Distribution.Snapshot[config.getBufferLength() - 1];
        begin = clock.wallTime();
    }

    /** Empty if the library's own is to be used: for percentiles, without buckets, or if there is none per CPU. */
    static Optional<Histogram> of(Clock clock, DistributionStatisticConfig config) {
        if (config.isPublishingPercentiles() || !config.isPublishingHistogram()) {
            return Optional.empty();
        }
        long windowMillis = config.getExpiry().toMillis() / config.getBufferLength();
        double[] bounds = config.getHistogramBuckets(false).stream().mapToDouble(bound -> bound + 0.0).distinct()
                .toArray();
        // What is wrong, the library says. It may have infinite bounds; then it is used.
        if (windowMillis <= 0 || bounds.length == 0 || !Double.isFinite(bounds[0])
                || !Double.isFinite(bounds[bounds.length - 1])) {
            return Optional.empty();
        }
        return Counting.distribution(bounds)
                .map(present -> new WindowedHistogram(clock, config, windowMillis, bounds, present));
    }

    @Override
    public void recordLong(long value) {
        moveOn();
        present.record(value);
    }

    // Rounded up, as Micrometer's own does: so a value that is a bound, and no integer, is in the bucket above.
    @Override
    public void recordDouble(double value) {
        moveOn();
        present.record(Math.ceil(value));
    }

    // One thread does it, and nobody waits for that.
    private void moveOn() {
        if (clock.wallTime() - begin >= windowMillis && moving.compareAndSet(false, true)) {
            try {
                endWindows();
            } catch (OutOfMemoryError e) {
                // Nothing has changed, and the next call tries again.
            } finally {
                moving.set(false);
            }
        }
    }

    private synchronized void endWindows() {
        long windows = (clock.wallTime() - begin) / windowMillis;
        if (windows <= 0) {
            return;
        }
        Distribution.Snapshot taken = present.snapshotAndReset();
        if (windows > before.length) {
            // So old that nobody will be told of it.
            taken = null;
        }
        for (long n = Math.min(windows, before.length); n > 0; n--) {
            last = last + 1 == before.length ? 0 : last + 1;
            before[last] = taken;
            taken = null;
        }
        begin += windows * windowMillis;
    }

    private static void add(long[] counts, long[] more) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += more[i];
        }
    }

    @Override
    public HistogramSnapshot takeSnapshot(long count, double total, double max) {
        moveOn();
        long[] counts;
        synchronized (this) {
            counts = present.snapshot().counts();
            for (Distribution.Snapshot window : before) {
                if (window != null) {
                    add(counts, window.counts());
                }
            }
        }
        CountAtBucket[] buckets = new CountAtBucket[bounds.length];
        long upTo = 0;
        for (int i = 0; i < bounds.length; i++) {
            upTo += counts[i];
            buckets[i] = new CountAtBucket(bounds[i], (double) upTo);
        }
        return new HistogramSnapshot(count, total, max, null, buckets, null);
    }
}
