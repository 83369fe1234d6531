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

import org.apache.commons.statistics.distribution.TDistribution;

/** Student's distribution: how wide an interval is. */
final class Student {
    /** Two-sided 95% quantile of the normal distribution, rounded down: that of many degrees of freedom. */
    static final double NORMAL = 1.9599;

    private Student() {
    }

    /** Two-sided 95% quantile for that many degrees of freedom, rounded down. */
    static double quantile(double freedom) {
        double n = Math.floor(freedom + 1e-9);
        return n < 1 ? Double.POSITIVE_INFINITY : TDistribution.of(n).inverseSurvivalProbability(0.025);
    }
}
