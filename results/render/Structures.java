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

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the structures cost, and what others' do that are used for the same. */
final class Structures extends Report {
    private static final int[] THREADS = {1, 2, 16};

    /** What was measured together: JMH's name, ours, and the methods with the names of the contenders. */
    record Question(String key, String title, Map<String, String> contenders) {
        /** The per-CPU structure that the others are compared with. */
        String first() {
            return contenders.keySet().iterator().next();
        }

        /** Others', not ours and not the limit. */
        boolean rival(String method) {
            return !method.startsWith("perCpu") && !method.equals("copies");
        }
    }

    interface Cell {
        String text(Measurement m, String contender);
    }

    static final Question STACKS = new Question("Stacks", "push and pop of an object", Text.ordered(
            "perCpuStack", "PerCpuStack", "concurrentLinkedDeque", "ConcurrentLinkedDeque",
            "arrayBlockingQueue", "ArrayBlockingQueue", "mpmcArrayQueue", "MpmcArrayQueue"));
    private static final Question RINGS = new Question("Rings", "record of 32 bytes, written while another thread reads",
            Text.ordered("perCpuRingBuffer", "PerCpuRingBuffer", "agrona", "Agrona ManyToOne", "disruptor", "Disruptor"));
    private static final Question LOCKS = new Question("Locks", "lock, increment, unlock", Text.ordered(
            "perCpuLock", "PerCpuLock", "spinLock", "VarHandle spin lock", "reentrantLock", "ReentrantLock"));
    private static final Map<String, String> DATA_STACKS = Text.ordered(
            "perCpuNative", "PerCpuDataStack", "perCpuHeap", "same, from heap arrays",
            "synchronizedStack", "synchronized stack", "copies", "the two copies only");

    private static final List<Question> QUESTIONS = List.of(STACKS, RINGS, LOCKS,
            new Question("DataStacks/64", "push and pop of 64 bytes", DATA_STACKS),
            new Question("DataStacks/4096", "push and pop of 4096 bytes", DATA_STACKS));

    Structures(Run run) {
        super(run);
    }

    @Override
    String kind() {
        return "structures";
    }

    @Override
    int mostThreads() {
        return THREADS[THREADS.length - 1];
    }

    private Measurement stack(int threads) {
        return run.find("Stacks", "perCpuStack", threads);
    }

    @Override
    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (int threads : new int[] {1, 2}) {
            targets.add(new Target("PerCpuStack, push and pop, " + Text.threads(threads), true, 15, " ns",
                    Ratio.of(stack(threads))));
        }
        targets.add(new Target("PerCpuStack / ConcurrentLinkedDeque, throughput, 16 threads", false, 40, "",
                Ratio.ofThroughput(stack(16), run.find("Stacks", "concurrentLinkedDeque", 16))));
        for (int threads : new int[] {2, 16}) {
            targets.add(new Target("PerCpuRingBuffer / Agrona, throughput, " + Text.threads(threads), false,
                    threads == 2 ? 2 : 5, "",
                    Ratio.ofThroughput(run.find("Rings", "perCpuRingBuffer", threads), run.find("Rings", "agrona", threads))));
        }
        return targets;
    }

    @Override
    List<Compared> compared() {
        List<Compared> all = new ArrayList<>();
        QUESTIONS.forEach(q -> q.contenders().forEach((method, name) -> {
            for (int t : THREADS) {
                all.add(new Compared(q.title() + ": " + name + ", " + Text.threads(t), " ns",
                        Ratio.of(run.find(q.key(), method, t))));
            }
        }));
        return all;
    }

    @Override
    Map<String, String> figures() {
        Map<String, String> figures = new LinkedHashMap<>();
        String chart = chart();
        if (chart != null) {
            figures.put("chart.svg", chart);
        }
        return figures;
    }

    private String chart() {
        List<String> series = Section.row(Text.threads(THREADS[0]), new int[] {THREADS[1], THREADS[2]}, Text::threads);
        DotPlot plot = new DotPlot("Time between two operations", "ns between two operations of all threads", series);
        for (Question q : QUESTIONS) {
            plot.heading(q.title());
            q.contenders().forEach((method, name) -> plot.row(name, Arrays.stream(THREADS)
                    .mapToObj(t -> run.find(q.key(), method, t))
                    .map(m -> m == null ? null : m.interval().times(1.0 / m.threads())).toArray(Interval[]::new)));
        }
        return plot.draw();
    }

    /** As a section of the report. */
    static Section section(Run run) {
        Structures structures = new Structures(run);
        String asked = "What do stacks, rings and locks per CPU cost, and others' that are used for the same?";
        if (Files.exists(run.folder.resolveSibling("structures").resolve("README.md"))) {
            asked += " There is a [page of its own](../structures/README.md) from a run of its own.";
        }
        Section s = new Section(run, "Structures", asked);
        boolean measured = QUESTIONS.stream().anyMatch(q -> q.contenders().keySet().stream()
                .anyMatch(c -> Arrays.stream(THREADS).anyMatch(t -> s.get(q.key(), c, t) != null)));
        if (!measured) {
            return s;
        }
        s.figure("structures", "Time between two operations", structures.chart());
        QUESTIONS.forEach(q -> {
            s.table("Nanoseconds as a thread sees them, " + q.title() + " (95% interval):",
                    s.grid(q.key(), q.contenders(), THREADS, Text::cell));
            s.table("Time divided by that of " + q.contenders().get(q.first()) + " with as many threads (95% interval):",
                    s.ratios(q.key(), q.contenders(), THREADS, q.first()));
        });
        return s.say(structures.count());
    }

    /** How the comparisons of a per-CPU structure with another's ended. */
    private String count() {
        int faster = 0;
        int slower = 0;
        int all = 0;
        for (Question q : QUESTIONS) {
            for (String method : q.contenders().keySet()) {
                for (int t : THREADS) {
                    Ratio ratio = Ratio.of(run.find(q.key(), method, t), run.find(q.key(), q.first(), t));
                    if (q.rival(method) && ratio.known()) {
                        all++;
                        faster += ratio.interval().low() > 1 ? 1 : 0;
                        slower += ratio.interval().high() < 1 ? 1 : 0;
                    }
                }
            }
        }
        return "Of " + all + " comparisons with another's structure at some number of threads, the one per CPU takes less time in "
                + faster + " and more in " + slower + "; in " + (all - faster - slower) + " this run can't tell.";
    }

    @Override
    String page(String comparison) {
        StringBuilder page = new StringBuilder("# Structures\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench-structures` measures and renders.\n\n");
        page.append(summaryTable()).append('\n');
        page.append("## Targets\n\n").append(targetTable()).append('\n');
        page.append("PerCpuStack, time of 2 threads / time of 1: ").append(Ratio.of(stack(2), stack(1)).full()).append(".\n");
        page.append("\n## Time\n\n![Time between two operations](chart.svg)\n");
        page.append(tables("Nanoseconds as a thread sees them, ", " (95% interval):", (m, c) -> Text.cell(m)));
        page.append('\n').append(Noise.MARK).append('\n');
        page.append("\n## Throughput\n");
        page.append(tables("Millions per second, all threads together, ", ":",
                (m, c) -> Text.number(1000.0 * m.threads() / m.nanos())));
        page.append("\n## Times the per-CPU structure\n");
        QUESTIONS.forEach(q -> page.append("\nTime divided by that of ").append(q.contenders().get(q.first()))
                .append(" with as many threads, ").append(q.title()).append(" (95% interval):\n\n")
                .append(table(q, times(q))));
        page.append(counts());
        if (!comparison.isEmpty()) {
            page.append('\n').append(comparison);
        }
        page.append("\n## How it was measured\n\n").append(method()).append('\n').append(run.machineTable());
        return page.toString();
    }

    private String table(Question question, Cell cell) {
        Table table = new Table(Section.head(run, "", THREADS));
        question.contenders().forEach((method, name) -> table.row(Section.row(name, THREADS, t -> {
            Measurement m = run.find(question.key(), method, t);
            return m == null ? Text.NONE : cell.text(m, method);
        })));
        return table.empty() ? "Not measured in this run.\n" : table.text();
    }

    /** A table for each question: its line of text, then what the cell says of each measurement. */
    private String tables(String text, String colon, Cell cell) {
        StringBuilder tables = new StringBuilder();
        QUESTIONS.forEach(q -> tables.append('\n').append(text).append(q.title()).append(colon).append("\n\n")
                .append(table(q, cell)));
        return tables.toString();
    }

    /** Time divided by that of the per-CPU structure. */
    private Cell times(Question question) {
        return (m, c) -> {
            Ratio r = Ratio.of(m, run.find(question.key(), question.first(), m.threads()));
            return c.equals(question.first()) ? r.text() : r.full();
        };
    }

    private String counts() {
        StringBuilder text = new StringBuilder("""

                ## What else was counted

                Bytes allocated on the Java heap per invocation, the reader's of a ring included:
                """);
        QUESTIONS.forEach(q -> text.append('\n').append(q.title()).append("\n\n").append(table(q, (m, c) -> {
            Double bytes = m.counts().get("allocated");
            return bytes == null ? Text.NONE : String.format(Locale.ROOT, "%.1f", bytes);
        })));
        text.append("""

                A thread that is moved to another CPU between push and pop finds nothing there, and one that finds its slot
                full pushes nothing. Of a million pops, so many found nothing, and of a million pushes, so many were refused:
                """);
        QUESTIONS.stream().filter(q -> q.key().contains("Stacks")).forEach(q -> text.append('\n').append(q.title())
                .append("\n\n").append(table(q, (m, c) -> m.counts().containsKey("popsOfNothing")
                        ? millionths(m, "popsOfNothing") + ", " + millionths(m, "pushesRefused") : "")));
        text.append("""

                Of a million records, so many had to wait because the ring was full, that is for the reader:

                """);
        text.append(table(RINGS, (m, c) -> millionths(m, "ringFull")));
        return text.toString();
    }

    private static String millionths(Measurement m, String name) {
        if (!m.counts().containsKey(name)) {
            return Text.NONE;
        }
        double value = 1e6 * m.counts().get(name);
        if (value > 1e6) {
            // JMH adds up the rates of the threads: a thread that ran for a moment only has any rate.
            throw new IllegalArgumentException(m.name() + ": " + name
                    + " was counted more than once per invocation; a thread got no CPU during an iteration, measure again");
        }
        return value == 0 ? "0" : Text.number(value);
    }

    private String method() {
        return """
                JMH, throughput mode. All contenders ran in one run of %s rounds; a round is one JVM (fork) per contender and
                number of threads, contenders next to each other. The value of a fork is the median of its iterations, a
                ratio is taken round by round, and means and 95%% intervals (Student's) are those of
                logarithms. Code is compiled in the foreground (-Xbatch), or with many threads the compiler would get no CPU.
                Warm-up and iterations stand in jmh.json and in `jtreg-tests/micro`.

                - Stacks: one invocation is a push and a pop by the same thread, of an object that it has. At the end the
                  elements that are left are counted: none may be lost. MpmcArrayQueue is JCTools'.
                - Rings: one invocation is a record written. The threads are the writers; one more thread reads beside them, the
                  same way for every contender, and its work is not counted. It reads all that is there; when there is nothing
                  it spins 64 times, then sleeps for the shortest time there is, about 60 µs. A writer that finds the ring
                  full spins as often, then sleeps for about 100 µs: if 16 writers slept as shortly as the reader, most of the
                  CPU time would go into waking up, and none of that is a ring's.
                  So every record is delivered, and in the long run nobody writes faster than the reader reads. All have
                  1 MiB for records; that of PerCpuRingBuffer is divided among the slots but the overflow slot. The reader
                  loads all 32 bytes, and at the end all records must have come, each once. Agrona and the Disruptor have their
                  default settings; records are claimed and filled in place, with `tryClaim` and `tryNext`.
                - Locks: what the lock guards is a plain counter, with PerCpuLock one for each slot. The spin lock
                  waits as PerCpuLock does: 64 spins, then sleeping. At the end no increment may be lost.
                - Data stacks: one invocation is a push and a pop by the same thread, from native memory of the thread's own and
                  back. The synchronized stack is one block of native memory for all threads and an index, guarded by a monitor.
                  "The two copies only" go by way of memory of the thread's own: the limit.
                """.formatted(rounds());
    }

    private String summaryTable() {
        List<String> head = Section.head(run, "", THREADS);
        head.addFirst("ns, as each thread sees it");
        Table table = new Table(head);
        QUESTIONS.forEach(q -> q.contenders().forEach((method, name) -> {
            List<String> row = Section.row(name, THREADS, t -> {
                Measurement m = run.find(q.key(), method, t);
                return m == null ? Text.NONE : Text.number(m.nanos());
            });
            row.addFirst(method.equals(q.first()) ? q.title() : "");
            table.row(row);
        }));
        return table.text();
    }

    @Override
    String summary(String link) {
        return summaryTable() + '\n' + verdicts() + " Intervals, ratios, allocation and how it was measured: [structures](" + link
                + ").\n";
    }
}
