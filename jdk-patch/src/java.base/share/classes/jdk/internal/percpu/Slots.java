/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package jdk.internal.percpu;

import java.lang.ref.Reference;

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Where per-CPU variables lie, and reads of them from any thread. A variable's
 * {@code address} is that of its copy in slot 0, and the copies are a stride apart:
 * {@snippet lang="text" :
 * address - stride     address    address + stride   ...   last slot of a CPU | nothing
 * overflow slot        slot 0     slot 1
 * }
 * The overflow slot has the last number, but lies before the others, so that an index
 * above the last slot of a CPU leads to no memory. Nothing here differs between a process
 * with rseq and one without.
 */
public final class Slots {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final int COUNT = VMServices.slots();
    private static final int STRIDE_SHIFT = VMServices.strideShift();

    private Slots() {}

    /** {@return how many slots a variable has, the overflow slot included} At least 2. */
    @ForceInline
    public static int count() {
        return COUNT;
    }

    /** {@return the number of the overflow slot, which is the last one} */
    @ForceInline
    public static int overflow() {
        return COUNT - 1;
    }

    /** {@return the distance in bytes from one slot to the next, a power of two} */
    @ForceInline
    public static long stride() {
        return 1L << STRIDE_SHIFT;
    }

    /**
     * {@return the address of a variable's copy in the given slot}
     *
     * @param address the variable
     * @param slot    the slot, not checked
     */
    @ForceInline
    public static long address(long address, int slot) {
        return slot == COUNT - 1 ? address - (1L << STRIDE_SHIFT) : ofCpu(address, slot);
    }

    /**
     * {@return the address of a variable's copy in a CPU's slot}
     *
     * @param address the variable
     * @param slot    the slot, not the overflow slot; not checked
     */
    @ForceInline
    public static long ofCpu(long address, int slot) {
        return address + ((long) slot << STRIDE_SHIFT);
    }

    /**
     * {@return the value of one slot, read with acquire mode}
     *
     * @param slot    the slot, not checked
     * @param address the variable
     */
    @ForceInline
    public static long get(int slot, long address) {
        return U.getLongAcquire(null, address(address, slot));
    }

    /**
     * {@return the value of one CPU's slot, read with acquire mode}
     *
     * @param slot    the slot, not the overflow slot; not checked
     * @param address the variable
     */
    @ForceInline
    public static long getOfCpu(int slot, long address) {
        return U.getLongAcquire(null, ofCpu(address, slot));
    }

    /**
     * {@return the sum of all slots, each read with acquire mode; no snapshot}
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     */
    @ForceInline
    public static long sum(Object owner, long address) {
        long sum = 0;
        for (int slot = 0; slot < COUNT; slot++) {
            sum += get(slot, address);
        }
        // The loop has a safepoint in it.
        Reference.reachabilityFence(owner);
        return sum;
    }
}
