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
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** What the structures cost, and what others' do that are used for the same. */
final class Structures extends Report {
    private static final String ORDER = "Order: Agrona's ManyToOne ring and the Disruptor give one order of the records of all"
            + " writers; PerCpuRingBuffer gives one order of each slot's records and none between slots, as do rings that there is"
            + " one of for each slot.";

    // Those that are also measured in the run of the report.
    private static final List<Question> IN_REPORT = List.of(Question.STACKS, Question.RINGS, Question.LOCKS);

    private static final String UNKNOWN = "unknown";

    interface Cell {
        String text(Measurement m);
    }

    Structures(Run run) {
        super(run);
    }

    @Override
    String kind() {
        return "structures";
    }

    @Override
    int mostThreads() {
        return Question.ALL.stream().flatMapToInt(q -> Arrays.stream(q.threads())).max().orElseThrow();
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
        Text.ordered("perCpuBounds", "explicit bounds", "perCpuExponential", "exponential").forEach((method, buckets) -> {
            for (int threads : new int[] {1, 2}) {
                targets.add(new Target("PerCpuHistogram, record, " + buckets + ", " + Text.threads(threads), true, 8, " ns",
                        Ratio.of(run.find("Histograms", method, threads))));
            }
        });
        targets.add(new Target("PerCpuStack beside a storm of steals on another stack / undisturbed, throughput", false, 0.95, "",
                Ratio.of(run.find("StealStorm", "undisturbed", 1), run.find("StealStorm", "stormElsewhere", 1))));
        return targets;
    }

    @Override
    List<Compared> compared() {
        List<Compared> all = new ArrayList<>();
        Question.ALL.forEach(q -> q.contenders().forEach(c -> {
            for (int t : q.threads()) {
                all.add(new Compared(q.title() + ": " + c.label() + ", " + Text.threads(t), " ns",
                        Ratio.of(run.find(q.key(), c.method(), t))));
            }
        }));
        return all;
    }

    @Override
    Map<String, String> figures() {
        Map<String, String> figures = new LinkedHashMap<>();
        String chart = chart(Question.ALL);
        if (chart != null) {
            figures.put("chart.svg", chart);
        }
        return figures;
    }

    private String chart(List<Question> questions) {
        List<String> series = Arrays.stream(Question.TO_SIXTEEN).mapToObj(run::threads).toList();
        DotPlot plot = new DotPlot("Time between two operations", "ns between two operations of all threads", series);
        for (Question q : questions) {
            plot.heading(q.title());
            q.contenders().forEach(c -> plot.row(c.label(), Arrays.stream(q.measurements(run, c))
                    .map(m -> m == null ? null : m.interval().times(1.0 / m.threads())).toArray(Interval[]::new)));
        }
        return plot.draw();
    }

    /** As a section of the report. */
    static Section section(Run run) {
        Structures structures = new Structures(run);
        String asked = "What do stacks, rings and locks per CPU cost, and others' that are used for the same?";
        if (Files.exists(run.folder.resolveSibling("structures").resolve("README.md"))) {
            asked += " There is a [page of its own](../structures/README.md) from a run of its own, with more of them.";
        }
        Section s = new Section(run, "Structures", asked);
        // Earlier runs asked more.
        List<Question> questions = Question.ALL.stream().filter(q -> IN_REPORT.contains(q) || q.measured(run)).toList();
        ask(s, questions);
        if (questions.stream().noneMatch(q -> q.measured(run))) {
            return s;
        }
        s.figure("structures", "Time between two operations", structures.chart(questions));
        questions.forEach(q -> {
            s.table("Nanoseconds as a thread sees them, " + q.title() + " (95% interval):",
                    s.grid(q.key(), q.labels(), q.threads(), Text::cell));
            s.table("Time divided by that of " + q.first(run).label() + " with as many threads (95% interval):",
                    s.ratios(q.key(), q.labels(), q.threads(), q.first(run).method()));
        });
        return s.say(ORDER).say(structures.count());
    }

    /** So that the section knows what is missing. */
    private static Section ask(Section s, List<Question> questions) {
        questions.forEach(q -> q.contenders().forEach(c -> Arrays.stream(q.threads()).forEach(t -> s.get(q.key(), c.method(), t))));
        return s;
    }

    /** How the comparisons of a per-CPU structure with another's ended. */
    private String count() {
        int faster = 0;
        int slower = 0;
        int all = 0;
        for (Question q : Question.ALL) {
            for (int t : q.threads()) {
                Measurement ours = run.find(q.key(), q.first(run).method(), t);
                for (Measurement rival : q.rivals(run, t)) {
                    Ratio ratio = Ratio.of(rival, ours);
                    if (ratio.known()) {
                        all++;
                        faster += ratio.interval().low() > 1 ? 1 : 0;
                        slower += ratio.interval().high() < 1 ? 1 : 0;
                    }
                }
            }
        }
        return "Of " + all + " comparisons with another's structure at some number of threads, the one per CPU takes less time in "
                + faster + " and more in " + slower + "; in " + (all - faster - slower) + " this run can't tell."
                + " A structure that was measured with two settings counts with the better one.";
    }

    /** The Disruptor with the wait strategy that is better with so many threads. */
    private String disruptor(int threads) {
        Measurement better = Question.RINGS.rivals(run, threads).stream().filter(m -> m.method().startsWith("disruptor"))
                .findFirst().orElse(null);
        Ratio ratio = Ratio.ofThroughput(run.find("Rings", "perCpuRingBuffer", threads), better);
        return Text.threads(threads) + " " + ratio.full()
                + (better == null ? "" : " (" + Question.RINGS.labels().get(better.method()) + ")");
    }

    @Override
    String page(String comparison) {
        StringBuilder page = new StringBuilder("# Structures\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench-structures` measures and renders.\n\n");
        page.append(summaryTable()).append('\n');
        page.append("## Targets\n\n").append(targetTable()).append('\n');
        page.append("PerCpuStack, time of 2 threads / time of 1: ").append(Ratio.of(stack(2), stack(1)).full()).append(".\n");
        page.append("PerCpuRingBuffer / the Disruptor with its better wait strategy, throughput: ")
                .append(Arrays.stream(Question.RINGS.threads()).mapToObj(this::disruptor).collect(Collectors.joining(", ")))
                .append(".\n\n").append(count()).append('\n');
        page.append("\n## Time\n\n![Time between two operations](chart.svg)\n");
        page.append(tables("Nanoseconds as a thread sees them, ", " (95% interval):", Text::cell));
        page.append('\n').append(ORDER).append("\n\n").append(Noise.MARK).append('\n');
        page.append("\n## Throughput\n");
        page.append(tables("Millions per second, all threads together, ", ":",
                m -> Text.number(1000.0 * m.threads() / m.nanos())));
        page.append("\n## Times the per-CPU structure\n");
        Question.ALL.forEach(q -> page.append("\nTime divided by that of ").append(q.first(run).label())
                .append(" with as many threads, ").append(q.title()).append(" (95% interval):\n\n")
                .append(table(q, times(q))));
        page.append('\n').append(AllSlots.section(run).text());
        page.append('\n').append(StealStorm.section(run).text());
        page.append(counts());
        page.append(ask(new Section(run, "", ""), Question.ALL).notMeasured());
        if (!comparison.isEmpty()) {
            page.append('\n').append(comparison);
        }
        page.append("\n## How it was measured\n\n").append(method()).append('\n').append(run.machineTable());
        return page.toString();
    }

    private String table(Question question, Cell cell) {
        Table table = new Table(Section.head(run, "", question.threads()));
        question.contenders().forEach(c -> table.row(Section.row(c.label(), question.threads(), t -> {
            Measurement m = run.find(question.key(), c.method(), t);
            return m == null ? Text.NONE : cell.text(m);
        })));
        return table.empty() ? "Not measured in this run.\n" : table.text();
    }

    /** A table for each question: its line of text, then what the cell says of each measurement. */
    private String tables(String text, String colon, Cell cell) {
        StringBuilder tables = new StringBuilder();
        Question.ALL.forEach(q -> tables.append('\n').append(text).append(q.title()).append(colon).append("\n\n")
                .append(table(q, cell)));
        return tables.toString();
    }

    /** Time divided by that of the per-CPU structure. */
    private Cell times(Question question) {
        return m -> {
            Ratio r = Ratio.of(m, run.find(question.key(), question.first(run).method(), m.threads()));
            return m.method().equals(question.first(run).method()) ? r.text() : r.full();
        };
    }

    private String counts() {
        StringBuilder text = new StringBuilder("""

                ## What else was counted

                Bytes allocated on the Java heap per invocation, the reader's of a ring included:
                """);
        Question.ALL.forEach(q -> text.append('\n').append(q.title()).append("\n\n").append(table(q, m -> {
            Double bytes = m.counts().get("allocated");
            return bytes == null ? Text.NONE : String.format(Locale.ROOT, "%.1f", bytes);
        })));
        text.append("""

                A thread that is moved to another CPU between push and pop finds nothing there, and one that finds its slot
                full pushes nothing. Of a million pops, so many found nothing, and of a million pushes, so many were refused:
                """);
        Question.ALL.stream().filter(q -> q.key().contains("Stacks")).forEach(q -> text.append('\n').append(q.title())
                .append("\n\n").append(table(q, m -> m.counts().containsKey("popsOfNothing")
                        ? millionths(m, "popsOfNothing") + ", " + millionths(m, "pushesRefused") : "")));
        text.append("""

                Of a million records, so many had to wait because the ring was full, that is for the reader; unknown where
                a thread got no CPU during an iteration:

                """);
        text.append(table(Question.RINGS, m -> millionths(m, "ringFull")));
        return text.toString();
    }

    private static String millionths(Measurement m, String name) {
        if (!m.counts().containsKey(name)) {
            return Text.NONE;
        }
        double value = 1e6 * m.counts().get(name);
        if (value > 1e6) {
            // JMH adds up the rates of the threads: a thread that ran for a moment only has any rate.
            return UNKNOWN;
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
                  elements that are left are counted: none may be lost. MpmcArrayQueue is JCTools'. What there is one of for each
                  slot, here and below, is found by `PerCpu.currentSlot()` and synchronizes by itself; what there is one of for
                  each thread is in a ThreadLocal, and no other thread gets at it.
                - Pools: one invocation takes an object and gives it back, by the same thread. A pool that has none makes one.
                  PerCpuPool keeps 16 objects for each slot and 128 for all, its objects know their entries, and at the end it must
                  have each once. PerCpuList is used as one more of Jackson's pools. Netty's Recycler runs on Netty's
                  threads, because it pools nothing for others. The others have their default settings.
                - Rings: one invocation is a record written. The threads are the writers; one more thread reads beside them, and
                  its work is not counted. It reads all that is there; when there is nothing
                  it spins 64 times, then sleeps for the shortest time there is, about 60 µs. A writer that finds the ring
                  full spins as often, then sleeps for about 100 µs: if 16 writers slept as shortly as the reader, most of the
                  CPU time would go into waking up, and none of that is a ring's.
                  So every record is delivered, and in the long run nobody writes faster than the reader reads. All have
                  1 MiB for records, which rings for each slot or thread share; the overflow slot is not counted. The reader
                  loads all 32 bytes, and at the end all records must have come, each once. Records are claimed and filled in
                  place, with `tryClaim` and `tryNext`. The Disruptor has the two wait strategies that its authors recommend
                  where performance counts, YieldingWaitStrategy and BusySpinWaitStrategy; its reader polls, and between
                  two polls waits as the strategy does, not as the other readers.
                - Locks: what the lock guards is a plain counter, one for each lock. The spin lock
                  waits as PerCpuLock does: 64 spins, then sleeping. At the end no increment may be lost.
                - Data stacks: one invocation is a push and a pop by the same thread, from native memory of the thread's own and
                  back. The synchronized stack is one block of native memory and an index, guarded by a monitor.
                  "The two copies only" go by way of memory of the thread's own: the limit.
                - Given to another CPU: one invocation is an object given by a thread that is bound to one CPU; another thread,
                  bound to another CPU, takes, and its work is not counted. All have room for 32768 objects. Structures
                  per CPU are drained, all slots at once, or stolen from, object by object. Queues of JCTools are emptied by
                  their own `drain`, ArrayBlockingQueue by `poll` that waits. All that was given must have been taken.
                - Given back on another CPU: one invocation is an object taken from the pool and put into a queue for one
                  thread at each end, which is the same for all; a thread on another CPU takes it from there and gives it back.
                  PerCpuPool keeps all that can be under way, 16 for each slot and the others for all. PerCpuList, when it is
                  empty here, is drained on the slot where objects are. Jackson's thread-local pool is not made for that.
                - Counters, sums, accumulators: one invocation is one update. LongAdder, DoubleAdder and LongAccumulator have cells
                  here (-XX:-UsePerCpuAdders), as on an unpatched JDK. Each thread takes the 1024 counters in a random order.
                  The bits in an AtomicLong are changed by compare-and-set.
                - Histograms: one invocation is one value recorded. Each thread takes its 1024 values in turn, from 1 ms to 20 s and as
                  many for each factor, so they fall into all buckets: 11 bounds, the default of Prometheus' client, which
                  OpenTelemetry's and Micrometer's have here, too, or at most 160 exponential ones. HdrHistogram records them in
                  whole microseconds, with 2 digits. Micrometer's publishes counts up to these bounds. At the end no value may be
                  lost. One for each thread is in a ThreadLocal: its buckets and a sum, the limit.
                - Object that is found: a generator of random numbers, with a plain state, so a step may be lost where two threads
                  have it at once.
                """.formatted(rounds());
    }

    /** Ours beside the fastest of each kind: there are too many to show them all on other pages. */
    private String summaryTable() {
        List<Question.Kind> kinds = Arrays.stream(Question.Kind.values()).filter(k -> k != Question.Kind.LIMIT).toList();
        List<String> head = new ArrayList<>(List.of("ns as each thread sees it, with "
                + Arrays.stream(Question.TO_SIXTEEN).mapToObj(run::threads).collect(Collectors.joining(" / "))));
        kinds.forEach(k -> head.add(k == Question.Kind.PER_CPU ? k.text : "fastest that is " + k.text));
        Table table = new Table(head);
        // Earlier runs asked less.
        for (Question q : Question.ALL.stream().filter(q -> q.measured(run)).toList()) {
            List<String> row = new ArrayList<>(List.of(q.title()));
            kinds.forEach(k -> row.add(fastest(q, k)));
            table.row(row);
        }
        return table.text();
    }

    /** A number for each number of threads, after the name where it is not that of the number before. */
    private String fastest(Question q, Question.Kind kind) {
        StringJoiner cell = new StringJoiner(" / ");
        String last = "";
        for (int t : q.threads()) {
            Question.Contender c = q.best(run, kind, t).orElse(null);
            String number = c == null ? Text.NONE : Text.number(run.find(q.key(), c.method(), t).nanos());
            cell.add(c == null || c.name().equals(last) ? number : c.name() + " " + number);
            last = c == null ? last : c.name();
        }
        return last.isEmpty() ? Text.NONE : cell.toString();
    }

    @Override
    String summary(String link) {
        return summaryTable() + "\n" + ORDER + "\n\n" + verdicts() + " All contenders, intervals, ratios, allocation and how it was"
                + " measured: [structures](" + link + ").\n";
    }
}
