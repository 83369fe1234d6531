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

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.model.snapshots.Labels;

import percpu.adapters.common.Counting;
import percpu.adapters.common.DoubleSum;
import percpu.adapters.common.LongSum;

/** What is counted for one set of labels. Integers are added up apart, exactly. */
final class CounterPoint implements CounterDataPoint {

    private final LongSum longs = Counting.longSum();
    private final DoubleSum doubles = Counting.doubleSum();
    final long created = System.currentTimeMillis();

    @Override
    public void inc(long amount) {
        if (amount < 0) {
            throw negative(amount);
        }
        longs.add(amount);
    }

    @Override
    public void inc(double amount) {
        if (amount < 0) {
            throw negative(amount);
        }
        doubles.add(amount);
    }

    @Override
    public void incWithExemplar(double amount, Labels exemplar) {
        inc(amount);
    }

    @Override
    public double get() {
        return longs.sum() + doubles.sum();
    }

    @Override
    public long getLongValue() {
        return longs.sum() + (long) doubles.sum();
    }

    private static IllegalArgumentException negative(Number amount) {
        return new IllegalArgumentException("A counter cannot be incremented by " + amount);
    }
}
