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
/*
 * @test
 * @summary a sum is never below what happened before it, nor above what began before it ended
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver/timeout=400 SumBesideUpdates
 */

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class SumBesideUpdates {
    private static final String MILLIS = "1000";

    public static void main(String[] args) throws Exception {
        for (Kind kind : Kind.values()) {
            // One kind in a VM, or its updates are not inlined between the stores that are looked at.
            race(new Vm().with("-XX:-TieredCompilation"), kind, 1);
            race(new Vm().with("-XX:TieredStopAtLevel=1"), kind, 3);
            race(new Vm().with("-XX:-UsePerCpuAdders"), kind, 3);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:RseqInjectDelay=50")
                    .pass(Race.class, kind.name(), MILLIS, "12", "1");
        }
    }

    private static void race(Vm vm, Kind kind, int writers) throws Exception {
        vm.pass(Race.class, kind.name(), MILLIS, Integer.toString(writers), "0");
    }

    enum Kind { LONG_ADDER, DOUBLE_ADDER, LONG_ACCUMULATOR, DOUBLE_ACCUMULATOR, MAP }

    /** What counts ones. */
    private record Counter(Object counts, LongConsumer update, LongSupplier sum) {
        static Counter of(Kind kind, boolean over) throws Exception {
            switch (kind) {
                case LONG_ADDER -> {
                    LongAdder adder = new LongAdder();
                    if (over) {
                        Contention.contend(adder);
                    }
                    return new Counter(adder, n -> adder.increment(), adder::sum);
                }
                case DOUBLE_ADDER -> {
                    DoubleAdder adder = new DoubleAdder();
                    if (over) {
                        Contention.contend(adder);
                    }
                    return new Counter(adder, n -> adder.add(1), () -> (long) adder.sum());
                }
                case LONG_ACCUMULATOR -> {
                    LongAccumulator accumulator = new LongAccumulator(Long::sum, 0);
                    if (over) {
                        Contention.contend(accumulator, new Contention.Changes(accumulator));
                        accumulator.reset();
                    }
                    return new Counter(accumulator, n -> accumulator.accumulate(1), accumulator::get);
                }
                case DOUBLE_ACCUMULATOR -> {
                    DoubleAccumulator accumulator = new DoubleAccumulator(Double::sum, 0);
                    if (over) {
                        Contention.contend(accumulator, new Contention.Changes(accumulator));
                        accumulator.reset();
                    }
                    return new Counter(accumulator, n -> accumulator.accumulate(1), () -> (long) accumulator.get());
                }
                case MAP -> {
                    ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
                    if (over) {
                        Contention.contend(map);
                    }
                    return new Counter(map, n -> map.put(n, n), map::mappingCount);
                }
            }
            throw new AssertionError(kind);
        }
    }

    /**
     * Arguments: kind, milliseconds, writers, least number of aborts. If that is not 0, neighbours are reset beside it,
     * which share its exclusive word: updates go to the overflow slot meanwhile.
     */
    public static class Race {
        private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
        private static final int APART = 16;
        // A map keeps what was put into it.
        private static final int MOST_UPDATES = 100_000;

        private static volatile Throwable failure;

        private static final int NEIGHBOURS = 8;

        private final Counter counter;
        private final int writers;
        // By writer, each in a cache line of its own: how many updates began, how many happened.
        private final long[] began;
        private final long[] happened;
        private volatile int running;

        private Race(Counter counter, int writers) {
            this.counter = counter;
            this.writers = writers;
            this.running = writers;
            began = new long[writers * APART];
            happened = new long[writers * APART];
        }

        public static void main(String[] args) throws Exception {
            long end = System.nanoTime() + Long.parseLong(args[1]) * 1_000_000;
            long updates = 0;
            long sums = 0;
            int over = 0;
            int rounds = 0;
            long aborts = Raw.aborts();
            for (; rounds < 2 || System.nanoTime() - end < 0; rounds++) {
                // Every other goes over in the middle, or not at all.
                boolean before = Raw.usesAdders() && rounds % 2 == 0;
                Race race = new Race(Counter.of(Kind.valueOf(args[0]), before), Integer.parseInt(args[2]));
                if (!args[3].equals("0")) {
                    race.resetNeighbours();
                }
                sums += race.run();
                updates += race.sum(race.began);
                over += Raw.hasVariable(race.counter.counts) ? 1 : 0;
            }
            aborts = Raw.aborts() - aborts;
            System.out.printf("%s: %d updates, %d sums beside them, %d of %d over, %d aborts%n", args[0], updates, sums, over,
                    rounds, aborts);
            Check.that(sums >= rounds, "there were no sums beside updates");
            Check.that(Raw.usesAdders() ? over >= rounds / 2 : over == 0, over + " of " + rounds + " count per CPU");
            Check.that(aborts >= Long.parseLong(args[3]) || !Raw.usesAdders(), "no section was aborted");
        }

        private void resetNeighbours() {
            DoubleAdder[] neighbours = new DoubleAdder[NEIGHBOURS];
            for (int i = 0; i < NEIGHBOURS; i++) {
                neighbours[i] = new DoubleAdder();
                Contention.contend(neighbours[i]);
            }
            Thread thread = new Thread(() -> {
                while (running > 0 && failure == null) {
                    for (DoubleAdder neighbour : neighbours) {
                        neighbour.sumThenReset();
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        /** How many sums were looked at. */
        private long run() throws Exception {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                Thread thread = new Thread(() -> write(writer));
                thread.setDaemon(true);
                threads.add(thread);
            }
            threads.forEach(Thread::start);
            long sums = 0;
            while (running > 0 && failure == null) {
                check();
                sums++;
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (failure != null) {
                throw new AssertionError("a writer failed", failure);
            }
            Check.equal(counter.sum.getAsLong(), (long) writers * MOST_UPDATES, "the sum at the end");
            return sums;
        }

        private void check() {
            long least = sum(happened);
            long found = counter.sum.getAsLong();
            long most = sum(began);
            Check.that(found >= least, found + " is less than the " + least + " updates that happened before");
            Check.that(found <= most, found + " is more than the " + most + " updates that began");
        }

        private long sum(long[] counts) {
            long sum = 0;
            for (int i = 0; i < writers; i++) {
                sum += (long) LONGS.getAcquire(counts, i * APART);
            }
            return sum;
        }

        private void write(int writer) {
            try {
                int at = writer * APART;
                LongConsumer update = counter.update;
                for (long n = 1; n <= MOST_UPDATES; n++) {
                    // A plain store: that nobody sees the update before it is the update's doing.
                    began[at] = n;
                    update.accept(n * writers + writer);
                    LONGS.setRelease(happened, at, n);
                }
            } catch (Throwable t) {
                failure = t;
            } finally {
                synchronized (this) {
                    running--;
                }
            }
        }
    }
}
