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

import java.util.function.LongBinaryOperator;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** What the function of an accumulator of longs may do. All of it happens outside of sections. */
public final class AccumulatorFunction {
    // Eight tries by section, and one with the overflow slot, that nobody else changes.
    private static final int MOST_ASKED = 9;
    private static final int MANY = 20_000;
    private static final long POISON = -1;
    private static final long CALLER = 1000;

    /** An accumulator, of whatever class. */
    public record Accumulator(LongConsumer accumulate, LongSupplier get, LongSupplier getThenReset) {}

    /** Makes an accumulator with a function, to which zero is the identity. */
    public interface Maker {
        Accumulator make(LongBinaryOperator function) throws Exception;
    }

    private final RuntimeException thrown = new RuntimeException();
    private final Accumulator sum;
    private int again;

    private AccumulatorFunction(Maker maker) throws Exception {
        sum = maker.make(this::add);
        // No slot is without a value.
        for (int i = 0; i < MANY; i++) {
            sum.accumulate.accept(1);
        }
    }

    /**
     * It may throw, and may call what it is called by. In the end the accumulator has the right sum.
     *
     * @param maker   makes the accumulator
     * @param limited whether there is a limit to how often the function is asked
     */
    public static void check(Maker maker, boolean limited) throws Exception {
        AccumulatorFunction test = new AccumulatorFunction(maker);
        test.throwing();
        test.calling(limited);
    }

    private long add(long a, long b) {
        if (b == POISON) {
            throw thrown;
        }
        if (b == CALLER && again > 0) {
            again--;
            sum.accumulate.accept(1);
        }
        return a + b;
    }

    private void throwing() {
        int times = 0;
        for (int i = 0; i < 100; i++) {
            try {
                sum.accumulate.accept(POISON);
                // The first value of a slot: the function was not asked.
                sum.accumulate.accept(-POISON);
            } catch (RuntimeException e) {
                Check.that(e == thrown, "another exception: " + e);
                times++;
            }
        }
        Check.that(times > 0, "the function's exception never came");
        Check.equal(sum.get.getAsLong(), MANY, "after exceptions");
    }

    // One try fails, then as many as there are, and the overflow slot takes the update.
    private void calling(boolean limited) {
        long all = MANY;
        for (int asks : new int[] {1, 12}) {
            long overflow = Raw.overflowOperations();
            again = asks;
            sum.accumulate.accept(CALLER);
            // Where the value was the first of a slot the function was not asked.
            int asked = asks - again;
            again = 0;
            // Forced to the overflow slot all accumulate to one word until they succeed.
            Check.that(asked <= MOST_ASKED || Raw.overflowOperations() > overflow || !limited,
                    "the function was asked " + asked + " times, at most " + MOST_ASKED + " expected");
            all += CALLER + asked;
            Check.equal(sum.get.getAsLong(), all, "what a function accumulated while it was called");
        }
        Check.equal(sum.getThenReset.getAsLong(), all, "getThenReset");
        Check.equal(sum.get.getAsLong(), 0, "after getThenReset");
    }
}
