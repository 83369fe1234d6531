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
 * @summary what the methods of jdk.incubator.percpu promise
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run main/othervm --enable-native-access=ALL-UNNAMED Contract
 * @run main/othervm --enable-native-access=ALL-UNNAMED -XX:-UseRseq Contract
 * @run main/othervm --enable-native-access=ALL-UNNAMED -Xint Contract
 * @run main/othervm --enable-native-access=ALL-UNNAMED -Xcomp -XX:TieredStopAtLevel=1
 *      -XX:CompileCommand=compileonly,Contract::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::* Contract
 * @run main/othervm --enable-native-access=ALL-UNNAMED -Xcomp -XX:-TieredCompilation
 *      -XX:CompileCommand=compileonly,Contract::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::* Contract
 */

import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.util.function.LongUnaryOperator;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;
import percpu.lib.Check;
import percpu.lib.Serialized;

public class Contract {
    private static final long[] VALUES = {0, 1, -1, 127, 128, -129, Integer.MAX_VALUE, Integer.MIN_VALUE,
            1L << 31, (1L << 32) + 5, Long.MAX_VALUE, Long.MIN_VALUE};

    public static void main(String[] args) throws Exception {
        // Enough rounds for compiled code to be tested as well.
        for (int i = 0; i < 30; i++) {
            nulls();
            slotsOutOfRange();
            slots();
            values();
            cmpxchg();
            cmpxchgInSlot();
            neighbours();
            counter();
        }
        serialization();
        subclass();
    }

    private static void nulls() {
        Check.fails(NullPointerException.class, "add", () -> PerCpu.add(null, 1));
        Check.fails(NullPointerException.class, "add", () -> PerCpu.add(null, 0));
        Check.fails(NullPointerException.class, "getAndAdd", () -> PerCpu.getAndAdd(null, 1));
        Check.fails(NullPointerException.class, "cmpxchg", () -> PerCpu.cmpxchg(null, 0, 1));
        Check.fails(NullPointerException.class, "weakCompareAndSet", () -> PerCpu.weakCompareAndSet(null, 0, 0, 1));
        Check.fails(NullPointerException.class, "weakCompareAndSet in the overflow slot",
                () -> PerCpu.weakCompareAndSet(null, PerCpu.slots() - 1, 0, 1));
    }

    private static void slotsOutOfRange() {
        PerCpuLong v = new PerCpuLong();
        PerCpu.add(v, 5);
        int n = PerCpu.slots();
        for (int slot : new int[] {-1, n, n + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -n, 1 << 16}) {
            Check.fails(IndexOutOfBoundsException.class, "get(" + slot + ")", () -> v.get(slot));
            Check.fails(IndexOutOfBoundsException.class, "cmpxchg in slot " + slot,
                    () -> PerCpu.weakCompareAndSet(v, slot, 0, 1));
        }
        Check.equal(v.sum(), 5, "sum after slots out of range");
    }

    private static void slots() {
        int n = PerCpu.slots();
        Check.that(n >= 2, "slots() is " + n);
        Check.equal(PerCpu.slots(), n, "slots() again");
        for (int i = 0; i < 1000; i++) {
            int slot = PerCpu.currentSlot();
            Check.that(slot >= 0 && slot < n, "currentSlot() is " + slot + " of " + n);
        }
        PerCpuLong v = new PerCpuLong();
        Check.equal(v.sum(), 0, "a new variable");
        for (int slot = 0; slot < n; slot++) {
            Check.equal(v.get(slot), 0, "slot " + slot + " of a new variable");
        }
        PerCpu.add(v, 7);
        int holding = 0;
        for (int slot = 0; slot < n; slot++) {
            Check.that(v.get(slot) == 0 || v.get(slot) == 7, "slot " + slot + " holds " + v.get(slot));
            holding += v.get(slot) == 7 ? 1 : 0;
        }
        Check.equal(holding, 1, "slots that one add changed");
        Check.that(v.toString().equals("7"), "toString() is " + v);
        Check.that(!v.equals(new PerCpuLong()) && v.equals(v), "equals is not identity");
    }

    private static void values() {
        PerCpuLong v = new PerCpuLong();
        long sum = 0;
        for (long value : VALUES) {
            PerCpu.add(v, value);
            sum += value;
            Check.equal(v.sum(), sum, "sum after adding " + value);
            // Constants, which have instructions of their own.
        }
        PerCpu.add(v, 1);
        PerCpu.add(v, -1);
        PerCpu.add(v, 128);
        PerCpu.add(v, Integer.MIN_VALUE);
        PerCpu.add(v, Integer.MAX_VALUE);
        PerCpu.add(v, 1L << 31);
        PerCpu.add(v, 0x123456789abcdefL);
        sum += 128 + Integer.MIN_VALUE + (long) Integer.MAX_VALUE + (1L << 31) + 0x123456789abcdefL;
        Check.equal(v.sum(), sum, "sum after constants");
        PerCpuLong one = new PerCpuLong();
        long expected = 0;
        for (long value : VALUES) {
            // The thread may have moved to a slot that holds something else.
            long before = one.sum();
            long witness = PerCpu.getAndAdd(one, value);
            boolean there = false;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                there |= one.get(slot) == witness + value;
            }
            Check.that(there, "getAndAdd returned " + witness + ", no slot holds " + (witness + value));
            expected += value;
            Check.equal(one.sum(), before + value, "sum after getAndAdd(" + value + ")");
        }
        Check.equal(one.sum(), expected, "sum after getAndAdd");
    }

    private static void cmpxchg() {
        for (long value : VALUES) {
            PerCpuLong v = new PerCpuLong();
            // Wrong expectation: nothing is stored.
            Check.equal(PerCpu.cmpxchg(v, 1, value), 0, "witness of a failing cmpxchg");
            Check.equal(v.sum(), 0, "sum after a failing cmpxchg");
            Check.equal(PerCpu.cmpxchg(v, 0, value), 0, "witness of cmpxchg");
            Check.equal(v.sum(), value, "sum after cmpxchg");
        }
    }

    private static void cmpxchgInSlot() {
        for (long value : VALUES) {
            PerCpuLong v = new PerCpuLong();
            int n = PerCpu.slots();
            for (int slot = 0; slot < n; slot++) {
                Check.that(!PerCpu.weakCompareAndSet(v, slot, 17, value),
                        "weakCompareAndSet in slot " + slot + " that does not hold 17");
                Check.equal(v.sum(), 0, "sum after a failing cmpxchg");
            }
            // Always to be had, by anybody.
            Check.that(PerCpu.weakCompareAndSet(v, n - 1, 0, value), "weakCompareAndSet in the overflow slot");
            Check.equal(v.get(n - 1), value, "overflow slot");
            int slot;
            boolean stored;
            long target = value ^ 0x55;
            do {
                slot = PerCpu.currentSlot();
                stored = PerCpu.weakCompareAndSet(v, slot, v.get(slot), target);
                // What one call says is what happened.
                Check.that(!stored || v.get(slot) == target, "cmpxchg in slot " + slot + " left " + v.get(slot));
            } while (!stored);
            // Another slot's value is only changed with leave of where the thread is: true means it is there.
            for (slot = 0; slot < n; slot++) {
                long old = v.get(slot);
                boolean done = PerCpu.weakCompareAndSet(v, slot, old, old + 1);
                Check.equal(v.get(slot), done ? old + 1 : old, "slot " + slot + " after cmpxchg said " + done);
            }
        }
    }

    private static void neighbours() {
        PerCpuLong[] all = new PerCpuLong[200];
        for (int i = 0; i < all.length; i++) {
            all[i] = new PerCpuLong();
        }
        for (int i = 0; i < all.length; i++) {
            PerCpu.add(all[i], i);
        }
        for (int i = 0; i < all.length; i++) {
            Check.equal(all[i].sum(), i, "variable " + i + " of many");
        }
    }

    private static void counter() {
        PerCpuCounter c = new PerCpuCounter();
        c.add(40);
        c.increment();
        c.increment();
        c.decrement();
        Check.equal(c.sum(), 41, "sum");
        Check.equal(c.longValue(), 41, "longValue");
        Check.equal(c.intValue(), 41, "intValue");
        Check.that(c.floatValue() == 41f && c.doubleValue() == 41d, "floatValue or doubleValue");
        Check.that(c.toString().equals("41"), "toString() is " + c);
        Check.equal(c.sumThenReset(), 41, "sumThenReset");
        Check.equal(c.sum(), 0, "sum after sumThenReset");
        c.add(-3);
        c.reset();
        Check.equal(c.sum(), 0, "sum after reset");
        c.add(Long.MAX_VALUE);
        c.increment();
        Check.equal(c.sum(), Long.MIN_VALUE, "sum that wrapped around");
        Check.equal(c.intValue(), 0, "intValue that is cut off");
        Check.equal(c.sumThenReset(), Long.MIN_VALUE, "sumThenReset that wrapped around");
        c.add(9);
        Check.equal(c.sumThenReset(), 9, "sumThenReset again");
        LongUnaryOperator op = x -> {
            c.add(x);
            return c.sum();
        };
        Check.equal(op.applyAsLong(4), 4, "sum after reset and add");
    }

    private static void serialization() throws Exception {
        PerCpuCounter c = new PerCpuCounter();
        c.add(1000);
        c.reset();
        c.add(-77);
        PerCpuCounter copy = (PerCpuCounter) Serialized.copy(c);
        Check.equal(copy.sum(), -77, "sum of a copy");
        copy.add(7);
        Check.equal(copy.sum(), -70, "sum of a copy after add");
        Check.equal(c.sum(), -77, "the original");
        Check.equal(copy.sumThenReset(), -70, "sumThenReset of a copy");
        Check.fails(NotSerializableException.class, "writing a PerCpuLong", () -> Serialized.written(new PerCpuLong()));
    }

    private static class Twice extends PerCpuCounter {
        private static final long serialVersionUID = 1;

        @Override
        public void add(long x) {
            super.add(2 * x);
        }
    }

    private static class Copied extends PerCpuCounter implements Cloneable {
        private static final long serialVersionUID = 1;

        Object copy() throws CloneNotSupportedException {
            return clone();
        }
    }

    private static void subclass() {
        Check.fails(CloneNotSupportedException.class, "a copy", () -> new Copied().copy());
        // Written without a proxy, which is private.
        Check.fails(InvalidObjectException.class, "reading what was written without a proxy", () -> Serialized.copy(new Twice()));
        Twice c = new Twice();
        c.add(5);
        Check.equal(c.sum(), 10, "an overridden add");
        Check.equal(c.sumThenReset(), 10, "sumThenReset of a subclass");
    }
}
