/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package percpu.adapters.micrometer;

import java.util.List;

import io.micrometer.core.instrument.AbstractDistributionSummary;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.TimeWindowMax;

import percpu.adapters.common.Counting;
import percpu.adapters.common.DoubleSum;
import percpu.adapters.common.LongSum;

/**
 * A cumulative distribution summary, whose count, total and histogram are {@linkplain Counting per CPU} if this process
 * can. Its maximum and percentiles are Micrometer's own; so is a histogram beside percentiles.
 */
public final class PerCpuDistributionSummary extends AbstractDistributionSummary {

    private final LongSum count = Counting.longSum();
    private final DoubleSum total = Counting.doubleSum();
    private final TimeWindowMax max;

    /**
     * Creates a summary that has recorded nothing.
     *
     * @param id     its name and tags
     * @param clock  what moves the windows of its maximum and percentiles on
     * @param config which statistics it has; no value may be missing
     * @param scale  what amounts are multiplied by
     */
    public PerCpuDistributionSummary(Meter.Id id, Clock clock, DistributionStatisticConfig config, double scale) {
        super(id, scale, WindowedHistogram.of(clock, config).orElseGet(() -> defaultHistogram(clock, config, false)));
        max = new TimeWindowMax(clock, config);
    }

    @Override
    protected void recordNonNegative(double amount) {
        count.add(1);
        total.add(amount);
        max.record(amount);
    }

    @Override
    public long count() {
        return count.sum();
    }

    @Override
    public double totalAmount() {
        return total.sum();
    }

    @Override
    public double max() {
        return max.poll();
    }

    // The interface's own leaves the maximum out.
    @Override
    public Iterable<Measurement> measure() {
        return List.of(new Measurement(this::count, Statistic.COUNT),
                new Measurement(this::totalAmount, Statistic.TOTAL), new Measurement(this::max, Statistic.MAX));
    }
}
