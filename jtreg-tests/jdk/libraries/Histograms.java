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

/*
 * @test
 * @summary what PerCpuHistogram and its snapshots promise
 * @library /lib
 * @modules jdk.incubator.percpu/jdk.incubator.percpu:+open java.base/jdk.internal.misc java.base/jdk.internal.percpu:+open
 * @build percpu.lib.Check
 * @run main/othervm Histograms
 * @run main/othervm -XX:-UseRseq Histograms
 * @run main/othervm -Xint Histograms
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:+RseqForceAbort Histograms
 * @run main/othervm -XX:RseqIndex=cpu_id Histograms
 * @run main/othervm -Xcomp -XX:TieredStopAtLevel=1
 *      -XX:CompileCommand=compileonly,Histograms::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Histograms
 * @run main/othervm -Xcomp -XX:-TieredCompilation
 *      -XX:CompileCommand=compileonly,Histograms::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Histograms
 */

import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.HistogramSnapshot;
import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuHistogram;
import jdk.internal.percpu.ExclusiveUse;
import percpu.lib.Check;

public class Histograms {
    // More than a slot has room for, a few times.
    private static final int MANY = 3000;

    private static final double[] PROMETHEUS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    private static final double[][] BOUNDS = {
            {},
            {0},
            {1},
            {-1},
            PROMETHEUS,
            {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
            {-100, -1, -0.001, 0, 0.001, 1, 100},
            {-5, -4, -3},
            {-0.0, Double.MIN_VALUE, 3 * Double.MIN_VALUE, Double.MIN_NORMAL, 1},
            {-Double.MAX_VALUE, Double.MAX_VALUE},
            {Double.MIN_VALUE, Double.MAX_VALUE},
            {1e-300, 1, 1.0000001, 1.0000002, 1.0000003, 1.0000004, 1.0000005, 1e300},
            {9007199254740990.0, 9007199254740991.0, 9007199254740992.0},
    };

    private static final double[] SPECIAL = {0, -0.0, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL,
            -Double.MIN_NORMAL, 1, -1, Double.MAX_VALUE, -Double.MAX_VALUE, 1e-310, -1e-310, 1L << 53, 1e-300, 1e300};

    public static void main(String[] args) throws Exception {
        arguments();
        for (double[] bounds : BOUNDS) {
            explicit(bounds, new Random(bounds.length));
        }
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            double scale = Math.pow(10, random.nextInt(20) - 10);
            explicit(random.doubles(random.nextInt(1, 600), -scale, 2 * scale).sorted().distinct().toArray(), random);
        }
        indexes();
        for (int maxBuckets : new int[] {2, 3, 10, 160}) {
            for (int maxScale : new int[] {8, 3, 0, -3, -10}) {
                exponential(maxScale, maxBuckets);
            }
        }
        extremes();
        zeros();
        notFinite();
        longs();
        sums();
        quantiles();
        risingQuantiles();
        eachIsIn();
        resets();
        merges();
        unchanged();
        doesNotWait();
        threads();
    }

    private static void arguments() {
        for (double[] wrong : new double[][] {{Double.NaN}, {1, Double.NaN}, {Double.POSITIVE_INFINITY},
                {Double.NEGATIVE_INFINITY, 0}, {1, 1}, {2, 1}, {-0.0, 0.0}, {0.0, -0.0}}) {
            Check.fails(IllegalArgumentException.class, "bounds " + Arrays.toString(wrong),
                    () -> PerCpuHistogram.withBounds(wrong));
        }
        Check.fails(NullPointerException.class, "no bounds", () -> PerCpuHistogram.withBounds((double[]) null));
        for (int scale : new int[] {9, -11, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Check.fails(IllegalArgumentException.class, "scale " + scale, () -> PerCpuHistogram.exponential(scale, 160));
        }
        for (int buckets : new int[] {1, 0, -1, (1 << 20) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Check.fails(IllegalArgumentException.class, buckets + " buckets", () -> PerCpuHistogram.exponential(0, buckets));
        }
        double[] bounds = {1, 2};
        PerCpuHistogram explicit = PerCpuHistogram.withBounds(bounds);
        bounds[0] = 77;
        HistogramSnapshot snapshot = explicit.snapshot();
        Check.that(snapshot.upperBounds()[0] == 1, "bounds changed with their argument");
        checkEmpty(snapshot);
        for (double q : new double[] {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            Check.fails(IllegalArgumentException.class, "quantile " + q, () -> snapshot.quantile(q));
        }
        Check.that(!snapshot.isExponential(), "given bounds are exponential");
        Check.fails(IllegalStateException.class, "scale of given bounds", snapshot::scale);
        Check.fails(IllegalStateException.class, "zeros of given bounds", snapshot::zeroCount);
        Check.fails(IllegalStateException.class, "offset of given bounds", snapshot::positiveOffset);
        Check.fails(IllegalStateException.class, "range of given bounds", snapshot::positiveCounts);
        Check.fails(IllegalStateException.class, "negative offset of given bounds", snapshot::negativeOffset);
        Check.fails(IllegalStateException.class, "negative range of given bounds", snapshot::negativeCounts);
        HistogramSnapshot exponential = PerCpuHistogram.exponential(8, 160).snapshot();
        Check.that(exponential.isExponential(), "exponential buckets are not");
        checkEmpty(exponential);
        Check.equal(exponential.scale(), 8, "scale of no values");
        HistogramSnapshot others = PerCpuHistogram.withBounds(1, 3).snapshot();
        for (HistogramSnapshot[] two : new HistogramSnapshot[][] {{snapshot, exponential}, {exponential, snapshot},
                {snapshot, others}}) {
            Check.fails(IllegalArgumentException.class, "a merge of other buckets", () -> two[0].merge(two[1]));
        }
        Check.fails(NullPointerException.class, "a merge with nothing", () -> snapshot.merge(null));
    }

    private static void checkEmpty(HistogramSnapshot snapshot) {
        Check.equal(snapshot.count(), 0, "count of no values");
        Check.equal(snapshot.notFinite(), 0, "no values that are not finite");
        Check.that(Double.doubleToRawLongBits(snapshot.sum()) == 0, "sum of no values: " + snapshot.sum());
        Check.that(snapshot.min() == Double.POSITIVE_INFINITY && snapshot.max() == Double.NEGATIVE_INFINITY,
                "extremes of no values: " + snapshot);
        Check.that(Double.isNaN(snapshot.quantile(0.5)), "median of no values: " + snapshot.quantile(0.5));
        Check.that(Arrays.stream(snapshot.counts()).allMatch(c -> c == 0), "counts of no values");
        checkForms(snapshot);
    }

    // What all snapshots have in common.
    private static void checkForms(HistogramSnapshot snapshot) {
        double[] upper = snapshot.upperBounds();
        long[] counts = snapshot.counts();
        long[] cumulative = snapshot.cumulativeCounts();
        Check.equal(counts.length, upper.length, "counts, for as many buckets");
        Check.equal(cumulative.length, upper.length, "cumulative counts, for as many buckets");
        Check.that(upper[upper.length - 1] == Double.POSITIVE_INFINITY, "the last bound: " + upper[upper.length - 1]);
        long before = 0;
        for (int i = 0; i < upper.length; i++) {
            Check.that(i == 0 || upper[i - 1] < upper[i], "bounds do not ascend: " + Arrays.toString(upper));
            before += counts[i];
            Check.equal(cumulative[i], before, "cumulative count " + i);
        }
        Check.equal(snapshot.count(), before, "count");
    }

    // --- Buckets

    private static void explicit(double[] bounds, Random random) {
        PerCpuHistogram histogram = PerCpuHistogram.withBounds(bounds);
        long[] expected = new long[bounds.length + 1];
        double[] values = values(bounds, random);
        for (double value : values) {
            histogram.record(value);
            expected[bucket(bounds, value)]++;
        }
        HistogramSnapshot snapshot = histogram.snapshot();
        checkForms(snapshot);
        checkCounts(snapshot.counts(), expected, "with bounds " + Arrays.toString(bounds));
        double[] upper = snapshot.upperBounds();
        for (int i = 0; i < bounds.length; i++) {
            Check.that(upper[i] == bounds[i], "bound " + i + " is " + upper[i]);
        }
        Check.that(snapshot.min() == Arrays.stream(values).min().getAsDouble(), "min " + snapshot.min());
        Check.that(snapshot.max() == Arrays.stream(values).max().getAsDouble(), "max " + snapshot.max());
    }

    private static int bucket(double[] bounds, double value) {
        int i = 0;
        while (i < bounds.length && value > bounds[i]) {
            i++;
        }
        return i;
    }

    // Bounds and their neighbours, what is far from all, and what is between.
    private static double[] values(double[] bounds, Random random) {
        double[] values = new double[SPECIAL.length + 5 * bounds.length + MANY];
        System.arraycopy(SPECIAL, 0, values, 0, SPECIAL.length);
        int n = SPECIAL.length;
        for (double bound : bounds) {
            for (double value : new double[] {bound, Math.nextUp(bound), Math.nextDown(bound), -bound, bound / 2}) {
                values[n++] = Double.isFinite(value) ? value : bound;
            }
        }
        while (n < values.length) {
            double low = bounds.length == 0 ? -1 : bounds[0];
            double high = bounds.length == 0 ? 1 : bounds[bounds.length - 1];
            double value = low + (high - low) * random.nextDouble(-0.5, 1.5);
            values[n++] = Double.isFinite(value) ? value : 0.5;
        }
        return values;
    }

    private static void checkCounts(long[] found, long[] expected, String what) {
        Check.equal(found.length, expected.length, "buckets " + what);
        for (int i = 0; i < expected.length; i++) {
            Check.equal(found[i], expected[i], "bucket " + i + " " + what);
        }
    }

    // The bucket of a positive value at scale 8, by its definition: the greatest number whose power is less. Values that are
    // nearly a power are asked about elsewhere.
    private static int index(double value) {
        int exponent = Math.getExponent(value);
        return exponent * 256 + (int) Math.ceil(steps(value, exponent)) - 1;
    }

    private static double steps(double value, int exponent) {
        return Math.log(Math.scalb(value, -exponent)) / Math.log(2) * 256;
    }

    private static boolean isNearlyABound(double value) {
        double steps = steps(value, Math.getExponent(value));
        return Math.abs(steps - Math.rint(steps)) < 1e-6;
    }

    // One value at a time has the highest scale.
    private static void indexes() {
        Random random = new Random(2);
        PerCpuHistogram histogram = PerCpuHistogram.exponential(8, 2);
        for (int i = 0; i < 2000; i++) {
            double value = Math.scalb(1 + random.nextDouble(), random.nextInt(-1022, 1023));
            if (isNearlyABound(value)) {
                continue;
            }
            boolean negative = random.nextBoolean();
            histogram.record(negative ? -value : value);
            HistogramSnapshot one = histogram.snapshotAndReset();
            Check.equal(one.scale(), 8, "scale of one value");
            checkForms(one);
            Check.equal(negative ? one.negativeOffset() : one.positiveOffset(), index(value), "bucket of " + value);
            checkIn(one, negative ? -value : value);
        }
        // Bounds belong to the bucket below, and what is next to them to the one above.
        for (int exponent = -1022; exponent < 1024; exponent += exponent == -1022 ? 1 : 7) {
            double power = Math.scalb(1.0, exponent);
            histogram.record(power);
            HistogramSnapshot one = histogram.snapshotAndReset();
            Check.equal(one.positiveOffset(), exponent * 256 - 1, "bucket of 2^" + exponent);
            Check.that(one.upperBounds()[1] == power, "its upper bound: " + one.upperBounds()[1]);
            for (int k = 0; k < 256; k += 15) {
                double bound = Math.scalb(StrictMath.pow(2, k / 256.0), exponent);
                histogram.record(bound);
                Check.equal(histogram.snapshotAndReset().positiveOffset(), exponent * 256 + k - 1, "bucket of bound " + k);
                histogram.record(Math.nextUp(bound));
                one = histogram.snapshotAndReset();
                Check.equal(one.positiveOffset(), exponent * 256 + k, "bucket of what is next to bound " + k);
                Check.that(one.upperBounds()[0] == 0, "the bucket of zero has the upper bound " + one.upperBounds()[0]);
            }
        }
    }

    // That its one value is in its bucket, by the bounds.
    private static void checkIn(HistogramSnapshot one, double value) {
        double[] upper = one.upperBounds();
        long[] counts = one.counts();
        for (int i = 0; i < counts.length; i++) {
            boolean in = value <= upper[i] && (i == 0 || value > upper[i - 1]);
            Check.equal(counts[i], in ? 1 : 0, value + " in the bucket up to " + upper[i]);
        }
    }

    private static void exponential(int maxScale, int maxBuckets) {
        Random random = new Random(maxScale * 1000 + maxBuckets);
        for (int octaves : new int[] {0, 1, 3, 20, 300, 2000}) {
            for (int sign = 0; sign < 3; sign++) {
                PerCpuHistogram histogram = PerCpuHistogram.exponential(maxScale, maxBuckets);
                double[] values = new double[600];
                for (int i = 0; i < values.length; i++) {
                    do {
                        // From the middle to both ends, so that buckets have to move both ways.
                        int reach = octaves * (i + 1) / values.length / 2;
                        values[i] = Math.scalb(1 + random.nextDouble(), random.nextInt(-reach, reach + 1));
                    } while (isNearlyABound(values[i]));
                    if (sign == 1 || sign == 2 && random.nextBoolean()) {
                        values[i] = -values[i];
                    }
                    if (random.nextInt(10) == 0) {
                        values[i] = 0;
                    }
                    histogram.record(values[i]);
                    if (i == 200) {
                        checkExponential(histogram.snapshot(), Arrays.copyOf(values, i + 1), maxScale, maxBuckets);
                    }
                }
                checkExponential(histogram.snapshot(), values, maxScale, maxBuckets);
            }
        }
    }

    private static void checkExponential(HistogramSnapshot snapshot, double[] values, int maxScale, int maxBuckets) {
        // Ascending, at scale 8. At another it is this one, shifted.
        int[] positive = Arrays.stream(values).filter(x -> x > 0).mapToInt(x -> index(x)).sorted().toArray();
        int[] negative = Arrays.stream(values).filter(x -> x < 0).mapToInt(x -> index(-x)).sorted().toArray();
        int shift = 8 - maxScale;
        while (width(positive, shift) > maxBuckets || width(negative, shift) > maxBuckets) {
            shift++;
        }
        Check.equal(snapshot.scale(), 8 - shift, "scale of values in " + maxBuckets + " buckets, from " + maxScale);
        Check.equal(snapshot.zeroCount(), values.length - positive.length - negative.length, "zeros");
        checkRange(snapshot.positiveOffset(), snapshot.positiveCounts(), positive, shift);
        checkRange(snapshot.negativeOffset(), snapshot.negativeCounts(), negative, shift);
        checkForms(snapshot);
        // The same in the form that all snapshots have.
        double[] upper = snapshot.upperBounds();
        long[] expected = new long[upper.length];
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            expected[bucket(upper, value)]++;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        checkCounts(snapshot.counts(), expected, "of exponential ones at scale " + snapshot.scale());
        Check.that(snapshot.min() == min && snapshot.max() == max, "extremes from " + min + " to " + max + ": " + snapshot);
    }

    private static int width(int[] indexes, int shift) {
        return indexes.length == 0 ? 0 : (indexes[indexes.length - 1] >> shift) - (indexes[0] >> shift) + 1;
    }

    private static void checkRange(int offset, long[] counts, int[] indexes, int shift) {
        long[] expected = new long[width(indexes, shift)];
        for (int index : indexes) {
            expected[(index >> shift) - (indexes[0] >> shift)]++;
        }
        Check.equal(offset, indexes.length == 0 ? 0 : indexes[0] >> shift, "first bucket, shifted by " + shift);
        checkCounts(counts, expected, "from " + offset + " on, shifted by " + shift);
    }

    private static void extremes() {
        PerCpuHistogram histogram = PerCpuHistogram.exponential(8, 2);
        for (double value : SPECIAL) {
            histogram.record(value);
        }
        HistogramSnapshot all = histogram.snapshot();
        checkForms(all);
        Check.equal(all.scale(), -10, "scale of all doubles in two buckets");
        Check.equal(all.zeroCount(), 2, "zeros");
        Check.equal(all.positiveOffset(), -1, "first bucket of all doubles");
        // Up to 1: itself, the smallest ones, and those in between.
        checkCounts(all.positiveCounts(), new long[] {5, 3}, "of all positive doubles");
        checkCounts(all.negativeCounts(), new long[] {4, 1}, "of all negative doubles");
        // The greatest, at the highest scale.
        histogram = PerCpuHistogram.exponential(8, 160);
        histogram.record(Double.MAX_VALUE);
        HistogramSnapshot greatest = histogram.snapshot();
        checkForms(greatest.merge(PerCpuHistogram.exponential(8, 160).snapshot()));
        Check.equal(greatest.positiveOffset(), 1024 * 256 - 1, "bucket of the greatest double");
        Check.that(greatest.quantile(1) == Double.MAX_VALUE && greatest.quantile(0.5) == Double.MAX_VALUE, "its median");
        // Below the least normal double values count as that.
        histogram = PerCpuHistogram.exponential(8, 160);
        histogram.record(Double.MIN_VALUE);
        histogram.record(Double.MIN_NORMAL);
        checkCounts(histogram.snapshot().positiveCounts(), new long[] {2}, "of what is not normal");
        Check.equal(histogram.snapshot().positiveOffset(), -1022 * 256 - 1, "bucket of what is not normal");
        for (double value : new double[] {Double.MIN_VALUE, -Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE}) {
            histogram.snapshotAndReset();
            histogram.record(value);
            HistogramSnapshot one = histogram.snapshot();
            checkForms(one);
            Check.that(one.quantile(0.5) == value, "median of one value, " + value + ": " + one.quantile(0.5));
        }
    }

    // --- Values

    private static void zeros() {
        for (PerCpuHistogram histogram : new PerCpuHistogram[] {PerCpuHistogram.withBounds(-0.0),
                PerCpuHistogram.exponential(8, 10)}) {
            histogram.record(-0.0);
            HistogramSnapshot one = histogram.snapshot();
            for (HistogramSnapshot snapshot : new HistogramSnapshot[] {one, one.merge(one)}) {
                for (double zero : new double[] {snapshot.min(), snapshot.max(), snapshot.sum(), snapshot.quantile(0),
                        snapshot.quantile(0.5), snapshot.quantile(1)}) {
                    Check.that(Double.doubleToRawLongBits(zero) == 0, "of a zero there is " + zero);
                }
                Check.equal(snapshot.counts()[0], snapshot.count(), "zeros");
            }
        }
    }

    private static void notFinite() {
        for (PerCpuHistogram histogram : new PerCpuHistogram[] {PerCpuHistogram.withBounds(1, 2),
                PerCpuHistogram.exponential(8, 10)}) {
            long expected = 0;
            for (int i = 0; i < MANY; i++) {
                double[] wrong = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
                        Double.longBitsToDouble(0xFFF8000000000001L)};
                if (i % 7 == 0) {
                    histogram.record(wrong[i % wrong.length]);
                    expected++;
                } else {
                    histogram.record(1.5);
                }
            }
            HistogramSnapshot snapshot = histogram.snapshot();
            Check.equal(snapshot.notFinite(), expected, "values that are not finite");
            Check.equal(snapshot.count(), MANY - expected, "values that are");
            Check.that(snapshot.sum() == 1.5 * (MANY - expected), "their sum: " + snapshot.sum());
            Check.that(snapshot.min() == 1.5 && snapshot.max() == 1.5, "their extremes: " + snapshot);
            checkForms(snapshot);
            Check.equal(snapshot.merge(snapshot).notFinite(), 2 * expected, "not finite, twice");
        }
    }

    private static void longs() {
        PerCpuHistogram histogram = PerCpuHistogram.withBounds(-1, 0, 1, 1L << 53);
        long[] values = {Long.MIN_VALUE, -2, -1, 0, 1, 2, (1L << 53) - 1, 1L << 53, (1L << 53) + 2, Long.MAX_VALUE};
        for (long value : values) {
            histogram.record(value);
        }
        HistogramSnapshot snapshot = histogram.snapshot();
        checkCounts(snapshot.counts(), new long[] {3, 1, 1, 3, 2}, "of longs");
        Check.that(snapshot.min() == Long.MIN_VALUE && snapshot.max() == (double) Long.MAX_VALUE,
                "extremes of longs: " + snapshot);
    }

    private static void sums() {
        PerCpuHistogram histogram = PerCpuHistogram.withBounds();
        // One by one, the small ones would be rounded off.
        histogram.record(1L << 53);
        for (int i = 0; i < MANY; i++) {
            histogram.record(1);
        }
        histogram.record(-(1L << 53));
        Check.that(histogram.snapshotAndReset().sum() == MANY, "small values beside large ones");
        Random random = new Random(3);
        for (int spread : new int[] {1, 30, 100}) {
            BigDecimal exact = BigDecimal.ZERO;
            for (int i = 0; i < MANY; i++) {
                double value = Math.scalb(random.nextDouble() - 0.25, random.nextInt(spread));
                histogram.record(value);
                exact = exact.add(new BigDecimal(value));
            }
            HistogramSnapshot snapshot = histogram.snapshotAndReset();
            for (int twice = 0; twice < 2; twice++) {
                double error = exact.subtract(new BigDecimal(snapshot.sum())).abs().doubleValue();
                Check.that(error <= 0.51 * Math.ulp(snapshot.sum()), "sum " + snapshot.sum() + ", exactly " + exact);
                snapshot = snapshot.merge(snapshot);
                exact = exact.multiply(BigDecimal.TWO);
            }
        }
        for (double sign : new double[] {1, -1}) {
            // Of the second, less the first, the nearest double would be an infinity.
            double[] far = {-3 * 0x1p970, Double.MAX_VALUE, 1, -0x1p1023, 0x1p970};
            for (int n = 2; n <= far.length; n++) {
                HistogramSnapshot merged = histogram.snapshot();
                BigDecimal exact = BigDecimal.ZERO;
                for (int i = 0; i < n; i++) {
                    PerCpuHistogram one = PerCpuHistogram.withBounds();
                    one.record(sign * far[i]);
                    merged = merged.merge(one.snapshot());
                    histogram.record(sign * far[i]);
                    exact = exact.add(new BigDecimal(sign * far[i]));
                }
                double sum = histogram.snapshotAndReset().sum();
                Check.that(sum == exact.doubleValue(), "sum " + sum + " of the greatest and others, exactly " + exact);
                Check.that(merged.sum() == sum, "merged: " + merged.sum() + ", expected " + sum);
            }
            for (int i = 0; i < 300; i++) {
                histogram.record(sign * Double.MAX_VALUE);
                histogram.record(sign);
            }
            HistogramSnapshot snapshot = histogram.snapshotAndReset();
            Check.that(snapshot.sum() == sign * Double.POSITIVE_INFINITY, "a sum beyond all doubles: " + snapshot.sum());
            Check.equal(snapshot.count(), 600, "its values");
            snapshot = snapshot.merge(snapshot);
            Check.that(snapshot.sum() == sign * Double.POSITIVE_INFINITY, "merged: " + snapshot.sum());
        }
    }

    private static void quantiles() {
        Random random = new Random(4);
        for (int n : new int[] {1, 2, 3, 10, 1000, MANY}) {
            PerCpuHistogram explicit = PerCpuHistogram.withBounds(PROMETHEUS);
            PerCpuHistogram exponential = PerCpuHistogram.exponential(8, 160);
            double[] values = random.doubles(n).map(x -> 20 * x * x * x * x - 0.01).sorted().toArray();
            for (double value : values) {
                explicit.record(value);
                exponential.record(value);
            }
            for (HistogramSnapshot snapshot : new HistogramSnapshot[] {explicit.snapshot(), exponential.snapshot()}) {
                Check.that(snapshot.quantile(0) == values[0], "quantile 0: " + snapshot.quantile(0));
                Check.that(snapshot.quantile(1) == values[n - 1], "quantile 1: " + snapshot.quantile(1));
                double before = values[0];
                double[] upper = snapshot.upperBounds();
                for (double q = 0.001; q < 1; q += 0.001) {
                    double estimate = snapshot.quantile(q);
                    double exact = values[(int) Math.ceil(q * n) - 1];
                    Check.that(estimate >= before, "quantile " + q + " is less than the one before it: " + estimate);
                    before = estimate;
                    int bucket = bucket(upper, exact);
                    double low = bucket == 0 ? values[0] : Math.max(values[0], upper[bucket - 1]);
                    double high = Math.min(values[n - 1], upper[bucket]);
                    Check.that(estimate >= low && estimate <= high, "quantile " + q + " of " + n + ": " + estimate
                            + ", exactly " + exact + ", which is from " + low + " to " + high);
                    if (snapshot.isExponential() && exact > 0) {
                        double base = Math.pow(2, Math.pow(2, -snapshot.scale()));
                        Check.that(Math.abs(estimate - exact) <= (base - 1) * exact * 1.000001,
                                "quantile " + q + ": " + estimate + ", exactly " + exact + ", at scale " + snapshot.scale());
                    }
                }
            }
        }
    }

    // Where the bucket is a few roundings wide, or wider than the largest double, or its ends far from alike.
    private static void risingQuantiles() {
        for (double[] ends : new double[][] {{1, 1 + 4 * Math.ulp(1.0)}, {-1 - 8 * Math.ulp(1.0), -1},
                {-Double.MAX_VALUE, Double.MAX_VALUE}, {-Double.MAX_VALUE, Double.MIN_VALUE}, {-1, 1e-20}}) {
            PerCpuHistogram histogram = PerCpuHistogram.withBounds();
            for (int i = 0; i < 100; i++) {
                histogram.record(ends[i % 2]);
            }
            HistogramSnapshot snapshot = histogram.snapshot();
            double before = ends[0];
            for (int i = 1; i < 1000; i++) {
                double estimate = snapshot.quantile(i / 1000.0);
                Check.that(estimate >= before && estimate <= ends[1],
                        "quantile " + i / 1000.0 + " is " + estimate + ", the one before it " + before);
                before = estimate;
            }
            Check.that(snapshot.quantile(1) == ends[1], "quantile 1: " + snapshot.quantile(1) + ", not " + ends[1]);
        }
    }

    // --- Snapshots

    private static void eachIsIn() {
        PerCpuHistogram histogram = PerCpuHistogram.withBounds(PROMETHEUS);
        long sum = 0;
        for (int i = 1; i <= MANY; i++) {
            histogram.record(i);
            sum += i;
            if (i < 600 || i % 97 == 0) {
                HistogramSnapshot snapshot = histogram.snapshot();
                Check.equal(snapshot.count(), i, "values that were recorded");
                Check.that(snapshot.sum() == sum, "their sum: " + snapshot.sum() + ", expected " + sum);
                Check.that(snapshot.min() == 1 && snapshot.max() == i, "their extremes: " + snapshot);
            }
        }
    }

    private static void resets() {
        for (PerCpuHistogram histogram : new PerCpuHistogram[] {PerCpuHistogram.withBounds(PROMETHEUS),
                PerCpuHistogram.exponential(5, 20)}) {
            for (int n : new int[] {0, 1, 255, 256, 257, 0, MANY, 3}) {
                for (int i = 0; i < n; i++) {
                    histogram.record(i % 2 == 0 ? 3 : -4000);
                }
                HistogramSnapshot taken = histogram.snapshotAndReset();
                Check.equal(taken.count(), n, "values since the last reset");
                Check.that(taken.sum() == 3.0 * ((n + 1) / 2) - 4000.0 * (n / 2), "their sum: " + taken.sum());
                Check.that(n == 0 || taken.max() == 3, "the largest: " + taken.max());
                Check.that(n < 2 || taken.min() == -4000, "the smallest: " + taken.min());
                checkEmpty(histogram.snapshot());
            }
        }
        PerCpuHistogram histogram = PerCpuHistogram.exponential(5, 20);
        for (int i = 0; i < 5; i++) {
            histogram.record(1);
            histogram.record(1e6);
            Check.equal(histogram.snapshotAndReset().scale(), -1, "scale of a million, in 20 buckets");
            // What was on one slot is on another now.
            Check.equal(histogram.snapshot().scale(), 5, "scale after a reset");
        }
    }

    private static void merges() {
        Random random = new Random(5);
        for (int round = 0; round < 100; round++) {
            int buckets = random.nextInt(2, 50);
            int scale = random.nextInt(-10, 9);
            boolean exponential = round % 4 != 0;
            PerCpuHistogram[] histograms = new PerCpuHistogram[3];
            for (int i = 0; i < 3; i++) {
                histograms[i] = exponential ? PerCpuHistogram.exponential(scale, buckets)
                        : PerCpuHistogram.withBounds(PROMETHEUS);
            }
            int range = random.nextInt(1, 500);
            int centre = random.nextInt(-500, 500);
            for (int i = 0; i < 400; i++) {
                int which = random.nextInt(2);
                // Integers times a power of two, whose sums are exact.
                double value = Math.scalb(random.nextInt(-3, 1000), which == 0 ? 0 : random.nextInt(range) + centre);
                histograms[which].record(value);
                histograms[2].record(value);
            }
            HistogramSnapshot a = histograms[0].snapshot();
            HistogramSnapshot b = histograms[1].snapshot();
            String before = describe(a) + describe(b);
            HistogramSnapshot all = histograms[2].snapshot();
            checkSame(a.merge(b), all);
            checkSame(b.merge(a), all);
            Check.that(before.equals(describe(a) + describe(b)), "a merge has changed what it merges");
            checkSame(all.merge(histograms[0].snapshotAndReset().merge(histograms[0].snapshot()).merge(b)), all.merge(all));
        }
    }

    private static String describe(HistogramSnapshot s) {
        return s + Arrays.toString(s.upperBounds()) + Arrays.toString(s.counts()) + s.notFinite()
                + (s.isExponential() ? s.scale() + " " + s.positiveOffset() + Arrays.toString(s.positiveCounts())
                + s.negativeOffset() + Arrays.toString(s.negativeCounts()) + s.zeroCount() : "");
    }

    private static void checkSame(HistogramSnapshot found, HistogramSnapshot expected) {
        // Sums to some bits: small ones may have been rounded off.
        String f = describe(found).replace(", sum " + found.sum(), "");
        String e = describe(expected).replace(", sum " + expected.sum(), "");
        Check.that(f.equals(e), "merged: " + f + ", expected " + e);
        Check.that(Math.abs(found.sum() - expected.sum()) <= Math.ulp(expected.sum()), "merged: " + found
                + ", expected " + expected);
    }

    private static void unchanged() {
        for (PerCpuHistogram histogram : new PerCpuHistogram[] {PerCpuHistogram.withBounds(PROMETHEUS),
                PerCpuHistogram.exponential(8, 20)}) {
            for (int i = 0; i < MANY; i++) {
                histogram.record(i * 0.01 - 1);
            }
            HistogramSnapshot[] snapshots = {histogram.snapshot(), histogram.snapshotAndReset()};
            for (HistogramSnapshot snapshot : snapshots) {
                String before = describe(snapshot);
                snapshot.upperBounds()[0] = 99;
                snapshot.counts()[0] = 99;
                snapshot.cumulativeCounts()[0] = 99;
                if (snapshot.isExponential()) {
                    snapshot.positiveCounts()[0] = 99;
                    snapshot.negativeCounts()[0] = 99;
                }
                for (int i = 0; i < 2 * MANY; i++) {
                    histogram.record(1e6 * i);
                }
                histogram.snapshot();
                histogram.snapshotAndReset();
                Check.that(before.equals(describe(snapshot)), "a snapshot has changed from " + before + " to " + describe(snapshot));
            }
        }
    }

    // --- Others

    // Somebody is stopped while he adds up what is on the slots of all CPUs.
    private static void doesNotWait() throws Exception {
        if (!PerCpu.isSupported()) {
            return;
        }
        PerCpuHistogram histogram = PerCpuHistogram.withBounds(PROMETHEUS);
        for (int i = 0; i < 10; i++) {
            histogram.record(1);
        }
        Field field = PerCpuHistogram.class.getDeclaredField("use");
        field.setAccessible(true);
        ExclusiveUse use = (ExclusiveUse) field.get(histogram);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread other = new Thread(() -> hold(use, 0, stopped, goOn));
        other.start();
        stopped.await();
        for (int i = 0; i < MANY; i++) {
            histogram.record(1);
        }
        Check.that(holds, "a record has waited for others");
        goOn.countDown();
        other.join();
        HistogramSnapshot snapshot = histogram.snapshot();
        Check.equal(snapshot.count(), MANY + 10, "values beside somebody who was stopped");
        Check.that(snapshot.sum() == MANY + 10, "their sum: " + snapshot.sum());
    }

    private static volatile boolean holds;

    private static void hold(ExclusiveUse use, int slot, CountDownLatch stopped, CountDownLatch goOn) {
        if (slot == PerCpu.slots() - 1) {
            holds = true;
            stopped.countDown();
            try {
                // Not for ever: whoever waits for these locks is to be told.
                goOn.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            holds = false;
            return;
        }
        ExclusiveUse.Lock lock = use.at(slot);
        synchronized (lock) {
            lock.begin();
            try {
                hold(use, slot + 1, stopped, goOn);
            } finally {
                lock.end();
            }
        }
    }

    private static void threads() throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            PerCpuHistogram histogram = PerCpuHistogram.exponential(8, 160);
            Thread[] threads = new Thread[8];
            for (int i = 0; i < threads.length; i++) {
                Runnable task = () -> {
                    for (int k = 1; k <= MANY; k++) {
                        histogram.record(k);
                    }
                };
                threads[i] = virtual ? Thread.startVirtualThread(task) : new Thread(task);
                if (!virtual) {
                    threads[i].start();
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            HistogramSnapshot snapshot = histogram.snapshot();
            Check.equal(snapshot.count(), (long) threads.length * MANY, "values of threads");
            Check.that(snapshot.sum() == threads.length * (MANY * (MANY + 1) / 2.0), "their sum: " + snapshot.sum());
            Check.that(snapshot.min() == 1 && snapshot.max() == MANY, "their extremes: " + snapshot);
        }
    }
}
