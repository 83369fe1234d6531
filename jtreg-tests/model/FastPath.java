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
 * The section: b = a + 1 is its try-store, a = a + 1 its commit. One that is aborted leaves nothing but the try-store,
 * so while nobody is at work on a slot its b is a or a + 1.
 */
final class FastPath {
    private final Variant variant;

    FastPath(Variant variant) {
        this.variant = variant;
    }

    void addSteps(State s, int t, List<Step> steps) {
        Task task = s.task(t);
        switch (task.pc()) {
            case START -> {
                steps.add(new Step(s, t, refused(s, t),
                        "goes to the overflow slot: not registered, or aborted too often"));
                steps.add(variant.has(Flaw.TEST_OUTSIDE)
                        ? new Step(s, t, task.at(Pc.TEST_OUTSIDE), "begins, not in a section yet") : arm(s, t));
            }
            case TEST_OUTSIDE -> steps.add(test(s, t, slot(s, t), task.at(Pc.ARM)));
            case ARM -> steps.add(arm(s, t));
            case INDEX -> {
                int loads = Word.A.bit() | Word.B.bit() | (variant.has(Flaw.TEST_OUTSIDE) ? 0 : Word.EXCLUSIVE.bit());
                steps.add(new Step(s, t, task.withSlot(slot(s, t)).awaiting(loads).at(Pc.LOADS),
                        () -> "loads its index: " + task.index()));
            }
            case LOADS -> {
                for (Word word : Word.values()) {
                    if (task.awaits(word.ordinal()) && mayLoad(word, task.awaited())) {
                        steps.add(load(s, t, word));
                        addOwnLock(s, t, word, steps);
                    }
                }
            }
            case TRY_STORE -> steps.add(new Step(s, t, task.storing(Word.B, task.a() + 1).at(Pc.COMMIT),
                    () -> "stores b = " + (task.a() + 1)));
            case COMMIT -> {
                Task committed = task.storing(Word.A, task.a() + 1).completed();
                steps.add(new Step(s, t, variant.atNextOperation(t, committed),
                        task.hasLoadedWhole() ? Set.of() : Set.of(Harm.HALF_SEEN),
                        () -> "stores a = " + (task.a() + 1) + ", the commit"));
            }
            default -> throw new AssertionError(task);
        }
    }

    private int slot(State s, int t) {
        return Memory.slot(variant.structure(t, s.task(t)), s.task(t).index());
    }

    private Task refused(State s, int t) {
        return s.task(t).restartedAt(Pc.LOCK).withSlot(Memory.overflow(variant.structure(t, s.task(t))));
    }

    private static Step arm(State s, int t) {
        return new Step(s, t, s.task(t).at(Pc.INDEX), "arms: the section starts");
    }

    /** Instead of the overflow slot. */
    private void addOwnLock(State s, int t, Word word, List<Step> steps) {
        Task task = s.task(t);
        if (variant.later() && word == Word.EXCLUSIVE && s.load(t, task.slot(), word) != 0) {
            steps.add(new Step(s, t, task.restartedAt(Pc.LOCK).withSlot(task.slot()),
                    () -> "loads exclusive[" + task.slot() + "]: 1, so waits for the lock"));
        }
    }

    /** Whether the section may do this load while those, a set, are still to be done. */
    private boolean mayLoad(Word word, int awaited) {
        int data = Word.A.bit() | Word.B.bit();
        if (word == Word.EXCLUSIVE) {
            return !variant.has(Flaw.TEST_LAST) || (awaited & data) == 0;
        }
        if (variant.weak()) {
            return variant.has(Flaw.PLAIN_LOAD) || (awaited & Word.EXCLUSIVE.bit()) == 0;
        }
        int earlier = (variant.has(Flaw.TEST_LAST) ? data : -1) & (word.bit() - 1);
        return (awaited & earlier) == 0;
    }

    private Step load(State s, int t, Word word) {
        Task task = s.task(t).awaitingNoMore(word.ordinal());
        Task next = task.at(task.awaited() == 0 ? Pc.TRY_STORE : Pc.LOADS);
        if (word == Word.EXCLUSIVE) {
            return test(s, t, task.slot(), next);
        }
        int value = s.load(t, task.slot(), word);
        return new Step(s, t, next.loaded(word, value), () -> "loads " + word + ": " + value);
    }

    private Step test(State s, int t, int own, Task ifClear) {
        int slot = variant.has(Flaw.OTHERS_WORD) ? own % Memory.SLOTS : variant.slotOfWord(own);
        boolean exclusive = s.load(t, slot, Word.EXCLUSIVE) != 0;
        return new Step(s, t, exclusive ? refused(s, t) : ifClear,
                () -> "loads exclusive[" + slot + "]: " + (exclusive ? "1, so goes to the overflow slot" : "0"));
    }
}
