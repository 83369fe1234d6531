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

/** Reads the JSON that JMH writes, modes throughput, average time, single shot and sample. */
final class JmhFile {
    private static final String VARIANT = "-Dpercpu.variant=";

    private JmhFile() {
    }

    static Map<String, Measurement> read(Path file) throws IOException {
        Map<String, Measurement> all = new LinkedHashMap<>();
        for (Object entry : (List<?>) Json.parse(Files.readString(file))) {
            Measurement m = measurement((Map<?, ?>) entry);
            if (all.put(Measurement.key(m.question(), m.method(), m.threads()), m) != null) {
                throw new IllegalArgumentException(m.name() + " is twice in " + file);
            }
        }
        return all;
    }

    private static Measurement measurement(Map<?, ?> entry) {
        Map<?, ?> metric = (Map<?, ?>) entry.get("primaryMetric");
        String[] name = ((String) entry.get("benchmark")).split("\\.");
        int threads = (int) number(entry.get("threads"));
        Map<?, ?> secondary = entry.get("secondaryMetrics") instanceof Map<?, ?> map ? map : Map.of();
        Map<String, double[]> parts = new LinkedHashMap<>();
        secondary.forEach((part, value) -> {
            if (((Map<?, ?>) value).get("rawData") instanceof List<?> forks) {
                parts.put((String) part, forks.stream().mapToDouble(JmhFile::mean).toArray());
            }
        });
        double[][] iterations = {};
        double[] rounds;
        if (entry.get("mode").equals("sample")) {
            parts.putAll(Percentiles.read(metric, nanos((String) metric.get("scoreUnit"))));
            rounds = parts.get("p50");
        } else {
            iterations = iterations(metric, threads);
            rounds = Arrays.stream(iterations).mapToDouble(JmhFile::median).toArray();
        }
        return new Measurement(question(entry, name[name.length - 2]), name[name.length - 1], threads,
                (int) number(entry.get("forks")), millis(entry.get("measurementTime")), rounds, iterations,
                counts(secondary, metric), parts);
    }

    private static String question(Map<?, ?> entry, String name) {
        String parameters = entry.get("params") instanceof Map<?, ?> params
                ? params.values().stream().map(v -> "/" + v).collect(Collectors.joining()) : "";
        String variant = entry.get("mode").equals("sample") ? "@latency" : "";
        if (entry.get("jvmArgs") instanceof List<?> args) {
            variant = args.stream().map(Object::toString).filter(a -> a.startsWith(VARIANT))
                    .map(a -> "@" + a.substring(VARIANT.length())).reduce(variant, (a, b) -> b);
        }
        return name + parameters + variant;
    }

    /** Nanoseconds of one thread; where it is "ops per time", JMH has added up all threads. */
    private static double[][] iterations(Map<?, ?> metric, int threads) {
        String unit = (String) metric.get("scoreUnit");
        double scale = nanos(unit);
        boolean throughput = unit.startsWith("ops/");
        return ((List<?>) metric.get("rawData")).stream()
                .map(fork -> ((List<?>) fork).stream()
                        .mapToDouble(v -> throughput ? scale * threads / number(v) : scale * number(v)).toArray())
                .toArray(double[][]::new);
    }

    private static double nanos(String unit) {
        return switch (unit.replace("ops/", "").replace("/op", "")) {
            case "ns" -> 1;
            case "us" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            default -> throw new IllegalArgumentException("unit " + unit + " is not known");
        };
    }

    private static double millis(Object time) {
        if (!(time instanceof String text) || !text.matches("[0-9.]+ (ns|us|ms|s)")) {
            return Double.NaN;
        }
        String[] parts = text.split(" ");
        return Double.parseDouble(parts[0]) * nanos(parts[1]) / 1e6;
    }

    private static Map<String, Double> counts(Map<?, ?> metrics, Map<?, ?> primary) {
        Map<String, Double> counts = new LinkedHashMap<>();
        metrics.forEach((name, value) -> {
            Map<?, ?> metric = (Map<?, ?>) value;
            // What was counted as invocations are is in the same unit, all else is per invocation already.
            boolean asInvocations = metric.get("scoreUnit").equals("ops/us") && metric.containsKey("rawData")
                    && primary.containsKey("rawData");
            counts.put((String) name, asInvocations ? sum(metric) / sum(primary) : number(metric.get("score")));
        });
        return counts;
    }

    private static double sum(Map<?, ?> metric) {
        return ((List<?>) metric.get("rawData")).stream().flatMap(fork -> ((List<?>) fork).stream())
                .mapToDouble(JmhFile::number).sum();
    }

    private static double mean(Object fork) {
        return ((List<?>) fork).stream().mapToDouble(JmhFile::number).average().orElse(Double.NaN);
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** JMH writes what is no number as a string. */
    static double number(Object value) {
        return value instanceof Double d ? d : Double.NaN;
    }
}
