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
 * @summary structures larger than the memory: OutOfMemoryError, nothing is lost, and all goes on
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver StructureOutOfMemory
 */

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuHistogram;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuPool;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.incubator.percpu.PerCpuStack;
import percpu.lib.Check;
import percpu.lib.Drained;
import percpu.lib.Native;
import percpu.lib.Reserved;
import percpu.lib.Vm;

public class StructureOutOfMemory {
    public static void main(String[] args) throws Exception {
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq"}) {
            // Two collectors of which one moves while others run.
            for (String collector : new String[] {"-XX:+UseSerialGC", "-XX:+UseG1GC"}) {
                for (String what : new String[] {"too large", "growing", "ring", "histogram", "pool"}) {
                    // A slot for each CPU, so that one can be left idle.
                    new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:RseqIndex=cpu_id", use, collector, "-Xmx16m")
                            .pass(Fill.class, what).shouldContain("nothing is lost");
                }
            }
        }
    }

    public static class Fill {
        public static void main(String[] args) {
            switch (args[0]) {
                case "too large" -> tooLarge();
                case "growing" -> growing();
                case "histogram" -> histogram();
                case "pool" -> pool();
                default -> ring();
            }
            System.out.println("nothing is lost");
        }

        private static void tooLarge() {
            for (int i = 0; i < 3; i++) {
                Check.fails(OutOfMemoryError.class, "a stack of 8 TB",
                        () -> {
                            List<Object> all = new ArrayList<>();
                            for (int k = 0; k < 100_000; k++) {
                                all.add(new PerCpuDataStack(4096, Integer.MAX_VALUE));
                            }
                        });
            }
            PerCpuStack<String> small = new PerCpuStack<>(10);
            Check.that(small.push("element"), "a small stack afterwards");
        }

        private static void growing() {
            PerCpuList<byte[]> list = new PerCpuList<>();
            PerCpuStack<byte[]> stack = new PerCpuStack<>(1 << 20);
            // All classes are loaded while there is memory.
            list.push(new byte[1]);
            stack.push(new byte[1]);
            stack.steal(PerCpu.slots() - 1);
            Drained.all(list);
            Drained.all(stack);
            Keeping drained = new Keeping();
            int inList = 0;
            int onStack = 0;
            for (int round = 0; round < 20; round++) {
                try {
                    for (;;) {
                        list.push(new byte[64]);
                        inList++;
                        if (stack.push(new byte[64])) {
                            onStack++;
                        }
                    }
                } catch (OutOfMemoryError expected) {
                    // Some come out, and some more go in next time.
                }
                for (int i = 0; i < 1000; i++) {
                    inList -= list.pop() == null ? 0 : 1;
                    onStack -= stack.pop() == null ? 0 : 1;
                }
            }
            // The action finds no room either, and is called for all of a part nevertheless.
            int failures = 0;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                try {
                    list.drainTo(slot, drained, Integer.MAX_VALUE);
                } catch (OutOfMemoryError e) {
                    failures++;
                }
            }
            drained.kept = null;
            // What is of later parts remains where it was.
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                while (stack.steal(slot) != null) {
                    onStack--;
                }
            }
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                list.drainTo(slot, drained, Integer.MAX_VALUE);
            }
            inList -= drained.count;
            System.out.println(failures + " drains failed for lack of memory");
            Check.equal(inList, 0, "elements that are lost in the list");
            Check.equal(onStack, 0, "elements that are lost on the stack");
        }

        // No lambda: to link one takes memory.
        private static final class Keeping implements Consumer<byte[]> {
            private int count;
            private List<byte[]> kept = new ArrayList<>();

            @Override
            public void accept(byte[] element) {
                count++;
                if (kept != null) {
                    kept.add(element);
                }
            }
        }

        // A slot has no totals until it is used. With them, records need no memory, buckets that move included.
        private static void histogram() {
            PerCpuHistogram warm = PerCpuHistogram.exponential(8, 30_000);
            warm.record(1);
            int failedRecords = 0;
            int failedSnapshots = 0;
            for (int round = 0; round < 20; round++) {
                PerCpuHistogram histogram = PerCpuHistogram.exponential(8, 30_000);
                // Before the heap is full every other time.
                if (round % 2 == 0) {
                    histogram.record(1);
                }
                int recorded = round % 2 == 0 ? 1 : 0;
                Object[] kept = null;
                try {
                    for (;;) {
                        kept = new Object[] {kept, new byte[1000]};
                    }
                } catch (OutOfMemoryError expected) {
                    // What is free now is less than totals take.
                }
                for (int i = 0; i < 30; i++) {
                    try {
                        // Powers far from each other.
                        histogram.record(i % 2 == 0 ? 1e300 / (i + 1) : -1e-300);
                        recorded++;
                    } catch (OutOfMemoryError expected) {
                        failedRecords++;
                    }
                }
                try {
                    histogram.snapshotAndReset();
                    recorded = 0;
                } catch (OutOfMemoryError expected) {
                    failedSnapshots++;
                }
                kept = null;
                // G1 may throw OutOfMemoryError at the first allocation still.
                System.gc();
                Check.equal(histogram.snapshotAndReset().count(), recorded, "values of round " + round);
                histogram.record(2);
                Check.equal(histogram.snapshot().count(), 1, "values afterwards");
            }
            System.out.println(failedRecords + " records failed for lack of memory, and " + failedSnapshots + " snapshots");
            Check.that(failedRecords > 0, "no record failed");
            Check.that(failedSnapshots > 0, "no snapshot failed");
        }

        private static final class Item {
            private int dropped;
        }

        private static final class Making implements Function<PerCpuPool.Entry<Item>, Item>, Consumer<Item> {
            @Override
            public Item apply(PerCpuPool.Entry<Item> entry) {
                return new Item();
            }

            @Override
            public void accept(Item item) {
                item.dropped++;
            }
        }

        private static void runOn(int cpu) {
            Check.success(Native.setAffinity(Native.gettid(), new int[] {cpu}), "setAffinity");
        }

        // Whatever has no memory, release drops objects rather than that it fails, before close and after it.
        private static void pool() {
            int[] cpus = Native.allowedCpus();
            int most = 60;
            int failedAcquisitions = 0;
            int failedCloses = 0;
            int failedTrims = 0;
            for (int round = 0; round < 4; round++) {
                Making making = new Making();
                PerCpuPool<Item> pool = PerCpuPool.<Item>builder(making).slotCapacity(8).sharedCapacity(100)
                        .onDrop(making).idle(Duration.ofNanos(1)).build();
                @SuppressWarnings("unchecked")
                PerCpuPool.Entry<Item>[] entries = (PerCpuPool.Entry<Item>[]) new PerCpuPool.Entry<?>[2 * most];
                for (int i = 0; i < most; i++) {
                    entries[i] = pool.acquire();
                }
                // All is loaded, and a slot that will be idle has objects.
                runOn(cpus[0]);
                for (int i = 0; i < 8; i++) {
                    pool.release(entries[i]);
                }
                runOn(cpus[cpus.length - 1]);
                Object[] kept = null;
                for (int size : new int[] {1000, 0}) {
                    try {
                        for (;;) {
                            kept = new Object[] {kept, new byte[size]};
                        }
                    } catch (OutOfMemoryError expected) {
                        // What is free now is less than a batch takes.
                    }
                }
                int acquired = most;
                try {
                    pool.trim();
                    pool.trim();
                } catch (OutOfMemoryError expected) {
                    failedTrims++;
                }
                for (int i = 8; i < most / 2; i++) {
                    pool.release(entries[i]);
                }
                for (int i = 0; i < 2; i++) {
                    PerCpuPool.Entry<Item> entry = null;
                    for (int k = 0; k < 1024 && (k == 0 || entry != null); k++) {
                        entry = null;
                        try {
                            entry = pool.acquire();
                        } catch (OutOfMemoryError expected) {
                            failedAcquisitions++;
                        }
                        if (entry != null) {
                            pool.release(entry);
                            acquired++;
                        }
                    }
                }
                for (int i = most; i < 2 * most; i++) {
                    try {
                        entries[i] = pool.acquire();
                        acquired++;
                    } catch (OutOfMemoryError expected) {
                        failedAcquisitions++;
                    }
                }
                try {
                    pool.close();
                } catch (OutOfMemoryError expected) {
                    failedCloses++;
                }
                int left = 0;
                for (int i = most / 2; i < 2 * most; i++) {
                    if (entries[i] != null) {
                        pool.release(entries[i]);
                        left += 1 - entries[i].get().dropped;
                    }
                }
                kept = null;
                // As above.
                System.gc();
                Check.equal(left, 0, "released after close and not dropped");
                pool.close();
                PerCpuPool.Statistics s = pool.statistics();
                Check.equal(s.acquired(), acquired, "acquisitions");
                Check.equal(s.dropped(), s.made(), "dropped");
                Check.equal(s.outstanding() + s.lost(), 0, "outstanding or lost");
                for (PerCpuPool.Entry<Item> entry : entries) {
                    Check.that(entry == null || entry.get().dropped == 1, "an object was dropped not once");
                }
            }
            System.out.println(failedAcquisitions + " acquisitions failed for lack of memory, " + failedTrims
                    + " trims and " + failedCloses + " closes");
            Check.that(failedAcquisitions > 0, "no acquisition failed");
        }

        // An object is made for each record, by its writer and by its reader; where that fails nothing may have been
        // reserved, and nothing be lost.
        private static void ring() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 16);
            Object[] kept = new Object[1_000_000];
            int[] used = new int[1];
            int[] read = new int[1];
            PerCpuRingBuffer.Reader keep = (slot, r) -> {
                read[0]++;
                kept[used[0]++] = r;
            };
            int committed = 0;
            int failedReads = 0;
            for (int i = 0; i < 30; i++) {
                boolean reading = false;
                try {
                    for (;;) {
                        reading = false;
                        // If nothing were kept here, a heap that is all but full would be collected for each record.
                        kept[used[0]++] = new Object();
                        PerCpuRingBuffer.Writer record = Reserved.in(ring, 8);
                        if (record != null) {
                            record.commit();
                            committed++;
                        } else {
                            reading = true;
                            ring.read(keep, Integer.MAX_VALUE);
                        }
                    }
                } catch (OutOfMemoryError e) {
                    failedReads += reading ? 1 : 0;
                    while (used[0] > 0) {
                        kept[--used[0]] = null;
                    }
                }
            }
            System.out.println(failedReads + " reads failed for lack of memory");
            Check.that(failedReads > 0, "no read failed");
            read[0] += ring.read((slot, r) -> { }, Integer.MAX_VALUE);
            Check.equal(read[0], committed, "records that were read");
            Reserved.in(ring, 8).commit();
            Check.equal(ring.read((slot, r) -> { }, 10), 1, "records afterwards");
        }
    }
}
