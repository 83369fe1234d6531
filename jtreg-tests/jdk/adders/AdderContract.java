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
 * @summary what the four classes and ConcurrentHashMap promise holds once they count per CPU, and wherever they do not
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver AdderContract
 */

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

import percpu.lib.AccumulatorFunction;
import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;
import percpu.lib.Serialized;
import percpu.lib.Vm;

public class AdderContract {
    public static void main(String[] args) throws Exception {
        for (String way : List.of("-XX:+UsePerCpuAdders", "-XX:-TieredCompilation -Xbatch", "-XX:TieredStopAtLevel=1 -Xbatch",
                "-Xint", "-XX:+UnlockDiagnosticVMOptions -XX:+RseqForceAbort", "-XX:RseqIndex=cpu_id",
                // Then not each update of a map looks at the size.
                "-XX:+UnlockDiagnosticVMOptions -XX:RseqPossibleCPUs=4000",
                "-XX:+UnlockDiagnosticVMOptions -XX:RseqFence=handshake",
                // As with a compiler that does not know the operations.
                "-XX:-TieredCompilation -Xbatch -XX:+UnlockDiagnosticVMOptions "
                        + "-XX:DisableIntrinsic=_percpu_loadAddStore,_percpu_loadAddDoubleStore,"
                        + "_percpu_getAndAdd,_percpu_compareAndExchange,"
                        + "_percpu_currentSlot")) {
            new Vm().with(way.split(" ")).pass(Contract.class, "may");
        }
        for (String way : List.of("-XX:-UsePerCpuAdders", "-XX:-UseRseq")) {
            new Vm().with(way.split(" ")).pass(Contract.class, "must not");
        }
    }

    public static class Contract {
        private static final int MANY = 20_000;

        public static void main(String[] args) throws Exception {
            Check.that(Raw.usesAdders() == args[0].equals("may"), "adders count per CPU: " + Raw.usesAdders());
            for (int i = 0; i < 20; i++) {
                longAdder();
                doubleAdder();
            }
            longAccumulator();
            doubleAccumulator();
            beginnings();
            functions();
            subclasses();
            serialized();
            map();
        }

        // Also where nothing goes over: there the rest of a test is about stock behaviour.
        private static void over(Object adder) {
            Check.that(Raw.hasVariable(adder) == Raw.usesAdders(), adder.getClass() + " has a variable, or has not: "
                    + Raw.hasVariable(adder));
        }

        private static LongAdder contendedLongAdder() {
            LongAdder adder = new LongAdder();
            Contention.contend(adder);
            over(adder);
            return adder;
        }

        private static DoubleAdder contendedDoubleAdder() {
            DoubleAdder adder = new DoubleAdder();
            Contention.contend(adder);
            over(adder);
            return adder;
        }

        private static LongAccumulator contendedLongs(LongBinaryOperator function, long identity) throws Exception {
            LongAccumulator accumulator = new LongAccumulator(function, identity);
            if (Raw.usesAdders()) {
                Contention.contend(accumulator, new Contention.Changes(accumulator));
                accumulator.reset();
            }
            return accumulator;
        }

        private static DoubleAccumulator contendedDoubles(DoubleBinaryOperator function, double identity) throws Exception {
            DoubleAccumulator accumulator = new DoubleAccumulator(function, identity);
            if (Raw.usesAdders()) {
                Contention.contend(accumulator, new Contention.Changes(accumulator));
                accumulator.reset();
            }
            return accumulator;
        }

        private static void longAdder() {
            LongAdder adder = contendedLongAdder();
            Check.equal(adder.sum(), 0, "after going over");
            for (int i = 0; i < MANY; i++) {
                adder.increment();
                adder.add(i);
                adder.decrement();
            }
            long all = (long) MANY * (MANY - 1) / 2;
            Check.equal(adder.sum(), all, "sum");
            Check.equal(adder.longValue(), all, "longValue");
            Check.equal(adder.intValue(), (int) all, "intValue");
            Check.that(adder.doubleValue() == all && adder.floatValue() == (float) all, "floating-point values");
            Check.that(adder.toString().equals(Long.toString(all)), "toString: " + adder);
            Check.equal(adder.sumThenReset(), all, "sumThenReset");
            Check.equal(adder.sum(), 0, "after sumThenReset");
            adder.add(Long.MAX_VALUE);
            adder.add(1);
            Check.equal(adder.sum(), Long.MIN_VALUE, "a sum that wraps around");
            adder.reset();
            Check.equal(adder.sum(), 0, "after reset");
            adder.add(7);
            Check.equal(adder.sumThenReset(), 7, "after reset and add");
            over(adder);
        }

        private static void doubleAdder() {
            DoubleAdder adder = contendedDoubleAdder();
            Check.that(adder.sum() == 0, "after going over: " + adder);
            for (int i = 0; i < MANY; i++) {
                adder.add(i + 0.5);
            }
            double all = (double) MANY * MANY / 2;
            Check.that(adder.sum() == all && adder.doubleValue() == all, "sum: " + adder);
            Check.equal(adder.longValue(), (long) all, "longValue");
            Check.equal(adder.intValue(), (int) all, "intValue");
            Check.that(adder.floatValue() == (float) all, "floatValue");
            Check.that(adder.toString().equals(Double.toString(all)), "toString: " + adder);
            Check.that(adder.sumThenReset() == all, "sumThenReset");
            Check.that(adder.sum() == 0 && adder.sumThenReset() == 0, "after sumThenReset: " + adder);
            adder.add(-0.0);
            Check.equal(Double.doubleToRawLongBits(adder.sum()), 0, "bits of zero plus minus zero");
            adder.add(Double.POSITIVE_INFINITY);
            Check.that(adder.sum() == Double.POSITIVE_INFINITY, "infinite: " + adder);
            adder.add(Double.NaN);
            Check.that(Double.isNaN(adder.sum()), "not a number: " + adder);
            adder.reset();
            Check.that(adder.sum() == 0, "after reset: " + adder);
            adder.add(1e-300);
            Check.that(adder.sumThenReset() == 1e-300, "after reset and add");
            over(adder);
        }

        private static void longAccumulator() throws Exception {
            LongAccumulator most = contendedLongs(Math::max, Long.MIN_VALUE);
            Check.equal(most.get(), Long.MIN_VALUE, "identity");
            for (int i = 0; i < MANY; i++) {
                most.accumulate(i % 1000 - 2000);
            }
            Check.equal(most.get(), -1001, "the most");
            Check.equal(most.longValue(), -1001, "longValue");
            Check.equal(most.intValue(), -1001, "intValue");
            Check.that(most.doubleValue() == -1001 && most.floatValue() == -1001, "floating-point values");
            Check.that(most.toString().equals("-1001"), "toString: " + most);
            Check.equal(most.getThenReset(), -1001, "getThenReset");
            Check.equal(most.get(), Long.MIN_VALUE, "after getThenReset");
            most.accumulate(5);
            most.reset();
            Check.equal(most.getThenReset(), Long.MIN_VALUE, "after reset");
            LongAccumulator product = contendedLongs((a, b) -> a * b, 1);
            for (int i = 0; i < MANY; i++) {
                product.accumulate(i % 2 == 0 ? 3 : 1);
            }
            long power = 1;
            for (int i = 0; i < MANY / 2; i++) {
                power *= 3;
            }
            Check.equal(product.get(), power, "product");
            product.accumulate(0);
            Check.equal(product.get(), 0, "product with zero");
            Check.equal(product.getThenReset(), 0, "product with zero, once more");
            Check.equal(product.get(), 1, "product after getThenReset");
        }

        private static void doubleAccumulator() throws Exception {
            DoubleAccumulator least = contendedDoubles(Math::min, Double.POSITIVE_INFINITY);
            Check.that(least.get() == Double.POSITIVE_INFINITY, "identity: " + least);
            for (int i = 0; i < MANY; i++) {
                least.accumulate(i % 1000 + 0.25);
            }
            Check.that(least.get() == 0.25 && least.doubleValue() == 0.25 && least.floatValue() == 0.25f, "the least: " + least);
            Check.that(least.longValue() == 0 && least.intValue() == 0, "integers");
            Check.that(least.toString().equals("0.25"), "toString: " + least);
            Check.that(least.getThenReset() == 0.25, "getThenReset");
            Check.that(least.get() == Double.POSITIVE_INFINITY, "after getThenReset: " + least);
            least.accumulate(5);
            least.reset();
            Check.that(least.getThenReset() == Double.POSITIVE_INFINITY, "after reset");
            DoubleAccumulator withNan = contendedDoubles((a, b) -> Double.isNaN(a) ? b : a + b, Double.NaN);
            withNan.accumulate(2);
            withNan.accumulate(3);
            Check.that(withNan.get() == 5, "an identity that is no number: " + withNan);
        }

        // What is called an identity may be none: a sum may begin with 100.
        private static void beginnings() throws Exception {
            LongAccumulator sum = new LongAccumulator(Long::sum, 100);
            DoubleAccumulator doubles = new DoubleAccumulator(Double::sum, 100);
            LongAccumulator thrower = new LongAccumulator((a, b) -> {
                if (a == b) {
                    throw new IllegalArgumentException();
                }
                return Math.max(a, b);
            }, -1);
            Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                int number = i;
                threads[i] = new Thread(() -> {
                    for (int k = 0; k < 50 * MANY; k++) {
                        sum.accumulate(1);
                        doubles.accumulate(1);
                        if (k < 1000) {
                            thrower.accumulate(4L * k + number);
                        }
                    }
                });
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            long all = 50L * MANY * threads.length;
            Check.equal(sum.get(), 100 + all, "a sum that began with 100");
            Check.that(doubles.get() == 100 + all, "a sum that began with 100: " + doubles);
            Check.equal(thrower.get(), 3999, "a function that throws if it is asked about the identity alone");
            Check.that(!Raw.hasVariable(sum) && !Raw.hasVariable(doubles) && !Raw.hasVariable(thrower),
                    "what has no identity has a variable");
        }

        private static void functions() throws Exception {
            AccumulatorFunction.check(function -> {
                LongAccumulator sum = contendedLongs(function, 0);
                return new AccumulatorFunction.Accumulator(sum::accumulate, sum::get, sum::getThenReset);
                // With cells all accumulate to one word until they succeed.
            }, Raw.usesAdders());
            LongAccumulator most = contendedLongs(Math::max, 0);
            most.accumulate(10);
            most.accumulate(10);
            most.accumulate(3);
            Check.equal(most.get(), 10, "what changes nothing");
        }

        private static final class Named extends LongAdder {
            private long calls;

            @Override
            public void add(long x) {
                calls++;
                super.add(x);
            }

            @Override
            public long sum() {
                return super.sum() + 1;
            }
        }

        private static final class SumThenReset extends LongAdder {
            @Override
            public long sumThenReset() {
                long sum = sum();
                reset();
                return sum;
            }
        }

        private static final class Copied extends LongAdder implements Cloneable {
            Copied copy() throws CloneNotSupportedException {
                return (Copied) clone();
            }
        }

        private static void subclasses() throws Exception {
            Named named = new Named();
            Contention.contend((LongAdder) named);
            over(named);
            long calls = named.calls;
            named.increment();
            Check.equal(named.calls, calls + 1, "increment calls add");
            Check.equal(named.sumThenReset(), 1, "a sum that does not ask the subclass");
            Check.equal(named.longValue(), 1, "longValue asks the subclass");
            SumThenReset resets = new SumThenReset();
            resets.add(5);
            Check.equal(resets.sumThenReset(), 5, "a subclass that calls reset, before it goes over");
            Contention.contend((LongAdder) resets);
            over(resets);
            resets.add(7);
            Check.equal(resets.sumThenReset(), 7, "a subclass that calls reset");
            Check.equal(resets.sum(), 0, "after its sumThenReset");
            // A copy would have the number of a variable that is not its own.
            Copied copied = new Copied();
            Contention.heat(copied);
            Check.that(!Raw.hasVariable(copied), "what can be cloned has a variable");
            copied.add(3);
            Check.equal(copied.copy().sum(), 3, "a copy");
        }

        private static void serialized() throws Exception {
            LongAdder longs = contendedLongAdder();
            longs.add(42);
            Check.equal(((LongAdder) Serialized.copy(longs)).sum(), 42, "a LongAdder that was written");
            Check.that(!Raw.hasVariable(Serialized.copy(longs)), "a LongAdder that was written has a variable");
            LongAdder fresh = new LongAdder();
            fresh.add(42);
            Check.that(java.util.Arrays.equals(Serialized.written(longs), Serialized.written(fresh)), "the written form depends on the variable");
            DoubleAdder doubles = contendedDoubleAdder();
            doubles.add(4.5);
            Check.that(((DoubleAdder) Serialized.copy(doubles)).sum() == 4.5, "a DoubleAdder that was written");
            ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
            if (Raw.usesAdders()) {
                Contention.contend(map);
            }
            map.put("a", "b");
            Check.that(map.equals(Serialized.copy(map)) && ((ConcurrentHashMap<?, ?>) Serialized.copy(map)).size() == 1, "a map that was written");
        }

        private static void map() throws Exception {
            ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
            if (Raw.usesAdders()) {
                Contention.contend(map);
            }
            Check.that(map.isEmpty(), "a map that nothing is in: " + map.size());
            for (int i = 0; i < 100 * MANY; i++) {
                map.put(i, i);
            }
            Check.equal(map.size(), 100 * MANY, "size");
            Check.equal(map.mappingCount(), 100 * MANY, "mappingCount");
            // Else it did not resize.
            long buckets = Raw.buckets(map);
            Check.that(buckets >= 100 * MANY / 2, buckets + " buckets");
            for (int i = 0; i < 50 * MANY; i++) {
                Check.that(map.remove(i) != null, "a key that was put");
            }
            Check.equal(map.size(), 50 * MANY, "size after removals");
            Check.equal(map.reduceValuesToLong(1, value -> 1, 0, Long::sum), 50 * MANY, "elements");
            map.clear();
            Check.that(map.isEmpty() && map.mappingCount() == 0, "after clear: " + map.size());
            map.put(1, 1);
            Check.equal(map.size(), 1, "after clear and put");
        }
    }
}
