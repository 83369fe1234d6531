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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * "java Render.java FOLDER PAGE..." renders README.md, summary.md and chart.svg from the jmh.json and
 * machine.txt of that folder, and puts the summary between the two marks of each page that has them.
 */
public final class Render {
    static final Map<String, String> QUESTIONS = ordered(
            "OneCounter", "one counter", "EightCounters", "eight counters in turn, all eight");
    static final Map<String, String> CONTENDERS = ordered(
            "plainOpaque", "plain field, one per thread", "perCpuAdd", "PerCpu.add", "perCpuCounter", "PerCpuCounter",
            "longAdder", "LongAdder", "atomicLong", "AtomicLong");
    static final Map<String, String> LIMITS = ordered(
            "cPlain", "C: add to the same word", "cFindAndAdd", "C: find the slot, add", "cSection", "C: the section",
            "cLockAdd", "C: lock add");
    static final List<Integer> THREADS = List.of(1, 2, 16);
    private static final String BEGIN = "<!-- first-numbers: rendered, do not edit -->";
    private static final String END = "<!-- end of first-numbers -->";

    /** A wanted ratio: at most, or at least, the limit. */
    record Target(String text, boolean atMost, double limit, Ratio ratio) {
        boolean met() {
            return atMost ? ratio.value() <= limit : ratio.value() >= limit;
        }

        String verdict() {
            boolean apart = ratio.low() > limit || ratio.high() < limit;
            return (met() ? "met" : "missed") + (apart ? "" : ", the interval holds the limit");
        }

        String wanted() {
            return (atMost ? "at most " : "at least ") + String.format(Locale.ROOT, "%.2f", limit);
        }
    }

    private final Map<String, Measurement> all;
    private final Map<String, String> machine;
    private final int cpus;

    private Render(Path folder) throws IOException {
        all = Measurement.read(folder.resolve("jmh.json"));
        machine = new LinkedHashMap<>();
        for (String line : Files.readAllLines(folder.resolve("machine.txt"))) {
            int colon = line.indexOf(": ");
            machine.put(line.substring(0, colon), line.substring(colon + 2));
        }
        cpus = Integer.parseInt(machine.get("cpus"));
        for (String question : QUESTIONS.keySet()) {
            CONTENDERS.keySet().forEach(c -> THREADS.forEach(t -> get(question, c, t)));
        }
        LIMITS.keySet().forEach(c -> THREADS.forEach(t -> get("Limits", c, t)));
    }

    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            System.err.println("usage: java Render.java <folder of jmh.json> [page]...");
            System.exit(2);
        }
        Path folder = Path.of(args[0]).toAbsolutePath();
        Render render = new Render(folder);
        write(folder.resolve("README.md"), render.page());
        write(folder.resolve("summary.md"), render.summary("README.md"));
        write(folder.resolve("chart.svg"), Chart.draw(render.all, render.cpus));
        for (String arg : List.of(args).subList(1, args.length)) {
            Path page = Path.of(arg).toAbsolutePath();
            if (Files.exists(page)) {
                String link = page.getParent().relativize(folder.resolve("README.md")).toString();
                write(page, include(Files.readString(page), render.summary(link), arg));
            }
        }
        render.targets().forEach(t -> System.out.printf("%-66s %s, wanted %s: %s%n", t.text(),
                t.ratio().text() + " (" + t.ratio().intervalText() + ")", t.wanted(), t.verdict()));
        System.out.println("page: " + folder.resolve("README.md"));
    }

    private static void write(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String include(String page, String text, String name) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            System.err.println(name + " is left as it is: no lines '" + BEGIN + "' and '" + END + "'");
            return page;
        }
        return page.substring(0, begin + BEGIN.length()) + "\n" + text + page.substring(end);
    }

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private Measurement get(String question, String contender, int threads) {
        Measurement m = all.get(Measurement.key(question, contender, threads));
        if (m == null) {
            throw new IllegalArgumentException("jmh.json lacks " + question + "." + contender + " with " + threads(threads));
        }
        return m;
    }

    private List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        targets.add(new Target("PerCpu.add / plain field, 1 thread", true, 1.2,
                Ratio.of(get("OneCounter", "perCpuAdd", 1), get("OneCounter", "plainOpaque", 1))));
        targets.add(new Target("LongAdder / PerCpu.add, 1 thread", false, 4.5,
                Ratio.of(get("OneCounter", "longAdder", 1), get("OneCounter", "perCpuAdd", 1))));
        targets.add(new Target("LongAdder / PerCpu.add, eight counters, 1 thread", false, 6,
                Ratio.of(get("EightCounters", "longAdder", 1), get("EightCounters", "perCpuAdd", 1))));
        for (String question : QUESTIONS.keySet()) {
            String suffix = question.equals("OneCounter") ? "" : ", eight counters";
            targets.add(new Target("PerCpu.add, time of 2 threads / time of 1" + suffix, true, 1.15,
                    Ratio.of(get(question, "perCpuAdd", 2), get(question, "perCpuAdd", 1))));
        }
        for (String question : QUESTIONS.keySet()) {
            String suffix = question.equals("OneCounter") ? "" : ", eight counters";
            targets.add(new Target("PerCpu.add, throughput of 16 threads / throughput of 2" + suffix, false, 0.9,
                    Ratio.ofThroughput(get(question, "perCpuAdd", 16), get(question, "perCpuAdd", 2))));
        }
        return targets;
    }

    private String page() {
        StringBuilder page = new StringBuilder("# First numbers\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench` measures and renders.\n\n");
        page.append(summaryTable()).append('\n');
        page.append("## Targets\n\n| ratio | wanted | measured | 95% interval | |\n|---|---|---|---|---|\n");
        for (Target t : targets()) {
            page.append("| ").append(String.join(" | ", t.text(), t.wanted(), t.ratio().text(), t.ratio().intervalText(),
                    t.verdict())).append(" |\n");
        }
        page.append("\n## Time\n\n![CPU time of an increment](chart.svg)\n");
        QUESTIONS.forEach((question, title) -> {
            page.append("\nNanoseconds per invocation as a thread sees them, ").append(title)
                    .append(" (95% interval):\n\n").append(header());
            row(page, question, (m, c) -> interval(m));
        });
        page.append(limits());
        page.append("\n## Throughput\n");
        QUESTIONS.forEach((question, title) -> {
            page.append("\nMillions of invocations per second, all threads together, ").append(title)
                    .append(":\n\n").append(header());
            row(page, question, (m, c) -> number(1000.0 * m.threads() / m.nanos()));
        });
        page.append("\n## Times PerCpu.add\n");
        QUESTIONS.forEach((question, title) -> {
            page.append("\nTime divided by that of PerCpu.add with as many threads, ").append(title)
                    .append(" (95% interval):\n\n").append(header());
            row(page, question, (m, c) -> {
                Ratio r = Ratio.of(m, get(question, "perCpuAdd", m.threads()));
                return r.text() + (c.equals("perCpuAdd") ? "" : " (" + r.intervalText() + ")");
            });
        });
        page.append("\n## How it was measured\n\n").append(method());
        page.append("\n| | |\n|---|---|\n");
        machine.forEach((k, v) -> page.append("| ").append(k).append(" | ").append(v.replace("|", "\\|")).append(" |\n"));
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

    private static String interval(Measurement m) {
        return number(m.nanos()) + " (" + number(m.interval().low()) + " to " + number(m.interval().high()) + ")";
    }

    private String method() {
        return """
                JMH, throughput mode. One invocation is one increment, or one increment of each of eight counters;
                no result is used. All contenders ran in one run of %d rounds; a round is one JVM (fork) per
                contender and number of threads, contenders next to each other. The value of a fork is the median of
                its iterations, a ratio is taken round by round, and means and 95%% intervals (Student's, %d degrees of
                freedom) are those of logarithms. The plain opaque increment works on a field of its thread's own, so
                it is the limit inside Java. Warm-up and iterations stand in jmh.json and in `jtreg-tests/micro`.
                """.formatted(rounds(), rounds() - 1);
    }

    private int rounds() {
        return all.values().iterator().next().rounds().length;
    }

    static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    private static String header() {
        StringBuilder header = new StringBuilder("| |");
        THREADS.forEach(t -> header.append(' ').append(threads(t)).append(" |"));
        return header.append("\n|---|").append("---|".repeat(THREADS.size())).append('\n').toString();
    }

    private interface Cell {
        String text(Measurement m, String contender);
    }

    private void row(StringBuilder page, String question, Cell cell) {
        CONTENDERS.forEach((contender, name) -> {
            page.append("| ").append(name).append(" |");
            THREADS.forEach(t -> page.append(' ').append(cell.text(get(question, contender, t), contender)).append(" |"));
            page.append('\n');
        });
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

    /** What the top README shows: few lines, no heading. */
    private String summary(String link) {
        long met = targets().stream().filter(Target::met).count();
        StringBuilder missed = new StringBuilder();
        targets().stream().filter(t -> !t.met()).forEach(t -> missed.append("; missed: ").append(t.text()).append(' ')
                .append(t.wanted()).append(", measured ").append(t.ratio().text()).append(" (").append(t.ratio().intervalText())
                .append(')'));
        return summaryTable()
                + "\nMeasured " + machine.get("date") + " on " + machine.get("cpu") + ", " + cpus + " CPUs, "
                + machine.get("kernel") + ", JDK " + machine.get("jdk") + "; 16 threads share its CPUs.\n" + met + " of "
                + targets().size() + " targets met" + missed
                + ". What that CPU allows, intervals, ratios and how it was measured: [first numbers](" + link + ").\n";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }
}
