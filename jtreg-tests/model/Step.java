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

import java.util.Set;
import java.util.function.Supplier;

/** One way on from a state: what the task does, what then is, and what went wrong. Only traces need the text. */
record Step(int task, State next, Set<Harm> harms, Supplier<String> text) {
    Step(int task, State next, String text) {
        this(task, next, Set.of(), () -> text);
    }

    /** Nothing but the task changes. */
    Step(State s, int t, Task changed, Set<Harm> harms, Supplier<String> text) {
        this(t, s.with(t, changed), harms, text);
    }

    Step(State s, int t, Task changed, Supplier<String> text) {
        this(s, t, changed, Set.of(), text);
    }

    Step(State s, int t, Task changed, String text) {
        this(s, t, changed, Set.of(), () -> text);
    }
}
