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

import java.util.ArrayList;
import java.util.List;

/**
 * A thread, as the kernel calls it.
 *
 * @param pc      what it does next
 * @param done    how many operations it has completed
 * @param cpu     where it runs, or NONE
 * @param index   while it runs, what the kernel wrote into its rseq area; else NONE
 * @param slot    in a register: what this operation works on
 * @param a       in a register: what was loaded from the word a
 * @param b       in a register: what was loaded from the word b
 * @param awaited what has to be done before the next step, a set of bits: loads of a section (words), or in a fence
 *                the CPUs to look at or to interrupt, or the tasks that have not answered
 * @param found   the CPUs on which membarrier saw a task, a set of bits
 * @param fences  how many membarriers of this transaction it has behind it
 * @param resumes whether the kernel is about to go on in its section, and has read but not yet cleared the event mask
 * @param stores  the store buffer of its CPU, oldest first; a context switch is a full barrier, so there is none
 *                while the task does not run
 */
record Task(Pc pc, int done, int cpu, int index, int slot, int a, int b, int awaited, int found, int fences,
            boolean resumes, List<Store> stores) {
    static final int NONE = -1;

    Task() {
        this(Pc.START, 0, NONE, NONE, NONE, 0, 0, 0, 0, 0, false, List.of());
    }

    boolean isRunning() {
        return cpu != NONE;
    }

    /** A full barrier is a step that has to wait for this. */
    boolean isDrained() {
        return stores.isEmpty();
    }

    boolean awaits(int bit) {
        return (awaited & 1 << bit) != 0;
    }

    /** Whether what was loaded can be the work of whole operations, and of try-stores that came to nothing. */
    boolean hasLoadedWhole() {
        return b == a || b == a + 1;
    }

    Task at(Pc pc) {
        return new Task(pc, done, cpu, index, slot, a, b, awaited, found, fences, resumes, stores);
    }

    /** At pc with nothing in registers. */
    Task restartedAt(Pc pc) {
        return new Task(pc, done, cpu, index, NONE, 0, 0, 0, 0, 0, false, stores);
    }

    /** The kernel does this when the task is about to go on in its section, but until then nobody can tell. */
    Task aborted() {
        return restartedAt(Pc.START);
    }

    Task completed() {
        return new Task(pc, done + 1, cpu, index, slot, a, b, awaited, found, fences, resumes, stores);
    }

    Task on(int cpu, int index) {
        return new Task(pc, done, cpu, index, slot, a, b, awaited, found, fences, false, stores);
    }

    Task withSlot(int slot) {
        return new Task(pc, done, cpu, index, slot, a, b, awaited, found, fences, resumes, stores);
    }

    Task loaded(Word word, int value) {
        return new Task(pc, done, cpu, index, slot, word == Word.A ? value : a, word == Word.B ? value : b, awaited,
                found, fences, resumes, stores);
    }

    Task awaiting(int awaited) {
        return new Task(pc, done, cpu, index, slot, a, b, awaited, found, fences, resumes, stores);
    }

    Task awaitingNoMore(int bit) {
        return awaiting(awaited & ~(1 << bit));
    }

    Task finding(int cpu) {
        return new Task(pc, done, this.cpu, index, slot, a, b, awaited, found | 1 << cpu, fences, resumes, stores);
    }

    Task awaitingFound() {
        return new Task(pc, done, cpu, index, slot, a, b, found, 0, fences, resumes, stores);
    }

    Task fenced() {
        return new Task(pc, done, cpu, index, slot, a, b, awaited, found, fences + 1, resumes, stores);
    }

    Task resuming(boolean resumes) {
        return new Task(pc, done, cpu, index, slot, a, b, awaited, found, fences, resumes, stores);
    }

    Task storing(Word word, int value) {
        return storing(slot, word, value);
    }

    Task storing(int slot, Word word, int value) {
        List<Store> more = new ArrayList<>(stores);
        more.add(new Store(slot, word, value, pc));
        return withStores(more);
    }

    Task without(int store) {
        List<Store> fewer = new ArrayList<>(stores);
        fewer.remove(store);
        return withStores(fewer);
    }

    private Task withStores(List<Store> stores) {
        return new Task(pc, done, cpu, index, slot, a, b, awaited, found, fences, resumes, List.copyOf(stores));
    }

    @Override
    public int hashCode() {
        int hash = ((pc.ordinal() * 4 + done) * 4 + cpu) * 4 + index;
        hash = (((hash * 8 + slot) * 8 + a) * 8 + b) * 8 + (awaited ^ found);
        hash = (hash * 4 + fences) * 2 + (resumes ? 1 : 0);
        for (Store store : stores) {
            hash = hash * 0x9E3779B1 + (store.slot() * 4 + store.word().ordinal()) * 8 + store.value();
        }
        return hash;
    }
}
