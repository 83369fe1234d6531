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

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramGauges;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.CountingMode;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import percpu.adapters.common.Counting;

/**
 * A registry in memory whose counters, timers and distribution summaries count {@linkplain Counting per CPU} if this
 * process can. It has the same measurements as a {@link SimpleMeterRegistry}, and is one.
 *
 * <p>That is so in mode {@link CountingMode#CUMULATIVE CUMULATIVE}, which is the default. In mode {@code STEP} all
 * meters are those of {@code SimpleMeterRegistry}.
 */
public class PerCpuMeterRegistry extends SimpleMeterRegistry {

    private final SimpleConfig config;

    /** Creates a registry with the default settings and the system's clock. */
    public PerCpuMeterRegistry() {
        this(SimpleConfig.DEFAULT, Clock.SYSTEM);
    }

    /**
     * Creates a registry.
     *
     * @param config its settings
     * @param clock  what its meters measure time with
     */
    public PerCpuMeterRegistry(SimpleConfig config, Clock clock) {
        super(config, clock);
        this.config = config;
    }

    @Override
    protected Counter newCounter(Meter.Id id) {
        return isCumulative() ? new PerCpuMeterCounter(id) : super.newCounter(id);
    }

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig statistics, PauseDetector pauseDetector) {
        if (!isCumulative()) {
            return super.newTimer(id, statistics, pauseDetector);
        }
        Timer timer = new PerCpuTimer(id, clock, statistics, pauseDetector, getBaseTimeUnit());
        HistogramGauges.registerWithCommonFormat(timer, this);
        return timer;
    }

    @Override
    protected DistributionSummary newDistributionSummary(Meter.Id id, DistributionStatisticConfig statistics,
            double scale) {
        if (!isCumulative()) {
            return super.newDistributionSummary(id, statistics, scale);
        }
        DistributionSummary summary = new PerCpuDistributionSummary(id, clock, statistics, scale);
        HistogramGauges.registerWithCommonFormat(summary, this);
        return summary;
    }

    private boolean isCumulative() {
        return config.mode() == CountingMode.CUMULATIVE;
    }
}
