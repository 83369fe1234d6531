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

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * An object for each slot, made when it is first asked for. {@link #get()} returns that of the CPU
 * which the thread runs on. The <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p><strong>This is a hint, and no more. Two threads may use the same object at the same time</strong>: a thread
 * that has got one may be moved to another CPU, or lose its CPU to another thread, at any time, and
 * goes on with the object that it has. So the object must be one that threads may share. What
 * is gained is that they rarely do: an atomic variable in it is rarely contended, a lock in it
 * rarely held by another, and its memory is in the cache of the CPU.
 *
 * <p>For caches, random generators and statistics where an object for each thread would be too many, as with
 * virtual threads, and one for all is contended. With rseq there are as many in use as CPUs that the threads of the
 * process run on. For objects that a thread must have for itself, there is {@link PerCpuPool}, from which it
 * takes them. For counters, {@link PerCpuCounter} costs less.
 *
 * {@snippet lang="java" :
 * // The last name that was parsed, on this CPU. Entry is a record: whoever finds it sees all of it.
 * static final PerCpuLocal<AtomicReference<Entry>> LAST = PerCpuLocal.withInitial(AtomicReference::new);
 *
 * Name parse(String text) {
 *     AtomicReference<Entry> last = LAST.get();
 *     Entry entry = last.getPlain();
 *     if (entry == null || !entry.text().equals(text)) {
 *         entry = new Entry(text, Name.of(text));
 *         last.setPlain(entry);
 *     }
 *     return entry.name();
 * }
 * }
 *
 * <p>Objects of different slots are often made one after the other and may share a cache line, as small ones
 * do; then CPUs take it from each other. An object that is written often should be 128 bytes at least, or keep
 * what is written in an array of that size.
 *
 * <p>Its memory is a reference for each slot, and the objects. They live as long as the {@code PerCpuLocal}, also
 * when their CPUs go offline.
 *
 * <p>{@code equals} and {@code hashCode} are those of {@code Object}.
 *
 * @implNote As {@link ThreadLocal}, after which it is modelled, by the slot's number in place of the thread.
 *
 * @param <T> the type of the objects
 * @since 25
 */
public final class PerCpuLocal<T> {

    private static final Unsafe U = Unsafe.getUnsafe();

    private final Supplier<? extends T> supplier;

    // By slot. Each element is set once, by compare-and-set.
    @Stable
    private final Object[] objects;

    private PerCpuLocal(Supplier<? extends T> supplier) {
        this.supplier = supplier;
        VMServices.prepare();
        objects = new Object[Slots.count()];
    }

    /**
     * Returns a new {@code PerCpuLocal} whose objects are made by a supplier.
     *
     * @implNote Cost: an array of {@link PerCpu#slots()} references.
     *
     * @param <T>      the type of the objects
     * @param supplier makes them, in any thread that calls {@link #get()}
     * @return a new {@code PerCpuLocal}
     * @throws OutOfMemoryError if there is no memory for it
     */
    public static <T> PerCpuLocal<T> withInitial(Supplier<? extends T> supplier) {
        return new PerCpuLocal<>(Objects.requireNonNull(supplier));
    }

    /**
     * Returns the object of the slot that an operation of this thread would work on now. If there is none, the
     * supplier is asked for one, by this thread. If another thread makes the slot's object at the same
     * time, one is taken by both and the other dropped. The same slot has the same object for ever.
     *
     * <p>What the supplier throws is thrown, and the next call asks it again.
     *
     * <p>Memory ordering: what the supplier did <i>happens before</i> this method returns what it made. Nothing
     * orders what is done with the object afterwards.
     *
     * @apiNote A thread that cannot use rseq, and one whose
     * {@link PerCpu#weakCompareAndSet(PerCpuLong, int, long, long) weakCompareAndSet} was interrupted too often, is
     * given the object of the overflow slot, the latter once. As that is what
     * {@link PerCpu#currentSlot()} would have been told, do not call this method between a
     * {@code weakCompareAndSet} that failed and the {@code currentSlot} after it.
     *
     * @implNote Cost: that of {@link PerCpu#currentSlot()}, two loads and a test.
     *
     * @return the object
     * @throws NullPointerException if the supplier returned null
     */
    @ForceInline
    public T get() {
        int slot = PerCpu.currentSlot();
        T object = in(slot);
        return object != null ? object : make(slot);
    }

    // Acquire: what is in the object must be seen, too.
    @SuppressWarnings("unchecked")
    @ForceInline
    private T in(int slot) {
        return (T) U.getReferenceAcquire(objects, offset(slot));
    }

    @ForceInline
    private static long offset(int slot) {
        return Unsafe.ARRAY_OBJECT_BASE_OFFSET + (long) slot * Unsafe.ARRAY_OBJECT_INDEX_SCALE;
    }

    @SuppressWarnings("unchecked")
    private T make(int slot) {
        T made = Objects.requireNonNull(supplier.get(), "The supplier returned null");
        T other = (T) U.compareAndExchangeReference(objects, offset(slot), null, made);
        return other != null ? other : made;
    }

    /**
     * Gives the objects of all slots that have one to an action, one after the other, in the order of the slots.
     * An object that is made meanwhile may be among them or not.
     *
     * <p>Memory ordering: as {@link #get()}. Threads go on using the objects meanwhile.
     *
     * @implNote Cost: one load for each of {@link PerCpu#slots()} slots.
     *
     * @param action what to do with each; what it throws is thrown, and the rest is left out
     */
    public void forEach(Consumer<? super T> action) {
        Objects.requireNonNull(action);
        for (int slot = 0; slot < objects.length; slot++) {
            T object = in(slot);
            if (object != null) {
                action.accept(object);
            }
        }
    }
}
