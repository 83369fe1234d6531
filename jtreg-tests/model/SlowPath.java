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
import java.util.Set;

/**
 * The transaction a = a + 1, b = a, done plainly under the lock of the slot. The overflow slot has no sections to keep
 * off, so there the lock is enough. The same holds where exclusive was left set, and it was noted that a fence came after.
 *
 * <p>Where two structures share a word, each has locks of its own. The word is changed under a lock that is held for that
 * alone: one step here, before which the task's stores are seen by all. Who is done leaves it set if the other needs it.
 */
final class SlowPath {
    private final Variant variant;

    SlowPath(Variant variant) {
        this.variant = variant;
    }

    void addSteps(State s, int t, List<Step> steps) {
        Task task = s.task(t);
        int slot = task.slot();
        switch (task.pc()) {
            case START_SLOW -> steps.add(new Step(s, t, task.at(Pc.LOCK), "begins an exclusive transaction"));
            // An atomic instruction, so a full barrier.
            case LOCK -> {
                if (task.isDrained() && s.memory().load(slot, Word.LOCK) == 0) {
                    steps.add(lock(s, t));
                }
            }
            case SET -> addWordStep(s, t, steps, 1, afterSet());
            case MARK -> {
                addFailures(s, t, steps);
                steps.add(new Step(s, t, task.storing(Memory.mark(slot), Word.EXCLUSIVE, 1)
                        .at(variant.has(Flaw.MARK_FIRST) ? Pc.FENCE : Pc.LOAD_A), "notes that sections are kept off"));
            }
            case LOAD_A -> {
                if (variant.fails(t, task)) {
                    addFailures(s, t, steps);
                } else {
                    steps.add(load(s, t, Word.A, Pc.LOAD_B));
                }
            }
            case LOAD_B -> steps.add(load(s, t, Word.B, Pc.STORE_A));
            case STORE_A -> steps.add(store(s, t, Word.A, task.a() + 1, Pc.STORE_B));
            case STORE_B -> {
                if (!Memory.isOverflow(slot)) {
                    steps.add(store(s, t, Word.B, task.a() + 1, Pc.CLEAR));
                }
                if (Memory.isOverflow(slot) || variant.later()) {
                    steps.add(store(s, t, Word.B, task.a() + 1, Pc.UNLOCK));
                }
            }
            case CLEAR -> {
                if (variant.later()) {
                    steps.add(new Step(s, t, letIn(task), "lets sections in"));
                } else {
                    addWordStep(s, t, steps, isNeeded(s, t) && !variant.has(Flaw.CLEARS_FOR_ALL) ? 1 : 0, Pc.UNLOCK);
                }
            }
            case UNLOCK -> steps.add(store(s, t, Word.LOCK, 0, Pc.DONE));
            default -> throw new AssertionError(task);
        }
    }

    private void addWordStep(State s, int t, List<Step> steps, int value, Pc next) {
        Task task = s.task(t);
        if (!variant.shared()) {
            steps.add(store(s, t, Word.EXCLUSIVE, value, next));
        } else if (task.isDrained()) {
            State changed = s.with(s.memory().store(variant.slotOfWord(task.slot()), Word.EXCLUSIVE, value));
            steps.add(new Step(changed, t, task.at(next), () -> "makes the shared word " + value));
        }
    }

    // Whether somebody has the same slot of the other structure.
    private boolean isNeeded(State s, int t) {
        int slot = s.task(t).slot();
        return variant.shared() && s.tasks().stream().anyMatch(other -> other.pc().isBetween(Pc.FENCE, Pc.CLEAR)
                && other.slot() != slot && variant.slotOfWord(other.slot()) == variant.slotOfWord(slot));
    }

    /** It may let sections in, and may fail even to do that. */
    void addFailures(State s, int t, List<Step> steps) {
        Task task = s.task(t);
        if (variant.fails(t, task)) {
            steps.add(new Step(s, t, task.at(Pc.CLEAR), "fails"));
            steps.add(new Step(s, t, task.at(Pc.UNLOCK), "fails, and leaves exclusive as it is"));
        }
    }

    private Step lock(State s, int t) {
        Task task = s.task(t);
        int slot = task.slot();
        boolean kept = variant.later() && !Memory.isOverflow(slot)
                && s.memory().load(Memory.mark(slot), Word.EXCLUSIVE) == 1;
        if (variant.isFast(t, task) && !Memory.isOverflow(slot) && !kept) {
            return new Step(s, t, task.withSlot(Memory.overflow(variant.structure(t, task))),
                    () -> "finds that sections are not kept off any more");
        }
        State locked = s.with(s.memory().store(slot, Word.LOCK, 1));
        return new Step(locked, t, task.at(kept || Memory.isOverflow(slot) ? Pc.LOAD_A
                : variant.has(Flaw.FENCE_FIRST) ? Pc.FENCE : Pc.SET), () -> "takes lock[" + slot + "]");
    }

    private Pc afterSet() {
        return variant.has(Flaw.FENCE_FIRST) || variant.has(Flaw.NO_FENCE) ? Pc.LOAD_A
                : variant.has(Flaw.MARK_FIRST) ? Pc.MARK : Pc.FENCE;
    }

    private Task letIn(Task task) {
        Task unmarked = variant.has(Flaw.MARK_STAYS) ? task : task.storing(Memory.mark(task.slot()), Word.EXCLUSIVE, 0);
        return unmarked.storing(Word.EXCLUSIVE, 0).at(Pc.UNLOCK);
    }

    private static Step load(State s, int t, Word word, Pc next) {
        Task task = s.task(t);
        int value = s.load(t, task.slot(), word);
        Task loaded = task.loaded(word, value).at(next);
        return new Step(s, t, loaded,
                word == Word.A || loaded.hasLoadedWhole() ? Set.of() : Set.of(Harm.HALF_SEEN),
                () -> "loads " + word + ": " + value);
    }

    private Step store(State s, int t, Word word, int value, Pc next) {
        Task task = s.task(t);
        Task stored = task.storing(word, value).at(next);
        return new Step(s, t, next == Pc.DONE ? variant.atNextOperation(t, stored.completed()) : stored,
                () -> "stores " + (word.isData() ? word : word + "[" + task.slot() + "]") + " = " + value);
    }
}
