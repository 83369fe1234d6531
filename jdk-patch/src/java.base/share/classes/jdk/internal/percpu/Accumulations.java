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
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Variables that hold what a function makes of many values, in each slot of those that were
 * accumulated there: the accumulators of {@code java.util.concurrent}, by way of
 * {@link Adders}, and those of {@code jdk.incubator.percpu}. And sums of doubles, which have
 * an operation of their own.
 * {@snippet lang="text" :
 * a sum of doubles    word = bits of the slot's sum
 * accumulator         word = bits of the slot's value XOR those of the identity
 * }
 * So zero, which new memory is, means that nothing was accumulated there. As with a new cell of
 * {@code java.util.concurrent}, the function is not asked about the first value of a slot.
 *
 * <p>A variable is named by its address, as for {@link Rseq}, and its owner is kept reachable as
 * {@link Stripes} says, also where there is rseq: words are read outside of sections.
 */
public final class Accumulations {

    private static final Unsafe U = Unsafe.getUnsafe();

    // Then the overflow slot takes the update. Sections seldom fail twice.
    private static final int TRIES = 8;

    // Held while sections are kept off, because seven variables share a word; and of which variable, or 0.
    private static final Object TAKING = new Object();
    private static long taken;

    private Accumulations() {}

    @ForceInline
    private static int currentSlot() {
        return Rseq.isEnabled() ? Rseq.currentSlot() : Stripes.currentStripe();
    }

    @ForceInline
    private static long compareAndExchange(Object owner, long address, long expect, long newv) {
        if (Rseq.isEnabled()) {
            return Rseq.compareAndExchange(owner, address, expect, newv);
        }
        long witness = Stripes.compareAndExchange(address, expect, newv);
        Reference.reachabilityFence(owner);
        return witness;
    }

    // --- Sums of doubles

    /**
     * Adds to this CPU's slot.
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     * @param x       what to add
     */
    @ForceInline
    public static void add(Object owner, long address, double x) {
        if (Rseq.isEnabled()) {
            Rseq.loadAddDoubleStore(owner, address, Double.doubleToRawLongBits(x));
        } else {
            Stripes.add(address, x);
            Reference.reachabilityFence(owner);
        }
    }

    /**
     * {@return a number plus those of all slots, each read with acquire mode}
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     * @param sum     the number
     */
    public static double sum(Object owner, long address, double sum) {
        for (int slot = 0; slot < Slots.count(); slot++) {
            sum += Double.longBitsToDouble(Slots.get(slot, address));
        }
        Reference.reachabilityFence(owner);
        return sum;
    }

    /**
     * {@return a number plus those of words that were {@linkplain #take taken}}
     *
     * @param words the words
     * @param sum   the number
     */
    public static double sum(long[] words, double sum) {
        for (long word : words) {
            sum += Double.longBitsToDouble(word);
        }
        return sum;
    }

    // --- Accumulators of longs

    /**
     * {@return whether a function says that the identity is one} A first value that is none may
     * be the same as one that was accumulated and counts, and no slot can be taken for empty
     * because it has it.
     *
     * @param function the function; what it throws is thrown
     * @param identity the identity
     */
    public static boolean isIdentity(LongBinaryOperator function, long identity) {
        return function.applyAsLong(identity, identity) == identity;
    }

    /**
     * Applies a function to this CPU's slot and a value, with release mode. The function
     * is called outside of any section, more than once if need be.
     *
     * @param owner    keeps the variable alive
     * @param address  the variable
     * @param function the function
     * @param identity its identity
     * @param x        the value
     */
    @ForceInline
    public static void accumulate(Object owner, long address, LongBinaryOperator function, long identity, long x) {
        // Of any slot: the section compares it with that of the CPU it runs on.
        long word = Slots.get(currentSlot(), address);
        long result = apply(function, identity, word, x);
        if (result == word) {
            Reference.reachabilityFence(owner);
            return;
        }
        U.storeFence();
        long witness = compareAndExchange(owner, address, word, result);
        if (witness != word) {
            accumulateAgain(owner, address, function, identity, x, witness);
        }
    }

    private static void accumulateAgain(Object owner, long address, LongBinaryOperator function, long identity, long x,
                                        long word) {
        for (int tries = 1; tries < TRIES; tries++) {
            long result = apply(function, identity, word, x);
            if (result == word) {
                return;
            }
            U.storeFence();
            long witness = compareAndExchange(owner, address, word, result);
            if (witness == word) {
                return;
            }
            word = witness;
        }
        long overflow = Slots.address(address, Slots.overflow());
        long result;
        do {
            word = U.getLongVolatile(null, overflow);
            result = apply(function, identity, word, x);
        } while (result != word && !U.compareAndSetLong(null, overflow, word, result));
        Reference.reachabilityFence(owner);
    }

    @ForceInline
    private static long apply(LongBinaryOperator function, long identity, long word, long x) {
        return (word == 0 ? x : function.applyAsLong(word ^ identity, x)) ^ identity;
    }

    /**
     * {@return what a function makes of a value and those of all slots, each read with acquire
     * mode}
     *
     * @param owner    keeps the variable alive
     * @param address  the variable
     * @param function the function
     * @param identity its identity
     * @param result   the value
     */
    public static long get(Object owner, long address, LongBinaryOperator function, long identity, long result) {
        for (int slot = 0; slot < Slots.count(); slot++) {
            long word = Slots.get(slot, address);
            if (word != 0) {
                result = function.applyAsLong(result, word ^ identity);
            }
        }
        Reference.reachabilityFence(owner);
        return result;
    }

    /**
     * {@return what a function makes of a value and those of words that were
     * {@linkplain #take taken}}
     *
     * @param words    the words
     * @param function the function
     * @param identity its identity
     * @param result   the value
     */
    public static long get(long[] words, LongBinaryOperator function, long identity, long result) {
        for (long word : words) {
            if (word != 0) {
                result = function.applyAsLong(result, word ^ identity);
            }
        }
        return result;
    }

    // --- Accumulators of doubles

    /**
     * As {@link #isIdentity(LongBinaryOperator, long)}, where values are equal that have the
     * same bits.
     *
     * @param function the function; what it throws is thrown
     * @param identity the bits of the identity
     */
    public static boolean isIdentityDouble(DoubleBinaryOperator function, long identity) {
        double value = Double.longBitsToDouble(identity);
        return Double.doubleToRawLongBits(function.applyAsDouble(value, value)) == identity;
    }

    /**
     * As {@link #accumulate(Object, long, LongBinaryOperator, long, long)}.
     *
     * @param owner    keeps the variable alive
     * @param address  the variable
     * @param function the function
     * @param identity the bits of its identity
     * @param x        the value
     */
    @ForceInline
    public static void accumulateDouble(Object owner, long address, DoubleBinaryOperator function, long identity, double x) {
        // Of any slot: the section compares it with that of the CPU it runs on.
        long word = Slots.get(currentSlot(), address);
        long result = applyDouble(function, identity, word, x);
        if (result == word) {
            Reference.reachabilityFence(owner);
            return;
        }
        U.storeFence();
        long witness = compareAndExchange(owner, address, word, result);
        if (witness != word) {
            accumulateDoubleAgain(owner, address, function, identity, x, witness);
        }
    }

    private static void accumulateDoubleAgain(Object owner, long address, DoubleBinaryOperator function, long identity, double x,
                                              long word) {
        for (int tries = 1; tries < TRIES; tries++) {
            long result = applyDouble(function, identity, word, x);
            if (result == word) {
                return;
            }
            U.storeFence();
            long witness = compareAndExchange(owner, address, word, result);
            if (witness == word) {
                return;
            }
            word = witness;
        }
        long overflow = Slots.address(address, Slots.overflow());
        long result;
        do {
            word = U.getLongVolatile(null, overflow);
            result = applyDouble(function, identity, word, x);
        } while (result != word && !U.compareAndSetLong(null, overflow, word, result));
        Reference.reachabilityFence(owner);
    }

    @ForceInline
    private static long applyDouble(DoubleBinaryOperator function, long identity, long word, double x) {
        double result = word == 0 ? x : function.applyAsDouble(Double.longBitsToDouble(word ^ identity), x);
        return Double.doubleToRawLongBits(result) ^ identity;
    }

    /**
     * As {@link #get(Object, long, LongBinaryOperator, long, long)}.
     *
     * @param owner    keeps the variable alive
     * @param address  the variable
     * @param function the function
     * @param identity the bits of its identity
     * @param result   the value
     */
    public static double getDouble(Object owner, long address, DoubleBinaryOperator function, long identity, double result) {
        for (int slot = 0; slot < Slots.count(); slot++) {
            long word = Slots.get(slot, address);
            if (word != 0) {
                result = function.applyAsDouble(result, Double.longBitsToDouble(word ^ identity));
            }
        }
        Reference.reachabilityFence(owner);
        return result;
    }

    /**
     * {@return what a function makes of a value and those of words that were
     * {@linkplain #take taken}}
     *
     * @param words    the words
     * @param function the function
     * @param identity the bits of its identity
     * @param result   the value
     */
    public static double getDouble(long[] words, DoubleBinaryOperator function, long identity, double result) {
        for (long word : words) {
            if (word != 0) {
                result = function.applyAsDouble(result, Double.longBitsToDouble(word ^ identity));
            }
        }
        return result;
    }

    // --- Others' slots

    /**
     * {@return the words of all slots, which are zero then} Each update that runs beside it
     * is in the result, or in a slot afterwards. Costs one fence, and some stores in each slot;
     * no fence where updates are atomic instructions.
     *
     * @param owner   keeps the variable alive
     * @param address the variable, of a group whose exclusive word nobody else sets
     * @throws StackOverflowError if there is not stack enough; nothing is done then
     * @throws OutOfMemoryError   if there is no memory for the result; nothing is done then
     */
    public static long[] take(Object owner, long address) {
        VMServices.ensureStack();
        long[] words = new long[Slots.count()];
        if (Rseq.isEnabled()) {
            takeFromCpus(address, words);
            words[Slots.overflow()] = exchange(address, Slots.overflow());
        } else {
            for (int slot = 0; slot < words.length; slot++) {
                words[slot] = exchange(address, slot);
            }
        }
        Reference.reachabilityFence(owner);
        return words;
    }

    private static void takeFromCpus(long address, long[] words) {
        synchronized (TAKING) {
            // Not 0 if a debugger or an agent called this while this thread was in here.
            long outer = taken;
            try {
                taken = address;
                ExclusiveUse.keepAllOff(address);
                for (int slot = 0; slot < Slots.overflow(); slot++) {
                    long copy = Slots.ofCpu(address, slot);
                    long word = U.getLong(copy);
                    if (word != 0) {
                        U.putLong(copy, 0);
                        words[slot] = word;
                    }
                }
            } finally {
                if (outer == 0 || Arena.exclusiveWord(outer) != Arena.exclusiveWord(address)) {
                    ExclusiveUse.letAllIn(address);
                }
                taken = outer;
            }
        }
    }

    // Where updates are atomic instructions.
    private static long exchange(long address, int slot) {
        return Slots.get(slot, address) == 0 ? 0 : U.getAndSetLong(null, Slots.address(address, slot), 0);
    }
}
