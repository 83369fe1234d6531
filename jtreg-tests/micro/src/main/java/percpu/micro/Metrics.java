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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;

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

import percpu.adapters.caffeine.PerCpuStatsCounter;
import percpu.adapters.micrometer.PerCpuDistributionSummary;
import percpu.adapters.micrometer.PerCpuMeterCounter;
import percpu.adapters.micrometer.PerCpuMeterRegistry;
import percpu.adapters.micrometer.PerCpuTimer;
import percpu.adapters.prometheus.PerCpuCounterMetric;
import percpu.adapters.prometheus.PerCpuHistogramMetric;

/**
 * What do metrics cost, the libraries' own and those of our adapters? All threads share one of each. At the end none
 * may be lost. Histograms have the 11 bounds that Prometheus' client has by itself, or native buckets, and get values
 * of all buckets in turn. Adapters' calls are named perCpu and run where our module is; the others run on any JDK.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Metrics {
    private static final int KEYS = 1000;
    private static final double[] BOUNDS = Histogram.Builder.DEFAULT_CLASSIC_UPPER_BOUNDS;

    // A power of two.
    private static final int VALUES = 1024;

    @State(Scope.Thread)
    public static class Mine extends Increments {
        private final double[] seconds = new double[VALUES];
        private int next;

        public Mine() {
            int random = System.identityHashCode(this);
            for (int i = 0; i < VALUES; i++) {
                random = random * 1664525 + 1013904223;
                seconds[i] = 0.001 * Math.pow(20_000, (random >>> 8) / (double) (1 << 24));
            }
        }

        double seconds() {
            return seconds[(int) increments++ & VALUES - 1];
        }

        Integer key() {
            increments++;
            next = next == KEYS - 1 ? 0 : next + 1;
            return next;
        }
    }

    public abstract static class Meters {
        final Counter counter;
        final Timer timer;
        final DistributionSummary summary;
        final Timer histogram;

        Meters(SimpleMeterRegistry registry) {
            Adapters.check();
            counter = registry.counter("requests");
            timer = registry.timer("latency");
            summary = registry.summary("sizes");
            Duration[] bounds = DoubleStream.of(BOUNDS).mapToObj(s -> Duration.ofNanos((long) (s * 1e9)))
                    .toArray(Duration[]::new);
            histogram = Timer.builder("latencies").serviceLevelObjectives(bounds).register(registry);
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check((long) counter.count() + timer.count() + summary.count() + histogram.count());
        }
    }

    @State(Scope.Benchmark)
    public static class Micrometer extends Meters {
        public Micrometer() {
            super(new SimpleMeterRegistry());
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuMicrometer extends Meters {
        public PerCpuMicrometer() {
            super(new PerCpuMeterRegistry());
            Adapters.perCpu(PerCpuMeterCounter.class, counter);
            Adapters.perCpu(PerCpuTimer.class, timer);
            Adapters.perCpu(PerCpuDistributionSummary.class, summary);
            Adapters.perCpu(PerCpuTimer.class, histogram);
        }
    }

    @State(Scope.Benchmark)
    public static class Prometheus {
        final io.prometheus.metrics.core.metrics.Counter counter =
                io.prometheus.metrics.core.metrics.Counter.builder().name("requests").build();

        public Prometheus() {
            Adapters.check();
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(counter.getLongValue());
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuPrometheus {
        final PerCpuCounterMetric counter = Adapters.perCpu(PerCpuCounterMetric.class,
                PerCpuCounterMetric.builder().name("requests").build());

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(counter.getLongValue());
        }
    }

    public abstract static class Distributions {
        final DistributionDataPoint classic;
        final DistributionDataPoint exponential;

        Distributions(DistributionDataPoint classic, DistributionDataPoint exponential) {
            Adapters.check();
            this.classic = classic;
            this.exponential = exponential;
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(classic.getCount() + exponential.getCount());
        }
    }

    @State(Scope.Benchmark)
    public static class PrometheusHistograms extends Distributions {
        public PrometheusHistograms() {
            super(Histogram.builder().name("classic").classicOnly().build(),
                    Histogram.builder().name("exponential").nativeOnly().build());
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuPrometheusHistograms extends Distributions {
        public PerCpuPrometheusHistograms() {
            super(Adapters.perCpu(PerCpuHistogramMetric.class, PerCpuHistogramMetric.builder().name("classic").build()),
                    PerCpuHistogramMetric.builder().name("exponential").nativeOnly().build());
        }
    }

    public abstract static class Caches {
        final Cache<Integer, Integer> cache;

        Caches(Caffeine<Object, Object> caffeine) {
            Adapters.check();
            cache = caffeine.maximumSize(2 * KEYS).build();
            for (int i = 0; i < KEYS; i++) {
                cache.put(i, i);
            }
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check(cache.stats().hitCount());
        }
    }

    @State(Scope.Benchmark)
    public static class CaffeineCache extends Caches {
        public CaffeineCache() {
            super(Caffeine.newBuilder().recordStats());
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuCaffeineCache extends Caches {
        public PerCpuCaffeineCache() {
            super(Caffeine.newBuilder().recordStats(
                    () -> Adapters.perCpu(PerCpuStatsCounter.class, new PerCpuStatsCounter())));
        }
    }

    @Benchmark
    public void micrometerCounter(Micrometer s, Mine mine) {
        mine.increments++;
        s.counter.increment();
    }

    @Benchmark
    public void perCpuMicrometerCounter(PerCpuMicrometer s, Mine mine) {
        mine.increments++;
        s.counter.increment();
    }

    @Benchmark
    public void micrometerTimer(Micrometer s, Mine mine) {
        mine.increments++;
        s.timer.record(17, TimeUnit.MILLISECONDS);
    }

    @Benchmark
    public void perCpuMicrometerTimer(PerCpuMicrometer s, Mine mine) {
        mine.increments++;
        s.timer.record(17, TimeUnit.MILLISECONDS);
    }

    @Benchmark
    public void prometheusCounter(Prometheus s, Mine mine) {
        mine.increments++;
        s.counter.inc();
    }

    @Benchmark
    public void perCpuPrometheusCounter(PerCpuPrometheus s, Mine mine) {
        mine.increments++;
        s.counter.inc();
    }

    @Benchmark
    public void micrometerSummary(Micrometer s, Mine mine) {
        s.summary.record(mine.seconds());
    }

    @Benchmark
    public void perCpuMicrometerSummary(PerCpuMicrometer s, Mine mine) {
        s.summary.record(mine.seconds());
    }

    @Benchmark
    public void micrometerTimerHistogram(Micrometer s, Mine mine) {
        s.histogram.record((long) (mine.seconds() * 1e9), TimeUnit.NANOSECONDS);
    }

    @Benchmark
    public void perCpuMicrometerTimerHistogram(PerCpuMicrometer s, Mine mine) {
        s.histogram.record((long) (mine.seconds() * 1e9), TimeUnit.NANOSECONDS);
    }

    @Benchmark
    public void prometheusHistogram(PrometheusHistograms s, Mine mine) {
        s.classic.observe(mine.seconds());
    }

    @Benchmark
    public void perCpuPrometheusHistogram(PerCpuPrometheusHistograms s, Mine mine) {
        s.classic.observe(mine.seconds());
    }

    @Benchmark
    public void prometheusNativeHistogram(PrometheusHistograms s, Mine mine) {
        s.exponential.observe(mine.seconds());
    }

    @Benchmark
    public void perCpuPrometheusNativeHistogram(PerCpuPrometheusHistograms s, Mine mine) {
        s.exponential.observe(mine.seconds());
    }

    @Benchmark
    public Integer caffeineGetIfPresent(CaffeineCache s, Mine mine) {
        return s.cache.getIfPresent(mine.key());
    }

    @Benchmark
    public Integer perCpuCaffeineGetIfPresent(PerCpuCaffeineCache s, Mine mine) {
        return s.cache.getIfPresent(mine.key());
    }
}
