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

import jdk.internal.access.JavaLangRefAccess;
import jdk.internal.access.SharedSecrets;

/**
 * Lets memory come back whose owners are unreachable, before an allocation outside
 * of the heap fails: nothing else makes a collector run when that memory is short.
 * It does what {@code java.nio.Bits} does for direct buffers: it waits for
 * references to be processed, collects once, and then waits for the cleaner, longer
 * each time, for half a second in all.
 * {@snippet lang="java" :
 * try (Reclaimer reclaimer = new Reclaimer()) {
 *     while (result == 0 && reclaimer.reclaim()) {
 *         result = tryAgain();
 *     }
 * }
 * }
 * The caller must hold no lock that is wanted by what frees memory.
 */
final class Reclaimer implements AutoCloseable {

    private static final JavaLangRefAccess JLRA = SharedSecrets.getJavaLangRefAccess();

    // 1, 2, 4 ... 256 milliseconds
    private static final int MAX_SLEEPS = 9;

    private boolean collected;
    private int sleeps;
    private boolean interrupted;

    /**
     * {@return whether memory may have come back, so that another try is worth it}
     * False when all was done that can be done.
     */
    boolean reclaim() {
        try {
            if (JLRA.waitForReferenceProcessing()) {
                return true;
            }
            if (!collected) {
                collected = true;
                System.gc();
                return true;
            }
            if (sleeps == MAX_SLEEPS) {
                return false;
            }
            Thread.sleep(1L << sleeps++);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        return true;
    }

    /** Restores the thread's interrupt status. */
    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
