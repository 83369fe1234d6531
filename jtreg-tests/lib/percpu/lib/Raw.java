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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Adders;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Statistics;
import jdk.internal.percpu.VMServices;

/** What the VM says about its critical sections. */
public final class Raw {
    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long ADDER_HANDLE = U.objectFieldOffset(LongAdder.class.getSuperclass(), "cellsBusy");
    private static final long ADDER_CELLS = U.objectFieldOffset(LongAdder.class.getSuperclass(), "cells");
    private static final long MAP_CELLS = U.objectFieldOffset(ConcurrentHashMap.class, "counterCells");
    private static final long MAP_TABLE = U.objectFieldOffset(ConcurrentHashMap.class, "table");
    private static final long MAP_HANDLE = U.objectFieldOffset(ConcurrentHashMap.class, "cellsBusy");

    private Raw() {}

    /** What is in the module, which a program of java.base's adders has not. */
    private static final class Variables {
        // Of all that has a variable.
        static final Class<?> OWNER = PerCpuLong.class.getSuperclass();
        static final long ADDRESS = U.objectFieldOffset(OWNER, "address");
    }

    /** As PerCpu says, also without the module. */
    public static boolean isSupported() {
        return Rseq.isEnabled();
    }

    public static String describe() {
        return VMServices.describe();
    }

    public static long aborts() {
        return Statistics.aborts();
    }

    public static long overflowOperations() {
        return Statistics.overflowOperations();
    }

    public static long slowCommits() {
        return Statistics.slowCommits();
    }

    public static long fences() {
        return Statistics.fences();
    }

    public static int overflowSlot() {
        return Slots.overflow();
    }

    /** Whether what counts in java.util.concurrent may count per CPU. */
    public static boolean usesAdders() {
        return Adders.isEnabled();
    }

    /** How many objects of java.util.concurrent do. */
    public static long adders() {
        return Statistics.adders();
    }

    /** Whether an adder, an accumulator or a ConcurrentHashMap does. */
    public static boolean hasVariable(Object adder) {
        return U.getIntVolatile(adder, adder instanceof Number ? ADDER_HANDLE : MAP_HANDLE) < 0;
    }

    /** Lets it go over as an update does whose compare-and-set of base fails. */
    public static void goOver(Object adder) throws ReflectiveOperationException {
        Class<?> type = adder instanceof Number ? LongAdder.class.getSuperclass() : ConcurrentHashMap.class;
        Field trusted = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
        MethodHandles.Lookup lookup = (MethodHandles.Lookup) U.getReference(U.staticFieldBase(trusted),
                U.staticFieldOffset(trusted));
        try {
            lookup.findVirtual(type, "goOver", MethodType.methodType(int.class)).invoke(adder);
        } catch (Throwable e) {
            throw new AssertionError("goOver threw", e);
        }
    }

    /** Whether its table of cells, an empty one included, tells updates and sums to look further than base. */
    public static boolean hasTable(Object adder) {
        return U.getReferenceVolatile(adder, adder instanceof Number ? ADDER_CELLS : MAP_CELLS) != null;
    }

    /** As if the thread that went over had been stopped after it stored the handle. */
    public static void dropTable(Object adder) {
        U.putReferenceVolatile(adder, adder instanceof Number ? ADDER_CELLS : MAP_CELLS, null);
    }

    /** Whether it has cells. */
    public static boolean hasCells(Object adder) {
        Object[] cells = (Object[]) U.getReferenceVolatile(adder, adder instanceof Number ? ADDER_CELLS : MAP_CELLS);
        return cells != null && cells.length > 0;
    }

    /** How long a map's table is. */
    public static long buckets(ConcurrentHashMap<?, ?> map) {
        return ((Object[]) U.getReference(map, MAP_TABLE)).length;
    }

    /** Where slot 0 of a variable is, or of a structure's. The caller keeps it. */
    public static long address(Object v) {
        return U.getLong(Variables.OWNER.cast(v), Variables.ADDRESS);
    }

    /** Whether sections are kept off a slot of a variable or structure; false where there are none. */
    public static boolean keepsOff(Object v, int slot) {
        boolean kept = ExclusiveUse.keepsOff(slot, address(v));
        Reference.reachabilityFence(v);
        return kept;
    }
}
