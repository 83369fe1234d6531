/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.
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

package percpu.lib;

/**
 * Threads whose rseq_cs tells of a section that they are not in, as it does when the kernel has had no reason to
 * clear it. Only where glibc has registered. Errors are errno values, 0 is success.
 */
public final class Armed {
    static {
        System.loadLibrary("armed");
    }

    private Armed() {}

    /**
     * From now on this thread is armed with the descriptor, and again after each {@link #signal}. How many signals
     * find its pc in the range is counted.
     */
    public static native int watch(long descriptor, long start, long length);

    /** Interrupts the watched thread, so that the kernel looks at its rseq_cs, and waits until that has happened. */
    public static native int signal(int tid);

    /** How many signals found the pc in the range. */
    public static native long hits();

    /** Once, before the first {@link #park}. */
    public static native int preparePark();

    /** Arms this thread with the descriptor and waits in the kernel for {@link #unpark}. */
    public static native int park(long descriptor);

    public static native int unpark();
}
