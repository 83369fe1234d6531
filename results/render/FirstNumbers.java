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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an increment costs. */
final class FirstNumbers extends Report {
    private static final Map<String, String> CONTENDERS = ordered(
            "plainOpaque", "plain field, one per thread", "perCpuAdd", "PerCpu.add", "perCpuCounter", "PerCpuCounter",
            "longAdder", "LongAdder", "atomicLong", "AtomicLong");
    private static final Map<String, String> LIMITS = ordered(
            "cPlain", "C: add to the same word", "cFindAndAdd", "C: find the slot, add", "cSection", "C: the section",
            "cLockAdd", "C: lock add");

    FirstNumbers(Path folder) throws IOException {
        super(folder);
    }

    @Override
    List<Question> questions() {
        return List.of(new Question("OneCounter", "one counter", CONTENDERS),
                new Question("EightCounters", "eight counters in turn, all eight", CONTENDERS));
    }

    @Override
    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        targets.add(new Target("PerCpu.add / plain field, 1 thread", true, 1.2, "",
                Ratio.of(get("OneCounter", "perCpuAdd", 1), get("OneCounter", "plainOpaque", 1))));
        targets.add(new Target("LongAdder / PerCpu.add, 1 thread", false, 4.5, "",
                Ratio.of(get("OneCounter", "longAdder", 1), get("OneCounter", "perCpuAdd", 1))));
        targets.add(new Target("LongAdder / PerCpu.add, eight counters, 1 thread", false, 6, "",
                Ratio.of(get("EightCounters", "longAdder", 1), get("EightCounters", "perCpuAdd", 1))));
        for (Question q : questions()) {
            String question = q.key();
            String suffix = question.equals("OneCounter") ? "" : ", eight counters";
            targets.add(new Target("PerCpu.add, time of 2 threads / time of 1" + suffix, true, 1.15, "",
                    Ratio.of(get(question, "perCpuAdd", 2), get(question, "perCpuAdd", 1))));
        }
        for (Question q : questions()) {
            String question = q.key();
            String suffix = question.equals("OneCounter") ? "" : ", eight counters";
            targets.add(new Target("PerCpu.add, throughput of 16 threads / throughput of 2" + suffix, false, 0.9, "",
                    Ratio.ofThroughput(get(question, "perCpuAdd", 16), get(question, "perCpuAdd", 2))));
        }
        return targets;
    }

    @Override
    String chart() {
        return Chart.draw(this, "CPU time of an increment", "ns of CPU per invocation", 0.3,
                m -> m.cpuNanos(cpus) / m.nanos());
    }

    @Override
    String page() {
        StringBuilder page = new StringBuilder("# First numbers\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench` measures and renders.\n\n");
        page.append(summaryTable()).append('\n');
        page.append("## Targets\n\n").append(targetTable());
        page.append("\n## Time\n\n![CPU time of an increment](chart.svg)\n");
        page.append(tables("Nanoseconds per invocation as a thread sees them, ", " (95% interval):", (m, c) -> interval(m)));
        page.append(limits());
        page.append("\n## Throughput\n");
        page.append(tables("Millions of invocations per second, all threads together, ", ":", Report::throughput));
        page.append("\n## Times PerCpu.add\n");
        questions().forEach(q -> page.append("\nTime divided by that of PerCpu.add with as many threads, ").append(q.title())
                .append(" (95% interval):\n\n").append(table(q, times(q, "perCpuAdd"))));
        page.append("\n## How it was measured\n\n").append(method()).append('\n').append(machineTable());
        return page.toString();
    }

    private String limits() {
        StringBuilder text = new StringBuilder("""

                ## What the CPU allows

                The same increments as loops in C (`jtreg-tests/micro/src/main/c/limits.c`), nanoseconds per increment
                (95% interval). The section has the steps of the one that HotSpot emits. "Find the slot, add" is what is
                left of it without rseq: load the index, compute the address, add; it may lose updates.

                """);
        text.append(header());
        LIMITS.forEach((contender, name) -> {
            text.append("| ").append(name).append(" |");
            THREADS.forEach(t -> text.append(' ').append(interval(get("Limits", contender, t))).append(" |"));
            text.append('\n');
        });
        text.append("\n| ratio, 1 thread | measured | 95% interval |\n|---|---|---|\n");
        ratio(text, "PerCpu.add / C: the section", get("OneCounter", "perCpuAdd", 1), get("Limits", "cSection", 1));
        ratio(text, "C: the section / C: add to the same word", get("Limits", "cSection", 1), get("Limits", "cPlain", 1));
        ratio(text, "C: find the slot, add / C: add to the same word", get("Limits", "cFindAndAdd", 1), get("Limits", "cPlain", 1));
        text.append("""

                An add to a word has to wait for the one before it on the same word: a store that a load must see. Where a
                CPU takes the usual four to six cycles for that, the other instructions of a section fit into the wait, and
                it costs what a plain add costs. Recent Intel cores predict which store a load will see and skip the wait,
                in some loops and not in others; then the number of instructions decides, and a section has seven of
                them, two stores among them. The ratio of the two loops in C is what that CPU allows, whoever emits the section.
                """);
        return text.toString();
    }

    private static void ratio(StringBuilder text, String name, Measurement a, Measurement b) {
        Ratio r = Ratio.of(a, b);
        text.append("| ").append(String.join(" | ", name, r.text(), r.intervalText())).append(" |\n");
    }

    private String method() {
        return """
                JMH, throughput mode. One invocation is one increment, or one increment of each of eight counters;
                no result is used. All contenders ran in one run of %d rounds; a round is one JVM (fork) per
                contender and number of threads, contenders next to each other. The value of a fork is the median of
                its iterations, a ratio is taken round by round, and means and 95%% intervals (Student's, %d degrees of
                freedom) are those of logarithms. The plain opaque increment works on a field of its thread's own, so
                it is the limit inside Java. Code is compiled in the foreground (-Xbatch), or with many threads the
                compiler would get no CPU. Warm-up and iterations stand in jmh.json and in `jtreg-tests/micro`.
                """.formatted(rounds(), rounds() - 1);
    }

    private String summaryTable() {
        StringBuilder table = new StringBuilder("| ns, as each thread sees it |");
        THREADS.forEach(t -> table.append(' ').append(threads(t)).append(" |"));
        table.append(" eight counters in turn, 1 thread, all eight |\n|---|").append("---|".repeat(THREADS.size() + 1)).append('\n');
        CONTENDERS.forEach((contender, name) -> {
            table.append("| ").append(name).append(" |");
            THREADS.forEach(t -> table.append(' ').append(number(get("OneCounter", contender, t).nanos())).append(" |"));
            table.append(' ').append(number(get("EightCounters", contender, 1).nanos())).append(" |\n");
        });
        return table.toString();
    }

    @Override
    String summary(String link) {
        return summaryTable() + '\n' + verdicts() + " What that CPU allows, intervals, ratios and how it was measured: [first numbers]("
                + link + ").\n";
    }
}
