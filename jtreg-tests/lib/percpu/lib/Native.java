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

/** What the tests need from outside Java; errors are errno values, 0 is success. */
public final class Native {
    static {
        System.loadLibrary("percputest");
    }

    private Native() {}

    public static native int gettid();

    /** The CPUs this thread may run on. */
    public static native int[] allowedCpus();

    /** Moves the thread {@code tid} (0: this one) to these CPUs. */
    public static native int setAffinity(int tid, int[] cpus);

    /** Sends all these threads a signal, again and again after a pause, until {@link #stopStorm}, or so long. */
    public static native int startStorm(int[] tids, int pauseMicros, int millis);

    /** Returns how many signals were handled. */
    public static native long stopStorm();

    /**
     * Runs the task on native threads that attach to the VM and detach again {@code rounds} times each.
     * With {@code foreign} the threads register an rseq area of their own first. Negative results:
     * attaching failed (-1), the task threw (-2), detaching failed (-3).
     */
    public static native int runNative(Runnable task, int threads, int rounds, boolean foreign);

    /** Takes back the registration that glibc made for this thread. */
    public static native int unregisterSelf();

    /** Makes it again, after {@link #unregisterSelf}. */
    public static native int registerSelf();

    /** The length that glibc registered this thread's area with, or a negative errno. */
    public static native int registeredLength();

    /** Writes an index to this thread's area, as glibc registered it; the kernel overwrites it some time later. */
    public static native int forgeIndex(boolean mmCid, int index);

    /**
     * Throws an exception in a thread, wherever it is, as debuggers do. To be called by one thread. Errors are those of
     * JVMTI.
     */
    public static native int stopThread(Thread thread, Throwable exception);

    /** Limits the address space of this process; -1 lifts the limit. */
    public static native int limitAddressSpace(long bytes);

    /** Limits the private writable memory of this process; -1 lifts the limit. */
    public static native int limitData(long bytes);

    /** Maps memory that nobody has written to, and returns its address, or a negative errno. */
    public static native long mapZeros(long length);

    public static native int unmap(long address, long length);

    /** Puts the beginning of a file in place of the memory at an address. 0, or a negative errno. */
    public static native int mapFile(String file, long address, long length);
}
