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

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** The library's own data point, where there is none per CPU. */
record LibraryPoint(Histogram histogram) implements HistogramPoint {

    @Override
    public void observe(double value) {
        histogram.observe(value);
    }

    @Override
    public long getCount() {
        return histogram.getCount();
    }

    @Override
    public double getSum() {
        return histogram.getSum();
    }

    @Override
    public HistogramDataPointSnapshot snapshot(Labels labels) {
        HistogramDataPointSnapshot point = histogram.collect().getDataPoints().get(0);
        return new HistogramDataPointSnapshot(point.getClassicBuckets(), point.getNativeSchema(),
                point.getNativeZeroCount(), point.getNativeZeroThreshold(), point.getNativeBucketsForPositiveValues(),
                point.getNativeBucketsForNegativeValues(), point.getSum(), labels, point.getExemplars(),
                point.getCreatedTimestampMillis());
    }
}
