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

import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

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
import percpu.adapters.micrometer.PerCpuMeterCounter;
import percpu.adapters.micrometer.PerCpuMeterRegistry;
import percpu.adapters.micrometer.PerCpuTimer;
import percpu.adapters.prometheus.PerCpuCounterMetric;

/**
 * What do metrics cost, the libraries' own and those of our adapters? All threads share one of each. At the end none
 * may be lost. Adapters' calls are named perCpu and run where our module is; the others run on any JDK.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Metrics {
    private static final int KEYS = 1000;

    @State(Scope.Thread)
    public static class Mine extends Increments {
        private int next;

        Integer key() {
            increments++;
            next = next == KEYS - 1 ? 0 : next + 1;
            return next;
        }
    }

    public abstract static class Meters {
        final Counter counter;
        final Timer timer;

        Meters(SimpleMeterRegistry registry) {
            Adapters.check();
            counter = registry.counter("requests");
            timer = registry.timer("latency");
        }

        @TearDown(Level.Trial)
        public void check() {
            Increments.check((long) counter.count() + timer.count());
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
    public Integer caffeineGetIfPresent(CaffeineCache s, Mine mine) {
        return s.cache.getIfPresent(mine.key());
    }

    @Benchmark
    public Integer perCpuCaffeineGetIfPresent(PerCpuCaffeineCache s, Mine mine) {
        return s.cache.getIfPresent(mine.key());
    }
}
