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

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.prometheus.metrics.core.metrics.Histogram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.HistogramSnapshot;
import jdk.incubator.percpu.PerCpuHistogram;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Recorder;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to record a value in a histogram? All threads share one, and each takes values of its own in
 * turn, from 1 ms to 20 s, as many for each factor; in seconds, and for HdrHistogram, which has longs, in
 * microseconds. Those with bounds have the 11 that Prometheus' client has by itself; exponential ones are as
 * OpenTelemetry sets them up. At the end no value may be lost.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Histograms {
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double LEAST = 0.001;
    private static final double MOST = 20;
    private static final double MICROS = 1e6;
    private static final int MAX_SCALE = 8;
    private static final int MAX_BUCKETS = 160;
    private static final int OTEL_MAX_SCALE = 20;
    private static final int DIGITS = 2;

    @State(Scope.Thread)
    public static class Mine extends Increments {
        // A power of two.
        private static final int LENGTH = 1024;

        private final double[] seconds = new double[LENGTH];
        private final long[] micros = new long[LENGTH];

        public Mine() {
            int random = System.identityHashCode(this);
            for (int i = 0; i < LENGTH; i++) {
                random = random * 1664525 + 1013904223;
                seconds[i] = LEAST * Math.pow(MOST / LEAST, (random >>> 8) / (double) (1 << 24));
                micros[i] = (long) (MICROS * seconds[i]);
            }
        }

        double next() {
            return seconds[(int) increments++ & LENGTH - 1];
        }

        long nextMicros() {
            return micros[(int) increments++ & LENGTH - 1];
        }
    }

    public abstract static class PerCpu {
        final PerCpuHistogram histogram;

        PerCpu(PerCpuHistogram histogram) {
            this.histogram = histogram;
        }

        @TearDown(Level.Trial)
        public void check() {
            HistogramSnapshot all = histogram.snapshot();
            Increments.check(all.count());
            Increments.check(Arrays.stream(all.isExponential() ? all.positiveCounts() : all.counts()).sum());
        }
    }

    @State(Scope.Benchmark)
    public static class BoundsState extends PerCpu {
        public BoundsState() {
            super(PerCpuHistogram.withBounds(BOUNDS));
        }
    }

    @State(Scope.Benchmark)
    public static class ExponentialState extends PerCpu {
        public ExponentialState() {
            super(PerCpuHistogram.exponential(MAX_SCALE, MAX_BUCKETS));
        }
    }

    @State(Scope.Benchmark)
    public static class PrometheusState {
        final Histogram histogram = Histogram.builder().name("latency").classicOnly().classicUpperBounds(BOUNDS).build();

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(histogram.collect().getDataPoints().getFirst().getCount());
        }
    }

    @State(Scope.Benchmark)
    public static class MicrometerState {
        final DistributionSummary summary = DistributionSummary.builder("latency").serviceLevelObjectives(BOUNDS)
                .register(new SimpleMeterRegistry());

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(summary.count());
        }
    }

    public abstract static class OpenTelemetry {
        private final Reader reader = new Reader();
        private final SdkMeterProvider provider;
        final DoubleHistogram histogram;

        OpenTelemetry(Aggregation aggregation) {
            provider = SdkMeterProvider.builder().registerMetricReader(reader).registerView(
                    InstrumentSelector.builder().setType(InstrumentType.HISTOGRAM).build(),
                    View.builder().setAggregation(aggregation).build()).build();
            histogram = provider.get("service").histogramBuilder("latency").build();
        }

        @TearDown(Level.Trial)
        public void check() {
            MetricData all = reader.metrics.collectAllMetrics().iterator().next();
            Collection<? extends PointData> points = all.getType() == MetricDataType.HISTOGRAM
                    ? all.getHistogramData().getPoints() : all.getExponentialHistogramData().getPoints();
            provider.close();
            Increments.check(count(points.iterator().next()));
        }

        private static long count(PointData point) {
            return point instanceof io.opentelemetry.sdk.metrics.data.HistogramPointData h ? h.getCount()
                    : ((io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData) point).getCount();
        }
    }

    /** Without one nothing is recorded. */
    private static final class Reader implements MetricReader {
        private CollectionRegistration metrics;

        @Override
        public void register(CollectionRegistration registration) {
            metrics = registration;
        }

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType type) {
            return AggregationTemporality.CUMULATIVE;
        }

        @Override
        public CompletableResultCode forceFlush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    @State(Scope.Benchmark)
    public static class OpenTelemetryBoundsState extends OpenTelemetry {
        public OpenTelemetryBoundsState() {
            super(Aggregation.explicitBucketHistogram(Arrays.stream(BOUNDS).boxed().toList()));
        }
    }

    @State(Scope.Benchmark)
    public static class OpenTelemetryExponentialState extends OpenTelemetry {
        public OpenTelemetryExponentialState() {
            super(Aggregation.base2ExponentialBucketHistogram(MAX_BUCKETS, OTEL_MAX_SCALE));
        }
    }

    @State(Scope.Benchmark)
    public static class HdrState {
        final ConcurrentHistogram histogram = new ConcurrentHistogram((long) (MICROS * MOST), DIGITS);

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(histogram.getTotalCount());
        }
    }

    @State(Scope.Benchmark)
    public static class HdrRecorderState {
        final Recorder recorder = new Recorder((long) (MICROS * MOST), DIGITS);

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(recorder.getIntervalHistogram().getTotalCount());
        }
    }

    /** With the same bounds, for one thread. */
    static final class Plain {
        private final long[] counts = new long[BOUNDS.length + 1];
        private double sum;

        void record(double value) {
            int i = 0;
            while (i < BOUNDS.length && value > BOUNDS[i]) {
                i++;
            }
            counts[i]++;
            sum += value;
        }
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState {
        private final List<Plain> all = new ArrayList<>();
        final ThreadLocal<Plain> histogram = ThreadLocal.withInitial(this::make);

        private Plain make() {
            Plain mine = new Plain();
            synchronized (all) {
                all.add(mine);
            }
            return mine;
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(all.stream().flatMapToLong(h -> Arrays.stream(h.counts)).sum());
        }
    }

    @Benchmark
    public void perCpuBounds(BoundsState s, Mine mine) {
        s.histogram.record(mine.next());
    }

    @Benchmark
    public void perCpuExponential(ExponentialState s, Mine mine) {
        s.histogram.record(mine.next());
    }

    @Benchmark
    public void prometheus(PrometheusState s, Mine mine) {
        s.histogram.observe(mine.next());
    }

    @Benchmark
    public void micrometer(MicrometerState s, Mine mine) {
        s.summary.record(mine.next());
    }

    @Benchmark
    public void openTelemetryBounds(OpenTelemetryBoundsState s, Mine mine) {
        s.histogram.record(mine.next());
    }

    @Benchmark
    public void openTelemetryExponential(OpenTelemetryExponentialState s, Mine mine) {
        s.histogram.record(mine.next());
    }

    @Benchmark
    public void hdrConcurrent(HdrState s, Mine mine) {
        s.histogram.recordValue(mine.nextMicros());
    }

    @Benchmark
    public void hdrRecorder(HdrRecorderState s, Mine mine) {
        s.recorder.recordValue(mine.nextMicros());
    }

    @Benchmark
    public void threadLocal(ThreadLocalState s, Mine mine) {
        s.histogram.get().record(mine.next());
    }
}
