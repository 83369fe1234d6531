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

import java.util.Arrays;

/**
 * Totals by powers of a base that depends on the values: the smallest of those whose buckets, so many for
 * positive and as many for negative values, have room for them. There is one bucket for zero.
 * {@snippet lang="text" :
 * counts    positive: first bucket is starts[0]  |  negative, by absolute value: starts[1]  |  zero
 * }
 */
final class ExponentialTotals extends HistogramTotals {

    private static final int POSITIVE = 0;
    private static final int NEGATIVE = 1;

    private final ExponentialIndex index = ExponentialIndex.instance();
    private final int maxScale;
    private final int size;

    // By how much the scale is below the highest of all.
    private int shift;
    private int positiveStart;
    private int negativeStart;

    // Exchanged for counts where these have to move. Null if no value will come any more.
    private long[] spare;

    ExponentialTotals(int maxScale, int maxBuckets) {
        super(2 * maxBuckets + 1);
        this.maxScale = maxScale;
        size = maxBuckets;
        shift = ExponentialIndex.MAX_SCALE - maxScale;
        spare = new long[counts.length];
    }

    private int start(int range) {
        return range == POSITIVE ? positiveStart : negativeStart;
    }

    @Override
    HistogramTotals fresh() {
        return new ExponentialTotals(maxScale, size);
    }

    @Override
    void clear() {
        Arrays.fill(counts, 0);
        shift = ExponentialIndex.MAX_SCALE - maxScale;
        positiveStart = 0;
        negativeStart = 0;
        clearSums();
    }

    @Override
    int index(double x) {
        if (x > 0) {
            return place(POSITIVE, index.of(x));
        }
        return x == 0 ? 2 * size : place(NEGATIVE, index.of(-x));
    }

    // Of a bucket at the highest scale of all.
    private int place(int range, int finest) {
        int place = (finest >> shift) - start(range);
        if (place < 0 || place >= size) {
            makeRoom(range, finest);
            place = (finest >> shift) - start(range);
        }
        return range * size + place;
    }

    // For one more bucket, beside those that have values.
    private void makeRoom(int range, int finest) {
        int bucket = finest >> shift;
        int low = bucket;
        int high = bucket;
        if (first(range) < size) {
            low = Math.min(low, start(range) + first(range));
            high = Math.max(high, start(range) + last(range));
        }
        int more = 0;
        while ((high >> more) - (low >> more) >= size) {
            more++;
        }
        // In the middle.
        int start = (low >> more) - (size - 1 - ((high >> more) - (low >> more))) / 2;
        move(more, range == POSITIVE ? start : positiveStart >> more,
                range == NEGATIVE ? start : negativeStart >> more);
    }

    // So that anything may be thrown before the assignments at the end, and nothing at these.
    private void move(int more, int newPositiveStart, int newNegativeStart) {
        long[] from = counts;
        long[] to = spare;
        Arrays.fill(to, 0);
        for (int i = 0; i < size; i++) {
            if (from[i] != 0) {
                to[(positiveStart + i >> more) - newPositiveStart] += from[i];
            }
            if (from[size + i] != 0) {
                to[size + (negativeStart + i >> more) - newNegativeStart] += from[size + i];
            }
        }
        to[2 * size] = from[2 * size];
        int newShift = shift + more;
        counts = to;
        exchanges++;
        spare = from;
        shift = newShift;
        positiveStart = newPositiveStart;
        negativeStart = newNegativeStart;
    }

    // Where in its range the first bucket is that has values; size, if none has.
    private int first(int range) {
        int i = 0;
        while (i < size && counts[range * size + i] == 0) {
            i++;
        }
        return i;
    }

    private int last(int range) {
        int i = size - 1;
        while (i >= 0 && counts[range * size + i] == 0) {
            i--;
        }
        return i;
    }

    @Override
    boolean hasBucketsOf(HistogramTotals other) {
        return other instanceof ExponentialTotals;
    }

    @Override
    void addCounts(HistogramTotals other) {
        ExponentialTotals e = (ExponentialTotals) other;
        if (shift < e.shift) {
            int more = e.shift - shift;
            move(more, positiveStart >> more, negativeStart >> more);
        }
        for (int range = POSITIVE; range <= NEGATIVE; range++) {
            for (int i = 0; i < e.size; i++) {
                long count = e.counts[range * e.size + i];
                if (count != 0) {
                    int place = place(range, e.start(range) + i << e.shift);
                    counts[place] += count;
                }
            }
        }
        counts[2 * size] += e.counts[2 * e.size];
    }

    @Override
    void complete() {
        super.complete();
        spare = null;
    }

    // --- OpenTelemetry's form

    int scale() {
        return ExponentialIndex.MAX_SCALE - shift;
    }

    long zeroCount() {
        return counts[2 * size];
    }

    /** {@return the number of a range's first bucket that has values} */
    int offset(boolean negative) {
        int range = negative ? NEGATIVE : POSITIVE;
        int first = first(range);
        return first == size ? 0 : start(range) + first;
    }

    /** {@return how many values a range's buckets have, from the first that has any to the last} */
    long[] counts(boolean negative) {
        int range = negative ? NEGATIVE : POSITIVE;
        int first = first(range);
        return first == size ? new long[0]
                : Arrays.copyOfRange(counts, range * size + first, range * size + last(range) + 1);
    }

    // --- From the least to the greatest: the negative range, zero, the positive range, and an empty bucket above it.

    // Of a range, ascending by absolute value: one more than it has buckets.
    private double[] bounds(boolean negative) {
        int offset = offset(negative);
        double[] bounds = new double[counts(negative).length + 1];
        for (int i = 0; i < bounds.length; i++) {
            // No value is above the greatest double, and the bucket above has infinity for itself.
            bounds[i] = Math.min(index.bound(offset + i << shift), Double.MAX_VALUE);
        }
        return bounds;
    }

    private double[] allBounds(boolean lower) {
        double[] negative = bounds(true);
        double[] positive = bounds(false);
        int negatives = negative.length - 1;
        int positives = positive.length - 1;
        double[] all = new double[negatives + 1 + positives + 1];
        for (int i = 0; i < negatives; i++) {
            all[i] = -negative[negatives - i - (lower ? 0 : 1)];
        }
        // That of zero is zero.
        for (int i = 0; i < positives; i++) {
            all[negatives + 1 + i] = positive[i + (lower ? 0 : 1)];
        }
        all[negatives + 1 + positives] = lower ? positives == 0 ? 0 : positive[positives] : Double.POSITIVE_INFINITY;
        return all;
    }

    @Override
    double[] lowerBounds() {
        return allBounds(true);
    }

    @Override
    double[] upperBounds() {
        return allBounds(false);
    }

    @Override
    long[] bucketCounts() {
        long[] negative = counts(true);
        long[] positive = counts(false);
        long[] all = new long[negative.length + 1 + positive.length + 1];
        for (int i = 0; i < negative.length; i++) {
            all[negative.length - 1 - i] = negative[i];
        }
        all[negative.length] = zeroCount();
        System.arraycopy(positive, 0, all, negative.length + 1, positive.length);
        return all;
    }
}
