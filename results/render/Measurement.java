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

import java.util.Arrays;
import java.util.Map;

/**
 * One benchmark at one number of threads: for each round (fork) the nanoseconds a thread spends on
 * one invocation, which is the median of the fork's iterations. A question with a parameter is one for
 * each value of it, and one that a JVM with other flags was asked is another: "Fence/7@handshake".
 *
 * @param planned         rounds that were wanted; there are more if it was noisy and has been repeated
 * @param iterationMillis how long an iteration was
 * @param iterations      nanoseconds in each iteration of each round
 * @param counts          what else was counted, per invocation
 * @param parts           what else was counted, a number for each round: rates, bytes, percentiles in ns
 */
record Measurement(String question, String method, int threads, int planned, double iterationMillis, double[] rounds,
        double[][] iterations, Map<String, Double> counts, Map<String, double[]> parts) {
    static String key(String question, String method, int threads) {
        return question + "." + method + "/" + threads;
    }

    String name() {
        return question + "." + method + ", " + Text.threads(threads);
    }

    /** Nanoseconds per invocation as one thread sees them: geometric mean over the rounds. */
    double nanos() {
        return interval().value();
    }

    Interval interval() {
        return Interval.of(rounds);
    }

    /** How many CPUs each thread has, when the threads share that many. */
    double share(int cpus) {
        return (double) Math.min(cpus, threads) / threads;
    }

    /** Nanoseconds of CPU per invocation. */
    Interval cpuNanos(int cpus) {
        return interval().times(share(cpus));
    }

    Interval part(String name) {
        return parts.containsKey(name) ? Interval.of(parts.get(name)) : null;
    }

    /** For each round the nanoseconds per invocation in all its iterations, as long as each of them was. */
    double[] overall() {
        return Arrays.stream(iterations)
                .mapToDouble(round -> round.length / Arrays.stream(round).map(nanos -> 1 / nanos).sum()).toArray();
    }
}
