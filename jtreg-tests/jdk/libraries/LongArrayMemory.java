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
 * @summary what a PerCpuLongArray takes: a fraction of as many PerCpuLongs; all of it goes back, zeroed, also where there was
 *          too little
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LongArrayMemory
 */

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuLongArray;
import jdk.internal.percpu.Statistics;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.ProcessStatus;
import percpu.lib.Vm;

public class LongArrayMemory {
    private static final int PART = 7168;

    public static void main(String[] args) throws Exception {
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq"}) {
            compareSizes(use);
            new Vm().with(use, "-XX:+UseSerialGC").pass(Recycled.class);
            // The interpreter and one collector thread need next to no memory of their own.
            for (String limited : new String[] {"VmSize", "VmData"}) {
                new Vm().with(use, "-Xint", "-XX:+UseSerialGC", "-Xms256m", "-XX:+AlwaysPreTouch").pass(TooLittle.class, limited);
            }
        }
    }

    private static void compareSizes(String use) throws Exception {
        long[] heap = new long[2];
        for (int i = 0; i < heap.length; i++) {
            String what = i == 0 ? "array" : "variables";
            // Without this the serial collector leaves dead objects where they are, but for each fourth time.
            heap[i] = Long.parseLong(new Vm().with(use, "-XX:+UseSerialGC", "-XX:MarkSweepAlwaysCompactCount=1")
                    .pass(Size.class, what).firstMatch("heap in all: (\\d+)", 1));
        }
        System.out.printf("%s: heap of an array of %d elements: 1/%.1f of that of as many variables%n", use, Size.ELEMENTS,
                (double) heap[1] / heap[0]);
        Check.that(heap[0] * Size.FRACTION <= heap[1], "heap of an array: " + heap[0] + " bytes, of as many variables: " + heap[1]);
    }

    /** Collects until there are no more blocks of memory than that, or nothing has been freed for a minute. */
    private static void awaitBlocks(long most, String when) {
        long left = Long.MAX_VALUE;
        long deadline = 0;
        while (Statistics.arenas() > most) {
            if (Statistics.arenas() < left) {
                left = Statistics.arenas();
                deadline = System.nanoTime() + 60_000_000_000L;
            }
            Check.that(System.nanoTime() - deadline < 0, Statistics.arenas() + " blocks of memory, expected " + most + ", " + when);
            System.gc();
            LockSupport.parkNanos(10_000_000);
        }
    }

    public static class Size {
        private static final int ELEMENTS = 100_000;
        // Of the heap of as many variables.
        private static final int FRACTION = 4;
        // Seven of eight words are elements, and the last part begins a block.
        private static final double BYTES = 9.2;

        // What a collection clears may keep other objects until the next one.
        private static long heap() {
            Runtime runtime = Runtime.getRuntime();
            long used = Long.MAX_VALUE;
            long last;
            do {
                last = used;
                System.gc();
                used = runtime.totalMemory() - runtime.freeMemory();
            } while (used < last);
            return used;
        }

        private static Object variables(int length) {
            PerCpuLong[] all = new PerCpuLong[length];
            for (int i = 0; i < length; i++) {
                all[i] = new PerCpuLong();
            }
            return all;
        }

        public static void main(String[] args) {
            IntFunction<Object> maker = args[0].equals("array") ? PerCpuLongArray::new : Size::variables;
            // Everything is loaded.
            maker.apply(0);
            long before = heap();
            Object made = maker.apply(ELEMENTS);
            long heap = heap() - before;
            long outside = Statistics.arenaBytes();
            Reference.reachabilityFence(made);
            System.out.printf("%s: %.2f bytes of heap and %.2f bytes in each of %d slots for each of %d elements%n", args[0],
                    (double) heap / ELEMENTS, (double) outside / ELEMENTS / PerCpu.slots(), PerCpu.slots(), ELEMENTS);
            System.out.println("heap in all: " + heap);
            Check.that(outside <= BYTES * ELEMENTS * PerCpu.slots(), "memory outside of the heap: " + outside);
        }
    }

    public static class Recycled {
        private static final int ROUNDS = 300;
        private static final int LONGEST = 2 * PART + 1000;

        // Nothing else has groups here, so nothing else has room.
        private static void wholeParts() {
            long blocks = Statistics.arenas();
            for (int round = 0; round < 5; round++) {
                use(new PerCpuLongArray(PART));
                awaitBlocks(blocks, "after an array of a whole part was dropped");
            }
        }

        private static void use(PerCpuLongArray array) {
            for (int i = 0; i < array.length(); i++) {
                Check.equal(array.sum(i), 0, "element " + i + " of a new array of a whole part");
                array.increment(i);
            }
        }

        public static void main(String[] args) {
            wholeParts();
            long blocks = Statistics.arenas();
            Random random = new Random(1);
            List<PerCpuLongArray> some = new ArrayList<>();
            int made = 0;
            for (int round = 0; round < ROUNDS; round++) {
                // Most are short, so that they lie in each other's gaps.
                int length = random.nextInt(random.nextInt(4) == 0 ? LONGEST : 300);
                PerCpuLongArray array = new PerCpuLongArray(length);
                long[] sums = new long[length];
                array.sums(sums);
                for (int i = 0; i < length; i++) {
                    Check.equal(sums[i], 0, "element " + i + " of a new array of " + length + ", round " + round);
                    array.add(i, i + 1);
                }
                some.add(array);
                made++;
                if (round % 10 == 9) {
                    while (some.size() > 5) {
                        some.remove(random.nextInt(some.size()));
                    }
                    System.gc();
                    LockSupport.parkNanos(1_000_000);
                    for (PerCpuLongArray kept : some) {
                        for (int i = 0; i < kept.length(); i += 13) {
                            Check.equal(kept.sum(i), i + 1, "element " + i + " of an array that was kept");
                        }
                    }
                }
            }
            System.out.println(made + " arrays, " + Statistics.arenas() + " blocks now");
            some.clear();
            // The shared one stays.
            awaitBlocks(blocks + 1, "after all were dropped");
        }
    }

    public static class TooLittle {
        private static final long ROOM = 24L << 20;
        // Whole parts, and a run.
        private static final int LENGTH = 3 * PART + 100;

        private static int limit(String name, long bytes) {
            return name.equals("VmSize") ? Native.limitAddressSpace(bytes) : Native.limitData(bytes);
        }

        private static void use(PerCpuLongArray array) {
            for (int i = 0; i < LENGTH; i += 97) {
                Check.equal(array.sum(i), 0, "element " + i);
                array.add(i, i);
                Check.equal(array.sum(i), i, "element " + i);
            }
        }

        public static void main(String[] args) throws Exception {
            String limited = args[0];
            PerCpuLongArray first = new PerCpuLongArray(10);
            first.add(9, 11);
            long blocks = Statistics.arenas();
            List<PerCpuLongArray> all = new ArrayList<>(1000);
            OutOfMemoryError error = null;
            Check.success(limit(limited, ProcessStatus.bytes(limited) + ROOM), "limiting " + limited);
            try {
                while (error == null && all.size() < 1000) {
                    try {
                        all.add(new PerCpuLongArray(LENGTH));
                    } catch (OutOfMemoryError e) {
                        error = e;
                    }
                }
                System.out.println(all.size() + " arrays, then " + error);
                Check.that(error != null, "no OutOfMemoryError after " + all.size() + " arrays");
                Check.that(error.getMessage() != null && error.getMessage().contains("per-CPU"), "another error: " + error);
                // Unreachable ones give their memory back when it is wanted, those that could not be made included.
                for (int i = 0; i < 5; i++) {
                    int size = all.size();
                    all.set(size - 1, null);
                    all.set(size - 1, new PerCpuLongArray(LENGTH));
                }
            } finally {
                Check.success(limit(limited, -1), "lifting the limit");
            }
            all.forEach(TooLittle::use);
            all.add(new PerCpuLongArray(LENGTH));
            Check.equal(first.sum(9), 11, "the first array");
            all = null;
            awaitBlocks(blocks, "after all were dropped");
            Check.equal(first.sum(9), 11, "the first array");
        }
    }
}
