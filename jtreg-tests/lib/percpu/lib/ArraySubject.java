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

import jdk.incubator.percpu.PerCpuLongArray;

/**
 * Arrays that everybody adds to: a short one, whose few elements many hands want at a time, and one of more than a part. Beside them
 * others that come and go, which find the memory of those before.
 */
final class ArraySubject implements Subject {
    private static final int SHORT = 5;
    private static final int LONG = 7168 + 500;
    private static final int LONGEST_OF_ONES_OWN = 8000;
    private static final int MOST_HANDS = 64;

    private final PerCpuLongArray counts = new PerCpuLongArray(SHORT);
    private final PerCpuLongArray weights = new PerCpuLongArray(LONG);

    // By hand: what it added to each element, and the most that it saw in one.
    private final long[][] added = new long[MOST_HANDS][];
    private final long[][] seen = new long[MOST_HANDS][];

    @Override
    public void work(Hand hand) {
        long[] mine = of(added, hand, LONG);
        for (int i = 0; i < 20; i++) {
            long element = hand.nextElement();
            hand.ledger.in(element);
            counts.increment((int) (element % SHORT));
            if (i % 10 == 0) {
                hand.pause();
            }
            int index = hand.random(LONG);
            long weight = Ledger.weight(element);
            weights.add(index, weight);
            mine[index] += weight;
        }
    }

    private static long[] of(long[][] all, Hand hand, int length) {
        if (all[hand.number] == null) {
            all[hand.number] = new long[length];
        }
        return all[hand.number];
    }

    @Override
    public void interfere(Hand hand) {
        // Only one is added at a time: what somebody has seen is there for ever.
        long[] before = of(seen, hand, SHORT);
        long[] now = new long[SHORT];
        counts.sums(now);
        for (int i = 0; i < SHORT; i++) {
            long later = counts.sum(i);
            Check.that(before[i] <= now[i] && now[i] <= later, "element " + i + " was " + before[i] + ", then " + now[i] + ", then "
                    + later);
            before[i] = later;
        }
        hand.pause();
        onesOwn(hand);
    }

    private static void onesOwn(Hand hand) {
        int length = hand.random(hand.random(10) == 0 ? LONGEST_OF_ONES_OWN : 100);
        PerCpuLongArray array = new PerCpuLongArray(length);
        long[] sums = new long[length];
        array.sums(sums);
        Check.that(Arrays.stream(sums).allMatch(x -> x == 0), "a new array has something else than zero");
        for (int i = 0; i < length; i++) {
            array.add(i, i + 1);
        }
        hand.pause();
        array.sums(sums);
        for (int i = 0; i < length; i++) {
            Check.equal(sums[i], i + 1, "element " + i + " of an array that one thread has");
        }
    }

    @Override
    public void finish(Hand hand) {
        long count = 0;
        for (int i = 0; i < SHORT; i++) {
            count += counts.sum(i);
        }
        long weight = 0;
        for (int i = 0; i < LONG; i++) {
            weight += weights.sum(i);
        }
        hand.ledger.out(count, weight);
    }

    @Override
    public void check() {
        long[] sums = new long[LONG];
        weights.sums(sums);
        for (int i = 0; i < LONG; i++) {
            long all = 0;
            for (long[] one : added) {
                all += one == null ? 0 : one[i];
            }
            Check.equal(sums[i], all, "element " + i);
        }
    }
}
