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
 * @summary a variable that became garbage is not given to others while a loop still adds to it
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver Reachability
 */

import java.util.ArrayList;
import java.util.List;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuDoubleAccumulator;
import jdk.incubator.percpu.PerCpuDoubleAdder;
import jdk.incubator.percpu.PerCpuHistogram;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuLongAccumulator;
import jdk.incubator.percpu.PerCpuLongArray;
import jdk.incubator.percpu.PerCpuPool;
import jdk.internal.percpu.Statistics;
import percpu.lib.Check;
import percpu.lib.Vm;

public class Reachability {
    public static void main(String[] args) throws Exception {
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq"}) {
            for (String gc : new String[] {"-XX:+UseSerialGC", "-XX:+UseG1GC", "-XX:+UseZGC"}) {
                new Vm().with(use, gc, "-XX:-TieredCompilation").pass(Recycle.class, "1500");
            }
        }
        new Vm().with("-XX:TieredStopAtLevel=1").pass(Recycle.class, "1000");
        new Vm().with("-Xint").pass(Recycle.class, "1000");
    }

    public static class Recycle {
        private static final int FRESH = 64;
        // Of what is larger, a few fill what one had.
        private static final int FRESH_LARGE = 8;
        private static final int FRESH_POOLS = 2;
        // More than a group.
        private static final int ELEMENTS = 20;

        // What the adder works on; only this field and the adder's frame refer to it.
        private static volatile PerCpuLong variable;
        private static volatile PerCpuCounter counter;
        private static volatile PerCpuLongArray array;
        private static volatile PerCpuDoubleAdder doubles;
        private static volatile PerCpuLongAccumulator sums;
        private static volatile PerCpuDoubleAccumulator doubleSums;
        private static volatile PerCpuHistogram histogram;
        private static volatile PerCpuPool<Object> pool;
        private static volatile boolean stop;
        private static volatile int loops;
        private static Throwable failure;

        // The address is the same in each round: a compiler may load it once, before the loop.
        private static void addMany(PerCpuLong v, int n) {
            for (int i = 0; i < n; i++) {
                PerCpu.add(v, 1);
            }
        }

        private static long getAndAddMany(PerCpuLong v, int n) {
            long all = 0;
            for (int i = 0; i < n; i++) {
                all |= PerCpu.getAndAdd(v, 1);
            }
            return all;
        }

        private static void incrementMany(PerCpuCounter c, int n) {
            for (int i = 0; i < n; i++) {
                c.increment();
            }
        }

        private static long cmpxchgMany(PerCpuLong v, int n) {
            long last = 0;
            for (int i = 0; i < n; i++) {
                last = PerCpu.cmpxchg(v, last, last + 1);
            }
            return last;
        }

        private static int cmpxchgInSlotMany(PerCpuLong v, int n) {
            int hits = 0;
            for (int i = 0; i < n; i++) {
                int slot = PerCpu.currentSlot();
                hits += PerCpu.weakCompareAndSet(v, slot, v.get(slot), i) ? 1 : 0;
            }
            return hits;
        }

        private static void addToElements(PerCpuLongArray a, int n) {
            for (int i = 0, e = 0; i < n; i++) {
                a.add(e, 1);
                e = e + 1 == ELEMENTS ? 0 : e + 1;
            }
        }

        private static void addDoubles(PerCpuDoubleAdder d, int n) {
            for (int i = 0; i < n; i++) {
                d.add(1);
            }
        }

        private static void accumulateMany(PerCpuLongAccumulator a, int n) {
            for (int i = 0; i < n; i++) {
                a.accumulate(1);
            }
        }

        private static void accumulateDoubles(PerCpuDoubleAccumulator a, int n) {
            for (int i = 0; i < n; i++) {
                a.accumulate(1);
            }
        }

        private static void recordMany(PerCpuHistogram h, int n) {
            for (int i = 0; i < n; i++) {
                h.record(1);
            }
        }

        private static void acquireMany(PerCpuPool<Object> p, int n) {
            for (int i = 0; i < n; i++) {
                p.release(p.acquire());
            }
        }

        private static void adder(int n) {
            try {
                for (int turn = 0; !stop; turn++) {
                    // After the call nothing else keeps it alive.
                    switch (turn % 11) {
                        case 0 -> addMany(taken(), n);
                        case 1 -> getAndAddMany(taken(), n);
                        case 2 -> incrementMany(takenCounter(), n);
                        case 3 -> cmpxchgMany(taken(), n);
                        case 4 -> addToElements(takenArray(), n);
                        case 5 -> addDoubles(takenDoubles(), n);
                        case 6 -> accumulateMany(takenSums(), n);
                        case 7 -> recordMany(takenHistogram(), n);
                        case 8 -> acquireMany(takenPool(), n);
                        case 9 -> accumulateDoubles(takenDoubleSums(), n);
                        default -> cmpxchgInSlotMany(taken(), n);
                    }
                    loops++;
                }
            } catch (Throwable t) {
                failure = t;
            }
        }

        private static PerCpuLong taken() {
            PerCpuLong v = variable;
            variable = null;
            return v == null ? new PerCpuLong() : v;
        }

        private static PerCpuCounter takenCounter() {
            PerCpuCounter c = counter;
            counter = null;
            return c == null ? new PerCpuCounter() : c;
        }

        private static PerCpuLongArray takenArray() {
            PerCpuLongArray a = array;
            array = null;
            return a == null ? new PerCpuLongArray(ELEMENTS) : a;
        }

        private static PerCpuDoubleAdder takenDoubles() {
            PerCpuDoubleAdder d = doubles;
            doubles = null;
            return d == null ? new PerCpuDoubleAdder() : d;
        }

        private static PerCpuLongAccumulator takenSums() {
            PerCpuLongAccumulator a = sums;
            sums = null;
            return a == null ? new PerCpuLongAccumulator(Long::sum, 0) : a;
        }

        private static PerCpuDoubleAccumulator takenDoubleSums() {
            PerCpuDoubleAccumulator a = doubleSums;
            doubleSums = null;
            return a == null ? new PerCpuDoubleAccumulator(Double::sum, 0) : a;
        }

        private static PerCpuHistogram takenHistogram() {
            PerCpuHistogram h = histogram;
            histogram = null;
            return h == null ? PerCpuHistogram.withBounds(1) : h;
        }

        private static void checkHistogramsEmpty(List<PerCpuHistogram> fresh, String when) {
            for (PerCpuHistogram h : fresh) {
                Check.equal(h.snapshot().count(), 0, "a histogram that nobody used, " + when);
            }
        }

        private static PerCpuPool<Object> newPool() {
            return PerCpuPool.builder(entry -> new Object()).build();
        }

        private static PerCpuPool<Object> takenPool() {
            PerCpuPool<Object> p = pool;
            pool = null;
            return p == null ? newPool() : p;
        }

        private static void checkPoolsEmpty(List<PerCpuPool<Object>> fresh, String when) {
            for (PerCpuPool<Object> p : fresh) {
                Check.equal(p.size(), 0, "objects of a pool that nobody used, " + when);
                Check.equal(p.statistics().acquired(), 0, "acquisitions of a pool that nobody used, " + when);
            }
        }

        private static void checkArraysZero(List<PerCpuLongArray> fresh, String when) {
            for (PerCpuLongArray a : fresh) {
                for (int i = 0; i < ELEMENTS; i++) {
                    Check.equal(a.sum(i), 0, "element " + i + " of an array that nobody used, " + when);
                }
            }
        }

        // What others accumulate in the same memory is no identity here either.
        private static void checkSumsZero(List<PerCpuLongAccumulator> fresh, String when) {
            for (PerCpuLongAccumulator a : fresh) {
                Check.equal(a.get(), 0, "an accumulator that nobody used, " + when);
            }
        }

        private static void checkZero(List<PerCpuLong> fresh, String when) {
            for (PerCpuLong v : fresh) {
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    Check.equal(v.get(slot), 0, "slot " + slot + " of a variable that nobody used, " + when);
                }
            }
        }

        public static void main(String[] args) throws Exception {
            for (int i = 0; i < 200; i++) {
                addMany(new PerCpuLong(), 500);
                getAndAddMany(new PerCpuLong(), 500);
                incrementMany(new PerCpuCounter(), 500);
                cmpxchgMany(new PerCpuLong(), 500);
                cmpxchgInSlotMany(new PerCpuLong(), 500);
                addToElements(new PerCpuLongArray(ELEMENTS), 500);
                addDoubles(new PerCpuDoubleAdder(), 500);
                accumulateMany(new PerCpuLongAccumulator(Long::sum, 0), 500);
                accumulateDoubles(new PerCpuDoubleAccumulator(Double::sum, 0), 500);
                recordMany(PerCpuHistogram.withBounds(1), 500);
                acquireMany(newPool(), 500);
            }
            // Loops that take longer than a collection, so that it happens in their middle.
            int n = System.getProperty("java.vm.info", "").contains("interpreted") ? 100_000 : 5_000_000;
            Thread[] adders = new Thread[2];
            for (int i = 0; i < adders.length; i++) {
                adders[i] = new Thread(() -> adder(n));
                adders[i].setDaemon(true);
                adders[i].start();
            }
            long deadline = System.nanoTime() + Long.parseLong(args[0]) * 1_000_000;
            int rounds = 0;
            long recycled = 0;
            List<PerCpuLong> fresh = new ArrayList<>();
            List<PerCpuLongArray> freshArrays = new ArrayList<>();
            List<PerCpuLongAccumulator> freshSums = new ArrayList<>();
            List<PerCpuHistogram> freshHistograms = new ArrayList<>();
            List<PerCpuPool<Object>> freshPools = new ArrayList<>();
            do {
                variable = new PerCpuLong();
                counter = new PerCpuCounter();
                array = new PerCpuLongArray(ELEMENTS);
                doubles = new PerCpuDoubleAdder();
                sums = new PerCpuLongAccumulator(Long::sum, 0);
                doubleSums = new PerCpuDoubleAccumulator(Double::sum, 0);
                histogram = PerCpuHistogram.withBounds(1);
                pool = newPool();
                // The cleaner frees what the collection finds; it goes to the next that asks.
                System.gc();
                for (int i = 0; i < FRESH; i++) {
                    fresh.add(new PerCpuLong());
                    freshArrays.add(new PerCpuLongArray(ELEMENTS));
                    freshSums.add(new PerCpuLongAccumulator(Long::sum, 0));
                }
                for (int i = 0; i < FRESH_LARGE; i++) {
                    freshHistograms.add(PerCpuHistogram.withBounds(1));
                }
                for (int i = 0; i < FRESH_POOLS; i++) {
                    freshPools.add(newPool());
                }
                for (String when : new String[] {"when new", "some time later"}) {
                    checkZero(fresh, when);
                    checkArraysZero(freshArrays, when);
                    checkSumsZero(freshSums, when);
                    checkHistogramsEmpty(freshHistograms, when);
                    checkPoolsEmpty(freshPools, when);
                    Thread.yield();
                }
                recycled += fresh.size() + freshArrays.size() + freshSums.size() + freshHistograms.size()
                        + freshPools.size();
                fresh.clear();
                freshArrays.clear();
                freshSums.clear();
                freshHistograms.clear();
                freshPools.clear();
                rounds++;
            } while (System.nanoTime() < deadline || rounds < 10 || loops < 10);
            stop = true;
            for (Thread adder : adders) {
                adder.join();
            }
            if (failure != null) {
                throw new AssertionError("an adder failed", failure);
            }
            System.out.println(rounds + " rounds, " + recycled + " variables, " + loops + " loops, "
                    + Statistics.arenas() + " arenas");
            // So many of a kind at a time: if that took many arenas nothing was ever recycled and nothing tested. A
            // pool has one of its own, until the cleaner has seen it.
            Check.that(!PerCpu.isSupported() || Statistics.arenas() <= 6 + 5 * FRESH_POOLS,
                    Statistics.arenas() + " arenas are in use");
        }
    }
}
