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

package percpu.lib;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

import jdk.incubator.percpu.HistogramSnapshot;
import jdk.incubator.percpu.PerCpuHistogram;

/**
 * Histograms beside their snapshots and resets. A value can be told by its bucket, and so the counts of each snapshot
 * tell its sum.
 */
final class HistogramSubject implements Subject {
    private static final int MOST_HANDS = 64;

    // Powers of two far from each other: no sum of theirs is rounded.
    private static final double[] COARSE = {1, 1 << 6, 1 << 12, 1 << 18};
    private static final PerCpuHistogram EMPTY = PerCpuHistogram.exponential(8, 8);

    // In no bucket's bound, at any scale: from very small to very large ones, of both signs.
    private static final double[] SPREAD = new double[40];

    static {
        for (int i = 0; i < SPREAD.length; i++) {
            SPREAD[i] = i % 13 == 0 ? 0 : Math.scalb(i % 3 == 0 ? -1.3 : 1.3, i - 20);
        }
    }

    // Each hand records its number.
    private final PerCpuHistogram own;
    private final PerCpuHistogram coarse = PerCpuHistogram.withBounds(COARSE);
    private final PerCpuHistogram spread = PerCpuHistogram.exponential(8, 8);

    // By hand, and there by value.
    private final long[][] recorded = new long[MOST_HANDS][];
    private final long[][] recordedSpread = new long[MOST_HANDS][];
    private final long[] ownCount = new long[MOST_HANDS * 16];
    private final long[][] taken = new long[MOST_HANDS + 1][];
    private final long[] seen = new long[MOST_HANDS * 16];
    private final AtomicReference<HistogramSnapshot> takenSpread = new AtomicReference<>(EMPTY.snapshot());

    HistogramSubject() {
        double[] hands = new double[MOST_HANDS];
        Arrays.setAll(hands, i -> i);
        own = PerCpuHistogram.withBounds(hands);
    }

    private static long[] of(long[][] all, Hand hand, int length) {
        if (all[hand.number] == null) {
            all[hand.number] = new long[length];
        }
        return all[hand.number];
    }

    @Override
    public void work(Hand hand) {
        long[] mine = of(recorded, hand, COARSE.length);
        long[] mineSpread = of(recordedSpread, hand, SPREAD.length);
        for (int i = 0; i < 20; i++) {
            hand.ledger.in(hand.nextElement());
            int which = hand.random(COARSE.length);
            coarse.record((long) COARSE[which]);
            mine[which]++;
            if (i % 10 == 0) {
                hand.pause();
            }
            int any = hand.random(SPREAD.length);
            spread.record(SPREAD[any]);
            mineSpread[any]++;
            own.record(hand.number);
            ownCount[hand.number * 16]++;
        }
        if (hand.random(20) == 0) {
            HistogramSnapshot snapshot = own.snapshot();
            Check.equal(snapshot.counts()[hand.number], ownCount[hand.number * 16], "values that one thread has recorded");
            checkOwn(snapshot);
        }
    }

    private static void checkOwn(HistogramSnapshot snapshot) {
        long[] counts = snapshot.counts();
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += (double) i * counts[i];
        }
        checkSum(snapshot, sum);
    }

    private static void checkSum(HistogramSnapshot snapshot, double sum) {
        Check.that(snapshot.sum() == sum, "a snapshot has values whose sum is " + sum + ", and the sum " + snapshot.sum());
        Check.equal(snapshot.count(), Arrays.stream(snapshot.counts()).sum(), "count of a snapshot, by its buckets");
    }

    private void take(long[] into) {
        HistogramSnapshot snapshot = coarse.snapshotAndReset();
        long[] counts = snapshot.counts();
        double sum = 0;
        for (int i = 0; i < COARSE.length; i++) {
            sum += counts[i] * COARSE[i];
            into[i] += counts[i];
        }
        checkSum(snapshot, sum);
        Check.equal(counts[COARSE.length], 0, "values that nobody has recorded");
        if (snapshot.count() > 0) {
            int first = 0;
            while (counts[first] == 0) {
                first++;
            }
            int last = COARSE.length - 1;
            while (counts[last] == 0) {
                last--;
            }
            Check.that(snapshot.min() == COARSE[first] && snapshot.max() == COARSE[last],
                    "extremes of values in buckets " + first + " to " + last + ": " + snapshot);
        }
    }

    @Override
    public void interfere(Hand hand) {
        take(of(taken, hand, COARSE.length));
        hand.pause();
        takenSpread.accumulateAndGet(spread.snapshotAndReset(), HistogramSnapshot::merge);
        HistogramSnapshot snapshot = own.snapshot();
        checkOwn(snapshot);
        Check.that(snapshot.count() >= seen[hand.number * 16], "values are gone: there were "
                + seen[hand.number * 16] + ", and are " + snapshot.count());
        seen[hand.number * 16] = snapshot.count();
        if (hand.random(10) == 0) {
            onesOwn(hand);
        }
    }

    // Finds the memory of those before.
    private static void onesOwn(Hand hand) {
        PerCpuHistogram histogram = PerCpuHistogram.withBounds(COARSE);
        Check.equal(histogram.snapshot().count(), 0, "values of a new histogram");
        int count = hand.random(600);
        for (int i = 0; i < count; i++) {
            histogram.record(2);
        }
        hand.pause();
        HistogramSnapshot snapshot = histogram.snapshot();
        Check.equal(snapshot.counts()[1], count, "values of a histogram that one thread has");
        checkSum(snapshot, 2.0 * count);
    }

    @Override
    public void finish(Hand hand) {
        take(of(taken, hand, COARSE.length));
        takenSpread.accumulateAndGet(spread.snapshotAndReset(), HistogramSnapshot::merge);
        Check.equal(coarse.snapshot().count(), 0, "values after a reset");
        // Each value is in three histograms; which it was is checked below.
        long count = own.snapshot().count();
        long[] counts = own.snapshot().counts();
        for (int number = 0; number < MOST_HANDS; number++) {
            Hand same = new Hand(number, 0, false);
            for (long i = counts[number]; i > 0; i--) {
                hand.ledger.out(same.nextElement());
            }
        }
        Check.equal(sum(taken, COARSE.length), count, "values that were taken, of those recorded");
    }

    private static long sum(long[][] all, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += of(all, i);
        }
        return sum;
    }

    private static long of(long[][] all, int i) {
        long sum = 0;
        for (long[] one : all) {
            sum += one == null ? 0 : one[i];
        }
        return sum;
    }

    @Override
    public void check() {
        for (int i = 0; i < COARSE.length; i++) {
            Check.equal(of(taken, i), of(recorded, i), "values " + COARSE[i]);
        }
        HistogramSnapshot all = takenSpread.get();
        double[] upper = all.upperBounds();
        long[] expected = new long[upper.length];
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < SPREAD.length; i++) {
            long count = of(recordedSpread, i);
            int bucket = 0;
            while (SPREAD[i] > upper[bucket]) {
                bucket++;
            }
            expected[bucket] += count;
            if (count > 0) {
                min = Math.min(min, SPREAD[i]);
                max = Math.max(max, SPREAD[i]);
            }
        }
        long[] counts = all.counts();
        for (int i = 0; i < counts.length; i++) {
            Check.equal(counts[i], expected[i], "values up to " + upper[i] + " at scale " + all.scale());
        }
        Check.that(all.min() == min && all.max() == max, "extremes from " + min + " to " + max + ": " + all);
    }
}
