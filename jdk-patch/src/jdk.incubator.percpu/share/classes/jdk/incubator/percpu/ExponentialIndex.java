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
 * Buckets whose bounds are powers of 2^(2^-8), by number, as OpenTelemetry's data model numbers those of
 * scale 8. Bucket i has the numbers above bound i, up to bound i + 1. At a lower scale a number's bucket is
 * this one, shifted right by the difference.
 */
final class ExponentialIndex {

    /** The highest scale. */
    static final int MAX_SCALE = 8;

    /** The lowest: all positive doubles are in two buckets. */
    static final int MIN_SCALE = -10;

    private static final int PER_OCTAVE = 1 << MAX_SCALE;

    private static final int MANTISSA_BITS = 52;
    private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
    private static final long LEAST = 1L << MANTISSA_BITS;
    private static final long ONE = (long) Double.MAX_EXPONENT << MANTISSA_BITS;

    // Narrower than the narrowest bucket.
    private static final int CELL_BITS = MAX_SCALE + 1;
    private static final int CELL_SHIFT = MANTISSA_BITS - CELL_BITS;

    // Made when it is first needed: a static initializer that fails could not be tried again.
    private static volatile ExponentialIndex instance;

    // Of the bounds from 1 on, and 2.
    private final long[] mantissas = new long[PER_OCTAVE + 1];

    // By a mantissa's upper bits: how many bounds have lower ones. There is one more at most with the same.
    private final short[] below = new short[1 << CELL_BITS];

    private ExponentialIndex() {
        for (int i = 0; i < PER_OCTAVE; i++) {
            // The same on all platforms.
            mantissas[i] = Double.doubleToRawLongBits(StrictMath.pow(2, (double) i / PER_OCTAVE)) & MANTISSA;
        }
        mantissas[PER_OCTAVE] = MANTISSA + 1;
        for (int cell = 0, bound = 0; cell < below.length; cell++) {
            while (mantissas[bound] < (long) cell << CELL_SHIFT) {
                bound++;
            }
            below[cell] = (short) bound;
        }
    }

    static ExponentialIndex instance() {
        ExponentialIndex index = instance;
        if (index == null) {
            index = new ExponentialIndex();
            instance = index;
        }
        return index;
    }

    /**
     * {@return the number of a bucket at scale 8}
     *
     * @param x what it has, positive and finite; below 2^-1022 it counts as that
     */
    int of(double x) {
        // Bits of positive numbers are in their order.
        long bits = Math.max(Double.doubleToRawLongBits(x), LEAST);
        long mantissa = bits & MANTISSA;
        int bound = below[(int) (mantissa >>> CELL_SHIFT)];
        // One more, if the next is less, too.
        bound += (int) (mantissas[bound] - mantissa >>> 63);
        return ((int) (bits >>> MANTISSA_BITS) - Double.MAX_EXPONENT) * PER_OCTAVE + bound - 1;
    }

    /** {@return what all numbers of a bucket at scale 8 are above} The power to an ulp, or infinity. */
    double bound(int bucket) {
        double fraction = Double.longBitsToDouble(ONE | mantissas[Math.floorMod(bucket, PER_OCTAVE)]);
        return Math.scalb(fraction, Math.floorDiv(bucket, PER_OCTAVE));
    }
}
