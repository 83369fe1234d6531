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
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What programs gain that name an adapter to a library: the libraries' own on an unpatched JDK and on ours, and the adapter. */
final class Adapters extends Report {
    private static final int[] THREADS = Question.TO_SIXTEEN;
    private static final String UNPATCHED = "@unpatched";
    private static final String OURS = "@adapters";
    private static final String METRICS = "Metrics";
    private static final String JACKSON = "JacksonPools/array";
    private static final String JACKSON_STREAM = "JacksonPools/stream";
    private static final String NETTY = "NettyBuffers";
    private static final String MEMORY = "PoolMemory";
    private static final String THREADS_ALONE = "threadsAlone";
    private static final List<String> EACH = List.of("1", "16");
    private static final int MANY = 10_000;

    private static final Map<String, String> METRIC_CALLS = Text.ordered(
            "micrometerCounter", "Micrometer, counter",
            "micrometerTimer", "Micrometer, timer",
            "micrometerSummary", "Micrometer, distribution summary",
            "micrometerTimerHistogram", "Micrometer, timer with a histogram",
            "prometheusCounter", "Prometheus, counter",
            "prometheusHistogram", "Prometheus, classic histogram",
            "prometheusNativeHistogram", "Prometheus, native histogram",
            "caffeineGetIfPresent", "Caffeine with statistics, getIfPresent");

    private static final Map<String, String> JACKSON_POOLS = Text.ordered(
            "threadLocal", "Jackson's thread-local pool",
            "deque", "Jackson's concurrent deque pool",
            "bounded", "Jackson's bounded pool",
            "perCpu", "the adapter");

    private static final Map<String, String> NETTY_HEAP = Text.ordered(
            "pooledHeap", "pooled",
            "adaptiveHeap", "adaptive",
            "pooledHeapOnNettysThreads", "pooled, on Netty's threads",
            "adaptiveHeapOnNettysThreads", "adaptive, on Netty's threads",
            "perCpuHeap", "the adapter");

    private static final Map<String, String> NETTY_DIRECT = Text.ordered(
            "pooledDirect", "pooled",
            "adaptiveDirect", "adaptive",
            "perCpuDirect", "the adapter");

    private static final Map<String, String> MEMORY_POOLS = Text.ordered(
            "jacksonThreadLocal", "Jackson's thread-local pool",
            "jacksonDeque", "Jackson's concurrent deque pool",
            "jacksonBounded", "Jackson's bounded pool",
            "perCpuJackson", "the adapter for Jackson",
            "nettyPooledHeap", "Netty pooled, heap",
            "nettyAdaptiveHeap", "Netty adaptive, heap",
            "perCpuNettyHeap", "the adapter for Netty, heap",
            "nettyPooledDirect", "Netty pooled, direct",
            "nettyAdaptiveDirect", "Netty adaptive, direct",
            "perCpuNettyDirect", "the adapter for Netty, direct");

    /**
     * What is compared by numbers of threads, contenders by their methods; the last one is the adapter.
     *
     * @param virtual the question of the virtual threads, empty if they are not asked
     */
    private record Pools(String title, String question, String virtual, String unit, Map<String, String> contenders) {
        String adapter() {
            return contenders.keySet().stream().reduce((a, b) -> b).orElseThrow();
        }

        List<String> own() {
            return contenders.keySet().stream().filter(m -> !m.equals(adapter())).toList();
        }
    }

    private static final List<Pools> POOLS = List.of(
            new Pools("Jackson, small object parsed from an array", JACKSON, "", "", JACKSON_POOLS),
            new Pools("Jackson, small object parsed from a stream", JACKSON_STREAM, "JacksonVirtualThreads", "document",
                    JACKSON_POOLS),
            new Pools("Netty, heap buffer taken and released", NETTY, "NettyVirtualThreads", "buffer", NETTY_HEAP),
            new Pools("Netty, direct buffer taken and released", NETTY, "NettyVirtualThreads", "buffer", NETTY_DIRECT));

    Adapters(Run run) {
        super(run);
    }

    @Override
    String kind() {
        return "adapters";
    }

    @Override
    int mostThreads() {
        return THREADS[THREADS.length - 1];
    }

    private Measurement ours(String question, String method, int threads) {
        return run.find(question + OURS, method, threads);
    }

    private Measurement unpatched(String question, String method, int threads) {
        return run.find(question + UNPATCHED, method, threads);
    }

    private static String adapterOf(String metric) {
        return "perCpu" + Character.toUpperCase(metric.charAt(0)) + metric.substring(1);
    }

    /** Without the adapter / with it. */
    private Ratio gain(String question, String method, String adapter, int threads) {
        return Ratio.of(ours(question, method, threads), ours(question, adapter, threads));
    }

    @Override
    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        List.of(JACKSON, JACKSON_STREAM).forEach(question -> IntStream.of(THREADS).forEach(t -> targets.add(
                new Target("Jackson, " + question.substring(question.indexOf('/') + 1) + ", adapter / thread-local pool, "
                        + Text.threads(t), true, 1.05, "", gain(question, "threadLocal", "perCpu", t).inverse()))));
        for (String each : EACH) {
            targets.add(new Target("Jackson, the best of its own pools / adapter, " + MANY + " virtual threads, "
                    + each(each, "document"), false, 1.3, "", bestOfJackson(each)));
        }
        List.of("Heap", "Direct").forEach(kind -> IntStream.of(THREADS).forEach(t -> targets.add(
                new Target("Netty, " + kind.toLowerCase(Locale.ROOT) + " buffer, adapter / adaptive, " + Text.threads(t), true,
                        0.6, "", gain(NETTY, "adaptive" + kind, "perCpu" + kind, t).inverse()))));
        targets.add(slowest());
        return targets;
    }

    private static String each(String number, String unit) {
        return number + " " + unit + (number.equals("1") ? "" : "s") + " each";
    }

    /** The fastest without the adapter / the adapter, on virtual threads. */
    private Ratio bestOfJackson(String each) {
        String question = "JacksonVirtualThreads/" + each;
        Optional<Measurement> best = JACKSON_POOLS.keySet().stream().filter(m -> !m.equals("perCpu"))
                .map(m -> ours(question, m, 1)).filter(Objects::nonNull).min(Comparator.comparingDouble(Measurement::nanos));
        return Ratio.of(best.orElse(null), ours(question, "perCpu", 1));
    }

    /** Of all metrics the one that is slower with the adapter with the greatest certainty. */
    private Target slowest() {
        List<Compared> metrics = new ArrayList<>();
        METRIC_CALLS.forEach((method, name) -> {
            for (int t : THREADS) {
                metrics.add(new Compared(name + ", " + Text.threads(t), "",
                        gain(METRICS, method, adapterOf(method), t).inverse()));
            }
        });
        Compared slowest = metrics.stream().filter(c -> c.value().known())
                .max(Comparator.comparingDouble(c -> c.value().interval().low())).orElse(null);
        return new Target("slowest metric, with the adapter / without" + (slowest == null ? "" : ": " + slowest.text()),
                true, 1.03, "", slowest == null ? Ratio.UNKNOWN : slowest.value());
    }

    @Override
    List<Compared> compared() {
        List<Compared> all = new ArrayList<>();
        for (int t : THREADS) {
            METRIC_CALLS.forEach((method, name) -> {
                all.add(compared(name, METRICS, method, t));
                all.add(compared(name + ", adapter", METRICS, adapterOf(method), t));
            });
            POOLS.forEach(pools -> pools.contenders().forEach((method, name) ->
                    all.add(compared(pools.title() + ": " + name, pools.question(), method, t))));
        }
        return all;
    }

    private Compared compared(String name, String question, String method, int threads) {
        return new Compared(name + ", " + Text.threads(threads), " ns", Ratio.of(ours(question, method, threads)));
    }

    @Override
    Map<String, String> figures() {
        Map<String, String> figures = new LinkedHashMap<>();
        List<String> series = IntStream.of(THREADS).mapToObj(run::threads).toList();
        DotPlot plot = new DotPlot("Without the adapter / with it",
                "time of the library's own / time of the adapter, on our JDK", series);
        plot.heading("metrics");
        METRIC_CALLS.forEach((method, name) -> plot.row(name, gains(METRICS, method, adapterOf(method))));
        for (Pools pools : POOLS) {
            plot.heading(pools.title());
            pools.own().forEach(m -> plot.row(pools.contenders().get(m), gains(pools.question(), m, pools.adapter())));
        }
        String gains = plot.draw();
        if (gains != null) {
            figures.put("gains.svg", gains);
        }
        return figures;
    }

    private Interval[] gains(String question, String method, String adapter) {
        return IntStream.of(THREADS).mapToObj(t -> gain(question, method, adapter, t)).map(r -> r.known() ? r.interval() : null)
                .toArray(Interval[]::new);
    }

    @Override
    String page(String comparison) {
        StringBuilder page = new StringBuilder("# Adapters\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench-adapters` measures and renders.\n\n## Targets\n\n").append(targetTable()).append('\n')
                .append(verdicts()).append("\n\n![Time of the library's own / time of the adapter](gains.svg)\n\n## Metrics\n\n")
                .append("Nanoseconds as a thread sees them (95% interval):\n\n").append(text(metrics()));
        for (Pools pools : POOLS) {
            page.append("\n## ").append(pools.title()).append("\n\nNanoseconds as a thread sees them, unpatched / patched;")
                    .append(" the adapter on the patched JDK:\n\n").append(text(platform(pools)))
                    .append("\nOn the patched JDK, time divided by that of the adapter (95% interval):\n\n")
                    .append(text(ratios(pools)));
            if (!pools.virtual().isEmpty()) {
                page.append('\n').append(MANY).append(" virtual threads, threads included, for each ").append(pools.unit())
                        .append(":\n\n").append(text(virtual(pools)));
            }
        }
        page.append('\n').append(Noise.MARK).append("\n\n## Memory that pools keep\n\n").append(memory());
        if (!comparison.isEmpty()) {
            page.append('\n').append(comparison);
        }
        page.append("\n## How it was measured\n\n").append(method());
        page.append("\n## Noise\n\n").append(Noise.text(run));
        return page.append("\n## Machine\n\n").append(run.machineTable()).toString();
    }

    private static String text(Table table) {
        return table.empty() ? "Not measured in this run.\n" : table.text();
    }

    private Table metrics() {
        Table table = new Table("", "unpatched", "patched", "patched, with the adapter", "patched / with the adapter",
                "unpatched / with the adapter");
        METRIC_CALLS.forEach((method, name) -> {
            for (int t : THREADS) {
                Measurement stock = unpatched(METRICS, method, t);
                Measurement adapter = ours(METRICS, adapterOf(method), t);
                table.row(name + ", " + run.threads(t), Text.cell(stock), Text.cell(ours(METRICS, method, t)), Text.cell(adapter),
                        gain(METRICS, method, adapterOf(method), t).full(), Ratio.of(stock, adapter).full());
            }
        });
        return table;
    }

    private Table platform(Pools pools) {
        Table table = new Table(Section.head(run, "", THREADS));
        pools.contenders().forEach((method, name) -> table.row(Section.row(name, THREADS, t -> {
            String ours = Text.cell(ours(pools.question(), method, t));
            return method.equals(pools.adapter()) ? ours : both(Text.cell(unpatched(pools.question(), method, t)), ours);
        })));
        return table;
    }

    private static String both(String a, String b) {
        return a.equals(Text.NONE) && b.equals(Text.NONE) ? Text.NONE : a + " / " + b;
    }

    private Table ratios(Pools pools) {
        Table table = new Table(Section.head(run, "", THREADS));
        pools.own().forEach(method -> table.row(Section.row(pools.contenders().get(method), THREADS,
                t -> gain(pools.question(), method, pools.adapter(), t).full())));
        return table;
    }

    private Table virtual(Pools pools) {
        List<String> head = new ArrayList<>(List.of(""));
        for (String each : EACH) {
            String text = each(each, pools.unit());
            head.addAll(List.of(text + ", ns, unpatched / patched", text + ", time / adapter's", text + ", bytes allocated"));
        }
        Table table = new Table(head);
        Map<String, String> rows = new LinkedHashMap<>(pools.contenders());
        rows.put(THREADS_ALONE, "the threads alone");
        rows.forEach((method, name) -> {
            List<String> row = new ArrayList<>(List.of(name));
            for (String each : EACH) {
                String question = pools.virtual() + "/" + each;
                Measurement ours = ours(question, method, 1);
                Measurement adapter = ours(question, pools.adapter(), 1);
                Double bytes = ours == null ? null : ours.counts().get("allocated");
                boolean isAdapter = method.equals(pools.adapter());
                row.add(isAdapter ? Text.cell(ours) : both(Text.cell(unpatched(question, method, 1)), Text.cell(ours)));
                row.add(isAdapter ? Text.NONE : Ratio.of(ours, adapter).full());
                row.add(bytes == null ? Text.NONE : Text.number(bytes));
            }
            table.row(row);
        });
        return table;
    }

    private String memory() {
        Table table = new Table("", "KB on the heap while the threads are there", "outside", "KB on the heap when they have ended",
                "outside ", "kept, as the pool says", "its limit");
        MEMORY_POOLS.forEach((method, name) -> {
            Measurement m = ours(MEMORY, method, 1);
            if (m != null) {
                String unit = method.endsWith("Jackson") || method.startsWith("jackson") ? " recyclers" : " bytes";
                table.row(name, kilobytes(m, "aliveHeap"), kilobytes(m, "aliveNative"), kilobytes(m, "heap"),
                        kilobytes(m, "native"), count(m, "kept", unit),
                        count(m, "limit", unit));
            }
        });
        return table.empty() ? "Not measured in this run.\n" : MANY + " virtual threads had an object each at the same time and"
                + " gave it back. On the Java heap and outside, as the JVM counts it, without the threads' own; mean, lowest"
                + " and highest round:\n\n" + table.text();
    }

    // What is near zero, or below it by what else the JVM freed, has no logarithm.
    private static String kilobytes(Measurement m, String part) {
        double[] bytes = m.parts().get(part);
        if (bytes == null) {
            return Text.NONE;
        }
        DoubleSummaryStatistics kilobytes = DoubleStream.of(bytes).map(b -> b / 1024).summaryStatistics();
        return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", kilobytes.getAverage(), kilobytes.getMin(), kilobytes.getMax());
    }

    private static String count(Measurement m, String name, String unit) {
        double[] counts = m.parts().get(name);
        return counts == null ? Text.NONE
                : String.format(Locale.ROOT, "%.0f", DoubleStream.of(counts).max().orElseThrow()) + unit;
    }

    private String method() {
        return """
                JMH, throughput mode, %s rounds; a round is one JVM (fork) for each contender, JDK and number of
                threads. The libraries are releases from Maven Central, unchanged; the adapters are those of
                `adapters`. The unpatched JDK runs the libraries' own. Ours runs these and the adapters in JVMs with
                the same options, --add-modules jdk.incubator.percpu among them, so that "patched / with the adapter"
                is what the adapter alone does. A JVM in which adapters would not be per CPU, or would be where they
                must not, ends the run. The value of a fork is the median of its iterations; a ratio is taken round by
                round, and means and 95%% intervals (Student's) are those of logarithms. Code is compiled in the
                foreground (-Xbatch).

                - Metrics: all threads share one counter, timer, summary, histogram or cache. At the end no call may be
                  missing in it. Histograms get values from 1 ms to 20 s, as many for each factor; those with bounds
                  have the 11 that Prometheus' client has by itself.
                - Jackson: one invocation is a parser made, a small object read, and the parser closed. From a stream it
                  reads into a buffer of the pool's; from an array a parser of so small a text needs none, but has its
                  recycler. Virtual threads parse streams. What was read must be what was written, and at the end a pool
                  that knows what it has must have each object once. The thread-local pool is the default of this
                  version. The bounded one has Jackson's default capacity, the adapter is the shared one.
                - Netty: one invocation is a buffer of 1 KB taken and released. The threads are JMH's, for which the
                  adaptive allocator has no magazine of their own and the pooled one no cache; "on Netty's threads"
                  they have. At the end no memory may be missing in the adapter, and none may be two buffers'.
                - Virtual threads: %d are started and wait. When all have been started they go on, each reads its
                  documents, or takes and releases its buffers one after the other, and yields after each; then it
                  ends, and when all have ended the next %d are started, until 160000 calls are made. All of that is
                  in the time, with nothing taken off: "the threads alone" do the same without a call.
                - Memory: each of these threads has an object (a parser that has read a name, or a buffer of 1 KB)
                  when all others have one, too, and then gives it back. What is in use is looked at before the pool
                  is made, when all have given back, and when all have ended, after collections: the heap in use, and
                  what the JVM has committed outside, where it also has what is not the pool's, of a megabyte or two.
                  The threads' own memory, which is taken off while they are there, differs by some megabytes from one
                  time to the next. A pool of ours that kept more than its limit would end the run.
                """.formatted(rounds(), MANY, MANY);
    }

    @Override
    String summary(String link) {
        Table table = new Table("2 threads", "unpatched, ns", "patched, ns", "with the adapter, ns",
                "patched / with the adapter");
        METRIC_CALLS.forEach((method, name) -> row(table, name, METRICS, method, adapterOf(method)));
        row(table, "Jackson, small object parsed from an array, thread-local pool", JACKSON, "threadLocal", "perCpu");
        row(table, "Netty, heap buffer, adaptive", NETTY, "adaptiveHeap", "perCpuHeap");
        row(table, "Netty, direct buffer, adaptive", NETTY, "adaptiveDirect", "perCpuDirect");
        return table.text() + '\n' + measuredOn() + ".\n" + met() + " of " + targets().size() + " targets met. Which, other"
                + " pools, virtual threads, memory, and how it was measured: [adapters](" + link + ").\n";
    }

    private void row(Table table, String name, String question, String method, String adapter) {
        table.row(name, number(unpatched(question, method, 2)), number(ours(question, method, 2)),
                number(ours(question, adapter, 2)), gain(question, method, adapter, 2).full());
    }

    private static String number(Measurement m) {
        return m == null ? Text.NONE : Text.number(m.nanos());
    }
}
