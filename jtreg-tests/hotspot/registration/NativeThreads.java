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
 * @test id=attach
 * @summary native threads attach and detach many times, once each, and all at the same time
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver NativeThreads attach
 */

/*
 * @test id=foreign
 * @summary threads that come with a foreign registration work on the overflow slot
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver NativeThreads foreign
 */

/*
 * @test id=unregister
 * @summary JNI code takes back its thread's registration in mid-flight, and makes it again
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver NativeThreads unregister
 */

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class NativeThreads {
    private static final int SKIPPED = 77;

    public static void main(String[] args) throws Exception {
        String[][] tiers = {{"-Xint"}, {"-XX:TieredStopAtLevel=1"}, {"-XX:-TieredCompilation"}};
        for (String[] tier : tiers) {
            switch (args[0]) {
                case "attach" -> {
                    new Vm().with(tier).pass(Attach.class);
                    new Vm().with(tier).withoutGlibcRseq().pass(Attach.class);
                }
                // Only where the VM registers can others have been faster.
                case "foreign" -> new Vm().with(tier).withoutGlibcRseq().pass(Foreign.class);
                case "unregister" -> {
                    OutputAnalyzer output = new Vm().with(tier).run(Unregister.class);
                    if (output.getExitValue() == SKIPPED) {
                        throw new SkippedException("glibc did not register this thread");
                    }
                    output.shouldHaveExitValue(0);
                }
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    // Every operation once a round; what they did to v is known exactly.
    private static long work(PerCpuLong v, int rounds) {
        long sum = 0;
        for (int i = 0; i < rounds; i++) {
            PerCpu.add(v, 3);
            PerCpu.getAndAdd(v, 5);
            sum += 8;
            long expected = PerCpu.getAndAdd(v, 0);
            if (PerCpu.cmpxchg(v, expected, expected + 7) == expected) {
                sum += 7;
            }
            int slot = PerCpu.currentSlot();
            expected = v.get(slot);
            if (PerCpu.weakCompareAndSet(v, slot, expected, expected + 11)) {
                sum += 11;
            }
        }
        return sum;
    }

    public static class Attach {
        public static void main(String[] args) {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            PerCpuLong v = new PerCpuLong();
            AtomicLong expected = new AtomicLong();
            Runnable task = () -> {
                Check.that(PerCpu.currentSlot() != Raw.overflowSlot(), "an attached thread is not registered");
                expected.addAndGet(work(v, 20));
            };
            Check.success(Native.runNative(task, 1, 1000, false), "attaching one thread many times");
            Check.success(Native.runNative(task, 100, 1, false), "attaching many threads once");
            Check.success(Native.runNative(task, 8, 100, false), "attaching eight threads many times");
            Check.equal(v.sum(), expected.get(), "sum");
            Check.equal(v.get(Raw.overflowSlot()), 0, "overflow slot");
            System.out.println("attached 1900 times, " + v);
        }
    }

    public static class Foreign {
        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            PerCpuLong v = new PerCpuLong();
            AtomicLong foreign = new AtomicLong();
            AtomicLong own = new AtomicLong();
            CountDownLatch started = new CountDownLatch(1);
            AtomicLong stop = new AtomicLong();
            Thread[] threads = new Thread[4];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> {
                    do {
                        own.addAndGet(work(v, 100));
                        started.countDown();
                    } while (stop.get() == 0);
                });
                // So that this ends if a check fails.
                threads[i].setDaemon(true);
                threads[i].start();
            }
            started.await();
            Runnable task = () -> {
                Check.equal(PerCpu.currentSlot(), Raw.overflowSlot(), "slot of a foreign thread");
                foreign.addAndGet(work(v, 2000));
                Check.equal(PerCpu.currentSlot(), Raw.overflowSlot(), "slot of a foreign thread");
            };
            Check.success(Native.runNative(task, 6, 10, true), "native threads with their own area");
            stop.set(1);
            for (Thread thread : threads) {
                thread.join();
            }
            Check.equal(v.sum(), own.get() + foreign.get(), "sum");
            Check.that(foreign.get() > 0 && own.get() > 0, "nothing was done");
            // The others' sections may have given up now and then, hence at least.
            Check.that(v.get(Raw.overflowSlot()) >= foreign.get(),
                    "overflow slot holds " + v.get(Raw.overflowSlot()) + ", foreign threads did " + foreign);
            Check.that(Raw.overflowOperations() > 0, "the overflow slot was not counted");
            System.out.println("foreign " + foreign + ", own " + own + ", " + Raw.describe());
        }
    }

    public static class Unregister {
        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            PerCpuLong v = new PerCpuLong();
            AtomicLong expected = new AtomicLong();
            AtomicLong without = new AtomicLong();
            AtomicLong skipped = new AtomicLong();
            Thread[] threads = new Thread[6];
            Throwable[] failures = new Throwable[threads.length];
            for (int i = 0; i < threads.length; i++) {
                int number = i;
                threads[i] = new Thread(() -> {
                    try {
                        flipFlop(v, expected, without, skipped);
                    } catch (Throwable t) {
                        failures[number] = t;
                    }
                });
                threads[i].start();
            }
            for (int i = 0; i < threads.length; i++) {
                threads[i].join();
                if (failures[i] != null) {
                    throw new AssertionError("a thread failed", failures[i]);
                }
            }
            if (skipped.get() > 0) {
                System.exit(SKIPPED);
            }
            Check.equal(v.sum(), expected.get(), "sum");
            Check.that(without.get() > 0, "nothing was done unregistered");
            Check.that(v.get(Raw.overflowSlot()) >= without.get(), "overflow slot holds "
                    + v.get(Raw.overflowSlot()) + ", unregistered threads did " + without);
            System.out.println("unregistered " + without + " of " + expected + ", " + Raw.describe());
        }

        private static void flipFlop(PerCpuLong v, AtomicLong expected, AtomicLong without, AtomicLong skipped) {
            for (int i = 0; i < 200; i++) {
                expected.addAndGet(work(v, 200));
                int error = Native.unregisterSelf();
                if (error != 0) {
                    // ENOTSUP: there is no such registration; anything else is a failure.
                    Check.equal(error, 95, "taking back the registration");
                    skipped.incrementAndGet();
                    return;
                }
                Check.equal(PerCpu.currentSlot(), Raw.overflowSlot(), "slot of an unregistered thread");
                long done = work(v, 200);
                without.addAndGet(done);
                expected.addAndGet(done);
                // The last time it stays unregistered until the thread ends.
                if (i < 199) {
                    Check.success(Native.registerSelf(), "registering again");
                    Check.that(PerCpu.currentSlot() != Raw.overflowSlot(), "still not registered");
                }
            }
        }
    }
}
