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

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What happens to tasks whatever they do: they are scheduled, get signals, and their stores reach memory. */
final class Kernel {
    private final Variant variant;

    Kernel(Variant variant) {
        this.variant = variant;
    }

    void addSteps(State s, int t, List<Step> steps) {
        Task task = s.task(t);
        if (task.isRunning()) {
            addDrains(s, t, steps);
            if (task.resumes()) {
                // Preemption is off, and signals are seen to before or after.
                steps.add(new Step(s, t, task.resuming(false), "has its event mask cleared: its section goes on"));
            } else {
                addResumption(s, t, steps);
                addInterruptions(s, t, steps);
            }
        } else if (task.pc() != Pc.DONE) {
            addDispatches(s, t, steps);
        }
    }

    /**
     * The kernel has something to do before the section goes on, but nothing that aborts it. It reads the event mask
     * and clears it. Kernels that lose nothing keep interrupts out in between, so there this is no step.
     */
    private void addResumption(State s, int t, List<Step> steps) {
        Task task = s.task(t);
        if (variant.lossy() && variant.isInSection(task)) {
            steps.add(new Step(s, t, task.resuming(true), "is interrupted; the kernel reads its event mask: empty"));
        }
    }

    /** A context switch is a full barrier. So is a signal here, or try-stores could fill a buffer without end. */
    private void addInterruptions(State s, int t, List<Step> steps) {
        Task task = s.task(t);
        if (!task.isDrained()) {
            return;
        }
        if (variant.isInSection(task)) {
            steps.add(new Step(s, t, task.aborted(), "gets a signal: its section starts again"));
            steps.add(new Step(s, t, task.aborted().on(Task.NONE, Task.NONE),
                    "is preempted: its section will start again"));
        } else {
            steps.add(new Step(s, t, task.on(Task.NONE, Task.NONE), "is preempted"));
        }
    }

    private void addDispatches(State s, int t, List<Step> steps) {
        for (int cpu = 0; cpu < variant.cpus(); cpu++) {
            if (s.runningOn(cpu) != Task.NONE) {
                continue;
            }
            for (int index = 0; index < variant.cpus(); index++) {
                if (variant.mmCid() ? !s.isIndexInUse(index) : index == cpu) {
                    steps.add(new Step(s, t, s.task(t).on(cpu, index), "runs"));
                }
            }
        }
    }

    private void addDrains(State s, int t, List<Step> steps) {
        for (int i = 0; i < s.task(t).stores().size(); i++) {
            if (mayDrain(s.task(t).stores(), i)) {
                steps.add(drain(s, t, i));
            }
        }
    }

    private boolean mayDrain(List<Store> stores, int i) {
        Store store = stores.get(i);
        return i == 0 || variant.weak() && !isRelease(store)
                && stores.subList(0, i).stream().noneMatch(earlier -> earlier.isTo(store.slot(), store.word()));
    }

    private boolean isRelease(Store store) {
        return store.by() == Pc.UNLOCK || store.by() == Pc.CLEAR && !variant.has(Flaw.PLAIN_CLEAR);
    }

    private static Step drain(State s, int t, int i) {
        Store store = s.task(t).stores().get(i);
        Set<Harm> harms = EnumSet.noneOf(Harm.class);
        if (store.word() == Word.A && store.value() != s.memory().load(store.slot(), Word.A) + 1) {
            harms.add(Harm.LOST_UPDATE);
        }
        if (store.word().isData() && isInTransactionOfOther(s, t, store.slot())) {
            harms.add(Harm.INTRUSION);
        }
        Memory memory = s.memory().store(store.slot(), store.word(), store.value());
        return new Step(s.with(memory), t, s.task(t).without(i), harms, () -> "     " + store + " reaches memory");
    }

    /** A transaction lasts from its first load until its last store has reached memory. */
    private static boolean isInTransactionOfOther(State s, int t, int slot) {
        for (int other = 0; other < s.tasks().size(); other++) {
            Task task = s.task(other);
            if (other != t && (task.slot() == slot && task.pc().isBetween(Pc.LOAD_B, Pc.STORE_B)
                    || task.stores().stream().anyMatch(store -> store.slot() == slot && store.isOfTransaction()))) {
                return true;
            }
        }
        return false;
    }
}
