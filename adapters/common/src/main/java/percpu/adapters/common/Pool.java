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

package percpu.adapters.common;

/**
 * Objects that are dear to make, kept per CPU for who needs one next. {@link Counting#pool} makes it, if this process
 * can have one.
 *
 * <p>An object is released by its entry, which the function that made the object was given. Any thread may release
 * what another acquired. What it did before is seen by the one that acquires the object next.
 *
 * @param <E> the type of the objects
 */
public interface Pool<E> {

    /**
     * Returns an object that the caller has for itself until its entry is released: one that is kept, or a new one.
     *
     * @return the object
     * @throws IllegalStateException if this pool is closed
     * @throws OutOfMemoryError if there is no memory; nothing was acquired then
     */
    E acquire();

    /**
     * Gives an object back. It is kept, or dropped if there is no room for it.
     *
     * @param entry its entry
     * @throws ClassCastException if that is no entry
     * @throws IllegalArgumentException if it is an entry of another pool
     * @throws IllegalStateException if it is not acquired: it was released before
     */
    void release(Object entry);

    /**
     * Drops objects that nobody needed since the last call. A release does the same now and then.
     *
     * @return how many
     */
    long trim();

    /**
     * Drops all objects that are kept.
     *
     * @return how many
     */
    long clear();

    /** Drops all objects that are kept, and from now on each that is released. Nothing can be acquired any more. */
    void close();

    /**
     * Returns how many objects are kept.
     *
     * @return how many; no snapshot
     */
    long size();

    /**
     * Returns how many objects are kept at most.
     *
     * @return how many
     */
    long capacity();

    /**
     * Returns what has happened so far. That is exact if nobody uses the pool meanwhile.
     *
     * @return the numbers
     */
    Statistics statistics();

    /**
     * Numbers of a pool.
     *
     * @param acquired how often an object was acquired
     * @param made     how many objects were made
     * @param dropped  how many were not kept when they were released, or not any longer
     * @param lost     how many were collected without having been released, as far as it was seen
     * @param kept     how many are kept
     */
    record Statistics(long acquired, long made, long dropped, long lost, long kept) {
        /**
         * Returns how many objects are acquired at this moment.
         *
         * @return how many
         */
        public long outstanding() {
            return made - dropped - lost - kept;
        }
    }
}
