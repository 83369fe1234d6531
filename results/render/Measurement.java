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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One benchmark at one number of threads: for each round (fork) the nanoseconds a thread spends on
 * one invocation, which is the median of the fork's iterations; and what else was counted, per
 * invocation. A question with a parameter is one for each value of it: "DataStacks/64".
 */
record Measurement(String question, String method, int threads, double[] rounds, Map<String, Double> counts) {
    static String key(String question, String method, int threads) {
        return question + "." + method + "/" + threads;
    }

    static Map<String, Measurement> read(Path file) throws IOException {
        Map<String, Measurement> all = new LinkedHashMap<>();
        for (Object entry : (List<?>) Json.parse(Files.readString(file))) {
            Map<?, ?> map = (Map<?, ?>) entry;
            Map<?, ?> metric = (Map<?, ?>) map.get("primaryMetric");
            String unit = (String) metric.get("scoreUnit");
            if (!unit.equals("ops/us")) {
                throw new IllegalArgumentException("unit " + unit + " in " + file + ", ops/us expected");
            }
            String[] name = ((String) map.get("benchmark")).split("\\.");
            int threads = ((Double) map.get("threads")).intValue();
            double[] rounds = ((List<?>) metric.get("rawData")).stream()
                    .mapToDouble(fork -> 1000.0 * threads / median((List<?>) fork)).toArray();
            String question = name[name.length - 2];
            if (map.get("params") instanceof Map<?, ?> params) {
                question += "/" + params.values().stream().map(Object::toString).collect(Collectors.joining("/"));
            }
            Measurement m = new Measurement(question, name[name.length - 1], threads, rounds,
                    counts((Map<?, ?>) map.get("secondaryMetrics"), sum(metric)));
            all.put(key(m.question, m.method, threads), m);
        }
        return all;
    }

    private static Map<String, Double> counts(Map<?, ?> metrics, double invocations) {
        Map<String, Double> counts = new LinkedHashMap<>();
        metrics.forEach((name, value) -> {
            Map<?, ?> metric = (Map<?, ?>) value;
            // What was counted as invocations are is in the same unit, all else is per invocation already.
            boolean asInvocations = metric.get("scoreUnit").equals("ops/us");
            counts.put((String) name, asInvocations ? sum(metric) / invocations : (Double) metric.get("score"));
        });
        return counts;
    }

    private static double sum(Map<?, ?> metric) {
        return ((List<?>) metric.get("rawData")).stream().flatMap(fork -> ((List<?>) fork).stream())
                .mapToDouble(v -> (Double) v).sum();
    }

    private static double median(List<?> values) {
        double[] sorted = values.stream().mapToDouble(v -> (Double) v).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Nanoseconds per invocation as one thread sees them: geometric mean over the rounds. */
    double nanos() {
        return Math.exp(Arrays.stream(rounds).map(Math::log).average().orElseThrow());
    }

    /** Nanoseconds of CPU per invocation, when the threads share that many CPUs. */
    double cpuNanos(int cpus) {
        return nanos() * Math.min(cpus, threads) / threads;
    }

    /** 95% interval of {@link #nanos()}, as a ratio to 1 ns. */
    Ratio interval() {
        return Ratio.ofLogs(Arrays.stream(rounds).map(Math::log).toArray());
    }
}
