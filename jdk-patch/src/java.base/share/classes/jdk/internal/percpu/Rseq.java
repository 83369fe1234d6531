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

import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.IntrinsicCandidate;

/**
 * Raw operations on per-CPU variables, each one a Linux restartable sequence
 * (rseq) critical section. The names are librseq's and tell the steps.
 *
 * <p>A variable is a {@code long} that exists once per <i>slot</i>. Its
 * {@code address} is that of its copy in slot 0; the copy in slot {@code i} is at
 * {@code address + i * Slots.stride()}. The slots {@code 0 .. Slots.overflow() - 1}
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
 * <li>{@code v[i]}: the long at {@code address + i * Slots.stride()}.
 * <li>{@code overflow}: what is done, outside of any section, by a thread that
 *     has no rseq area, whose slot is somebody's exclusively
 *     ({@link ExclusiveUse}), or whose section was aborted
 *     {@code RseqAbortLimit} times in a row.
 * </ul>
 *
 * <p>There are nine operations, two with a variant: {@link #loadAddStore},
 * {@link #loadAddDoubleStore} and {@link #getAndAdd}, {@link #compareAndExchange},
 * which find their slot themselves, and those that name it, {@link #loadCbneStore},
 * {@link #loadCbeqStoreAddLoadStore}, {@link #loadCbneLoadCbneStore},
 * {@link #loadCbneStoreStore} and {@link #loadCbneMemcpyStore}. Of the last ones
 * {@code overflow} is always: return {@code MOVED}, and the thread's next
 * {@link #currentSlot()} is the overflow slot. They must not be called with
 * {@code slot == Slots.overflow()}: nothing keeps others off that slot but its
 * lock ({@link ExclusiveUse}) or atomic instructions.
 *
 * <p>The operations order nothing around them. None of them checks its
 * arguments, and a wrong address corrupts memory. The native ones are legal only
 * when {@link #isEnabled()} is true, which callers test first;
 * {@link Stripes} has the same operations for the other case. Callers are
 * {@code java.base} and {@code jdk.incubator.percpu}.
 *
 * <p>{@code owner} is the object that keeps the variable's memory alive
 * ({@link Memory}). It is an argument of every operation, and in
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

    private static final boolean ENABLED = isEnabled0();

    private Rseq() {}

    /**
     * {@return whether this process uses rseq} False means that the
     * operations of this class must not be called. It never changes.
     */
    @ForceInline
    public static boolean isEnabled() {
        return ENABLED;
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
     * Adds to this CPU's slot, where words are the bits of doubles.
     * {@snippet lang="text" :
     * section { v[index] = v[index] plus delta }    // commit
     * overflow: atomically v[overflowSlot] = v[overflowSlot] plus delta
     * }
     *
     * @param owner   keeps the variable alive
     * @param address the variable
     * @param delta   the bits of what to add
     */
    @IntrinsicCandidate
    public static native void loadAddDoubleStore(Object owner, long address, long delta);

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
     * Must not be called with {@code slot == Slots.overflow()}: that slot is
     * everybody's and takes an atomic compare-and-set.
     *
     * @param owner   keeps the variable alive
     * @param slot    the slot, {@code 0 <= slot < Slots.overflow()}
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
     * @param slot       the slot, {@code 0 <= slot < Slots.overflow()}
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
     * @param slot     the slot, {@code 0 <= slot < Slots.overflow()}
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
     * @param slot     the slot, {@code 0 <= slot < Slots.overflow()}
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
     * @param slot     the slot, {@code 0 <= slot < Slots.overflow()}
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
     * @param slot    the slot, {@code 0 <= slot < Slots.overflow()}
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
     * @param slot    the slot, {@code 0 <= slot < Slots.overflow()}
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

    /** {@return the slot of this thread's CPU, or -1 if it can use no section} */
    @ForceInline
    public static int usableSlot() {
        if (!ENABLED) {
            return -1;
        }
        int slot = currentSlot();
        return slot == Slots.overflow() ? -1 : slot;
    }

    private static native boolean isEnabled0();
}
