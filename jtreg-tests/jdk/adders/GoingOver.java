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
 * @summary when adders and maps go over to a per-CPU variable, and when they do not; and who is told
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 *          java.management jdk.management
 * @build percpu.lib.*
 * @run driver GoingOver
 */

import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Adders;
import jdk.test.lib.dcmd.JMXExecutor;
import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Native;
import percpu.lib.ProcessStatus;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class GoingOver {
    public static void main(String[] args) throws Exception {
        new Vm().with("-Xlog:rseq").pass(May.class)
                .shouldContain("Adders that count per CPU: 1")
                .shouldMatch("adders: \\d+ count per CPU");
        new Vm().with("-Djdk.internal.percpu.slowAtomics=false").pass(CheapAtomics.class);
        mustNot(new Vm().with("-XX:-UsePerCpuAdders"), "-XX:-UsePerCpuAdders");
        mustNot(new Vm().with("-XX:-UseRseq"), "no rseq");
        mustNot(new Vm().under("bash", "-c", "ulimit -v 30000000; exec \"$0\" \"$@\""), "address space is limited");
        new Vm().with("-XX:+UseSerialGC").pass(WithoutMemory.class);
        new Vm().pass(NotNow.class);
        new Vm().pass(Stopped.class);
    }

    private static void mustNot(Vm vm, String reason) throws Exception {
        vm.with("-Xlog:rseq").pass(MustNot.class)
                .shouldContain("No adder counts per CPU: " + reason)
                .shouldContain("adders: none counts per CPU (" + reason + ")");
    }

    // More updates than the heat asks for.
    private static final int HOT = 1 << 22;

    public static class May {
        public static void main(String[] args) throws Exception {
            Check.that(Raw.usesAdders(), "adders do not count per CPU");
            long before = Raw.adders();
            LongAdder adder = new LongAdder();
            for (int i = 0; i < 1000; i++) {
                adder.increment();
            }
            Check.that(!Raw.hasVariable(adder), "an adder that is neither contended nor hot has a variable");
            Check.equal(Raw.adders(), before, "adders that count per CPU");
            for (int i = 0; i < HOT; i++) {
                adder.increment();
            }
            Check.that(Raw.hasVariable(adder), "a hot adder has none");
            Check.equal(adder.sum(), 1000 + HOT, "sum of a hot adder");
            Check.equal(Raw.adders(), before + 1, "adders that count per CPU");

            LongAdder contended = new LongAdder();
            contend(contended);
            ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
            Check.that(!Raw.hasVariable(map), "a new map has a variable");
            Check.that(Contention.byThreads(map), "a contended map has no variable");
            Check.equal(map.size(), 0, "size of a map");
            LongAccumulator longs = new LongAccumulator(Long::sum, 0);
            Check.that(Contention.byThreads(longs, () -> longs.accumulate(1)),
                    "a contended accumulator has no variable");
            DoubleAccumulator doubles = new DoubleAccumulator(Double::sum, 0);
            Check.that(Contention.byThreads(doubles, () -> doubles.accumulate(1)),
                    "a contended accumulator of doubles has no variable");
            DoubleAdder doubleAdder = new DoubleAdder();
            Check.that(Contention.byThreads(doubleAdder, () -> doubleAdder.add(1)),
                    "a contended adder of doubles has no variable");
            Check.equal(Raw.adders(), before + 6, "adders that count per CPU");
            // Until here a collection would take away those that are not used any more.
            Reference.reachabilityFence(List.of(adder, contended, map, longs, doubles, doubleAdder));
            new JMXExecutor().execute("VM.info");
        }

        // By nothing but two threads.
        private static void contend(LongAdder adder) throws Exception {
            long before = adder.sum();
            long[] counts = new long[2];
            Thread[] threads = new Thread[2];
            long deadline = System.nanoTime() + 60_000_000_000L;
            for (int i = 0; i < threads.length; i++) {
                int number = i;
                threads[i] = new Thread(() -> {
                    long count = 0;
                    while (!Raw.hasVariable(adder) && System.nanoTime() - deadline < 0) {
                        for (int k = 0; k < 100; k++, count++) {
                            adder.increment();
                        }
                    }
                    counts[number] = count;
                });
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            Check.that(Raw.hasVariable(adder), "a contended adder has no variable");
            Check.equal(adder.sum(), before + counts[0] + counts[1], "sum of a contended adder");
        }
    }

    public static class CheapAtomics {
        private static final long LONGEST = 60_000_000_000L;

        public static void main(String[] args) throws Exception {
            LongAdder adder = new LongAdder();
            for (int i = 0; i < HOT; i++) {
                adder.increment();
            }
            Check.that(!Raw.hasVariable(adder) && !Raw.hasCells(adder), "an adder went over because it was hot");
            May.contend(adder);
            OneOfEach one = new OneOfEach();
            long deadline = System.nanoTime() + LONGEST;
            LongAdder counts = new LongAdder();
            Runnable work = () -> {
                long count = 0;
                while (!(Raw.hasCells(one.sum) && Raw.hasCells(one.doubleSum)) && System.nanoTime() - deadline < 0) {
                    for (int i = 0; i < 1000; i++, count++) {
                        one.sum.accumulate(1);
                        one.doubleSum.accumulate(1);
                    }
                }
                counts.add(count);
            };
            Thread other = new Thread(work);
            other.start();
            work.run();
            other.join();
            Check.equal(one.sum.get(), counts.sum(), "LongAccumulator");
            Check.equal((long) one.doubleSum.get(), counts.sum(), "DoubleAccumulator");
            Check.that(Raw.hasCells(one.sum) && Raw.hasCells(one.doubleSum), "contended accumulators have no cells");
            Check.that(!Raw.hasVariable(one.sum) && !Raw.hasVariable(one.doubleSum), "an accumulator has a variable");
        }
    }

    public static class MustNot {
        public static void main(String[] args) {
            Check.that(!Raw.usesAdders(), "adders count per CPU");
            LongAdder adder = new LongAdder();
            Contention.contend(adder);
            for (int i = 0; i < HOT; i++) {
                adder.increment();
            }
            Check.that(!Raw.hasVariable(adder), "an adder has a variable");
            Check.equal(adder.sum(), HOT, "sum");
            Check.equal(Raw.adders(), 0, "adders that count per CPU");
            new JMXExecutor().execute("VM.info");
        }
    }

    /** Where there is no memory outside of the heap, adders use cells, and nobody is told by an exception. */
    public static class WithoutMemory {
        private static final long ROOM = 1 << 20;
        private static final int ADDERS = 100_000;

        public static void main(String[] args) throws Exception {
            LongAdder first = new LongAdder();
            Contention.contend(first);
            Check.that(Raw.hasVariable(first), "the first adder has no variable");
            List<LongAdder> adders = new ArrayList<>();
            for (int i = 0; i < ADDERS; i++) {
                adders.add(new LongAdder());
            }
            Check.success(Native.limitAddressSpace(ProcessStatus.bytes("VmSize") + ROOM), "limiting the address space");
            try {
                for (LongAdder adder : adders) {
                    Contention.heat(adder);
                    adder.increment();
                }
            } finally {
                Check.success(Native.limitAddressSpace(-1), "lifting the limit");
            }
            long with = adders.stream().filter(Raw::hasVariable).count();
            System.out.println(with + " of " + ADDERS + " adders have a variable");
            Check.that(with > 0, "no adder has a variable");
            Check.that(with < ADDERS, "all adders have a variable: there was memory");
            for (LongAdder adder : adders) {
                Check.equal(adder.sum(), 1, "sum");
            }
        }
    }

    /** One of each class that goes over; each update is counted once by all. */
    private static final class OneOfEach {
        private final LongAdder adder = new LongAdder();
        private final DoubleAdder doubles = new DoubleAdder();
        private final LongAccumulator sum = new LongAccumulator(Long::sum, 0);
        private final DoubleAccumulator doubleSum = new DoubleAccumulator(Double::sum, 0);
        private final ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();

        List<Object> all() {
            return List.of(adder, doubles, sum, doubleSum, map);
        }

        void update(Object key) {
            adder.increment();
            doubles.add(1);
            sum.accumulate(1);
            doubleSum.accumulate(1);
            map.put(key, key);
            map.remove(key);
        }

        void check(long updates) {
            Check.equal(adder.sum(), updates, "LongAdder");
            Check.equal((long) doubles.sum(), updates, "DoubleAdder");
            Check.equal(sum.get(), updates, "LongAccumulator");
            Check.equal((long) doubleSum.get(), updates, "DoubleAccumulator");
            Check.equal(map.mappingCount(), 0, "ConcurrentHashMap");
        }
    }

    /** While another adder goes over, a contended one keeps its base, and goes over later. */
    public static class NotNow {
        private static final Unsafe U = Unsafe.getUnsafe();
        private static final int UPDATES = 1_000_000;
        private static final long HOURS = 10_000_000_000_000L;

        public static void main(String[] args) throws Exception {
            Field field = Adders.class.getDeclaredField("BUSY");
            Object busy = U.getReference(U.staticFieldBase(field), U.staticFieldOffset(field));
            long since = U.objectFieldOffset(busy.getClass(), "since");
            OneOfEach one = new OneOfEach();
            // As if an allocation that began now lasted for hours.
            U.putLongVolatile(busy, since, System.nanoTime() + HOURS);
            try {
                Runnable work = () -> {
                    Object key = new Object();
                    for (int i = 0; i < UPDATES; i++) {
                        one.update(key);
                    }
                };
                Thread other = new Thread(work);
                other.start();
                work.run();
                other.join();
                for (Object each : one.all()) {
                    Check.that(!Raw.hasVariable(each) && !Raw.hasCells(each), each.getClass() + " did not wait");
                }
            } finally {
                // As if it began long ago: whoever was at it has been stopped.
                U.putLongVolatile(busy, since, System.nanoTime() - HOURS);
            }
            one.check(2 * UPDATES);
            Contention.contend(one.adder);
            Contention.contend(one.map);
            Check.that(Raw.hasVariable(one.adder) && Raw.hasVariable(one.map), "no variable afterwards");
        }
    }

    /** Who went over was stopped between its two stores: the next one that contends does the second. */
    public static class Stopped {
        private static final long LONGEST = 60_000_000_000L;

        public static void main(String[] args) throws Exception {
            OneOfEach one = new OneOfEach();
            Contention.contend(one.adder);
            Contention.contend(one.doubles);
            Contention.contend(one.sum, new Contention.Changes(one.sum));
            Contention.contend(one.doubleSum, new Contention.Changes(one.doubleSum));
            Contention.contend(one.map);
            one.sum.reset();
            one.doubleSum.reset();
            List<Object> all = one.all();
            all.forEach(Raw::dropTable);
            LongAdder counts = new LongAdder();
            long deadline = System.nanoTime() + LONGEST;
            Runnable work = () -> {
                Object key = new Object();
                long count = 0;
                while (!all.stream().allMatch(Raw::hasTable) && System.nanoTime() - deadline < 0) {
                    for (int i = 0; i < 1000; i++, count++) {
                        one.update(key);
                    }
                }
                counts.add(count);
            };
            Thread other = new Thread(work);
            other.start();
            work.run();
            other.join();
            long expected = counts.sum();
            System.out.println(expected + " updates of each until all had a table again");
            one.check(expected);
            for (Object each : all) {
                Check.that(Raw.hasTable(each) && Raw.hasVariable(each), each.getClass() + " has no table");
            }
        }
    }
}
