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
 * @summary records of a ring buffer that are never committed, or much later: readers go on, nothing that was committed
 *          is lost or changed, and the writer is told
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LostRecords
 */

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.internal.percpu.Statistics;
import percpu.lib.Check;
import percpu.lib.Reserved;
import percpu.lib.Vm;

public class LostRecords {
    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-XX:+UseG1GC", "-Xint", "-XX:-TieredCompilation -XX:+UseZGC",
                "-XX:TieredStopAtLevel=1", "-XX:RseqFence=handshake", "-XX:+RseqForceAbort", "-XX:-UseRseq",
                "-Xint -XX:-UseRseq"}) {
            System.out.println("== " + options);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" ")).pass(Promises.class)
                    .shouldContain("all promises are kept");
        }
    }

    public static class Promises {
        private static final int CAPACITY = 1024;
        private static final int SIZE = 56;

        public static void main(String[] args) throws Exception {
            arguments();
            thrown();
            many();
            inExclusiveAction();
            whileReading();
            parked();
            races();
            freed();
            System.out.println("all promises are kept");
        }

        // --- What is written and read: a number and its complement, to the end of the record.

        private static boolean write(PerCpuRingBuffer.Writer record, long number) {
            if (record == null) {
                return false;
            }
            for (int at = 0; at + 16 <= record.size(); at += 16) {
                record.putLong(at, number);
                record.putLong(at + 8, ~number);
            }
            return record.commit();
        }

        private static long number(MemorySegment record) {
            long number = record.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            for (int at = 0; at + 16 <= record.byteSize(); at += 16) {
                Check.equal(record.get(ValueLayout.JAVA_LONG_UNALIGNED, at), number, "at " + at);
                Check.equal(record.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8), ~number, "at " + (at + 8));
            }
            return number;
        }

        private static List<Long> readAll(PerCpuRingBuffer ring) {
            List<Long> numbers = new ArrayList<>();
            ring.read((slot, record) -> numbers.add(number(record)), Integer.MAX_VALUE);
            return numbers;
        }

        private static boolean unblock(PerCpuRingBuffer ring, int slot) {
            long blocked = ring.blocked(slot);
            return blocked >= 0 && ring.unblock(slot, blocked);
        }

        private static int unblockAll(PerCpuRingBuffer ring) {
            int count = 0;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                count += unblock(ring, slot) ? 1 : 0;
            }
            return count;
        }

        // So many that each slot was full many times, if it could be used.
        private static void useMuch(PerCpuRingBuffer ring, int records) {
            int read = 0;
            for (int i = 0; i < records; i++) {
                int tries = 0;
                while (!write(Reserved.in(ring, SIZE), i)) {
                    Check.that(tries++ < 1000, "no room, although all was read");
                    read += readAll(ring).size();
                }
            }
            Check.equal(read + readAll(ring).size(), records, "records that were read");
        }

        private static void arguments() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
            for (int slot : new int[] {-1, PerCpu.slots()}) {
                Check.fails(IndexOutOfBoundsException.class, "blocked", () -> ring.blocked(slot));
                Check.fails(IndexOutOfBoundsException.class, "unblock", () -> ring.unblock(slot, 0));
            }
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Check.equal(ring.blocked(slot), -1, "an empty slot");
                for (long number : new long[] {-1, 0, 1, 64, Long.MAX_VALUE, Long.MIN_VALUE}) {
                    Check.that(!ring.unblock(slot, number), "unblocked an empty slot");
                }
            }
            PerCpuRingBuffer.Writer record = Reserved.in(ring, SIZE);
            long blocked = ring.blocked(record.slot());
            Check.that(blocked >= 0, "a reserved record does not block");
            Check.equal(ring.blocked(record.slot()), blocked, "the same record");
            Check.that(!ring.unblock(record.slot(), blocked + 8), "unblocked something else");
            Check.that(write(record, 5), "the record was taken away");
            Check.equal(ring.blocked(record.slot()), -1, "a committed record");
            Check.that(!ring.unblock(record.slot(), blocked), "unblocked a committed record");
            Check.equal(readAll(ring).get(0), 5, "the record");
            Check.that(!ring.unblock(record.slot(), blocked), "unblocked a record that was read");
            PerCpuRingBuffer.Writer discarded = Reserved.in(ring, SIZE);
            Check.that(discarded.discard() && !discarded.isReserved(), "discarding a record");
            PerCpuRingBuffer.Writer taken = Reserved.in(ring, SIZE);
            readAll(ring);
            Check.that(unblock(ring, taken.slot()), "unblocking");
            Check.that(taken.isReserved() && !taken.discard() && !taken.isReserved(), "discarding what was taken away");
            Check.fails(IllegalStateException.class, "commit after discard", taken::commit);
            PerCpuRingBuffer.Writer closed = Reserved.in(ring, SIZE);
            readAll(ring);
            Check.that(unblock(ring, closed.slot()), "unblocking");
            closed.close();
            useMuch(ring, 1000);
        }

        private static void thrown() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
            int committed = 0;
            for (int i = 0; i < 3; i++) {
                committed += write(Reserved.in(ring, SIZE), i) ? 1 : 0;
            }
            Check.fails(ArithmeticException.class, "a writer that throws", () -> {
                Reserved.in(ring, SIZE).putLong(0, -1);
                throw new ArithmeticException();
            });
            // The others are in front of it, or behind, or elsewhere.
            for (int i = 3; i < 3 * PerCpu.slots(); i++) {
                committed += write(Reserved.in(ring, SIZE), i) ? 1 : 0;
            }
            int read = readAll(ring).size();
            Check.equal(unblockAll(ring), 1, "records that were taken away");
            Check.equal(unblockAll(ring), 0, "records that were taken away, again");
            read += readAll(ring).size();
            Check.equal(read, committed, "records that were read");
            useMuch(ring, 2000);
            Check.equal(unblockAll(ring), 0, "records that were taken away, afterwards");
        }

        // Records of all sizes, of which each third is lost: beside each other, at the end of the ring, and each time
        // that the memory was replaced.
        private static void many() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
            List<Long> committed = new ArrayList<>();
            List<Long> read = new ArrayList<>();
            List<PerCpuRingBuffer.Writer> lost = new ArrayList<>();
            int taken = 0;
            for (int i = 0; i < 3000; i++) {
                PerCpuRingBuffer.Writer record = Reserved.in(ring, 16 + i * 7 % 300);
                if (record == null) {
                    read.addAll(readAll(ring));
                    for (int slot = 0; slot < PerCpu.slots(); slot++) {
                        while (unblock(ring, slot)) {
                            taken++;
                            read.addAll(readAll(ring));
                        }
                    }
                } else if (i % 3 == 0) {
                    lost.add(record);
                } else {
                    Check.that(write(record, i), "a record was taken away");
                    committed.add((long) i);
                }
            }
            read.addAll(readAll(ring));
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                while (unblock(ring, slot)) {
                    taken++;
                    read.addAll(readAll(ring));
                }
            }
            read.sort(null);
            Check.that(read.equals(committed), read.size() + " records were read, " + committed.size() + " committed");
            // No signal, no other thread: nobody skips the end of the ring at such a moment.
            Check.equal(taken, lost.size(), "records that were taken away");
            Check.that(taken > 100, "only " + taken + " records were lost");
            // Now they come back.
            for (PerCpuRingBuffer.Writer record : lost) {
                Check.that(!write(record, -1), "a record that was taken away was committed");
            }
            Check.that(readAll(ring).isEmpty(), "a record that was taken away was read");
            useMuch(ring, 1000);
        }

        private static void inExclusiveAction() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
            PerCpuRingBuffer.Writer record = Reserved.in(ring, SIZE);
            PerCpu.exclusive(new PerCpuLong(), record.slot(),
                    () -> Check.that(unblock(ring, record.slot()), "in an exclusive action"));
            Check.that(!write(record, 1), "a record that was taken away was committed");
            PerCpuRingBuffer.Writer other = Reserved.in(ring, SIZE);
            readAll(ring);
            int elsewhere = (other.slot() + 1) % PerCpu.slots();
            PerCpu.exclusive(new PerCpuLong(), elsewhere, () -> Check.that(unblock(ring, other.slot()),
                    "in an action on another slot"));
            Check.that(!write(other, 2), "a record that was taken away was committed");
        }

        private static void whileReading() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
            PerCpuRingBuffer.Writer record = Reserved.in(ring, SIZE);
            int slot = record.slot();
            write(record, 1);
            // Who reads is not waiting.
            ring.read((s, r) -> Check.that(!unblock(ring, s), "unblocked while somebody reads"), Integer.MAX_VALUE);
            Check.equal(ring.blocked(slot), -1, "what was read");
        }

        // A writer writes on and on to a record that it has no more, while the ring is used many times over.
        private static void parked() throws Exception {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
            CountDownLatch reserved = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            boolean[] committed = {true};
            int[] on = new int[1];
            Thread writer = new Thread(() -> {
                PerCpuRingBuffer.Writer record = Reserved.in(ring, SIZE);
                on[0] = record.slot();
                reserved.countDown();
                long writes = 0;
                while (over.getCount() != 0) {
                    record.putLong((int) (writes++ * 8 % SIZE), -writes);
                }
                committed[0] = record.commit();
            });
            writer.start();
            reserved.await();
            for (int i = 0; i < 10; i++) {
                Check.that(write(Reserved.in(ring, SIZE), i), "no room");
            }
            int read = readAll(ring).size();
            try {
                Check.that(unblock(ring, on[0]), "the record was not taken away");
                Check.equal(read + readAll(ring).size(), 10, "records beside it");
                useMuch(ring, 20_000);
            } finally {
                over.countDown();
                writer.join();
            }
            Check.that(!committed[0], "a record that was taken away was committed");
            Check.that(readAll(ring).isEmpty(), "a record that was taken away was read");
            useMuch(ring, 1000);
        }

        // A writer commits or discards while others read and take away.
        private static void races() throws Exception {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY);
            int rounds = 3000;
            AtomicLong taken = new AtomicLong();
            AtomicLong read = new AtomicLong();
            long[] finished = new long[3];
            int[] slot = {-1};
            AtomicLong looks = new AtomicLong();
            CyclicBarrier barrier = new CyclicBarrier(3);
            Throwable[] failure = new Throwable[1];
            Thread[] threads = new Thread[3];
            for (int i = 0; i < threads.length; i++) {
                int me = i;
                threads[i] = new Thread(() -> {
                    try {
                        for (int round = 0; round < rounds; round++) {
                            PerCpuRingBuffer.Writer record = null;
                            if (me == 0) {
                                record = Reserved.in(ring, SIZE);
                                Check.that(record != null, "no room in an empty ring");
                                slot[0] = record.slot();
                            }
                            barrier.await();
                            // Each in turn is a little late.
                            for (int spins = round * (me + 3) % 50; spins > 0; spins--) {
                                Thread.onSpinWait();
                            }
                            switch (me) {
                                case 0 -> {
                                    record.putLong(0, round);
                                    record.putLong(8, ~(long) round);
                                    // A handshake is slow: else that writer would always be first.
                                    while (round % 16 == 15 && looks.get() <= round) {
                                        Thread.onSpinWait();
                                    }
                                    if (round % 4 == 0) {
                                        finished[record.discard() ? 2 : 0]++;
                                    } else {
                                        finished[record.commit() ? 1 : 0]++;
                                    }
                                }
                                case 1 -> {
                                    taken.addAndGet(unblock(ring, slot[0]) ? 1 : 0);
                                    looks.incrementAndGet();
                                }
                                default -> read.addAndGet(ring.read(slot[0], (s, r) -> { }, Integer.MAX_VALUE));
                            }
                            barrier.await();
                            if (me == 2) {
                                read.addAndGet(ring.read((s, r) -> { }, Integer.MAX_VALUE));
                                Check.equal(ring.blocked(slot[0]), -1, "all is finished");
                            }
                            barrier.await();
                        }
                    } catch (Throwable t) {
                        failure[0] = t;
                        barrier.reset();
                    }
                });
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (failure[0] != null) {
                throw new AssertionError("a thread failed", failure[0]);
            }
            System.out.println(rounds + " races: " + finished[1] + " committed, " + finished[2] + " discarded, "
                    + finished[0] + " taken away");
            Check.equal(read.get(), finished[1], "records that were read, of those whose commit returned true");
            Check.equal(taken.get(), finished[0], "records that were taken away, of those whose writer was told");
            Check.that(finished[0] >= rounds / 16 && finished[1] > 0, "no race");
        }

        private static void freed() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 16);
            long before = Statistics.arenaBytes();
            for (int i = 0; i < 100; i++) {
                PerCpuRingBuffer.Writer record = Reserved.in(ring, SIZE);
                readAll(ring);
                Check.that(unblock(ring, record.slot()), "the record was not taken away");
                record.close();
                readAll(ring);
            }
            // A slot has what it had at first, and what it has now.
            long most = before + PerCpu.slots() * (long) (1 << 17);
            long end = System.nanoTime() + 60_000_000_000L;
            while (Statistics.arenaBytes() > most) {
                System.gc();
                Check.that(System.nanoTime() < end, Statistics.arenaBytes() + " bytes, " + before
                        + " before 100 records were taken away");
            }
            useMuch(ring, 100);
        }
    }
}
