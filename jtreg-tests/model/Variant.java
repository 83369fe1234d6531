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

import java.util.List;

/**
 * A protocol, the machine it runs on, and what the tasks do.
 *
 * @param flaw     what is wrong with it, or null
 * @param weak     a weakly ordered CPU: loads and stores of different words happen in any order, but for acquire and
 *                 release; else TSO, as on x86-64: all in order, but loads may overtake earlier stores
 * @param mmCid    a task that starts to run is given any free index, else that of its CPU
 * @param lossy    a kernel that may lose an interrupt of membarrier, as Linux before commit 6eb350a22331
 * @param shared   the two structures are variables that share an exclusive word
 * @param programs for each task its operations: F a fast one, X and Y an exclusive transaction on slot 0 and 1 of one
 *                 structure; f, x and y likewise of the other
 */
record Variant(String name, Flaw flaw, Fence fence, boolean weak, int cpus, boolean mmCid, boolean lossy,
               boolean shared, boolean later, List<String> programs) {
    Variant {
        if (cpus >= Memory.SLOTS) {
            throw new IllegalArgumentException("no slot for each of " + cpus + " CPUs");
        }
    }

    static Variant of(String name, Fence fence, String... programs) {
        return new Variant(name, null, fence, false, 2, false, false, false, false, List.of(programs));
    }

    Variant withSharedWord() {
        return new Variant(name + ", word is shared", flaw, fence, weak, cpus, mmCid, lossy, true, later, programs);
    }

    /** Who is done may leave the word set, and the next one needs no fence then. There is one structure. */
    Variant withLaterEntry() {
        return new Variant(name + ", sections let in later", flaw, fence, weak, cpus, mmCid, lossy, shared, true,
                programs);
    }

    Variant onWeakCpu() {
        return new Variant(name + ", weakly ordered CPU", flaw, fence, true, cpus, mmCid, lossy, shared, later, programs);
    }

    Variant withThreeCpus() {
        return new Variant(name + ", three CPUs", flaw, fence, weak, 3, mmCid, lossy, shared, later, programs);
    }

    Variant withMmCid() {
        return new Variant(name + ", slots by mm_cid", flaw, fence, weak, cpus, true, lossy, shared, later, programs);
    }

    Variant onLossyKernel() {
        return new Variant(name + ", kernel that loses interrupts", flaw, fence, weak, cpus, mmCid, true, shared, later,
                programs);
    }

    Variant with(Flaw flaw) {
        return new Variant(flaw.text, flaw, fence, weak, cpus, mmCid, lossy, shared, later, programs);
    }

    boolean has(Flaw flaw) {
        return this.flaw == flaw;
    }

    boolean isHandshake() {
        return fence == Fence.HANDSHAKE;
    }

    /** Those that change something: not Z. */
    int operations() {
        return (int) programs.stream().flatMapToInt(String::chars).filter(operation -> operation != 'Z').count();
    }

    /** Whether the task's operation is an exclusive transaction that fails before it has changed anything. */
    boolean fails(int t, Task task) {
        return operation(t, task) == 'Z';
    }

    /** Whether the task's operation begins as a section. */
    boolean isFast(int t, Task task) {
        return Character.toUpperCase(operation(t, task)) == 'F';
    }

    private char operation(int t, Task task) {
        return programs.get(t).charAt(task.done());
    }

    String nameOf(int t) {
        return programs.get(t).substring(0, 1) + t;
    }

    /** What the kernel knows of a section is from where to where it goes. */
    boolean isInSection(Task task) {
        return task.pc().isBetween(Pc.INDEX, has(Flaw.COMMIT_OUTSIDE) ? Pc.TRY_STORE : Pc.COMMIT);
    }

    /** The slot that has the exclusive word of a slot. */
    int slotOfWord(int slot) {
        return shared ? slot % Memory.SLOTS : slot;
    }

    int membarriers() {
        return has(Flaw.LOST_INTERRUPTS) ? 2 : 1;
    }

    Pc afterFence() {
        return has(Flaw.FENCE_FIRST) ? Pc.SET : later && !has(Flaw.MARK_FIRST) ? Pc.MARK : Pc.LOAD_A;
    }

    State start() {
        Task[] tasks = new Task[programs.size()];
        for (int t = 0; t < tasks.length; t++) {
            tasks[t] = atNextOperation(t, new Task());
        }
        return new State(Memory.ZERO, List.of(tasks));
    }

    Task atNextOperation(int t, Task task) {
        String program = programs.get(t);
        if (task.done() == program.length()) {
            return task.restartedAt(Pc.DONE);
        }
        return switch (program.charAt(task.done())) {
            case 'F', 'f' -> task.restartedAt(Pc.START);
            case 'X', 'x', 'Z' -> task.restartedAt(Pc.START_SLOW).withSlot(Memory.slot(structure(t, task), 0));
            case 'Y', 'y' -> task.restartedAt(Pc.START_SLOW).withSlot(Memory.slot(structure(t, task), 1));
            default -> throw new IllegalArgumentException(program);
        };
    }

    /** The structure that the task's operation is on. */
    int structure(int t, Task task) {
        return Character.isLowerCase(operation(t, task)) ? 1 : 0;
    }
}
