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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Adds to JMH's results where the threads were, as JFR's samples say: the method, and the library's method that called
 * it. Its numbers are numbers of samples. What it costs is in the time, so these times compare with no others.
 */
public final class HotMethods implements InternalProfiler {
    static final String PREFIX = "samples:";

    private static final Duration PERIOD = Duration.ofMillis(10);
    private static final String SAMPLE = "jdk.ExecutionSample";

    private Recording recording;

    @Override
    public String getDescription() {
        return "methods in which most samples were taken";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        if (iteration.getType() == IterationType.MEASUREMENT) {
            recording = new Recording();
            recording.enable(SAMPLE).withPeriod(PERIOD);
            recording.start();
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
            IterationResult result) {
        if (recording == null) {
            return List.of();
        }
        Map<String, Integer> samples = new HashMap<>();
        try (Recording ended = recording) {
            recording = null;
            ended.stop();
            Path file = Files.createTempFile("hot", ".jfr");
            try {
                ended.dump(file);
                for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                    if (event.getEventType().getName().equals(SAMPLE)
                            && event.getThread("sampledThread").getJavaName().contains("jmh-worker")) {
                        samples.merge(place(event.getStackTrace().getFrames()), 1, Integer::sum);
                    }
                }
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return samples.entrySet().stream()
                .map(e -> new ScalarResult(PREFIX + e.getKey(), e.getValue(), "samples", AggregationPolicy.SUM)).toList();
    }

    private static String place(List<RecordedFrame> frames) {
        String top = name(frames.getFirst().getMethod());
        for (RecordedFrame frame : frames) {
            String type = frame.getMethod().getType().getName();
            if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
                String library = type.startsWith("percpu.") || type.startsWith("org.openjdk.jmh.") ? "the loop" : name(frame.getMethod());
                return library.equals(top) ? top : top + " in " + library;
            }
        }
        return top;
    }

    private static String name(RecordedMethod method) {
        String type = method.getType().getName();
        return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + '.' + method.getName();
    }
}
