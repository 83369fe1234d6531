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

package jdk.incubator.percpu;

/**
 * What a {@link PerCpuHistogram} had at some time: how many values were in each bucket, and their
 * sum. It does not change.
 *
 * <p>All buckets together have all values that count, from the least to the greatest. With
 * {@linkplain PerCpuHistogram#withBounds given bounds}, buckets are those that were given. With
 * {@linkplain PerCpuHistogram#exponential exponential} ones, they are those of the negative range, one for zero,
 * those of the positive range, each range from the first bucket with values to the last, and an
 * empty one above.
 *
 * <p>To export it:
 * <ul>
 * <li>Prometheus, classic: {@link #upperBounds()} are the values of the label {@code le},
 *     {@link #cumulativeCounts()} the buckets' values, {@link #count()} and {@link #sum()} the rest.
 * <li>Prometheus, native: the schema is {@link #scale()}, which must be from -4 to 8: see
 *     {@link PerCpuHistogram#exponential}. The zero threshold is 0: only zeros are in that bucket. Prometheus
 *     numbers a bucket by its upper bound, so the first one of a range is its offset plus 1.
 * <li>OpenTelemetry, explicit bounds: {@code explicit_bounds} is {@link #upperBounds()} without the last,
 *     {@code bucket_counts} is {@link #counts()}.
 * <li>OpenTelemetry, exponential: {@link #scale()}, {@link #zeroCount()}, and for each range
 *     {@code offset} and {@code bucket_counts}. The zero threshold is 0.
 * </ul>
 * OpenTelemetry's cumulative temporality is what {@link PerCpuHistogram#snapshot()} has, its delta temporality
 * that of {@link PerCpuHistogram#snapshotAndReset()}.
 *
 * <p>Arrays that methods return are the caller's. They are made at each call: a load and a store for each
 * bucket. {@link #count()} adds up as many. Methods that return another number only load it. None takes a lock.
 *
 * @since 25
 */
public final class HistogramSnapshot {

    private final HistogramTotals totals;

    /** For totals that are written before anybody else sees this, and then no more. */
    HistogramSnapshot(HistogramTotals totals) {
        this.totals = totals;
    }

    /**
     * Returns how many values there are: the sum of {@link #counts()}.
     *
     * @return how many values there are
     */
    public long count() {
        long count = 0;
        for (long c : totals.counts) {
            count += c;
        }
        return count;
    }

    /**
     * Returns the sum of the values. It is exact if they are integers and the sum of their absolute values is below
     * 2<sup>53</sup>. Otherwise its error is at most half an ulp of the sum, plus, for {@code n} values,
     * {@code n * n} times 2<sup>-106</sup> times the sum of their absolute values. If the sum of some of them, those of
     * one slot perhaps, is beyond all doubles it is an infinity, or NaN if that happens in both directions.
     *
     * @return the sum, 0 if there are no values
     */
    public double sum() {
        // What was rounded off an infinity is no number.
        return Double.isFinite(totals.sum) ? totals.sum + totals.rest : totals.sum;
    }

    /**
     * Returns the smallest value.
     *
     * @return the smallest value, {@link Double#POSITIVE_INFINITY} if there is none
     */
    public double min() {
        return totals.min;
    }

    /**
     * Returns the largest value.
     *
     * @return the largest value, {@link Double#NEGATIVE_INFINITY} if there is none
     */
    public double max() {
        return totals.max;
    }

    /**
     * Returns how many NaNs and infinities were recorded, which count for nothing else.
     *
     * @return how many
     */
    public long notFinite() {
        return totals.notFinite;
    }

    /**
     * Returns the upper bound of each bucket, ascending. The last is {@link Double#POSITIVE_INFINITY}. Each bucket
     * has the values above the bound before its own, up to its own. In the negative range of exponential buckets a
     * value that is a bound is in the bucket above instead.
     *
     * @return the upper bound of each bucket
     */
    public double[] upperBounds() {
        return totals.upperBounds();
    }

    /**
     * Returns how many values each bucket has.
     *
     * @return how many values each bucket has
     */
    public long[] counts() {
        return totals.bucketCounts();
    }

    /**
     * Returns how many values each bucket has, and those before it. The last is {@link #count()}.
     *
     * @return how many values each bucket and those before it have
     */
    public long[] cumulativeCounts() {
        long[] counts = totals.bucketCounts();
        for (int i = 1; i < counts.length; i++) {
            counts[i] += counts[i - 1];
        }
        return counts;
    }

    /**
     * Estimates a quantile: a value such that {@code q * count()} values, rounded up, are not above it. The true one
     * is the least of the recorded ones that this holds for. The estimate is in the same bucket, and not below
     * {@link #min()} nor above {@link #max()}. So its error is at most the width of the bucket between these; with
     * exponential buckets of scale {@code s} at most {@code 2^(2^-s) - 1} times the absolute value of the true one,
     * if that is 2<sup>-1022</sup> or more. Within a bucket values are taken to be equally far from each other, as
     * Prometheus does with classic histograms. A greater {@code q} never has a smaller estimate.
     *
     * @implNote Cost: that of {@link #counts()} and {@link #upperBounds()}.
     *
     * @param q from 0, which is {@link #min()}, to 1, which is {@link #max()}; 0.5 is the median, 0.99 the 99th
     *          percentile
     * @return the estimate, NaN if there are no values
     * @throws IllegalArgumentException if {@code q} is out of range
     */
    public double quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("q must be from 0 to 1: " + q);
        }
        long count = count();
        if (count == 0) {
            return Double.NaN;
        }
        if (q == 0) {
            return totals.min;
        }
        double rank = q * count;
        long[] counts = totals.bucketCounts();
        long before = 0;
        int bucket = 0;
        // The last that has values, where rounding leads above it.
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                bucket = i;
                if (before + counts[i] >= rank) {
                    break;
                }
                before += counts[i];
            }
        }
        double lower = Math.clamp(totals.lowerBounds()[bucket], totals.min, totals.max);
        double upper = Math.clamp(totals.upperBounds()[bucket], totals.min, totals.max);
        double part = Math.clamp((rank - before) / counts[bucket], 0.0, 1.0);
        if (part == 1) {
            // What follows need not come to it: its sum is rounded.
            return upper;
        }
        double width = upper - lower;
        // Each form rises with part, however it is rounded: the second one because only bounds of different signs are
        // farther apart than the largest double.
        double value = width <= Double.MAX_VALUE ? lower + width * part : lower * (1 - part) + upper * part;
        return Math.clamp(value, lower, upper);
    }

    /**
     * Returns what both have together. With exponential buckets, scales may be different: the
     * result has the lower one, or one that is lower still, so that all fits into the {@code maxBuckets} of this.
     *
     * @implNote Cost: a load and an addition for each bucket of both.
     *
     * @param other the other, with the same bounds, or exponential as this is
     * @return a new snapshot
     * @throws IllegalArgumentException if it has other bounds, or buckets of the other kind
     */
    public HistogramSnapshot merge(HistogramSnapshot other) {
        if (!totals.hasBucketsOf(other.totals)) {
            throw new IllegalArgumentException("The buckets are not the same");
        }
        HistogramTotals sum = totals.fresh();
        sum.add(totals);
        sum.add(other.totals);
        sum.complete();
        return new HistogramSnapshot(sum);
    }

    /**
     * Tells whether buckets are {@linkplain PerCpuHistogram#exponential exponential}.
     *
     * @return whether they are
     */
    public boolean isExponential() {
        return totals instanceof ExponentialTotals;
    }

    private ExponentialTotals exponential() {
        if (totals instanceof ExponentialTotals exponential) {
            return exponential;
        }
        throw new IllegalStateException("The buckets are not exponential");
    }

    /**
     * Returns the scale: bounds are the powers of {@code 2^(2^-scale)}.
     *
     * @return the scale, from -10 to 8
     * @throws IllegalStateException if buckets are not exponential
     */
    public int scale() {
        return exponential().scale();
    }

    /**
     * Returns how many zeros there are.
     *
     * @return how many zeros there are
     * @throws IllegalStateException if buckets are not exponential
     */
    public long zeroCount() {
        return exponential().zeroCount();
    }

    /**
     * Returns the number of the bucket that is first in {@link #positiveCounts()}.
     *
     * @return the number of the first bucket of the positive range; 0 if there is none
     * @throws IllegalStateException if buckets are not exponential
     */
    public int positiveOffset() {
        return exponential().offset(false);
    }

    /**
     * Returns how many values each bucket of the positive range has, from the first that has one to the last.
     *
     * @return how many values each bucket has
     * @throws IllegalStateException if buckets are not exponential
     */
    public long[] positiveCounts() {
        return exponential().counts(false);
    }

    /**
     * Returns the number of the bucket that is first in {@link #negativeCounts()}.
     *
     * @return the number of the first bucket of the negative range, by absolute values; 0 if there is none
     * @throws IllegalStateException if buckets are not exponential
     */
    public int negativeOffset() {
        return exponential().offset(true);
    }

    /**
     * Returns how many values each bucket of the negative range has, by absolute values ascending, from the first
     * that has one to the last.
     *
     * @return how many values each bucket has
     * @throws IllegalStateException if buckets are not exponential
     */
    public long[] negativeCounts() {
        return exponential().counts(true);
    }

    /**
     * Returns count, sum, smallest and largest value, for people.
     *
     * @return count, sum, smallest and largest value
     */
    @Override
    public String toString() {
        return "count " + count() + ", sum " + sum() + ", min " + min() + ", max " + max();
    }
}
