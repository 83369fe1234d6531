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

import java.io.Serializable;

import jdk.internal.percpu.Accumulations;
import jdk.internal.vm.annotation.ForceInline;

/**
 * A sum of {@code double}s that many threads add to, initially zero. Each addition goes to the
 * slot of the CPU that the thread runs on and needs no atomic instruction there; {@link #sum()}
 * adds up the slots. The <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>It has the methods of {@link java.util.concurrent.atomic.DoubleAdder}, after which it is
 * modelled, and can stand in for one: for statistics and other sums that are written often and
 * read seldom, not for synchronization. What differs:
 * <ul>
 * <li>Its memory does not grow with contention: 8 bytes per slot outside of the heap, and about
 *     70 bytes on it, freed some time after the adder became unreachable.
 * <li>An addition orders nothing: it is as with
 *     {@linkplain java.lang.invoke.VarHandle#setOpaque opaque} mode.
 * </ul>
 *
 * <p>The order in which values are added is that of the slots, and of each slot's additions. So two
 * sums of the same values may differ in rounding.
 *
 * <p>As with {@code DoubleAdder}, {@code equals} and {@code hashCode} are those of {@code Object},
 * since adders are there to be changed.
 *
 * @since 25
 */
public final class PerCpuDoubleAdder extends PerCpuNumber {

    private static final long serialVersionUID = 2846102774153908216L;

    /**
     * Creates an adder with a sum of zero. This takes a lock for a short time and is meant for
     * adders that live for a while.
     *
     * @throws OutOfMemoryError if there is no memory for it, on the heap or outside
     */
    public PerCpuDoubleAdder() {
        super(true);
    }

    /**
     * Adds the given value, on the slot of the CPU that this thread runs on.
     *
     * <p>Memory ordering: as with opaque mode.
     *
     * @implNote Cost: with rseq, that of {@link PerCpu#add} with the addition of a {@code double};
     * without, that of an uncontended atomic compare-and-set.
     *
     * @param x the value to add
     */
    @ForceInline
    public void add(double x) {
        Accumulations.add(this, pinnedAddress(), x);
    }

    /**
     * Returns the current sum.
     *
     * <p>The sum is <em>no</em> snapshot: it is exact, but for rounding, when nothing is added and
     * nothing reset meanwhile. What is added meanwhile may be in it or not. Beside a reset it may
     * have some slots as they were before and others as they are after.
     *
     * <p>Memory ordering: each slot is read as with
     * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode.
     *
     * @implNote Cost: one load for each of {@link PerCpu#slots()} slots, most of them cache misses.
     *
     * @return the sum
     */
    public double sum() {
        return Accumulations.sum(this, pinnedAddress(), 0.0);
    }

    /**
     * Resets the sum to zero: equivalent to {@link #sumThenReset()}, the result of which is
     * dropped. What is added meanwhile is dropped or counts afterwards, each addition as a whole.
     *
     * <p>Memory ordering and cost: as {@link #sumThenReset()}.
     *
     * @throws OutOfMemoryError   if there is no memory; nothing was done then
     * @throws StackOverflowError if there is not stack enough; nothing was done then
     */
    public void reset() {
        Accumulations.take(this, pinnedAddress());
    }

    /**
     * Returns the sum and resets it to zero, which is equivalent in effect to {@link #sum()}
     * followed by {@link #reset()} if nothing is added meanwhile. What is added meanwhile is either
     * in the result or remains in the adder; each addition is counted once, also when several
     * threads call this method.
     *
     * <p>Memory ordering: as {@link #sum()}; nothing is ordered but the updates of each slot.
     *
     * @implNote Cost: a {@linkplain PerCpu#exclusive fence}, and stores to each slot; no fence
     * without rseq. Additions by others, also to up to six other adders and accumulators of this
     * package, go to the overflow slot meanwhile. Resets of all of them in the process are done
     * one after the other.
     *
     * @return the sum
     * @throws OutOfMemoryError   if there is no memory; nothing was done then
     * @throws StackOverflowError if there is not stack enough; nothing was done then
     */
    public double sumThenReset() {
        return Accumulations.sum(Accumulations.take(this, pinnedAddress()), 0.0);
    }

    /**
     * Returns the decimal representation of {@link #sum()}.
     *
     * @return the decimal representation of {@link #sum()}
     */
    @Override
    public String toString() {
        return Double.toString(sum());
    }

    /**
     * Equivalent to {@link #sum()}.
     *
     * @return the sum
     */
    @Override
    public double doubleValue() {
        return sum();
    }

    /**
     * Returns {@link #sum()} as a {@code long} after a narrowing primitive conversion.
     *
     * @return the sum, rounded towards zero
     */
    @Override
    public long longValue() {
        return (long) sum();
    }

    /**
     * Returns {@link #sum()} as an {@code int} after a narrowing primitive conversion.
     *
     * @return the sum, rounded towards zero
     */
    @Override
    public int intValue() {
        return (int) sum();
    }

    /**
     * Returns {@link #sum()} as a {@code float} after a narrowing primitive conversion.
     *
     * @return the sum, rounded
     */
    @Override
    public float floatValue() {
        return (float) sum();
    }

    /**
     * The serialized form of an adder: its sum, and nothing about slots, which differ from process
     * to process.
     *
     * @serial include
     */
    private static final class SerializationProxy implements Serializable {

        private static final long serialVersionUID = 2846102774153908216L;

        /**
         * The sum when the adder was written.
         *
         * @serial
         */
        private final double sum;

        SerializationProxy(PerCpuDoubleAdder adder) {
            sum = adder.sum();
        }

        /**
         * Makes the adder that was written.
         *
         * @return a new adder with that sum
         */
        private Object readResolve() {
            PerCpuDoubleAdder adder = new PerCpuDoubleAdder();
            adder.add(sum);
            return adder;
        }
    }

    /**
     * Writes the sum in place of this adder.
     *
     * @return what is written
     */
    private Object writeReplace() {
        return new SerializationProxy(this);
    }
}
