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

/**
 * What happened to per-CPU data in this process, for diagnostics and tests.
 * Everything is counted off the fast path, and so the fast path's operations,
 * which all others are, are not counted at all. Each value is read by itself: two
 * of them are no snapshot.
 */
public final class Statistics {

    // The VM's numbers for what it counts: prims/perCpuServices.cpp.
    private static final int ABORTS = 0;
    private static final int OVERFLOW_OPERATIONS = 1;
    private static final int ARENAS = 2;
    private static final int ARENA_BYTES = 3;
    private static final int FENCES = 4;
    private static final int ADDERS = 5;
    private static final int FENCE_NANOS = 6;
    private static final int GIVEN_UP = 7;

    private Statistics() {}

    /** {@return how many sections were aborted, as far as handlers counted them} */
    public static long aborts() {
        return VMServices.statistic(ABORTS);
    }

    /** {@return how many operations were done with atomic instructions on the overflow slot} */
    public static long overflowOperations() {
        return VMServices.statistic(OVERFLOW_OPERATIONS);
    }

    /**
     * {@return how many operations were completed without a section: with atomic
     * instructions on the overflow slot, or as transactions under a slot's lock}
     */
    public static long slowCommits() {
        return overflowOperations() + transactions();
    }

    /**
     * {@return how many operations of structures were done under a slot's lock: on the
     * overflow slot, or as a steal or drain, on any; and uses by applications}
     */
    public static long transactions() {
        return ExclusiveUse.commits();
    }

    /** {@return how often threads were made to leave their sections} */
    public static long fences() {
        return VMServices.statistic(FENCES);
    }

    /** {@return how long fences took in all, in nanoseconds} */
    public static long fenceNanos() {
        return VMServices.statistic(FENCE_NANOS);
    }

    /** {@return how often an operation of {@link Rseq} was done without a section} */
    public static long givenUp() {
        return VMServices.statistic(GIVEN_UP);
    }

    /** {@return how often somebody had a slot of variables exclusively} */
    public static long exclusiveUses() {
        return ExclusiveActions.uses();
    }

    /** {@return how long that was in all, in nanoseconds} */
    public static long exclusiveNanos() {
        return ExclusiveActions.nanos();
    }

    /**
     * {@return how many slots have something else than zero in some variable} This
     * one visits all variables but those of {@link Adders}.
     */
    public static int slotsInUse() {
        return Arena.slotsInUse();
    }

    /** {@return how many objects of {@code java.util.concurrent} count per CPU: see {@link Adders}} */
    public static long adders() {
        return VMServices.statistic(ADDERS);
    }

    /** {@return how many blocks of memory there are for variables and structures} */
    public static long arenas() {
        return VMServices.statistic(ARENAS);
    }

    /** {@return how many bytes these reserve} */
    public static long arenaBytes() {
        return VMServices.statistic(ARENA_BYTES);
    }
}
