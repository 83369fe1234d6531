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

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to JMH's results the CPU time of an invocation, and what the benchmark says that it found. The CPU time is that of
 * all threads of the process, compilers and collectors included, or of the processes that the benchmark started.
 */
public final class Costs implements InternalProfiler {
    static final String CPU = "cpu";
    static final String RESULT = "result";

    private record Figure(double value, String unit) {}

    private static final Map<String, Figure> FOUND = new LinkedHashMap<>();

    private long own;
    private long ofChildren;

    /** Of the invocation, for the iteration's result: the last one counts. */
    static synchronized void found(String name, double value, String unit) {
        FOUND.put(name, new Figure(value, unit));
    }

    /** What a program computed: each invocation must give the same, and {@link Main} compares the JVMs. */
    static synchronized void result(long value) {
        Figure before = FOUND.put(RESULT, new Figure(value, "#"));
        if (before != null && before.value != value) {
            throw new IllegalStateException("the result was " + (long) before.value + " and now is " + value);
        }
    }

    private static synchronized List<Result<?>> results() {
        List<Result<?>> results = new ArrayList<>();
        FOUND.forEach((name, figure) -> results.add(scalar(name, figure.value, figure.unit)));
        return results;
    }

    private static Result<?> scalar(String name, double value, String unit) {
        return new ScalarResult(name, value, unit, AggregationPolicy.AVG);
    }

    @Override
    public String getDescription() {
        return "CPU time of an invocation, and what the benchmark found";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        own = CpuTime.own();
        ofChildren = CpuTime.ofChildren();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
            IterationResult iterationResult) {
        long children = CpuTime.ofChildren() - ofChildren;
        long used = children > 0 ? children : CpuTime.own() - own;
        List<Result<?>> results = results();
        results.add(scalar(CPU, (double) used / iterationResult.getMetadata().getAllOps(), "ns/op"));
        return results;
    }
}
