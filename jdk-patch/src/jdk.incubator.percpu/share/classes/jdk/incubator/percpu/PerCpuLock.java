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

package jdk.incubator.percpu;

import java.lang.ref.Reference;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Stripes;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.ReservedStackAccess;

/**
 * A spinlock on each slot. A thread locks that of the CPU it runs on, which
 * nobody else wants but threads that come to run on the same CPU, and so takes it
 * without an atomic instruction. The
 * <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>Locking says which slot it was, and what the lock of a slot guards is what the
 * program keeps for that slot, an array element for example. The holder may be
 * moved to another CPU and still holds that slot's lock.
 *
 * {@snippet lang="java" :
 * int slot = lock.lock();
 * try {
 *     caches[slot].put(key, value);
 * } finally {
 *     lock.unlock(slot);
 * }
 * }
 *
 * <p>A lock is held by a thread, virtual or not. It is not reentrant: a thread
 * that asks for a slot's lock which it has gets an exception instead of a
 * deadlock. It may hold the locks of several slots, which it got by being moved;
 * that is no order to rely on, so do not wait for one lock while holding another.
 *
 * <p>Memory ordering: {@link #lock} and a successful {@link #tryLock} have acquire
 * semantics, {@link #unlock} has release semantics, as
 * {@link java.util.concurrent.locks.Lock} wants: what a holder did is seen by the
 * next holder of the same slot's lock.
 *
 * @implNote The section is that of {@code rseq_this_cpu_lock} in librseq's tests.
 *
 * @since 25
 */
// The variable is the holder's thread id, or 0.
public final class PerCpuLock extends PerCpuVariable {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final int SPINS = 64;

    // As short as can be: on Linux some 50 microseconds come on top of it.
    private static final long PAUSE_NANOS = 1;

    /**
     * Creates a lock that nobody holds on any slot.
     *
     * @throws OutOfMemoryError if there is no memory for it, on the heap or
     *         outside
     */
    public PerCpuLock() {
        super(GROUP);
    }

    /**
     * Locks the slot of the CPU that this thread runs on, unless it is locked.
     *
     * @implNote Cost: with rseq, about that of reading the slot's number and of
     * {@link PerCpu#weakCompareAndSet(PerCpuLong, int, long, long)}; without, that of an
     * atomic compare-and-set. Completes in a bounded number of steps.
     *
     * @return the slot that is locked now, or -1 if the slot was locked or this
     *         thread was moved before it could lock it
     * @throws IllegalMonitorStateException if this thread holds that slot's lock
     */
    @ForceInline
    public int tryLock() {
        int slot = PerCpu.currentSlot();
        long thread = Thread.currentThread().threadId();
        if (Rseq.isEnabled() && slot != Slots.overflow()) {
            if (Rseq.loadCbneStore(this, slot, address, 0, thread)
                    != Rseq.COMMITTED) {
                return refused(slot, thread);
            }
        } else if (!Stripes.compareAndSet(slot, pinnedAddress(), 0, thread)) {
            return refused(slot, thread);
        }
        // What the holder before has written comes after. Whatever happens, the caller is told that it has the lock.
        try {
            U.loadFence();
        } catch (StackOverflowError e) {
            VMServices.fenceByStore = 0;
        }
        return slot;
    }

    private int refused(int slot, long thread) {
        if (holder(slot) == thread) {
            throw new IllegalMonitorStateException("This thread holds the lock of slot " + slot + " already");
        }
        return -1;
    }

    /**
     * Locks the slot of the CPU that this thread runs on, and waits for that if
     * need be: spinning for a while, then sleeping again and again, for some 60
     * microseconds each time. Keeps the thread's interrupt status and waits on.
     *
     * @implNote Cost: that of {@link #tryLock}, if nobody holds the lock. Who holds one
     * when its thread is preempted makes others on that CPU wait until it runs
     * again: hold it shortly.
     *
     * @return the slot that is locked now
     * @throws IllegalMonitorStateException if this thread holds that slot's lock
     */
    @ForceInline
    public int lock() {
        int slot = tryLock();
        return slot >= 0 ? slot : lockSlowly();
    }

    private int lockSlowly() {
        // After the lock was taken there is a call or two.
        VMServices.ensureStack();
        boolean interrupted = false;
        try {
            for (int spins = 0;; spins++) {
                int slot = tryLock();
                if (slot >= 0) {
                    return slot;
                }
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    // The holder is likely to wait for this CPU. Yielding would not be enough: the scheduler of
                    // virtual threads may run none but those that yield. Nor would parking an interrupted thread.
                    interrupted |= Thread.interrupted();
                    LockSupport.parkNanos(this, PAUSE_NANOS);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Unlocks a slot, from whatever CPU.
     *
     * @implNote Cost: a load and a store.
     *
     * @param slot what {@link #lock} or {@link #tryLock} returned
     * @throws IllegalMonitorStateException if this thread does not hold the lock
     *         of that slot
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws StackOverflowError if there is not stack enough. Once it was entered this
     *         method unlocks the slot all the same; if there was no stack for the call
     *         itself, the slot is still locked, as {@link #isHeldByCurrentThread} tells
     */
    @ForceInline
    @ReservedStackAccess
    public void unlock(int slot) {
        Objects.checkIndex(slot, Slots.count());
        if (holder(slot) != Thread.currentThread().threadId()) {
            throw notHeld(slot);
        }
        // No section writes this word while it is not 0, and only its holder makes it 0.
        U.putLongRelease(null, Slots.address(pinnedAddress(), slot), 0);
        Reference.reachabilityFence(this);
    }

    private IllegalMonitorStateException notHeld(int slot) {
        long holder = holder(slot);
        return new IllegalMonitorStateException("The lock of slot " + slot + " is held by "
                + (holder == 0 ? "nobody" : "thread " + holder)
                + ", not by this thread, " + Thread.currentThread().threadId());
    }

    /**
     * {@return whether this thread holds the lock of the given slot}
     *
     * @param slot the slot, from 0 to {@link PerCpu#slots()}{@code  - 1}
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public boolean isHeldByCurrentThread(int slot) {
        Objects.checkIndex(slot, Slots.count());
        return holder(slot) == Thread.currentThread().threadId();
    }

    @ForceInline
    private long holder(int slot) {
        long holder = Slots.get(slot, pinnedAddress());
        Reference.reachabilityFence(this);
        return holder;
    }
}
