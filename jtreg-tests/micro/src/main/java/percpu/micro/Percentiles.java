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

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/** Percentiles of each fork where JMH writes the histogram of each iteration, which would be megabytes. */
final class Percentiles {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};

    private Percentiles() {}

    /** Adds an object for each fork. */
    static void write(RunResult result, ArrayNode forks) {
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            Statistics samples = fork.getPrimaryResult().getStatistics();
            ObjectNode node = forks.addObject();
            for (double p : PERCENTILES) {
                node.put(Double.toString(p), samples.getPercentile(p));
            }
        }
    }
}
