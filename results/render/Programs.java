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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** What programs pay that use none of this: the same work on an unpatched JDK and on ours, with and without per-CPU adders. */
final class Programs extends Report {
    /** Nothing may be slower, or greater, by more. */
    private static final double LIMIT = 1.01;
    private static final String PERCENT = "1%";
    private static final int DIGITS = 3;
    private static final String PLOT = "costs.svg";

    private static final double MILLIS = 1e-6;
    private static final double MICROS = 1e-3;
    private static final double MEGABYTES = 1e-6;
    private static final String PER_BYTE = "perByte";

    /** A benchmark, what the page calls it, and the unit of its time with the factor from nanoseconds. */
    private record Work(String question, String method, String name, String unit, double factor) {
    }

    /** What is compared: the time, which has no part, or something else that was found. */
    private record Figure(Work work, String part, String name, String unit, double factor) {
        static Figure time(Work work) {
            return new Figure(work, null, work.name, work.unit, work.factor);
        }

        static Figure cpu(Work work) {
            return new Figure(work, "cpu", work.name + ", CPU", work.unit, work.factor);
        }
    }

    private static final List<Work> PROGRAMS = List.of(
            new Work("Javac", "compile", "javac", "ms", MILLIS),
            new Work("Checkstyle", "check", "Checkstyle", "ms", MILLIS),
            new Work("Database", "transactions", "H2", "ms", MILLIS),
            new Work("TextSearch", "indexAndSearch", "Lucene", "ms", MILLIS),
            new Work("Stylesheet", "transform", "Saxon", "ms", MILLIS));

    private static final Work HELLO = new Work("VmCosts", "hello", "Hello World", "ms", MILLIS);
    private static final Work COMPILATION = new Work("VmCosts", "compilation", "java -Xcomp -version", "ms", MILLIS);
    private static final Work SECTIONS = new Work("VmCosts", "sections", "400 methods with a section each", "ms", MILLIS);
    private static final List<Work> VM = List.of(
            new Work("Startup", "version", "java -version", "ms", MILLIS), HELLO,
            new Work("ThreadStart", "startAndJoin", "a thread's start and end", "µs", MICROS), COMPILATION);

    private static final List<Figure> OTHERS = List.of(
            new Figure(COMPILATION, PER_BYTE, "compilers, for a byte of code of java -Xcomp -version", "ns", 1),
            new Figure(HELLO, "resident", "Hello World, resident memory at most", "MB", MEGABYTES),
            new Figure(HELLO, "libjvm", "libjvm.so", "MB", MEGABYTES));

    /** No target: an unpatched JDK has no sections. */
    private static final Figure OF_SECTIONS = new Figure(SECTIONS, PER_BYTE,
            "compilers, for a byte of code of 400 methods with a section each", "ns", 1);

    private enum Jdk {
        UNPATCHED("unpatched", "@unpatched"), PATCHED("patched", "@adders"), WITHOUT("patched, -XX:-UsePerCpuAdders", "");

        private final String text;
        private final String variant;

        Jdk(String text, String variant) {
            this.text = text;
            this.variant = variant;
        }
    }

    private static final List<Jdk> OURS = List.of(Jdk.PATCHED, Jdk.WITHOUT);

    Programs(Run run) {
        super(run);
    }

    @Override
    String kind() {
        return "programs";
    }

    @Override
    int mostThreads() {
        return 1;
    }

    private static List<Figure> figures(List<Work> works, Function<Work, Figure> figure) {
        return works.stream().map(figure).toList();
    }

    private double[] rounds(Figure figure, Jdk jdk) {
        Measurement m = run.find(figure.work.question + jdk.variant, figure.work.method, 1);
        return m == null ? null : figure.part == null ? m.rounds() : m.parts().get(figure.part);
    }

    /** Ours / unpatched. */
    private Ratio cost(Figure figure, Jdk ours) {
        return Ratio.of(rounds(figure, ours), rounds(figure, Jdk.UNPATCHED));
    }

    /** What may not be slower, or greater. */
    private static List<Figure> limited() {
        return Stream.of(figures(PROGRAMS, Figure::time), figures(VM, Figure::time), OTHERS).flatMap(List::stream).toList();
    }

    @Override
    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        limited().forEach(figure -> OURS.forEach(jdk -> targets.add(new Target(figure.name + ", " + jdk.text + " / unpatched",
                true, LIMIT, "", cost(figure, jdk), DIGITS))));
        return targets;
    }

    @Override
    List<Compared> compared() {
        List<Compared> all = new ArrayList<>();
        for (List<Work> works : List.of(PROGRAMS, VM)) {
            figures(works, Figure::cpu).forEach(figure -> OURS.forEach(jdk -> all.add(new Compared(figure.name + ", " + jdk.text
                    + " / unpatched", "", cost(figure, jdk)))));
        }
        return all;
    }

    @Override
    Map<String, String> figures() {
        DotPlot plot = new DotPlot("Patched / unpatched", "on our JDK / on the unpatched one",
                OURS.stream().map(jdk -> jdk.text).toList());
        dots(plot, "programs, time", figures(PROGRAMS, Figure::time));
        dots(plot, "programs, CPU time", figures(PROGRAMS, Figure::cpu));
        dots(plot, "a JVM that runs next to nothing", figures(VM, Figure::time));
        dots(plot, "", OTHERS);
        String costs = plot.draw();
        return costs == null ? Map.of() : Map.of(PLOT, costs);
    }

    private void dots(DotPlot plot, String heading, List<Figure> figures) {
        if (!heading.isEmpty()) {
            plot.heading(heading);
        }
        figures.forEach(f -> plot.row(f.name, OURS.stream().map(jdk -> cost(f, jdk)).map(r -> r.known() ? r.interval() : null)
                .toArray(Interval[]::new)));
    }

    @Override
    String page(String comparison) {
        StringBuilder page = new StringBuilder("# Programs\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench-programs` measures and renders.\n\n## Targets\n\n").append(targetTable()).append('\n')
                .append(verdicts()).append("\n\n![On our JDK / on the unpatched one](").append(PLOT).append(")\n")
                .append("\n## Time of programs\n\n").append(table(figures(PROGRAMS, Figure::time)))
                .append("\n## CPU time of programs\n\n").append(table(figures(PROGRAMS, Figure::cpu)))
                .append("\n## A JVM that runs next to nothing\n\n")
                .append(table(Stream.of(figures(VM, Figure::time), figures(VM, Figure::cpu), OTHERS, List.of(OF_SECTIONS))
                        .flatMap(List::stream).toList()))
                .append("\n").append(Noise.MARK).append("\n\n## Rounds\n\n").append(needed());
        if (!comparison.isEmpty()) {
            page.append('\n').append(comparison);
        }
        page.append("\n## How it was measured\n\n").append(method());
        page.append("\n## Noise\n\n").append(Noise.text(run));
        return page.append("\n## Machine\n\n").append(run.machineTable()).toString();
    }

    private String table(List<Figure> figures) {
        List<String> head = new ArrayList<>(List.of("", "unpatched", "patched"));
        OURS.forEach(jdk -> head.add(jdk.text + " / unpatched"));
        Table table = new Table(head);
        figures.forEach(figure -> {
            List<String> row = new ArrayList<>(List.of(figure.name + ", " + figure.unit, cell(figure, Jdk.UNPATCHED),
                    cell(figure, Jdk.PATCHED)));
            OURS.forEach(jdk -> row.add(cost(figure, jdk).full(DIGITS)));
            table.row(row);
        });
        return table.empty() ? "Not measured in this run.\n" : table.text();
    }

    private String cell(Figure figure, Jdk jdk) {
        double[] rounds = rounds(figure, jdk);
        return rounds == null ? Text.NONE : Text.cell(Interval.of(rounds).times(figure.factor));
    }

    private String needed() {
        List<String> head = new ArrayList<>(List.of("", "rounds"));
        OURS.forEach(jdk -> head.add("wanted for " + jdk.text + " / unpatched"));
        Table table = new Table(head);
        limited().forEach(figure -> {
            double[] rounds = rounds(figure, Jdk.PATCHED);
            List<String> row = new ArrayList<>(List.of(figure.name, rounds == null ? Text.NONE : "" + rounds.length));
            OURS.forEach(jdk -> row.add(needed(cost(figure, jdk))));
            table.row(row);
        });
        return "Where two JDKs are alike, an interval decides only if it reaches no more than " + PERCENT + " to each side."
                + " That takes so many rounds, if they go on to differ as they did here:\n\n" + table.text();
    }

    private static String needed(Ratio cost) {
        int rounds = cost.known() ? cost.rounds(LIMIT) : 0;
        return rounds == 0 ? Text.NONE : "" + rounds;
    }

    private String method() {
        return """
                JMH, %s rounds; a round is one JVM (fork) for each program and each of the three: an unpatched JDK of the same
                version, ours, and ours with -XX:-UsePerCpuAdders. The three run next to each other, each time another one first.
                The value of a JVM is the median of its iterations; a ratio is taken round by round; means and 95%% intervals
                (Student's) are those of logarithms. A target is met or missed only if all of its interval is; of so many intervals
                some miss what they are about, one in twenty if all is well.

                Programs are releases from Maven Central, unchanged; versions stand below. One invocation is an iteration, and
                does the same each time; the first ones of a JVM are its warm-up. It gives a result, and the run ends if another JVM
                gives another one. Compilers are in the background; the collector and all else are what the JVM chooses, but for
                the size of the heap.

                - javac, that of each JDK, compiles packages of jackson-databind. The result is what the class files hold.
                - Checkstyle checks packages of jackson-databind. The result is where it found what.
                - H2 in memory: four threads read accounts and move money between them. The result is sums over the tables.
                - Lucene: two threads index made-up texts in memory, then search them. The result is how many were found.
                - Saxon compiles a style sheet, groups and sorts a document with it and writes HTML, which is the result.

                Renaissance and DaCapo are not on Maven Central.

                CPU time is that of all threads of the process, compilers and collectors included, or of the JVMs that were
                started, by getrusage(2). Hello World's memory is VmHWM; the pages of libraries that it shares with others are in
                it. The compilers' time is -XX:+CITime's, with -Xbatch.
                """.formatted(rounds());
    }

    @Override
    String summary(String link) {
        List<String> head = new ArrayList<>(List.of(""));
        OURS.forEach(jdk -> head.add(jdk.text + " / unpatched"));
        Table table = new Table(head);
        limited().forEach(figure -> {
            List<String> row = new ArrayList<>(List.of(figure.name));
            OURS.forEach(jdk -> row.add(cost(figure, jdk).full(DIGITS)));
            table.row(row);
        });
        return table.text() + '\n' + measuredOn() + ".\n" + met() + " of " + targets().size() + " targets met: at most "
                + Text.ratio(LIMIT) + " at the edge of the interval. Which were missed or are undecided, CPU time, plot, and how it"
                + " was measured: [programs](" + link + ").\n";
    }
}
