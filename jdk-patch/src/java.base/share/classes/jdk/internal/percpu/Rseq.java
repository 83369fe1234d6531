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

import java.lang.ref.Reference;

import jdk.internal.misc.Unsafe;
import jdk.internal.ref.CleanerFactory;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.IntrinsicCandidate;

/**
 * Raw operations on per-CPU variables, each one a Linux restartable sequence
 * (rseq) critical section. The names are librseq's and tell the steps.
 *
 * <p>A variable is a {@code long} that exists once per <i>slot</i>. Its
 * {@code address} is that of its copy in slot 0; the copy in slot {@code i} is at
 * {@code address + i * stride()}. The slots {@code 0 .. overflowSlot() - 1}
 * belong to CPUs (or to the process's concurrency ids); the last one, the
 * <i>overflow slot</i>, belongs to nobody and is touched only with atomic
 * instructions, by threads that cannot use rseq and by sections that were
 * aborted too often.
 *
 * <p>The pseudo-code below uses these words:
 * <ul>
 * <li>{@code section { ... }}: the kernel restarts it from its abort handler
 *     when the thread is preempted, migrated or signalled in it; its last
 *     step, the <i>commit</i>, is one store. No step but the commit counts.
 * <li>{@code index}: the slot of the CPU that the section runs on.
 * <li>{@code v[i]}: the long at {@code address + i * stride()}.
 * <li>{@code overflow}: what is done, outside of any section, by a thread that
 *     has no rseq area, whose slot is somebody's exclusively
 *     ({@link ExclusiveUse}), or whose section was aborted
 *     {@code RseqAbortLimit} times in a row.
 * </ul>
 *
 * <p>There are six operations, with variants: {@link #loadAddStore} and
 * {@link #getAndAdd}, {@link #compareAndExchange}, which find their slot
 * themselves, and those that name it, {@link #loadCbneStore},
 * {@link #loadCbeqStoreAddLoadStore}, {@link #loadCbneLoadCbneStore},
 * {@link #loadCbneStoreStore} and {@link #loadCbneMemcpyStore}. Of the last ones
 * {@code overflow} is always: return {@code MOVED}, and the thread's next
 * {@link #currentSlot()} is the overflow slot. They must not be called with
 * {@code slot == overflowSlot()}: nothing keeps others off that slot but its
 * lock ({@link ExclusiveUse#lock}) or atomic instructions.
 *
 * <p>The operations order nothing around them. None of them checks its
 * arguments, and a wrong address corrupts memory. The native ones are legal only
 * when {@link #isEnabled()} is true, which callers test first;
 * {@link Stripes} has the same operations for the other case. Callers are
 * {@code java.base} and {@code jdk.incubator.percpu}.
 *
 * <p>{@code owner} is the object that keeps the variable's memory alive
 * ({@link Arena#allocate}). It is an argument of every operation, and in
 * compiled code an input of the section, because a reachability fence after
 * the operation does not stop the compiler from moving the load of the address
 * ahead of a safepoint at which nothing else refers to the owner.
 */
public final class Rseq {

    private static native void registerNatives();

    static {
        registerNatives();
    }

    /** Status: the new value was stored. */
    public static final int COMMITTED = 0;

    /** Status: a word held another value than expected. */
    public static final int NOT_EQUAL = 1;

    /**
     * Status: this thread does not run on that slot (any more), or cannot use it
     * now.
     */
    public static final int MOVED = 2;

    /** {@link #loadCbeqStoreAddLoadStore}: as {@link #MOVED}. No head is that. */
    public static final long MOVED_HEAD = -1L;

    /** How many bytes {@link #loadCbneMemcpyStore} copies at most. */
    public static final int MAX_COPY = 4096;

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final boolean ENABLED = isEnabled0();
    private static final int SLOTS = slots0();
    private static final int STRIDE_SHIFT = strideShift0();

    // Far more than a transaction takes in the interpreter; nothing of it is recursive.
    private static final int STACK_FOR_TRANSACTION = 32 * 1024;

    // What statistic0 can be asked for.
    private static final int ABORTS = 0;
    private static final int OVERFLOW_OPERATIONS = 1;
    private static final int ARENAS = 2;
    private static final int ARENA_BYTES = 3;
    private static final int FENCES = 4;

    private Rseq() {}

    // --- What this process has

    /**
     * {@return whether this process uses rseq} False means that the
     * operations of this class must not be called. It never changes.
     */
    @ForceInline
    public static boolean isEnabled() {
        return ENABLED;
    }

    /**
     * {@return how many slots a variable has, the overflow slot included}
     * At least 2, also when rseq is not enabled.
     */
    @ForceInline
    public static int slots() {
        return SLOTS;
    }

    /** {@return the number of the overflow slot, which is the last one} */
    @ForceInline
    public static int overflowSlot() {
        return SLOTS - 1;
    }

    /** {@return the distance in bytes from one slot to the next, a power of two} */
    @ForceInline
    public static long stride() {
        return 1L << STRIDE_SHIFT;
    }

    /**
     * {@return the address of a variable's copy in the given slot}
     *
     * @param address the variable
     * @param slot    the slot, not checked
     */
    @ForceInline
    public static long addressInSlot(long address, int slot) {
        return address + ((long) slot << STRIDE_SHIFT);
    }

    // --- Operations

    /**
     * Adds to this CPU's slot.
     * {@snippet lang="text" :
     * section { v[index] += delta }                 // commit
     * overflow: atomically v[overflowSlot] += delta
     * }
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     * @param delta   what to add; wraps
     */
    @IntrinsicCandidate
    public static native void loadAddStore(Object owner, long address, long delta);

    /**
     * Adds to this CPU's slot and returns what it held before.
     * {@snippet lang="text" :
     * section { old = v[index]; v[index] = old + delta }   // commit
     * return old
     * overflow: atomically { old = v[overflowSlot]; v[overflowSlot] = old + delta }
     * }
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     * @param delta   what to add; wraps
     * @return the value of the slot before the addition
     */
    @IntrinsicCandidate
    public static native long getAndAdd(Object owner, long address, long delta);

    /**
     * Replaces the value of this CPU's slot if it is the expected one.
     * {@snippet lang="text" :
     * section {
     *     old = v[index]
     *     if (old != expect) leave
     *     v[index] = newv                           // commit
     * }
     * return old
     * overflow: old = atomic compare-and-exchange of v[overflowSlot]
     * }
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     * @param expect  the value to replace
     * @param newv    the replacement
     * @return the witness: the value found, {@code expect} if and only if
     *         {@code newv} was stored
     */
    @IntrinsicCandidate
    public static native long compareAndExchange(Object owner, long address, long expect, long newv);

    /**
     * Replaces the value of one given slot if it is this CPU's and holds the
     * expected value.
     * {@snippet lang="text" :
     * section {
     *     if (index != slot) return MOVED
     *     if (v[slot] != expect) return NOT_EQUAL
     *     v[slot] = newv                            // commit
     * }
     * return COMMITTED
     * overflow: return MOVED, and the thread's next currentSlot() is the overflow slot
     * }
     * Must not be called with {@code slot == overflowSlot()}: that slot is
     * everybody's and takes an atomic compare-and-set.
     *
     * @param owner   keeps the variable alive
     * @param slot    the slot, {@code 0 <= slot < overflowSlot()}
     * @param address the variable (its address in slot 0)
     * @param expect  the value to replace
     * @param newv    the replacement
     * @return {@link #COMMITTED}, {@link #NOT_EQUAL} or {@link #MOVED}
     */
    @IntrinsicCandidate
    public static native int loadCbneStore(Object owner, int slot, long address, long expect, long newv);

    /**
     * Removes the head of a linked list: if the head of one given slot is not
     * {@code expectNot}, replaces it by the word at {@code nextOffset} in what it
     * points to.
     * {@snippet lang="text" :
     * section {
     *     if (index != slot) return MOVED_HEAD
     *     head = v[slot]
     *     if (head == expectNot) return head
     *     v[slot] = *(head + nextOffset)            // commit
     * }
     * return head
     * }
     * Between the reads of the head and of its next nobody else removes anything
     * on that slot, so there is no ABA. What a head points to must stay readable
     * as long as the owner lives.
     *
     * @param owner      keeps the variable, and all that was ever in it, alive
     * @param slot       the slot, {@code 0 <= slot < overflowSlot()}
     * @param address    the variable (its address in slot 0)
     * @param expectNot  the head of an empty list
     * @param nextOffset where a node has the address of the next one
     * @return the head that was removed, {@code expectNot} or {@link #MOVED_HEAD}
     */
    @IntrinsicCandidate
    public static native long loadCbeqStoreAddLoadStore(Object owner, int slot, long address, long expectNot,
                                                        long nextOffset);

    /**
     * Replaces the value of one given slot if it and a second word hold the
     * expected values.
     * {@snippet lang="text" :
     * section {
     *     if (index != slot) return MOVED
     *     if (v[slot] != expect) return NOT_EQUAL
     *     if (*address2 != expect2) return NOT_EQUAL
     *     v[slot] = newv                            // commit
     * }
     * return COMMITTED
     * }
     *
     * @param owner    keeps the variable and the second word alive
     * @param slot     the slot, {@code 0 <= slot < overflowSlot()}
     * @param address  the variable (its address in slot 0)
     * @param expect   the value to replace
     * @param address2 the second word: its very address, no slot is added
     * @param expect2  what the second word must hold
     * @param newv     the replacement
     * @return {@link #COMMITTED}, {@link #NOT_EQUAL} or {@link #MOVED}
     */
    @IntrinsicCandidate
    public static native int loadCbneLoadCbneStore(Object owner, int slot, long address, long expect,
                                                   long address2, long expect2, long newv);

    /**
     * Replaces the value of one given slot if it is the expected one, and a
     * second word before.
     * {@snippet lang="text" :
     * section {
     *     if (index != slot) return MOVED
     *     if (v[slot] != expect) return NOT_EQUAL
     *     *address2 = newv2                         // a try: may happen without the commit
     *     v[slot] = newv                            // commit
     * }
     * return COMMITTED
     * }
     * The second word must be one that counts for nobody before the commit.
     *
     * @param owner    keeps the variable and the second word alive
     * @param slot     the slot, {@code 0 <= slot < overflowSlot()}
     * @param address  the variable (its address in slot 0)
     * @param expect   the value to replace
     * @param address2 the second word: its very address, no slot is added
     * @param newv2    what to store there
     * @param newv     the replacement
     * @return {@link #COMMITTED}, {@link #NOT_EQUAL} or {@link #MOVED}
     */
    @IntrinsicCandidate
    public static native int loadCbneStoreStore(Object owner, int slot, long address, long expect,
                                                long address2, long newv2, long newv);

    /**
     * {@link #loadCbneStoreStore} whose commit is a store-release: who reads it
     * with acquire mode sees the second word, and all that this thread wrote
     * before.
     *
     * @param owner    keeps the variable and the second word alive
     * @param slot     the slot, {@code 0 <= slot < overflowSlot()}
     * @param address  the variable (its address in slot 0)
     * @param expect   the value to replace
     * @param address2 the second word: its very address, no slot is added
     * @param newv2    what to store there
     * @param newv     the replacement
     * @return {@link #COMMITTED}, {@link #NOT_EQUAL} or {@link #MOVED}
     */
    @IntrinsicCandidate
    public static native int loadCbneStoreStoreRelease(Object owner, int slot, long address, long expect,
                                                       long address2, long newv2, long newv);

    /**
     * Replaces the value of one given slot if it is the expected one, and copies
     * bytes before.
     * {@snippet lang="text" :
     * section {
     *     if (index != slot) return MOVED
     *     if (v[slot] != expect) return NOT_EQUAL
     *     copy length bytes from src to dst         // a try: may happen without the commit
     *     v[slot] = newv                            // commit
     * }
     * return COMMITTED
     * }
     * Source and destination must not overlap, and nobody may write the source
     * meanwhile but operations on the same slot.
     *
     * @param owner   keeps the variable and both blocks alive
     * @param slot    the slot, {@code 0 <= slot < overflowSlot()}
     * @param address the variable (its address in slot 0)
     * @param expect  the value to replace
     * @param dst     where to copy to: the very address, no slot is added
     * @param src     where to copy from, likewise
     * @param length  how many bytes, {@code 0 <= length <= MAX_COPY}: not checked
     * @param newv    the replacement
     * @return {@link #COMMITTED}, {@link #NOT_EQUAL} or {@link #MOVED}
     */
    @IntrinsicCandidate
    public static native int loadCbneMemcpyStore(Object owner, int slot, long address, long expect,
                                                 long dst, long src, long length, long newv);

    /**
     * {@link #loadCbneMemcpyStore} whose commit is a store-release: who reads it
     * with acquire mode sees the copy, and all that this thread wrote before.
     *
     * @param owner   keeps the variable and both blocks alive
     * @param slot    the slot, {@code 0 <= slot < overflowSlot()}
     * @param address the variable (its address in slot 0)
     * @param expect  the value to replace
     * @param dst     where to copy to: the very address, no slot is added
     * @param src     where to copy from, likewise
     * @param length  how many bytes, {@code 0 <= length <= MAX_COPY}: not checked
     * @param newv    the replacement
     * @return {@link #COMMITTED}, {@link #NOT_EQUAL} or {@link #MOVED}
     */
    @IntrinsicCandidate
    public static native int loadCbneMemcpyStoreRelease(Object owner, int slot, long address, long expect,
                                                        long dst, long src, long length, long newv);

    /**
     * {@return the slot that this thread's operations work on at this moment}
     * {@snippet lang="text" :
     * return registered && not just given up ? index : overflowSlot
     * }
     * "Just given up" is the state that an operation which names its slot leaves
     * behind when it returns {@link #MOVED} for another reason than that the thread
     * was moved; asking for the slot ends it.
     */
    @IntrinsicCandidate
    public static native int currentSlot();

    // --- Reads, from any thread and in either mode

    /**
     * {@return the value of one slot, read with acquire mode}
     *
     * @param slot    the slot, not checked
     * @param address the variable (its address in slot 0)
     */
    @ForceInline
    public static long get(int slot, long address) {
        return U.getLongAcquire(null, addressInSlot(address, slot));
    }

    /**
     * {@return the sum of all slots, each read with acquire mode; no snapshot}
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     */
    @ForceInline
    public static long sum(Object owner, long address) {
        long sum = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            sum += get(slot, address);
        }
        // The loop has a safepoint in it.
        Reference.reachabilityFence(owner);
        return sum;
    }

    // --- What slow paths need

    private static volatile boolean prepared;

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
            U.ensureClassInitialized(Stripes.class);
            U.ensureClassInitialized(Chain.class);
            U.ensureClassInitialized(Arena.class);
            U.ensureClassInitialized(Memory.class);
            U.ensureClassInitialized(Blocks.class);
            U.ensureClassInitialized(Reclaimer.class);
            U.ensureClassInitialized(CleanerFactory.class);
            ExclusiveUse.initialize();
            prepared = true;
        }
    }

    /**
     * Throws unless there is stack for everything that is done while a slot is
     * locked: an overflow in there would leave things half done.
     *
     * @throws StackOverflowError if there is not
     */
    public static void ensureStack() {
        if (stackRoom0() < STACK_FOR_TRANSACTION) {
            throw new StackOverflowError("a per-CPU transaction needs " + STACK_FOR_TRANSACTION + " bytes of stack");
        }
    }

    /**
     * To be assigned where a method that is a fence threw {@code StackOverflowError}
     * after a commit, which must not be lost. Only the interpreter calls such a method,
     * and there the store to a volatile field is a full fence.
     */
    public static volatile int fenceByStore;

    // --- Exclusive use of a slot, for ExclusiveUse

    /**
     * Makes every thread abort or leave the section that it is in, with a full
     * memory barrier. Linux's {@code membarrier} does it; where that cannot be
     * had or be trusted, a handshake of all Java threads does.
     */
    public static void fence() {
        fence0();
    }

    /**
     * {@return the address of the long whose sign bit keeps sections off a slot}
     * Its other bits are the VM's and must be left as they are.
     *
     * @param slot the slot
     */
    static long exclusiveWord(int slot) {
        return exclusiveWord0(slot);
    }

    // --- Memory, for Arena and Memory

    /**
     * {@return the address of zeroed memory, aligned to a page} 0 if there is
     * none. Pages count only once they are written, and huge pages are not used.
     *
     * @param bytes how much, positive
     */
    static long allocateArena(long bytes) {
        return allocateArena0(bytes);
    }

    /**
     * Gives memory back. Nothing of it may be in use.
     *
     * @param base  what {@link #allocateArena} returned
     * @param bytes what it was called with
     */
    static void freeArena(long base, long bytes) {
        freeArena0(base, bytes);
    }

    // --- For people and tests

    /** {@return how many sections were aborted, as far as handlers counted them} */
    public static long aborts() {
        return statistic0(ABORTS);
    }

    /** {@return how many operations the slow path did on the overflow slot} */
    public static long overflowOperations() {
        return statistic0(OVERFLOW_OPERATIONS);
    }

    /** {@return how many arenas there are now} */
    public static long arenas() {
        return statistic0(ARENAS);
    }

    /** {@return how often threads were made to leave their sections} */
    static long fences() {
        return statistic0(FENCES);
    }

    /** {@return how many bytes the arenas reserve now} */
    public static long arenaBytes() {
        return statistic0(ARENA_BYTES);
    }

    /**
     * {@return one line on where rseq came from, or why it is not used}
     * The line that hs_err and {@code VM.info} show.
     */
    public static String describe() {
        return describe0();
    }

    private static native boolean isEnabled0();
    private static native int slots0();
    private static native int strideShift0();
    private static native void fence0();
    private static native long stackRoom0();
    private static native long exclusiveWord0(int slot);
    private static native long allocateArena0(long bytes);
    private static native void freeArena0(long base, long bytes);
    private static native long statistic0(int which);
    private static native String describe0();
}
