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
 * @summary what PerCpuLongArray promises, at the ends of groups and parts, too
 * @library /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Check
 * @run main/othervm LongArrays
 * @run main/othervm -XX:-UseRseq LongArrays
 * @run main/othervm -Xint LongArrays
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:+RseqForceAbort LongArrays
 * @run main/othervm -XX:RseqIndex=cpu_id LongArrays
 * @run main/othervm -Xcomp -XX:TieredStopAtLevel=1
 *      -XX:CompileCommand=compileonly,LongArrays::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* LongArrays
 * @run main/othervm -Xcomp -XX:-TieredCompilation
 *      -XX:CompileCommand=compileonly,LongArrays::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* LongArrays
 */

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import jdk.incubator.percpu.PerCpuLongArray;
import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Statistics;
import percpu.lib.Check;

public class LongArrays {
    private static final int GROUP = 7;
    private static final int PART = 1024 * GROUP;
    private static final int[] LENGTHS = {0, 1, GROUP - 1, GROUP, GROUP + 1, 64, 1000, PART - 1, PART, PART + 1, 2 * PART,
            2 * PART + GROUP + 1};

    public static void main(String[] args) {
        arguments();
        values();
        for (int length : LENGTHS) {
            each(length);
            any(length);
        }
        neighbours();
        noExclusiveWord();
    }

    private static void arguments() {
        Check.fails(NegativeArraySizeException.class, "a negative length", () -> new PerCpuLongArray(-1));
        Check.fails(NegativeArraySizeException.class, "the most negative length", () -> new PerCpuLongArray(Integer.MIN_VALUE));
        long blocks = Statistics.arenas();
        Check.fails(OutOfMemoryError.class, "the greatest length", () -> new PerCpuLongArray(Integer.MAX_VALUE));
        Check.equal(Statistics.arenas(), blocks, "blocks of memory, after more was asked for than a process has address space");
        for (int length : new int[] {0, 5, PART}) {
            PerCpuLongArray array = new PerCpuLongArray(length);
            Check.equal(array.length(), length, "length");
            for (int i : new int[] {-1, length, length + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -length - 1}) {
                Check.fails(IndexOutOfBoundsException.class, "add to " + i, () -> array.add(i, 1));
                Check.fails(IndexOutOfBoundsException.class, "increment of " + i, () -> array.increment(i));
                Check.fails(IndexOutOfBoundsException.class, "sum of " + i, () -> array.sum(i));
            }
            Check.fails(NullPointerException.class, "sums to nowhere", () -> array.sums(null));
            if (length > 0) {
                long[] shorter = new long[length - 1];
                Arrays.fill(shorter, 7);
                Check.fails(IllegalArgumentException.class, "sums with too little room", () -> array.sums(shorter));
                Check.that(Arrays.stream(shorter).allMatch(x -> x == 7), "sums that failed stored something");
            }
            checkSums(array, new long[length], "after what failed");
        }
    }

    private static void values() {
        PerCpuLongArray array = new PerCpuLongArray(3);
        long[] values = {0, 1, -1, 127, 128, -129, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE};
        long sum = 0;
        for (int round = 0; round < 1000; round++) {
            for (long value : values) {
                array.add(1, value);
                sum += value;
                Check.equal(array.sum(1), sum, "sum after adding " + value);
            }
            // A constant, which has an instruction of its own.
            array.add(1, 1);
            array.add(1, 0x123456789abcdefL);
            array.increment(1);
            sum += 2 + 0x123456789abcdefL;
        }
        checkSums(array, new long[] {0, sum, 0}, "after all values");
    }

    private static void each(int length) {
        PerCpuLongArray array = new PerCpuLongArray(length);
        long[] expected = new long[length];
        checkSums(array, expected, "when new");
        for (int i = 0; i < length; i++) {
            array.add(i, i + 1);
            expected[i] = i + 1;
            Check.equal(array.sum(i), i + 1, "element " + i + " of " + length);
        }
        checkSums(array, expected, "each was added to");
        for (int i = 0; i < length; i++) {
            Check.equal(array.sum(i), i + 1, "element " + i + " of " + length + ", at the end");
        }
    }

    private static void any(int length) {
        PerCpuLongArray array = new PerCpuLongArray(length);
        long[] expected = new long[length];
        Random random = new Random(length);
        for (int n = 0; n < 2000 && length > 0; n++) {
            int i = random.nextInt(length);
            long delta = random.nextLong();
            array.add(i, delta);
            expected[i] += delta;
        }
        checkSums(array, expected, "after additions here and there");
    }

    private static void checkSums(PerCpuLongArray array, long[] expected, String when) {
        long[] sums = new long[expected.length + 2];
        // What was there is replaced, but behind the end.
        Arrays.fill(sums, 99);
        array.sums(sums);
        for (int i = 0; i < expected.length; i++) {
            Check.equal(sums[i], expected[i], "sums: element " + i + " of " + expected.length + ", " + when);
        }
        Check.that(sums[expected.length] == 99 && sums[expected.length + 1] == 99, "sums stored behind its end, " + when);
    }

    // Seven variables in a row, as structures have them.
    private static final class Group {
        private static final Unsafe U = Unsafe.getUnsafe();

        final long address = Memory.allocateGroup(this);
        final int value;

        Group(int value) {
            this.value = value;
            for (int i = 0; i < GROUP; i++) {
                U.putLong(inOverflowSlot(i), value);
            }
        }

        long inOverflowSlot(int i) {
            return Slots.address(address + (long) i * Long.BYTES, Slots.overflow());
        }

        void check() {
            for (int i = 0; i < GROUP; i++) {
                Check.equal(U.getLong(inOverflowSlot(i)), value, "variable " + i + " of a group beside arrays");
            }
            Reference.reachabilityFence(this);
        }
    }

    // What lies beside each other is not on each other.
    private static void neighbours() {
        List<PerCpuLongArray> arrays = new ArrayList<>();
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            PerCpuLongArray array = new PerCpuLongArray(i * 37 % 1500);
            for (int e = 0; e < array.length(); e++) {
                array.add(e, i + 1L);
            }
            arrays.add(array);
            groups.add(new Group(i + 1000));
        }
        for (int i = 0; i < arrays.size(); i++) {
            long[] expected = new long[arrays.get(i).length()];
            Arrays.fill(expected, i + 1L);
            checkSums(arrays.get(i), expected, "array " + i + " of many");
        }
        groups.forEach(Group::check);
    }

    // A negative one keeps sections off.
    private static void noExclusiveWord() {
        PerCpuLongArray array = new PerCpuLongArray(PART);
        for (int i = 0; i < PART; i++) {
            array.add(i, Long.MIN_VALUE);
        }
        long before = Statistics.overflowOperations();
        for (int i = 0; i < PART; i++) {
            array.add(i, Long.MIN_VALUE);
        }
        long overflows = Statistics.overflowOperations() - before;
        checkSums(array, new long[PART], "after two halves");
        boolean all = overflows >= PART / GROUP;
        Check.that(!all || Statistics.aborts() >= overflows, overflows + " additions without a section, and no abort");
        System.out.println(overflows + " of " + PART + " additions without a section");
    }
}
