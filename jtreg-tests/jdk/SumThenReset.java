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
 * @summary sumThenReset and reset lose no add that runs beside them
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Check
 * @run main/othervm SumThenReset
 * @run main/othervm -XX:-UseRseq SumThenReset
 */

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpuCounter;
import percpu.lib.Check;

public class SumThenReset {
    private static final int ADDERS = 6;
    private static final int RESETTERS = 3;
    private static final int RESETS = 50;
    private static final long NANOS = 1_500_000_000L;

    public static void main(String[] args) throws Exception {
        PerCpuCounter counter = new PerCpuCounter();
        AtomicLong added = new AtomicLong();
        AtomicLong taken = new AtomicLong();
        AtomicLong resets = new AtomicLong();
        long deadline = System.nanoTime() + NANOS;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < ADDERS; i++) {
            long step = i % 2 == 0 ? 1 : 3L << 33;
            threads.add(new Thread(() -> {
                long sum = 0;
                do {
                    for (int k = 0; k < 1000; k++) {
                        counter.add(step);
                    }
                    sum += 1000 * step;
                } while (System.nanoTime() < deadline || resets.get() < RESETS);
                added.addAndGet(sum);
            }));
        }
        for (int i = 0; i < RESETTERS; i++) {
            threads.add(new Thread(() -> {
                long sum = 0;
                do {
                    long part = counter.sumThenReset();
                    // All steps are positive: a negative part was never there.
                    Check.that(part >= 0, "sumThenReset returned " + part);
                    sum += part;
                    resets.incrementAndGet();
                    Thread.yield();
                } while (System.nanoTime() < deadline || resets.get() < RESETS);
                taken.addAndGet(sum);
            }));
        }
        List<Throwable> failures = new ArrayList<>();
        for (Thread thread : threads) {
            thread.setUncaughtExceptionHandler((t, e) -> {
                synchronized (failures) {
                    failures.add(e);
                }
            });
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Check.that(failures.isEmpty(), "threads failed: " + failures);
        Check.equal(taken.get() + counter.sumThenReset(), added.get(), "all parts together");
        Check.equal(counter.sum(), 0, "what is left");
        System.out.println(resets + " resets took " + taken + " of " + added);
    }
}
