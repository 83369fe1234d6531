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

package percpu.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs all benchmarks of one page of results in rounds: each round is one fork of every contender at every thread
 * count, the contenders of one question next to each other. What the machine does meanwhile
 * then falls on all of them, and the ratio of two contenders can be taken round by round.
 * Questions whose contenders' forks do not agree get more rounds; nothing is dropped.
 * The result file is JMH's own JSON; round r is fork r of each entry.
 */
public final class Main {
    private static final int QUICK_ROUNDS = 2;
    private static final int MOST_ROUNDS_MORE = 2;

    private final List<Plan.Group> groups;
    private final boolean quick;
    private final Set<String> compared;
    private final Forks forks;
    private final Map<Plan.Group, Map<String, List<RunResult>>> results = new LinkedHashMap<>();
    private final Map<String, Double> computed = new HashMap<>();
    private final long begin = System.nanoTime();
    private final Map<Plan.Group, Double> seconds = new LinkedHashMap<>();

    private Main(List<Plan.Group> groups, boolean quick, Set<String> compared, Path log) throws IOException {
        this.groups = groups;
        this.quick = quick;
        this.compared = compared;
        forks = new Forks(quick, log);
    }

    public static void main(String[] args) throws IOException, RunnerException {
        boolean quick = args.length == 5 && args[3].equals("quick");
        if (args.length != 3 && !quick || !Plan.PAGES.containsKey(args[0])) {
            System.err.println("usage: Main report|structures|ecosystem|adapters|programs <result file> <log file> [quick <what the page's targets compare>]");
            System.exit(2);
        }
        Pattern only = Pattern.compile(System.getProperty("percpu.only", ""));
        List<Plan.Group> groups = Plan.PAGES.get(args[0]).groups().stream().filter(g -> only.matcher(g.toString()).find()).toList();
        if (groups.isEmpty()) {
            System.err.println("nothing to measure is called " + only + ", but: " + Plan.PAGES.get(args[0]).groups().stream()
                    .map(Plan.Group::toString).distinct().collect(Collectors.joining(", ")));
            System.exit(2);
        }
        if (Runtime.getRuntime().availableProcessors() < 2) {
            System.out.println("left out, because they need two CPUs: "
                    + Plan.ACROSS.stream().map(Class::getSimpleName).collect(Collectors.joining(", ")));
            groups = groups.stream().filter(g -> !Plan.ACROSS.contains(g.question())).toList();
        }
        Set<String> compared = quick ? Set.of(args[4].split("\\s+")) : Set.of();
        Set<String> unknown = new TreeSet<>(compared);
        Plan.PAGES.get(args[0]).groups().forEach(g -> g.methods().forEach(method -> unknown.remove(g.measurement(method))));
        if (!unknown.isEmpty()) {
            System.err.println("the page's targets compare what no benchmark measures: " + String.join(", ", unknown));
            System.exit(2);
        }
        new Main(groups, quick, compared, Path.of(args[2])).measure(Path.of(args[1]));
    }

    private int rounds(Plan.Group group, String method) {
        // Two are needed for an interval; what no target compares goes without.
        return quick ? compared.contains(group.measurement(method)) ? QUICK_ROUNDS : 1 : group.rounds();
    }

    private int rounds(Plan.Group group) {
        return group.methods().stream().mapToInt(method -> rounds(group, method)).max().orElseThrow();
    }

    // What is measured so far is written after each round: who interrupts a run has that.
    private void measure(Path file) throws IOException, RunnerException {
        int most = groups.stream().mapToInt(this::rounds).max().orElseThrow();
        System.out.printf("%d benchmarks in %d rounds, about %s%n", groups.stream().mapToInt(g -> g.methods().size()).sum(),
                most, text(left(0, most, groups)));
        for (int round = 1; round <= most; round++) {
            List<Plan.Group> order = order(groups, round);
            for (int g = 0; g < order.size(); g++) {
                Plan.Group group = order.get(g);
                if (round <= rounds(group)) {
                    run(group, round, "round " + round + " of " + most,
                            left(round, most, groups) + left(round - 1, round, order.subList(g, order.size())));
                }
            }
            write(file);
        }
        for (int more = 1; more <= MOST_ROUNDS_MORE && !quick; more++) {
            // Else the rounds of contenders that are compared would no longer be pairs.
            List<Plan.Group> noisy = groups.stream().filter(g -> groups.stream().anyMatch(o -> o.isBeside(g) && isNoisy(o))).toList();
            System.out.printf("%d of %d groups are noisy%s%n", noisy.size(), groups.size(), noisy.isEmpty() ? "" : ", again:");
            for (int g = 0; g < noisy.size(); g++) {
                run(noisy.get(g), 0, "again " + more + " of at most " + MOST_ROUNDS_MORE, left(0, 1, noisy.subList(g, noisy.size())));
            }
            write(file);
        }
    }

    // Each time another JVM first, as run() does with methods.
    private static List<Plan.Group> order(List<Plan.Group> groups, int round) {
        List<Plan.Group> order = new ArrayList<>(groups);
        for (int from = 0, to; from < order.size(); from = to) {
            Plan.Group first = order.get(from);
            to = from + 1;
            while (to < order.size() && order.get(to).isBeside(first)) {
                to++;
            }
            Collections.rotate(order.subList(from, to), round);
        }
        return order;
    }

    private void run(Plan.Group group, int round, String where, double left) throws IOException, RunnerException {
        long start = System.nanoTime();
        // Each time another contender first: what comes first or last may have it easier.
        List<String> methods = new ArrayList<>(group.methods().stream().filter(m -> round <= rounds(group, m)).toList());
        Collections.rotate(methods, results.getOrDefault(group, Map.of()).values().stream().mapToInt(List::size).max().orElse(0));
        for (String method : methods) {
            RunResult r = forks.run(group, method);
            compareResult(group.question().getSimpleName() + " " + method, r);
            results.computeIfAbsent(group, k -> new LinkedHashMap<>()).computeIfAbsent(method, k -> new ArrayList<>()).add(r);
            System.out.printf("%s, %-44s %12.2f %s, %s gone, %s left%n", where, group + " " + method + " x " + group.threads(),
                    r.getPrimaryResult().getScore(), r.getPrimaryResult().getScoreUnit(),
                    text((System.nanoTime() - begin) / 1e9), text(left));
        }
        seconds.put(group, (System.nanoTime() - start) / 1e9);
    }

    // A program whose result depends on the JVM did not do the same work.
    private void compareResult(String program, RunResult run) throws RunnerException {
        Result<?> result = run.getSecondaryResults().get(Costs.RESULT);
        if (result != null && computed.computeIfAbsent(program, p -> result.getScore()) != result.getScore()) {
            throw new RunnerException(program + " gave " + result.getScore() + ", and in another JVM " + computed.get(program));
        }
    }

    // For rounds after the first one so many, up to the last one.
    private double left(int done, int last, List<Plan.Group> groups) {
        return groups.stream().mapToDouble(g -> Math.max(0, Math.min(last, rounds(g)) - done)
                * seconds.getOrDefault(g, forks.secondsExpected(g))).sum();
    }

    private boolean isNoisy(Plan.Group group) {
        return group.question() != FirstSecond.class && group.mode() != Mode.SampleTime
                && results.get(group).values().stream().anyMatch(list -> Noise.of(results(list)) > Noise.LIMIT);
    }

    private static List<BenchmarkResult> results(List<RunResult> runs) {
        return runs.stream().flatMap(r -> r.getBenchmarkResults().stream()).toList();
    }

    private void write(Path file) throws IOException {
        List<RunResult> merged = new ArrayList<>();
        List<Integer> planned = new ArrayList<>();
        results.forEach((group, methods) -> methods.forEach((method, runs) -> {
            merged.add(new RunResult(runs.getLast().getParams(), results(runs)));
            planned.add(rounds(group, method));
        }));
        Path part = file.resolveSibling(file.getFileName() + ".part");
        ResultFormatFactory.getInstance(ResultFormatType.JSON, part.toString()).writeOut(merged);
        // Where files lie is nobody's business.
        Files.writeString(part, Compact.of(part, merged, planned).replace(Path.of(System.getProperty("java.home")) + "/", "")
                .replace(Path.of(System.getProperty("percpu.limits")).getParent() + "/", "")
                .replace(Variant.UNPATCHED.java(), "unpatched/bin/java"));
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String text(double seconds) {
        Duration d = Duration.ofSeconds(Math.round(seconds));
        return d.toMinutes() > 0 ? d.toMinutes() + " min " + d.toSecondsPart() + " s" : d.toSeconds() + " s";
    }
}
