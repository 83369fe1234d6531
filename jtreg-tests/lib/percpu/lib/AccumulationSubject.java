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

import jdk.incubator.percpu.PerCpuDoubleAccumulator;
import jdk.incubator.percpu.PerCpuDoubleAdder;
import jdk.incubator.percpu.PerCpuLongAccumulator;

/**
 * PerCpuDoubleAdder and the accumulators, while others reset them: of what was accumulated nothing may be missing, nor be there
 * twice. They share exclusive words.
 */
final class AccumulationSubject implements Subject {
    // An identity that is not zero: what two of these make is how far both are from it.
    private static final long ZERO = 0x0123456789ABCDEFL;
    private static final double HALF = 0.5;

    private final PerCpuLongAccumulator count = new PerCpuLongAccumulator(Long::sum, 0);
    private final PerCpuLongAccumulator weights = new PerCpuLongAccumulator((a, b) -> a + b - ZERO, ZERO);
    private final PerCpuDoubleAdder doubles = new PerCpuDoubleAdder();
    private final PerCpuDoubleAccumulator doubleSum = new PerCpuDoubleAccumulator((a, b) -> a + b - HALF, HALF);
    private final PerCpuLongAccumulator max = new PerCpuLongAccumulator(Math::max, Long.MIN_VALUE);

    private final HandTotals totals = new HandTotals();

    @Override
    public void work(Hand hand) {
        long element = hand.nextElement();
        hand.ledger.in(element);
        long some = element & 0xFFFF;
        totals.give(hand, some, element);
        count.accumulate(1);
        weights.accumulate(ZERO + Ledger.weight(element));
        hand.pause();
        doubles.add(some);
        doubleSum.accumulate(HALF + some);
        max.accumulate(element);
    }

    @Override
    public void interfere(Hand hand) {
        hand.ledger.out(count.getThenReset(), weights.getThenReset() - ZERO);
        hand.pause();
        totals.take(hand, doubles.sumThenReset(), doubleSum.getThenReset() - HALF, max.getThenReset());
    }

    @Override
    public void finish(Hand hand) {
        interfere(hand);
        Check.equal(count.get(), 0, "accumulator after its reset");
        Check.equal(weights.get(), ZERO, "accumulator after its reset");
        Check.that(doubles.sum() == 0, "PerCpuDoubleAdder after its reset: " + doubles);
        Check.that(doubleSum.get() == HALF, "PerCpuDoubleAccumulator after its reset: " + doubleSum);
        Check.equal(max.get(), Long.MIN_VALUE, "accumulator of the largest after its reset");
    }

    @Override
    public void check() {
        totals.check();
    }
}
