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
import jdk.internal.vm.annotation.ForceInline;

/**
 * Linked lists of nodes outside of the heap, one list on each slot, last in first
 * out. A node's first word is its link: the address of the next node, or 0. A
 * variable of {@link FreeList} holds the address of each slot's first node.
 *
 * <p>Whoever has popped a node has it alone until it is pushed again. A node may
 * be read as long as the owner lives, also while it is not in a list. There is
 * no ABA: {@link Rseq#loadCbeqStoreAddLoadStore}.
 *
 * <p>Operations are {@linkplain Transaction transactions}. {@code owner} is the free list
 * that the nodes come from, {@code head} the address of one of its variables, which it
 * keeps alive, and the nodes too.
 *
 * <p>Near the end of the stack: what is compiled has the stack for a first attempt when
 * its method is entered, but in the interpreter each method is a call that may throw
 * {@code StackOverflowError}. So after the commit of a first attempt there is no call,
 * here and in the structures, or one whose failure is caught and does no harm. What
 * comes after that, {@link ExclusiveUse} and so on, asks for stack first. So the
 * error means that nothing was done.
 * */
public final class Chain {

    private static final Unsafe U = Unsafe.getUnsafe();

    /** Where a node has its link. */
    public static final long LINK = 0;

    // So many nodes are taken from another slot at most, and so many must be there at least.
    private static final int MOST = 1024;
    private static final int WORTH_A_FENCE = 64;

    private Chain() {}

    // --- Pop

    /**
     * {@return a node, or 0 if there is none on this thread's slot nor on the
     * slow slot} Or if this thread's slot is somebody's exclusively and the slow
     * slot is empty.
     *
     * @param owner keeps everything alive
     * @param head  the variable
     */
    @ForceInline
    public static long pop(FreeList owner, long head) {
        int slot = Rseq.usableSlot();
        if (slot >= 0) {
            long node = Rseq.loadCbeqStoreAddLoadStore(owner, slot, head, 0, LINK);
            if (node > 0) {
                // What the one who pushed it has written comes after.
                try {
                    U.loadFence();
                } catch (StackOverflowError e) {
                    VMServices.fenceByStore = 0;
                }
                return node;
            }
        }
        return owner.popping.run(owner, head, 0, 0);
    }

    static final class Pop extends Transaction<FreeList> {

        Pop() {
            super(true);
        }

        @Override
        protected ExclusiveUse use(FreeList owner) {
            return owner.use();
        }

        @Override
        protected boolean isPossible(FreeList owner, int slot, long head) {
            return Slots.get(slot, head) != 0;
        }

        @Override
        protected long attempt(FreeList owner, int slot, long head, long b, long c) {
            long node = Rseq.loadCbeqStoreAddLoadStore(owner, slot, head, 0, LINK);
            U.loadFence();
            return node > 0 ? node : AGAIN;
        }

        @Override
        protected long plainly(FreeList owner, int slot, long head, long b, long c) {
            long first = Slots.address(head, slot);
            long node = U.getLong(first);
            if (node != 0) {
                U.putLong(first, next(node));
            }
            return node;
        }
    }

    // --- Push

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
    public static void push(FreeList owner, long head, long first, long last) {
        int slot = Rseq.usableSlot();
        if (slot < 0 || !tryPush(owner, slot, head, first, last)) {
            owner.pushing.run(owner, head, first, last);
        }
    }

    @ForceInline
    private static boolean tryPush(FreeList owner, int slot, long head, long first, long last) {
        long old = Slots.getOfCpu(slot, head);
        U.putLong(last + LINK, old);
        U.storeFence();
        return Rseq.loadCbneStore(owner, slot, head, old, first) == Rseq.COMMITTED;
    }

    static final class Push extends Transaction<FreeList> {

        Push() {
            super(false);
        }

        @Override
        protected ExclusiveUse use(FreeList owner) {
            return owner.use();
        }

        @Override
        protected boolean isPossible(FreeList owner, int slot, long head) {
            return true;
        }

        @Override
        protected long attempt(FreeList owner, int slot, long head, long first, long last) {
            return tryPush(owner, slot, head, first, last) ? DONE : AGAIN;
        }

        @Override
        protected long plainly(FreeList owner, int slot, long head, long first, long last) {
            pushPlainly(slot, head, first, last);
            return DONE;
        }
    }

    /** Pushes to one slot. The caller has the slot exclusively. */
    public static void pushPlainly(int slot, long head, long first, long last) {
        U.putLong(last + LINK, Slots.get(slot, head));
        U.putLongRelease(null, Slots.address(head, slot), first);
    }

    // --- Many nodes at a time

    /**
     * {@return nodes of some slot that has many, linked, or 0} Half of them, but not
     * more than a certain number. For nodes that are all alike: a thread that is moved
     * between two operations leaves them where they may not be needed. Slots that others
     * use meanwhile may seem to have less than they have.
     *
     * @param owner keeps everything alive
     * @param head  the variable
     */
    public static long takeFromOthers(FreeList owner, long head) {
        long taken = 0;
        for (int slot = 0; taken == 0 && slot < Slots.count(); slot++) {
            if (owner.takingHalf.isPossible(owner, slot, head)) {
                // The fence is paid for: half of a few is welcome, too.
                taken = owner.takingHalf.exclusively(owner, slot, head, 2, 0);
            }
        }
        Reference.reachabilityFence(owner);
        return taken;
    }

    /**
     * {@return as {@link #takeFromOthers}} Each slot is counted exclusively, which costs a
     * fence for each that has any.
     *
     * @param owner keeps everything alive
     * @param head  the variable
     */
    static long takeFromOthersCounted(FreeList owner, long head) {
        long taken = 0;
        for (int slot = 0; taken == 0 && slot < Slots.count(); slot++) {
            if (Slots.get(slot, head) != 0) {
                taken = owner.takingHalf.exclusively(owner, slot, head, WORTH_A_FENCE, 0);
            }
        }
        Reference.reachabilityFence(owner);
        return taken;
    }

    static final class TakeHalf extends Transaction<FreeList> {

        TakeHalf() {
            super(true);
        }

        @Override
        protected ExclusiveUse use(FreeList owner) {
            return owner.use();
        }

        @Override
        protected boolean isPossible(FreeList owner, int slot, long head) {
            // What is counted here changes meanwhile; the nodes remain readable. A node that has become an element of a
            // list leads out of the free ones, mostly to an early end.
            return count(slot, head) >= WORTH_A_FENCE;
        }

        // The first ones, and leaves the rest.
        @Override
        protected long plainly(FreeList owner, int slot, long head, long least, long c) {
            int count = count(slot, head);
            if (count < least) {
                return REFUSED;
            }
            int half = count / 2;
            long first = Slots.get(slot, head);
            long last = first;
            for (int i = 1; i < half; i++) {
                last = next(last);
            }
            U.putLong(Slots.address(head, slot), next(last));
            link(last, 0);
            return first;
        }
    }

    /** Takes the first nodes off, as many as there are up to a number. */
    static final class Detach extends Transaction<FreeList> {

        Detach() {
            super(true);
        }

        @Override
        protected ExclusiveUse use(FreeList owner) {
            return owner.use();
        }

        @Override
        protected boolean isPossible(FreeList owner, int slot, long head) {
            return Slots.get(slot, head) != 0;
        }

        @Override
        protected long plainly(FreeList owner, int slot, long head, long most, long c) {
            long first = Slots.get(slot, head);
            if (first == 0) {
                return REFUSED;
            }
            long last = first;
            for (long i = 1; i < most && next(last) != 0; i++) {
                last = next(last);
            }
            U.putLong(Slots.address(head, slot), next(last));
            link(last, 0);
            return first;
        }
    }

    /**
     * {@return the first nodes of a slot, linked, or 0 if there is none}
     *
     * @param owner keeps everything alive
     * @param head  the variable
     * @param slot  any slot
     * @param most  how many at most, positive
     */
    public static long detach(FreeList owner, long head, int slot, int most) {
        return owner.detaching.isPossible(owner, slot, head)
                ? owner.detaching.exclusively(owner, slot, head, most, 0) : 0;
    }

    /**
     * Pushes linked nodes to any slot.
     *
     * @param owner keeps everything alive
     * @param head  the variable
     * @param slot  the slot
     * @param first the node to be popped first
     * @param last  the node at the other end
     */
    public static void pushTo(FreeList owner, long head, int slot, long first, long last) {
        owner.pushing.exclusively(owner, slot, head, first, last);
    }

    private static int count(int slot, long head) {
        int count = 0;
        for (long node = Slots.get(slot, head); node != 0 && count < MOST; node = next(node)) {
            count++;
        }
        return count;
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
