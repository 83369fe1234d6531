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

import jdk.internal.access.JavaLangAccess;
import jdk.internal.access.SharedSecrets;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;

/**
 * The operations of {@link Rseq} for a process that has no rseq: real
 * atomics on a stripe. A stripe is a slot, chosen by a hash of the carrier
 * thread, so that threads which run at the same time mostly touch different
 * slots; the overflow slot is never chosen. Any thread may touch any slot.
 *
 * <p>An {@code address} is again that of the variable in slot 0, and is not
 * checked. Here the caller keeps the variable's owner reachable: it reads the
 * address from the owner with at least opaque mode, which no access moves
 * across and which therefore stays on this side of the last safepoint, and has
 * a reachability fence after the operation for the interpreter's sake.
 */
public final class Stripes {

    private static final Unsafe U = Unsafe.getUnsafe();
    private static final JavaLangAccess JLA = SharedSecrets.getJavaLangAccess();

    // 2^64 / golden ratio: spreads consecutive thread ids over any number of stripes
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private Stripes() {}

    /** {@return the stripe of the carrier thread that the caller runs on} */
    @ForceInline
    public static int currentStripe() {
        long mixed = JLA.currentCarrierThread().threadId() * MIX;
        return (int) (((mixed >>> 32) * Slots.overflow()) >>> 32);
    }

    @ForceInline
    private static long here(long address) {
        return Slots.address(address, currentStripe());
    }

    /**
     * Adds atomically to this thread's stripe.
     *
     * @param address the variable
     * @param delta   what to add; wraps
     * @return the value of the stripe before the addition
     */
    @ForceInline
    public static long getAndAdd(long address, long delta) {
        return U.getAndAddLong(null, here(address), delta);
    }

    /**
     * Adds atomically to this thread's stripe, where words are the bits of doubles.
     *
     * @param address the variable
     * @param delta   what to add
     */
    @ForceInline
    public static void add(long address, double delta) {
        long here = here(address);
        long word;
        long sum;
        do {
            word = U.getLongVolatile(null, here);
            sum = Double.doubleToRawLongBits(Double.longBitsToDouble(word) + delta);
        } while (!U.weakCompareAndSetLong(null, here, word, sum));
    }

    /**
     * Replaces the value of this thread's stripe atomically if it is the
     * expected one.
     *
     * @param address the variable
     * @param expect  the value to replace
     * @param newv    the replacement
     * @return the witness: the value found
     */
    @ForceInline
    public static long compareAndExchange(long address, long expect, long newv) {
        return U.compareAndExchangeLong(null, here(address), expect, newv);
    }

    /**
     * Replaces the value of one given slot atomically if it is the expected
     * one. Also right for the overflow slot when rseq is enabled, and wrong for
     * every other slot then.
     *
     * @param slot    the slot, not checked
     * @param address the variable (its address in slot 0)
     * @param expect  the value to replace
     * @param newv    the replacement
     * @return whether {@code newv} was stored
     */
    @ForceInline
    public static boolean compareAndSet(int slot, long address, long expect, long newv) {
        return U.compareAndSetLong(null, Slots.address(address, slot), expect, newv);
    }
}
