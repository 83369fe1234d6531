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
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;

/** JMH's JSON without what can be computed from the rest of it, an entry in a line: a third of its size, for git. */
final class Compact {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Compact() {}

    /** What JMH wrote into the file of these results; for JMH each round was a run of its own. */
    static String of(Path file, List<RunResult> results, List<Integer> rounds) throws IOException {
        ArrayNode entries = (ArrayNode) JSON.readTree(file.toFile());
        for (int i = 0; i < results.size(); i++) {
            ObjectNode entry = (ObjectNode) entries.get(i);
            entry.put("forks", rounds.get(i));
            ObjectNode metric = (ObjectNode) entry.get("primaryMetric");
            metric.remove("scorePercentiles");
            if (results.get(i).getParams().getMode() == Mode.SampleTime) {
                metric.remove("rawDataHistogram");
                Percentiles.write(results.get(i), metric.putArray("rawPercentiles"));
            }
            // The percentiles of samples are there once more, as results of their own.
            ((ObjectNode) entry.get("secondaryMetrics")).properties().removeIf(p -> p.getKey().matches("p[01]\\.[0-9]+"));
            entry.get("secondaryMetrics").forEach(other -> ((ObjectNode) other).remove("scorePercentiles"));
        }
        return entries.valueStream().map(JsonNode::toString).collect(Collectors.joining(",\n    ", "[\n    ", "\n]\n"));
    }
}
