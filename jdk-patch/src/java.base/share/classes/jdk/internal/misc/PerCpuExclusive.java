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

import java.util.concurrent.locks.ReentrantLock;

import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * The slow path of per-CPU data: one lock for each slot, and what keeps critical
 * sections off a slot while its holder does a transaction with plain reads and
 * writes, from whatever CPU.
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
 * the holder wrote. Where it leaves for is the overflow slot, so nobody
 * waits for the holder but who wants the same slot exclusively.
 *
 * <p>The overflow slot, and every slot of a process without rseq, has no
 * sections: there the lock alone does ({@link #lock}). Atomic instructions on a
 * single word, which {@link PerCpuStripes} and the overflow path of
 * {@link PerCpu#loadAddStore} use, are not kept off. So a word is updated by
 * sections and atomics, or by sections and transactions, never by all three.
 *
 * <p>Deadlocks: a thread that holds a slot may take the lock of the one slot
 * that {@link #slowSlot} names, for as long as a transaction takes, and no other
 * lock; {@link #enter} refuses a second slot. Locks are held in Java code and
 * by virtual threads as by others, and no safepoint waits for one.
 */
public final class PerCpuExclusive {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final int SET = Integer.MIN_VALUE;

    // Zero where there are no sections.
    private static final long WORDS = PerCpu.isEnabled() ? PerCpu.exclusiveWords() : 0;

    private static final SlotLock[] LOCKS = new SlotLock[PerCpu.slots()];

    static {
        for (int slot = 0; slot < LOCKS.length; slot++) {
            LOCKS[slot] = new SlotLock();
        }
    }

    private PerCpuExclusive() {}

    /** A slot's lock, and how many transactions were done under it. */
    private static final class SlotLock extends ReentrantLock {
        private static final long serialVersionUID = 0L;
        private static final long COMMITS = U.objectFieldOffset(SlotLock.class, "commits");

        private long commits;

        // By its holder.
        void count() {
            U.putLongOpaque(this, COMMITS, commits + 1);
        }

        long commits() {
            return U.getLongOpaque(this, COMMITS);
        }
    }

    private static boolean hasSections(int slot) {
        return WORDS != 0 && slot != PerCpu.overflowSlot();
    }

    /**
     * {@return the slot on which a thread does a transaction whose sections do not
     * come to an end} Its lock is enough.
     */
    public static int slowSlot() {
        return PerCpu.isEnabled() ? PerCpu.overflowSlot() : PerCpuStripes.currentStripe();
    }

    /**
     * Locks a slot that has no sections, {@link #slowSlot}. To be held for one
     * transaction.
     *
     * @param slot the slot
     */
    @ReservedStackAccess
    public static void lock(int slot) {
        assert !hasSections(slot) : slot;
        LOCKS[slot].lock();
    }

    /**
     * Ends {@link #lock}.
     *
     * @param slot the slot
     */
    @ReservedStackAccess
    public static void unlock(int slot) {
        LOCKS[slot].count();
        LOCKS[slot].unlock();
    }

    /**
     * Takes a slot exclusively. Costs a fence, which is microseconds, and waits for
     * others that want the same.
     *
     * @param slot the slot
     * @throws IllegalStateException if this thread holds another slot
     */
    @ReservedStackAccess
    public static void enter(int slot) {
        SlotLock lock = LOCKS[slot];
        if (!lock.isHeldByCurrentThread()) {
            int held = heldSlot();
            if (held >= 0) {
                throw new IllegalStateException("This thread holds slot " + held
                        + " exclusively and wants slot " + slot + ": exclusive use does not nest");
            }
        }
        lock.lock();
        if (lock.getHoldCount() == 1 && hasSections(slot)) {
            U.putIntVolatile(null, PerCpu.addressInSlot(WORDS, slot), SET);
            PerCpu.fence();
        }
    }

    /**
     * Gives a slot back.
     *
     * @param slot what {@link #enter} took
     */
    @ReservedStackAccess
    public static void exit(int slot) {
        SlotLock lock = LOCKS[slot];
        lock.count();
        if (lock.getHoldCount() == 1 && hasSections(slot)) {
            U.putIntRelease(null, PerCpu.addressInSlot(WORDS, slot), 0);
        }
        lock.unlock();
    }

    /**
     * {@return whether this thread holds the slot}
     *
     * @param slot the slot
     */
    public static boolean isHeld(int slot) {
        return LOCKS[slot].isHeldByCurrentThread();
    }

    /** {@return the slot that this thread holds, or -1} */
    public static int heldSlot() {
        for (int slot = 0; slot < LOCKS.length; slot++) {
            if (LOCKS[slot].isHeldByCurrentThread()) {
                return slot;
            }
        }
        return -1;
    }

    /** {@return how many transactions were done in this process under a slot's lock} */
    static long commits() {
        long sum = 0;
        for (SlotLock lock : LOCKS) {
            sum += lock.commits();
        }
        return sum;
    }
}
