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
                section? "Find the slot, add" is what is left of a section without rseq; it may lose updates. Plain and lock add are to a
                word of the thread's own, so nobody contends. The section loads the addresses that it needs before the loop, HotSpot
                with each section.""");
        DotPlot plot = new DotPlot("Increment in a loop", "ns of CPU per increment",
                List.of(Text.threads(THREADS[0]), Text.threads(THREADS[1]), Text.threads(THREADS[2])));
        Table table = new Table(Section.head(run, "", THREADS));
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
        verdict.add("", "PerCpu.add in a loop", "an increment of the plain field there", s.ratio("Loops", "perCpuAdd", "plainOpaque", 1));
        verdict.add("", "finding the slot and adding in C", "a plain add in C", s.ratio("Limits", "cFindAndAdd", "cPlain", 1));
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
            "cPlain", "plain add", "cSection", "the section", "cSectionDisarm", "with a store that disarms",
            "cSectionOnce", "armed only if it is not any more", "cSectionFields", "with loads of the word's address",
            "cSectionUnchecked", "without the checks",
            "cSectionShort", "with short addresses", "cSectionShortUnchecked", "short and unchecked");
    private static final Map<String, String> EIGHT = Text.ordered(
            "cEightPlain", "plain adds", "cEightSections", "the sections", "cEightSectionsDisarm", "with a store that disarms",
            "cEightSectionsOnce", "armed only if it is not any more", "cEightSectionsFields", "with loads of the word's address",
            "cEightSectionsUnchecked", "without the checks",
            "cEightSectionsShort", "with short addresses", "cEightSectionsShortUnchecked", "short and unchecked");

    static Section variants(Run run) {
        Section s = new Section(run, "Disarming, checks, addresses", """
                What would sections cost that are written in another way? A section is not disarmed after its end; it checks that
                the thread is registered and that nobody has its slot exclusively; and the addresses of its descriptor and of the
                words that it checks are constants in registers. With a store that disarms; with a comparison in the section
                that goes out of line to arm where the last section was another one or the kernel has disarmed it, instead
                of a store each time; with two loads that find the word, as PerCpu.add has them where C2 does not know the counter;
                without the checks;
                with both addresses below 2 GB, where they fit into the instructions that use them (arming is one
                instruction then); and with those but without the checks. The loops are in C.""");
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
        verdict(s, verdict, "", "cSection");
        verdict(s, verdict, "with eight words in turn ", "cEightSections");
        return s.figure("disarm", "Sections in C, written in other ways", plot.draw())
                .table("Nanoseconds per increment, also where eight words take turns (95% interval):", table).say(verdict.text());
    }

    private static void verdict(Section s, Verdict verdict, String where, String section) {
        verdict.add(where, "a section that is disarmed", "one that is not", s.ratio("Limits", section + "Disarm", section, 1));
        verdict.add(where, "a section that is armed only if it is not any more", "one that is each time",
                s.ratio("Limits", section + "Once", section, 1));
        verdict.add(where, "a section that has to load where its word is", "one that knows it",
                s.ratio("Limits", section + "Fields", section, 1));
        verdict.add(where, "a section with the checks", "one without", s.ratio("Limits", section, section + "Unchecked", 1));
        verdict.add(where, "a section with long addresses", "one with short ones",
                s.ratio("Limits", section, section + "Short", 1));
        verdict.add(where, "a section that is short and unchecked", "a plain add", s.ratio("Limits", section + "ShortUnchecked",
                section.equals("cSection") ? "cPlain" : "cEightPlain", 1));
    }
}
