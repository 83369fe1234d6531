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
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/** Counts as the libraries do. */
final class StockProvider implements Provider {

    @Override
    public boolean isSupported() {
        return true;
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
        return Optional.empty();
    }

    @Override
    public Optional<Distribution> distribution(double... bounds) {
        return Optional.empty();
    }

    @Override
    public Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets) {
        return Optional.empty();
    }

    private static final class OfLongs extends LongSum {
        private final LongAdder sum = new LongAdder();

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
        private final DoubleAdder sum = new DoubleAdder();

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
        private final LongAdder[] sums;

        Several(int length) {
            sums = new LongAdder[length];
            for (int i = 0; i < length; i++) {
                sums[i] = new LongAdder();
            }
        }

        @Override
        public void add(int i, long x) {
            sums[i].add(x);
        }

        @Override
        public long sum(int i) {
            return sums[i].sum();
        }

        @Override
        public long[] sums() {
            long[] result = new long[sums.length];
            for (int i = 0; i < result.length; i++) {
                result[i] = sums[i].sum();
            }
            return result;
        }
    }
}
