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

import java.lang.ref.Reference;
import java.util.Objects;

import jdk.internal.percpu.Slots;
import jdk.internal.vm.annotation.ForceInline;

/**
 * A {@code long} in each slot, initially zero, that the operations of
 * {@link PerCpu} update. The <a href="package-summary.html#model">model</a> says
 * what a slot is.
 *
 * <p>Its memory is 8 bytes per slot outside of the heap, plus about 60 bytes on
 * it. It is freed some time after the {@code PerCpuLong} became unreachable.
 *
 * <p>Any thread may read any slot at any time. A slot is read as with
 * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode: a read never
 * sees half a value, and updates to one slot are seen in the order in which they
 * happened. Updates of different slots may be seen in any order, unless
 * something else orders them, such as {@link Thread#join()}.
 *
 * <p>{@code equals} and {@code hashCode} are those of {@code Object}.
 *
 * @since 25
 */
public final class PerCpuLong extends PerCpuVariable {

    /**
     * Creates a variable that is zero in all slots. This takes a lock for a
     * short time and is meant for variables that live for a while.
     *
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuLong() {
        super(SINGLE);
    }

    /**
     * Returns the value of one slot.
     *
     * <p>Memory ordering: as with
     * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode.
     *
     * @implNote Cost: one load; a cache miss when another CPU wrote the slot last.
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @return the value of that slot
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    @ForceInline
    public long get(int slot) {
        Objects.checkIndex(slot, Slots.count());
        long value = Slots.get(slot, pinnedAddress());
        Reference.reachabilityFence(this);
        return value;
    }

    /**
     * Returns the sum of all slots, which wraps around as {@code long} addition
     * does.
     *
     * <p>The sum is <em>no</em> snapshot, as with
     * {@link java.util.concurrent.atomic.LongAdder#sum()}: it is exact when
     * nothing is updated meanwhile, and updates made meanwhile may be in it or
     * not.
     *
     * <p>Memory ordering: each slot is read as with
     * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode.
     *
     * @implNote Cost: one load for each of {@link PerCpu#slots()} slots, most of them cache
     * misses.
     *
     * @return the sum of all slots
     */
    public long sum() {
        return Slots.sum(this, pinnedAddress());
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
}
