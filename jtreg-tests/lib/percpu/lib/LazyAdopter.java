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
 * A preloaded library that registers its own {@code __rseq_abi} for a thread when the thread first asks for it, as
 * allocators do, and counts with sections of its own there. Errors are errno values, 0 is success.
 */
public final class LazyAdopter {
    static {
        System.loadLibrary("lazyadopter");
    }

    private LazyAdopter() {}

    /** This thread wants to use the library's area, whoever registered it. */
    public static native int adopt();

    /** Whether the area that this thread was promised is still registered, and what is beside it is untouched. */
    public static native int check();

    /** Counts so often, in sections if this thread can. */
    public static native void count(int n);

    public static native long countedInSections();

    public static native long countedOtherwise();

    /** How many of the library's sections aborted. */
    public static native long aborts();

    /**
     * Runs the task on a new native thread that attaches to the VM and detaches again {@code rounds} times, and
     * {@link #check checks} each time after that. With {@code first} it wants the library's area before it attaches,
     * with {@code again} whenever it has detached. Negative results as of {@link Native#runNative}.
     */
    public static native int runNative(Runnable task, int rounds, boolean first, boolean again);
}
