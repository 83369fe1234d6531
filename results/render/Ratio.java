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

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A ratio of two measurements with its 95% interval. Round r of one is divided by round r of the
 * other, which ran within the same minute or two; the mean and Student's interval are those of
 * the logarithms of these ratios.
 */
record Ratio(double value, double low, double high) {
    // Two-sided 95% quantiles of Student's t for 1 to 10 degrees of freedom.
    private static final double[] STUDENT = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
    private static final double NORMAL = 1.96;

    static Ratio of(Measurement a, Measurement b) {
        return of(a.rounds(), b.rounds(), 1);
    }

    /** How many times the total throughput of b a has. */
    static Ratio ofThroughput(Measurement a, Measurement b) {
        return of(b.rounds(), a.rounds(), (double) a.threads() / b.threads());
    }

    private static Ratio of(double[] a, double[] b, double factor) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("measurements of " + a.length + " and " + b.length + " rounds");
        }
        return ofLogs(IntStream.range(0, a.length).mapToDouble(r -> Math.log(a[r] / b[r] * factor)).toArray());
    }

    static Ratio ofLogs(double[] logs) {
        int n = logs.length;
        double mean = IntStream.range(0, n).mapToDouble(i -> logs[i]).sum() / n;
        if (n == 1) {
            return new Ratio(Math.exp(mean), 0, Double.POSITIVE_INFINITY);
        }
        double squares = IntStream.range(0, n).mapToDouble(i -> (logs[i] - mean) * (logs[i] - mean)).sum();
        double t = n - 2 < STUDENT.length ? STUDENT[n - 2] : NORMAL;
        double half = t * Math.sqrt(squares / (n - 1) / n);
        return new Ratio(Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half));
    }

    String text() {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    String intervalText() {
        return String.format(Locale.ROOT, "%.2f to %.2f", low, high);
    }
}
