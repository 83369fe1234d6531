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

package percpu.adapters.common;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import jdk.incubator.percpu.HistogramSnapshot;
import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuDoubleAdder;
import jdk.incubator.percpu.PerCpuHistogram;
import jdk.incubator.percpu.PerCpuLongArray;
import jdk.incubator.percpu.PerCpuPool;

/** Counts per CPU. Loaded only if the module is there. */
final class PerCpuProvider implements Provider {

    @Override
    public boolean isSupported() {
        return PerCpu.isSupported();
    }

    @Override
    public LongSum longSum() {
        return new OfLongs();
    }

    @Override
    public DoubleSum doubleSum() {
        return new OfDoubles();
    }

    @Override
    public LongSums longSums(int length) {
        return new Several(length);
    }

    @Override
    public <E> Optional<Pool<E>> pool(Function<Object, E> factory, int slotCapacity, int sharedCapacity,
            Consumer<E> onDrop) {
        return Optional.of(new OfObjects<>(PerCpuPool.<E>builder(factory).slotCapacity(slotCapacity)
                .sharedCapacity(sharedCapacity).onDrop(onDrop).build()));
    }

    @Override
    public Optional<Distribution> distribution(double... bounds) {
        return Optional.of(new OfValues(PerCpuHistogram.withBounds(bounds)));
    }

    @Override
    public Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets) {
        return Optional.of(new OfValues(PerCpuHistogram.exponential(maxScale, maxBuckets)));
    }

    private static final class OfLongs extends LongSum {
        private final PerCpuCounter sum = new PerCpuCounter();

        @Override
        public void add(long x) {
            sum.add(x);
        }

        @Override
        public long sum() {
            return sum.sum();
        }
    }

    private static final class OfDoubles extends DoubleSum {
        private final PerCpuDoubleAdder sum = new PerCpuDoubleAdder();

        @Override
        public void add(double x) {
            sum.add(x);
        }

        @Override
        public double sum() {
            return sum.sum();
        }
    }

    private static final class Several extends LongSums {
        private final PerCpuLongArray sums;

        Several(int length) {
            sums = new PerCpuLongArray(length);
        }

        @Override
        public void add(int i, long x) {
            sums.add(i, x);
        }

        @Override
        public long sum(int i) {
            return sums.sum(i);
        }

        @Override
        public long[] sums() {
            long[] result = new long[sums.length()];
            sums.sums(result);
            return result;
        }
    }

    private record OfValues(PerCpuHistogram histogram) implements Distribution {
        @Override
        public void record(double value) {
            histogram.record(value);
        }

        @Override
        public Snapshot snapshot() {
            return new Recorded(histogram.snapshot());
        }

        @Override
        public Snapshot snapshotAndReset() {
            return new Recorded(histogram.snapshotAndReset());
        }
    }

    private record Recorded(HistogramSnapshot snapshot) implements Distribution.Snapshot {
        @Override
        public long[] counts() {
            return snapshot.counts();
        }

        @Override
        public double sum() {
            return snapshot.sum();
        }

        @Override
        public Distribution.Exponential exponential() {
            return new Distribution.Exponential(snapshot.scale(), snapshot.zeroCount(), snapshot.positiveOffset(),
                    snapshot.positiveCounts(), snapshot.negativeOffset(), snapshot.negativeCounts());
        }
    }

    // A record, whose field is a constant for C2 where the record is one.
    private record OfObjects<E>(PerCpuPool<E> pool) implements Pool<E> {
        @Override
        public E acquire() {
            return pool.acquire().get();
        }

        @Override
        @SuppressWarnings("unchecked")
        public void release(Object entry) {
            pool.release((PerCpuPool.Entry<E>) entry);
        }

        @Override
        public long trim() {
            return pool.trim();
        }

        @Override
        public long clear() {
            return pool.clear();
        }

        @Override
        public void close() {
            pool.close();
        }

        @Override
        public long size() {
            return pool.size();
        }

        @Override
        public long capacity() {
            return pool.capacity();
        }

        @Override
        public Statistics statistics() {
            PerCpuPool.Statistics all = pool.statistics();
            return new Statistics(all.acquired(), all.made(), all.dropped(), all.lost(), all.kept());
        }
    }
}
