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
import java.lang.ref.Reference;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Stripes;
import jdk.internal.vm.annotation.ForceInline;

/**
 * A sum that many threads add to, initially zero. Each addition goes to the slot
 * of the CPU that the thread runs on and needs no atomic instruction there, so
 * it costs the same with any number of threads; {@link #sum()} adds up the
 * slots. The <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>It has the methods of {@link java.util.concurrent.atomic.LongAdder}, after
 * which it is modelled, and can stand in for one: for statistics and other sums
 * that are written often and read seldom, not for synchronization. What
 * differs:
 * <ul>
 * <li>{@link #reset} and {@link #sumThenReset} lose no addition that runs
 *     beside them.
 * <li>Its memory does not grow with contention: 8 bytes per slot outside of the
 *     heap, and about 70 bytes on it, freed some time after the counter
 *     became unreachable.
 * <li>An addition orders nothing: it is as with
 *     {@linkplain java.lang.invoke.VarHandle#setOpaque opaque} mode.
 * </ul>
 *
 * <p>As with {@code LongAdder}, {@code equals} and {@code hashCode} are those of
 * {@code Object}, since counters are there to be changed.
 *
 * @since 25
 */
public non-sealed class PerCpuCounter extends PerCpuNumber {

    private static final long serialVersionUID = 4017553198236600214L;

    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long BASELINE = U.objectFieldOffset(PerCpuCounter.class, "baseline");

    // What the slots held at the last reset. A reset must not write the slots: only
    // their CPU may, and a plain addition there would undo it.
    private transient volatile long baseline;

    /**
     * Creates a counter with a sum of zero. This takes a lock for a short time
     * and is meant for counters that live for a while.
     *
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuCounter() {
        this(0);
    }

    private PerCpuCounter(long sum) {
        super(false);
        baseline = -sum;
    }

    /**
     * Adds the given value, on the slot of the CPU that this thread runs on.
     *
     * <p>Memory ordering: as with opaque mode.
     *
     * @implNote Cost: see {@link PerCpu#add}.
     *
     * @param x the value to add
     */
    @ForceInline
    public void add(long x) {
        if (Rseq.isEnabled()) {
            Rseq.loadAddStore(this, address(), x);
        } else {
            Stripes.getAndAdd(pinnedAddress(), x);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Equivalent to {@code add(1)}.
     */
    @ForceInline
    public void increment() {
        add(1L);
    }

    /**
     * Equivalent to {@code add(-1)}.
     */
    @ForceInline
    public void decrement() {
        add(-1L);
    }

    /**
     * Returns the current sum, which wraps around as {@code long} addition does.
     *
     * <p>The sum is <em>no</em> snapshot: it is exact when nothing is added
     * meanwhile, and what is added meanwhile may be in it or not. A reset counts
     * as a whole if it takes effect before this method reads the slots; a later
     * one does not count at all, however many there are. So where all additions
     * are positive the sum is never negative.
     *
     * <p>Memory ordering: each slot is read as with
     * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode. Each slot is read
     * once, whatever others do.
     *
     * @implNote Cost: one load for each of {@link PerCpu#slots()} slots, most of them cache
     * misses.
     *
     * @return the sum
     */
    public long sum() {
        // In this order: the slots already had what the baseline was read from.
        long before = baseline;
        return slotSum() - before;
    }

    private long slotSum() {
        return Slots.sum(this, pinnedAddress());
    }

    /**
     * Resets the sum to zero: equivalent to {@link #sumThenReset()}, the
     * result of which is dropped. What is added meanwhile is dropped or counts
     * afterwards, each addition as a whole.
     *
     * <p>Memory ordering and cost: as {@link #sumThenReset()}.
     */
    public void reset() {
        sumThenReset();
    }

    /**
     * Returns the sum and subtracts it from the counter, which is
     * equivalent in effect to {@link #sum()} followed by {@link #reset()} if
     * nothing is added meanwhile. What is added meanwhile is either in the result
     * or remains in the counter; each addition is counted once, also when several
     * threads call this method. So the results of all calls plus the last sum are
     * all that was ever added.
     *
     * <p>No slot is written; the counter remembers the sum of the slots and
     * subtracts it from then on.
     *
     * <p>Memory ordering: each slot is read as with
     * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode; calls on one
     * counter are totally ordered among themselves.
     *
     * @implNote Cost: that of {@link #sum()} and an atomic compare-and-set, and again if
     * another thread's reset came in between; one of the threads always gets on.
     *
     * @return the sum
     */
    public long sumThenReset() {
        long before;
        long slots;
        do {
            before = baseline;
            slots = slotSum();
        } while (!U.compareAndSetLong(this, BASELINE, before, slots));
        return slots - before;
    }

    /**
     * Returns the decimal representation of {@link #sum()}.
     *
     * @return the decimal representation of {@link #sum()}
     */
    @Override
    public String toString() {
        return Long.toString(sum());
    }

    /**
     * Equivalent to {@link #sum()}.
     *
     * @return the sum
     */
    @Override
    public long longValue() {
        return sum();
    }

    /**
     * Returns {@link #sum()} as an {@code int} after a narrowing primitive
     * conversion.
     *
     * @return the lower 32 bits of the sum
     */
    @Override
    public int intValue() {
        return (int) sum();
    }

    /**
     * Returns {@link #sum()} as a {@code float} after a widening primitive
     * conversion.
     *
     * @return the sum, rounded
     */
    @Override
    public float floatValue() {
        return (float) sum();
    }

    /**
     * Returns {@link #sum()} as a {@code double} after a widening primitive
     * conversion.
     *
     * @return the sum, rounded
     */
    @Override
    public double doubleValue() {
        return (double) sum();
    }

    /**
     * The serialized form of a counter: its sum, and nothing about slots, which
     * differ from process to process.
     *
     * @serial include
     */
    private static final class SerializationProxy implements Serializable {

        private static final long serialVersionUID = 4017553198236600214L;

        /**
         * The sum when the counter was written.
         *
         * @serial
         */
        private final long sum;

        SerializationProxy(PerCpuCounter counter) {
            sum = counter.sum();
        }

        /**
         * Makes the counter that was written.
         *
         * @return a new counter with that sum
         */
        private Object readResolve() {
            return new PerCpuCounter(sum);
        }
    }

    /**
     * Writes the sum in place of this counter.
     *
     * @return what is written
     */
    private Object writeReplace() {
        return new SerializationProxy(this);
    }
}
