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
import java.util.Set;

/** A page about one run, its plots, and what other pages quote of it. */
abstract class Report {
    /** What is compared between two runs. */
    record Compared(String text, String unit, Ratio value) {
    }

    final Run run;

    Report(Run run) {
        this.run = run;
    }

    static Report of(Run run) {
        // The page was not written down in earlier runs.
        String page = run.machine.getOrDefault("page", run.name());
        return page.startsWith("structures") ? new Structures(run) : page.startsWith("ecosystem") ? new Ecosystem(run)
                : page.startsWith("adapters") ? new Adapters(run) : page.startsWith("programs") ? new Programs(run) : new BenchReport(run);
    }

    /** The keys of what a page's targets compare, so that a short run measures that more than once. */
    static Set<String> compared(String page) {
        Report report = of(new Run(page));
        report.run.asked.clear();
        report.targets();
        return report.run.asked;
    }

    /** The name in the marks of other pages. */
    abstract String kind();

    abstract List<Target> targets();

    abstract List<Compared> compared();

    /** @param comparison a section, may be empty */
    abstract String page(String comparison);

    /** What other pages show: few lines, no heading. */
    abstract String summary(String link);

    /** SVGs by the names of their files. */
    abstract Map<String, String> figures();

    /** Of a column of the summary. */
    abstract int mostThreads();

    String targetTable() {
        Table table = new Table("ratio", "wanted", "measured", "95% interval", "");
        targets().forEach(t -> table.row(t.text(), t.wanted(), t.value(), t.interval(), t.verdict()));
        return table.text();
    }

    /** Where and when, and how many targets were met; goes on with a sentence that has the link. */
    String verdicts() {
        List<Target> measured = targets().stream().filter(Target::measured).toList();
        StringBuilder missed = new StringBuilder();
        measured.stream().filter(t -> !t.met()).forEach(t -> missed.append("; ").append(t.verdict()).append(": ").append(t.text())
                .append(' ').append(t.wanted()).append(", measured ").append(t.value()).append(" (").append(t.interval()).append(')'));
        int left = targets().size() - measured.size();
        String share = mostThreads() > run.cpus ? ".\nOversubscribed: more threads than CPUs, so that a thread has a CPU for a"
                + " part of the time only" : "";
        return measuredOn() + share + ".\n" + met() + " of " + targets().size() + " targets met" + missed
                + (left == 0 ? "" : "; not measured: " + left) + ".";
    }

    String measuredOn() {
        return "Measured " + machine("date") + " on " + machine("cpu") + ", " + run.cpus + " CPUs, " + machine("kernel") + ", JDK "
                + machine("jdk");
    }

    long met() {
        return targets().stream().filter(t -> t.measured() && t.met()).count();
    }

    private String machine(String key) {
        return run.machine.getOrDefault(key, "unknown");
    }

    String rounds() {
        int least = run.all.values().stream().mapToInt(m -> m.rounds().length).min().orElse(0);
        int most = run.all.values().stream().mapToInt(m -> m.rounds().length).max().orElse(0);
        return least == most ? "" + least : least + " to " + most;
    }
}
