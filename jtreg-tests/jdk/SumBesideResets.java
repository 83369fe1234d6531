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
 * @summary a sum comes to its end while the counter is reset all the time, and is one that the javadoc allows
 * @requires os.family == "linux"
 * @library /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Check
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:RseqPossibleCPUs=4000 SumBesideResets
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:RseqPossibleCPUs=4000 -XX:-UseRseq SumBesideResets
 */

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.internal.misc.Unsafe;
import percpu.lib.Check;

public class SumBesideResets {
    private static final int SUMS = 300;
    private static final int RESETTERS = 3;

    private static volatile Throwable failure;
    private static volatile boolean stop;

    public static void main(String[] args) throws Exception {
        ends();
        isTrue();
    }

    private static List<Thread> start(int count, Runnable action) {
        stop = false;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(new Thread(() -> {
                try {
                    while (!stop && failure == null) {
                        action.run();
                    }
                } catch (Throwable t) {
                    failure = t;
                }
            }));
        }
        threads.forEach(Thread::start);
        return threads;
    }

    private static void end(List<Thread> threads) throws Exception {
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure != null) {
            throw new AssertionError("a thread failed", failure);
        }
    }

    // --- A sum visits thousands of slots here, and what a reset writes is written many times meanwhile.

    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long BASELINE = U.objectFieldOffset(PerCpuCounter.class, "baseline");
    private static final int AT_ONCE = 100;
    private static final long MOST_CHANGES = 100_000_000;

    private static volatile long changesBefore;

    private static void ends() throws Exception {
        PerCpuCounter counter = new PerCpuCounter();
        // The first one maps a page for each slot, which can take as long as all the resets below.
        counter.sum();
        AtomicLong changes = new AtomicLong();
        List<Thread> threads = start(RESETTERS, () -> {
            long first = changes.getAndAdd(AT_ONCE);
            for (int i = 0; i < AT_ONCE; i++) {
                U.putLongVolatile(counter, BASELINE, first + i);
            }
            Check.that(first - changesBefore < MOST_CHANGES,
                    "a sum has not come to its end after " + MOST_CHANGES + " resets");
        });
        int beside = 0;
        int sums = 0;
        for (; beside < SUMS && failure == null; sums++) {
            changesBefore = changes.get();
            counter.sum();
            beside += changes.get() != changesBefore ? 1 : 0;
        }
        end(threads);
        System.out.println(sums + " sums of " + PerCpu.slots() + " slots, " + beside + " of them beside resets");
    }

    // --- Real resets

    private static void isTrue() throws Exception {
        PerCpuCounter counter = new PerCpuCounter();
        AtomicLong added = new AtomicLong();
        AtomicLong taken = new AtomicLong();
        List<Thread> threads = start(RESETTERS, () -> {
            // Told before it is done, and taken before it is told.
            added.incrementAndGet();
            counter.increment();
            taken.addAndGet(counter.sumThenReset());
        });
        int beside = 0;
        for (int i = 0; i < SUMS && failure == null; i++) {
            long takenBefore = taken.get();
            long sum = counter.sum();
            long most = added.get() - takenBefore;
            Check.that(sum >= 0, "a negative sum: " + sum);
            Check.that(sum <= most, "a sum of " + sum + " although only " + most
                    + " additions were not taken by resets that were over before");
            beside += taken.get() != takenBefore ? 1 : 0;
            while (taken.get() == takenBefore && failure == null) {
                Thread.onSpinWait();
            }
        }
        end(threads);
        Check.equal(taken.get() + counter.sum(), added.get(), "all parts together");
        System.out.println(SUMS + " sums, " + beside + " of them beside resets, which took " + taken);
        Check.that(beside > 0, "no sum had a reset beside it");
    }
}
