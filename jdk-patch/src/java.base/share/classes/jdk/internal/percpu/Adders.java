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

import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

import jdk.internal.misc.Unsafe;
import jdk.internal.misc.VM;
import jdk.internal.vm.annotation.ForceInline;

/**
 * The per-CPU variables of {@code java.util.concurrent}: of {@code LongAdder}, its three
 * relatives, and the size of {@code ConcurrentHashMap}. All five keep a base, which is
 * updated by compare-and-set, and spread over cells when that fails. Where this class is
 * {@linkplain #isEnabled enabled} they <i>go over</i> to a variable instead, and count
 * there from then on:
 * {@snippet lang="text" :
 * base only ---- contended or hot, there is memory ----> base and variable, for ever
 *     |
 *     +-------- contended, not now --------------------> base only: ask again
 *     |
 *     +-------- contended, no memory ------------------> base and cells, for ever
 * }
 *
 * <p>A variable is named by a <i>handle</i>, an {@code int} that takes the place of the
 * spin lock {@code cellsBusy}, so that no object grows:
 * {@snippet lang="text" :
 * cellsBusy   0, 1     the lock: nobody has it, somebody has it
 *             < 0      sign | number of the arena << 16 | offset there: the handle
 * }
 * Who goes over takes the lock and stores the handle in its place. The lock can never be
 * taken afterwards, so there are no cells beside a variable. What tells an update or a sum to
 * look for the handle is the table of cells, which is an empty one then: where there is none,
 * updates and sums are as they were without this class. The adder owns its variable, which is freed when the
 * adder is unreachable.
 *
 * <p>What is done with the words of doubles and of accumulators is in {@link Accumulations}. Updates
 * have release mode, as those of a cell. Going over throws nothing where no memory
 * is left: the answer is 0, and the adder uses cells.
 */
public final class Adders {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final boolean ENABLED = VMServices.usesAdders();
    private static final boolean SLOW_ATOMICS = ENABLED && areAtomicsSlow();

    private static final int ARENA_SHIFT = Long.numberOfTrailingZeros(Slots.stride());
    private static final int OFFSET_MASK = (1 << ARENA_SHIFT) - 1;

    /** How many arenas a handle can tell apart. */
    static final int MAX_ARENAS = 1 << 10;

    // By number of the arena. Read with a handle in hand, which was stored after its entry.
    private static final long[] SLOT0 = Arena.ADDERS.slot0s();

    // Less one; a power of two. How many updates of a slot outweigh a sum, which reads all slots, most of them unused.
    private static final int SAMPLE_MASK = Math.max(Integer.highestOneBit(Slots.count()) / 16, 1) - 1;

    /** What {@link #tryAllocate} answers if the adder may ask again. */
    public static final int NOT_NOW = 1;

    // Nobody allocates for that long: the one who did has been stopped by an asynchronous exception.
    private static final long LONGEST_ALLOCATION = 1_000_000_000;

    private static final long SINCE = U.objectFieldOffset(Busy.class, "since");
    private static final Busy BUSY = new Busy();

    private static final class Busy {
        // When an allocation began, in System.nanoTime, or 0. No lock: the pool has one.
        private volatile long since;
    }

    private Adders() {}

    // The property is for tests, and for those who measure. A thread may be here before there are properties.
    private static boolean areAtomicsSlow() {
        String wanted = VM.initLevel() > 0 ? VM.getSavedProperty("jdk.internal.percpu.slowAtomics") : null;
        return wanted != null ? Boolean.parseBoolean(wanted) : VMServices.areAtomicsSlow();
    }

    /** {@return whether adders may go over} Never changes. */
    @ForceInline
    public static boolean isEnabled() {
        return ENABLED;
    }

    /**
     * {@return whether an adder that one thread alone updates often, which is called hot, is
     * to go over} So it is where an atomic instruction that nobody contends for costs much
     * more than a section. Never changes.
     */
    @ForceInline
    public static boolean mayGoOverHot() {
        return SLOW_ATOMICS;
    }

    /**
     * Initializes the classes that going over needs, so that it needs no initialization
     * later, which can fail. Called once, at the end of the boot. If there is too little
     * stack or memory for that, nobody goes over until a per-CPU structure is made.
     */
    public static void prepare() {
        if (ENABLED) {
            try {
                VMServices.prepare();
            } catch (StackOverflowError | OutOfMemoryError e) {
                // VMServices.isPrepared() is false.
            }
        }
    }

    // --- Going over

    /**
     * {@return a handle, which is negative, {@link #NOT_NOW}, or 0 if the adder cannot have one}
     * Never throws, and does not wait for other adders.
     *
     * @param owner the adder. A class that can be cloned gets none: a clone would have the
     *              handle and not own the variable
     */
    public static int tryAllocate(Object owner) {
        if (!ENABLED || owner instanceof Cloneable) {
            return 0;
        }
        try {
            if (!VM.isBooted() || !VMServices.hasStack()) {
                return NOT_NOW;
            }
            return VMServices.isPrepared() ? allocate(owner) : 0;
        } catch (StackOverflowError e) {
            return NOT_NOW;
        } catch (OutOfMemoryError e) {
            return 0;
        }
    }

    // Nobody waits at the pool's monitor but for the cleaner, which has it for some stores: who goes over may be an agent
    // that was called while this thread allocated, or may have what that agent waits for.
    private static int allocate(Object owner) {
        long since = BUSY.since;
        long now = System.nanoTime() | 1;
        if (since != 0 && now - since < LONGEST_ALLOCATION || !U.compareAndSetLong(BUSY, SINCE, since, now)) {
            return NOT_NOW;
        }
        try {
            Arena.Lease lease = new Arena.Lease(owner, Arena.ADDERS);
            long address = lease.tryAllocate();
            if (address == 0) {
                return 0;
            }
            VMServices.countAdders(1);
            return handle(lease.arena(), address);
        } finally {
            BUSY.since = 0;
        }
    }

    private static int handle(int arena, long address) {
        return Integer.MIN_VALUE | arena << ARENA_SHIFT | (int) (address - SLOT0[arena]);
    }

    @ForceInline
    private static long address(int handle) {
        return SLOT0[(handle >>> ARENA_SHIFT) & (MAX_ARENAS - 1)] + (handle & OFFSET_MASK);
    }

    // --- LongAdder and ConcurrentHashMap: words are summands

    /**
     * Adds to this CPU's slot, with release mode.
     *
     * @param owner  the adder
     * @param handle its handle
     * @param x      what to add; wraps
     */
    @ForceInline
    public static void add(Object owner, int handle, long x) {
        U.storeFence();
        Rseq.loadAddStore(owner, address(handle), x);
    }

    /**
     * As {@link #add(Object, int, long)}.
     *
     * @return whether to look at the sum, if the caller wants to know of each so many updates
     *         what it has come to: always in small machines, where a sum is cheap
     */
    @ForceInline
    public static boolean addAndSample(Object owner, int handle, long x) {
        U.storeFence();
        return (Rseq.getAndAdd(owner, address(handle), x) & SAMPLE_MASK) == 0;
    }

    /**
     * {@return the sum of all slots}
     *
     * @param owner  the adder
     * @param handle its handle
     */
    public static long sum(Object owner, int handle) {
        return Slots.sum(owner, address(handle));
    }

    // --- DoubleAdder: words are the bits of summands

    /**
     * Adds to this CPU's slot, with release mode.
     *
     * @param owner  the adder
     * @param handle its handle
     * @param x      what to add
     */
    @ForceInline
    public static void add(Object owner, int handle, double x) {
        U.storeFence();
        Accumulations.add(owner, address(handle), x);
    }

    /**
     * {@return a number plus those of all slots}
     *
     * @param owner  the adder
     * @param handle its handle
     * @param sum    the number
     */
    public static double sum(Object owner, int handle, double sum) {
        return Accumulations.sum(owner, address(handle), sum);
    }

    /**
     * {@return a number plus those of words that were {@linkplain #take taken}}
     *
     * @param words the words
     * @param sum   the number
     */
    public static double sum(long[] words, double sum) {
        return Accumulations.sum(words, sum);
    }

    // --- Accumulators

    /**
     * {@return whether an accumulator may go over} Not where an atomic instruction that nobody
     * contends for is about as cheap as a section: cells are faster there. And its
     * {@code identity} need not be one: a sum may begin with 100. Then a value that happens to
     * be equal to it counts, and no slot may be taken for empty because of it. The function is
     * asked.
     *
     * @param function its function
     * @param identity its identity
     */
    public static boolean isIdentity(LongBinaryOperator function, long identity) {
        try {
            return SLOW_ATOMICS && Accumulations.isIdentity(function, identity);
        } catch (Throwable e) {
            return false;
        }
    }

    /**
     * Applies a function to this CPU's slot and a value, with release mode. The function
     * is called outside of any section, more than once if need be.
     *
     * @param owner    the accumulator
     * @param handle   its handle
     * @param function its function
     * @param identity its identity
     * @param x        the value
     */
    @ForceInline
    public static void accumulate(Object owner, int handle, LongBinaryOperator function, long identity, long x) {
        Accumulations.accumulate(owner, address(handle), function, identity, x);
    }

    /**
     * {@return what a function makes of a value and those of all slots}
     *
     * @param owner    the accumulator
     * @param handle   its handle
     * @param function its function
     * @param identity its identity
     * @param result   the value
     */
    public static long get(Object owner, int handle, LongBinaryOperator function, long identity, long result) {
        return Accumulations.get(owner, address(handle), function, identity, result);
    }

    /**
     * {@return what a function makes of a value and those of words that were
     * {@linkplain #take taken}}
     *
     * @param words    the words
     * @param function the accumulator's function
     * @param identity its identity
     * @param result   the value
     */
    public static long get(long[] words, LongBinaryOperator function, long identity, long result) {
        return Accumulations.get(words, function, identity, result);
    }

    /**
     * As {@link #isIdentity(LongBinaryOperator, long)}.
     *
     * @param function the accumulator's function
     * @param identity the bits of its identity
     */
    public static boolean isIdentityDouble(DoubleBinaryOperator function, long identity) {
        try {
            return SLOW_ATOMICS && Accumulations.isIdentityDouble(function, identity);
        } catch (Throwable e) {
            return false;
        }
    }

    /**
     * As {@link #accumulate(Object, int, LongBinaryOperator, long, long)}.
     *
     * @param owner    the accumulator
     * @param handle   its handle
     * @param function its function
     * @param identity the bits of its identity
     * @param x        the value
     */
    @ForceInline
    public static void accumulateDouble(Object owner, int handle, DoubleBinaryOperator function, long identity, double x) {
        Accumulations.accumulateDouble(owner, address(handle), function, identity, x);
    }

    /**
     * As {@link #get(Object, int, LongBinaryOperator, long, long)}.
     *
     * @param owner    the accumulator
     * @param handle   its handle
     * @param function its function
     * @param identity the bits of its identity
     * @param result   the value
     */
    public static double getDouble(Object owner, int handle, DoubleBinaryOperator function, long identity, double result) {
        return Accumulations.getDouble(owner, address(handle), function, identity, result);
    }

    /**
     * {@return what a function makes of a value and those of words that were
     * {@linkplain #take taken}}
     *
     * @param words    the words
     * @param function the accumulator's function
     * @param identity the bits of its identity
     * @param result   the value
     */
    public static double getDouble(long[] words, DoubleBinaryOperator function, long identity, double result) {
        return Accumulations.getDouble(words, function, identity, result);
    }

    // --- Others' slots

    /**
     * {@return the words of all slots, which are zero then} Each update that runs beside it
     * is in the result, or in a slot afterwards. Costs one fence, and some stores in each slot.
     *
     * @param owner  the adder or accumulator
     * @param handle its handle
     * @throws StackOverflowError if there is not stack enough; nothing is done then
     * @throws OutOfMemoryError   if there is no memory for the result; nothing is done then
     */
    public static long[] take(Object owner, int handle) {
        return Accumulations.take(owner, address(handle));
    }
}
