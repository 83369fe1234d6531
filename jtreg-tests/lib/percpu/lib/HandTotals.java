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

import java.util.concurrent.atomic.AtomicLong;

/** What hands gave to sums and to the largest of a subject, and what they took out: each hand's in a cache line of its own. */
final class HandTotals {
    static final int MOST_HANDS = 64;
    private static final int APART = 16;

    private final long[] given = new long[MOST_HANDS * APART];
    private final long[] largest = new long[MOST_HANDS * APART];
    private final double[] takenDoubles = new double[MOST_HANDS * APART];
    private final double[] takenDoubleSum = new double[MOST_HANDS * APART];
    private final AtomicLong takenMax = new AtomicLong(Long.MIN_VALUE);

    HandTotals() {
        for (int i = 0; i < MOST_HANDS; i++) {
            largest[i * APART] = Long.MIN_VALUE;
        }
    }

    /** It is added to each sum, and the element is among those of which the largest is looked for. */
    void give(Hand hand, long some, long element) {
        int at = hand.number * APART;
        given[at] += some;
        largest[at] = Math.max(largest[at], element);
    }

    void take(Hand hand, double doubles, double doubleSum, long max) {
        int at = hand.number * APART;
        takenDoubles[at] += doubles;
        takenDoubleSum[at] += doubleSum;
        takenMax.accumulateAndGet(max, Math::max);
    }

    long given() {
        long all = 0;
        for (long some : given) {
            all += some;
        }
        return all;
    }

    /** What was given is what was taken. */
    void check() {
        long all = given();
        double allDoubles = 0;
        double allDoubleSums = 0;
        long most = Long.MIN_VALUE;
        for (int at = 0; at < MOST_HANDS * APART; at += APART) {
            allDoubles += takenDoubles[at];
            allDoubleSums += takenDoubleSum[at];
            most = Math.max(most, largest[at]);
        }
        Check.that(allDoubles == all, "adder of doubles: " + allDoubles + ", expected " + all);
        Check.that(allDoubleSums == all, "accumulator of doubles: " + allDoubleSums + ", expected " + all);
        Check.equal(takenMax.get(), most, "accumulator of the largest");
    }
}
