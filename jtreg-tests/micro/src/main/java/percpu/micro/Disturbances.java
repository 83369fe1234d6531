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
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import jdk.internal.percpu.Statistics;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to JMH's results what happened per second: critical sections that were aborted, context switches of this process,
 * and interrupts by the timers of all CPUs.
 */
public final class Disturbances implements InternalProfiler {
    private long time;
    private long aborts;
    private long switches;
    private long ticks;

    @Override
    public String getDescription() {
        return "aborts, context switches and timer interrupts per second";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        switches = switches();
        ticks = ticks();
        aborts = Statistics.aborts();
        time = System.nanoTime();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
            IterationResult result) {
        double seconds = (System.nanoTime() - time) / 1e9;
        return List.of(scalar("aborts", (Statistics.aborts() - aborts) / seconds),
                scalar("contextSwitches", (switches() - switches) / seconds),
                scalar("ticks", (ticks() - ticks) / seconds),
                // All that was done, while JMH prepared and tidied up too; by this clock, and not by each thread's.
                new ScalarResult("throughput", result.getMetadata().getAllOps() / seconds / 1e6, "M/s", AggregationPolicy.AVG));
    }

    private static ScalarResult scalar(String name, double value) {
        return new ScalarResult(name, value, "1/s", AggregationPolicy.AVG);
    }

    // JMH's threads live all through the run.
    private static long switches() {
        long sum = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                try {
                    sum += Files.readAllLines(task.resolve("status")).stream().filter(s -> s.contains("ctxt_switches:"))
                            .mapToLong(s -> Long.parseLong(s.substring(s.indexOf(':') + 1).trim())).sum();
                } catch (IOException e) {
                    // This thread has just ended.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sum;
    }

    // Of the timers that each CPU has.
    private static long ticks() {
        try {
            return Files.readAllLines(Path.of("/proc/interrupts")).stream().map(String::trim)
                    .filter(s -> s.startsWith("LOC:"))
                    .flatMap(s -> Arrays.stream(s.split("\\s+")).skip(1)).filter(s -> s.matches("\\d+"))
                    .mapToLong(Long::parseLong).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
