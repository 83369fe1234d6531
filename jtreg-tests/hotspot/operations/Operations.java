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
 * @summary each raw operation that names its slot, and the one on doubles: what it does and what it answers, in every tier
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver Operations
 */

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;

import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.test.lib.Platform;
import jdk.test.lib.process.OutputAnalyzer;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class Operations {
    // Compiles what is called some hundred times. What must live across a section comes in registers then.
    private static final String[] C2_ONLY = {"-Xbatch", "-XX:-TieredCompilation", "-XX:CompileThresholdScaling=0.05",
        "-XX:+PrintCompilation", "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,Operations*::beside*"};

    public static void main(String[] args) throws Exception {
        inlinedByC1();
        // With little of each CPU: no wide vectors, no atomic instructions of Armv8.1.
        String little = Platform.isX64() ? "-XX:UseAVX=0" : "-XX:-UseLSE";
        String[][] tiers = {{"-Xint"}, {"-XX:TieredStopAtLevel=1"}, {}, C2_ONLY,
                with(C2_ONLY, "-XX:+PreserveFramePointer", little), with(C2_ONLY, "-XX:+StressGCM", "-XX:+StressLCM")};
        for (String[] tier : tiers) {
            for (String index : new String[] {"mm_cid", "cpu_id"}) {
                pass(new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:RseqIndex=" + index), tier);
            }
            // Every section gives up: nothing may have happened but the tries.
            pass(new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:+RseqForceAbort"), tier, "abort");
        }
    }

    private static String[] with(String[] options, String... more) {
        return Stream.of(options, more).flatMap(Stream::of).toArray(String[]::new);
    }

    private static void pass(Vm vm, String[] tier, String... how) throws Exception {
        OutputAnalyzer output = vm.with(tier).pass(Steps.class, how).shouldContain("all steps are right");
        if (List.of(tier).containsAll(List.of(C2_ONLY))) {
            output.shouldContain("Operations$Steps::besideAdd").shouldContain("Operations$Steps::besideCopy");
        }
    }

    // Else C1 would call the natives, and its own way to the stubs would never be tested.
    private static void inlinedByC1() throws Exception {
        OutputAnalyzer output = new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:TieredStopAtLevel=1",
                "-XX:+PrintCompilation", "-XX:+PrintInlining", "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=compileonly,Operations*::*").pass(Steps.class);
        for (String name : new String[] {"loadAddDoubleStore", "loadCbneStore", "loadCbeqStoreAddLoadStore",
                "loadCbneLoadCbneStore", "loadCbneStoreStore", "loadCbneStoreStoreRelease", "loadCbneMemcpyStore",
                "loadCbneMemcpyStoreRelease", "currentSlot"}) {
            output.shouldMatch("Rseq::" + name + " \\(\\d+ bytes\\)   (intrinsic|inline.*intrinsic.*)")
                    .shouldNotMatch("Rseq::" + name + " \\(\\d+ bytes\\) .*failed to inline");
        }
    }

    public static class Steps {
        private static final Unsafe U = Unsafe.getUnsafe();
        private static final int MAX = Rseq.MAX_COPY;
        private static final int GUARD = 64;

        private static int rounds = 3000;
        private static boolean abort;

        private final PerCpuLong v = new PerCpuLong();
        private final long address = Raw.address(v);
        private final PerCpuLong doubles = new PerCpuLong();
        private final long doublesAddress = Raw.address(doubles);
        private final long words = U.allocateMemory(64);
        private final long source = U.allocateMemory(MAX + 2 * GUARD) + GUARD;
        private final long target = U.allocateMemory(MAX + 2 * GUARD) + GUARD;

        private int slot;

        public static void main(String[] args) {
            List<String> how = List.of(args);
            abort = how.contains("abort");
            // All lengths would take the interpreter a minute; and on an emulated machine all takes too long.
            boolean few = how.contains("few");
            boolean all = !few && !ManagementFactory.getRuntimeMXBean().getInputArguments().contains("-Xint");
            rounds = few ? 200 : rounds;
            Check.that(Rseq.isEnabled(), "no rseq: " + Raw.describe());
            Steps steps = new Steps();
            for (int i = 0; i < rounds; i++) {
                steps.store(i);
                steps.pop(i);
                steps.twoCompares(i);
                steps.twoStores(i);
                steps.copySome(i);
                steps.copyBesideDoubles(i);
                steps.addDoubles(i);
            }
            int begin = few ? 36 : 260;
            int end = few ? 3 : 20;
            int step = few ? 211 : 37;
            for (int length = 0; length <= MAX; length += all || length < begin || length > MAX - end ? 1 : step) {
                steps.copy(length, length & 1, length % 3);
            }
            Check.that(abort == (Raw.aborts() >= rounds), Raw.aborts() + " aborts");
            System.out.println("all steps are right");
        }

        private interface Operation {
            long on(int slot);
        }

        // Until it was done on the slot that the thread was on; without end only if the thread is moved each time.
        private long here(Operation operation, long moved) {
            for (int i = 0; i < 1000; i++) {
                slot = Rseq.currentSlot();
                if (slot != Slots.overflow()) {
                    prepare(slot);
                    long status = operation.on(slot);
                    // The overflow slot comes next if the operation gave up and not if the thread was moved.
                    if (status != moved || abort && Rseq.currentSlot() == Slots.overflow()) {
                        return status;
                    }
                }
            }
            throw new AssertionError("the thread never stays on its slot, and is never told another one");
        }

        private long value;

        // This thread has the variable alone; on another slot it has what it had there.
        private void prepare(int slot) {
            U.putLong(Slots.address(address, slot), value);
        }

        private void expect(long status, long expected, long held) {
            // A section that finds no reason to go on does not get as far as the forced abort.
            Check.equal(status, abort && expected == Rseq.COMMITTED ? Rseq.MOVED : expected, "answer");
            Check.equal(Slots.get(slot, address), abort ? value : held, "value afterwards");
        }

        // On a slot that this thread is not on: nothing happens, whatever the values are, and the answer says so.
        private void elsewhere(Operation operation, long moved) {
            for (int i = 0; Slots.overflow() > 1; i++) {
                Check.that(i < 1000, "never told that this is not the thread's slot");
                int here = Rseq.currentSlot();
                if (here == Slots.overflow()) {
                    continue;
                }
                int other = (here + 1) % Slots.overflow();
                // What ignores its slot finds here what it looks for, and is told of below.
                prepare(here);
                prepare(other);
                // If not, the thread may have come there meanwhile.
                if (operation.on(other) == moved) {
                    Check.equal(Slots.get(other, address), value, "value on another CPU's slot");
                    return;
                }
            }
        }

        private void store(int i) {
            value = i;
            expect(here(s -> Rseq.loadCbneStore(v, s, address, value, -5), Rseq.MOVED), Rseq.COMMITTED, -5);
            expect(here(s -> Rseq.loadCbneStore(v, s, address, ~value, -5), Rseq.MOVED), Rseq.NOT_EQUAL, value);
            elsewhere(s -> Rseq.loadCbneStore(v, s, address, value, -6), Rseq.MOVED);
        }

        private void pop(int i) {
            int next = 8 * (i % 3);
            U.putLong(words + next, i + 7L);
            value = words;
            long head = here(s -> Rseq.loadCbeqStoreAddLoadStore(v, s, address, 0, next), Rseq.MOVED_HEAD);
            Check.equal(head, abort ? Rseq.MOVED_HEAD : words, "head");
            Check.equal(Slots.get(slot, address), abort ? words : i + 7L, "head afterwards");
            elsewhere(s -> Rseq.loadCbeqStoreAddLoadStore(v, s, address, 0, next), Rseq.MOVED_HEAD);
            value = 0;
            head = here(s -> Rseq.loadCbeqStoreAddLoadStore(v, s, address, 0, next), Rseq.MOVED_HEAD);
            Check.equal(head, 0, "head of an empty list");
            Check.equal(Slots.get(slot, address), 0, "head of an empty list afterwards");
        }

        private void twoCompares(int i) {
            value = i;
            U.putLong(words, 3L * i);
            expect(here(s -> Rseq.loadCbneLoadCbneStore(v, s, address, value, words, 3L * i, 99), Rseq.MOVED),
                    Rseq.COMMITTED, 99);
            expect(here(s -> Rseq.loadCbneLoadCbneStore(v, s, address, value, words, 3L * i + 1, 99), Rseq.MOVED),
                    Rseq.NOT_EQUAL, value);
            expect(here(s -> Rseq.loadCbneLoadCbneStore(v, s, address, value + 1, words, 3L * i, 99), Rseq.MOVED),
                    Rseq.NOT_EQUAL, value);
            Check.equal(U.getLong(words), 3L * i, "a word that is only compared");
            elsewhere(s -> Rseq.loadCbneLoadCbneStore(v, s, address, value, words, 3L * i, 98), Rseq.MOVED);
        }

        private void twoStores(int i) {
            value = i;
            U.putLong(words, -1);
            expect(here(s -> Rseq.loadCbneStoreStore(v, s, address, value, words, i, 77), Rseq.MOVED),
                    Rseq.COMMITTED, 77);
            Check.equal(U.getLong(words), i, "the second word");
            expect(here(s -> Rseq.loadCbneStoreStore(v, s, address, value + 1, words, -2, 77), Rseq.MOVED),
                    Rseq.NOT_EQUAL, value);
            Check.equal(U.getLong(words), i, "the second word after a refusal");
            expect(here(s -> Rseq.loadCbneStoreStoreRelease(v, s, address, value, words, i + 1L, 78), Rseq.MOVED),
                    Rseq.COMMITTED, 78);
            Check.equal(U.getLong(words), i + 1L, "the second word");
            elsewhere(s -> Rseq.loadCbneStoreStore(v, s, address, value, words + 8, 5, 76), Rseq.MOVED);
            elsewhere(s -> Rseq.loadCbneStoreStoreRelease(v, s, address, value, words + 8, 5, 76), Rseq.MOVED);
        }

        // The copy uses vector registers: those that hold a caller's values are not among them.
        private void copyBesideDoubles(int i) {
            value = i;
            double sum = besideCopy(i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6, i + 7);
            Check.that(sum == 255.0 * i + 1538, "sum of what lived across a copy: " + sum);
        }

        private double besideCopy(double a, double b, double c, double d, double e, double f, double g, double h) {
            here(s -> Rseq.loadCbneMemcpyStore(v, s, address, value, target, source, MAX, 55), Rseq.MOVED);
            int here = Rseq.currentSlot();
            if (here != Slots.overflow()) {
                prepare(here);
                // Compiled into this method, where eight doubles are live.
                Rseq.loadCbneMemcpyStore(v, here, address, value, target, source, MAX, 55);
                Rseq.loadCbneMemcpyStoreRelease(v, here, address, 55, target, source, MAX, 56);
            }
            return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f + 64 * g + 128 * h;
        }

        private double added;

        // Of all slots: the operation finds its own.
        private void addDoubles(int i) {
            double sum = besideAdd(i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6, i + 7);
            Check.that(sum == 255.0 * i + 1538, "sum of what lived across an addition: " + sum);
            added += i + 0.25 - 1e6;
            double all = 0;
            for (int slot = 0; slot < Slots.count(); slot++) {
                all += Double.longBitsToDouble(Slots.get(slot, doublesAddress));
            }
            Check.that(all == added, "sum of the slots: " + all + ", added " + added);
            double overflow = Double.longBitsToDouble(Slots.get(Slots.overflow(), doublesAddress));
            Check.that(abort ? overflow == added : overflow == 0 || Raw.overflowOperations() > 0,
                    "in the overflow slot: " + overflow + ", added: " + added);
        }

        private double besideAdd(double a, double b, double c, double d, double e, double f, double g, double h) {
            Rseq.loadAddDoubleStore(doubles, doublesAddress, Double.doubleToRawLongBits(a + 0.25));
            Rseq.loadAddDoubleStore(doubles, doublesAddress, Double.doubleToRawLongBits(-1e6));
            return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f + 64 * g + 128 * h;
        }

        private void copySome(int i) {
            copy((i * 31) % 200, i & 7, i % 5);
            elsewhere(s -> Rseq.loadCbneMemcpyStore(v, s, address, value, target, source, 9, 54), Rseq.MOVED);
            elsewhere(s -> Rseq.loadCbneMemcpyStoreRelease(v, s, address, value, target, source, 9, 54),
                    Rseq.MOVED);
        }

        // From and to anywhere, all alignments, and not a byte beside.
        private void copy(int length, int sourceOffset, int targetOffset) {
            long from = source + sourceOffset;
            long to = target + targetOffset;
            U.setMemory(target - GUARD, length + 2 * GUARD, (byte) 0x55);
            for (int i = 0; i < length; i++) {
                U.putByte(from + i, (byte) (i * 7 + length));
            }
            value = length;
            if ((length & 1) == 0) {
                expect(here(s -> Rseq.loadCbneMemcpyStore(v, s, address, value, to, from, length, 55), Rseq.MOVED),
                        Rseq.COMMITTED, 55);
            } else {
                expect(here(s -> Rseq.loadCbneMemcpyStoreRelease(v, s, address, value, to, from, length, 55),
                        Rseq.MOVED), Rseq.COMMITTED, 55);
            }
            for (int i = 0; i < length; i++) {
                Check.equal(U.getByte(to + i), (byte) (i * 7 + length), "byte " + i + " of " + length);
            }
            for (int i = 1; i <= GUARD - 8; i++) {
                Check.equal(U.getByte(to - i), 0x55, "byte " + i + " before " + length + " bytes");
                Check.equal(U.getByte(to + length + i - 1), 0x55, "byte " + i + " after " + length + " bytes");
            }
            expect(here(s -> Rseq.loadCbneMemcpyStore(v, s, address, value + 1, to, words, 8, 55), Rseq.MOVED),
                    Rseq.NOT_EQUAL, value);
            Check.that(length == 0 || U.getByte(to) == (byte) length, "copied although it was refused");
        }
    }
}
