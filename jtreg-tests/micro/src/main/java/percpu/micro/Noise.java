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

import java.util.List;

import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.util.ListStatistics;

/** Whether the forks of a contender agree. */
final class Noise {
    /** More than so much between the forks is noise; the page marks as much as noisy. */
    static final double LIMIT = 0.15;

    private Noise() {}

    // Of a single shot it is not the time.
    private static Result<?> wanted(BenchmarkResult fork) {
        Result<?> resident = fork.getSecondaryResults().get(Footprint.RESIDENT);
        return resident == null ? fork.getPrimaryResult() : resident;
    }

    /** {@return half the width of the 95% interval of what the forks found, divided by their mean} */
    static double of(List<BenchmarkResult> forks) {
        ListStatistics scores = new ListStatistics(forks.stream().map(Noise::wanted).mapToDouble(Result::getScore).toArray());
        return forks.size() < 2 ? 0 : scores.getMeanErrorAt(0.95) / scores.getMean();
    }
}
