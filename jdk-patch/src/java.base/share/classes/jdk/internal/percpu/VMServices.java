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

import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;

/**
 * What the virtual machine does for per-CPU data beside the operations: the fence,
 * memory, the room on the stack, and what it knows of rseq in this process.
 */
public final class VMServices {

    private static native void registerNatives();

    static {
        registerNatives();
    }

    // Far more than a transaction takes in the interpreter; nothing of it is recursive.
    private static final int STACK_FOR_TRANSACTION = 32 * 1024;

    private static volatile boolean prepared;

    private VMServices() {}

    // --- For Slots

    static int slots() {
        return slots0();
    }

    static int strideShift() {
        return strideShift0();
    }

    // --- What slow paths need

    /**
     * Makes everything that the slow paths need, and initializes their classes. A
     * class that fails to do that, for lack of stack or memory, can never be used. So
     * whoever makes a variable or a structure calls this first, where a failure can be
     * told and tried again, and no operation has to.
     *
     * <p>After it there is stack enough for what the caller initializes itself.
     *
     * @throws StackOverflowError if there is not stack enough
     * @throws OutOfMemoryError   if there is no memory
     */
    public static void prepare() {
        ensureStack();
        if (!prepared) {
            Unsafe unsafe = Unsafe.getUnsafe();
            unsafe.ensureClassInitialized(Rseq.class);
            unsafe.ensureClassInitialized(Slots.class);
            unsafe.ensureClassInitialized(Stripes.class);
            unsafe.ensureClassInitialized(Transaction.class);
            unsafe.ensureClassInitialized(Chain.class);
            unsafe.ensureClassInitialized(Arena.class);
            unsafe.ensureClassInitialized(Arena.Lease.class);
            unsafe.ensureClassInitialized(Arena.Run.class);
            unsafe.ensureClassInitialized(Memory.class);
            unsafe.ensureClassInitialized(Accumulations.class);
            unsafe.ensureClassInitialized(Elements.class);
            unsafe.ensureClassInitialized(FreeList.class);
            unsafe.ensureClassInitialized(Blocks.class);
            unsafe.ensureClassInitialized(Reclaimer.class);
            unsafe.ensureClassInitialized(CleanerFactory.class);
            unsafe.ensureClassInitialized(ExclusiveUse.class);
            unsafe.ensureClassInitialized(ExclusiveUse.Guest.class);
            unsafe.ensureClassInitialized(ExclusiveActions.class);
            prepared = true;
        }
    }

    /** {@return whether {@link #prepare} has done it} */
    static boolean isPrepared() {
        return prepared;
    }

    /**
     * Throws unless there is stack for everything that is done while a slot is
     * locked: an overflow in there would leave things half done.
     *
     * @throws StackOverflowError if there is not
     */
    public static void ensureStack() {
        ensureStack(1);
    }

    /**
     * Likewise, for what does transactions and calls.
     *
     * @param times how many times as much
     * @throws StackOverflowError if there is not
     */
    public static void ensureStack(int times) {
        if (!hasStack(times)) {
            throw new StackOverflowError("a per-CPU transaction needs " + times * STACK_FOR_TRANSACTION
                    + " bytes of stack");
        }
    }

    /** {@return whether there is stack enough for a transaction} */
    static boolean hasStack() {
        return hasStack(1);
    }

    private static boolean hasStack(int times) {
        return stackRoom0() >= times * STACK_FOR_TRANSACTION;
    }

    /**
     * To be assigned where a method that is a fence threw {@code StackOverflowError}
     * after a commit, which must not be lost. Only the interpreter calls such a method,
     * and there the store to a volatile field is a full fence.
     */
    public static volatile int fenceByStore;

    /**
     * Makes every thread abort or leave the section that it is in, with a full
     * memory barrier. Linux's {@code membarrier} does it; where that cannot be
     * had or be trusted, a handshake of all Java threads does.
     */
    public static void fence() {
        fence0();
    }

    // --- Memory

    /**
     * {@return the address of slot 0 of a new arena, zeroed} 0 if there is no memory. The
     * arena has a stride of memory for each slot, as {@link Slots} says, and behind the
     * last one address space that nobody can use: an index above the last slot leads
     * there. Pages count only once they are written.
     */
    static long reserveArena() {
        return reserveArena0();
    }

    /**
     * Gives an arena back. Nothing of it may be in use.
     *
     * @param slot0 what {@link #reserveArena} returned
     */
    static void releaseArena(long slot0) {
        releaseArena0(slot0);
    }

    /**
     * {@return the address of zeroed memory, aligned to a page} 0 if there is
     * none. Pages count only once they are written, and huge pages are not used.
     *
     * @param bytes how much, positive
     */
    static long reserveMemory(long bytes) {
        return reserveMemory0(bytes);
    }

    /**
     * Gives memory back. Nothing of it may be in use.
     *
     * @param base  what {@link #reserveMemory} returned
     * @param bytes what it was called with
     */
    static void releaseMemory(long base, long bytes) {
        releaseMemory0(base, bytes);
    }

    /**
     * Gives the pages of memory back, not the addresses. What is there is undefined
     * afterwards.
     *
     * @param base  what {@link #reserveMemory} returned
     * @param bytes what it was called with
     */
    static void discardMemory(long base, long bytes) {
        discardMemory0(base, bytes);
    }

    // --- For adders

    /**
     * {@return whether adders may count per CPU} They may not without rseq, while heap objects
     * are archived, which outlive this process, and where a limit on address space would make
     * arenas take it from others.
     */
    static boolean usesAdders() {
        return usesAdders0();
    }

    /**
     * {@return whether an atomic instruction that nobody contends for costs this CPU several
     * times what a section does}
     */
    static boolean areAtomicsSlow() {
        return areAtomicsSlow0();
    }

    /**
     * Tells the VM, which tells people, that so many more adders count per CPU.
     *
     * @param more how many more
     */
    static void countAdders(int more) {
        countAdders0(more);
    }

    // --- For people and tests

    /**
     * {@return what the VM counts}
     *
     * @param which one of {@link Statistics}' numbers
     */
    static long statistic(int which) {
        return statistic0(which);
    }

    /**
     * {@return one line on where rseq came from, or why it is not used}
     * The line that hs_err and {@code VM.info} show.
     */
    public static String describe() {
        return describe0();
    }

    private static native int slots0();
    private static native int strideShift0();
    private static native void fence0();
    private static native long stackRoom0();
    private static native long reserveArena0();
    private static native void releaseArena0(long slot0);
    private static native long reserveMemory0(long bytes);
    private static native void releaseMemory0(long base, long bytes);
    private static native void discardMemory0(long base, long bytes);
    private static native boolean usesAdders0();
    private static native boolean areAtomicsSlow0();
    private static native void countAdders0(int more);
    private static native long statistic0(int which);
    private static native String describe0();
}
