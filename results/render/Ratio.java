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
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Variance;

/**
 * A ratio with its 95% interval: a mean of logarithms, the variance of that mean and the degrees of
 * freedom. Where two measurements have as many rounds, round r of one is divided by round r of the
 * other, which ran within the same minutes. Else, and between runs, it is Welch's interval.
 */
record Ratio(double log, double variance, double freedom) {
    static final Ratio UNKNOWN = new Ratio(Double.NaN, Double.NaN, 0);

    /** Of the time to a nanosecond; unknown if it is null. */
    static Ratio of(Measurement m) {
        return m == null ? UNKNOWN : ofRounds(m.rounds());
    }

    /** Of the time of two measurements; unknown if one is null. */
    static Ratio of(Measurement a, Measurement b) {
        if (a == null || b == null) {
            return UNKNOWN;
        }
        // Of as many rounds, but planned as more or less of them: not all ran beside each other.
        return a.planned() == b.planned() ? of(a.rounds(), b.rounds()) : ofRounds(a.rounds()).over(ofRounds(b.rounds()));
    }

    /** How many times the total throughput of b a has. */
    static Ratio ofThroughput(Measurement a, Measurement b) {
        return of(b, a).times(a == null || b == null ? 1 : (double) a.threads() / b.threads());
    }

    static Ratio of(double[] a, double[] b) {
        if (a == null || b == null) {
            return UNKNOWN;
        }
        if (a.length != b.length) {
            return ofRounds(a).over(ofRounds(b));
        }
        return ofRounds(IntStream.range(0, a.length).mapToDouble(r -> a[r] / b[r]).toArray());
    }

    static Ratio ofRounds(double[] values) {
        if (values == null || values.length == 0 || !Arrays.stream(values).allMatch(v -> v > 0 && Double.isFinite(v))) {
            return UNKNOWN;
        }
        int n = values.length;
        double[] logs = Arrays.stream(values).map(Math::log).toArray();
        return new Ratio(Mean.of(logs).getAsDouble(), n == 1 ? Double.POSITIVE_INFINITY : Variance.of(logs).getAsDouble() / n, n - 1);
    }

    /** This divided by what was not measured round by round with it. */
    Ratio over(Ratio other) {
        double sum = variance + other.variance;
        double parts = variance * variance / freedom + other.variance * other.variance / other.freedom;
        double both = freedom == 0 || other.freedom == 0 ? 0 : parts == 0 ? freedom + other.freedom : sum * sum / parts;
        return new Ratio(log - other.log, sum, both);
    }

    Ratio times(double factor) {
        return new Ratio(log + Math.log(factor), variance, freedom);
    }

    Ratio inverse() {
        return new Ratio(-log, variance, freedom);
    }

    Interval interval() {
        double half = Student.quantile(freedom) * Math.sqrt(variance);
        return new Interval(Math.exp(log), Math.exp(log - half), Math.exp(log + half));
    }

    boolean known() {
        return !Double.isNaN(log);
    }

    /**
     * The fewest rounds, at least two, after which no end of the interval is more than so many times the value away, if
     * rounds go on to differ as these did; 0 if it is not known how much they do.
     */
    int rounds(double factor) {
        double deviation = Math.sqrt(variance * (freedom + 1));
        if (!Double.isFinite(deviation)) {
            return 0;
        }
        double wanted = Math.log(factor) / deviation;
        // Student's quantile is never below the normal one.
        int n = (int) Math.max(2, Math.floor(Math.pow(Student.NORMAL / wanted, 2)));
        while (Student.quantile(n - 1) / Math.sqrt(n) > wanted) {
            n++;
        }
        return n;
    }

    String text() {
        return text(Text.DIGITS);
    }

    String text(int digits) {
        return Text.ratio(interval().value(), digits);
    }

    String intervalText() {
        return intervalText(Text.DIGITS);
    }

    String intervalText(int digits) {
        Interval i = interval();
        return i.bounded() ? Text.ratio(i.low(), digits) + " to " + Text.ratio(i.high(), digits) : "one round, no interval";
    }

    /** The value, with the interval in brackets. */
    String full() {
        return full(Text.DIGITS);
    }

    String full(int digits) {
        return known() ? text(digits) + " (" + intervalText(digits) + ")" : Text.NONE;
    }
}
