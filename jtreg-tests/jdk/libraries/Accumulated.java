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
 * @summary what PerCpuDoubleAdder and the accumulators promise
 * @library /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Check percpu.lib.Raw
 * @run main/othervm Accumulated
 * @run main/othervm -XX:-UseRseq Accumulated
 * @run main/othervm -Xint Accumulated
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:+RseqForceAbort Accumulated
 * @run main/othervm -XX:RseqIndex=cpu_id Accumulated
 * @run main/othervm -Xcomp -XX:TieredStopAtLevel=1
 *      -XX:CompileCommand=compileonly,Accumulated::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Accumulated
 * @run main/othervm -Xcomp -XX:-TieredCompilation
 *      -XX:CompileCommand=compileonly,Accumulated::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Accumulated
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:RseqFence=handshake Accumulated
 */

import java.io.NotSerializableException;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDoubleAccumulator;
import jdk.incubator.percpu.PerCpuDoubleAdder;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuLongAccumulator;
import percpu.lib.AccumulatorFunction;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Serialized;

public class Accumulated {
    private static final int MANY = 20_000;

    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 5; i++) {
            doubleAdder();
            longAccumulator();
            doubleAccumulator();
            neighbours();
        }
        identities();
        functions();
        again();
        sectionsAfterwards();
        besideActions();
        serialized();
    }

    private static void same(double found, double expected, String what) {
        Check.that(Double.doubleToRawLongBits(found) == Double.doubleToRawLongBits(expected),
                what + ": found " + found + ", expected " + expected);
    }

    private static void doubleAdder() {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        same(adder.sum(), 0, "a new adder");
        for (int i = 0; i < MANY; i++) {
            adder.add(i + 0.5);
        }
        double all = (double) MANY * MANY / 2;
        same(adder.sum(), all, "sum");
        same(adder.doubleValue(), all, "doubleValue");
        Check.equal(adder.longValue(), (long) all, "longValue");
        Check.equal(adder.intValue(), (int) all, "intValue");
        Check.that(adder.floatValue() == (float) all, "floatValue");
        Check.that(adder.toString().equals(Double.toString(all)), "toString: " + adder);
        same(adder.sumThenReset(), all, "sumThenReset");
        same(adder.sum(), 0, "sum after sumThenReset");
        same(adder.sumThenReset(), 0, "sumThenReset again");
        adder.add(-0.0);
        same(adder.sum(), 0, "zero plus minus zero");
        adder.add(Double.MAX_VALUE);
        adder.add(Double.MAX_VALUE);
        same(adder.sum(), Double.POSITIVE_INFINITY, "too much");
        adder.add(Double.NEGATIVE_INFINITY);
        Check.that(Double.isNaN(adder.sum()), "not a number: " + adder);
        adder.reset();
        same(adder.sum(), 0, "sum after reset");
        adder.add(Double.MIN_VALUE);
        same(adder.sumThenReset(), Double.MIN_VALUE, "after reset and add");
    }

    private static void longAccumulator() {
        PerCpuLongAccumulator most = new PerCpuLongAccumulator(Math::max, Long.MIN_VALUE);
        Check.equal(most.get(), Long.MIN_VALUE, "a new accumulator");
        for (int i = 0; i < MANY; i++) {
            most.accumulate(i % 1000 - 2000);
        }
        Check.equal(most.get(), -1001, "the most");
        Check.that(most.toString().equals("-1001"), "toString: " + most);
        Check.equal(most.getThenReset(), -1001, "getThenReset");
        Check.equal(most.get(), Long.MIN_VALUE, "after getThenReset");
        most.accumulate(5);
        most.reset();
        Check.equal(most.getThenReset(), Long.MIN_VALUE, "after reset");
        PerCpuLongAccumulator product = new PerCpuLongAccumulator((a, b) -> a * b, 1);
        long power = 1;
        for (int i = 0; i < MANY; i++) {
            product.accumulate(i % 2 == 0 ? 3 : 1);
            power *= i % 2 == 0 ? 3 : 1;
        }
        Check.equal(product.get(), power, "product");
        product.accumulate(0);
        Check.equal(product.getThenReset(), 0, "product with zero");
        Check.equal(product.get(), 1, "product after getThenReset");
    }

    private static void doubleAccumulator() {
        PerCpuDoubleAccumulator least = new PerCpuDoubleAccumulator(Math::min, Double.POSITIVE_INFINITY);
        same(least.get(), Double.POSITIVE_INFINITY, "a new accumulator");
        for (int i = 0; i < MANY; i++) {
            least.accumulate(i % 1000 + 0.25);
        }
        same(least.get(), 0.25, "the least");
        Check.that(least.toString().equals("0.25"), "toString: " + least);
        least.accumulate(-0.0);
        least.accumulate(0.0);
        same(least.getThenReset(), -0.0, "getThenReset");
        same(least.get(), Double.POSITIVE_INFINITY, "after getThenReset");
        least.accumulate(5);
        least.reset();
        same(least.getThenReset(), Double.POSITIVE_INFINITY, "after reset");
        PerCpuDoubleAccumulator withNan = new PerCpuDoubleAccumulator((a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : a + b,
                Double.NaN);
        withNan.accumulate(2);
        withNan.accumulate(3);
        same(withNan.get(), 5, "an identity that is no number");
    }

    // Seven share an exclusive word.
    private static void neighbours() {
        PerCpuDoubleAdder[] all = new PerCpuDoubleAdder[50];
        PerCpuLongAccumulator[] sums = new PerCpuLongAccumulator[50];
        for (int i = 0; i < all.length; i++) {
            all[i] = new PerCpuDoubleAdder();
            sums[i] = new PerCpuLongAccumulator(Long::sum, 0);
            all[i].add(i + 0.25);
            sums[i].accumulate(i + 1);
        }
        for (int i = 0; i < all.length; i += 3) {
            same(all[i].sumThenReset(), i + 0.25, "adder " + i + " of many");
            Check.equal(sums[i].getThenReset(), i + 1, "accumulator " + i + " of many");
        }
        for (int i = 0; i < all.length; i++) {
            same(all[i].sum(), i % 3 == 0 ? 0 : i + 0.25, "adder " + i + " after resets of others");
            Check.equal(sums[i].get(), i % 3 == 0 ? 0 : i + 1, "accumulator " + i + " after resets of others");
        }
    }

    private static void identities() {
        Check.fails(NullPointerException.class, "no function", () -> new PerCpuLongAccumulator(null, 0));
        Check.fails(NullPointerException.class, "no function", () -> new PerCpuDoubleAccumulator(null, 0));
        Check.fails(IllegalArgumentException.class, "a sum that begins with 100", () -> new PerCpuLongAccumulator(Long::sum, 100));
        Check.fails(IllegalArgumentException.class, "a sum that begins with 100",
                () -> new PerCpuDoubleAccumulator(Double::sum, 100));
        Check.fails(IllegalArgumentException.class, "another zero than the function makes",
                () -> new PerCpuDoubleAccumulator((a, b) -> a + b + 0.0, -0.0));
        Check.fails(UnsupportedOperationException.class, "a function that throws", () -> new PerCpuLongAccumulator((a, b) -> {
            throw new UnsupportedOperationException();
        }, 0));
        PerCpuLongAccumulator sum = new PerCpuLongAccumulator((a, b) -> a + b - 77, 77);
        Check.equal(sum.get(), 77, "an identity that is not zero");
        sum.accumulate(80);
        sum.accumulate(77);
        sum.accumulate(78);
        Check.equal(sum.getThenReset(), 81, "what is above the identity");
        Check.equal(sum.get(), 77, "an identity that is not zero, after a reset");
    }

    private static void functions() throws Exception {
        AccumulatorFunction.check(function -> {
            PerCpuLongAccumulator sum = new PerCpuLongAccumulator(function, 0);
            return new AccumulatorFunction.Accumulator(sum::accumulate, sum::get, sum::getThenReset);
        }, true);
        PerCpuDoubleAccumulator doubles = new PerCpuDoubleAccumulator(Double::sum, 0);
        for (int i = 0; i < MANY; i++) {
            doubles.accumulate(0.5);
        }
        same(doubles.get(), MANY / 2, "a sum of doubles");
    }

    // Many resets in turn with updates, some of which find sections kept off by nobody any more.
    private static void again() {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        for (int i = 0; i < 2000; i++) {
            adder.add(i);
            same(adder.sumThenReset(), i, "round " + i);
        }
    }

    // Who has taken the words lets sections in again.
    private static void sectionsAfterwards() {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        adder.add(1);
        adder.reset();
        long aborts = Raw.aborts();
        long before = Raw.overflowOperations();
        for (int i = 0; i < MANY; i++) {
            adder.add(1);
        }
        long overflows = Raw.overflowOperations() - before;
        Check.that(overflows < MANY / 2 || Raw.aborts() - aborts >= overflows, overflows + " of " + MANY
                + " additions after a reset without a section");
        same(adder.sum(), MANY, "sum");
    }

    // An action that has a slot of variables keeps it, whatever is reset in it.
    private static void besideActions() {
        PerCpuLong[] variables = new PerCpuLong[30];
        PerCpuDoubleAdder[] adders = new PerCpuDoubleAdder[variables.length];
        PerCpuLongAccumulator[] sums = new PerCpuLongAccumulator[variables.length];
        for (int i = 0; i < variables.length; i++) {
            variables[i] = new PerCpuLong();
            adders[i] = new PerCpuDoubleAdder();
            sums[i] = new PerCpuLongAccumulator(Long::sum, 0);
        }
        for (PerCpuLong v : variables) {
            PerCpu.exclusive(v, 0, () -> {
                boolean kept = Raw.keepsOff(v, 0);
                for (int i = 0; i < adders.length; i++) {
                    adders[i].add(1);
                    sums[i].accumulate(1);
                    same(adders[i].sumThenReset(), 1, "an adder in an action");
                    Check.equal(sums[i].getThenReset(), 1, "an accumulator in an action");
                }
                Check.that(Raw.keepsOff(v, 0) == kept, "a reset let sections in where an action keeps them off");
            });
        }
    }

    private static void serialized() throws Exception {
        PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
        adder.add(100);
        adder.reset();
        adder.add(-7.5);
        PerCpuDoubleAdder other = (PerCpuDoubleAdder) Serialized.copy(adder);
        same(other.sum(), -7.5, "a copy");
        other.add(0.5);
        same(other.sumThenReset(), -7, "a copy after add");
        same(adder.sum(), -7.5, "the original");
        Check.fails(NotSerializableException.class, "writing an accumulator",
                () -> Serialized.written(new PerCpuLongAccumulator(Math::max, Long.MIN_VALUE)));
    }
}
