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
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs all benchmarks of one page of results in rounds: each round is one fork of every contender at every thread
 * count, the contenders of one question next to each other. What the machine does meanwhile
 * then falls on all of them, and the ratio of two contenders can be taken round by round.
 * The result file is JMH's own JSON; round r is fork r of each entry.
 */
public final class Main {
    static final Map<String, Page> PAGES = Map.of(
            "first-numbers", new Page(List.of(OneCounter.class, Limits.class, EightCounters.class), false),
            "structures", new Page(List.of(Stacks.class, Rings.class, Locks.class, DataStacks.class), true));
    static final int[] THREADS = {1, 2, 16};
    static final int QUICK_ROUNDS = 2;
    static final TimeValue QUICK_TIME = TimeValue.milliseconds(100);
    static final double SECONDS_TO_START_A_FORK = 1.0;

    /** What a page of results is made of. */
    record Page(List<Class<?>> questions, boolean allocation) {
    }

    /** A parameter of a question, with one of its values. */
    record Parameter(String name, String value) {
        /** {@return all values of the question's parameter} Null alone if it has none. */
        static List<Parameter> of(Class<?> question) {
            List<Parameter> all = Arrays.stream(question.getDeclaredClasses())
                    .flatMap(state -> Arrays.stream(state.getDeclaredFields()))
                    .filter(f -> f.isAnnotationPresent(Param.class))
                    .flatMap(f -> Arrays.stream(f.getAnnotation(Param.class).value()).map(v -> new Parameter(f.getName(), v)))
                    .toList();
            if (all.stream().map(Parameter::name).distinct().count() > 1) {
                throw new IllegalArgumentException(question + " has more than one parameter");
            }
            return all.isEmpty() ? Collections.singletonList(null) : all;
        }
    }

    record Configuration(Class<?> question, Parameter parameter, String method, int threads) {
        @Override
        public String toString() {
            return question.getSimpleName() + "." + method + (parameter == null ? "" : " " + parameter.value())
                    + " x " + threads;
        }
    }

    private final boolean quick;
    private final int rounds;
    private final boolean allocation;
    private final Class<?> settings;
    private final List<Configuration> configurations = new ArrayList<>();

    private Main(Page page, boolean quick) {
        this.quick = quick;
        allocation = page.allocation();
        settings = page.questions().getFirst();
        rounds = quick ? QUICK_ROUNDS : settings.getAnnotation(Fork.class).value();
        for (int threads : THREADS) {
            for (Class<?> question : page.questions()) {
                for (Parameter parameter : Parameter.of(question)) {
                    Arrays.stream(question.getDeclaredMethods())
                            .filter(m -> m.isAnnotationPresent(Benchmark.class))
                            .map(m -> new Configuration(question, parameter, m.getName(), threads))
                            .sorted((a, b) -> a.method().compareTo(b.method()))
                            .forEach(configurations::add);
                }
            }
        }
    }

    public static void main(String[] args) throws IOException, RunnerException {
        if (args.length < 3 || args.length > 4 || !PAGES.containsKey(args[0])) {
            System.err.println("usage: Main first-numbers|structures <result file> <log file> [quick]");
            System.exit(2);
        }
        boolean quick = args.length == 4 && args[3].equals("quick");
        new Main(PAGES.get(args[0]), quick).run(Path.of(args[1]), Path.of(args[2]));
    }

    private void run(Path result, Path log) throws IOException, RunnerException {
        System.out.printf("%d rounds of %d benchmarks, about %s%n", rounds, configurations.size(),
                text(Duration.ofMillis((long) (1000 * secondsPerFork() * rounds * configurations.size()))));
        Map<Configuration, List<BenchmarkResult>> results = new LinkedHashMap<>();
        Map<Configuration, RunResult> last = new LinkedHashMap<>();
        Files.deleteIfExists(log);
        long begin = System.nanoTime();
        int done = 0;
        for (int round = 1; round <= rounds; round++) {
            for (Configuration c : configurations) {
                RunResult r = fork(c, log);
                results.computeIfAbsent(c, k -> new ArrayList<>()).addAll(r.getBenchmarkResults());
                last.put(c, r);
                done++;
                double left = (System.nanoTime() - begin) / 1e9 / done * (rounds * configurations.size() - done);
                System.out.printf("round %d of %d, %-37s %10.2f ns, %s left%n", round, rounds, c,
                        1000.0 * c.threads() / r.getPrimaryResult().getScore(),
                        text(Duration.ofMillis((long) (1000 * left))));
            }
        }
        List<RunResult> merged = new ArrayList<>();
        results.forEach((c, forks) -> merged.add(new RunResult(last.get(c).getParams(), forks)));
        Path part = result.resolveSibling(result.getFileName() + ".part");
        ResultFormatFactory.getInstance(ResultFormatType.JSON, part.toString()).writeOut(merged);
        // The number of forks is that of one round, and where files lie is nobody's business.
        Files.writeString(part, Files.readString(part).replace("\"forks\" : 1,", "\"forks\" : " + rounds + ",")
                .replace(Path.of(System.getProperty("java.home")) + "/", "")
                .replace(Path.of(System.getProperty("percpu.limits")).getParent() + "/", ""));
        Files.move(part, result, StandardCopyOption.REPLACE_EXISTING);
    }

    private RunResult fork(Configuration c, Path log) throws IOException, RunnerException {
        Path forkLog = log.resolveSibling(log.getFileName() + ".fork");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + c.question().getName().replace(".", "\\.") + "\\." + c.method() + "$")
                .threads(c.threads()).forks(1).verbosity(VerboseMode.NORMAL).shouldFailOnError(true)
                // Else many threads leave the compiler no CPU, and what is measured is the interpreter.
                .jvmArgsPrepend("-Xbatch")
                .output(forkLog.toString());
        if (allocation) {
            options.addProfiler(Allocation.class);
        }
        if (c.parameter() != null) {
            options.param(c.parameter().name(), c.parameter().value());
        }
        if (quick) {
            options.warmupTime(QUICK_TIME).measurementTime(QUICK_TIME);
        }
        try {
            Collection<RunResult> one = new Runner(options.build()).run();
            if (one.size() != 1) {
                throw new RunnerException("JMH gave " + one.size() + " results for " + c + ", 1 expected");
            }
            return one.iterator().next();
        } finally {
            if (Files.exists(forkLog)) {
                Files.write(log, Files.readAllBytes(forkLog), StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                Files.delete(forkLog);
            }
        }
    }

    private double secondsPerFork() {
        Warmup warmup = settings.getAnnotation(Warmup.class);
        Measurement measurement = settings.getAnnotation(Measurement.class);
        double unit = quick ? QUICK_TIME.convertTo(TimeUnit.MILLISECONDS) / 1000.0
                : measurement.time() * measurement.timeUnit().toNanos(1) / 1e9;
        return SECONDS_TO_START_A_FORK + (warmup.iterations() + measurement.iterations()) * unit;
    }

    private static String text(Duration d) {
        return d.toMinutes() > 0 ? d.toMinutes() + " min " + d.toSecondsPart() + " s" : d.toSeconds() + " s";
    }
}
