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

/** As the kernel does it: looks at each CPU, then interrupts those where it found a task of this process. */
final class Membarrier {
    private final Variant variant;

    Membarrier(Variant variant) {
        this.variant = variant;
    }

    void addSteps(State s, int t, List<Step> steps) {
        Task caller = s.task(t);
        switch (caller.pc()) {
            case FENCE -> {
                // A full barrier comes first: all can see the word before any CPU is looked at.
                if (caller.isDrained()) {
                    int all = (1 << variant.cpus()) - 1;
                    steps.add(new Step(s, t, caller.awaiting(all).at(Pc.LOOK), "calls membarrier"));
                }
            }
            case LOOK -> steps.add(look(s, t, Integer.numberOfTrailingZeros(caller.awaited())));
            case WAIT -> {
                // The kernel passes over the CPU it is on: whoever was there before has been preempted.
                if ((caller.awaited() & ~(1 << caller.cpu())) == 0) {
                    Task back = caller.awaiting(0).fenced();
                    steps.add(new Step(s, t, back.at(back.fences() < variant.membarriers() ? Pc.FENCE
                            : variant.afterFence()), "returns from membarrier"));
                }
                for (int cpu = 0; cpu < variant.cpus(); cpu++) {
                    if (cpu != caller.cpu() && caller.awaits(cpu)) {
                        addInterrupt(s, t, cpu, steps);
                    }
                }
            }
            default -> throw new AssertionError(caller);
        }
    }

    private Step look(State s, int t, int cpu) {
        int running = s.runningOn(cpu);
        Task caller = s.task(t).awaitingNoMore(cpu);
        if (running != Task.NONE) {
            caller = caller.finding(cpu);
        }
        // The last look: from now on it awaits what it has found.
        Task next = caller.awaited() == 0 ? caller.awaitingFound().at(Pc.WAIT) : caller;
        String found = running == Task.NONE ? "nobody" : running == t ? "itself" : variant.nameOf(running);
        return new Step(s, t, next, () -> "membarrier finds " + found + " on cpu" + cpu);
    }

    private void addInterrupt(State s, int t, int cpu, List<Step> steps) {
        State next = s.with(t, s.task(t).awaitingNoMore(cpu));
        int running = s.runningOn(cpu);
        if (running == Task.NONE) {
            steps.add(new Step(t, next, "membarrier interrupts cpu" + cpu + ", where nobody runs any more"));
            return;
        }
        Task task = s.task(running);
        if (task.isDrained() || variant.has(Flaw.ONLY_ABORT)) {
            boolean aborts = variant.isInSection(task) && !variant.has(Flaw.ONLY_BARRIER) && !task.resumes();
            steps.add(new Step(running, aborts ? next.with(running, task.aborted()) : next,
                    "is interrupted by membarrier" + (aborts ? ": its section starts again"
                            : task.resumes() ? ", which sets a bit in its event mask" : "")));
        }
    }
}
