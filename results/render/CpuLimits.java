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
import java.util.Map;

/** What the CPU allows: the same increments as loops in C. */
final class CpuLimits {
    private static final Map<String, String> LOOPS = Text.ordered(
            "plainOpaque", "Java: plain field", "perCpuAdd", "Java: PerCpu.add");
    private static final Map<String, String> LIMITS = Text.ordered(
            "cPlain", "C: plain add", "cFindAndAdd", "C: find the slot, add", "cSection", "C: the section",
            "cLockAdd", "C: lock add");
    private static final int[] THREADS = {1, 2, 64};

    private CpuLimits() {
    }

    static Section cpu(Run run) {
        Section s = new Section(run, "What the CPU allows", """
                How near is PerCpu.add in a loop to a loop in C (`jtreg-tests/micro/src/main/c/limits.c`) with the same
                section? "Find the slot, add" is what is left of a section without rseq; it may lose updates.""");
        DotPlot plot = new DotPlot("Increment in a loop", "ns of CPU per increment",
                List.of(Text.threads(THREADS[0]), Text.threads(THREADS[1]), Text.threads(THREADS[2])));
        Table table = new Table(Section.head("", THREADS));
        LOOPS.forEach((method, name) -> {
            Measurement m = s.get("Loops", method, 1);
            plot.row(name, cpu(m, run));
            table.row(name, Text.cell(m), Text.NONE, Text.NONE);
        });
        LIMITS.forEach((method, name) -> {
            plot.row(name, cpu(s.get("Limits", method, THREADS[0]), run), cpu(s.get("Limits", method, THREADS[1]), run),
                    cpu(s.get("Limits", method, THREADS[2]), run));
            table.row(Section.row(name, THREADS, t -> Text.cell(s.get("Limits", method, t))));
        });
        s.figure("limits", "Increment in a loop, in Java and in C", plot.draw());
        s.table("Nanoseconds per increment as a thread sees them (95% interval):", table);
        Verdict verdict = Verdict.ofTime();
        verdict.add("", "PerCpu.add in a loop", "the same section in C",
                Ratio.of(s.get("Loops", "perCpuAdd", 1), s.get("Limits", "cSection", 1)));
        verdict.add("", "the section in C", "a plain add in C", s.ratio("Limits", "cSection", "cPlain", 1));
        verdict.add("", "lock add in C", "the section in C", s.ratio("Limits", "cLockAdd", "cSection", 1));
        return s.say(verdict.text()).say("""
                An add to a word has to wait for the one before it on the same word. Where a CPU takes its usual time for
                that, the other instructions of a section fit into the wait. Some CPUs predict which store a load will see and
                skip the wait; then the number of instructions decides. The loops in C show what this CPU does, whoever emits
                the section.""");
    }

    private static Interval cpu(Measurement m, Run run) {
        return m == null ? null : m.cpuNanos(run.cpus);
    }

    private static final Map<String, String> ONE = Text.ordered(
            "cSection", "the section", "cSectionUnchecked", "without the checks", "cSectionDisarm", "with a store that disarms");
    private static final Map<String, String> EIGHT = Text.ordered(
            "cEightPlain", "plain adds", "cEightSections", "the sections",
            "cEightSectionsDisarm", "each with a store that disarms");

    static Section disarm(Run run) {
        Section s = new Section(run, "Disarming and checks", """
                A section is not disarmed after its end, and it checks that the thread is registered and that nobody has its slot
                exclusively: what would a store that disarms cost, and what do the checks cost? The loops are in C.""");
        DotPlot plot = new DotPlot("Sections in C, 1 thread", "ns per increment", List.of("per increment"));
        Table table = new Table("C, 1 thread", "ns per increment");
        ONE.forEach((method, name) -> {
            Measurement m = s.get("Limits", method, 1);
            plot.row(name, m == null ? null : m.interval());
            table.row(name, Text.cell(m));
        });
        plot.heading("eight words in turn");
        EIGHT.forEach((method, name) -> {
            Measurement m = s.get("Limits", method, 1);
            Interval each = m == null ? null : m.interval().times(1.0 / 8);
            plot.row(name, each);
            table.row("eight words in turn: " + name, Text.cell(each));
        });
        Verdict verdict = Verdict.ofTime();
        verdict.add("", "a section that is disarmed", "one that is not", s.ratio("Limits", "cSectionDisarm", "cSection", 1));
        verdict.add("with eight words in turn ", "a section that is disarmed", "one that is not",
                s.ratio("Limits", "cEightSectionsDisarm", "cEightSections", 1));
        verdict.add("", "a section with the checks", "one without", s.ratio("Limits", "cSection", "cSectionUnchecked", 1));
        return s.figure("disarm", "Sections with and without a store that disarms", plot.draw())
                .table("Nanoseconds per increment, also where eight words take turns (95% interval):", table).say(verdict.text());
    }
}
