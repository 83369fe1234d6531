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

/**
 * The slow path of per-CPU data: what keeps critical sections off a slot of one group of
 * variables ({@link Arena}) while somebody does a transaction there with plain reads and
 * writes, from whatever CPU. Each structure has a group and an object of this class of its
 * own, with a lock for each slot:
 * {@snippet lang="text" :
 * synchronized (lock) {
 *     keepOff:  if they are not kept off:
 *                   word = set   sections that start now leave for their slow path
 *                   fence        those that had started abort, or have committed
 *     the transaction
 *     letIn:    word = 0         store-release; or later, see below
 * }
 * }
 * Every section tests the word of its variable's group, in its slot, between its first
 * instruction and its first read of the slot. The fence comes after the word was set, so a
 * section that saw it clear has committed or aborts; a section that sees it clear again
 * sees what the transaction wrote. Sections leave for the {@linkplain #slow slow slot},
 * which has none, so there the lock alone does.
 *
 * <p>A fence interrupts every CPU that runs a thread of this process. So a transaction of
 * a structure ends by {@link Lock#letInLater}: sections stay kept off, and the next
 * transaction needs no fence. A thread whose section fails because of that, on the slot of
 * its own CPU, does its transaction under the lock and lets sections in. If it is the thread
 * that has kept them off, it does so after {@code PATIENCE} of these in a row. So several
 * steals in a row, with no operation of that CPU in between, make one fence. And a thread
 * that steals from many slots can use its own meanwhile, as it does for the cells of what it
 * takes: that does not let sections in at once.
 *
 * <p>In a structure's transaction nobody else's code runs. So its locks are leaves: who
 * has one asks for no other. {@link ExclusiveActions} runs others' code, and so each
 * variable has locks of its own there, though up to seven share a word. The word is set
 * while one of these is taken.
 *
 * <p>Atomic instructions on a single word, which {@link Stripes} and the overflow path of
 * {@link Rseq}'s operations that find their slot themselves use, are not kept off. So a word is updated by sections and
 * atomics, or by sections and transactions, never by all three.
 *
 * <p>Whoever gets a lock gives it back, whatever is thrown meanwhile. What the virtual
 * machine throws by itself is
 * <ul>
 * <li>{@code StackOverflowError}: not in a transaction, because {@link #slow} and
 *     {@link #at} make sure that there is stack enough for it;
 * <li>{@code OutOfMemoryError}: where a transaction makes an object;
 * <li>asynchronous exceptions, which are those of JVMTI's {@code StopThread}, so of
 *     debuggers, and the {@code InternalError} of an earlier access of this thread to a
 *     mapped file that was cut off: at any call, return or backward branch.
 * </ul>
 * That is why the locks are monitors. The virtual machine throws nothing asynchronous
 * while it enters one, and leaves it whichever way its block ends. A lock written in
 * Java would remain locked for ever if the exception came after it was taken and before
 * its owner was stored. The word is set in the try block whose finally clause calls
 * {@code letIn} or {@code letInLater}, and sections count as kept off once the fence has
 * returned. An exception that comes at that very call can leave the word set: then sections
 * take their slow path, which is right, until the next exclusive use of the slot of that
 * structure or variable. After that call, {@link Transaction} ends the use of the slot by
 * assignments, at which nothing is thrown.
 *
 * <p>Java cannot try to enter a monitor that others may have. So who does not want to wait
 * ({@link Lock#tryKeepOff}) is a guest: he enters the monitor of an object of his own, which
 * nobody else knows, and then makes that object the lock's user, if it has none. All others
 * enter the lock's monitor first, and then make the lock its own user. One who finds a guest
 * there waits for the guest's monitor. When he has it, the guest's transaction is over,
 * whatever was thrown. An agent of JVMTI whose callback reaches into a slot, in the middle of
 * this thread's own transaction there, would find the monitors its own: it must not.
 *
 * <p>{@link #retire} sets all words for ever: a structure that is closed has no sections any
 * more, so that the first attempt of an operation need not look whether it is closed.
 */
public final class ExclusiveUse {

    private static final Unsafe U = Unsafe.getUnsafe();

    // The sign bit.
    private static final long SET = Long.MIN_VALUE;

    private static final long USER = U.objectFieldOffset(Lock.class, "user");
    private static final long WAITING = U.objectFieldOffset(Lock.class, "waiting");
    private static final long KEPT_OFF = U.objectFieldOffset(Lock.class, "keptOff");

    // About a microsecond's worth.
    private static final int PATIENCE = 32;

    private static final int APART = 16;

    // Transactions and actions that were begun in this process, by slot, each slot's in a cache line of its own.
    private static final long[] COMMITS = new long[Slots.count() * APART];

    private final Lock[] locks = new Lock[Slots.count()];

    // All that set the same words, this included; null if nobody else does. The monitor is a leaf.
    private final ExclusiveUse[] sharing;

    private volatile boolean retired;

    /**
     * Makes the locks of a whole group.
     *
     * @param variable the address of one of the group's variables, whose owner outlives this
     */
    public ExclusiveUse(long variable) {
        this(variable, null);
    }

    /**
     * Makes the locks of one variable of a group.
     *
     * @param variable its address
     * @param sharing  those of the group's variables, null for what has none yet
     * @param index    where this is put there
     */
    ExclusiveUse(long variable, ExclusiveUse[] sharing, int index) {
        this(variable, sharing);
        synchronized (sharing) {
            sharing[index] = this;
        }
    }

    private ExclusiveUse(long variable, ExclusiveUse[] sharing) {
        this.sharing = sharing;
        for (int slot = 0; slot < locks.length; slot++) {
            boolean sections = Rseq.isEnabled() && slot != Slots.overflow();
            locks[slot] = new Lock(slot, sections ? Slots.ofCpu(Arena.exclusiveWord(variable), slot) : 0);
        }
    }

    // Whether nobody else who shares the words has the slot. Guarded by sharing.
    private boolean isFree(int slot) {
        if (sharing == null) {
            return true;
        }
        for (ExclusiveUse use : sharing) {
            if (use != null && use != this && use.locks[slot].user != null) {
                return false;
            }
        }
        return true;
    }

    /** Who does a transaction without having waited for others: see {@link Lock#tryKeepOff}. */
    static final class Guest {}

    /**
     * One slot. Who does a transaction has this monitor for all of it, or is a guest, who has
     * that of an object of his own.
     */
    public final class Lock {

        private final int slot;

        // The word's address. 0 where there are no sections.
        private final long word;

        // Who is at a transaction: the lock, for a thread that has its monitor, or a guest. Null if nobody is. Between
        // the compare-and-set from null and the store of null, the user alone has what is "guarded by the user".
        volatile Object user;

        // Whether a thread that has the monitor waits for a guest. A guest that sees it does not come.
        boolean waiting;

        // Whether the word was set and a fence has returned since, and it has not been cleared. Set by the user.
        private boolean keptOff;

        // The thread that has the lock or had it last; the one that reached into this slot last, and how many
        // transactions it has done here since, on its own CPU. Guarded by the user.
        private long holder;
        private long keeper;
        private int own;

        private Lock(int slot, long word) {
            this.slot = slot;
            this.word = word;
        }

        /** {@return the number of the slot} */
        public int slot() {
            return slot;
        }

        // The caller has this monitor. If the lock is the user, a transaction before was stopped where it should have ended.
        private void take() {
            while (!U.compareAndSetReference(this, USER, null, this) && user != this) {
                U.putBooleanOpaque(this, WAITING, true);
                waitForGuest();
            }
            if (waiting) {
                U.putBooleanOpaque(this, WAITING, false);
            }
        }

        // The caller has this monitor.
        private void waitForGuest() {
            Object guest = user;
            if (guest == null || guest == this) {
                return;
            }
            synchronized (guest) {
                // His transaction is over. He is still the user if he was stopped where he should have ended it.
                U.compareAndSetReference(this, USER, guest, null);
            }
        }

        /**
         * Begins a transaction: no section is on the slot after it. The caller has this
         * monitor. Costs a fence, which is microseconds, unless the slot has no sections or
         * they are kept off since a transaction before. Not for locks that share a word.
         *
         * @return whether there was a fence
         * @throws IllegalStateException if this was retired; nothing was done then
         */
        public boolean keepOff() {
            assert sharing == null : "close does it";
            checkNotRetired();
            take();
            return begun();
        }

        /**
         * As {@link #keepOff}, unless somebody else is at a transaction, or was seen waiting
         * for a guest's. The caller has the monitor of the guest, which is used only once, and
         * not this one. Ended by {@link #letInLater}, also if this throws.
         *
         * @return whether it has begun
         * @throws IllegalStateException if this was retired; the transaction must not be done then
         */
        boolean tryKeepOff(Guest guest) {
            assert sharing == null : "others who have the word do not look for guests";
            if (U.getBooleanOpaque(this, WAITING) || !U.compareAndSetReference(this, USER, null, guest)) {
                return false;
            }
            // After the compare-and-set: retire sets what is read here before it looks for guests.
            checkNotRetired();
            begun();
            return true;
        }

        private boolean begun() {
            count();
            holder = Thread.currentThread().threadId();
            if (word == 0 || keptOff) {
                return false;
            }
            U.putLongVolatile(null, word, SET);
            VMServices.fence();
            U.putBooleanOpaque(this, KEPT_OFF, true);
            return true;
        }

        /**
         * Begins a transaction on the {@linkplain #slow slow slot}, or one beside which
         * sections go on. The caller has this monitor. It is not counted where no section
         * could have been used instead. Ended by {@link #end}.
         *
         * @throws IllegalStateException if this was retired; nothing was done then
         */
        public void begin() {
            // Under the monitor, which retire waits for.
            checkNotRetired();
            if (Rseq.isEnabled()) {
                count();
            }
            take();
        }

        /** Ends what {@link #begin} began. */
        public void end() {
            leave(this);
        }

        private void count() {
            U.getAndAddLong(COMMITS, commitsOf(slot), 1);
        }

        /** As {@link #keepOff}, without the fence, which has to follow. Ended by {@link #letIn}. */
        void close() {
            checkNotRetired();
            count();
            if (word == 0 || sharing == null) {
                set();
            } else {
                synchronized (sharing) {
                    set();
                }
            }
        }

        private void set() {
            take();
            if (word != 0) {
                U.putLongVolatile(null, word, SET);
            }
        }

        /** Ends a transaction, if one was begun. The caller has this monitor. */
        public void letIn() {
            if (word == 0 || sharing == null) {
                letIn(this);
            } else {
                synchronized (sharing) {
                    letIn(this);
                }
            }
        }

        private void letIn(Object by) {
            if (user != by) {
                return;
            }
            U.putBooleanOpaque(this, KEPT_OFF, false);
            if (word != 0 && !retired && isFree(slot)) {
                U.putLongRelease(null, word, 0);
            }
            leave(by);
        }

        // Last: a guest may come at once.
        private void leave(Object by) {
            if (user == by) {
                U.putReferenceRelease(this, USER, null);
            }
        }

        /**
         * Ends a transaction, if one was begun by {@link #keepOff} or {@link #tryKeepOff}, and
         * leaves it to a later one to let sections in. The caller has the monitor of who began.
         *
         * @param by   this, or the guest who began
         * @param here whether it was an operation on this thread's own slot, whose section
         *             failed
         */
        void letInLater(Object by, boolean here) {
            if (user != by) {
                return;
            }
            if (!here) {
                keeper = holder;
                own = 0;
            } else {
                own = keeper == holder ? own + 1 : PATIENCE;
            }
            if (keptOff && own < PATIENCE) {
                leave(by);
            } else {
                letIn(by);
            }
        }

        private synchronized void retire() {
            waitForGuest();
            if (word != 0) {
                U.putLongVolatile(null, word, SET);
            }
        }

        /** {@return whether at this moment sections are still kept off and nobody is at a transaction} */
        boolean isLeft() {
            return U.getBooleanOpaque(this, KEPT_OFF) && user == null;
        }

        /** {@return whether at this moment somebody is at a transaction} */
        boolean isTaken() {
            return user != null;
        }

        /** {@return whether sections are kept off} */
        boolean keepsOff() {
            return word != 0 && U.getLongVolatile(null, word) < 0;
        }
    }

    /**
     * {@return the lock of the slot on which a thread does a transaction whose sections do
     * not come to an end} It has no sections, so that {@link Lock#begin} is enough, and
     * {@code keepOff} and {@code letIn} are not needed.
     *
     * @throws StackOverflowError    if there is not stack enough
     * @throws IllegalStateException if this was retired
     */
    public Lock slow() {
        return at(Rseq.isEnabled() ? Slots.overflow() : Stripes.currentStripe());
    }

    /**
     * {@return the lock of any slot}
     * {@snippet lang="java" :
     * ExclusiveUse.Lock lock = use.at(slot);
     * synchronized (lock) {
     *     try {
     *         lock.keepOff();
     *         // the transaction, in which nobody else's code runs
     *     } finally {
     *         lock.letIn();
     *     }
     * }
     * }
     *
     * @param slot the slot
     * @throws StackOverflowError    if there is not stack enough
     * @throws IllegalStateException if this was retired
     */
    public Lock at(int slot) {
        checkNotRetired();
        VMServices.ensureStack();
        return locks[slot];
    }

    /** {@return whether at this moment sections are still kept off a slot and nobody is at a transaction there} */
    boolean isLeft(int slot) {
        return locks[slot].isLeft();
    }

    /**
     * Keeps sections and later transactions off all slots for ever. Those of before are
     * over when this returns. Can be called again, also after it failed.
     *
     * @throws StackOverflowError if there is not stack enough
     */
    public void retire() {
        VMServices.ensureStack();
        retired = true;
        for (Lock lock : locks) {
            lock.retire();
        }
        VMServices.fence();
    }

    /** {@return whether {@link #retire} was called} */
    public boolean isRetired() {
        return retired;
    }

    /**
     * Throws if {@link #retire} was called.
     *
     * @throws IllegalStateException if it was
     */
    public void checkNotRetired() {
        if (retired) {
            throw closed();
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("Already closed");
    }

    /**
     * {@return whether sections are kept off a slot of a variable} False where there are
     * none.
     *
     * @param slot    the slot
     * @param address the variable
     */
    public static boolean keepsOff(int slot, long address) {
        return Rseq.isEnabled() && slot != Slots.overflow()
                && U.getLongVolatile(null, Slots.ofCpu(Arena.exclusiveWord(address), slot)) < 0;
    }

    /**
     * Keeps sections off all slots of a group that has no locks of this class. The caller
     * has a lock for all such groups. They stay off until {@link #letAllIn}.
     *
     * @param variable one of the group's variables
     */
    static void keepAllOff(long variable) {
        for (int slot = 0; slot < Slots.overflow(); slot++) {
            U.putLongVolatile(null, Slots.ofCpu(Arena.exclusiveWord(variable), slot), SET);
        }
        VMServices.fence();
    }

    /**
     * Ends what {@link #keepAllOff} began.
     *
     * @param variable one of the group's variables
     */
    static void letAllIn(long variable) {
        for (int slot = 0; slot < Slots.overflow(); slot++) {
            U.putLongRelease(null, Slots.ofCpu(Arena.exclusiveWord(variable), slot), 0);
        }
    }

    private static long commitsOf(int slot) {
        return Unsafe.ARRAY_LONG_BASE_OFFSET + (long) slot * APART * Unsafe.ARRAY_LONG_INDEX_SCALE;
    }

    /** {@return how many transactions and actions were done in this process} */
    static long commits() {
        long sum = 0;
        for (int slot = 0; slot < Slots.count(); slot++) {
            sum += U.getLongOpaque(COMMITS, commitsOf(slot));
        }
        return sum;
    }
}
