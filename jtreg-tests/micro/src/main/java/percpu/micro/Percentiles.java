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

import java.util.Collection;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/** Percentiles of each fork where JMH writes the histogram of each iteration, which would be megabytes. */
final class Percentiles {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};
    private static final Pattern HISTOGRAMS = Pattern.compile("(\\n +)\"rawDataHistogram\" : \\[.*?\\1\\]", Pattern.DOTALL);

    private Percentiles() {}

    static String insteadOfHistograms(String json, Collection<RunResult> results) {
        Iterator<RunResult> sampled = results.stream().filter(r -> r.getParams().getMode() == Mode.SampleTime).iterator();
        return HISTOGRAMS.matcher(json).replaceAll(m -> m.group(1) + "\"rawPercentiles\" : " + text(sampled.next()));
    }

    private static String text(RunResult result) {
        return result.getBenchmarkResults().stream().map(Percentiles::text).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String text(BenchmarkResult fork) {
        Statistics samples = fork.getPrimaryResult().getStatistics();
        return DoubleStream.of(PERCENTILES).mapToObj(p -> String.format(Locale.ROOT, "\"%s\": %.3f", p, samples.getPercentile(p)))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
