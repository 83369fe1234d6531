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

package percpu.adapters.prometheus;

import java.util.List;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.MetricWithFixedMetadata;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

import percpu.adapters.common.Counting;

/**
 * A counter for Prometheus, which counts {@linkplain Counting per CPU} if this process can. It is used as the library's
 * own {@code Counter}, and gives the same snapshots:
 *
 * <pre>{@code
 * PerCpuCounterMetric requests = PerCpuCounterMetric.builder().name("requests_total").labelNames("path").register();
 * requests.labelValues("/").inc();
 * }</pre>
 *
 * <p>It has no exemplars: {@code incWithExemplar} counts, and drops the exemplar. Nor has it {@code clear},
 * {@code removeIf} and {@code initLabelValues}.
 */
public final class PerCpuCounterMetric extends LabelledMetric<CounterDataPoint, CounterPoint>
        implements CounterDataPoint {

    private PerCpuCounterMetric(Builder builder) {
        super(builder, CounterPoint::new);
    }

    /**
     * Returns what makes a counter, with the settings of {@code PrometheusProperties.get()}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return builder(PrometheusProperties.get());
    }

    /**
     * Returns what makes a counter.
     *
     * @param properties settings
     * @return a builder
     */
    public static Builder builder(PrometheusProperties properties) {
        return new Builder(properties);
    }

    @Override
    public void inc(long amount) {
        unlabelled().inc(amount);
    }

    @Override
    public void inc(double amount) {
        unlabelled().inc(amount);
    }

    @Override
    public void incWithExemplar(double amount, Labels exemplar) {
        unlabelled().inc(amount);
    }

    @Override
    public double get() {
        return unlabelled().get();
    }

    @Override
    public long getLongValue() {
        return unlabelled().getLongValue();
    }

    @Override
    public CounterSnapshot collect() {
        return new CounterSnapshot(getMetadata(), snapshots((point, labels) -> CounterDataPointSnapshot.builder()
                .value(point.get()).labels(labels).createdTimestampMillis(point.created).build()));
    }

    @Override
    public MetricType getMetricType() {
        return MetricType.COUNTER;
    }

    /** Makes a counter. */
    public static final class Builder extends MetricWithFixedMetadata.Builder<Builder, PerCpuCounterMetric> {

        private Builder(PrometheusProperties properties) {
            super(List.of(), properties);
        }

        /** Sets the name. It may end with {@code _total}, which is appended when it is written if not. */
        @Override
        public Builder name(String name) {
            boolean total = name.endsWith("_total") || name.endsWith(".total");
            return nameWithOriginal(total ? name.substring(0, name.length() - "_total".length()) : name, name);
        }

        @Override
        public PerCpuCounterMetric build() {
            return new PerCpuCounterMetric(this);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
