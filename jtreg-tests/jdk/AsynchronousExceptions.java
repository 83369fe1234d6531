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
 * @summary an exception that another thread throws, at any place: no lock remains locked and no slot closed
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver AsynchronousExceptions
 */

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

import jdk.incubator.percpu.HistogramSnapshot;
import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuHistogram;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuPool;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.incubator.percpu.PerCpuStack;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.FreeList;
import percpu.lib.Check;
import percpu.lib.Drained;
import percpu.lib.Native;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class AsynchronousExceptions {
    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-Xint", "-Xint -XX:RseqFence=handshake", "-XX:TieredStopAtLevel=1",
                "-XX:-TieredCompilation", "-XX:+RseqForceAbort", "-Xint -XX:-UseRseq", "-XX:-UseRseq"}) {
            System.out.println("== " + options);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" "))
                    .with("--add-opens", "java.base/jdk.internal.percpu=ALL-UNNAMED")
                    .with("--add-opens", "jdk.incubator.percpu/jdk.incubator.percpu=ALL-UNNAMED").pass(Targets.class, "2500")
                    .shouldContain("nothing is locked");
        }
    }

    private static final class Stop extends Error {
        private static final long serialVersionUID = 1;

        Stop() {
            super("thrown by another thread", null, false, false);
        }
    }

    public static class Targets {
        private static final int TARGETS = 3;
        private static final long STOPS = 200;
        private static final int LOOKS = 50;
        private static final int RECORDS = 40;
        private static final int HELD = 6;

        private static final PerCpuLong COUNTER = new PerCpuLong();
        private static final PerCpuList<Integer> LIST = new PerCpuList<>();
        private static final PerCpuStack<Integer> STACK = new PerCpuStack<>(100);
        private static final PerCpuHistogram HISTOGRAM = PerCpuHistogram.exponential(8, 20);
        private static final PerCpuPool<Item> POOL = PerCpuPool.<Item>builder(new Making()).slotCapacity(4)
                .sharedCapacity(20).onDrop(new Dropping()).build();
        private static final PerCpuRingBuffer RING = new PerCpuRingBuffer(1 << 12);

        private static final class Item {
            private Thread owner;
        }

        private static final class Making implements Function<PerCpuPool.Entry<Item>, Item> {
            @Override
            public Item apply(PerCpuPool.Entry<Item> entry) {
                return new Item();
            }
        }

        private static final class Dropping implements Consumer<Item> {
            @Override
            public void accept(Item item) {
                if (Thread.currentThread() instanceof Target target) {
                    target.dropped++;
                }
            }
        }

        // Who ran the last action on a slot.
        private static final Thread[] LAST = new Thread[PerCpu.slots()];

        private static volatile boolean over;
        private static volatile Throwable failure;

        private static final class Target extends Thread {
            private final Random random = new Random(getName().hashCode());
            @SuppressWarnings("unchecked")
            private final PerCpuPool.Entry<Item>[] held = (PerCpuPool.Entry<Item>[]) new PerCpuPool.Entry<?>[HELD];
            private long caught;

            // Objects of the pool.
            private long dropped;

            // Values that it began to record, and those that it came back from.
            private long begun;
            private long recorded;

            // What no other thread records in, and how many values are there.
            private final PerCpuHistogram own = PerCpuHistogram.exponential(8, 20);
            private long inOwn;

            // How many were caught when it began to work again: the next one may come.
            private volatile long ready;

            @Override
            public void run() {
                try {
                    while (!over) {
                        try {
                            ready = caught;
                            while (!over) {
                                work();
                            }
                        } catch (Stop expected) {
                            caught++;
                            checkOwn();
                        }
                    }
                } catch (Throwable t) {
                    failure = t;
                    over = true;
                }
            }

            private void work() {
                int slot = random.nextInt(PerCpu.slots());
                switch (random.nextInt(8)) {
                    case 0 -> PerCpu.exclusive(COUNTER, slot, new Action(slot, false));
                    case 1 -> {
                        LIST.push(1);
                        LIST.pop();
                        Drained.of(LIST, slot);
                    }
                    case 2 -> {
                        STACK.push(1);
                        STACK.pop();
                        STACK.steal(slot);
                        STACK.push(slot, 1);
                        STACK.trySteal(slot);
                    }
                    case 3 -> PerCpu.exclusive(COUNTER, slot, new Action(slot, true));
                    case 4 -> {
                        for (int i = 0; i < RECORDS; i++) {
                            begun++;
                            HISTOGRAM.record(3);
                            recorded++;
                        }
                        HISTOGRAM.snapshot();
                    }
                    case 5 -> {
                        // One value is added up at a time.
                        for (int i = 0; i < RECORDS; i++) {
                            inOwn++;
                            own.record(i % 2 == 0 ? 3 : Double.NaN);
                            own.snapshot();
                        }
                    }
                    case 6 -> usePool();
                    default -> RING.read(slot, NO_READER, 10);
                }
            }

            // The last value perhaps was not recorded. None of the others is gone, and none is there twice.
            private void checkOwn() {
                HistogramSnapshot snapshot = own.snapshot();
                long found = snapshot.count() + snapshot.notFinite();
                Check.that(found == inOwn || found == inOwn - 1, "of " + inOwn + " values " + found + " are there");
                Check.that(snapshot.sum() == 3.0 * snapshot.count(), "their sum: " + snapshot);
                inOwn = found;
            }

            // Whoever is stopped loses what it has, and nothing else.
            private void usePool() {
                if (random.nextInt(2) == 0) {
                    long before = dropped;
                    long cleared = POOL.clear();
                    if (Thread.currentThread() == this && dropped - before != cleared) {
                        throw new AssertionError(cleared + " entries were cleared, with " + (dropped - before)
                                + " objects");
                    }
                }
                for (int i = 0; i < HELD; i++) {
                    held[i] = POOL.acquire();
                    Item item = held[i].get();
                    if (item.owner != null) {
                        throw new AssertionError("an object has two owners");
                    }
                    item.owner = this;
                }
                for (int i = 0; i < HELD; i++) {
                    held[i].get().owner = null;
                    POOL.release(held[i]);
                }
            }
        }

        private static final PerCpuRingBuffer.Reader NO_READER = (slot, record) -> { };

        // Nobody else is in an action on this slot, and no section. No lambda: what links it must not be stopped.
        private record Action(int slot, boolean drains) implements Runnable {
            @Override
            public void run() {
                if (drains) {
                    Drained.of(STACK, slot);
                }
                Thread thread = Thread.currentThread();
                LAST[slot] = thread;
                long count = COUNTER.get(slot);
                for (int i = 0; i < LOOKS; i++) {
                    if (LAST[slot] != thread) {
                        throw new AssertionError("two actions at a time on slot " + slot);
                    }
                    if (PerCpu.isSupported() && slot != Raw.overflowSlot() && COUNTER.get(slot) != count) {
                        throw new AssertionError("slot " + slot + " was changed, which this thread has exclusively");
                    }
                }
            }
        }

        public static void main(String[] args) throws Exception {
            // What is used for the first time is initialized, which must not be stopped.
            Target first = new Target();
            for (int i = 0; i < 1000; i++) {
                first.work();
            }
            List<Target> targets = new ArrayList<>();
            for (int i = 0; i < TARGETS; i++) {
                Target target = new Target();
                targets.add(target);
                target.setDaemon(true);
                target.start();
            }
            AtomicLong added = new AtomicLong();
            Thread adder = new Thread(() -> {
                while (!over) {
                    PerCpu.add(COUNTER, 1);
                    added.incrementAndGet();
                }
            });
            adder.start();
            long end = System.nanoTime() + Long.parseLong(args[0]) * 1_000_000;
            Random random = new Random(1);
            long[] sent = new long[TARGETS];
            long all = 0;
            long progress = System.nanoTime();
            while (!over && (System.nanoTime() < end || all < STOPS)) {
                int i = random.nextInt(TARGETS);
                if (targets.get(i).ready == sent[i]) {
                    Check.success(Native.stopThread(targets.get(i), new Stop()), "StopThread");
                    sent[i]++;
                    all++;
                    progress = System.nanoTime();
                }
                if (all % 50 == 0) {
                    // What a pool has lost is found.
                    System.gc();
                }
                for (int spins = random.nextInt(2000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                Check.that(System.nanoTime() - progress < 60_000_000_000L,
                        "no thread has caught anything for a minute, after " + all + " exceptions");
            }
            over = true;
            adder.join();
            for (Target target : targets) {
                target.join(60_000);
                Check.that(!target.isAlive(), "a thread waits for ever, after " + all + " exceptions");
            }
            if (failure != null) {
                throw new AssertionError("a thread failed, after " + all + " exceptions", failure);
            }
            ended();
            usable();
            Check.equal(COUNTER.sum(), added.get(), "additions");
            targets.add(first);
            long begun = targets.stream().mapToLong(target -> target.begun).sum();
            long recorded = targets.stream().mapToLong(target -> target.recorded).sum();
            HistogramSnapshot snapshot = HISTOGRAM.snapshot();
            System.out.println("values: " + begun + " begun, " + recorded + " recorded, " + snapshot);
            Check.that(recorded <= snapshot.count() && snapshot.count() <= begun, "values of a histogram");
            Check.that(snapshot.sum() == 3.0 * snapshot.count(), "their sum");
            System.out.println("pool: " + POOL.statistics());
            System.out.println(all + " exceptions thrown, nothing is locked");
        }

        // No transaction is left as if somebody were still at it, which the next one would mend.
        private static void ended() throws Exception {
            Field cells = PerCpuStack.class.getDeclaredField("cells");
            Field user = ExclusiveUse.Lock.class.getDeclaredField("user");
            Field waiting = ExclusiveUse.Lock.class.getDeclaredField("waiting");
            AccessibleObject.setAccessible(new Field[] {cells, user, waiting}, true);
            ExclusiveUse use = ((FreeList) cells.get(STACK)).use();
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Check.that(user.get(use.at(slot)) == null, "slot " + slot + " has a user: " + user.get(use.at(slot)));
                Check.that(!waiting.getBoolean(use.at(slot)), "on slot " + slot + " a thread waits that is over");
            }
        }

        private static void usable() throws Exception {
            Integer[] tried = new Integer[PerCpu.slots()];
            Thread other = new Thread(() -> {
                for (int i = 0; i < PerCpu.slots(); i++) {
                    int slot = i;
                    PerCpu.exclusive(COUNTER, slot, () -> Drained.of(STACK, slot));
                    Drained.of(LIST, slot);
                    RING.read(slot, (s, r) -> { }, 10);
                    Drained.of(STACK, slot);
                    STACK.push(slot, i);
                    tried[i] = STACK.trySteal(slot);
                }
            });
            other.start();
            other.join(60_000);
            Check.that(!other.isAlive(), "a lock was not given back");
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Check.that(!Raw.keepsOff(COUNTER, slot), "sections are kept off slot " + slot);
                Check.equal(tried[slot], slot, "what was stolen from slot " + slot);
            }
        }
    }
}
