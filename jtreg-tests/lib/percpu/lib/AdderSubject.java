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

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * What counts in java.util.concurrent, while others reset it. Of what was accumulated nothing may be missing, nor be
 * there twice, which stock JDKs promise too for their sumThenReset and getThenReset, in all but words.
 */
final class AdderSubject implements Subject {
    private static final int APART = 16;
    private static final int MOST_KEYS = 32;

    // An identity that is not zero: what two of these make is how far both are from it.
    private static final long ZERO = 0x0123456789ABCDEFL;
    private static final double HALF = 0.5;

    private final LongAdder count = new LongAdder();
    private final LongAdder weights = new LongAdder();
    private final DoubleAdder doubles = new DoubleAdder();
    private final LongAccumulator sum = new LongAccumulator((a, b) -> a + b - ZERO, ZERO);
    private final DoubleAccumulator doubleSum = new DoubleAccumulator((a, b) -> a + b - HALF, HALF);
    private final LongAccumulator max = new LongAccumulator(Math::max, Long.MIN_VALUE);
    private final ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();

    private final HandTotals totals = new HandTotals();

    // Each hand's in a cache line of its own: what it took of the accumulator of longs, and its keys.
    private final long[] takenSum = new long[HandTotals.MOST_HANDS * APART];
    @SuppressWarnings({"unchecked", "rawtypes"})
    private final ArrayDeque<Long>[] keys = new ArrayDeque[HandTotals.MOST_HANDS];

    AdderSubject() {
        for (int i = 0; i < HandTotals.MOST_HANDS; i++) {
            keys[i] = new ArrayDeque<>();
        }
        Contention.contend(count);
        Contention.contend(weights);
        Contention.contend(doubles);
    }

    @Override
    public void work(Hand hand) {
        long element = hand.nextElement();
        hand.ledger.in(element);
        long some = element & 0xFFFF;
        totals.give(hand, some, element);
        count.increment();
        hand.pause();
        weights.add(Ledger.weight(element));
        doubles.add(some);
        hand.pause();
        sum.accumulate(ZERO + some);
        doubleSum.accumulate(HALF + some);
        max.accumulate(element);
        ArrayDeque<Long> mine = keys[hand.number];
        mine.add(element);
        map.put(element, element);
        if (mine.size() > hand.random(MOST_KEYS)) {
            Check.that(map.remove(mine.remove()) != null, "a key that was put is not there");
        }
    }

    @Override
    public void interfere(Hand hand) {
        hand.ledger.out(count.sumThenReset(), weights.sumThenReset());
        hand.pause();
        takenSum[hand.number * APART] += sum.getThenReset() - ZERO;
        totals.take(hand, doubles.sumThenReset(), doubleSum.getThenReset() - HALF, max.getThenReset());
        Check.that(map.mappingCount() >= 0, "a map with fewer than no elements");
    }

    @Override
    public void finish(Hand hand) {
        interfere(hand);
        Check.equal(count.sum(), 0, "LongAdder after its reset");
        Check.that(doubles.sum() == 0, "DoubleAdder after its reset: " + doubles);
        Check.equal(sum.get(), ZERO, "LongAccumulator after its reset");
        Check.that(doubleSum.get() == HALF, "DoubleAccumulator after its reset: " + doubleSum);
        Check.equal(max.get(), Long.MIN_VALUE, "LongAccumulator of the largest after its reset");
    }

    @Override
    public void check() {
        totals.check();
        long allTaken = 0;
        long elements = 0;
        for (int hand = 0; hand < HandTotals.MOST_HANDS; hand++) {
            allTaken += takenSum[hand * APART];
            elements += keys[hand].size();
        }
        Check.equal(allTaken, totals.given(), "LongAccumulator");
        Check.equal(map.mappingCount(), elements, "ConcurrentHashMap.mappingCount");
        Check.that(Raw.hasVariable(count) == Raw.usesAdders(), "LongAdder: has a variable, or has not: "
                + Raw.hasVariable(count));
        Check.that(Raw.hasVariable(doubles) == Raw.usesAdders(), "DoubleAdder: has a variable, or has not: "
                + Raw.hasVariable(doubles));
        System.out.println("adders: accumulators " + (Raw.hasVariable(sum) ? "" : "not ") + "over, map "
                + (Raw.hasVariable(map) ? "" : "not ") + "over");
    }
}
