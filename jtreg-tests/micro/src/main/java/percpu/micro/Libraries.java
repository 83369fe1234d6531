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

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.common.cache.CacheBuilder;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Summary;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What do calls of released libraries cost, on a JDK with and without per-CPU adders? All threads share one of each,
 * as the threads of a service do. Runs on any JDK.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Libraries {
    private static final int KEYS = 1000;
    private static final double VALUE = 0.017;

    @State(Scope.Thread)
    public static class Own {
        int next;

        Integer key() {
            next = next == KEYS - 1 ? 0 : next + 1;
            return next;
        }
    }

    @State(Scope.Benchmark)
    public static class Micrometer {
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final Counter counter = registry.counter("requests");
        final Timer timer = registry.timer("latency");
    }

    @Benchmark
    public void micrometerCounter(Micrometer s) {
        s.counter.increment();
    }

    @Benchmark
    public void micrometerTimer(Micrometer s) {
        s.timer.record(17, TimeUnit.MILLISECONDS);
    }

    @State(Scope.Benchmark)
    public static class Dropwizard {
        final MetricRegistry registry = new MetricRegistry();
        final com.codahale.metrics.Counter counter = registry.counter("requests");
        final com.codahale.metrics.Meter meter = registry.meter("rate");
    }

    @Benchmark
    public void dropwizardCounter(Dropwizard s) {
        s.counter.inc();
    }

    @Benchmark
    public void dropwizardMeter(Dropwizard s) {
        s.meter.mark();
    }

    @State(Scope.Benchmark)
    public static class Prometheus {
        final io.prometheus.metrics.core.metrics.Counter counter =
                io.prometheus.metrics.core.metrics.Counter.builder().name("requests").build();
        final Histogram histogram = Histogram.builder().name("latency").classicOnly().build();
        final Summary summary = Summary.builder().name("size").build();
    }

    @Benchmark
    public void prometheusCounter(Prometheus s) {
        s.counter.inc();
    }

    @Benchmark
    public void prometheusHistogram(Prometheus s) {
        s.histogram.observe(VALUE);
    }

    @Benchmark
    public void prometheusSummary(Prometheus s) {
        s.summary.observe(VALUE);
    }

    @State(Scope.Benchmark)
    public static class OpenTelemetry {
        final SdkMeterProvider provider = SdkMeterProvider.builder()
                .registerMetricReader(PeriodicMetricReader.create(new Nowhere())).build();
        final Meter meter = provider.get("service");
        final LongCounter counter = meter.counterBuilder("requests").build();
        final DoubleHistogram histogram = meter.histogramBuilder("latency").build();

        @TearDown
        public void close() {
            provider.close();
        }
    }

    /** Without a reader nothing is counted. This one is asked once a minute. */
    private static final class Nowhere implements MetricExporter {
        @Override
        public CompletableResultCode export(Collection<MetricData> metrics) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType type) {
            return AggregationTemporality.CUMULATIVE;
        }
    }

    @Benchmark
    public void openTelemetryCounter(OpenTelemetry s) {
        s.counter.add(1);
    }

    @Benchmark
    public void openTelemetryHistogram(OpenTelemetry s) {
        s.histogram.record(VALUE);
    }

    @State(Scope.Benchmark)
    public static class Caches {
        final com.github.benmanes.caffeine.cache.Cache<Integer, Integer> caffeine =
                Caffeine.newBuilder().maximumSize(2 * KEYS).recordStats().build();
        final com.google.common.cache.Cache<Integer, Integer> guava =
                CacheBuilder.newBuilder().maximumSize(2 * KEYS).recordStats().build();

        public Caches() {
            for (int i = 0; i < KEYS; i++) {
                caffeine.put(i, i);
                guava.put(i, i);
            }
        }
    }

    @Benchmark
    public Integer caffeineGetIfPresent(Caches s, Own own) {
        return s.caffeine.getIfPresent(own.key());
    }

    @Benchmark
    public Integer caffeineReadThrough(Caches s, Own own) {
        return s.caffeine.get(own.key(), key -> key);
    }

    /** Guava has a copy of Striped64 of its own. */
    @Benchmark
    public Integer guavaGetIfPresent(Caches s, Own own) {
        return s.guava.getIfPresent(own.key());
    }

    /** Counts by arena, of which there are more than CPUs. */
    @Benchmark
    public int nettyBuffer() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.heapBuffer(1 << 10);
        int capacity = buffer.capacity();
        buffer.release();
        return capacity;
    }

    @State(Scope.Benchmark)
    public static class Jackson {
        final ObjectMapper mapper = new ObjectMapper();
        final Map<String, Integer> map = Map.of("a", 1);
    }

    /** Counts nothing; its pool of buffers is a thread's own. */
    @Benchmark
    public byte[] jacksonWrite(Jackson s) throws JsonProcessingException {
        return s.mapper.writeValueAsBytes(s.map);
    }
}
