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

package jdk.incubator.percpu;

import java.util.function.DoubleBinaryOperator;

import jdk.internal.percpu.Accumulations;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What a function makes of many {@code double}s, for example the largest of them. Each
 * {@linkplain #accumulate update} goes to the slot of the CPU that the thread runs on and needs no
 * atomic instruction there; {@link #get} applies the function to the slots. The
 * <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * {@snippet lang="java" :
 * static final PerCpuDoubleAccumulator LEAST = new PerCpuDoubleAccumulator(Math::min, Double.POSITIVE_INFINITY);
 * }
 *
 * <p>It has the methods of {@link java.util.concurrent.atomic.DoubleAccumulator}, after which it is
 * modelled, but is no {@code Number}. What differs, too:
 * <ul>
 * <li>The identity must be one: not a first value, such as the 100 that a sum begins with. A
 *     slot that has the identity is one where nothing was accumulated.
 * <li>An update orders nothing: it is as with
 *     {@linkplain java.lang.invoke.VarHandle#setOpaque opaque} mode.
 * <li>Its memory does not grow with contention: 8 bytes per slot outside of the heap, and about 80
 *     bytes on it, freed some time after the accumulator became unreachable.
 * </ul>
 *
 * <p>The function must be associative and commutative: nothing is promised about the order in which
 * it gets the values, nor about which it gets as its first argument. It may be called by several threads at
 * a time, and again for the same value where another thread was faster, so it should have no
 * side effects. It is called outside of critical sections and under no lock: it may take its time, throw, or
 * use this accumulator.
 *
 * <p>{@code equals} and {@code hashCode} are those of {@code Object}.
 *
 * @since 25
 */
public final class PerCpuDoubleAccumulator extends PerCpuVariable {

    private final DoubleBinaryOperator function;
    private final long identity; // bits

    /**
     * Creates an accumulator in which nothing is accumulated. This takes a lock for a short time and
     * is meant for accumulators that live for a while. The function is called once, with the
     * identity as both arguments.
     *
     * @param function what is made of two values: associative, commutative
     * @param identity a value that the function leaves any other as it is with; so
     *                 {@code function.applyAsDouble(identity, identity)} is the identity, the same
     *                 bits
     * @throws IllegalArgumentException if it is not; what the function itself throws is thrown, too
     * @throws OutOfMemoryError         if there is no memory for it, on the heap or outside
     */
    public PerCpuDoubleAccumulator(DoubleBinaryOperator function, double identity) {
        this(function, Double.doubleToRawLongBits(identity),
                Accumulations.isIdentityDouble(function, Double.doubleToRawLongBits(identity)));
    }

    private PerCpuDoubleAccumulator(DoubleBinaryOperator function, long identity, boolean isIdentity) {
        if (!isIdentity) {
            throw new IllegalArgumentException("The function makes something else of two identities: not "
                    + Double.longBitsToDouble(identity));
        }
        super(ACCUMULATION);
        this.function = function;
        this.identity = identity;
    }

    /**
     * Applies the function to the slot of the CPU that this thread runs on and the given value, and
     * keeps the result there. What the function throws is thrown, and nothing has changed then.
     *
     * <p>Memory ordering: as with opaque mode.
     *
     * @implNote Cost: the function, a load, and unless the slot keeps its value what {@link
     * PerCpu#cmpxchg} costs; again, up to eight times, if another thread was faster or this one
     * was moved. After that the overflow slot takes the value, by an atomic compare-and-set.
     *
     * @param x the value
     */
    @ForceInline
    public void accumulate(double x) {
        Accumulations.accumulateDouble(this, pinnedAddress(), function, identity, x);
    }

    /**
     * Returns what the function makes of all values, or the identity if there are none. What the
     * function throws is thrown.
     *
     * <p>This is <em>no</em> snapshot: it is exact when nothing is accumulated and nothing reset
     * meanwhile. What is accumulated meanwhile may be in it or not. Beside a reset it may have some
     * slots as they were before and others as they are after.
     *
     * <p>Memory ordering: each slot is read as with
     * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode.
     *
     * @implNote Cost: one load for each of {@link PerCpu#slots()} slots, most of them cache misses,
     * and the function for those in use.
     *
     * @return the value
     */
    public double get() {
        return Accumulations.getDouble(this, pinnedAddress(), function, identity, Double.longBitsToDouble(identity));
    }

    /**
     * Drops all values: equivalent to {@link #getThenReset()}, the result of which is dropped. What
     * is accumulated meanwhile is dropped or counts afterwards, each value as a whole.
     *
     * <p>Memory ordering and cost: as {@link #getThenReset()}. The function is not called.
     *
     * @throws OutOfMemoryError   if there is no memory; nothing was done then
     * @throws StackOverflowError if there is not stack enough; nothing was done then
     */
    public void reset() {
        Accumulations.take(this, pinnedAddress());
    }

    /**
     * Returns what the function makes of all values and drops them. What is accumulated meanwhile
     * is either in the result or remains; each value counts once, also when several threads call
     * this method. What the function throws is thrown, and the values are lost then.
     *
     * <p>Memory ordering: as {@link #get()}; nothing is ordered but the updates of each slot.
     *
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, stores to each slot, and the function;
     * no fence without rseq. Updates by others, also of up to six other accumulators and adders of
     * this package, go to the overflow slot meanwhile. Resets of all of them in the process are
     * done one after the other.
     *
     * @return the value
     * @throws OutOfMemoryError   if there is no memory; nothing was done then
     * @throws StackOverflowError if there is not stack enough; nothing was done then
     */
    public double getThenReset() {
        return Accumulations.getDouble(Accumulations.take(this, pinnedAddress()), function, identity,
                Double.longBitsToDouble(identity));
    }

    /**
     * Returns the decimal representation of {@link #get()}.
     *
     * @return the decimal representation of {@link #get()}
     */
    @Override
    public String toString() {
        return Double.toString(get());
    }
}
