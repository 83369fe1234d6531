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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;

/**
 * Does every operation from many threads for some time and compares what the variables hold with what
 * was done. getAndAdd and cmpxchg are checked one by one: of all values that one slot went through, each must
 * have been seen as the value before exactly once. What more the others do is checked by {@link Transactions}.
 *
 * <p>Arguments, each name=value:
 * <pre>
 * millis       how long each kind of thread works (500); longer on a busy machine, until everything that
 *              was asked for has happened
 * max-overtime so many milliseconds longer at most (60000)
 * threads      workers (8)
 * kind         platform, virtual or both (both)
 * mode         rseq, atomics or any: what PerCpu.isSupported() must say (any)
 * slots        the only slots that may be used, comma separated (all)
 * min-aborts   fail if fewer sections were aborted in the work of each kind of thread (0)
 * hop          move workers between CPUs (false)
 * storm        pause in microseconds between signals to all workers; -1: no signals (-1)
 * safepoints   safepoints and handshakes all the time, needs WhiteBox (false)
 * deopt        deoptimise everything all the time, needs WhiteBox (false)
 * gc           collect garbage all the time (false)
 * yield        yield between reading the slot and using it, every so many times (64)
 * sabotage     lose one operation on purpose: add, get-and-add, cmpxchg, store, copy, compare or pop,
 *              or spoil what one wrote, or what is beside it: stored, copied, beside
 * </pre>
 */
public final class Workload {
    private static final int BATCH = 500;
    private static final int TRANSACTIONS = 200;

    private final Settings settings;
    private final BooleanSupplier enough;
    private final String sabotage;
    private final int yieldEvery;
    private final long maxOvertime;
    private final Set<Integer> tids = ConcurrentHashMap.newKeySet();

    private final PerCpuLong added = new PerCpuLong();
    private final PerCpuLong gotAndAdded = new PerCpuLong();
    private final PerCpuLong exchanged = new PerCpuLong();
    private final PerCpuLong exchangedInSlot = new PerCpuLong();
    private final PerCpuLong mixed = new PerCpuLong();
    private final PerCpuCounter counter = new PerCpuCounter();
    private final Transactions transactions;

    private volatile long deadline;
    private volatile long abortsBefore;
    private volatile Disturbance disturbance;

    private Workload(Settings settings, BooleanSupplier enough) {
        this.settings = settings;
        this.enough = enough;
        this.sabotage = settings.text("sabotage", "");
        this.yieldEvery = settings.number("yield", 64);
        this.transactions = new Transactions(yieldEvery);
        this.maxOvertime = settings.number("max-overtime", 60_000) * 1_000_000L;
    }

    public static void main(String[] args) throws Exception {
        runUntil(() -> true, args);
    }

    /** Goes on until others say, too, that what they do beside it has been enough. */
    public static void runUntil(BooleanSupplier enough, String... args) throws Exception {
        new Workload(new Settings(args), enough).run();
        System.out.println("workload: passed");
    }

    private void run() throws Exception {
        System.out.println("workload: " + Raw.describe());
        String mode = settings.text("mode", "any");
        if (!mode.equals("any")) {
            Check.that(PerCpu.isSupported() == mode.equals("rseq"),
                    "isSupported() is " + PerCpu.isSupported() + ", expected mode " + mode);
        }
        Check.that(PerCpu.slots() >= 2, "slots() is " + PerCpu.slots());
        long aborts = Raw.aborts();
        String kind = settings.text("kind", "both");
        Worker total = new Worker();
        if (!kind.equals("virtual")) {
            phase(false, total);
        }
        if (!kind.equals("platform")) {
            phase(true, total);
        }
        verify(total);
        System.out.println("workload: " + total.operations + " operations, " + (Raw.aborts() - aborts) + " aborts, "
                + Raw.overflowOperations() + " on the overflow slot");
    }

    // Until the time is up and all that was asked for has happened, but not for ever.
    private boolean goOn() {
        long over = System.nanoTime() - deadline;
        return over < 0 || over < maxOvertime && !(disturbance.happened() && abortedEnough() && enough.getAsBoolean());
    }

    private boolean abortedEnough() {
        return !PerCpu.isSupported() || Raw.aborts() - abortsBefore >= settings.number("min-aborts", 0);
    }

    private void phase(boolean virtual, Worker total) throws Exception {
        tids.clear();
        abortsBefore = Raw.aborts();
        disturbance = new Disturbance(tids, this::goOn);
        deadline = System.nanoTime() + settings.number("millis", 500) * 1_000_000L;
        List<Worker> workers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < settings.number("threads", 8); i++) {
            Worker worker = new Worker();
            worker.transactions = transactions.worker();
            workers.add(worker);
            threads.add(virtual ? Thread.ofVirtual().unstarted(worker) : new Thread(worker));
        }
        // Before the workers, which leave little time to others on a small machine.
        disturbance.start(settings.flag("hop"), settings.number("storm", -1), settings.flag("safepoints"),
                settings.flag("deopt"), settings.flag("gc"));
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        disturbance.stop();
        for (Worker worker : workers) {
            if (worker.failure != null) {
                throw new AssertionError("a worker failed", worker.failure);
            }
            Check.that(worker.rounds > 0, "a worker did nothing");
            total.accumulate(worker);
        }
        transactions.checkProgress();
        long aborts = Raw.aborts() - abortsBefore;
        System.out.println("workload: " + (virtual ? "virtual" : "platform") + " threads done, " + aborts + " aborts; "
                + disturbance.report());
        Check.that(abortedEnough(), "only " + aborts + " aborts were provoked, at least "
                + settings.number("min-aborts", 0) + " are wanted");
    }

    // A different weight for every value, so that a lost and a doubled value cannot cancel out.
    static long weight(long value) {
        long mixed = (value + 1) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    static long weightsBelow(long bound) {
        long sum = 0;
        for (long value = 0; value < bound; value++) {
            sum += weight(value);
        }
        return sum;
    }

    private void verify(Worker total) {
        Check.equal(added.sum(), total.added, "add");
        Check.equal(mixed.sum(), total.mixed, "all operations on one variable");
        Check.equal(counter.sumThenReset() + total.reset, total.counted, "PerCpuCounter");
        Check.equal(counter.sum(), 0, "PerCpuCounter after sumThenReset");
        Check.equal(gotAndAdded.sum(), total.gotAndAdded, "getAndAdd");
        Check.equal(exchanged.sum(), total.exchanged, "cmpxchg");
        Check.equal(exchangedInSlot.sum(), total.exchangedInSlot, "cmpxchg in a slot");
        Check.that(total.exchanged > 0 && total.exchangedInSlot > 0, "no cmpxchg ever succeeded");

        long seenByAdd = 0;
        long seenByCmpxchg = 0;
        for (int slot = 0; slot < PerCpu.slots(); slot++) {
            seenByAdd += weightsBelow(gotAndAdded.get(slot));
            seenByCmpxchg += weightsBelow(exchanged.get(slot));
            Check.equal(total.weightsInSlot[slot], weightsBelow(exchangedInSlot.get(slot)),
                    "weights of the values replaced by cmpxchg in slot " + slot);
        }
        Check.equal(total.gotWeights, seenByAdd, "weights of the values returned by getAndAdd");
        Check.equal(total.exchangedWeights, seenByCmpxchg, "weights of the values replaced by cmpxchg");
        transactions.verify();

        String allowed = settings.text("slots", null);
        if (allowed != null) {
            List<String> list = Arrays.asList(allowed.split(","));
            List<PerCpuLong> all = new ArrayList<>(transactions.variables());
            all.addAll(List.of(added, gotAndAdded, exchanged, exchangedInSlot, mixed));
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                for (PerCpuLong v : all) {
                    Check.that(v.get(slot) == 0 || list.contains(Integer.toString(slot)),
                            "slot " + slot + " was used, only " + allowed + " may be: " + v);
                }
            }
        }
    }

    private final class Worker implements Runnable {
        long rounds;
        long operations;
        long added;
        long gotAndAdded;
        long gotWeights;
        long exchanged;
        long exchangedWeights;
        long exchangedInSlot;
        final long[] weightsInSlot = new long[PerCpu.slots()];
        long mixed;
        long counted;
        long reset;
        Throwable failure;
        private Transactions.Worker transactions;
        private long guess;
        private long random = System.identityHashCode(this) * 2L + 1;

        void accumulate(Worker other) {
            operations += other.operations;
            added += other.added;
            gotAndAdded += other.gotAndAdded;
            gotWeights += other.gotWeights;
            exchanged += other.exchanged;
            exchangedWeights += other.exchangedWeights;
            exchangedInSlot += other.exchangedInSlot;
            for (int slot = 0; slot < weightsInSlot.length; slot++) {
                weightsInSlot[slot] += other.weightsInSlot[slot];
            }
            mixed += other.mixed;
            counted += other.counted;
            reset += other.reset;
        }

        @Override
        public void run() {
            try {
                do {
                    tids.add(Native.gettid());
                    addOnes(BATCH);
                    addAny(BATCH, random() | 1);
                    getAndAdd(BATCH);
                    cmpxchg(BATCH);
                    cmpxchgInSlot(BATCH);
                    mix(BATCH);
                    count(BATCH);
                    rounds++;
                    operations += 7 * BATCH + transactions.run(TRANSACTIONS);
                    if (rounds % 16 == 0) {
                        reset += counter.sumThenReset();
                        Thread.yield();
                    }
                } while (goOn());
                sabotage();
            } catch (Throwable t) {
                failure = t;
            }
        }

        private void sabotage() {
            switch (sabotage) {
                case "add" -> added++;
                case "get-and-add" -> gotWeights += weight(0);
                case "cmpxchg" -> weightsInSlot[0] += weight(0);
                default -> transactions.sabotage(sabotage);
            }
        }

        private long random() {
            random ^= random << 13;
            random ^= random >>> 7;
            random ^= random << 17;
            return random;
        }

        private void addOnes(int n) {
            PerCpuLong v = Workload.this.added;
            for (int i = 0; i < n; i++) {
                PerCpu.add(v, 1);
            }
            added += n;
        }

        private void addAny(int n, long delta) {
            PerCpuLong v = Workload.this.added;
            for (int i = 0; i < n; i++) {
                PerCpu.add(v, delta);
            }
            added += n * delta;
        }

        private void getAndAdd(int n) {
            PerCpuLong v = Workload.this.gotAndAdded;
            long weights = 0;
            for (int i = 0; i < n; i++) {
                weights += weight(PerCpu.getAndAdd(v, 1));
            }
            gotAndAdded += n;
            gotWeights += weights;
        }

        private void cmpxchg(int n) {
            PerCpuLong v = Workload.this.exchanged;
            long expected = guess;
            long weights = 0;
            long hits = 0;
            for (int i = 0; i < n; i++) {
                long witness = PerCpu.cmpxchg(v, expected, expected + 1);
                if (witness == expected) {
                    weights += weight(expected);
                    hits++;
                    expected++;
                } else {
                    expected = witness;
                }
            }
            guess = expected;
            exchanged += hits;
            exchangedWeights += weights;
        }

        private void cmpxchgInSlot(int n) {
            PerCpuLong v = Workload.this.exchangedInSlot;
            long hits = 0;
            for (int i = 0; i < n; i++) {
                int slot = PerCpu.currentSlot();
                long expected = v.get(slot);
                if (yieldEvery > 0 && i % yieldEvery == yieldEvery - 1) {
                    Thread.yield();
                }
                if (PerCpu.weakCompareAndSet(v, slot, expected, expected + 1)) {
                    weightsInSlot[slot] += weight(expected);
                    hits++;
                }
            }
            exchangedInSlot += hits;
        }

        private void mix(int n) {
            PerCpuLong v = Workload.this.mixed;
            long sum = 0;
            for (int i = 0; i < n; i++) {
                long r = random();
                long delta = (r >> 8) | 1;
                switch ((int) (r & 3)) {
                    case 0 -> {
                        PerCpu.add(v, delta);
                        sum += delta;
                    }
                    case 1 -> {
                        PerCpu.getAndAdd(v, delta);
                        sum += delta;
                    }
                    case 2 -> {
                        long expected = PerCpu.getAndAdd(v, 0);
                        if (PerCpu.cmpxchg(v, expected, expected + delta) == expected) {
                            sum += delta;
                        }
                    }
                    default -> {
                        int slot = PerCpu.currentSlot();
                        long expected = v.get(slot);
                        if (PerCpu.weakCompareAndSet(v, slot, expected, expected + delta)) {
                            sum += delta;
                        }
                    }
                }
            }
            mixed += sum;
        }

        private void count(int n) {
            for (int i = 0; i < n; i++) {
                counter.increment();
            }
            counter.add(-3);
            counter.decrement();
            counted += n - 4;
        }
    }
}
