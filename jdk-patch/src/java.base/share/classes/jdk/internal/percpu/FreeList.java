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

import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * Nodes of a {@link Chain} that are all alike and are used again and again. Free ones wait
 * on the slots. Where none waits, half of another slot's are taken, or new ones made.
 */
public abstract class FreeList {

    // The variable with each slot's first free node. It begins a group, the rest of which is for who uses the nodes.
    @Stable
    private final long free;

    private final ExclusiveUse use;

    // How often nodes were made, and how often when all slots were last counted and none had many. Guarded by this.
    private int grown;
    private int grownWhenCounted;

    // For Chain. Not static: a static initializer that fails could not be tried again.
    final Transaction<FreeList> popping = new Chain.Pop();
    final Transaction<FreeList> pushing = new Chain.Push();
    final Transaction<FreeList> takingHalf = new Chain.TakeHalf();
    final Transaction<FreeList> detaching = new Chain.Detach();

    /** Creates a list without nodes. */
    @SuppressWarnings("this-escape") // to a phantom reference
    protected FreeList() {
        VMServices.prepare();
        free = Memory.allocateGroup(this);
        use = new ExclusiveUse(free);
    }

    /** {@return the locks of the variables} */
    public final ExclusiveUse use() {
        return use;
    }

    /**
     * {@return the address of another variable of the same group} This keeps it alive.
     *
     * @param i which, from 1 to 6
     */
    public final long variable(int i) {
        return free + (long) i * Long.BYTES;
    }

    /**
     * {@return the first of new nodes, linked} The caller has this object's monitor.
     *
     * @throws OutOfMemoryError if there is no memory; nothing has changed then
     */
    protected abstract long grow();

    /**
     * {@return a node}
     *
     * @throws OutOfMemoryError   if there is none free and no memory for more; nothing
     *         has changed then
     * @throws StackOverflowError likewise
     */
    @ForceInline
    public final long take() {
        long node = Chain.pop(this, free);
        return node != 0 ? node : refill();
    }

    private long refill() {
        // More than the transactions below want, so that none of them fails after another has changed something.
        VMServices.ensureStack(2);
        long nodes = Chain.takeFromOthers(this, free);
        return nodes != 0 ? keepRest(nodes) : refillAlone();
    }

    // Who has waited for the thread that makes nodes takes of those: else each thread that waits would make as many.
    private synchronized long refillAlone() {
        long node = Chain.pop(this, free);
        if (node != 0) {
            return node;
        }
        long nodes = Chain.takeFromOthers(this, free);
        if (nodes == 0) {
            nodes = takeCounted();
        }
        if (nodes == 0) {
            nodes = grow();
            grown++;
        }
        return keepRest(nodes);
    }

    // A slot that is in use may always seem to have few, so that the nodes would become more for ever. To count them costs
    // fences, and so is done only when the list has grown by half since that found none: then half of it may be too much.
    private long takeCounted() {
        if (grown < grownWhenCounted + grownWhenCounted / 2) {
            return 0;
        }
        long nodes = Chain.takeFromOthersCounted(this, free);
        if (nodes == 0) {
            grownWhenCounted = grown;
        }
        return nodes;
    }

    // The first is the caller's.
    private long keepRest(long nodes) {
        long rest = Chain.next(nodes);
        if (rest != 0) {
            Chain.push(this, free, rest, Chain.last(rest));
        }
        return nodes;
    }

    /**
     * Makes a node free.
     *
     * @throws StackOverflowError if there is not stack enough; there is one node less
     *         then
     */
    @ForceInline
    public final void giveBack(long node) {
        Chain.push(this, free, node, node);
    }

    /** Makes a node free on one slot. The caller has the slot exclusively. */
    public final void giveBackPlainly(int slot, long node) {
        Chain.pushPlainly(slot, free, node, node);
    }

    /**
     * Makes linked nodes free.
     *
     * @throws StackOverflowError if there is not stack enough; there are less nodes then
     */
    public final void giveBack(long first, long last) {
        Chain.push(this, free, first, last);
    }

    /** Makes linked nodes free, on a slot that the caller has exclusively. */
    public final void giveBackPlainly(int slot, long first, long last) {
        Chain.pushPlainly(slot, free, first, last);
    }
}
