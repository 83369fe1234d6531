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
import java.util.Arrays;
import java.util.Objects;

import jdk.internal.percpu.Elements;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Stripes;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * Many sums that many threads add to, initially zero, in one object. Each addition goes to the slot
 * of the CPU that the thread runs on and needs no atomic instruction there; {@link #sum(int)} adds up
 * an element's slots. The <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>For what is counted by number: buckets of a histogram, a counter for each key of a table or
 * for each row, profiles. It replaces an array of {@link java.util.concurrent.atomic.LongAdder}s,
 * which takes an object for each element and more where it is contended, or an
 * {@link java.util.concurrent.atomic.AtomicLongArray}, whose elements CPUs take from each other.
 *
 * {@snippet lang="java" :
 * static final PerCpuLongArray BY_STATUS = new PerCpuLongArray(600);
 *
 * void done(Response response) {
 *     BY_STATUS.increment(response.status());
 * }
 * }
 *
 * <p>Its memory is 9.2 bytes for each element and slot outside of the heap, as far as its pages are used: those
 * of a slot that no thread ever adds in never become resident, unless somebody asks for sums, which
 * maps them to a page of zeros. It takes 0.6 bytes of heap for each element, and about 100 where
 * there are few. All of it is freed some time after the array became unreachable. Address space is
 * taken in large pieces, up to 4 GB for each 7168 elements.
 *
 * <p>{@code equals} and {@code hashCode} are those of {@code Object}.
 *
 * @implNote The section is librseq's {@code load_add_store}, as for {@link PerCpu#add}. Elements of one slot are close
 * together, as the Linux kernel's per-CPU allocator lays out its units.
 *
 * @since 25
 */
public final class PerCpuLongArray {

    @Stable
    private final int length;

    @Stable
    private final long[] parts;

    /**
     * Creates an array whose elements are zero in all slots. This takes a lock for a short time and is meant for
     * arrays that live for a while.
     *
     * @param length how many elements it has
     * @throws NegativeArraySizeException if that is negative
     * @throws OutOfMemoryError           if there is no memory for it, on the heap or outside, or there are more
     *         than 58 million elements: address space for those would be a quarter of what a process has
     */
    public PerCpuLongArray(int length) {
        if (length < 0) {
            throw new NegativeArraySizeException(Integer.toString(length));
        }
        VMServices.prepare();
        this.length = length;
        parts = Elements.allocate(this, length);
    }

    /**
     * Returns how many elements it has.
     *
     * @return how many elements it has
     */
    public int length() {
        return length;
    }

    /**
     * Adds to an element, on the slot of the CPU that this thread runs on. It wraps around as
     * {@code long} addition does.
     *
     * <p>Memory ordering: as with {@linkplain java.lang.invoke.VarHandle#setOpaque opaque} mode.
     *
     * @implNote This is librseq's {@code load_add_store}. Cost: that of {@link PerCpu#add}, and of finding the
     * element: a multiplication and two loads, none if the array is a constant and so is {@code i}.
     *
     * @param i     the element, from 0 to {@link #length()}{@code  - 1}
     * @param delta what to add
     * @throws IndexOutOfBoundsException if there is no such element
     */
    @ForceInline
    public void add(int i, long delta) {
        Objects.checkIndex(i, length);
        if (Rseq.isEnabled()) {
            Rseq.loadAddStore(this, Elements.address(parts, i), delta);
        } else {
            Stripes.getAndAdd(Elements.pinnedAddress(parts, i), delta);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Equivalent to {@code add(i, 1)}.
     *
     * @param i the element, from 0 to {@link #length()}{@code  - 1}
     * @throws IndexOutOfBoundsException if there is no such element
     */
    @ForceInline
    public void increment(int i) {
        add(i, 1);
    }

    /**
     * Returns the sum of an element's slots, which wraps around as {@code long} addition does.
     *
     * <p>The sum is <em>no</em> snapshot: it is exact when nothing is added to the element meanwhile, and what
     * is added meanwhile may be in it or not.
     *
     * <p>Memory ordering: each slot is read as with
     * {@linkplain java.lang.invoke.VarHandle#getOpaque opaque} mode.
     *
     * @implNote Cost: one load for each of {@link PerCpu#slots()} slots, most of them cache misses.
     *
     * @param i the element, from 0 to {@link #length()}{@code  - 1}
     * @return the sum of its slots
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public long sum(int i) {
        Objects.checkIndex(i, length);
        return Slots.sum(this, Elements.pinnedAddress(parts, i));
    }

    /**
     * Stores the {@linkplain #sum sum} of each element in an array, at the element's index. What the array has
     * behind them stays as it is. Sums of different elements are no snapshot either: of two additions by
     * one thread, the later may be in one sum and the earlier not in another.
     *
     * <p>Memory ordering: as {@link #sum}. Until this method returns, the array has parts of sums.
     *
     * @implNote Cost: it reads all that the array has outside of the heap once, slot by slot in the order of
     * addresses, which is much less than as many calls of {@code sum}.
     *
     * @param target where to store the sums
     * @throws IllegalArgumentException if it is shorter than this; nothing was stored then
     */
    public void sums(long[] target) {
        if (target.length < length) {
            throw new IllegalArgumentException("There are " + length + " sums, and room for " + target.length);
        }
        Arrays.fill(target, 0, length, 0);
        Elements.addSums(this, parts, length, target);
    }
}
