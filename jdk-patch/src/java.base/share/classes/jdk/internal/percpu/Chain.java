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

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Linked lists of nodes outside of the heap, one list on each slot, last in first
 * out. A node's first word is its link: the address of the next node, or 0. A
 * variable of {@link Arena} holds the address of each slot's first node.
 *
 * <p>Whoever has popped a node has it alone until it is pushed again. A node may
 * be read as long as the owner lives, also while it is not in a list. There is
 * no ABA: {@link Rseq#loadCbeqStoreAddLoadStore}.
 *
 * <p>Every operation ends after a bounded number of attempts, the last one on
 * the slow slot, under its lock. {@code owner} and {@code head} are the same in
 * all calls for one set of lists: {@code head} is the variable's address, which
 * {@code owner} keeps alive, and the nodes too.
 *
 * <p>Near the end of the stack: what is compiled has the stack for a first attempt when
 * its method is entered, but in the interpreter each method is a call that may throw
 * {@code StackOverflowError}. So after the commit of a first attempt there is no call,
 * here and in the structures, or one whose failure is caught and does no harm. What
 * comes after that, {@link ExclusiveUse} and so on, asks for stack first. So the
 * error means that nothing was done.
 *
 * <p>The first attempt is compiled into the caller, the others are not, here and in
 * the structures: once a second attempt was seen in a profile, the caller would
 * have a loop, of which C2 makes copies, and pay for that each time.
 */
public final class Chain {

    private static final Unsafe U = Unsafe.getUnsafe();

    /** How often an operation of a per-CPU structure is tried before its slow path. */
    public static final int ATTEMPTS = 8;

    /** Where a node has its link. */
    public static final long LINK = 0;

    // So many nodes are taken from another slot at most, and so many must be there at least.
    private static final int MOST = 1024;
    private static final int WORTH_A_FENCE = 64;

    private Chain() {}

    /** {@return the slot of this thread's CPU, or -1 if it can use no section} */
    @ForceInline
    public static int usableSlot() {
        if (!Rseq.isEnabled()) {
            return -1;
        }
        int slot = Rseq.currentSlot();
        return slot == Rseq.overflowSlot() ? -1 : slot;
    }

    /**
     * {@return a node, or 0 if there is none on this thread's slot nor on the
     * slow slot} Or if this thread's slot is somebody's exclusively and the slow
     * slot is empty.
     *
     * @param owner keeps everything alive
     * @param head  the variable
     */
    @ForceInline
    public static long pop(Object owner, long head) {
        int slot = usableSlot();
        long node = Rseq.MOVED_HEAD;
        if (slot >= 0) {
            node = Rseq.loadCbeqStoreAddLoadStore(owner, slot, head, 0, LINK);
            if (node > 0) {
                // What the one who pushed it has written comes after.
                try {
                    U.loadFence();
                } catch (StackOverflowError e) {
                    Rseq.fenceByStore = 0;
                }
                return node;
            }
        }
        return popAgain(owner, head, node);
    }

    // node: of the attempt before
    @DontInline
    private static long popAgain(Object owner, long head, long node) {
        for (int i = 1; node != 0 && i < ATTEMPTS; i++) {
            int slot = usableSlot();
            if (slot < 0) {
                break;
            }
            node = Rseq.loadCbeqStoreAddLoadStore(owner, slot, head, 0, LINK);
            if (node > 0) {
                try {
                    U.loadFence();
                } catch (StackOverflowError e) {
                    Rseq.fenceByStore = 0;
                }
                return node;
            }
        }
        return node == 0 && Rseq.get(Rseq.overflowSlot(), head) == 0 ? 0 : popSlowly(owner, head);
    }

    // The slow slot; and if that is empty, this CPU's, which it may not have been able to use.
    private static long popSlowly(Object owner, long head) {
        ExclusiveUse slow = ExclusiveUse.slow();
        long node;
        synchronized (slow) {
            slow.count();
            node = popPlainly(slow.slot(), head);
        }
        int here = node == 0 && Rseq.isEnabled() ? Rseq.currentSlot() : slow.slot();
        if (here != slow.slot() && Rseq.get(here, head) != 0) {
            node = popHere(here, head);
        }
        Reference.reachabilityFence(owner);
        return node;
    }

    private static long popHere(int slot, long head) {
        ExclusiveUse x = ExclusiveUse.ifFree(slot);
        if (x == null) {
            return 0;
        }
        synchronized (x) {
            try {
                return x.tryKeepOff() ? popPlainly(slot, head) : 0;
            } finally {
                x.letIn();
            }
        }
    }

    /**
     * {@return nodes of some slot that has many, linked, or 0} Half of them, but not
     * more than a certain number. For nodes that are all alike: a thread that is moved
     * between two operations leaves them where they may not be needed.
     *
     * @param owner keeps everything alive
     * @param head  the variable
     */
    public static long takeFromOthers(Object owner, long head) {
        long taken = 0;
        for (int slot = 0; taken == 0 && slot < Rseq.slots(); slot++) {
            // What is counted here changes meanwhile; the nodes remain readable.
            if (count(slot, head) >= WORTH_A_FENCE) {
                taken = takeHalf(slot, head);
            }
        }
        Reference.reachabilityFence(owner);
        return taken;
    }

    private static long takeHalf(int slot, long head) {
        ExclusiveUse x = ExclusiveUse.ifFree(slot);
        if (x == null) {
            return 0;
        }
        synchronized (x) {
            try {
                return x.tryKeepOff() ? takePlainly(slot, head) : 0;
            } finally {
                x.letIn();
            }
        }
    }

    private static int count(int slot, long head) {
        int count = 0;
        for (long node = Rseq.get(slot, head); node != 0 && count < MOST; node = next(node)) {
            count++;
        }
        return count;
    }

    // The first ones, and leaves the rest.
    private static long takePlainly(int slot, long head) {
        int half = count(slot, head) / 2;
        if (half == 0) {
            return 0;
        }
        long first = Rseq.get(slot, head);
        long last = first;
        for (int i = 1; i < half; i++) {
            last = next(last);
        }
        U.putLong(Rseq.addressInSlot(head, slot), next(last));
        link(last, 0);
        return first;
    }

    /** {@return a node of one slot, or 0} The caller has the slot exclusively. */
    private static long popPlainly(int slot, long head) {
        long first = Rseq.addressInSlot(head, slot);
        long node = U.getLong(first);
        if (node != 0) {
            U.putLong(first, U.getLong(node + LINK));
        }
        return node;
    }

    /**
     * Pushes nodes that are linked, all of which are on this thread's slot then,
     * or on the slow slot. What was written before, to the nodes and elsewhere, is
     * seen by whoever pops them.
     *
     * @param owner keeps everything alive
     * @param head  the variable
     * @param first the node to be popped first
     * @param last  the node at the other end, whose link is overwritten
     */
    @ForceInline
    public static void push(Object owner, long head, long first, long last) {
        int slot = usableSlot();
        if (slot < 0 || !tryPush(owner, slot, head, first, last)) {
            pushAgain(owner, head, first, last);
        }
    }

    @DontInline
    private static void pushAgain(Object owner, long head, long first, long last) {
        for (int i = 1; i < ATTEMPTS; i++) {
            int slot = usableSlot();
            if (slot < 0) {
                break;
            }
            if (tryPush(owner, slot, head, first, last)) {
                return;
            }
        }
        pushSlowly(owner, head, first, last);
    }

    @ForceInline
    private static boolean tryPush(Object owner, int slot, long head, long first, long last) {
        long old = Rseq.get(slot, head);
        U.putLong(last + LINK, old);
        U.storeFence();
        return Rseq.loadCbneStore(owner, slot, head, old, first) == Rseq.COMMITTED;
    }

    private static void pushSlowly(Object owner, long head, long first, long last) {
        ExclusiveUse slow = ExclusiveUse.slow();
        synchronized (slow) {
            slow.count();
            pushPlainly(slow.slot(), head, first, last);
        }
        Reference.reachabilityFence(owner);
    }

    /** Pushes to one slot. The caller has the slot exclusively. */
    public static void pushPlainly(int slot, long head, long first, long last) {
        U.putLong(last + LINK, Rseq.get(slot, head));
        U.putLongRelease(null, Rseq.addressInSlot(head, slot), first);
    }

    /**
     * {@return the first of all nodes of one slot, or 0, linked to the others}
     * The caller has the slot exclusively.
     *
     * @param slot the slot
     * @param head the variable
     */
    public static long takeAllPlainly(int slot, long head) {
        long first = Rseq.get(slot, head);
        U.putLong(Rseq.addressInSlot(head, slot), 0);
        return first;
    }

    /** {@return the last of linked nodes} */
    public static long last(long node) {
        long last = node;
        for (long next = node; next != 0; next = next(next)) {
            last = next;
        }
        return last;
    }

    /** {@return the node after this one, or 0} */
    public static long next(long node) {
        return U.getLong(node + LINK);
    }

    /** Links one node to another, or to nothing. */
    public static void link(long node, long next) {
        U.putLong(node + LINK, next);
    }
}
