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

package percpu.adapters.prometheus;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;

import percpu.adapters.common.Counting;
import percpu.adapters.common.Distribution;
import percpu.adapters.common.LongSum;

/** What is kept per CPU. Infinities are counted apart, since the distribution leaves them out. */
final class PerCpuPoint implements HistogramPoint {

    // The exponent of the first power of two above all doubles.
    private static final int ABOVE = Double.MAX_EXPONENT + 1;

    // No value is a zero for it but zero. Without one, Prometheus takes a histogram for classic as long as it is empty.
    private static final double ZERO_THRESHOLD = Double.MIN_VALUE;

    // Of classic buckets, the last is infinite. Null for native ones.
    private final double[] upperBounds;
    private final Distribution finite;
    private final LongSum negativeInfinities = Counting.longSum();
    private final LongSum positiveInfinities = Counting.longSum();
    private final long created = System.currentTimeMillis();

    PerCpuPoint(double[] upperBounds, Distribution finite) {
        this.upperBounds = upperBounds;
        this.finite = finite;
    }

    @Override
    public void observe(double value) {
        if (Math.abs(value) <= Double.MAX_VALUE) {
            finite.record(value);
        } else if (value < 0) {
            negativeInfinities.add(1);
        } else if (value > 0) {
            positiveInfinities.add(1);
        }
    }

    @Override
    public long getCount() {
        long count = negativeInfinities.sum() + positiveInfinities.sum();
        for (long c : finite.snapshot().counts()) {
            count += c;
        }
        return count;
    }

    @Override
    public double getSum() {
        return sum(finite.snapshot().sum(), negativeInfinities.sum(), positiveInfinities.sum());
    }

    private static double sum(double finite, long negative, long positive) {
        double sum = negative == 0 ? finite : finite + Double.NEGATIVE_INFINITY;
        return positive == 0 ? sum : sum + Double.POSITIVE_INFINITY;
    }

    @Override
    public HistogramDataPointSnapshot snapshot(Labels labels) {
        long negative = negativeInfinities.sum();
        long positive = positiveInfinities.sum();
        Distribution.Snapshot snapshot = finite.snapshot();
        HistogramDataPointSnapshot.Builder builder = HistogramDataPointSnapshot.builder();
        builder.labels(labels).createdTimestampMillis(created).sum(sum(snapshot.sum(), negative, positive));
        if (upperBounds != null) {
            long[] counts = snapshot.counts();
            counts[0] += negative;
            counts[counts.length - 1] += positive;
            return builder.classicHistogramBuckets(ClassicHistogramBuckets.of(upperBounds, counts)).build();
        }
        Distribution.Exponential buckets = snapshot.exponential();
        int scale = buckets.scale();
        return builder.nativeSchema(scale).nativeZeroThreshold(ZERO_THRESHOLD).nativeZeroCount(buckets.zeros())
                .nativeBucketsForPositiveValues(range(scale, buckets.positiveOffset(), buckets.positive(), positive))
                .nativeBucketsForNegativeValues(range(scale, buckets.negativeOffset(), buckets.negative(), negative))
                .build();
    }

    // Prometheus numbers a bucket by its upper bound, and has one for infinities after that of the largest double.
    private static NativeHistogramBuckets range(int scale, int offset, long[] counts, long infinities) {
        NativeHistogramBuckets.Builder range = NativeHistogramBuckets.builder();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                range.bucket(offset + i + 1, counts[i]);
            }
        }
        if (infinities != 0) {
            range.bucket((scale >= 0 ? ABOVE << scale : ABOVE >> -scale) + 1, infinities);
        }
        return range.build();
    }
}
