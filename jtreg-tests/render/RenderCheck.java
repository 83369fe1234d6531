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

/*
 * @test
 * @summary results/render says of a run with known numbers what another program computed from them
 * @library /test/lib
 * @run main/othervm RenderCheck
 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jtreg.SkippedException;

/**
 * What is expected was computed with SciPy from the same times: Student's interval of the logarithms where rounds are paired,
 * Welch's, with degrees of freedom rounded down, where they are not.
 */
public class RenderCheck {
    private static final String MACHINE = "date: today\ncpu: none\ncpus: 2\nkernel: Linux\njdk: 25\nrseq: rseq: index mm_cid, 3 slots\n";
    private static final String PAGE = "above\n<!-- report: rendered, do not edit -->\nstale\n<!-- end of report -->\nbelow\n";

    private static final List<String> EXPECTED = List.of(
            "| PerCpu.add / the section in C, 1 thread | at most 1.05 | 1.09 | 1.03 to 1.14 | undecided |",
            "| LongAdder / PerCpu.add, 1 thread | at least 5.00 | 8.05 | 7.95 to 8.15 | met |",
            "| LongAdder / PerCpu.add, eight counters in fields, 1 thread | at least 6.00 | 7.53 | 5.46 to 10.39 | undecided |",
            "| LongAdder / PerCpu.add, eight counters in static final fields, 1 thread | at least 7.00 | 9.15 | 8.41 to 9.95 | met |",
            "PerCpu.add to a counter in a field takes 1.16 times as long as PerCpu.add to a constant (1.15 to 1.17)",
            "| the section in C, in a loop | 6.60 (6.36 to 6.85) | – |",
            "LongAdder takes 8.25 times as long as eight sections in C with both loads (6.44 to 10.56)",
            "| PerCpu.add, throughput of 64 threads / throughput of 2 | at least 0.95 | 0.99 | 0.94 to 1.04 | undecided |",
            "| LongAdder / PerCpuLong, resident memory per counter at 100000 | at least 6.00 | 12.15 | 11.32 to 13.04 | met |",
            "3 of 8 targets met; undecided: PerCpu.add / the section in C, 1 thread at most 1.05, measured 1.09 (1.03 to 1.14); "
            + "undecided: PerCpu.add / the section in C, eight counters in fields in a loop, 1 thread at most 1.05, measured 1.11 (1.03 to 1.19); "
            + "undecided: LongAdder / PerCpu.add, eight counters in fields, 1 thread at least 6.00, measured 7.53 (5.46 to 10.39)",
            // no target, but said
            "With 1 thread PerCpu.add takes 1.23 times as long as the plain field (1.15 to 1.32)",
            "An invocation that adds to eight counters in fields takes 1.10 times as long as eight sections in C with both loads, in a loop, (1.00 to 1.20)",
            "In a loop, PerCpu.add to eight counters in fields takes 1.11 times as long as eight sections in C with both loads (1.03 to 1.19)",
            // which columns have more threads than CPUs
            "| | 1 thread | 2 threads | 64 threads, oversubscribed |",
            // a value, and one that is noisy
            "| PerCpu.add | 1.01 (0.93 to 1.08) |", "| LongAdder | ≈ 54.4 (41.0 to 72.3) |",
            "| OneCounter.plainOpaque, 1 thread | 5, planned 3 |", "Repeated because they or a contender beside them were noisy, with rounds added and none dropped: 2.",
            // the first and the last of the iterations, in the order in which they were
            "| PerCpu.add | 61.0 (58.6 to 63.5) | ≈ 1.10 (0.87 to 1.38) |",
            // counts that may be 0 have an interval of their own, not of their logarithms
            "| 1 thread | ≈ 3.00 (-4.45 to 10.5) |",
            // what is apart and what is not
            "With 1 thread LongAdder takes 8.05 times as long as PerCpu.add (7.95 to 8.15)",
            "PerCpu.add: this run can't tell the same counter from a counter of the thread's own",
            // as many rounds, but of one contender fewer were planned: they did not run beside each other
            "64 counters: LongAdder takes 6.66 times as long as PerCpu.add (4.55 to 9.76)",
            // as much as was done over all iterations, and a JVM that was started in another way
            "| ≈ 2.91 (2.41 to 3.50) | 60.0 (60.0 to 60.0) |", "Over all iterations LongAdder takes 7.47 times as long as PerCpu.add (6.18 to 9.01)",
            "| PerCpuStack | 0.10 (0.10 to 0.10) | 0.10 (0.10 to 0.10) | 0.50 (0.50 to 0.50) | 2.00 (2.00 to 2.00) | 40.0 (40.0 to 40.0) "
            + "| 40.0 (40.0 to 40.0) |",
            "Not measured in this run: OneCounter with 2, 4, 16, 64 threads (plainOpaque, longAdder, threadLocal)",
            // two runs
            "| LongAdder / PerCpu.add, 1 thread | 6.70 | 8.05 | 1.20 | 1.14 to 1.26 | differs |",
            "| PerCpu.add, 1 thread | 1.22 ns | 1.01 ns | 0.82 | 0.77 to 0.88 | differs |",
            "| PerCpu.add in a loop, 1 thread | 0.69 ns | 0.69 ns | 1.00 |", "| kernel | Other | Linux |");

    private static final String RINGS_ORDER = "Order: Agrona's ManyToOne ring and the Disruptor give one order of the records of all"
            + " writers; PerCpuRingBuffer gives one order of each slot's records";

    private static final List<String> OF_STRUCTURES = List.of(
            // the fastest of each kind, with each number of threads
            "| push and pop of an object | PerCpuStack 9.00 / 9.00 / – | MpmcArrayQueue 11.0 / ArrayBlockingQueue 80.0 / – "
            + "| MpmcArrayQueue 20.0 / – / – | – |",
            "| record of 32 bytes, written while another thread reads | – / PerCpuRingBuffer 20.0 / 50.0 "
            + "| – / Disruptor, busy spin 30.0 / Disruptor, yielding 100 | – | – / Agrona OneToOne 10.0 / – |",
            "| object given to a thread on another CPU | PerCpuStack, drained 50.0 | MpscArrayQueue 20.0 | – | – |",
            "with 1 thread / 2 threads / 16 threads, oversubscribed |",
            // of two settings the better one
            "throughput: 1 thread –, 2 threads 1.50 (1.50 to 1.50) (Disruptor, busy spin), "
            + "16 threads 2.00 (2.00 to 2.00) (Disruptor, yielding).",
            "Of 11 comparisons with another's structure at some number of threads, the one per CPU takes less time in 9 and more in 2; in 0",
            "| Disruptor, yielding | 40.0 (40.0 to 40.0) | 100 (100 to 100) |", "| Disruptor, busy spin | 30.0 (30.0 to 30.0) | 200 (200 to 200) |",
            RINGS_ORDER,
            // counted more often than there were records
            "| Agrona ManyToOne | unknown |",
            "| PerCpuLong.sum | 5.00 (5.00 to 5.00) | 300 (300 to 300) | 60.00 (60.00 to 60.00) |", "| ns | 3 slots | 256 possible CPUs | ratio |",
            "| another thread does the same with another stack | 12.0 (12.0 to 12.0) | 0.83 (0.83 to 0.83) |",
            "Not measured in this run: Stacks with 16 threads (perCpuStack, arrayBlockingQueue, mpmcArrayQueue), "
            + "Stacks with 1, 2, 16 threads (concurrentLinkedDeque, threadLocalStack)", " threads (mpmcPerSlot), Pools, Rings with ", ", HandBack, CounterArrays, DoubleSums, Accumulators, Histograms with ", ", SlotObjects.",
            "| PerCpuHistogram, record, explicit bounds, 1 thread | at most 8.00 ns | 7.46 ns | 6.64 to 8.39 | undecided |");

    private static final List<String> OF_ADAPTERS = List.of(
            "| Jackson, array, adapter / thread-local pool, 1 thread | at most 1.05 | 1.04 | 1.00 to 1.07 | undecided |",
            "| Jackson, array, adapter / thread-local pool, 2 threads | at most 1.05 | – | – | not measured |",
            "| Jackson, stream, adapter / thread-local pool, 16 threads | at most 1.05 | 1.10 | 1.10 to 1.10 | missed |",
            "| Netty, direct buffer, adapter / adaptive, 1 thread | at most 0.60 | – | – | not measured |",
            // the better one of two
            "10000 virtual threads, 16 documents each | at least 1.30 | 1.40 | 1.40 to 1.40 | met |",
            "| Netty, heap buffer, adapter / adaptive, 2 threads | at most 0.60 | 0.50 | 0.50 to 0.50 | met |",
            // not the one with the greater ratio, which may be noise
            "| slowest metric, with the adapter / without: Prometheus, counter, 2 threads | at most 1.03 | 1.25 | 1.25 to 1.25 | missed |",
            "2 of 15 targets met; ", "not measured: 10.",
            "| Prometheus, counter, 2 threads | 16.0 (16.0 to 16.0) | 4.00 (4.00 to 4.00) | 5.00 (5.00 to 5.00) "
            + "| 0.80 (0.80 to 0.80) | 3.20 (3.20 to 3.20) |",
            "| the adapter for Jackson | 839 (820 to 858) | 144 recyclers | 176 recyclers |",
            "| the threads alone | – / 600 (600 to 600) | 0.60 (0.60 to 0.60) |");

    private static final List<String> OF_PROGRAMS = List.of(
            // a hundredth is much here
            "| javac, patched / unpatched | at most 1.010 | 1.003 | 1.000 to 1.007 | met |",
            "| javac, patched, -XX:-UsePerCpuAdders / unpatched | at most 1.010 | 1.031 | 1.024 to 1.037 | missed |",
            "| Checkstyle, patched / unpatched | at most 1.010 | 1.003 | 0.954 to 1.055 | undecided |",
            "| Hello World, resident memory at most, patched / unpatched | at most 1.010 | 1.001 | 0.994 to 1.008 | met |",
            // the same in each round
            "| libjvm.so, patched / unpatched | at most 1.010 | 1.004 | 1.004 to 1.004 | met |",
            "| libjvm.so, MB | 25.0 (25.0 to 25.0) | 25.1 (25.1 to 25.1) | 1.004 (1.004 to 1.004) |",
            "3 of 24 targets met; missed: javac, patched, -XX:-UsePerCpuAdders / unpatched at most 1.010, measured 1.031 "
            + "(1.024 to 1.037); undecided: Checkstyle, patched / unpatched", "not measured: 17.",
            "| javac, CPU, ms | 151 (141 to 162) | 153 (141 to 165) | 1.009 (1.000 to 1.018) |",
            // whatever the difference, so many rounds are needed to see it
            "| javac | 3 | 3 | 3 |", "| Checkstyle | 3 | 19 | 14 |");

    private static final List<String> failures = new ArrayList<>();
    private static String libraries;

    public static void main(String[] args) throws Exception {
        Path render = Path.of(System.getProperty("test.root"), "..", "render", "Render.java");
        libraries = libraries(render.resolveSibling("libraries.sh"));
        Path work = Files.createTempDirectory("render");
        double[] loop = {0.66, 0.70, 0.72};
        Path other = folder(work, "other", MACHINE.replace("Linux", "Other"),
                thrpt("OneCounter.perCpuAdd", 1, "", 1.20, 1.25, 1.22), thrpt("OneCounter.longAdder", 1, "", 8.1, 8.2, 8.3),
                thrpt("Loops.perCpuAdd", 1, "", loop));
        Path run = folder(work, "run", MACHINE,
                entry("OneCounter.perCpuAdd", 1, "thrpt", "", rates(1, 1.00, 1.04, 0.98), part("aborts", "1/s", 0, 3, 6)),
                thrpt("OneCounter.plainOpaque", 1, "", 0.80, 0.84, 0.79, 0.82, 0.83),
                thrpt("OneCounter.longAdder", 1, "", 8.0, 8.4, 7.9), thrpt("OneCounter.threadLocal", 1, "", 1.9, 1.9, 1.9),
                thrpt("OneCounter.perCpuAdd", 2, "", 1.01, 1.02, 1.03), thrpt("OneCounter.perCpuAdd", 64, "", 32, 33, 34),
                thrpt("OwnCounter.perCpuAdd", 2, "", 1.00, 1.05, 1.01),
                thrpt("OneCounter.perCpuAdd", 1, "interpreter", 60, 60, 60),
                thrpt("Loops.perCpuAdd", 1, "", loop), thrpt("Loops.perCpuAddEight", 1, "", 7.3, 7.4, 7.2),
                thrpt("Limits.cSection", 1, "", 0.62, 0.64, 0.65),
                thrpt("EightCounters.perCpuAdd", 1, "", 7.0, 7.4, 7.3), thrpt("EightCounters.longAdder", 1, "", 56, 48, 60),
                thrpt("EightCounters.perCpuAddStatic", 1, "", 6.0, 6.4, 6.3), thrpt("EightCounters.longAdderStatic", 1, "", 57, 57, 57),
                thrpt("Limits.cEightSectionsFields", 1, "", 6.6, 6.5, 6.7),
                thrpt("SixtyFourCounters.perCpuAdd", 1, "", 60, 70, 80),
                thrpt("SixtyFourCounters.longAdder", 1, "", 400, 460, 540).replace("\"forks\": 3", "\"forks\": 2"),
                memory("perCpuLong", 50, 52, 51), memory("longAdder", 620, 640, 600),
                entry("FirstSecond.perCpuAdd", 1, "thrpt", "", metric("ops/us", series(60, 10, 1, 62, 10, 1.1, 61, 9, 1.2)), ""),
                entry("FirstSecond.longAdder", 1, "thrpt", "", metric("ops/us", series(460, 90, 8, 470, 80, 8.1, 450, 70, 8.2)), ""),
                entry("Stacks.perCpuStack", 16, "sample", "", percentiles(), ""));

        Path page = Files.writeString(work.resolve("page.md"), PAGE);
        render(0, render, run.toString(), "--beside", other.toString(), page.toString());
        String text = Files.readString(run.resolve("README.md"));
        EXPECTED.forEach(e -> check(text.contains(e), "not in the page: " + e));
        List<Path> figures = figures(run, text);
        check(figures.size() >= 8, "only " + figures.size() + " plots");
        String first = contents(figures);
        render(0, render, run.toString());
        check(first.equals(contents(figures)), "the plots of the same input differ");
        check(first.contains("prefers-color-scheme"), "the plots have no dark colours");

        String included = Files.readString(page);
        check(!text.contains("PerCpu.add / plain field"), "the plain field is a target");
        check(included.contains("| 2 threads | 64 threads, oversubscribed | eight counters in turn")
                && included.contains("\nOversubscribed: more threads than CPUs")
                && included.contains("| ThreadLocal counter | 1.90 | – | – | – |"), "no word of oversubscription, or no ThreadLocal:\n" + included);
        check(included.startsWith("above\n<!-- report") && included.endsWith("<!-- end of report -->\nbelow\n")
                && included.contains("| PerCpu.add | 1.01 | 1.02 | 33.0 | 7.23 |") && included.contains("(run/README.md)")
                && !included.contains("stale"), "not what was to be included:\n" + included);

        render(0, render, folder(work, "almost-empty", "cpus: 2\n", thrpt("Limits.cPlain", 1, "", 1)).toString());
        String empty = Files.readString(work.resolve("almost-empty/README.md"));
        check(empty.contains("0 of 8 targets met; not measured: 8.") && empty.contains("1.00 (one round)"), "an almost empty run:\n" + empty);
        structures(render, work);
        adapters(render, work);
        programs(render, work);
        compared(render);
        render(1, render, work.resolve("nowhere").toString());

        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " failures, the pages are in " + work + ":\n" + String.join("\n", failures));
        }
        try (var files = Files.walk(work)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
        System.out.println("passed");
    }

    private static void structures(Path render, Path work) throws IOException, InterruptedException {
        String[] entries = {same("Stacks.perCpuStack", 1, 9), same("Stacks.perCpuStack", 2, 9), same("Stacks.mpmcArrayQueue", 1, 11),
            same("Stacks.arrayBlockingQueue", 1, 28), same("Stacks.mpmcArrayQueue", 2, 400), same("Stacks.arrayBlockingQueue", 2, 80),
            same("Stacks.mpmcPerSlot", 1, 20), same("Rings.perCpuRingBuffer", 2, 20), same("Rings.perCpuRingBuffer", 16, 50),
            same("Rings.disruptorYielding", 2, 40), same("Rings.disruptorBusySpin", 2, 30), same("Rings.disruptorYielding", 16, 100),
            same("Rings.disruptorBusySpin", 16, 200), same("Rings.agronaPerThread", 2, 10),
            entry("Rings.agrona", 2, "thrpt", "", rates(2, 90, 90, 90), part("ringFull", "ops/us", 1000, 1000, 1000)), same("HandOver.perCpuStack", 1, 50),
            same("HandOver.mpscArrayQueue", 1, 20), same("AllSlots.perCpuLongSum", 1, 5),
            thrpt("AllSlots.perCpuLongSum", 1, "possible256", 300, 300, 300),
            same("StealStorm.undisturbed", 1, 10), same("StealStorm.stormElsewhere", 1, 12),
            thrpt("Histograms.perCpuBounds", 1, "", 7.5, 7.1, 7.8), same("Histograms.prometheus", 1, 30)};
        Path run = folder(work, "structures", MACHINE, entries);
        render(0, render, run.toString());
        String text = Files.readString(run.resolve("README.md"));
        OF_STRUCTURES.forEach(e -> check(text.contains(e), "not in the page of structures: " + e));
        check(Files.readString(run.resolve("summary.md")).contains(RINGS_ORDER), "the summary does not say which order rings give");

        // A machine with as many CPUs as threads; and as runs were before there were such contenders.
        Path large = folder(work, "structures-large", MACHINE.replace("cpus: 2", "cpus: 16"), same("Stacks.perCpuStack", 16, 9));
        render(0, render, large.toString());
        check(!Files.readString(large.resolve("README.md")).toLowerCase(Locale.ROOT).contains("oversubscribed"),
                "oversubscribed with a CPU for each thread");
    }

    private static void adapters(Path render, Path work) throws IOException, InterruptedException {
        Path run = folder(work, "adapters", MACHINE,
                with("source", "array", thrpt("JacksonPools.threadLocal", 1, "adapters", 140, 142, 144)),
                with("source", "array", thrpt("JacksonPools.perCpu", 1, "adapters", 145, 149, 147)),
                with("source", "stream", adapted("JacksonPools.threadLocal", 16, 200)),
                with("source", "stream", adapted("JacksonPools.perCpu", 16, 220)),
                with("documentsOfThread", "16", adapted("JacksonVirtualThreads.deque", 1, 1400)),
                with("documentsOfThread", "16", adapted("JacksonVirtualThreads.bounded", 1, 1500)),
                with("documentsOfThread", "16", adapted("JacksonVirtualThreads.perCpu", 1, 1000)),
                with("documentsOfThread", "16", adapted("JacksonVirtualThreads.threadsAlone", 1, 600)),
                adapted("NettyBuffers.adaptiveHeap", 2, 80), adapted("NettyBuffers.perCpuHeap", 2, 40),
                thrpt("Metrics.prometheusCounter", 2, "unpatched", 16, 16, 16),
                adapted("Metrics.prometheusCounter", 2, 4), adapted("Metrics.perCpuPrometheusCounter", 2, 5),
                thrpt("Metrics.micrometerTimer", 2, "adapters", 20, 20, 20),
                thrpt("Metrics.perCpuMicrometerTimer", 2, "adapters", 20, 30, 40),
                entry("PoolMemory.perCpuJackson", 1, "ss", "adapters", metric("ms/op", "[1], [1], [1]"),
                        part("aliveHeap", "B", 839680, 859136, 878592) + ", " + part("kept", "kept", 144, 144, 144) + ", "
                                + part("limit", "kept", 176, 176, 176)));
        Path page = Files.writeString(work.resolve("with-adapters.md"), PAGE.replace("report", "adapters"));
        render(0, render, run.toString(), page.toString());
        String text = Files.readString(run.resolve("README.md"));
        OF_ADAPTERS.forEach(e -> check(text.contains(e), "not in the page of adapters: " + e));
        check(Files.exists(run.resolve("gains.svg")), "no plot of adapters");
        check(Files.readString(page).contains("| Prometheus, counter | 16.0 | 4.00 | 5.00 | 0.80 (0.80 to 0.80) |"),
                "the summary does not say what the adapter for Prometheus costs");
    }

    private static String adapted(String name, int threads, double nanos) {
        return thrpt(name, threads, "adapters", nanos, nanos, nanos);
    }

    private static void programs(Path render, Path work) throws IOException, InterruptedException {
        Path run = folder(work, "programs", MACHINE,
                program("Javac.compile", "unpatched", part("cpu", "ns/op", 150e6, 156e6, 148e6), 100, 104, 98),
                program("Javac.compile", "adders", part("cpu", "ns/op", 151e6, 158e6, 149e6), 100.3, 104.5, 98.2),
                program("Javac.compile", "", "", 103, 107.5, 100.8),
                program("Checkstyle.check", "unpatched", "", 50, 52, 51), program("Checkstyle.check", "adders", "", 50.5, 51, 52),
                program("Checkstyle.check", "", "", 50.1, 52.9, 50.2),
                program("VmCosts.hello", "unpatched", part("resident", "B", 40e6, 40.1e6, 40.1e6) + ", "
                        + part("libjvm", "B", 25e6, 25e6, 25e6), 40, 40, 40),
                program("VmCosts.hello", "adders", part("resident", "B", 40.1e6, 40.2e6, 40e6) + ", "
                        + part("libjvm", "B", 25.1e6, 25.1e6, 25.1e6), 50, 50, 50));
        Path page = Files.writeString(work.resolve("with-programs.md"), PAGE.replace("report", "programs"));
        render(0, render, run.toString(), page.toString());
        String text = Files.readString(run.resolve("README.md"));
        OF_PROGRAMS.forEach(e -> check(text.contains(e), "not in the page of programs: " + e));
        check(!text.contains("400 methods"), "what was not measured has a row");
        check(Files.exists(run.resolve("costs.svg")), "no plot of programs");
        check(Files.readString(page).contains("| javac | 1.003 (1.000 to 1.007) | 1.031 (1.024 to 1.037) |"),
                "the summary does not say what javac pays");
    }

    /** What a short run measures more than once is what the targets compare. */
    private static void compared(Path render) throws IOException, InterruptedException {
        List<String> structures = render(0, render, "--compared", "structures").lines().sorted().toList();
        check(structures.equals(List.of("Histograms.perCpuBounds/1", "Histograms.perCpuBounds/2",
                "Histograms.perCpuExponential/1", "Histograms.perCpuExponential/2", "Rings.agrona/16", "Rings.agrona/2", "Rings.perCpuRingBuffer/16", "Rings.perCpuRingBuffer/2",
                "Stacks.concurrentLinkedDeque/16", "Stacks.perCpuStack/1", "Stacks.perCpuStack/16", "Stacks.perCpuStack/2",
                "StealStorm.stormElsewhere/1", "StealStorm.undisturbed/1")),
                "compared by the targets of structures: " + structures);
        List<String> report = render(0, render, "--compared", "report").lines().toList();
        check(report.containsAll(List.of("Loops.perCpuAdd/1", "Limits.cSection/1", "Memory/100000.perCpuLong/1"))
                && !report.contains("OneCounter.plainOpaque/1"), "compared by the targets of the report: " + report);
        List<String> programs = render(0, render, "--compared", "programs").lines().toList();
        check(programs.containsAll(List.of("Javac@unpatched.compile/1", "Javac@adders.compile/1", "Javac.compile/1",
                "VmCosts@adders.hello/1", "Startup.version/1")) && !programs.contains("VmCosts.sections/1"),
                "compared by the targets of programs: " + programs);
        render(2, render, "--compared", "nothing");
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            failures.add(message);
        }
    }

    private static String libraries(Path script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(script.toString()).start();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        String errors = new String(process.getErrorStream().readAllBytes()).strip();
        if (process.waitFor() != 0) {
            throw new SkippedException(errors);
        }
        return output;
    }

    private static String render(int status, Path render, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", libraries + "/*", render.toString()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        check(process.waitFor() == status, command + " ended with " + process.exitValue() + ":\n" + output);
        return output;
    }

    private static List<Path> figures(Path run, String page) {
        List<Path> figures = new ArrayList<>();
        Matcher m = Pattern.compile("\\]\\(([a-z0-9-]+\\.svg)\\)").matcher(page);
        while (m.find()) {
            figures.add(run.resolve(m.group(1)));
        }
        return figures;
    }

    private static String contents(List<Path> files) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : files) {
            all.append(Files.readString(file));
        }
        return all.toString();
    }

    // JMH's JSON, as much of it as is read.

    private static Path folder(Path work, String name, String machine, String... entries) throws IOException {
        Path folder = Files.createDirectory(work.resolve(name));
        Files.writeString(folder.resolve("machine.txt"), machine);
        Files.writeString(folder.resolve("jmh.json"), "[" + String.join(",\n", entries) + "]");
        return folder;
    }

    private static String entry(String name, int threads, String mode, String variant, String metric, String secondary) {
        return String.format(Locale.ROOT, "{\"benchmark\": \"percpu.micro.%s\", \"mode\": \"%s\", \"threads\": %d, \"forks\": 3, "
                + "\"jvmArgs\": [\"-Xbatch\"%s], \"measurementTime\": \"50 ms\", \"primaryMetric\": %s, \"secondaryMetrics\": {%s}}",
                name, mode, threads, variant.isEmpty() ? "" : ", \"-Dpercpu.variant=" + variant + "\"", metric, secondary);
    }

    private static String metric(String unit, String forks) {
        return "{\"score\": 1.0, \"scoreError\": \"NaN\", \"scoreUnit\": \"" + unit + "\", \"rawData\": [" + forks + "]}";
    }

    private static String thrpt(String name, int threads, String variant, double... nanos) {
        return entry(name, threads, "thrpt", variant, rates(threads, nanos), "");
    }

    private static String same(String name, int threads, double nanos) {
        return thrpt(name, threads, "", nanos, nanos, nanos);
    }

    /** Three iterations a fork, of which that in the middle counts. */
    private static String rates(int threads, double... nanos) {
        return metric("ops/us", Arrays.stream(nanos).map(n -> 1000 * threads / n)
                .mapToObj(v -> "[" + 3 * v + ", " + v + ", " + v / 2 + "]").collect(Collectors.joining(", ")));
    }

    /** Three iterations in each of three forks. */
    private static String series(double... nanos) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < nanos.length; i += 3) {
            text.append(i == 0 ? "[" : ", [").append(1000 / nanos[i]).append(", ").append(1000 / nanos[i + 1]).append(", ")
                    .append(1000 / nanos[i + 2]).append("]");
        }
        return text.toString();
    }

    private static String part(String name, String unit, double... forks) {
        return "\"" + name + "\": " + metric(unit, Arrays.stream(forks).mapToObj(v -> "[" + v + "]").collect(Collectors.joining(", ")));
    }

    private static String memory(String method, double... resident) {
        return with("counters", "100000",
                entry("Memory." + method, 1, "ss", "", metric("us/op", "[1], [1], [1]"), part("resident", "B", resident)));
    }

    private static String with(String parameter, String value, String entry) {
        return entry.replace("\"forks\"", "\"params\": {\"" + parameter + "\": \"" + value + "\"}, \"forks\"");
    }

    /** Four iterations a fork, the middle of which counts. */
    private static String program(String name, String variant, String parts, double... millis) {
        return entry(name, 1, "ss", variant, metric("ms/op", Arrays.stream(millis)
                .mapToObj(v -> "[" + 2 * v + ", " + (v - 1) + ", " + (v + 1) + ", " + v / 2 + "]").collect(Collectors.joining(", "))), parts);
    }

    /** Three forks alike. */
    private static String percentiles() {
        String fork = "{\"50.0\": 0.1, \"90.0\": 0.1, \"99.0\": 0.5, \"99.9\": 2, \"99.99\": 40, \"100.0\": 40}";
        return "{\"score\": 1.0, \"scoreUnit\": \"us/op\", \"rawPercentiles\": [" + fork + ", " + fork + ", " + fork + "]}";
    }
}
