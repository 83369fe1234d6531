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

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.util.TimeUtils;

import percpu.adapters.common.Counting;
import percpu.adapters.common.LongSum;

/**
 * A cumulative timer, whose count, total and histogram are {@linkplain Counting per CPU} if this process can. Its
 * maximum and percentiles are Micrometer's own; so is a histogram beside percentiles.
 */
public final class PerCpuTimer extends AbstractTimer {

    private final LongSum count = Counting.longSum();
    private final LongSum total = Counting.longSum();
    private final TimeWindowMax max;

    /**
     * Creates a timer that has recorded nothing.
     *
     * @param id            its name and tags
     * @param clock         what it measures time with
     * @param config        which statistics it has; no value may be missing
     * @param pauseDetector what tells it of pauses
     * @param baseTimeUnit  the unit of its measurements
     */
    public PerCpuTimer(Meter.Id id, Clock clock, DistributionStatisticConfig config, PauseDetector pauseDetector,
            TimeUnit baseTimeUnit) {
        super(id, clock, pauseDetector, baseTimeUnit,
                WindowedHistogram.of(clock, config).orElseGet(() -> defaultHistogram(clock, config, false)));
        max = new TimeWindowMax(clock, config);
    }

    @Override
    protected void recordNonNegative(long amount, TimeUnit unit) {
        long nanos = unit.toNanos(amount);
        count.add(1);
        total.add(nanos);
        max.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public long count() {
        return count.sum();
    }

    @Override
    public double totalTime(TimeUnit unit) {
        return TimeUtils.nanosToUnit(total.sum(), unit);
    }

    @Override
    public double max(TimeUnit unit) {
        return max.poll(unit);
    }
}
