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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Makes critical sections abort in all ways there are, while workers run. */
final class Disturbance {
    private static final int PACE_NANOS = 50_000;
    private static final int SPELL_MILLIS = 20;

    private final Set<Integer> tids;
    private final BooleanSupplier goOn;
    private final Map<String, AtomicLong> counts = new LinkedHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Throwable failure;
    private volatile Object garbage;

    /** tids: the threads to disturb, more may be added any time. */
    Disturbance(Set<Integer> tids, BooleanSupplier goOn) {
        this.tids = tids;
        this.goOn = goOn;
    }

    void start(boolean hop, int stormMicros, boolean safepoint, boolean deopt, boolean gc) {
        if (hop) {
            start("hop", this::hop);
        }
        if (stormMicros >= 0) {
            start("storm", () -> storm(stormMicros));
        }
        if (safepoint) {
            start("safepoint", () -> {
                WhiteBoxActions.safepoint();
                return 1;
            });
        }
        if (deopt) {
            start("deopt", () -> {
                WhiteBoxActions.deoptimizeAll();
                // Time for the compilers, or nothing but the interpreter is tested.
                LockSupport.parkNanos(100_000_000);
                return 1;
            });
        }
        if (gc) {
            start("gc", () -> {
                for (int i = 0; i < 1000; i++) {
                    garbage = new byte[1000];
                }
                System.gc();
                return 1;
            });
        }
        threads.forEach(Thread::start);
    }

    // The action tells how often it did it.
    private void start(String name, LongSupplier action) {
        AtomicLong count = new AtomicLong();
        counts.put(name, count);
        threads.add(new Thread(() -> {
            try {
                while (goOn.getAsBoolean()) {
                    count.addAndGet(action.getAsLong());
                    LockSupport.parkNanos(PACE_NANOS);
                }
            } catch (Throwable t) {
                failure = t;
            }
        }, name));
    }

    /** Whether each kind of disturbance has happened, or never will. */
    boolean happened() {
        // No streams here: on a slow machine, interpreted and among many threads, their first use takes a minute.
        for (AtomicLong count : counts.values()) {
            if (count.get() == 0) {
                return failure != null;
            }
        }
        return true;
    }

    void stop() throws Exception {
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure != null) {
            throw new AssertionError("a disturbance failed", failure);
        }
        Check.that(happened(), "not each disturbance happened: " + counts);
    }

    String report() {
        return counts.isEmpty() ? "not disturbed" : "disturbed by " + counts;
    }

    private final int[] cpus = Native.allowedCpus();
    private final Random random = new Random(1);

    private long hop() {
        for (int tid : tids) {
            // The thread may have ended.
            Native.setAffinity(tid, new int[] {cpus[random.nextInt(cpus.length)]});
        }
        return tids.size();
    }

    // In short spells, for new carrier threads to get their share.
    private long storm(int micros) {
        int[] targets = new int[tids.size()];
        int known = 0;
        for (int tid : tids) {
            if (known < targets.length) {
                targets[known++] = tid;
            }
        }
        if (known == 0) {
            return 0;
        }
        targets = Arrays.copyOf(targets, known);
        Check.success(Native.startStorm(targets, micros, SPELL_MILLIS), "starting the signal storm");
        LockSupport.parkNanos(SPELL_MILLIS * 1_000_000L);
        return Native.stopStorm();
    }
}
