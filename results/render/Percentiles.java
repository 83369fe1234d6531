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


import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What JMH's sample mode says: for each round, how long the slow invocations took. */
final class Percentiles {
    static final Map<String, Double> WANTED = new LinkedHashMap<>();

    static {
        WANTED.put("p50", 0.5);
        WANTED.put("p90", 0.9);
        WANTED.put("p99", 0.99);
        WANTED.put("p99.9", 0.999);
        WANTED.put("p99.99", 0.9999);
        WANTED.put("max", 1.0);
    }

    private Percentiles() {
    }

    /** For each percentile its value in each round, all iterations of a round taken together. */
    static Map<String, double[]> read(Map<?, ?> metric, double scale) {
        List<?> forks = (List<?>) metric.get("rawDataHistogram");
        Map<String, double[]> all = new LinkedHashMap<>();
        WANTED.keySet().forEach(name -> all.put(name, new double[forks.size()]));
        for (int fork = 0; fork < forks.size(); fork++) {
            TreeMap<Double, Double> histogram = new TreeMap<>();
            for (Object iteration : (List<?>) forks.get(fork)) {
                for (Object pair : (List<?>) iteration) {
                    histogram.merge(JmhFile.number(((List<?>) pair).get(0)), JmhFile.number(((List<?>) pair).get(1)), Double::sum);
                }
            }
            double count = histogram.values().stream().mapToDouble(v -> v).sum();
            for (Map.Entry<String, Double> wanted : WANTED.entrySet()) {
                all.get(wanted.getKey())[fork] = scale * rank(histogram, Math.ceil(wanted.getValue() * count - 1e-6));
            }
        }
        return all;
    }

    private static double rank(TreeMap<Double, Double> histogram, double rank) {
        double seen = 0;
        for (Map.Entry<Double, Double> entry : histogram.entrySet()) {
            seen += entry.getValue();
            if (seen >= rank) {
                return entry.getKey();
            }
        }
        return Double.NaN;
    }
}
