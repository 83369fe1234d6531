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

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Median;

/** Reads the JSON that JMH writes, modes throughput, average time, single shot and sample. */
final class JmhFile {
    private static final String VARIANT = "-Dpercpu.variant=";
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JmhFile() {
    }

    static Map<String, Measurement> read(Path file) throws IOException {
        Map<String, Measurement> all = new LinkedHashMap<>();
        for (JsonNode entry : JSON.readTree(file.toFile())) {
            Measurement m = measurement(entry);
            if (all.put(Measurement.key(m.question(), m.method(), m.threads()), m) != null) {
                throw new IllegalArgumentException(m.name() + " is twice in " + file);
            }
        }
        return all;
    }

    private static Measurement measurement(JsonNode entry) {
        JsonNode metric = entry.path("primaryMetric");
        String[] name = entry.path("benchmark").asText().split("\\.");
        int threads = entry.path("threads").asInt();
        JsonNode secondary = entry.path("secondaryMetrics");
        Map<String, double[]> parts = new LinkedHashMap<>();
        secondary.forEachEntry((part, value) -> {
            if (value.has("rawData")) {
                parts.put(part, value.path("rawData").valueStream().mapToDouble(fork -> Mean.of(numbers(fork)).getAsDouble()).toArray());
            }
        });
        double[][] iterations = {};
        double[] rounds;
        if (entry.path("mode").asText().equals("sample")) {
            parts.putAll(Percentiles.read(metric, nanos(metric.path("scoreUnit").asText())));
            rounds = parts.get("p50");
        } else {
            iterations = iterations(metric, threads);
            // The iterations keep their order.
            rounds = Arrays.stream(iterations).mapToDouble(Median.withDefaults().withCopy(true)::evaluate).toArray();
        }
        return new Measurement(question(entry, name[name.length - 2]), name[name.length - 1], threads,
                entry.path("forks").asInt(), millis(entry.path("measurementTime").asText()), rounds, iterations,
                counts(secondary, metric), parts);
    }

    private static String question(JsonNode entry, String name) {
        String parameters = entry.path("params").valueStream().map(v -> "/" + v.asText()).collect(Collectors.joining());
        String variant = entry.path("mode").asText().equals("sample") ? "@latency" : "";
        variant = entry.path("jvmArgs").valueStream().map(JsonNode::asText).filter(a -> a.startsWith(VARIANT))
                .map(a -> "@" + a.substring(VARIANT.length())).reduce(variant, (a, b) -> b);
        return name + parameters + variant;
    }

    /** Nanoseconds of one thread; where it is "ops per time", JMH has added up all threads. */
    private static double[][] iterations(JsonNode metric, int threads) {
        String unit = metric.path("scoreUnit").asText();
        double scale = nanos(unit);
        boolean throughput = unit.startsWith("ops/");
        return metric.path("rawData").valueStream()
                .map(fork -> DoubleStream.of(numbers(fork)).map(v -> throughput ? scale * threads / v : scale * v).toArray())
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

    private static double millis(String time) {
        if (!time.matches("[0-9.]+ (ns|us|ms|s)")) {
            return Double.NaN;
        }
        String[] parts = time.split(" ");
        return Double.parseDouble(parts[0]) * nanos(parts[1]) / 1e6;
    }

    private static Map<String, Double> counts(JsonNode metrics, JsonNode primary) {
        Map<String, Double> counts = new LinkedHashMap<>();
        metrics.forEachEntry((name, metric) -> {
            // What was counted as invocations are is in the same unit, all else is per invocation already.
            boolean asInvocations = metric.path("scoreUnit").asText().equals("ops/us") && metric.has("rawData")
                    && primary.has("rawData");
            counts.put(name, asInvocations ? sum(metric) / sum(primary) : number(metric.path("score")));
        });
        return counts;
    }

    private static double sum(JsonNode metric) {
        return metric.path("rawData").valueStream().mapToDouble(fork -> DoubleStream.of(numbers(fork)).sum()).sum();
    }

    private static double[] numbers(JsonNode array) {
        return array.valueStream().mapToDouble(JmhFile::number).toArray();
    }

    /** JMH writes what is no number as a string. */
    static double number(JsonNode value) {
        return value.isNumber() ? value.doubleValue() : Double.NaN;
    }
}
