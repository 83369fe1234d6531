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

import jdk.internal.vm.annotation.DontInline;

/**
 * What a structure does on one slot, in two forms, and how often it is tried before
 * another slot is used. A structure makes a first attempt by itself, in code that is
 * compiled into its callers. All that comes after is here:
 * {@snippet lang="text" :
 * the structure's attempt --- committed ---------------------------------------------> done
 *    | aborted, moved, changed, refused
 *    v
 * attempts 2 to 8 ----------- committed ---------------------------------------------> done
 *    |  |  |
 *    |  |  refused ---------- others put in: no room; or the slow slot is empty, too --> REFUSED
 *    |  |
 *    |  no section possible, or 8 attempts came to nothing, or the slow slot has something
 *    v
 * this CPU's slot, its lock - done plainly ------------------------------------------> done
 *    |  |     only if sections are still kept off there and nobody is at a transaction
 *    |  |
 *    |  refused ---------- others put in: no room -------------------------------------> REFUSED
 *    |
 *    |  not so, or nothing to take
 *    v
 * slow slot, its lock ------- done plainly ------------------------------------------> done
 *    | refused
 *    v
 * this CPU's slot, exclusively (a fence, if sections are not kept off)
 *    ------------------------ done plainly ------------------------------------------> done
 *    | refused
 *    v
 * REFUSED
 * }
 * So every operation ends after a bounded number of steps, whatever happens to sections.
 *
 * <p>Only the first attempt is compiled into callers: once a second attempt was seen in a
 * profile, the caller would have a loop, of which C2 makes copies, and pay for that each
 * time.
 *
 * <p>A transaction is an object without state: its subject and its arguments are passed
 * to it. So none has to be made where there may be no memory for it.
 *
 * @param <S> the subject: the structure, or what has the structure and takes the result
 */
public abstract class Transaction<S> {

    /** How often an operation is tried with a section. */
    public static final int ATTEMPTS = 8;

    /** Nothing was changed: there is nothing to take, or no room to put something. */
    public static final long REFUSED = 0;

    /** Nothing was changed: the section did not commit. */
    public static final long AGAIN = -1;

    /** Done. Any other positive number means that, too. */
    public static final long DONE = 1;

    private final boolean takes;

    /**
     * Makes a transaction.
     *
     * @param takes whether it takes something out, which may then come from the slow slot
     */
    protected Transaction(boolean takes) {
        this.takes = takes;
    }

    /** {@return the locks of the subject's variables} */
    protected abstract ExclusiveUse use(S subject);

    /**
     * {@return whether the transaction is likely not to be refused on a slot} A look that
     * costs little and needs no stack.
     */
    protected abstract boolean isPossible(S subject, int slot, long a);

    /**
     * Tries it on this CPU's slot, with a section. There is stack enough for some calls. Not
     * for a transaction that is only done exclusively.
     *
     * @return {@link #DONE} or another result, or {@link #AGAIN}
     */
    protected long attempt(S subject, int slot, long a, long b, long c) {
        return AGAIN;
    }

    /**
     * Does it on a slot that this thread has exclusively, with plain reads and writes; in
     * {@link #besideSections} but for sections. There is stack enough for some calls.
     *
     * @return {@link #DONE} or another result, or {@link #REFUSED}
     */
    protected abstract long plainly(S subject, int slot, long a, long b, long c);

    /**
     * Does it after a first attempt came to nothing.
     *
     * @return {@link #DONE} or another result, or {@link #REFUSED}
     * @throws StackOverflowError if there is not stack enough; nothing was changed then
     */
    @DontInline
    public final long run(S subject, long a, long b, long c) {
        boolean stack = false;
        for (int i = 1; i < ATTEMPTS; i++) {
            int slot = Rseq.usableSlot();
            if (slot < 0) {
                break;
            }
            if (!isPossible(subject, slot, a)) {
                if (!takes || !isPossible(subject, Slots.overflow(), a)) {
                    return REFUSED;
                }
                break;
            }
            if (!stack) {
                VMServices.ensureStack();
                stack = true;
            }
            long result = attempt(subject, slot, a, b, c);
            if (result != AGAIN) {
                return result;
            }
        }
        return withoutSection(subject, a, b, c);
    }

    private long withoutSection(S subject, long a, long b, long c) {
        ExclusiveUse use = use(subject);
        long result;
        if (Rseq.isEnabled()) {
            int here = Rseq.currentSlot();
            if (use.isLeft(here)) {
                result = whereLeft(subject, use.at(here), a, b, c);
                if (result != AGAIN && (result != REFUSED || !takes)) {
                    return result;
                }
            }
        }
        // It has no sections to be kept off.
        result = underLock(subject, use.slow(), a, b, c);
        if (result == REFUSED && Rseq.isEnabled()) {
            // This CPU's slot may not be full, or empty: perhaps it could not be used.
            int here = Rseq.currentSlot();
            if (here != Slots.overflow() && isPossible(subject, here, a)) {
                result = exclusively(subject, use.at(here), true, a, b, c);
            }
        }
        Reference.reachabilityFence(subject);
        return result;
    }

    private long underLock(S subject, ExclusiveUse.Lock lock, long a, long b, long c) {
        try {
            synchronized (lock) {
                try {
                    lock.begin();
                    return plainly(subject, lock.slot(), a, b, c);
                } finally {
                    // Assignments and no call, as below.
                    lock.waiting = false;
                    if (lock.user == lock) {
                        lock.user = null;
                    }
                }
            }
        } finally {
            Reference.reachabilityFence(subject);
        }
    }

    /**
     * Does it on any slot while sections go on there: for a transaction that changes nothing
     * which they use. Others on that slot are waited for.
     *
     * @return {@link #DONE} or another result, or {@link #REFUSED}
     * @throws StackOverflowError if there is not stack enough; nothing was changed then
     */
    public final long besideSections(S subject, int slot, long a, long b, long c) {
        return underLock(subject, use(subject).at(slot), a, b, c);
    }

    /**
     * As {@link #besideSections}, or {@link #AGAIN} if somebody is at a transaction there. It
     * waits only if one begins at that moment.
     *
     * @return {@link #DONE} or another result, {@link #REFUSED} or {@link #AGAIN}
     * @throws StackOverflowError if there is not stack enough; nothing was changed then
     */
    public final long besideSectionsIfFree(S subject, int slot, long a, long b, long c) {
        ExclusiveUse.Lock lock = use(subject).at(slot);
        return lock.isTaken() ? AGAIN : underLock(subject, lock, a, b, c);
    }

    // Not at all, if sections are let in or somebody is at a transaction; so nearly always without a fence.
    private long whereLeft(S subject, ExclusiveUse.Lock lock, long a, long b, long c) {
        try {
            synchronized (lock) {
                if (!lock.isLeft()) {
                    return AGAIN;
                }
                try {
                    lock.keepOff();
                    return plainly(subject, lock.slot(), a, b, c);
                } finally {
                    try {
                        lock.letInLater(lock, true);
                    } finally {
                        // In that call a thread may be stopped. Nothing is thrown at an assignment.
                        lock.waiting = false;
                        if (lock.user == lock) {
                            lock.user = null;
                        }
                    }
                }
            }
        } finally {
            Reference.reachabilityFence(subject);
        }
    }

    /**
     * Does it on any slot. Transactions of others on that slot are waited for.
     *
     * @return {@link #DONE} or another result, or {@link #REFUSED}
     * @throws StackOverflowError if there is not stack enough; nothing was changed then
     */
    public final long exclusively(S subject, int slot, long a, long b, long c) {
        return exclusively(subject, use(subject).at(slot), false, a, b, c);
    }

    private long exclusively(S subject, ExclusiveUse.Lock lock, boolean here, long a, long b, long c) {
        try {
            synchronized (lock) {
                try {
                    lock.keepOff();
                    return plainly(subject, lock.slot(), a, b, c);
                } finally {
                    try {
                        lock.letInLater(lock, here);
                    } finally {
                        lock.waiting = false;
                        if (lock.user == lock) {
                            lock.user = null;
                        }
                    }
                }
            }
        } finally {
            Reference.reachabilityFence(subject);
        }
    }

    /**
     * Does it on any slot, unless somebody else is at a transaction there, or was seen waiting
     * for one like this. It waits for no other transaction.
     *
     * @return {@link #DONE} or another result, or {@link #REFUSED}
     * @throws StackOverflowError if there is not stack enough; nothing was changed then
     * @throws OutOfMemoryError   if there is no memory for a small object; nothing was changed then
     */
    public final long exclusivelyIfFree(S subject, int slot, long a, long b, long c) {
        ExclusiveUse.Lock lock = use(subject).at(slot);
        ExclusiveUse.Guest guest = new ExclusiveUse.Guest();
        try {
            synchronized (guest) {
                try {
                    return lock.tryKeepOff(guest) ? plainly(subject, lock.slot(), a, b, c) : REFUSED;
                } finally {
                    try {
                        lock.letInLater(guest, false);
                    } finally {
                        if (lock.user == guest) {
                            lock.user = null;
                        }
                    }
                }
            }
        } finally {
            Reference.reachabilityFence(subject);
        }
    }
}
