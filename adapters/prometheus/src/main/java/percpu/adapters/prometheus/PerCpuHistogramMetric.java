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

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.MetricWithFixedMetadata;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

import percpu.adapters.common.Counting;

/**
 * A histogram for Prometheus, which is kept {@linkplain Counting per CPU} if this process can; otherwise its data points
 * are the library's own. It is used as the library's {@code Histogram}, and gives the same snapshots:
 *
 * <pre>{@code
 * PerCpuHistogramMetric latency = PerCpuHistogramMetric.builder().name("latency_seconds").labelNames("path").register();
 * latency.labelValues("/").observe(0.025);
 * }</pre>
 *
 * <p>It has either classic buckets, which are the default, or {@linkplain Builder#nativeOnly native} ones. The library's
 * own has both, if it is not told otherwise. In a snapshot each value is in its bucket and in the sum, or in neither.
 *
 * <p>Native buckets are consecutive: all from that of the least value to that of the greatest count towards their
 * largest number, while the library's own counts those that have values. Zeros are zeros only, and the
 * schema with which a histogram began does not come back. The library's own takes what is nearer to zero than
 * 2<sup>-128</sup>, or than another threshold, for a zero, and can be told to begin anew after some time.
 *
 * <p>It has no exemplars: {@code observeWithExemplar} observes, and drops the exemplar. Nor has it {@code clear},
 * {@code removeIf} and {@code initLabelValues}, nor the builder's methods that are not here. Of
 * {@code PrometheusProperties} it does not read what is set for histograms.
 *
 * <p>Memory per CPU: for each set of labels about 2 KB for each CPU that observes, and some 32 bytes for each native
 * bucket. The first value on a CPU may throw {@code OutOfMemoryError}; it was not observed then.
 */
public final class PerCpuHistogramMetric extends LabelledMetric<DistributionDataPoint, HistogramPoint>
        implements DistributionDataPoint {

    private PerCpuHistogramMetric(Builder builder, Supplier<HistogramPoint> newPoint) {
        super(builder, newPoint);
    }

    /**
     * Returns what makes a histogram, with the settings of {@code PrometheusProperties.get()}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return builder(PrometheusProperties.get());
    }

    /**
     * Returns what makes a histogram.
     *
     * @param properties settings
     * @return a builder
     */
    public static Builder builder(PrometheusProperties properties) {
        return new Builder(properties);
    }

    @Override
    public void observe(double value) {
        unlabelled().observe(value);
    }

    @Override
    public void observeWithExemplar(double value, Labels exemplar) {
        unlabelled().observe(value);
    }

    @Override
    public long getCount() {
        return unlabelled().getCount();
    }

    @Override
    public double getSum() {
        return unlabelled().getSum();
    }

    @Override
    public HistogramSnapshot collect() {
        return new HistogramSnapshot(getMetadata(), snapshots(HistogramPoint::snapshot));
    }

    @Override
    public MetricType getMetricType() {
        return MetricType.HISTOGRAM;
    }

    /** Makes a histogram. */
    public static final class Builder extends MetricWithFixedMetadata.Builder<Builder, PerCpuHistogramMetric> {

        // With as many, all doubles have a bucket at the least schema that there is.
        private static final int LEAST_BUCKETS = 128;
        private static final int MOST_BUCKETS = 1 << 20;
        private static final int LEAST_SCHEMA = -4;
        private static final int MOST_SCHEMA = 8;

        private double[] upperBounds = Histogram.Builder.DEFAULT_CLASSIC_UPPER_BOUNDS;
        private boolean nativeOnly;
        private int initialSchema = 5;
        private int maxBuckets = 160;

        private Builder(PrometheusProperties properties) {
            // What the library keeps for itself.
            super(List.of("le"), properties);
        }

        /**
         * Sets the bounds of classic buckets, in any order. The infinite one may be left out. The default is that of
         * {@code Histogram}.
         *
         * @param bounds the bounds
         * @return this
         * @throws IllegalArgumentException if one is NaN or negative infinity
         */
        public Builder classicUpperBounds(double... bounds) {
            for (double bound : bounds) {
                if (!(bound > Double.NEGATIVE_INFINITY)) {
                    throw new IllegalArgumentException("No bucket has this upper bound: " + bound);
                }
            }
            upperBounds = bounds.clone();
            return this;
        }

        /**
         * Sets that there are native buckets, and no classic ones.
         *
         * @return this
         */
        public Builder nativeOnly() {
            nativeOnly = true;
            return this;
        }

        /**
         * Sets the schema to begin with; 5, if this is not called.
         *
         * @param schema from -4 to 8
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder nativeInitialSchema(int schema) {
            if (schema < LEAST_SCHEMA || schema > MOST_SCHEMA) {
                throw new IllegalArgumentException("The schema must be from " + LEAST_SCHEMA + " to " + MOST_SCHEMA
                        + ": " + schema);
            }
            initialSchema = schema;
            return this;
        }

        /**
         * Sets how many native buckets there are at most for positive values, from the least to the greatest, and as
         * many for negative ones; 160, if this is not called. If there would be more, the schema gets lower.
         *
         * @param number how many, from 128 to 1048576: with less, no schema has a bucket for each value
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder nativeMaxNumberOfBuckets(int number) {
            if (number < LEAST_BUCKETS || number > MOST_BUCKETS) {
                throw new IllegalArgumentException("The number of native buckets must be from " + LEAST_BUCKETS + " to "
                        + MOST_BUCKETS + ": " + number);
            }
            maxBuckets = number;
            return this;
        }

        @Override
        public PerCpuHistogramMetric build() {
            return new PerCpuHistogramMetric(this, nativeOnly ? nativePoints() : classicPoints());
        }

        private Supplier<HistogramPoint> classicPoints() {
            // Not -0.0, which would be another bound than 0.0.
            double[] finite = DoubleStream.of(upperBounds).map(bound -> bound + 0.0).filter(Double::isFinite).sorted()
                    .distinct().toArray();
            double[] all = Arrays.copyOf(finite, finite.length + 1);
            all[finite.length] = Double.POSITIVE_INFINITY;
            return () -> Counting.distribution(finite)
                    .<HistogramPoint>map(distribution -> new PerCpuPoint(all, distribution))
                    .orElseGet(() -> library(own().classicOnly().classicUpperBounds(all)));
        }

        private Supplier<HistogramPoint> nativePoints() {
            int schema = initialSchema;
            int buckets = maxBuckets;
            return () -> Counting.exponentialDistribution(schema, buckets)
                    .<HistogramPoint>map(distribution -> new PerCpuPoint(null, distribution))
                    .orElseGet(() -> library(own().nativeOnly().nativeInitialSchema(schema)
                            .nativeMaxNumberOfBuckets(buckets)));
        }

        // What is set for histograms would take precedence.
        private static Histogram.Builder own() {
            return Histogram.builder(PrometheusProperties.builder().build());
        }

        private static LibraryPoint library(Histogram.Builder builder) {
            // It is in no registry, so the name is nobody's.
            return new LibraryPoint(builder.name("point").withoutExemplars().build());
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
