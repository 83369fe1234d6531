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
import java.util.Collection;
import java.util.List;
import java.util.Objects;

import jdk.internal.percpu.ExclusiveActions;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Stripes;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Operations on the slot of the CPU that the calling thread runs on. The
 * <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>Each operation finds the slot and updates it in one step: it takes effect
 * once and whole, on a slot that belonged to the calling thread at that moment.
 * No other operation of this class on that slot comes in between. With rseq
 * each is a restartable sequence of a few plain instructions. The operations
 * come from librseq ({@code load_add_store}, {@code load_cbne_store}), the
 * mechanism from {@code rseq(2)}.
 *
 * <p>Memory ordering, for all operations: an update is as with
 * {@linkplain java.lang.invoke.VarHandle#setOpaque opaque} mode. It orders
 * nothing else: it is no release of earlier writes and no acquire of anybody's,
 * even where the implementation happens to use an atomic instruction. To hand
 * over other data use {@code java.util.concurrent}.
 *
 * <p>Progress: all operations complete in a bounded number of steps of the
 * calling thread, under a debugger and in a signal storm too, apart from what
 * the processor's atomic instructions need.
 *
 *
 * @since 25
 */
public final class PerCpu {

    private PerCpu() {}

    /**
     * Tells whether the operations are restartable sequences. If not, they are
     * atomic instructions on stripes: the same results at a higher price. This
     * never changes while the process lives.
     *
     * <p>It is false where the operating system is not Linux, the processor is
     * one without an implementation, the kernel or a sandbox refuses {@code rseq(2)},
     * or {@code -XX:-UseRseq} was given; {@code jcmd <pid> VM.info} and
     * {@code -Xlog:rseq} say which.
     *
     * @implNote Cost: none, it is a constant.
     *
     * @return true if this process uses rseq, false if it uses atomics
     */
    @ForceInline
    public static boolean isSupported() {
        return Rseq.isEnabled();
    }

    /**
     * Returns how many slots a variable has, the overflow slot included, which
     * is the last one. At least 2. This never changes while the process lives.
     *
     * @implNote Cost: none, it is a constant.
     *
     * @return the number of slots
     */
    @ForceInline
    public static int slots() {
        return Slots.count();
    }

    /**
     * Returns the slot that an operation of this thread would work on now. It is
     * stale as soon as it is returned, since the thread may be moved at any
     * time: the only safe use is as a hint, and as the {@code slot} of
     * {@link #weakCompareAndSet(PerCpuLong, int, long, long)}, which checks it.
     *
     * <p>A thread that cannot use rseq is told the overflow slot, and so is, once,
     * a thread whose {@code weakCompareAndSet} was interrupted too often. Both can
     * then update that slot from wherever they run, so a loop of
     * {@code currentSlot} and {@code weakCompareAndSet} always comes to an end
     * ({@linkplain #weakCompareAndSet but for one thing}). Without rseq
     * this is the stripe of the carrier thread.
     *
     * @implNote Cost: with rseq, about that of reading a thread-local field.
     *
     * @return a slot, from 0 to {@link #slots()}{@code  - 1}
     */
    @ForceInline
    public static int currentSlot() {
        return Rseq.isEnabled()
                ? Rseq.currentSlot()
                : Stripes.currentStripe();
    }

    /**
     * Adds to this CPU's slot of a variable. The slot wraps around as
     * {@code long} addition does.
     *
     * <p>Memory ordering: as with opaque mode.
     *
     * @implNote This is librseq's {@code load_add_store}. Cost: with rseq, a
     * few plain instructions on memory that this CPU has in its cache, and none
     * that is atomic: as much as a plain {@code field += delta} that has to wait
     * for the one before it, a few times as much where the processor saves the
     * plain one this wait. Without, that of an uncontended atomic addition.
     *
     * @param v     the variable
     * @param delta what to add
     */
    @ForceInline
    public static void add(PerCpuLong v, long delta) {
        if (Rseq.isEnabled()) {
            Rseq.loadAddStore(v, v.address, delta);
        } else {
            Stripes.getAndAdd(v.pinnedAddress(), delta);
            Reference.reachabilityFence(v);
        }
    }

    /**
     * Adds to this CPU's slot of a variable and returns what the slot held
     * before. The slot wraps around as {@code long} addition does.
     *
     * <p>Memory ordering: as {@link #add}.
     *
     * @apiNote The result says something about that one slot only: two threads that
     * run on different CPUs may get the same result.
     *
     * @implNote Cost: as {@link #add}.
     *
     * @param v     the variable
     * @param delta what to add
     * @return the value of the slot before the addition
     */
    @ForceInline
    public static long getAndAdd(PerCpuLong v, long delta) {
        if (Rseq.isEnabled()) {
            return Rseq.getAndAdd(v, v.address, delta);
        }
        long before = Stripes.getAndAdd(v.pinnedAddress(), delta);
        Reference.reachabilityFence(v);
        return before;
    }

    /**
     * Replaces the value of this CPU's slot of a variable if it is the expected
     * one. Which slot that was is not told.
     *
     * <p>Memory ordering: as with opaque mode, whether it stores or not.
     *
     * @apiNote This is for a state that each CPU has for itself. Where the new value
     * depends on the old one, use {@link #weakCompareAndSet(PerCpuLong, int, long, long)}.
     *
     * @implNote Cost: with rseq, that of a plain load, compare and store; without, that of an
     * uncontended atomic compare-and-exchange.
     *
     * @param v        the variable
     * @param expected the value to replace
     * @param value    the replacement
     * @return the witness: the value found, which is {@code expected} if and
     *         only if {@code value} was stored
     */
    @ForceInline
    public static long cmpxchg(PerCpuLong v, long expected, long value) {
        if (Rseq.isEnabled()) {
            return Rseq.compareAndExchange(v, v.address, expected, value);
        }
        long witness = Stripes.compareAndExchange(v.pinnedAddress(), expected, value);
        Reference.reachabilityFence(v);
        return witness;
    }

    /**
     * Replaces the value of one slot of a variable if this thread may update
     * that slot now and the slot holds the expected value. It may fail though the slot
     * holds the expected value, as {@link java.lang.invoke.VarHandle#weakCompareAndSet}
     * may: here because the thread was moved.
     *
     * <p>A thread may update the slot of the CPU it runs on, or the one that it has
     * exclusively ({@link #exclusive}), and anybody may update the overflow slot.
     * With a slot from {@link #currentSlot()} it is the
     * last step of any read-modify-write on one slot:
     *
     * {@snippet lang="java" :
     * static void max(PerCpuLong v, long sample) {
     *     for (;;) {
     *         int slot = PerCpu.currentSlot();
     *         long old = v.get(slot);
     *         if (old >= sample || PerCpu.weakCompareAndSet(v, slot, old, sample)) {
     *             return;
     *         }
     *     }
     * }
     * }
     *
     * <p>Such a loop must ask for the slot again after each failure. Then it always
     * comes to an end: a thread that cannot use rseq is told the overflow slot,
     * where this method is an atomic compare-and-set, and so is a thread
     * whose attempts were interrupted too often. So it does not depend on
     * the thread being left alone for long enough.
     *
     * <p>A thread is told so once, by what asks first after the failure. Not only {@code currentSlot}
     * asks: so do {@link PerCpuLocal#get()}, {@code accumulate} of all accumulators,
     * {@code java.util.concurrent}'s too,
     * {@link PerCpuHistogram#record(double)}, {@link PerCpuLock}, and what puts something into a
     * list, stack, pool or ring or takes it out. So none of these may stand between a failure
     * and the {@code currentSlot} after it. Otherwise the loop does not end while
     * another thread has the slot {@linkplain #exclusive exclusively}, nor while a
     * debugger single-steps the thread. Additions, {@link #cmpxchg}, and methods that only read do not ask.
     * A thread here is a platform thread. A virtual thread that is unmounted between a failure and
     * {@code currentSlot} leaves the answer to whatever thread its carrier runs next, and needs more attempts itself.
     *
     * <p>False means either that the slot holds another value or that the thread
     * was moved; compare {@link PerCpuLong#get} with {@code expected} to tell, if
     * it matters. Without rseq a thread may update any slot.
     *
     * <p>Memory ordering: as with opaque mode, whether it stores or not.
     *
     * @implNote This is librseq's {@code load_cbne_store}. Cost: with rseq, that of a plain
     * load, two compares and a store; on the overflow slot and without rseq, that of an
     * atomic compare-and-set.
     *
     * @param v        the variable
     * @param slot     the slot, from 0 to {@link #slots()}{@code  - 1}
     * @param expected the value to replace
     * @param value    the replacement
     * @return true if {@code value} was stored in that slot, false if nothing
     *         was done
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    @ForceInline
    public static boolean weakCompareAndSet(PerCpuLong v, int slot, long expected, long value) {
        Objects.checkIndex(slot, Slots.count());
        if (Rseq.isEnabled() && slot != Slots.overflow()) {
            int status = Rseq.loadCbneStore(v, slot, v.address, expected, value);
            if (status != Rseq.MOVED || !ExclusiveActions.isHeld(slot, v.address)) {
                return status == Rseq.COMMITTED;
            }
            // Nobody else's section is on that slot: the atomic instruction below does.
        }
        boolean stored = Stripes.compareAndSet(slot, v.pinnedAddress(), expected, value);
        Reference.reachabilityFence(v);
        return stored;
    }

    /**
     * Runs an action while no other thread updates the given slot of a variable by a
     * critical section. As {@link #exclusive(java.util.Collection, int, ScopedValue.CallableOp)}
     * for one variable and no result.
     *
     * @param v      the variable
     * @param slot   the slot, from 0 to {@link #slots()}{@code  - 1}
     * @param action what to run
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalStateException     if this thread is in such an action already
     * @throws StackOverflowError        if there is not stack enough to give the slot
     *                                   back in any case; nothing was done then
     * @throws OutOfMemoryError          if there is no memory; nothing was done then
     */
    public static void exclusive(PerCpuLong v, int slot, Runnable action) {
        Objects.requireNonNull(action);
        exclusive(List.of(v), slot, new WithoutResult(action));
    }

    private record WithoutResult(Runnable action) implements ScopedValue.CallableOp<Void, RuntimeException> {
        @Override
        public Void call() {
            action.run();
            return null;
        }
    }

    /**
     * Runs an action while no other thread updates the given slot of some variables by a
     * critical section, and returns its result. The slot may be that of another CPU, busy,
     * idle or offline, or the overflow slot. This is for what a single operation cannot do:
     * moving counts from one slot to another, looking at two variables of one slot at one
     * moment.
     *
     * <p>In the action, {@link #weakCompareAndSet} updates that slot of these variables from
     * whatever CPU. All other operations work as always: they update the slot of the CPU
     * that they run on. Where that is the slot that is held, they update the overflow slot,
     * in the action and in other threads. So nobody waits for the action to end, but who
     * calls this method for the same slot of one of the variables.
     *
     * <p>Up to seven variables share one exclusive word. Operations on a variable that shares
     * it with one of these go to the overflow slot, too, which takes longer and changes
     * nothing else. Structures share it with nobody: what others do with a structure is not
     * held up by an action, and in an action structures may be used.
     *
     * <p>On the overflow slot, and on any slot if rseq is not
     * {@linkplain #isSupported() supported}, only other actions are kept off. Other updates
     * are atomic instructions there, each of them one step. An action that updates variables
     * with {@code weakCompareAndSet} alone, and looks at what that returns, loses nothing.
     *
     * <p>Actions do not nest, since threads that hold one slot and want another would wait
     * for each other. An action that throws leaves the slot as usable as one that returns.
     *
     * <p>Memory ordering: the action sees all that sections did to the slot before,
     * and sections see what the action did to it. Actions on the same slot of a variable
     * <i>happen before</i> one another; nothing else is ordered.
     *
     * @implNote The mechanism is what Thomas Gleixner proposed in 2017 as the slow path of
     * restartable sequences, in place of the system call {@code cpu_opv}. Cost: a fence, which
     * makes every thread in the process leave its critical section. On two CPUs it was
     * measured to take 0.2 microseconds if no other thread runs, 15 with one and 65 with
     * seven. Where the kernel's {@code membarrier} cannot be had or be trusted, it is a
     * handshake with all Java threads, which waits for each that runs: milliseconds, if there
     * are more of them than CPUs. No fence for the overflow slot and without rseq.
     *
     * @param <R>       the type of the result
     * @param <X>       what the action may throw
     * @param variables the variables
     * @param slot      the slot, from 0 to {@link #slots()}{@code  - 1}
     * @param action    what to run
     * @return what the action returns
     * @throws X                         what the action throws
     * @throws IndexOutOfBoundsException if there is no such slot
     * @throws IllegalArgumentException  if there are no variables
     * @throws IllegalStateException     if this thread is in such an action already
     * @throws StackOverflowError        if there is not stack enough to give the slot
     *                                   back in any case; nothing was done then
     * @throws OutOfMemoryError          if there is no memory; nothing was done then
     */
    public static <R, X extends Throwable> R exclusive(Collection<PerCpuLong> variables, int slot,
                                                       ScopedValue.CallableOp<? extends R, X> action) throws X {
        Objects.checkIndex(slot, Slots.count());
        Objects.requireNonNull(action);
        PerCpuLong[] all = variables.toArray(new PerCpuLong[0]);
        if (all.length == 0) {
            throw new IllegalArgumentException("there must be a variable whose slot is used exclusively");
        }
        VMServices.prepare();
        long[] addresses = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            addresses[i] = all[i].address;
        }
        try {
            return ExclusiveActions.run(addresses, slot, action);
        } finally {
            Reference.reachabilityFence(all);
        }
    }
}
