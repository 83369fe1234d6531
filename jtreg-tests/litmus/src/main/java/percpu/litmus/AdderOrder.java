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

package percpu.litmus;

import java.lang.reflect.Method;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** What two threads see of each other's updates of an adder, an accumulator or a map that counts per CPU. */
public final class AdderOrder {
    private AdderOrder() {}

    /** Makes it go over, as contention would. */
    static <T> T over(T adder) {
        try {
            Class<?> type = adder instanceof Number ? adder.getClass().getSuperclass() : adder.getClass();
            Method goOver = type.getDeclaredMethod("goOver");
            goOver.setAccessible(true);
            int handle;
            do {
                handle = (int) goOver.invoke(adder);
            } while (handle > 0);
            if (handle == 0) {
                throw new AssertionError(type + " does not count per CPU");
            }
            return adder;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("this JDK has no per-CPU adders", e);
        }
    }

    /** An update has release mode, a sum acquire mode. */
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "The count says that the write is there, or nothing.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Counted before what was written before it.")
    @State
    public static class LongAdderPublishes {
        private final LongAdder adder = over(new LongAdder());
        private int written;

        @Actor
        public void write() {
            written = 1;
            adder.increment();
        }

        @Actor
        public void read(LL_Result r) {
            r.r1 = adder.sum();
            r.r2 = written;
        }
    }

    /** Likewise. */
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "The count says that the write is there, or nothing.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Counted before what was written before it.")
    @State
    public static class DoubleAdderPublishes {
        private final DoubleAdder adder = over(new DoubleAdder());
        private int written;

        @Actor
        public void write() {
            written = 1;
            adder.add(1);
        }

        @Actor
        public void read(LL_Result r) {
            r.r1 = (int) adder.sum();
            r.r2 = written;
        }
    }

    /** Likewise. */
    @JCStressTest
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "The value says that the write is there, or nothing.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Accumulated before what was written before it.")
    @State
    public static class AccumulatorPublishes {
        private final LongAccumulator max = over(new LongAccumulator(Math::max, 0));
        private int written;

        @Actor
        public void write() {
            written = 1;
            max.accumulate(1);
        }

        @Actor
        public void read(LL_Result r) {
            r.r1 = max.get();
            r.r2 = written;
        }
    }

    /** A map's count is a full fence, as the compare-and-set of an unpatched JDK is. */
    @JCStressTest
    @Outcome(id = {"true, true", "true, false", "false, true"}, expect = Expect.ACCEPTABLE, desc = "Who leaves last finds it empty.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Neither finds it empty.")
    @State
    public static class LastLeavesAnEmptyMap {
        private final ConcurrentHashMap<Object, Object> map = over(new ConcurrentHashMap<>());

        public LastLeavesAnEmptyMap() {
            map.put("a", "a");
            map.put("b", "b");
        }

        @Actor
        public void first(ZZ_Result r) {
            map.remove("a");
            r.r1 = map.isEmpty();
        }

        @Actor
        public void second(ZZ_Result r) {
            map.remove("b");
            r.r2 = map.isEmpty();
        }
    }

    /** What is added beside a reset is in its result, or is there afterwards. */
    @JCStressTest
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "All is there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Lost, or counted twice.")
    @State
    public static class NothingIsLostInReset {
        private final LongAdder adder = over(new LongAdder());
        private final DoubleAdder doubles = over(new DoubleAdder());
        private long taken;

        @Actor
        public void add() {
            adder.increment();
            doubles.add(1);
        }

        @Actor
        public void take() {
            taken = adder.sumThenReset() + (long) doubles.sumThenReset();
        }

        @Arbiter
        public void all(L_Result r) {
            r.r1 = taken + adder.sum() + (long) doubles.sum();
        }
    }

    /** A reset that began before the adder went over does not bring back what another one took afterwards. */
    @JCStressTest
    @Outcome(id = {"1, 0", "0, 0"}, expect = Expect.ACCEPTABLE, desc = "One of the resets took it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Taken, and there again.")
    @State
    public static class ResetBesideGoingOver {
        private final LongAdder adder = new LongAdder();

        @Actor
        public void count(LL_Result r) {
            over(adder);
            adder.increment();
            r.r1 = adder.sumThenReset();
            r.r2 = adder.sum();
        }

        @Actor
        public void reset() {
            adder.reset();
        }
    }
}
