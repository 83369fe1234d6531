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


package jdk.incubator.percpu;

/**
 * What a pool keeps above its slots: batches, which go up from a slot that is full and come
 * down to one that is empty. A lock, held for a few assignments, is taken once for each
 * batch. Batches are in the order in which they came: the last one goes down first, and the
 * first ones are idle, if the number never went below theirs for a while.
 */
final class PerCpuPoolDepot {

    /** Entries that go up or down together, or are dropped together. */
    static final class Batch {
        final Object[] entries;
        int count;

        // In the depot: the one that came before, and after. Outside: the next of those to be dropped.
        private Batch older;
        private Batch newer;

        Batch(int capacity) {
            entries = new Object[capacity];
        }

        /** {@return the next one in a chain} */
        Batch next() {
            return older;
        }

        /** {@return this, before a chain} */
        Batch before(Batch chain) {
            older = chain;
            return this;
        }
    }

    private final int capacity;

    // Guarded by this, as all below; those that are volatile are read by anybody.
    private volatile int count;
    private Batch oldest;
    private Batch newest;

    // The smallest count since the mark.
    private int least;

    private volatile boolean closed;

    PerCpuPoolDepot(int capacity) {
        this.capacity = capacity;
    }

    /** {@return how many entries there are} */
    int count() {
        return count;
    }

    /** {@return for how many entries there is room} Stale at once. */
    int room() {
        return closed ? 0 : capacity - count;
    }

    /** {@return whether the batch was put here} Not if it is empty, has no room here, or this is closed. */
    synchronized boolean put(Batch batch) {
        if (closed || batch.count == 0 || batch.count > capacity - count) {
            return false;
        }
        batch.older = newest;
        batch.newer = null;
        if (newest == null) {
            oldest = batch;
        } else {
            newest.newer = batch;
        }
        newest = batch;
        count += batch.count;
        return true;
    }

    /**
     * {@return the batch that came last, or null if there is none}
     *
     * @throws IllegalStateException if this was closed
     */
    synchronized Batch take() {
        if (closed) {
            throw new IllegalStateException("Already closed");
        }
        Batch batch = newest;
        if (batch != null) {
            newest = batch.older;
            if (newest == null) {
                oldest = null;
            } else {
                newest.newer = null;
            }
            batch.older = null;
            count -= batch.count;
            least = Math.min(least, count);
        }
        return batch;
    }

    /** {@return a chain of the batches that nobody needed since the mark} Nothing is a part of a batch. */
    synchronized Batch takeIdle() {
        Batch chain = null;
        while (oldest != null && oldest.count <= least) {
            Batch batch = oldest;
            oldest = batch.newer;
            if (oldest == null) {
                newest = null;
            } else {
                oldest.older = null;
            }
            count -= batch.count;
            least -= batch.count;
            chain = batch.before(chain);
        }
        return chain;
    }

    /** From now on it is looked at what is needed. */
    synchronized void mark() {
        least = count;
    }

    /** {@return a chain of all batches} */
    synchronized Batch takeAll() {
        Batch chain = newest;
        newest = null;
        oldest = null;
        count = 0;
        least = 0;
        return chain;
    }

    /** {@return as {@link #takeAll}} Nothing can be put or taken any more. */
    synchronized Batch close() {
        closed = true;
        return takeAll();
    }
}
