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
 * A histogram that is kept per CPU. {@link Counting#distribution} makes it, if this process can have one. NaN and the
 * infinities are in no bucket and not in the sum.
 */
public interface Distribution {

    /**
     * Records a value.
     *
     * @param value the value
     * @throws OutOfMemoryError if it is the first one on a CPU and there is no memory; it was not recorded then
     */
    void record(double value);

    /**
     * Returns what was recorded: each value as a whole or not at all.
     *
     * @return what was recorded
     * @throws OutOfMemoryError if there is no memory; nothing has changed then
     */
    Snapshot snapshot();

    /**
     * Returns what was recorded, and forgets it. What is recorded meanwhile is either in the result or remains.
     *
     * @return what was recorded
     * @throws OutOfMemoryError if there is no memory; nothing has changed then
     */
    Snapshot snapshotAndReset();

    /** What was recorded. */
    interface Snapshot {

        /**
         * Returns how many values each bucket has. With given bounds, a bucket has the values above the bound before
         * its own, up to its own, and the last has those above all bounds.
         *
         * @return a new array
         */
        long[] counts();

        /**
         * Returns the sum of the values.
         *
         * @return the sum
         */
        double sum();

        /**
         * Returns the buckets if they are exponential.
         *
         * @return the buckets
         * @throws IllegalStateException if bounds were given
         */
        Exponential exponential();
    }

    /**
     * Buckets whose bounds are the powers of {@code b = 2^(2^-scale)}: bucket {@code i} has the values above
     * {@code b^i}, up to {@code b^(i + 1)}.
     *
     * @param scale          the scale
     * @param zeros          how many zeros there are
     * @param positiveOffset the number of the first bucket of positive values
     * @param positive       how many values it and those after it have
     * @param negativeOffset the number of the first bucket of negative values, by absolute values
     * @param negative       how many values it and those after it have
     */
    record Exponential(int scale, long zeros, int positiveOffset, long[] positive, int negativeOffset,
            long[] negative) {}
}
