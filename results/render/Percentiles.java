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

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What JMH's sample mode says: for each round, how long the slow invocations took. */
final class Percentiles {
    static final Map<String, String> WANTED = new LinkedHashMap<>();

    static {
        WANTED.put("p50", "50.0");
        WANTED.put("p90", "90.0");
        WANTED.put("p99", "99.0");
        WANTED.put("p99.9", "99.9");
        WANTED.put("p99.99", "99.99");
        WANTED.put("max", "100.0");
    }

    private Percentiles() {
    }

    /** For each percentile its value in each round, as percpu.micro writes them instead of JMH's histograms. */
    static Map<String, double[]> read(JsonNode metric, double scale) {
        JsonNode rounds = metric.path("rawPercentiles");
        if (!rounds.isArray()) {
            throw new IllegalArgumentException("jmh.json has a sample without rawPercentiles, which percpu.micro.Main writes");
        }
        Map<String, double[]> all = new LinkedHashMap<>();
        WANTED.forEach((name, key) -> all.put(name,
                rounds.valueStream().mapToDouble(round -> scale * JmhFile.number(round.path(key))).toArray()));
        return all;
    }
}
