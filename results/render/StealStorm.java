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

import java.util.Map;

/** What it costs others that somebody steals all the time. */
final class StealStorm {
    private static final Map<String, String> OTHERS = Text.ordered(
            "undisturbed", "adds to a variable of its own", "fences", "does nothing but fences",
            "stormElsewhere", "pushes to and steals from all slots of another stack",
            "stormHere", "the same with this stack");

    private StealStorm() {
    }

    static Section section(Run run) {
        Section s = new Section(run, "A storm of steals", """
                What does it cost others that somebody steals all the time? One thread pushes and pops. Another thread keeps off
                the sections of the slot that it steals from, and makes a fence each time, which interrupts all CPUs that run
                a thread of this process.""");
        Table table = new Table("the other thread", "ns of a push and a pop", "throughput / undisturbed");
        OTHERS.forEach((method, name) -> table.row(name, Text.cell(s.get("StealStorm", method, 1)),
                Ratio.of(s.get("StealStorm", "undisturbed", 1), s.get("StealStorm", method, 1)).full()));
        Verdict verdict = Verdict.ofTime();
        verdict.add("", "a push and a pop beside a storm on another stack", "one beside fences only",
                s.ratio("StealStorm", "stormElsewhere", "fences", 1));
        return s.table("Nanoseconds (95% interval):", table).say(verdict.text());
    }
}
