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

/** Student's distribution: how wide an interval is. */
final class Student {
    // Two-sided 95% quantiles for 1 to 10 degrees of freedom, and for infinitely many.
    private static final double[] FEW = {
            12.70620, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139};
    private static final double NORMAL = 1.959964;

    private Student() {
    }

    /** Two-sided 95% quantile for that many degrees of freedom, rounded down. */
    static double quantile(double freedom) {
        double n = Math.floor(freedom + 1e-9);
        if (n < 1) {
            return Double.POSITIVE_INFINITY;
        }
        if (n <= FEW.length) {
            return FEW[(int) n - 1];
        }
        // The first terms of Cornish and Fisher's expansion: good to four digits from here on.
        double z = NORMAL;
        double z2 = z * z;
        double first = z * (z2 + 1) / 4;
        double second = z * (5 * z2 * z2 + 16 * z2 + 3) / 96;
        double third = z * (3 * z2 * z2 * z2 + 19 * z2 * z2 + 17 * z2 - 15) / 384;
        return z + first / n + second / (n * n) + third / (n * n * n);
    }
}
