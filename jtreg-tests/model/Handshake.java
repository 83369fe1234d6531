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

/** As a JVM can do it without help: waits until each other task has answered. */
final class Handshake {
    private final Variant variant;

    Handshake(Variant variant) {
        this.variant = variant;
    }

    void addSteps(State s, int t, List<Step> steps) {
        Task caller = s.task(t);
        switch (caller.pc()) {
            case FENCE -> {
                // A full barrier comes first: all can see the word before any of them answers.
                if (caller.isDrained() || variant.has(Flaw.NO_BARRIER_BEFORE)) {
                    int others = (1 << s.tasks().size()) - 1 & ~(1 << t);
                    steps.add(new Step(s, t, caller.awaiting(others).at(Pc.WAIT), "asks all others for a handshake"));
                }
            }
            case WAIT -> {
                if (caller.awaited() == 0) {
                    steps.add(new Step(s, t, caller.at(variant.afterFence()), "has all answers"));
                }
            }
            default -> throw new AssertionError(caller);
        }
    }

    /** What others do while the caller waits. One that does not run can answer too: another does it in its place. */
    void addAnswers(State s, int t, List<Step> steps) {
        Task caller = s.task(t);
        if (caller.pc() != Pc.WAIT) {
            return;
        }
        for (int other = 0; other < s.tasks().size(); other++) {
            if (caller.awaits(other) && mayAnswer(s.task(other))) {
                steps.add(new Step(other, s.with(t, caller.awaitingNoMore(other)), "answers the handshake"
                        + (variant.isInSection(s.task(other)) ? ", although in its section" : "")));
            }
        }
    }

    private boolean mayAnswer(Task task) {
        return task.isDrained() && (!variant.isInSection(task) || variant.has(Flaw.ANSWER_INSIDE))
                && !(task.pc() == Pc.LOCK && variant.has(Flaw.NO_ANSWER_WAITING));
    }
}
