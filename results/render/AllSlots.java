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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What it costs to look at all slots, or to take something from a slot whoever's it is. */
final class AllSlots {
    private static final Map<String, String> OPERATIONS = Text.ordered(
            "perCpuLongSum", "PerCpuLong.sum", "perCpuCounterSum", "PerCpuCounter.sum", "longAdderSum", "LongAdder.sum",
            "ringRead", "PerCpuRingBuffer.read that finds nothing", "stackSteal", "PerCpuStack.push and steal",
            "stackDrain", "PerCpuStack.push and drain", "listDrain", "PerCpuList.push and drain");
    private static final String MANY = "AllSlots@possible256";

    private AllSlots() {
    }

    static Section section(Run run) {
        Matcher m = Pattern.compile("(\\d+) slots").matcher(run.machine.getOrDefault("rseq", ""));
        String usual = m.find() ? m.group(1) + " slots" : "as it is";
        Section s = new Section(run, "All slots: sum, read, steal, drain", """
                What does it cost to look at all slots, and to take something from a slot whoever's it is? For 256 possible CPUs
                the JVM has 257 slots, the overflow slot among them. One other thread adds all the time, to the counter that
                is summed up or to one of its own. Steal and drain take one object, and the push of it is part of the time.
                Nobody else uses that stack or list: so sections stay kept off, and what is measured is without a fence, which
                a steal from a slot in use has on top. A LongAdder has a cell for each CPU of this machine, not for 256.""");
        Table table = new Table("ns", usual, "256 possible CPUs", "ratio");
        OPERATIONS.forEach((method, name) -> {
            Measurement few = s.get("AllSlots", method, 1);
            Measurement many = s.get(MANY, method, 1);
            table.row(name, Text.cell(few), Text.cell(many), Ratio.of(many, few).full());
        });
        Verdict verdict = Verdict.ofTime();
        verdict.add("", "PerCpuLong.sum", "LongAdder.sum", s.ratio("AllSlots", "perCpuLongSum", "longAdderSum", 1));
        verdict.add("for 256 possible CPUs ", "PerCpuLong.sum", "LongAdder.sum", s.ratio(MANY, "perCpuLongSum", "longAdderSum", 1));
        return s.table("Nanoseconds (95% interval), and 256 possible CPUs / " + usual + ":", table).say(verdict.text());
    }
}
