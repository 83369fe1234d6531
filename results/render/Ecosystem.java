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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What programs gain that nobody changes: the same calls on an unpatched JDK and on ours, in one run. */
final class Ecosystem extends Report {
    private static final int[] THREADS = Question.TO_SIXTEEN;
    private static final int CONNECTIONS = 16;
    private static final String CPU = "serviceCpu";
    private static final String JAVA = "JavaAdders";
    private static final String LIBRARIES = "Libraries";
    static final String PROFILED = "@profiled";
    private static final String SAMPLES = "samples:";
    private static final int PLACES = 3;

    // What is not at least so much faster has its reason told.
    private static final double GAINS = 1.1;

    private static final Map<String, String> CALLS = Text.ordered(
            "longAdder", "LongAdder.increment",
            "longAdderOwn", "LongAdder.increment, an adder for each thread",
            "doubleAdder", "DoubleAdder.add",
            "longAccumulatorSum", "LongAccumulator.accumulate, a sum",
            "doubleAccumulatorSum", "DoubleAccumulator.accumulate, a sum",
            "longAccumulatorMax", "LongAccumulator.accumulate, a maximum that is reached",
            "longAdderSum", "LongAdder.sum",
            "mapPutRemove", "ConcurrentHashMap, put and remove");

    private static final Map<String, String> LIBRARY_CALLS = Text.ordered(
            "micrometerCounter", "Micrometer, counter",
            "micrometerTimer", "Micrometer, timer",
            "dropwizardCounter", "Dropwizard, counter",
            "dropwizardMeter", "Dropwizard, meter",
            "prometheusCounter", "Prometheus, counter",
            "prometheusHistogram", "Prometheus, classic histogram",
            "prometheusSummary", "Prometheus, summary",
            "openTelemetryCounter", "OpenTelemetry, counter",
            "openTelemetryHistogram", "OpenTelemetry, histogram",
            "caffeineGetIfPresent", "Caffeine with statistics, getIfPresent",
            "caffeineReadThrough", "Caffeine with statistics, get",
            "guavaGetIfPresent", "Guava with statistics, getIfPresent",
            "nettyBuffer", "Netty, heap buffer taken and released",
            "jacksonWrite", "Jackson, small object written");

    /** Why a call gains little or nothing, by its library's sources. */
    private static final Map<String, String> REASONS = Text.ordered(
            "prometheusHistogram", "`Buffer.append` increments one of some `AtomicLong`s, picked by the thread's number and not padded",
            "prometheusSummary", "as the histogram",
            "openTelemetryHistogram", "the series of attributes is looked up; what is recorded is counted in an `AtomicLong`",
            "openTelemetryCounter", "the series of attributes is looked up, and a sample of it perhaps kept",
            "caffeineGetIfPresent", "most of it is the lookup, and the buffer in which reads are noted",
            "caffeineReadThrough", "most of it is the lookup, and the buffer in which reads are noted",
            "guavaGetIfPresent", "Guava has its own copy of `Striped64`; and each read goes into a queue, which whoever can drains",
            "nettyBuffer", "nothing is counted that threads share: pools of buffers, and a lock for each size",
            "jacksonWrite", "nothing is counted: objects are made, and each thread has buffers of its own",
            "dropwizardMeter", "it asks for the time, and compares it with an `AtomicLong`",
            "micrometerTimer", "the maximum is compared with that of each window, in `AtomicLong`s");

    /** Not measured with many threads: see {@link #method}. */
    private static final String ENDLESS = "guavaGetIfPresent";

    /** Of these calls the README tells. */
    private static final Set<String> SUMMARY = Set.of("longAdder", "doubleAdder", "longAccumulatorSum", "mapPutRemove",
            "micrometerCounter", "prometheusCounter", "caffeineGetIfPresent");

    Ecosystem(Run run) {
        super(run);
    }

    @Override
    String kind() {
        return "ecosystem";
    }

    @Override
    int mostThreads() {
        return THREADS[THREADS.length - 1];
    }

    private static Map<String, String> calls(String question) {
        return question.equals(JAVA) ? CALLS : LIBRARY_CALLS;
    }

    private Measurement unpatched(String question, String method, int threads) {
        return run.find(question + "@unpatched", method, threads);
    }

    private Measurement ours(String question, String method, int threads) {
        return run.find(question + "@adders", method, threads);
    }

    private Ratio gain(String question, String method, int threads) {
        return Ratio.of(unpatched(question, method, threads), ours(question, method, threads));
    }

    @Override
    List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        targets.add(new Target("LongAdder.increment / PerCpuCounter.increment, 2 threads", true, 1.3, "",
                Ratio.of(ours(JAVA, "longAdder", 2), run.find("OneCounter@adders", "perCpuCounter", 2))));
        target(targets, JAVA, "longAdder", 2, 6);
        target(targets, JAVA, "longAdder", 1, 4);
        target(targets, JAVA, "doubleAdder", 2, 4);
        target(targets, JAVA, "longAccumulatorSum", 2, 3);
        target(targets, JAVA, "doubleAccumulatorSum", 2, 3);
        target(targets, LIBRARIES, "micrometerCounter", 2, 4);
        target(targets, LIBRARIES, "prometheusCounter", 2, 4);
        targets.add(new Target("memory of 100000 contended LongAdders, patched / unpatched", true, 0.25, "", memory("100000")));
        targets.add(slowest());
        return targets;
    }

    private Ratio memory(String counters) {
        return Ratio.of(Footprint.resident(run.find("Memory/" + counters + "@adders", "longAdder", 1)),
                Footprint.resident(run.find("Memory/" + counters, "longAdder", 1)));
    }

    private void target(List<Target> targets, String question, String method, int threads, double limit) {
        targets.add(new Target(calls(question).get(method) + ", unpatched / patched, " + Text.threads(threads), false, limit, "",
                gain(question, method, threads)));
    }

    /** Of all calls the one that is slower than unpatched with the greatest certainty. */
    private Target slowest() {
        Compared slowest = compared().stream().filter(c -> c.value().known())
                .max(Comparator.comparingDouble(c -> c.value().inverse().interval().low())).orElse(null);
        return new Target("slowest of all, patched / unpatched" + (slowest == null ? "" : ": " + slowest.text()), true, 1.03, "",
                slowest == null ? Ratio.UNKNOWN : slowest.value().inverse());
    }

    @Override
    List<Compared> compared() {
        List<Compared> all = new ArrayList<>();
        for (String question : List.of(JAVA, LIBRARIES)) {
            calls(question).forEach((method, name) -> {
                for (int t : THREADS) {
                    if (method.equals(ENDLESS) && t > 2) {
                        continue;
                    }
                    all.add(new Compared(name + ", " + Text.threads(t), "", gain(question, method, t)));
                }
            });
        }
        all.add(new Compared("java -version", "", gain("Startup", "version", 1)));
        all.add(new Compared("requests of a service", "", gain("Service", "request", CONNECTIONS)));
        return all;
    }

    @Override
    Map<String, String> figures() {
        Map<String, String> figures = new LinkedHashMap<>();
        List<String> series = new ArrayList<>();
        for (int t : THREADS) {
            series.add(run.threads(t));
        }
        DotPlot plot = new DotPlot("Unpatched / patched", "time on the unpatched JDK / time on ours", series);
        for (String question : List.of(JAVA, LIBRARIES)) {
            plot.heading(question.equals(JAVA) ? "java.util.concurrent" : "libraries");
            calls(question).forEach((method, name) -> {
                Interval[] values = new Interval[THREADS.length];
                for (int i = 0; i < THREADS.length; i++) {
                    Ratio gain = gain(question, method, THREADS[i]);
                    values[i] = gain.known() ? gain.interval() : null;
                }
                plot.row(name, values);
            });
        }
        String gains = plot.draw();
        if (gains != null) {
            figures.put("gains.svg", gains);
        }
        return figures;
    }

    @Override
    String page(String comparison) {
        StringBuilder page = new StringBuilder("# Ecosystem\n\n");
        page.append("Rendered from [jmh.json](jmh.json) and [machine.txt](machine.txt) by `results/render/Render.java`;")
                .append(" `make bench-ecosystem` measures and renders.\n\n## Targets\n\n").append(targetTable()).append('\n')
                .append(verdicts()).append(adapters()).append("\n\n## Unpatched / patched\n\n![Time on the unpatched JDK / time on ours](gains.svg)\n")
                .append("\nTime on the unpatched JDK divided by that on ours (95% interval):\n\n")
                .append(table((question, method, t) -> gain(question, method, t).full()).text())
                .append("\n## Time\n\nNanoseconds of a call as a thread sees them, unpatched / patched:\n\n")
                .append(table((question, method, t) -> both(unpatched(question, method, t), ours(question, method, t))).text())
                .append('\n').append(Noise.MARK).append('\n').append(more());
        page.append(reasons());
        if (!comparison.isEmpty()) {
            page.append('\n').append(comparison);
        }
        page.append("\n## How it was measured\n\n").append(method());
        page.append("\n## Noise\n\n").append(Noise.text(run));
        return page.append("\n## Machine\n\n").append(run.machineTable()).toString();
    }

    private String adapters() {
        return Files.exists(run.folder.resolveSibling("README.md")) ? "\n\nWhat libraries gain with an adapter, which has to be named to"
                + " them, is measured in a run of its own: [adapters](../README.md#adapters)." : "";
    }

    private interface Cell {
        String text(String question, String method, int threads);
    }

    private Table table(Cell cell) {
        Table table = new Table(Section.head(run, "", THREADS));
        for (String question : List.of(JAVA, LIBRARIES)) {
            calls(question).forEach((method, name) ->
                    table.row(Section.row(name, THREADS, t -> cell.text(question, method, t))));
        }
        return table;
    }

    private String more() {
        Measurement before = unpatched("Service", "request", CONNECTIONS);
        Measurement after = ours("Service", "request", CONNECTIONS);
        Table service = new Table("", "unpatched", "patched", "unpatched / patched");
        service.row("time of a request at " + CONNECTIONS + " connections, µs", micros(before), micros(after),
                gain("Service", "request", CONNECTIONS).full());
        service.row("CPU of the service for a request, µs", micros(before, CPU), micros(after, CPU),
                Ratio.of(parts(before, CPU), parts(after, CPU)).full());
        service.row("java -version, µs", micros(unpatched("Startup", "version", 1)), micros(ours("Startup", "version", 1)),
                gain("Startup", "version", 1).full());
        Table memory = new Table("bytes for each contended LongAdder, all in all", "cells", "per CPU", "per CPU / cells");
        for (String counters : List.of("1000", "100000")) {
            memory.row(counters + " LongAdders", part(run.find("Memory/" + counters, "longAdder", 1), "resident"),
                    part(run.find("Memory/" + counters + "@adders", "longAdder", 1), "resident"), memory(counters).full());
        }
        return "\n## A service, and the start of a JVM\n\n" + service.text() + "\n## Memory\n\n" + memory.text();
    }

    private String reasons() {
        Table table = new Table("call, 2 threads", "unpatched / patched", "where the samples are", "why");
        LIBRARY_CALLS.forEach((method, name) -> {
            Ratio gain = gain(LIBRARIES, method, 2);
            Measurement profile = run.find(LIBRARIES + PROFILED, method, 2);
            if (profile != null && gain.known() && gain.interval().low() < GAINS) {
                table.row(name, gain.full(), places(profile), REASONS.getOrDefault(method, ""));
            }
        });
        return table.empty() ? "" : "\n## Why some gain little or nothing\n\nAll calls that are not at least " + GAINS
                + " times as fast for certain. The samples are JFR's, of one round on our JDK at 2 threads:"
                + " the method, and the library's method that called it.\n\n" + table.text();
    }

    private static String places(Measurement profile) {
        Map<String, Double> samples = new LinkedHashMap<>();
        profile.counts().forEach((name, count) -> {
            if (name.startsWith(SAMPLES)) {
                samples.put(name.substring(SAMPLES.length()), count);
            }
        });
        double all = samples.values().stream().mapToDouble(d -> d).sum();
        return samples.entrySet().stream().sorted(Map.Entry.<String, Double>comparingByValue().reversed()).limit(PLACES)
                .map(e -> Text.percent(e.getValue() / all) + " `" + e.getKey() + "`").collect(Collectors.joining(", "));
    }

    private static double[] parts(Measurement m, String part) {
        return m == null ? null : m.parts().get(part);
    }

    private static String micros(Measurement m) {
        return m == null ? Text.NONE : Text.cell(m.interval().times(1e-3));
    }

    private static String micros(Measurement m, String part) {
        return m == null || m.part(part) == null ? Text.NONE : Text.cell(m.part(part).times(1e-3));
    }

    private static String part(Measurement m, String part) {
        return m == null || m.part(part) == null ? Text.NONE : Text.cell(m.part(part));
    }

    private static String both(Measurement a, Measurement b) {
        return a == null || b == null ? Text.NONE : Text.cell(a) + " / " + Text.cell(b);
    }

    private String method() {
        return """
                JMH, throughput mode, %s rounds; a round is one JVM (fork) for each call, JDK and number of threads. The libraries
                are releases from Maven Central, unchanged; their versions stand below. Both JDKs run the same classes with the
                same flags. All threads share the counter, histogram, cache or map, as those of a service do. The value of a fork
                is the median of its iterations; a ratio is taken round by round, and means and 95%% intervals (Student's) are
                those of logarithms. Code is compiled in the foreground (-Xbatch). Guava's cache is not measured with 16 threads on
                two CPUs: the thread that drains its queue of reads has no end while others fill it.
                The service is a process of its own: the JDK's HTTP
                server with a virtual thread for each request, a Caffeine cache with statistics, a timer and two counters of Micrometer;
                its clients are on the same machine. Memory is compared on our JDK with and without -XX:+UsePerCpuAdders.
                """.formatted(rounds());
    }

    @Override
    String summary(String link) {
        Table table = new Table("call, 2 threads", "unpatched, ns", "patched, ns", "unpatched / patched");
        for (String question : List.of(JAVA, LIBRARIES)) {
            calls(question).forEach((method, name) -> {
                if (SUMMARY.contains(method)) {
                    table.row(name, number(unpatched(question, method, 2)), number(ours(question, method, 2)),
                            gain(question, method, 2).full());
                }
            });
        }
        return table.text() + '\n' + measuredOn() + ".\n" + met() + " of " + targets().size() + " targets met. Which, other calls,"
                + " more threads, plot and how it was measured: [ecosystem](" + link + ").\n";
    }

    private static String number(Measurement m) {
        return m == null ? Text.NONE : Text.number(m.nanos());
    }
}
