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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What PerCpu costs, for someone who decides whether to carry it. */
final class BenchReport extends Report {
    private static final Map<String, String> IN_SUMMARY = Text.ordered(
            "plainOpaque", "plain field, one per thread", "perCpuAdd", "PerCpu.add", "perCpuCounter", "PerCpuCounter",
            "threadLocal", "ThreadLocal counter", "longAdder", "LongAdder", "atomicLong", "AtomicLong");
    private static final int[] THREADS_IN_SUMMARY = {1, 2, 64};

    private final List<Section> sections;

    BenchReport(Run run) {
        super(run);
        sections = List.of(Increments.cost(run), CpuLimits.cpu(run), Increments.several(run), Increments.contended(run),
                Variants.index(run), CpuLimits.variants(run), Variants.fallback(run), FirstSecond.section(run), Aborts.section(run),
                Footprint.section(run), ThreadsAndFences.start(run), ThreadsAndFences.fence(run), Latency.section(run),
                Structures.section(run));
    }

    @Override
    String kind() {
        return "report";
    }

    @Override
    int mostThreads() {
        return THREADS_IN_SUMMARY[THREADS_IN_SUMMARY.length - 1];
    }

    @Override
    List<Target> targets() {
        Measurement add = run.find("OneCounter", "perCpuAdd", 1);
        return List.of(
                new Target("PerCpu.add / the section in C, 1 thread", true, 1.05, "",
                        Ratio.of(run.find("Loops", "perCpuAdd", 1), run.find("Limits", "cSection", 1))),
                new Target("PerCpu.add / the section in C, eight counters in fields in a loop, 1 thread", true, 1.05, "",
                        Ratio.of(run.find("Loops", "perCpuAddEight", 1), run.find("Limits", "cEightSectionsFields", 1))),
                new Target("PerCpu.add / the section in C, eight constants in a loop, 1 thread", true, 1.05, "",
                        Ratio.of(run.find("Loops", "perCpuAddEightStatic", 1), run.find("Limits", "cEightSections", 1))),
                new Target("LongAdder / PerCpu.add, 1 thread", false, 5, "",
                        Ratio.of(run.find("OneCounter", "longAdder", 1), add)),
                new Target("LongAdder / PerCpu.add, eight counters in fields, 1 thread", false, 6, "",
                        Ratio.of(run.find("EightCounters", "longAdder", 1), run.find("EightCounters", "perCpuAdd", 1))),
                new Target("LongAdder / PerCpu.add, eight counters in static final fields, 1 thread", false, 7, "",
                        Ratio.of(run.find("EightCounters", "longAdderStatic", 1), run.find("EightCounters", "perCpuAddStatic", 1))),
                new Target("PerCpu.add, throughput of 64 threads / throughput of 2", false, 0.95, "",
                        Ratio.ofThroughput(run.find("OneCounter", "perCpuAdd", 64), run.find("OneCounter", "perCpuAdd", 2))),
                new Target("LongAdder / PerCpuLong, resident memory per counter at 100000", false, 6, "",
                        Ratio.of(Footprint.resident(run.find("Memory/100000", "longAdder", 1)),
                                Footprint.resident(run.find("Memory/100000", "perCpuLong", 1)))));
    }

    @Override
    List<Compared> compared() {
        List<Compared> all = new ArrayList<>();
        IN_SUMMARY.forEach((method, name) -> {
            for (int t : THREADS_IN_SUMMARY) {
                add(all, name, "OneCounter", method, t);
            }
        });
        add(all, "PerCpu.add, eight counters", "EightCounters", "perCpuAdd", 1);
        add(all, "PerCpu.add in a loop", "Loops", "perCpuAdd", 1);
        add(all, "the section in C", "Limits", "cSection", 1);
        add(all, "PerCpu.add, the fallback", "OneCounter@atomics", "perCpuAdd", 1);
        add(all, "PerCpu.add in the interpreter", "OneCounter@interpreter", "perCpuAdd", 1);
        add(all, "PerCpu.add in C1's code", "OneCounter@c1", "perCpuAdd", 1);
        add(all, "start and join of a thread", "ThreadStart", "startAndJoin", 1);
        add(all, "fence, 7 other threads", "Fence/7", "exclusive", 1);
        add(all, "PerCpuStack, push and pop, median", "Stacks@latency", "perCpuStack", 16);
        all.add(new Compared("PerCpuLong, resident memory per counter at 100000", " B",
                Ratio.ofRounds(Footprint.resident(run.find("Memory/100000", "perCpuLong", 1)))));
        return all;
    }

    private void add(List<Compared> all, String text, String question, String method, int threads) {
        all.add(new Compared(text + ", " + Text.threads(threads), " ns", Ratio.of(run.find(question, method, threads))));
    }

    @Override
    Map<String, String> figures() {
        Map<String, String> figures = new LinkedHashMap<>();
        sections.forEach(s -> figures.putAll(s.figures));
        return figures;
    }

    @Override
    String page(String comparison) {
        StringBuilder page = new StringBuilder("# Report: " + run.name() + "\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench` measures and renders, `make report` renders.\n\n");
        page.append("## Targets\n\n").append(targetTable()).append('\n').append(verdicts()).append('\n');
        sections.forEach(s -> page.append('\n').append(s.text()));
        if (!comparison.isEmpty()) {
            page.append('\n').append(comparison);
        }
        page.append("\n## How it was measured\n\n").append(method());
        page.append("\n## Noise\n\n").append(Noise.text(run));
        return page.append("\n## Machine\n\n").append(run.machineTable()).toString();
    }

    private String method() {
        return """
                JMH. One invocation is one increment, or one increment of each of the counters in turn; no result is used. All
                contenders ran in one run of %s rounds; a round is one JVM (fork) per contender and number of threads, contenders
                next to each other. The value of a fork is the median of its iterations, of sampled latencies the percentile of all
                its samples. A ratio is taken round by round where both were measured together and as often, otherwise of the means
                (Welch). Means and 95%% intervals (Student's) are those of logarithms, but of counts that may be nothing
                those of the counts themselves. A sentence says that two differ only where the interval of their ratio excludes 1;
                of so many intervals some miss what they are about, one in twenty if all is well. A target is met or missed
                only if all of its interval is. Groups of contenders that were noisy got more rounds, which makes their intervals
                a little too narrow. Threads are not pinned.
                The plain field is incremented opaquely and is its thread's own, so it is the limit inside Java. Code is compiled
                in the foreground (-Xbatch), or with many threads the compiler would get no CPU; not so in the first second.
                Flags, warm-up and iterations stand in jmh.json and in `jtreg-tests/micro`.
                """.formatted(rounds());
    }

    @Override
    String summary(String link) {
        List<String> head = Section.head(run, "ns, as each thread sees it", THREADS_IN_SUMMARY);
        head.add("eight counters in turn, 1 thread, all eight");
        Table table = new Table(head);
        IN_SUMMARY.forEach((method, name) -> {
            List<String> row = Section.row(name, THREADS_IN_SUMMARY, t -> value(run.find("OneCounter", method, t)));
            row.add(value(run.find("EightCounters", method, 1)));
            table.row(row);
        });
        return table.text() + '\n' + verdicts() + " Plots, intervals and how it was measured: [report](" + link + ").\n";
    }

    private static String value(Measurement m) {
        return m == null ? Text.NONE : Text.number(m.nanos());
    }
}
