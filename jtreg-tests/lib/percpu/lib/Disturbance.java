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
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Makes critical sections abort in all ways there are, while workers run. */
final class Disturbance {
    private static final int PACE_NANOS = 50_000;

    private final Set<Integer> tids;
    private final BooleanSupplier goOn;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong hops = new AtomicLong();
    private final AtomicLong safepoints = new AtomicLong();
    private final AtomicLong deoptimisations = new AtomicLong();
    private final AtomicLong collections = new AtomicLong();
    private final AtomicLong signals = new AtomicLong();
    private volatile Throwable failure;
    private volatile Object garbage;
    private String report = "";

    /** tids: the threads to disturb, more may be added any time. */
    Disturbance(Set<Integer> tids, BooleanSupplier goOn) {
        this.tids = tids;
        this.goOn = goOn;
    }

    void start(boolean hop, int stormMicros, boolean safepoint, boolean deopt, boolean gc) {
        if (hop) {
            start("hop", hops, this::hop);
        }
        if (stormMicros >= 0) {
            start("storm", null, () -> storm(stormMicros));
        }
        if (safepoint) {
            start("safepoint", safepoints, () -> WhiteBoxActions.safepoint());
        }
        if (deopt) {
            start("deopt", deoptimisations, () -> {
                WhiteBoxActions.deoptimizeAll();
                // Time for the compilers, or nothing but the interpreter is tested.
                LockSupport.parkNanos(100_000_000);
            });
        }
        if (gc) {
            start("gc", collections, () -> {
                for (int i = 0; i < 1000; i++) {
                    garbage = new byte[1000];
                }
                System.gc();
            });
        }
    }

    private void start(String name, AtomicLong count, Runnable action) {
        Thread thread = new Thread(() -> {
            try {
                while (goOn.getAsBoolean()) {
                    action.run();
                    if (count != null) {
                        count.incrementAndGet();
                        LockSupport.parkNanos(PACE_NANOS);
                    }
                }
            } catch (Throwable t) {
                failure = t;
            }
        }, name);
        report += " " + name;
        threads.add(thread);
        thread.start();
    }

    void stop() throws Exception {
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure != null) {
            throw new AssertionError("a disturbance failed", failure);
        }
        count("hop", hops);
        count("storm", signals);
        count("safepoint", safepoints);
        count("deopt", deoptimisations);
        count("gc", collections);
    }

    private void count(String name, AtomicLong count) {
        if (report.contains(name)) {
            Check.that(count.get() > 0, "the disturbance " + name + " never happened");
            report = report.replace(name, name + "=" + count);
        }
    }

    String report() {
        return report.isEmpty() ? "not disturbed" : "disturbed by" + report;
    }

    private final int[] cpus = Native.allowedCpus();
    private final Random random = new Random(1);

    private void hop() {
        for (int tid : tids) {
            // The thread may have ended.
            Native.setAffinity(tid, new int[] {cpus[random.nextInt(cpus.length)]});
        }
    }

    // In short spells, for new carrier threads to get their share.
    private void storm(int micros) {
        int[] targets = tids.stream().mapToInt(Integer::intValue).toArray();
        if (targets.length == 0) {
            Thread.yield();
            return;
        }
        Check.success(Native.startStorm(targets, micros), "starting the signal storm");
        LockSupport.parkNanos(20_000_000);
        signals.addAndGet(Native.stopStorm());
    }
}
