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

import java.util.Arrays;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Variance;

/** A mean over rounds and its 95% interval. */
record Interval(double value, double low, double high) {
    static final double NOISY = 0.15;

    /** Of logarithms if all are positive, else of the values themselves. */
    static Interval of(double[] rounds) {
        if (Arrays.stream(rounds).allMatch(v -> v > 0)) {
            return Ratio.ofRounds(rounds).interval();
        }
        double mean = Mean.of(rounds).getAsDouble();
        int n = rounds.length;
        double half = n < 2 ? Double.POSITIVE_INFINITY : Student.quantile(n - 1) * Math.sqrt(Variance.of(rounds).getAsDouble() / n);
        return new Interval(mean, mean - half, mean + half);
    }

    Interval times(double factor) {
        return new Interval(value * factor, low * factor, high * factor);
    }

    boolean known() {
        return !Double.isNaN(value);
    }

    /** One round has a value and nothing to tell how far it can be trusted. */
    boolean bounded() {
        return Double.isFinite(low) && Double.isFinite(high);
    }

    boolean noisy() {
        return !bounded() || high - value > NOISY * Math.abs(value);
    }
}
