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
import java.util.Locale;
import java.util.Map;

/** What the structures cost, and what others' do that are used for the same. */
final class Structures extends Report {
    private static final Question STACKS = new Question("Stacks", "push and pop of an object", ordered(
            "perCpuStack", "PerCpuStack", "concurrentLinkedDeque", "ConcurrentLinkedDeque",
            "arrayBlockingQueue", "ArrayBlockingQueue", "mpmcArrayQueue", "MpmcArrayQueue"));
    private static final Question RINGS = new Question("Rings", "record of 32 bytes, written while another thread reads",
            ordered("perCpuRingBuffer", "PerCpuRingBuffer", "agrona", "Agrona ManyToOne", "disruptor", "Disruptor"));
    private static final Question LOCKS = new Question("Locks", "lock, increment, unlock", ordered(
            "perCpuLock", "PerCpuLock", "spinLock", "VarHandle spin lock", "reentrantLock", "ReentrantLock"));
    private static final Map<String, String> DATA_STACKS = ordered(
            "perCpuNative", "PerCpuDataStack", "perCpuHeap", "same, from heap arrays",
            "synchronizedStack", "synchronized stack", "copies", "the two copies only");

    Structures(Path folder) throws IOException {
        super(folder);
    }

    @Override
    List<Question> questions() {
        return List.of(STACKS, RINGS, LOCKS, new Question("DataStacks/64", "push and pop of 64 bytes", DATA_STACKS),
                new Question("DataStacks/4096", "push and pop of 4096 bytes", DATA_STACKS));
    }

    private Measurement stack(int threads) {
        return get("Stacks", "perCpuStack", threads);
    }

    @Override
    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (int threads : new int[] {1, 2}) {
            targets.add(new Target("PerCpuStack, push and pop, " + threads(threads), true, 15, " ns", stack(threads).interval()));
        }
        targets.add(new Target("PerCpuStack / ConcurrentLinkedDeque, throughput, 16 threads", false, 40, "",
                Ratio.ofThroughput(stack(16), get("Stacks", "concurrentLinkedDeque", 16))));
        for (int threads : new int[] {2, 16}) {
            targets.add(new Target("PerCpuRingBuffer / Agrona, throughput, " + threads(threads), false, threads == 2 ? 2 : 5, "",
                    Ratio.ofThroughput(get("Rings", "perCpuRingBuffer", threads), get("Rings", "agrona", threads))));
        }
        return targets;
    }

    @Override
    String chart() {
        return Chart.draw(this, "Time between two operations", "ns from one operation to the next, of all threads together", 0.5,
                m -> 1.0 / m.threads());
    }

    /** The per-CPU structure that the others of a question are compared with: the first one. */
    private static String first(Question question) {
        return question.contenders().keySet().iterator().next();
    }

    @Override
    String page() {
        StringBuilder page = new StringBuilder("# Structures\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench-structures` measures and renders.\n\n");
        page.append(summaryTable()).append('\n');
        page.append("## Targets\n\n").append(targetTable()).append('\n');
        Ratio two = Ratio.of(stack(2), stack(1));
        page.append("PerCpuStack, time of 2 threads / time of 1: ").append(two.text()).append(" (").append(two.intervalText())
                .append(").\n");
        page.append("\n## Time\n\n![Time between two operations](chart.svg)\n");
        page.append(tables("Nanoseconds as a thread sees them, ", " (95% interval):", (m, c) -> interval(m)));
        page.append("\n## Throughput\n");
        page.append(tables("Millions per second, all threads together, ", ":", Report::throughput));
        page.append("\n## Times the per-CPU structure\n");
        questions().forEach(q -> page.append("\nTime divided by that of ").append(q.contenders().get(first(q)))
                .append(" with as many threads, ").append(q.title()).append(" (95% interval):\n\n")
                .append(table(q, times(q, first(q)))));
        page.append(counts());
        page.append("\n## How it was measured\n\n").append(method()).append('\n').append(machineTable());
        return page.toString();
    }

    private String counts() {
        StringBuilder text = new StringBuilder("""

                ## What else was counted

                Bytes allocated on the Java heap per invocation, the reader's of a ring included:
                """);
        questions().forEach(q -> text.append('\n').append(q.title()).append("\n\n").append(table(q, (m, c) -> String.format(
                Locale.ROOT, "%.1f", count(m, "allocated")))));
        text.append("""

                A thread that is moved to another CPU between push and pop finds nothing there, and one that finds its slot
                full pushes nothing. Of a million pops, so many found nothing, and of a million pushes, so many were refused:
                """);
        questions().stream().filter(q -> q.key().contains("Stacks")).forEach(q -> text.append('\n').append(q.title())
                .append("\n\n").append(table(q, (m, c) -> m.counts().containsKey("popsOfNothing")
                        ? millionths(m, "popsOfNothing") + ", " + millionths(m, "pushesRefused") : "")));
        text.append("""

                Of a million records, so many had to wait because the ring was full, that is for the reader:

                """);
        text.append(table(RINGS, (m, c) -> millionths(m, "ringFull")));
        return text.toString();
    }

    private static double count(Measurement m, String name) {
        Double count = m.counts().get(name);
        if (count == null) {
            throw new IllegalArgumentException("jmh.json lacks " + name + " of " + m.question() + "." + m.method());
        }
        return count;
    }

    private static String millionths(Measurement m, String name) {
        double value = 1e6 * count(m, name);
        if (value > 1e6) {
            // JMH adds up the rates of the threads: a thread that ran for a moment only has any rate.
            throw new IllegalArgumentException(m.question() + "." + m.method() + " with " + threads(m.threads()) + ": " + name
                    + " was counted more than once per invocation; a thread got no CPU during an iteration, measure again");
        }
        return value == 0 ? "0" : number(value);
    }

    private String method() {
        return """
                JMH, throughput mode. All contenders ran in one run of %d rounds; a round is one JVM (fork) per contender and
                number of threads, contenders next to each other. The value of a fork is the median of its iterations, a
                ratio is taken round by round, and means and 95%% intervals (Student's, %d degrees of freedom) are those of
                logarithms. Code is compiled in the foreground (-Xbatch), or with many threads the compiler would get no CPU.
                Warm-up and iterations stand in jmh.json and in `jtreg-tests/micro`.

                - Stacks: one invocation is a push and a pop by the same thread, of an object that it has. At the end the
                  elements that are left are counted: none may be lost. MpmcArrayQueue is JCTools'.
                - Rings: one invocation is a record written. The threads are the writers; one more thread reads beside them, the
                  same way for every contender, and its work is not counted. It reads all that is there; when there is nothing
                  it spins 64 times, then sleeps for the shortest time there is, and so does a writer that finds the ring full.
                  So every record is delivered, and in the long run nobody writes faster than the reader reads. All have
                  1 MiB for records; that of PerCpuRingBuffer is divided among the slots but the overflow slot. The reader
                  loads all 32 bytes, and at the end all records must have come, each once. Agrona and the Disruptor have their
                  default settings; records are claimed and filled in place, with `tryClaim` and `tryNext`.
                - Locks: what the lock guards is a plain counter, with PerCpuLock one for each slot. The spin lock
                  waits as PerCpuLock does: 64 spins, then sleeping. At the end no increment may be lost.
                - Data stacks: one invocation is a push and a pop by the same thread, from native memory of the thread's own and
                  back. The synchronized stack is one block of native memory for all threads and an index, guarded by a monitor.
                  "The two copies only" go by way of memory of the thread's own: the limit.
                """.formatted(rounds(), rounds() - 1);
    }

    private String summaryTable() {
        StringBuilder table = new StringBuilder("| ns, as each thread sees it | |");
        THREADS.forEach(t -> table.append(' ').append(threads(t)).append(" |"));
        table.append("\n|---|---|").append("---|".repeat(THREADS.size())).append('\n');
        questions().forEach(q -> q.contenders().forEach((contender, name) -> {
            table.append("| ").append(contender.equals(first(q)) ? q.title() : "").append(" | ").append(name).append(" |");
            THREADS.forEach(t -> table.append(' ').append(number(get(q.key(), contender, t).nanos())).append(" |"));
            table.append('\n');
        }));
        return table.toString();
    }

    @Override
    String summary(String link) {
        return summaryTable() + '\n' + verdicts() + " Intervals, ratios, allocation and how it was measured: [structures](" + link
                + ").\n";
    }
}
