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
 * @summary structures with large memory are closed: it is freed at once, later calls fail, writers in between do no
 *          harm, and who gets the variables next can use them
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver Closing
 */

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Statistics;
import percpu.lib.Check;
import percpu.lib.Reserved;
import percpu.lib.Vm;

public class Closing {
    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-XX:+UseG1GC", "-Xint", "-XX:-TieredCompilation", "-XX:TieredStopAtLevel=1",
                "-XX:RseqFence=handshake", "-XX:+RseqForceAbort", "-XX:-UseRseq"}) {
            System.out.println("== " + options);
            boolean sections = !options.equals("-XX:+RseqForceAbort") && !options.equals("-XX:-UseRseq");
            new Vm().with("-XX:+UnlockDiagnosticVMOptions", options)
                    .with("--add-opens", "jdk.incubator.percpu/jdk.incubator.percpu=ALL-UNNAMED")
                    .pass(Promises.class, "" + sections)
                    .shouldContain("all promises are kept");
        }
    }

    public static class Promises {
        private static final int SIZE = 56;

        public static void main(String[] args) throws Exception {
            ring();
            dataStack();
            freed();
            whileAnotherReads();
            whileAnotherWaits();
            races();
            usedAgain(Boolean.parseBoolean(args[0]));
            System.out.println("all promises are kept");
        }

        private static void ring() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(4096);
            Reserved.in(ring, SIZE).commit();
            // On any slot, perhaps behind the other one.
            PerCpuRingBuffer.Writer reserved = Reserved.in(ring, SIZE);
            int[] refused = new int[1];
            ring.read((slot, record) -> {
                Check.fails(IllegalStateException.class, "closed by its reader", ring::close);
                refused[0]++;
            }, 1);
            Check.equal(refused[0], 1, "records read");
            Reserved.in(ring, SIZE).commit();
            for (int times = 0; times < 3; times++) {
                ring.close();
                Check.fails(IllegalStateException.class, "tryReserve", () -> Reserved.in(ring, SIZE));
                Check.fails(IllegalStateException.class, "read", () -> ring.read((slot, record) -> { }, 1));
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    int s = slot;
                    Check.fails(IllegalStateException.class, "read", () -> ring.read(s, (n, record) -> { }, 1));
                    Check.fails(IllegalStateException.class, "blocked", () -> ring.blocked(s));
                    Check.fails(IllegalStateException.class, "unblock", () -> ring.unblock(s, 0));
                    Check.fails(IllegalStateException.class, "unblock", () -> ring.unblock(s, -1));
                }
            }
            reserved.putLong(0, 1);
            Check.that(!reserved.commit(), "a record of a closed ring was committed");
            Check.fails(IllegalStateException.class, "committed twice", reserved::commit);
            PerCpuRingBuffer full = new PerCpuRingBuffer(64);
            while (Reserved.in(full, 8) != null) {
            }
            full.close();
            Check.fails(IllegalStateException.class, "a full ring", () -> Reserved.in(full, 8));
        }

        private static void dataStack() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment element = arena.allocate(SIZE);
                MemorySegment onHeap = MemorySegment.ofArray(new byte[SIZE]);
                for (int elements = 0; elements < 2; elements++) {
                    PerCpuDataStack stack = new PerCpuDataStack(SIZE, 4);
                    for (int i = 0; i < elements; i++) {
                        Check.that(stack.push(element), "an empty stack is full");
                    }
                    for (int times = 0; times < 3; times++) {
                        stack.close();
                        for (MemorySegment segment : new MemorySegment[] {element, onHeap}) {
                            Check.fails(IllegalStateException.class, "push", () -> stack.push(segment));
                            Check.fails(IllegalStateException.class, "pop", () -> stack.pop(segment));
                            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                                int s = slot;
                                Check.fails(IllegalStateException.class, "push", () -> stack.push(s, segment));
                                Check.fails(IllegalStateException.class, "steal", () -> stack.steal(s, segment));
                                Check.fails(IllegalStateException.class, "trySteal", () -> stack.trySteal(s, segment));
                                Check.fails(IllegalStateException.class, "size", () -> stack.size(s));
                            }
                        }
                        Check.fails(IllegalStateException.class, "size", stack::size);
                    }
                }
            }
        }

        private static final Pattern RESIDENT = Pattern.compile("^Rss: +(\\d+) kB", Pattern.MULTILINE);

        private static long resident() throws Exception {
            Matcher m = RESIDENT.matcher(Files.readString(Path.of("/proc/self/smaps_rollup")));
            Check.that(m.find(), "no Rss in /proc/self/smaps_rollup");
            return Long.parseLong(m.group(1)) << 10;
        }

        // Each has at least 64 MB; what else the process gains or gives back meanwhile is less than half of that.
        private static void freed() throws Exception {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 26);
            fill(ring);
            freed("ring", ring);
            // What was written before other memory took its place is freed, too.
            PerCpuRingBuffer unblocked = new PerCpuRingBuffer(1 << 26);
            PerCpuRingBuffer.Writer lost = Reserved.in(unblocked, 8);
            fill(unblocked);
            Check.that(unblocked.unblock(lost.slot(), unblocked.blocked(lost.slot())), "a lost record was not taken away");
            unblocked.read((slot, record) -> { }, Integer.MAX_VALUE);
            Reserved.in(unblocked, 8).commit();
            unblocked.read((slot, record) -> { }, Integer.MAX_VALUE);
            freed("ring that was unblocked", unblocked);
            PerCpuDataStack stack = new PerCpuDataStack(4096, 1 << 14);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment element = arena.allocate(4096);
                while (stack.push(element)) {
                }
            }
            freed("data stack", stack);
        }

        private static void fill(PerCpuRingBuffer ring) {
            for (PerCpuRingBuffer.Writer r = Reserved.in(ring, 1 << 16); r != null; r = Reserved.in(ring, 1 << 16)) {
                for (int at = 0; at < r.size(); at += 1024) {
                    r.putLong(at, at);
                }
                r.commit();
            }
        }

        private static void freed(String what, AutoCloseable structure) throws Exception {
            long before = resident();
            structure.close();
            long less = before - resident();
            System.out.println(what + ": " + less + " bytes less are resident");
            Check.that(less > 1 << 25, what + ": only " + less + " bytes less are resident after it was closed");
        }

        private static void awaitState(Thread thread, Thread.State state) {
            while (thread.getState() != state) {
                Check.that(thread.isAlive(), thread + " has ended, it was to be " + state);
                Thread.onSpinWait();
            }
        }

        // A reader gets no record whose writer was told that nobody gets it.
        private static void whileAnotherReads() throws Exception {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(4096);
            PerCpuRingBuffer.Writer[] records = new PerCpuRingBuffer.Writer[8];
            for (int i = 0; i < records.length; i++) {
                records[i] = Reserved.in(ring, SIZE);
                records[i].putLong(0, i);
            }
            int slot = records[0].slot();
            records[0].commit();
            boolean[] read = new boolean[records.length];
            CountDownLatch reading = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Thread reader = Thread.ofPlatform().daemon().start(() -> ring.read(slot, (s, record) -> {
                read[(int) record.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)] = true;
                reading.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }, Integer.MAX_VALUE));
            reading.await();
            Thread closer = Thread.ofPlatform().daemon().start(ring::close);
            // It waits for the reader.
            awaitState(closer, Thread.State.BLOCKED);
            boolean[] handedOver = new boolean[records.length];
            for (int i = 1; i < records.length / 2; i++) {
                handedOver[i] = records[i].commit();
            }
            goOn.countDown();
            reader.join();
            closer.join();
            for (int i = 1; i < records.length; i++) {
                if (i >= records.length / 2) {
                    handedOver[i] = records[i].commit();
                    Check.that(!handedOver[i], "record " + i + " was committed after the ring was closed");
                }
                Check.that(handedOver[i] || !read[i], "record " + i + " was read, and its writer told that it is not");
            }
            Check.that(read[0], "the first record was not read");
        }

        // Who waits for exclusive use does nothing when it comes after the closing.
        private static void whileAnotherWaits() throws Exception {
            PerCpuDataStack stack = new PerCpuDataStack(SIZE, 16);
            int slot = 0;
            try (Arena arena = Arena.ofShared()) {
                MemorySegment element = arena.allocate(SIZE).fill((byte) 1);
                Check.that(stack.push(slot, element), "an empty stack is full");
                Thread[] threads = new Thread[3];
                Throwable[] ends = new Throwable[threads.length];
                synchronized (lock(stack, slot)) {
                    Runnable[] operations = {() -> stack.steal(slot, element), () -> stack.push(slot, element),
                        stack::close};
                    for (int i = 0; i < threads.length; i++) {
                        int me = i;
                        threads[i] = Thread.ofPlatform().daemon().start(() -> {
                            try {
                                operations[me].run();
                            } catch (Throwable t) {
                                ends[me] = t;
                            }
                        });
                        awaitState(threads[i], Thread.State.BLOCKED);
                    }
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                for (int i = 0; i < threads.length - 1; i++) {
                    if (!(ends[i] instanceof IllegalStateException)) {
                        throw new AssertionError("operation " + i + " was done after the closing had begun", ends[i]);
                    }
                }
                Check.that(ends[threads.length - 1] == null, "closing has failed");
            }
        }

        private static Object lock(PerCpuDataStack stack, int slot) throws Exception {
            Field use = PerCpuDataStack.class.getDeclaredField("use");
            use.setAccessible(true);
            return ((ExclusiveUse) use.get(stack)).at(slot);
        }

        private static void races() throws Exception {
            int commits = 0;
            for (int round = 0; round < 200; round++) {
                commits += race(round % 2 == 0);
            }
            System.out.println(commits + " operations before the structures were closed");
            Check.that(commits > 0, "no operation came before a structure was closed");
        }

        // Until it is closed, which each thread must notice by the right exception, and nothing else.
        private static int race(boolean ofRing) throws Exception {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(1024);
            PerCpuDataStack stack = new PerCpuDataStack(SIZE, 16);
            int threads = 3;
            int[] commits = new int[threads];
            AtomicReferenceArray<Throwable> ends = new AtomicReferenceArray<>(threads);
            Thread[] all = new Thread[threads];
            for (int i = 0; i < threads; i++) {
                int me = i;
                all[i] = Thread.ofPlatform().daemon().start(() -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment element = arena.allocate(SIZE);
                        for (;;) {
                            if (ofRing ? write(ring, me) : pushAndTake(stack, me, element)) {
                                commits[me]++;
                            }
                        }
                    } catch (Throwable t) {
                        ends.set(me, t);
                    }
                });
            }
            for (int i = 0; i < 1000 && all[0].isAlive(); i++) {
                Thread.onSpinWait();
            }
            if (ofRing) {
                ring.close();
            } else {
                stack.close();
            }
            int sum = 0;
            for (int i = 0; i < threads; i++) {
                all[i].join();
                if (!(ends.get(i) instanceof IllegalStateException)) {
                    throw new AssertionError("thread " + i + " ended otherwise", ends.get(i));
                }
                sum += commits[i];
            }
            return sum;
        }

        private static boolean pushAndTake(PerCpuDataStack stack, int me, MemorySegment element) {
            element.fill((byte) (me + 1));
            boolean pushed = stack.push(element);
            boolean taken = me == 0 ? stack.steal(0, element) : stack.pop(element);
            if (taken) {
                byte first = element.get(ValueLayout.JAVA_BYTE, 0);
                Check.that(first != 0, "an element that was freed");
                for (int i = 1; i < SIZE; i++) {
                    Check.equal(element.get(ValueLayout.JAVA_BYTE, i), first, "byte " + i + " of an element");
                }
            }
            return pushed && taken;
        }

        private static boolean write(PerCpuRingBuffer ring, int me) {
            if (me == 0) {
                ring.read((slot, record) -> record.get(ValueLayout.JAVA_LONG_UNALIGNED, 0), 5);
                return true;
            }
            PerCpuRingBuffer.Writer record = Reserved.in(ring, SIZE);
            if (record == null) {
                return false;
            }
            record.putLong(0, me);
            record.putLong(SIZE - 8, me);
            return record.commit();
        }

        // The variables of a structure that was closed are another one's later, with sections.
        private static void usedAgain(boolean sections) throws Exception {
            int many = 2000;
            for (int i = 0; i < many; i++) {
                new PerCpuDataStack(8, 1).close();
            }
            long arenas = Statistics.arenaBytes();
            long end = System.nanoTime() + 60_000_000_000L;
            while (Statistics.arenaBytes() > arenas - many / 2 * 4096L) {
                Check.that(System.nanoTime() < end, "what was closed is not freed");
                System.gc();
                Thread.onSpinWait();
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment element = arena.allocate(8);
                long slow = Statistics.slowCommits();
                for (int i = 0; i < many; i++) {
                    PerCpuDataStack stack = new PerCpuDataStack(8, 1);
                    Check.that(stack.push(element), "a new stack is full");
                }
                slow = Statistics.slowCommits() - slow;
                System.out.println(slow + " of " + many + " pushes without a section");
                Check.that(!sections || slow < many / 10, slow + " pushes without a section");
            }
        }
    }
}
