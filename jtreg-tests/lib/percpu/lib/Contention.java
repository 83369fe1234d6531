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

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/** Makes what counts in java.util.concurrent contended, so that it goes over to a per-CPU variable if it may. */
public final class Contention {
    // Striped64.heat goes over at it, if it may: Vm allows it. As a double it is a small number, too.
    private static final long HOT = hot();

    private static final long LONGEST = 60_000_000_000L;
    private static final long SHORT = 2_000_000_000;

    private Contention() {}

    private static long hot() {
        long bits = Double.doubleToRawLongBits(1.0);
        while ((bits * 0x9E3779B97F4A7C15L) >>> 44 != 1) {
            bits++;
        }
        return bits;
    }

    /** Adds as much as it takes away. */
    public static void contend(LongAdder adder) {
        again(adder, () -> heat(adder));
    }

    /** The same, for an adder that may have no variable. */
    public static void heat(LongAdder adder) {
        // Base gets the hot value if the adder was zero.
        long before = adder.sumThenReset();
        adder.add(HOT);
        adder.add(before - HOT);
    }

    /** Likewise. The adder must be zero. */
    public static void contend(DoubleAdder adder) {
        double hot = Double.longBitsToDouble(HOT);
        again(adder, () -> {
            adder.add(hot);
            adder.add(-hot);
        });
    }

    // While another thread gets a variable for its adder this one may have to wait.
    private static void again(Object adder, Runnable update) {
        long deadline = System.nanoTime() + LONGEST;
        do {
            update.run();
        } while (Raw.usesAdders() && !Raw.hasVariable(adder) && System.nanoTime() - deadline < 0);
    }

    /** Accumulates values that differ from thread to thread and from time to time, so that most are stored. */
    public static final class Changes implements Runnable {
        private final LongAccumulator longs;
        private final DoubleAccumulator doubles;

        public Changes(LongAccumulator accumulator) {
            longs = accumulator;
            doubles = null;
        }

        public Changes(DoubleAccumulator accumulator) {
            longs = null;
            doubles = accumulator;
        }

        @Override
        public void run() {
            long some = ThreadLocalRandom.current().nextInt(1, 1000);
            if (longs != null) {
                longs.accumulate(some);
                longs.reset();
            } else {
                doubles.accumulate(some);
                doubles.reset();
            }
        }
    }

    /** By two threads; what is accumulated must change nothing that counts. */
    public static void contend(LongAccumulator accumulator, Runnable update) throws Exception {
        together(accumulator, update);
    }

    /** Likewise. */
    public static void contend(DoubleAccumulator accumulator, Runnable update) throws Exception {
        together(accumulator, update);
    }

    /** By two threads that put and remove keys of their own. */
    public static void contend(ConcurrentHashMap<Object, Object> map) throws Exception {
        together(map, putAndRemove(map));
    }

    private static Runnable putAndRemove(ConcurrentHashMap<Object, Object> map) {
        return () -> {
            Object key = new Object();
            map.put(key, key);
            map.remove(key);
        };
    }

    // An emulator of one thread changes to another CPU at branches alone. There is none between an update's load and
    // its compare-and-set, which never fails then: nobody contends, however long it takes.
    private static void together(Object adder, Runnable update) throws Exception {
        if (!byThreads(adder, update, SHORT)) {
            System.out.println("two threads do not contend here");
            Raw.goOver(adder);
        }
        Check.that(Raw.hasVariable(adder), "it has no variable");
    }

    /** Whether two threads that update it for a minute contend for it, which they do on CPUs that are not emulated. */
    public static boolean byThreads(Object adder, Runnable update) throws Exception {
        return byThreads(adder, update, LONGEST);
    }

    /** The same for a map. */
    public static boolean byThreads(ConcurrentHashMap<Object, Object> map) throws Exception {
        return byThreads(map, putAndRemove(map), LONGEST);
    }

    private static boolean byThreads(Object adder, Runnable update, long longest) throws Exception {
        long deadline = System.nanoTime() + longest;
        BooleanSupplier over = () -> Raw.hasVariable(adder);
        Runnable work = () -> {
            while (!over.getAsBoolean() && System.nanoTime() - deadline < 0) {
                for (int i = 0; i < 100; i++) {
                    update.run();
                }
            }
        };
        Thread other = new Thread(work);
        other.start();
        work.run();
        other.join();
        return over.getAsBoolean();
    }
}
