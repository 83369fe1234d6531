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

import java.lang.reflect.Method;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Rseq;

/** Methods that are little more than one operation each, for those who look at what C2 makes of them. */
public final class CompiledOperations {
    private static final Unsafe U = Unsafe.getUnsafe();

    private static final PerCpuLong V = new PerCpuLong();
    private static final PerCpuCounter COUNTER = new PerCpuCounter();

    static void opAddConstant(PerCpuLong v, long x) {
        PerCpu.add(v, 1);
    }

    static void opAdd(PerCpuLong v, long x) {
        PerCpu.add(v, x);
    }

    static void opAddTwice(PerCpuLong v, long x) {
        PerCpu.add(v, x);
        PerCpu.add(V, 3);
    }

    static void opAddLoop(PerCpuLong v, long x) {
        for (int i = 0; i < 20; i++) {
            PerCpu.add(v, x);
        }
    }

    static void opIncrement(PerCpuLong v, long x) {
        COUNTER.increment();
    }

    static long opGetAndAdd(PerCpuLong v, long x) {
        return PerCpu.getAndAdd(v, x);
    }

    static long opCmpxchg(PerCpuLong v, long x) {
        return PerCpu.cmpxchg(v, x, x + 1);
    }

    static boolean opCmpxchgInSlot(PerCpuLong v, long x) {
        int slot = PerCpu.currentSlot();
        return PerCpu.weakCompareAndSet(v, slot, x, x + 1);
    }

    // Zero in every slot, for the operations that take it for a head or a counter.
    private static final PerCpuLong EMPTY = new PerCpuLong();
    private static final PerCpuLong DOUBLES = new PerCpuLong();
    private static final long WORD = U.allocateMemory(64);

    static void opAddDouble(PerCpuLong v, long x) {
        Rseq.loadAddDoubleStore(DOUBLES, Raw.address(DOUBLES), x);
    }

    private static int currentSlot() {
        return Rseq.currentSlot();
    }

    static long opPopHead(PerCpuLong v, long x) {
        return Rseq.loadCbeqStoreAddLoadStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0, x);
    }

    static int opTwoCompares(PerCpuLong v, long x) {
        return Rseq.loadCbneLoadCbneStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0, WORD, x, 0);
    }

    static int opTwoStores(PerCpuLong v, long x) {
        return Rseq.loadCbneStoreStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0, WORD, x, 0);
    }

    static int opTwoStoresRelease(PerCpuLong v, long x) {
        return Rseq.loadCbneStoreStoreRelease(EMPTY, currentSlot(), Raw.address(EMPTY), 0,
                WORD, x, 0);
    }

    static int opCopy(PerCpuLong v, long x) {
        return Rseq.loadCbneMemcpyStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0,
                WORD, WORD + 32, x & 31, 0);
    }

    static int opCopyRelease(PerCpuLong v, long x) {
        return Rseq.loadCbneMemcpyStoreRelease(EMPTY, currentSlot(), Raw.address(EMPTY), 0,
                WORD, WORD + 32, x & 31, 0);
    }

    private CompiledOperations() {}

    /** One of the methods above. */
    public static Method method(String name) throws NoSuchMethodException {
        return CompiledOperations.class.getDeclaredMethod(name, PerCpuLong.class, long.class);
    }

    /** Calls it that often, each time with another number. */
    public static void call(Method method, int times) throws ReflectiveOperationException {
        for (int i = 0; i < times; i++) {
            method.invoke(null, V, (long) i);
        }
    }
}
