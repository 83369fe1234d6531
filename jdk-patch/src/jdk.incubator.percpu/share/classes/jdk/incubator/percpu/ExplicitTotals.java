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
 * Totals by bounds that somebody gave. A count for each, of values up to it, and one of those above the
 * last.
 */
final class ExplicitTotals extends HistogramTotals {

    private final Bounds bounds;

    ExplicitTotals(double[] bounds) {
        this(new Bounds(bounds));
    }

    private ExplicitTotals(Bounds bounds) {
        super(bounds.count + 1);
        this.bounds = bounds;
    }

    /**
     * Bounds, and where to look among them. The bits of positive doubles are in their order. Cut off, so
     * that {@code CELLS} numbers are left at most from the first positive bound to the last, each number is a cell,
     * and a table tells how many bounds lie below it.
     */
    private static final class Bounds {

        private static final int CELLS = 256;

        // And infinity.
        private final double[] values;
        private final long[] bits;
        private final int count;

        private final int shift;
        private final long first;
        private final int[] below;

        Bounds(double[] bounds) {
            count = bounds.length;
            values = Arrays.copyOf(bounds, count + 1);
            values[count] = Double.POSITIVE_INFINITY;
            bits = new long[count + 1];
            for (int i = 0; i <= count; i++) {
                bits[i] = Double.doubleToRawLongBits(values[i]);
            }
            int positive = 0;
            while (positive < count && bounds[positive] <= 0) {
                positive++;
            }
            int s = 0;
            int cells = 0;
            long low = 1;
            if (positive < count) {
                low = Double.doubleToRawLongBits(bounds[positive]);
                long high = Double.doubleToRawLongBits(bounds[count - 1]);
                while ((high >> s) - (low >> s) >= CELLS) {
                    s++;
                }
                // Zero is in no cell.
                low = Math.max(low >> s, 1);
                cells = (int) ((high >> s) - low) + 1;
            }
            shift = s;
            first = low;
            below = new int[cells + 1];
            for (int cell = 0, bound = positive; cell <= cells; cell++) {
                while (bound < count && cell(bounds[bound]) < cell) {
                    bound++;
                }
                below[cell] = bound;
            }
        }

        // Negative for what is less than all cells, but for -0.0.
        private long cell(double x) {
            return (Double.doubleToRawLongBits(x) >> shift) - first;
        }

        /** {@return how many bounds are less than a value} */
        int index(double x) {
            long cell = cell(x);
            if (Long.compareUnsigned(cell, below.length - 1) >= 0) {
                return cell < 0 || x <= 0 ? search(x, 0, below[0]) : count;
            }
            int next = below[(int) cell];
            int end = below[(int) cell + 1];
            if (end - next > 1) {
                return search(x, next, end);
            }
            // One more, if that is less: no branch, for a processor to guess.
            return next + (int) (bits[next] - Double.doubleToRawLongBits(x) >>> 63);
        }

        private int search(double x, int low, int high) {
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (x > values[middle]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    @Override
    HistogramTotals fresh() {
        return new ExplicitTotals(bounds);
    }

    @Override
    void clear() {
        Arrays.fill(counts, 0);
        clearSums();
    }

    @Override
    int index(double x) {
        return bounds.index(x);
    }

    @Override
    boolean hasBucketsOf(HistogramTotals other) {
        return other instanceof ExplicitTotals e && Arrays.equals(bounds.values, e.bounds.values);
    }

    @Override
    void addCounts(HistogramTotals other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    @Override
    double[] lowerBounds() {
        double[] lower = new double[counts.length];
        lower[0] = Double.NEGATIVE_INFINITY;
        System.arraycopy(bounds.values, 0, lower, 1, bounds.count);
        return lower;
    }

    @Override
    double[] upperBounds() {
        return bounds.values.clone();
    }

    @Override
    long[] bucketCounts() {
        return counts.clone();
    }
}
