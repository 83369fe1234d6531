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
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JVMs, each with one contender. */
final class Forks {
    private static final int MANY_THREADS = 8;
    private static final int VERY_MANY_THREADS = 32;
    private static final double SECONDS_OF_A_THREAD = 0.025;
    private static final double QUICK_SECONDS_OF_A_THREAD = 0.01;
    private static final double SECONDS_TO_START = 1.0;
    private static final double SECONDS_OF_A_SINGLE_SHOT = 6.0;
    private static final int MOST_MINUTES = 5;

    /** How often and how long is measured. */
    private record Times(int warmups, double warmupSeconds, int iterations, double seconds) {
        double sum() {
            return warmups * warmupSeconds + iterations * seconds;
        }
    }

    private final boolean quick;
    private final Path log;

    /**
     * @param quick shortly, for a look only
     * @param log   for what JMH prints
     */
    Forks(boolean quick, Path log) throws IOException {
        this.quick = quick;
        this.log = log;
        Files.deleteIfExists(log);
    }

    /** {@return how long one round of the group will take, more or less} */
    double secondsExpected(Plan.Group group) {
        double seconds = group.mode() == Mode.SingleShotTime ? SECONDS_OF_A_SINGLE_SHOT : times(group).sum();
        return (SECONDS_TO_START + seconds) * group.methods().size();
    }

    private Times times(Plan.Group group) {
        Warmup warmup = group.question().getAnnotation(Warmup.class);
        Measurement measurement = group.question().getAnnotation(Measurement.class);
        Times times = new Times(warmup.iterations(), seconds(warmup.time(), warmup.timeUnit()),
                measurement.iterations(), seconds(measurement.time(), measurement.timeUnit()));
        // A series of iterations, or a single one, is what it is.
        if (group.question() == FirstSecond.class || group.mode() == Mode.SingleShotTime) {
            return times;
        }
        if (quick) {
            times = new Times(2, 0.1, 2, 0.1);
        }
        if (group.threads() > MANY_THREADS) {
            // JMH adds up the threads' rates, each over the time in which that thread saw the iteration. All must have had
            // a CPU several times by then, or those that had one once count as if they had had it all the time.
            double seconds = Math.max(times.seconds, group.threads() * (quick ? QUICK_SECONDS_OF_A_THREAD : SECONDS_OF_A_THREAD));
            // The compiler, too, has to wait for a CPU.
            return new Times(2, quick ? seconds / 2 : seconds, Math.min(times.iterations, group.threads() > VERY_MANY_THREADS ? 3 : 5),
                    seconds);
        }
        return times;
    }

    private static double seconds(int time, TimeUnit unit) {
        return unit.toNanos(time) / 1e9;
    }

    private static TimeValue time(double seconds) {
        return TimeValue.milliseconds(Math.round(1000 * seconds));
    }

    // An unpatched JDK has no such module. Who needs it asks for it.
    private static String[] inherited() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("--add-modules")).toArray(String[]::new);
    }

    private static void stop(Plan.Group group, String method) {
        System.err.printf("bench: %s %s x %d did not end within %d minutes and is stopped; the fork's output is in the log%n",
                group, method, group.threads(), MOST_MINUTES);
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    }

    RunResult run(Plan.Group group, String method) throws IOException, RunnerException {
        Path forkLog = log.resolveSibling(log.getFileName() + ".fork");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + group.question().getName().replace(".", "\\.") + "\\." + method + "$")
                .mode(group.mode()).threads(group.threads()).forks(1).verbosity(VerboseMode.NORMAL).shouldFailOnError(true)
                .jvmArgs(inherited()).jvmArgsPrepend(group.variant().arguments())
                .output(forkLog.toString());
        if (group.variant().java() != null) {
            options.jvm(group.variant().java());
        }
        if (group.profiler() != null) {
            options.addProfiler(group.profiler());
        }
        if (group.parameter() != null) {
            options.param(group.parameter().name(), group.parameter().value());
        }
        if (group.mode() != Mode.SingleShotTime) {
            Times times = times(group);
            options.warmupIterations(times.warmups).measurementIterations(times.iterations).measurementTime(time(times.seconds));
            if (times.warmups > 0) {
                options.warmupTime(time(times.warmupSeconds));
            }
        }
        // JMH waits for a thread that never comes back, and cannot stop it.
        ScheduledExecutorService limit = Executors.newSingleThreadScheduledExecutor();
        limit.schedule(() -> stop(group, method), MOST_MINUTES, TimeUnit.MINUTES);
        try {
            Collection<RunResult> one = new Runner(options.build()).run();
            if (one.size() != 1) {
                throw new RunnerException("JMH gave " + one.size() + " results for " + group + " " + method + ", 1 expected");
            }
            return one.iterator().next();
        } finally {
            limit.shutdownNow();
            if (Files.exists(forkLog)) {
                Files.write(log, Files.readAllBytes(forkLog), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                Files.delete(forkLog);
            }
        }
    }
}
