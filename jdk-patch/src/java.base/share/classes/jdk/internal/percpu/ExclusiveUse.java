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

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.Stable;

/**
 * The slow path of per-CPU data: what keeps critical sections off a slot while
 * somebody does a transaction there with plain reads and writes, from whatever
 * CPU. There is an object of this class for each slot, whose monitor is held for
 * the whole transaction:
 * {@snippet lang="text" :
 * synchronized (x) {
 *     keepOff:  word = set       sections that start now leave for their slow path
 *               fence            those that had started abort, or have committed
 *     the transaction
 *     letIn:    word = opened    store-release
 * }
 * }
 * Every section tests its slot's word between its first instruction and its first
 * read of the slot. The fence comes after the word was set, so a section that saw
 * it open has committed or aborts; a section that sees it open again sees what
 * the transaction wrote. Where sections leave for is the {@linkplain #slow slow
 * slot}, which has none, so there the monitor alone does.
 *
 * <p>Others' code may run for long ({@link #run}), so it is not run under that
 * monitor but under another one, {@link #actions()}, and while it runs {@code owner}
 * tells who has the slot. A transaction on a slot with sections waits for that
 * second monitor first, or looks at the owner and gives up ({@link #tryKeepOff}). So
 * nobody waits for others' code but who wants to use the same slot exclusively.
 *
 * <p>Atomic instructions on a single word, which {@link Stripes} and the
 * overflow path of {@link Rseq#loadAddStore} use, are not kept off. So a word is
 * updated by sections and atomics, or by sections and transactions, never by all
 * three.
 *
 * <p>Deadlocks: a thread runs an action on one slot at most, and whoever wants
 * another one's monitors then is refused. {@code actions()} comes before the
 * monitor of the slot, which is never held together with that of another slot. No
 * safepoint waits for either.
 *
 * <p>Whoever gets a slot gives it back, whatever is thrown meanwhile. What the
 * virtual machine throws by itself is
 * <ul>
 * <li>{@code StackOverflowError}: not in a transaction, because {@link #slow},
 *     {@link #at} and {@link #ifFree} make sure that there is stack enough for it;
 * <li>{@code OutOfMemoryError}: where a transaction makes an object;
 * <li>asynchronous exceptions, which are those of JVMTI's {@code StopThread}, so of
 *     debuggers, and the {@code InternalError} of an earlier access of this thread to a
 *     mapped file that was cut off: at any call, return or backward branch.
 * </ul>
 * That is why the locks are monitors. The virtual machine throws nothing asynchronous
 * while it enters one, and leaves it whichever way its block ends. A lock written in
 * Java would remain locked for ever if the exception came after it was taken and before
 * its owner was stored. The word is set in the try block whose finally clause clears
 * it. An exception that comes at the very call of {@code letIn} can still leave the
 * word set: then sections take their slow path, which is right, until the next
 * exclusive use of the slot clears it.
 */
public final class ExclusiveUse {

    private static final Unsafe U = Unsafe.getUnsafe();

    // The sign bit of a slot's word. The other bits are the virtual machine's and never change.
    private static final long SET = Long.MIN_VALUE;

    // By slot. Null until initialize(), which may fail and be called again; a static initializer could not. A thread that
    // got a structure without synchronization may see null later, and calls it, too.
    @Stable
    private static ExclusiveUse[] slots;

    // How many actions run, or more: while it is 0, which is nearly always, no thread needs to look whether one is its
    // own. Changed under the monitor of the class.
    private static volatile int running;

    private final int slot;

    // The word's address, and what it holds when sections are let in. 0 where there are no sections.
    private final long word;
    private final long opened;

    private final Object actions;

    // Whose action runs. Set under this monitor before the word is closed, cleared by the owner after the word was opened.
    // Who has this monitor while there is none may close and open the word.
    private volatile Thread owner;

    // Transactions and actions that were begun. Guarded by this.
    private long commits;

    private ExclusiveUse(int slot) {
        boolean sections = Rseq.isEnabled() && slot != Slots.overflow();
        this.slot = slot;
        word = sections ? VMServices.exclusiveWord(slot) : 0;
        opened = sections ? U.getLong(word) & ~SET : 0;
        actions = new Object();
    }

    /**
     * Makes the slots, if that was not done before.
     *
     * @throws OutOfMemoryError if there is no memory; to be called again then
     */
    static synchronized void initialize() {
        if (slots == null) {
            ExclusiveUse[] all = new ExclusiveUse[Slots.count()];
            for (int slot = 0; slot < all.length; slot++) {
                all[slot] = new ExclusiveUse(slot);
            }
            U.storeFence();
            slots = all;
        }
    }

    private static ExclusiveUse of(int slot) {
        if (slots == null) {
            initialize();
        }
        return slots[slot];
    }

    // --- Transactions

    /**
     * {@return the slot on which a thread does a transaction whose sections do not
     * come to an end} It has no sections, so that {@code keepOff} and {@code letIn}
     * are not needed:
     * {@snippet lang="java" :
     * ExclusiveUse slow = ExclusiveUse.slow();
     * synchronized (slow) {
     *     slow.count();
     *     // the transaction, in which nobody else's code runs
     * }
     * }
     *
     * @throws StackOverflowError if there is not stack enough
     */
    public static ExclusiveUse slow() {
        VMServices.ensureStack();
        return of(Rseq.isEnabled() ? Slots.overflow() : Stripes.currentStripe());
    }

    /**
     * {@return any slot, for a transaction} Others that have it exclusively are
     * waited for.
     * {@snippet lang="java" :
     * ExclusiveUse x = ExclusiveUse.at(slot);
     * synchronized (x.actions()) {
     *     synchronized (x) {
     *         try {
     *             x.keepOff();
     *             // the transaction, in which nobody else's code runs
     *         } finally {
     *             x.letIn();
     *         }
     *     }
     * }
     * }
     *
     * @param slot the slot
     * @throws IllegalStateException if this thread runs an action on another slot
     * @throws StackOverflowError    if there is not stack enough
     */
    public static ExclusiveUse at(int slot) {
        checkHolds(slot);
        VMServices.ensureStack();
        return of(slot);
    }

    /**
     * {@return any slot, for a transaction, or null if this thread runs an action on
     * another one} Others' actions are not waited for.
     * {@snippet lang="java" :
     * ExclusiveUse x = ExclusiveUse.ifFree(slot);
     * if (x != null) {
     *     synchronized (x) {
     *         try {
     *             if (x.tryKeepOff()) {
     *                 // the transaction, in which nobody else's code runs
     *             }
     *         } finally {
     *             x.letIn();
     *         }
     *     }
     * }
     * }
     *
     * @param slot the slot
     * @throws StackOverflowError if there is not stack enough
     */
    public static ExclusiveUse ifFree(int slot) {
        int held = heldSlot();
        if (held >= 0 && held != slot) {
            return null;
        }
        VMServices.ensureStack();
        return of(slot);
    }

    /** {@return the number of this slot} */
    public int slot() {
        return slot;
    }

    /** {@return the monitor that comes before this one, and is held while others' code has the slot} */
    public Object actions() {
        return word == 0 ? this : actions;
    }

    /** Counts a transaction. The caller has this monitor. */
    public void count() {
        commits++;
    }

    /**
     * Begins a transaction: no section is on the slot after it. The caller has
     * {@link #actions()} and this monitor. Costs a fence, which is microseconds, if
     * the slot has sections.
     *
     * @return whether there was a fence
     */
    public boolean keepOff() {
        commits++;
        return owner == null && close();
    }

    /**
     * {@return whether a transaction was begun} Not if others' code has the slot. The
     * caller has this monitor.
     */
    public boolean tryKeepOff() {
        Thread thread = owner;
        if (word != 0 && thread != null && thread != Thread.currentThread()) {
            return false;
        }
        keepOff();
        return true;
    }

    /** Ends a transaction, if one was begun. The caller has this monitor. */
    public void letIn() {
        if (owner == null) {
            open();
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
     * @throws StackOverflowError    if there is not stack enough; nothing is done
     *         then
     */
    public static void run(int slot, Runnable action) {
        int held = heldSlot();
        if (held >= 0) {
            throw new IllegalStateException("This thread is in an exclusive action on slot " + held
                    + " already: they do not nest");
        }
        VMServices.ensureStack();
        of(slot).run(action);
    }

    private void run(Runnable action) {
        Thread thread = Thread.currentThread();
        synchronized (actions) {
            boolean counted = false;
            try {
                synchronized (ExclusiveUse.class) {
                    running++;
                    counted = true;
                }
                synchronized (this) {
                    commits++;
                    owner = thread;
                    close();
                }
                action.run();
            } finally {
                if (owner == thread) {
                    try {
                        // Before the slot is nobody's: who gets it then may close it again.
                        open();
                    } finally {
                        owner = null;
                    }
                }
                if (counted) {
                    synchronized (ExclusiveUse.class) {
                        running--;
                    }
                }
            }
        }
    }

    private boolean close() {
        if (word == 0) {
            return false;
        }
        U.putLongVolatile(null, word, opened | SET);
        VMServices.fence();
        return true;
    }

    private void open() {
        if (word != 0) {
            U.putLongRelease(null, word, opened);
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

    /**
     * {@return whether this thread runs an action on the slot}
     *
     * @param slot the slot
     */
    public static boolean isHeld(int slot) {
        return running != 0 && of(slot).owner == Thread.currentThread();
    }

    /** {@return the slot on which this thread runs an action, or -1} */
    public static int heldSlot() {
        if (running != 0) {
            Thread thread = Thread.currentThread();
            for (int slot = 0; slot < Slots.count(); slot++) {
                if (of(slot).owner == thread) {
                    return slot;
                }
            }
        }
        return -1;
    }

    // --- For people and tests

    /**
     * {@return whether sections are kept off the slot, which they look at before
     * they touch it} False where there are none.
     *
     * @param slot the slot
     */
    public static boolean keepsOff(int slot) {
        return Rseq.isEnabled() && U.getLongVolatile(null, VMServices.exclusiveWord(slot)) < 0;
    }

    /** {@return how many transactions and actions were done in this process} */
    static long commits() {
        long sum = 0;
        for (int slot = 0; slot < Slots.count(); slot++) {
            ExclusiveUse x = of(slot);
            synchronized (x) {
                sum += x.commits;
            }
        }
        return sum;
    }
}
