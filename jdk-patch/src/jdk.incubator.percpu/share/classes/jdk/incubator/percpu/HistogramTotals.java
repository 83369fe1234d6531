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
 * What a histogram keeps of values: how many are in each bucket, their sum, the smallest and the
 * largest. Guarded by whoever has it.
 */
abstract sealed class HistogramTotals permits ExplicitTotals, ExponentialTotals {

    // By what index returned. A subclass may exchange it for another.
    long[] counts;

    // How often that happened. Two exchanges bring the first one back.
    int exchanges;

    // The sum, and what was rounded off it, each time exactly.
    double sum;
    double rest;

    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;

    long notFinite;

    HistogramTotals(int counts) {
        this.counts = new long[counts];
    }

    /** {@return totals of no values, with the same buckets} */
    abstract HistogramTotals fresh();

    /** Forgets all values. */
    abstract void clear();

    /**
     * {@return where a value is counted} Before it returns, buckets may be made wider for that. Allocates
     * nothing.
     *
     * @param x the value, finite
     */
    abstract int index(double x);

    /** {@return whether the values of others can be counted here} */
    abstract boolean hasBucketsOf(HistogramTotals other);

    /** Counts the values of others, but not in {@link #sum} and what else is here. Allocates nothing. */
    abstract void addCounts(HistogramTotals other);

    /** {@return for each bucket what its values are above, from the least to the greatest} */
    abstract double[] lowerBounds();

    /** {@return for each bucket what none of its values is above} The last one is infinity. */
    abstract double[] upperBounds();

    /** {@return how many values each bucket has} */
    abstract long[] bucketCounts();

    /** To be called when no value will be added any more. */
    void complete() {
        // Not -0.0, as bounds.
        min += 0.0;
        max += 0.0;
    }

    /** Adds all values of others. Allocates nothing. */
    final void add(HistogramTotals other) {
        addCounts(other);
        double s = sum + other.sum;
        rest += rounded(sum, other.sum, s) + other.rest;
        sum = s;
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
        notFinite += other.notFinite;
    }

    /** {@return what was rounded off a sum of two numbers} */
    static double rounded(double a, double b, double sum) {
        if (Math.abs(b) == Double.MAX_VALUE) {
            // The part below could be rounded to an infinity. This is exact where b is not the smaller one.
            return a - (sum - b);
        }
        double part = sum - a;
        return (a - (sum - part)) + (b - part);
    }

    final void clearSums() {
        sum = 0;
        rest = 0;
        min = Double.POSITIVE_INFINITY;
        max = Double.NEGATIVE_INFINITY;
        notFinite = 0;
    }
}
