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

package jdk.internal.misc;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The slow path of per-CPU data: what keeps critical sections off a slot while
 * somebody does a transaction there with plain reads and writes, from whatever
 * CPU.
 * {@snippet lang="text" :
 * enter(slot):  lock(slot)
 *               exclusive[slot] = set       sections that start now leave for their slow path
 *               fence                       those that had started abort, or have committed
 * exit(slot):   exclusive[slot] = clear     store-release
 *               unlock(slot)
 * }
 * Every section tests its slot's word between its first instruction and its first
 * read of the slot. The fence comes after the word was set, so a section that saw
 * it clear has committed or aborts; a section that sees it clear again sees what
 * the holder wrote. Where sections leave for is the {@linkplain #slowSlot slow
 * slot}, which has none: there a second lock, held for one transaction and never
 * while others' code runs, does. So nobody waits for the holder of a slot but who
 * wants to hold the same.
 *
 * <p>Atomic instructions on a single word, which {@link PerCpuStripes} and the
 * overflow path of {@link PerCpu#loadAddStore} use, are not kept off. So a word is
 * updated by sections and atomics, or by sections and transactions, never by all
 * three.
 *
 * <p>Deadlocks: a thread holds one slot at most, and {@link #enter} refuses a
 * second. The locks of transactions come last and are never held two at a
 * time. No safepoint waits for either.
 *
 * <p>Whoever gets a lock gives it back: that there is stack enough for that is
 * asked before.
 */
public final class PerCpuExclusive {

    private static final Unsafe U = Unsafe.getUnsafe();
    // The sign bit of a slot's word; who holds the slot is the only one who writes it.
    private static final long SET = Long.MIN_VALUE;

    // The words' addresses, by slot; null where there are no sections.
    private static final long[] WORDS = words();

    // By slot: who holds it, and whose transaction is on a slot without sections.
    private static final SlotLock[] HOLDS = locks();
    private static final SlotLock[] TRANSACTIONS = locks();

    // Threads that hold a slot: while it is 0, which is nearly always, nobody needs to look whether it is he.
    private static final AtomicInteger HOLDERS = new AtomicInteger();

    private PerCpuExclusive() {}

    private static long[] words() {
        if (!PerCpu.isEnabled()) {
            return null;
        }
        long[] words = new long[PerCpu.slots()];
        for (int slot = 0; slot < words.length; slot++) {
            words[slot] = PerCpu.exclusiveWord(slot);
        }
        return words;
    }

    private static SlotLock[] locks() {
        SlotLock[] locks = new SlotLock[PerCpu.slots()];
        for (int slot = 0; slot < locks.length; slot++) {
            locks[slot] = new SlotLock();
        }
        return locks;
    }

    /** A lock, and how many transactions were done under it. */
    private static final class SlotLock extends ReentrantLock {
        private static final long serialVersionUID = 0L;
        private static final long COMMITS = U.objectFieldOffset(SlotLock.class, "commits");

        private long commits;

        void countAndUnlock() {
            U.putLongOpaque(this, COMMITS, commits + 1);
            unlock();
        }

        long commits() {
            return U.getLongOpaque(this, COMMITS);
        }
    }

    private static boolean hasSections(int slot) {
        return WORDS != null && slot != PerCpu.overflowSlot();
    }

    // --- Transactions of structures

    /**
     * {@return the slot on which a thread does a transaction whose sections do not
     * come to an end} It has no sections.
     */
    public static int slowSlot() {
        return PerCpu.isEnabled() ? PerCpu.overflowSlot() : PerCpuStripes.currentStripe();
    }

    /**
     * Locks the slow slot for one transaction, in which nobody else's code runs.
     *
     * @param slot the slow slot
     * @throws StackOverflowError if there is not stack enough; nothing is locked then
     */
    public static void lock(int slot) {
        assert !hasSections(slot) : slot;
        PerCpu.ensureStack();
        lockTransaction(slot);
    }

    private static void lockTransaction(int slot) {
        try {
            TRANSACTIONS[slot].lock();
        } catch (StackOverflowError e) {
            // A virtual thread with a great many frames cannot be unmounted. The lock is held shortly.
            while (!TRANSACTIONS[slot].tryLock()) {
                Thread.onSpinWait();
            }
        }
    }

    /**
     * Ends {@link #lock}.
     *
     * @param slot the slow slot
     */
    public static void unlock(int slot) {
        TRANSACTIONS[slot].countAndUnlock();
    }

    /**
     * Takes any slot for one transaction. Costs a fence, which is microseconds, if
     * the slot has sections, and waits for others that hold it.
     *
     * @param slot the slot
     * @throws IllegalStateException if this thread holds another slot
     * @throws StackOverflowError    if there is not stack enough; nothing is held
     *         then
     */
    public static void enter(int slot) {
        checkHolds(slot);
        PerCpu.ensureStack();
        if (hasSections(slot)) {
            HOLDS[slot].lock();
            held(slot);
        } else {
            lockTransaction(slot);
        }
    }

    /**
     * {@return whether {@link #enter} could be done without waiting, and was}
     * False if this thread holds another slot.
     *
     * @param slot the slot
     */
    public static boolean tryEnter(int slot) {
        int held = heldSlot();
        if (held >= 0 && held != slot) {
            return false;
        }
        PerCpu.ensureStack();
        if (!hasSections(slot)) {
            return TRANSACTIONS[slot].tryLock();
        }
        if (!HOLDS[slot].tryLock()) {
            return false;
        }
        held(slot);
        return true;
    }

    /**
     * Gives a slot back.
     *
     * @param slot what {@link #enter} took
     */
    public static void exit(int slot) {
        if (hasSections(slot)) {
            release(slot);
        } else {
            TRANSACTIONS[slot].countAndUnlock();
        }
    }

    // --- Actions of others

    /**
     * Runs an action while this thread holds a slot. If the slot has no sections,
     * nothing but other actions is kept off.
     *
     * @param slot   the slot
     * @param action what to run
     * @throws IllegalStateException if this thread holds a slot
     */
    public static void run(int slot, Runnable action) {
        int held = heldSlot();
        if (held >= 0) {
            throw new IllegalStateException("This thread is in an exclusive action on slot " + held
                    + " already: they do not nest");
        }
        PerCpu.ensureStack();
        HOLDS[slot].lock();
        held(slot);
        try {
            action.run();
        } finally {
            release(slot);
        }
    }

    /**
     * Checks that this thread may take a slot.
     *
     * @param slot the slot
     * @throws IllegalStateException if it holds another
     */
    public static void checkHolds(int slot) {
        int held = heldSlot();
        if (held >= 0 && held != slot) {
            throw new IllegalStateException("This thread is in an exclusive action on slot " + held
                    + " and wants slot " + slot + ": exclusive use does not nest");
        }
    }

    private static void held(int slot) {
        if (HOLDS[slot].getHoldCount() == 1) {
            HOLDERS.incrementAndGet();
            if (hasSections(slot)) {
                U.putLongVolatile(null, WORDS[slot], U.getLong(WORDS[slot]) | SET);
                PerCpu.fence();
            }
        }
    }

    private static void release(int slot) {
        if (HOLDS[slot].getHoldCount() == 1) {
            if (hasSections(slot)) {
                U.putLongRelease(null, WORDS[slot], U.getLong(WORDS[slot]) & ~SET);
            }
            HOLDERS.decrementAndGet();
        }
        HOLDS[slot].countAndUnlock();
    }

    /**
     * {@return whether this thread holds the slot}
     *
     * @param slot the slot
     */
    public static boolean isHeld(int slot) {
        return HOLDS[slot].isHeldByCurrentThread();
    }

    /** {@return the slot that this thread holds, or -1} */
    public static int heldSlot() {
        for (int slot = 0; HOLDERS.get() != 0 && slot < HOLDS.length; slot++) {
            if (HOLDS[slot].isHeldByCurrentThread()) {
                return slot;
            }
        }
        return -1;
    }

    /**
     * {@return whether sections are kept off the slot, which they look at before
     * they touch it} False where there are none.
     *
     * @param slot the slot
     */
    public static boolean keepsOff(int slot) {
        return WORDS != null && U.getLongVolatile(null, WORDS[slot]) < 0;
    }

    /** {@return how many transactions and actions were done in this process} */
    static long commits() {
        long sum = 0;
        for (int slot = 0; slot < HOLDS.length; slot++) {
            sum += HOLDS[slot].commits() + TRANSACTIONS[slot].commits();
        }
        return sum;
    }
}
