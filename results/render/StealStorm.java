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
            "alone", "nothing", "undisturbed", "another process pushes to and steals from all slots of a stack of its own",
            "stormElsewhere", "another thread does the same with another stack",
            "stormHere", "another thread does the same with this stack",
            "fences", "another thread does nothing but fences");

    private StealStorm() {
    }

    static Section section(Run run) {
        Section s = new Section(run, "A storm of steals", """
                What does it cost others that somebody steals all the time? One thread pushes and pops, and another one
                steals. A steal makes a fence, which interrupts all CPUs that run a thread of the process, but only if another
                thread has used that slot of that stack since the last steal. Undisturbed is one beside which another process does
                the same: it takes what the two CPUs share, and nothing else.""");
        Table table = new Table("meanwhile", "ns of a push and a pop", "throughput / undisturbed");
        OTHERS.forEach((method, name) -> table.row(name, Text.cell(s.get("StealStorm", method, 1)),
                Ratio.of(s.get("StealStorm", "undisturbed", 1), s.get("StealStorm", method, 1)).full()));
        Verdict verdict = Verdict.ofTime();
        verdict.add("", "a push and a pop beside a storm on another stack", "an undisturbed one",
                s.ratio("StealStorm", "stormElsewhere", "undisturbed", 1));
        return s.table("Nanoseconds (95% interval):", table).say(verdict.text());
    }
}
