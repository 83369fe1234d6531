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
 * @summary what each structure promises: arguments, capacities, misuse, what is kept alive and what is not
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver StructureContract
 */

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuLock;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.incubator.percpu.PerCpuStack;
import jdk.internal.percpu.Statistics;
import percpu.lib.Check;
import percpu.lib.Drained;
import percpu.lib.Raw;
import percpu.lib.Reserved;
import percpu.lib.Vm;

public class StructureContract {
    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-XX:+UseG1GC", "-XX:+UseZGC", "-Xint", "-XX:+RseqForceAbort",
                "-XX:-UseRseq"}) {
            System.out.println("== " + options);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" ")).pass(FirstUse.class)
                    .shouldContain("usable after all");
            new Vm().with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" ")).pass(Promises.class)
                    .shouldContain("all promises are kept");
        }
    }

    /** The first use of the module is near the end of the stack, again and again: then it works. */
    public static class FirstUse {
        private static void deeper() {
            new PerCpuDataStack(8, 1).push(MemorySegment.ofArray(new byte[8]));
            new PerCpuStack<>(1).push("element");
            Reserved.in(new PerCpuRingBuffer(64), 1).close();
            PerCpu.exclusive(new PerCpuLong(), 0, () -> { });
            deeper();
        }

        private static void deepest() {
            deepest();
        }

        public static void main(String[] args) {
            // StackOverflowError itself is ready.
            Check.fails(StackOverflowError.class, "endless recursion", FirstUse::deepest);
            Check.fails(StackOverflowError.class, "endless recursion", FirstUse::untilTheEnd);
            Check.that(new PerCpuStack<>(1).push("element"), "a stack after all");
            Check.that(new PerCpuDataStack(8, 1).push(MemorySegment.ofArray(new byte[8])), "a data stack after all");
            System.out.println("usable after all");
        }

        private static int tries;

        // Down to where nothing fits any more, and on the way back the last frames try to use it first.
        private static void untilTheEnd() {
            try {
                untilTheEnd();
            } catch (StackOverflowError e) {
                if (tries++ > 200) {
                    throw e;
                }
                deeper();
            }
        }
    }

    public static class Promises {
        public static void main(String[] args) throws Exception {
            list();
            stack();
            many();
            actionsThatThrow();
            toAnySlot();
            dataStack();
            dataStackSegments();
            ring();
            smallestRing();
            ringMisuse();
            ringReaders();
            lock();
            poppedIsNotKept();
            structuresAreFreed();
            nearTheEndOfTheStack();
            System.out.println("all promises are kept");
        }

        private static void list() {
            PerCpuList<Integer> list = new PerCpuList<>();
            Check.fails(NullPointerException.class, "null in a list", () -> list.push(null));
            Check.that(list.pop() == null && Drained.all(list).isEmpty(), "a new list is not empty");
            Check.fails(IndexOutOfBoundsException.class, "slot", () -> Drained.of(list, PerCpu.slots()));
            Check.fails(IndexOutOfBoundsException.class, "slot", () -> Drained.of(list, -1));
            Set<Integer> left = new HashSet<>();
            for (int i = 0; i < 5000; i++) {
                list.push(i);
                left.add(i);
            }
            for (int i = 0; i < 2000; i++) {
                Integer e = list.pop();
                Check.that(e == null || left.remove(e), "popped " + e + " twice");
            }
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Integer before = null;
                for (Integer e : Drained.of(list, slot)) {
                    Check.that(before == null || e < before, e + " is below " + before);
                    Check.that(left.remove(e), "drained " + e + " twice");
                    before = e;
                }
            }
            Check.that(left.isEmpty(), left.size() + " elements are lost");
        }

        private static void stack() {
            Check.fails(IllegalArgumentException.class, "capacity 0", () -> new PerCpuStack<Object>(0));
            Check.fails(IllegalArgumentException.class, "capacity -1", () -> new PerCpuStack<Object>(-1));
            PerCpuStack<Integer> stack = new PerCpuStack<>(10);
            Check.fails(NullPointerException.class, "null on a stack", () -> stack.push(null));
            Check.equal(stack.capacity(), 10, "capacity");
            Check.that(stack.pop() == null && stack.size() == 0, "a new stack is not empty");
            for (int slot : new int[] {-1, PerCpu.slots()}) {
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.peek(slot));
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.steal(slot));
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.size(slot));
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> Drained.of(stack, slot));
            }
            int pushed = 0;
            while (stack.push(pushed)) {
                pushed++;
                Check.that(pushed <= 10 * PerCpu.slots(), "more than the capacity: " + pushed);
            }
            boolean full = false;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Check.that(stack.size(slot) <= 10, "size " + stack.size(slot));
                full |= stack.size(slot) == 10;
            }
            Check.that(full, "a push was refused and no slot is full");
            Check.equal(stack.size(), pushed, "size");
            int found = 0;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Integer top = stack.peek(slot);
                Integer stolen = stack.steal(slot);
                Check.that(top == stolen, "peek said " + top + ", steal " + stolen);
                found += stolen == null ? 0 : 1;
                Integer before = stolen;
                for (Integer e : Drained.of(stack, slot)) {
                    Check.that(e < before, e + " is below " + before);
                    before = e;
                    found++;
                }
                Check.that(stack.peek(slot) == null && stack.steal(slot) == null, "a drained slot is not empty");
            }
            Check.equal(found, pushed, "elements that came back");
        }

        private static void many() {
            PerCpuList<Integer> list = new PerCpuList<>();
            List<Integer> some = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                some.add(i);
            }
            list.pushAll(some);
            list.pushAll(List.of());
            Check.fails(NullPointerException.class, "null among many", () -> list.pushAll(Arrays.asList(1, null)));
            List<Integer> taken = new ArrayList<>();
            Check.equal(list.drainTo(taken::add, 0), 0, "elements drained, of at most 0");
            Check.equal(list.drainTo(taken::add, 7), 7, "elements drained, of at most 7");
            Check.equal(list.drainTo(taken::add, 500), 500, "elements drained, of at most 500");
            Check.equal(list.drainTo(taken::add, Integer.MAX_VALUE), 93, "the rest");
            Check.that(taken.equals(some.reversed()), "elements drained: " + taken);

            PerCpuStack<Integer> stack = new PerCpuStack<>(300);
            Check.fails(NullPointerException.class, "null among many", () -> stack.pushAll(Arrays.asList(1, null)));
            Check.equal(stack.size(), 0, "size");
            Check.equal(stack.pushAll(some.subList(0, 250)), 250, "elements pushed together");
            int more = stack.pushAll(some.subList(250, 600));
            Check.that(more >= 50 && more <= 350, more + " of 350 pushed");
            taken.clear();
            int popped;
            do {
                popped = stack.popTo(taken::add, 100);
                Check.that(popped <= 100, popped + " popped, of at most 100");
            } while (popped != 0);
            stack.drainTo(taken::add, Integer.MAX_VALUE);
            Check.that(taken.stream().sorted().toList().equals(some.subList(0, 250 + more)),
                    "elements that came back: " + taken);
        }

        // Each element is given to the action, and what it throws is thrown.
        private static void actionsThatThrow() {
            PerCpuList<Integer> list = new PerCpuList<>();
            PerCpuStack<Integer> stack = new PerCpuStack<>(100);
            List<Integer> some = List.of(1, 2, 3, 4, 5);
            list.pushAll(some);
            stack.pushAll(some);
            stack.pushAll(some);
            List<Integer> taken = new ArrayList<>();
            Consumer<Integer> action = e -> {
                taken.add(e);
                if (e % 2 == 0) {
                    throw new ArithmeticException("" + e);
                }
            };
            // This thread may have been moved after it pushed: then there is nothing to pop here.
            IntSupplier pop = () -> {
                int popped = stack.popTo(action, 5);
                return popped != 0 ? popped : stack.drainTo(action, 5);
            };
            for (IntSupplier take : List.<IntSupplier>of(() -> list.drainTo(action, 100), pop, () -> stack.drainTo(action, 100))) {
                taken.clear();
                List<String> thrown = new ArrayList<>();
                // They can be on several slots, or come one by one.
                while (taken.size() < 5) {
                    try {
                        Check.that(take.getAsInt() != 0, "elements are lost: " + taken);
                    } catch (ArithmeticException e) {
                        thrown.add(e.getMessage());
                        for (Throwable suppressed : e.getSuppressed()) {
                            thrown.add(suppressed.getMessage());
                        }
                    }
                }
                Check.that(thrown.equals(List.of("4", "2")), "the action threw for 4 and 2, the callers saw " + thrown);
                Check.that(taken.equals(some.reversed()), "elements given to the action: " + taken);
            }
            Check.that(list.pop() == null && stack.size() == 0, "something is left");
        }

        private static void toAnySlot() {
            PerCpuList<Integer> list = new PerCpuList<>();
            PerCpuStack<Integer> stack = new PerCpuStack<>(2);
            for (int slot : new int[] {-1, PerCpu.slots()}) {
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> list.push(slot, 1));
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.push(slot, 1));
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.trySteal(slot));
            }
            Check.fails(NullPointerException.class, "null", () -> list.push(0, null));
            Check.fails(NullPointerException.class, "null", () -> stack.push(0, null));
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Check.that(stack.push(slot, slot) && stack.push(slot, slot + 100), "slot " + slot + " is full");
                Check.that(!stack.push(slot, 7), "slot " + slot + " has room for more than 2");
                list.push(slot, slot);
            }
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                Check.equal(stack.trySteal(slot), slot + 100, "element of slot " + slot);
                Check.equal(stack.steal(slot), slot, "element of slot " + slot);
                Check.that(stack.trySteal(slot) == null, "slot " + slot + " is not empty");
                Check.that(Drained.of(list, slot).equals(List.of(slot)), "another element in slot " + slot);
            }
        }

        private static void dataStack() {
            Check.fails(IllegalArgumentException.class, "element size 0", () -> new PerCpuDataStack(0, 1));
            Check.fails(IllegalArgumentException.class, "element size 4097", () -> new PerCpuDataStack(4097, 1));
            Check.fails(IllegalArgumentException.class, "capacity 0", () -> new PerCpuDataStack(8, 0));
            for (int size : new int[] {1, 7, 8, 100, 4095, 4096}) {
                PerCpuDataStack stack = new PerCpuDataStack(size, 3);
                MemorySegment in = Arena.ofAuto().allocate(size);
                MemorySegment out = MemorySegment.ofArray(new byte[size]);
                Check.that(!stack.pop(out), "a new stack is not empty");
                int pushed = 0;
                in.fill((byte) pushed);
                while (stack.push(in)) {
                    in.fill((byte) ++pushed);
                }
                Check.that(pushed >= 3 && pushed <= 3 * PerCpu.slots(), pushed + " elements");
                Check.equal(stack.size(), pushed, "size");
                Set<Byte> seen = new HashSet<>();
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    while (stack.size(slot) > 0) {
                        Check.that(stack.steal(slot, out), "stealing from a slot that is not empty");
                        byte first = out.get(ValueLayout.JAVA_BYTE, 0);
                        Check.equal(MemorySegment.ofArray(new byte[size]).fill(first).mismatch(out), -1, "mismatch");
                        Check.that(seen.add(first), "element " + first + " came twice");
                    }
                }
                Check.equal(seen.size(), pushed, "elements that came back");
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    Check.that(!stack.trySteal(slot, out), "stealing from an empty slot");
                    in.fill((byte) slot);
                    for (int i = 0; i < 3; i++) {
                        Check.that(stack.push(slot, in), "a slot with " + i + " elements is full");
                    }
                    Check.that(!stack.push(slot, in), "a full slot takes one more");
                    Check.equal(stack.size(slot), 3, "size of a slot");
                    Check.that(stack.trySteal(slot, out) && in.mismatch(out) == -1, "stealing what was pushed there");
                }
                Check.equal(stack.size(), 2 * PerCpu.slots(), "size");
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.push(-1, in));
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.push(PerCpu.slots(), in));
                Check.fails(IndexOutOfBoundsException.class, "slot", () -> stack.trySteal(PerCpu.slots(), out));
            }
        }

        private static void dataStackSegments() throws Exception {
            PerCpuDataStack stack = new PerCpuDataStack(100, 1000);
            MemorySegment good = Arena.ofAuto().allocate(100);
            good.fill((byte) 9);
            Check.fails(NullPointerException.class, "null", () -> stack.push(null));
            Check.fails(NullPointerException.class, "null", () -> stack.pop(null));
            Check.fails(IllegalArgumentException.class, "too small", () -> stack.push(good.asSlice(1)));
            Check.fails(IllegalArgumentException.class, "too small", () -> stack.pop(good.asSlice(1)));
            Check.fails(IllegalArgumentException.class, "read-only", () -> stack.pop(good.asReadOnly()));
            Check.that(stack.push(good.asReadOnly()), "pushing from read-only memory");
            Arena closed = Arena.ofShared();
            MemorySegment gone = closed.allocate(100);
            closed.close();
            Check.fails(IllegalStateException.class, "closed", () -> stack.push(gone));
            Check.fails(IllegalStateException.class, "closed", () -> stack.pop(gone));
            Arena confined = Arena.ofConfined();
            MemorySegment mine = confined.allocate(100);
            Thread other = new Thread(() -> {
                Check.fails(WrongThreadException.class, "confined", () -> stack.push(mine));
                Check.fails(WrongThreadException.class, "confined", () -> stack.pop(mine));
            });
            Throwable[] failure = new Throwable[1];
            other.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
            other.start();
            other.join();
            if (failure[0] != null) {
                throw new AssertionError(failure[0]);
            }
            Check.equal(stack.size(), 1, "elements after all the failures");
            Check.that(there(stack, mine), "an element is lost");
            kinds(stack, good, mine);
            confined.close();
        }

        private static boolean there(PerCpuDataStack stack, MemorySegment out) {
            boolean popped = stack.pop(out);
            for (int slot = 0; !popped && slot < PerCpu.slots(); slot++) {
                popped = stack.steal(slot, out);
            }
            return popped;
        }

        // Memory of every kind goes in and comes out.
        private static void kinds(PerCpuDataStack stack, MemorySegment auto, MemorySegment confined)
                throws IOException {
            Path file = Files.createTempFile("percpu", ".data");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    Arena shared = Arena.ofShared()) {
                MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 100, shared);
                List<MemorySegment> all = List.of(auto, confined, mapped, shared.allocate(100),
                        MemorySegment.ofArray(new byte[100]), MemorySegment.ofArray(new long[20]).asSlice(8, 100),
                        MemorySegment.ofArray(new int[25]), Arena.global().allocate(100));
                byte value = 1;
                for (MemorySegment from : all) {
                    for (MemorySegment to : all) {
                        from.fill(++value);
                        Check.that(stack.push(from), "a push was refused");
                        from.fill((byte) 0);
                        Check.that(there(stack, to), "an element is lost");
                        Check.equal(MemorySegment.ofArray(new byte[100]).fill(value).mismatch(to), -1,
                                "mismatch, from " + from + " to " + to);
                    }
                }
            } finally {
                Files.delete(file);
            }
        }

        private static int readAll(PerCpuRingBuffer ring) {
            return ring.read((slot, record) -> { }, Integer.MAX_VALUE);
        }

        private static void ring() {
            Check.fails(IllegalArgumentException.class, "capacity 63", () -> new PerCpuRingBuffer(63));
            Check.fails(IllegalArgumentException.class, "capacity too large", () -> new PerCpuRingBuffer((1 << 30) + 1));
            Check.equal(new PerCpuRingBuffer(65).capacity(), 128, "capacity, a power of two");
            PerCpuRingBuffer ring = new PerCpuRingBuffer(4096);
            Check.equal(ring.maxRecordSize(), 4080, "largest record");
            Check.fails(IllegalArgumentException.class, "size -1", () -> Reserved.in(ring, -1));
            Check.fails(IllegalArgumentException.class, "too large", () -> Reserved.in(ring, 4081));
            Check.equal(readAll(ring), 0, "records in a new buffer");
            // The largest one goes into an empty buffer, wherever the last one ended.
            for (int size = 0; size < 300; size += 17) {
                Reserved.in(ring, size).commit();
                Check.equal(readAll(ring), 1, "records");
                PerCpuRingBuffer.Writer large = Reserved.in(ring, 4080);
                for (int i = 0; large == null && i < 1000; i++) {
                    Check.equal(readAll(ring), 0, "records");
                    large = Reserved.in(ring, 4080);
                }
                Check.that(large != null, "an empty buffer refuses its largest record after one of " + size);
                large.putByte(4079, (byte) 1);
                large.commit();
                Check.equal(readAll(ring), 1, "records");
            }
            int records = 0;
            for (PerCpuRingBuffer.Writer r = Reserved.in(ring, 56); r != null; r = Reserved.in(ring, 56)) {
                r.commit();
                records++;
            }
            Check.that(records >= 63 && records <= 64 * PerCpu.slots(), records + " records of 64 bytes in 4096");
            int some = 0;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                int read = ring.read(slot, (s, r) -> Check.equal(r.byteSize(), 56, "size"), 10);
                Check.that(read <= 10, read + " records, at most 10 were wanted");
                some += read;
            }
            Check.equal(some + readAll(ring), records, "records that were read");
        }

        // Records of all sizes begin and end at all places, some of them before the ones before were read.
        private static void smallestRing() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(1 << 6);
            Check.equal(ring.maxRecordSize(), 48, "largest record");
            int committed = 0;
            int[] read = new int[1];
            PerCpuRingBuffer.Reader reader = (slot, r) -> {
                for (int at = 0; at < r.byteSize(); at++) {
                    Check.equal(r.get(ValueLayout.JAVA_BYTE, at), -1, "byte " + at + " of " + r.byteSize());
                }
                read[0]++;
            };
            for (int i = 0; i < 20_000; i++) {
                int size = i * 7 % 49;
                PerCpuRingBuffer.Writer record = Reserved.in(ring, size);
                for (int tries = 0; record == null; tries++) {
                    Check.that(tries < 1000, "no room for " + size + " bytes in an empty ring");
                    ring.read(reader, Integer.MAX_VALUE);
                    record = Reserved.in(ring, size);
                }
                for (int at = 0; at < size; at++) {
                    record.putByte(at, (byte) -1);
                }
                record.commit();
                committed++;
                if (i % 5 == 0) {
                    Check.equal(ring.read(reader, 0), 0, "records, none was wanted");
                    ring.read(reader, 1);
                }
            }
            ring.read(reader, Integer.MAX_VALUE);
            Check.equal(read[0], committed, "records that were read");
        }

        private static void ringMisuse() throws Exception {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(4096);
            PerCpuRingBuffer.Writer record = Reserved.in(ring, 16);
            Check.equal(record.size(), 16, "size");
            Check.that(record.slot() >= 0 && record.slot() < PerCpu.slots(), "slot " + record.slot());
            for (int offset : new int[] {-1, 9, 16, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                Check.fails(IndexOutOfBoundsException.class, "offset " + offset, () -> record.putLong(offset, 1));
            }
            Check.fails(IndexOutOfBoundsException.class, "offset", () -> record.putInt(13, 1));
            Check.fails(IndexOutOfBoundsException.class, "offset", () -> record.putByte(16, (byte) 1));
            Check.fails(IndexOutOfBoundsException.class, "array", () -> record.putBytes(0, new byte[8], 1, 8));
            Check.fails(IndexOutOfBoundsException.class, "array", () -> record.putBytes(9, new byte[8], 0, 8));
            Check.fails(IndexOutOfBoundsException.class, "segment",
                    () -> record.putBytes(1, MemorySegment.ofArray(new byte[16])));
            record.putLong(3, 0x1122334455667788L);
            record.putInt(11, 77);
            record.putByte(15, (byte) 8);
            record.putBytes(0, new byte[] {1, 2, 3, 4}, 1, 3);
            Throwable[] failure = new Throwable[1];
            Thread other = new Thread(() -> {
                Check.fails(WrongThreadException.class, "put", () -> record.putLong(0, 1));
                Check.fails(WrongThreadException.class, "commit", record::commit);
                Check.fails(WrongThreadException.class, "discard", record::discard);
                Check.fails(WrongThreadException.class, "close", record::close);
            });
            other.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
            other.start();
            other.join();
            if (failure[0] != null) {
                throw new AssertionError(failure[0]);
            }
            Check.equal(readAll(ring), 0, "records before the commit");
            record.commit();
            record.close();
            Check.fails(IllegalStateException.class, "put after commit", () -> record.putLong(0, 1));
            Check.fails(IllegalStateException.class, "commit twice", record::commit);
            Check.fails(IllegalStateException.class, "discard after commit", record::discard);
            Check.equal(ring.read((slot, r) -> {
                Check.equal(slot, record.slot(), "slot");
                Check.equal(r.get(ValueLayout.JAVA_BYTE, 2), 4, "byte");
                Check.equal(r.get(ValueLayout.JAVA_LONG_UNALIGNED, 3), 0x1122334455667788L, "long");
                Check.equal(r.get(ValueLayout.JAVA_INT_UNALIGNED, 11), 77, "int");
                Check.equal(r.get(ValueLayout.JAVA_BYTE, 15), 8, "byte");
                Check.fails(IllegalArgumentException.class, "read-only", () -> r.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
                Check.fails(IndexOutOfBoundsException.class, "end", () -> r.get(ValueLayout.JAVA_BYTE, 16));
            }, 10), 1, "records");
            Reserved.in(ring, 8).discard();
            Reserved.in(ring, 0).close();
            Check.equal(readAll(ring), 0, "records that were discarded");
        }

        private static void ringReaders() {
            PerCpuRingBuffer ring = new PerCpuRingBuffer(4096);
            for (int i = 0; i < 10; i++) {
                PerCpuRingBuffer.Writer r = Reserved.in(ring, 8);
                r.putLong(0, i);
                r.commit();
            }
            Check.fails(NullPointerException.class, "no reader", () -> ring.read(null, 1));
            Check.fails(IndexOutOfBoundsException.class, "slot", () -> ring.read(-1, (s, r) -> { }, 1));
            Check.fails(IndexOutOfBoundsException.class, "slot", () -> ring.read(PerCpu.slots(), (s, r) -> { }, 1));
            // The record whose reader failed was read.
            Check.fails(ArithmeticException.class, "a reader that throws", () -> ring.read((slot, r) -> {
                throw new ArithmeticException();
            }, 5));
            Check.fails(IllegalStateException.class, "a reader that reads the same slot",
                    () -> ring.read((slot, r) -> ring.read(slot, (s, q) -> { }, 1), 1));
            List<MemorySegment> kept = new ArrayList<>();
            int rest = ring.read((slot, r) -> kept.add(r), 10);
            Check.equal(rest, 8, "records after two whose readers failed");
            Check.equal(readAll(ring), 0, "records");
            for (MemorySegment segment : kept) {
                Check.that(!segment.scope().isAlive(), "a record is alive after it was read");
                Check.fails(IllegalStateException.class, "kept", () -> segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
            }
        }

        private static void lock() throws Exception {
            PerCpuLock lock = new PerCpuLock();
            Check.fails(IndexOutOfBoundsException.class, "slot", () -> lock.unlock(-1));
            Check.fails(IndexOutOfBoundsException.class, "slot", () -> lock.unlock(PerCpu.slots()));
            Check.fails(IndexOutOfBoundsException.class, "slot", () -> lock.isHeldByCurrentThread(PerCpu.slots()));
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                int s = slot;
                Check.fails(IllegalMonitorStateException.class, "not locked", () -> lock.unlock(s));
            }
            int held = lock.lock();
            Check.that(lock.isHeldByCurrentThread(held), "the lock is not held");
            // Sooner or later this thread is on that slot again.
            boolean refused = false;
            for (int i = 0; !refused && i < 10_000_000; i++) {
                try {
                    int another = lock.tryLock();
                    if (another >= 0) {
                        lock.unlock(another);
                    }
                } catch (IllegalMonitorStateException expected) {
                    refused = true;
                }
            }
            Check.that(refused, "a thread locks again what it has");
            Throwable[] failure = new Throwable[1];
            Thread other = new Thread(() -> {
                Check.that(!lock.isHeldByCurrentThread(held), "held by another thread");
                Check.fails(IllegalMonitorStateException.class, "somebody else's", () -> lock.unlock(held));
            });
            other.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
            other.start();
            other.join();
            if (failure[0] != null) {
                throw new AssertionError(failure[0]);
            }
            lock.unlock(held);
            Check.fails(IllegalMonitorStateException.class, "unlocked twice", () -> lock.unlock(held));
        }

        // Collects until it is so, or fails after a minute.
        private static void eventually(String what, BooleanSupplier condition) {
            long end = System.nanoTime() + 60_000_000_000L;
            while (!condition.getAsBoolean()) {
                System.gc();
                Check.that(System.nanoTime() < end, what);
            }
        }

        private static void poppedIsNotKept() {
            PerCpuList<Object> list = new PerCpuList<>();
            PerCpuStack<Object> stack = new PerCpuStack<>(100);
            List<WeakReference<Object>> references = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Object inList = new Object();
                Object onStack = new Object();
                references.add(new WeakReference<>(inList));
                list.push(inList);
                if (stack.push(onStack)) {
                    references.add(new WeakReference<>(onStack));
                }
            }
            System.gc();
            references.forEach(r -> Check.that(r.get() != null, "an element in a structure was collected"));
            for (int i = 0; i < 50; i++) {
                list.pop();
                stack.pop();
                stack.steal(i % PerCpu.slots());
            }
            Drained.all(list);
            Drained.all(stack);
            eventually("a popped element is kept alive",
                    () -> references.stream().allMatch(r -> r.get() == null));
            Reference.reachabilityFence(list);
            Reference.reachabilityFence(stack);
        }

        private static void structuresAreFreed() {
            eventually("memory of structures before", () -> true);
            long before = Statistics.arenaBytes();
            for (int i = 0; i < 20; i++) {
                new PerCpuList<>().push("element");
                new PerCpuStack<>(10_000).push("element");
                new PerCpuDataStack(4096, 100).push(Arena.global().allocate(4096));
                Reserved.in(new PerCpuRingBuffer(1 << 16), 10).commit();
                new PerCpuLock().lock();
            }
            Check.that(Statistics.arenaBytes() > before, "structures take no memory");
            eventually("the memory of structures that are unreachable is not freed: "
                    + Statistics.arenaBytes() + " bytes, " + before + " before",
                    () -> Statistics.arenaBytes() <= before);
        }

        private static final PerCpuList<Object> KEPT = new PerCpuList<>();
        private static final PerCpuStack<Object> KEPT_STACK = new PerCpuStack<>(1000);
        private static final PerCpuLong KEPT_VARIABLE = new PerCpuLong();

        private static int depth;

        private static void deeper(int kind, int slot) {
            depth++;
            switch (kind) {
                case 0 -> KEPT.push("element");
                case 1 -> KEPT.pop();
                case 2 -> KEPT_STACK.push("element");
                case 3 -> KEPT_STACK.pop();
                case 4 -> KEPT_STACK.steal(slot);
                default -> Drained.of(KEPT, slot);
            }
            deeper(kind, slot);
        }

        // Whatever was cut short: all goes on afterwards.
        private static void nearTheEndOfTheStack() throws Exception {
            for (int i = 0; i < 60; i++) {
                int kind = i % 6;
                int slot = i % PerCpu.slots();
                depth = 0;
                Check.fails(StackOverflowError.class, "endless recursion", () -> deeper(kind, slot));
            }
            Thread other = new Thread(() -> {
                for (int i = 0; i < 1000; i++) {
                    KEPT.push("element");
                    KEPT.pop();
                    KEPT_STACK.push("element");
                    KEPT_STACK.pop();
                    PerCpu.exclusive(KEPT_VARIABLE, i % PerCpu.slots(), () -> { });
                }
                Drained.all(KEPT);
                Drained.all(KEPT_STACK);
            });
            other.start();
            other.join(60_000);
            Check.that(!other.isAlive(), "a lock was not given back");
        }
    }
}
