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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.prometheus.metrics.core.datapoints.DataPoint;
import io.prometheus.metrics.core.metrics.MetricWithFixedMetadata;
import io.prometheus.metrics.model.snapshots.Labels;

/**
 * A metric that keeps a data point for each set of labels.
 *
 * @param <D> what the points are for who uses them
 * @param <P> the points
 */
abstract class LabelledMetric<D extends DataPoint, P extends D> extends MetricWithFixedMetadata {

    private final Map<List<String>, P> points = new ConcurrentHashMap<>();
    private final Supplier<P> newPoint;

    // The only one, if there are no labels; else null.
    private final P unlabelled;

    LabelledMetric(MetricWithFixedMetadata.Builder<?, ?> builder, Supplier<P> newPoint) {
        super(builder);
        this.newPoint = newPoint;
        unlabelled = labelNames.length == 0 ? point() : null;
    }

    /**
     * Returns the data point of these values of the labels, which is made if there is none.
     *
     * @param values as many as there are names
     * @return the data point
     * @throws IllegalArgumentException if there are more or less, or one is null
     */
    public D labelValues(String... values) {
        return point(values);
    }

    /**
     * Removes the data point of these values of the labels. The next use of these begins with nothing. The data point
     * of a metric without labels stays.
     *
     * @param values as many as there are names
     */
    public void remove(String... values) {
        if (unlabelled == null) {
            points.remove(Arrays.asList(values));
        }
    }

    private P point(String... values) {
        if (values.length != labelNames.length) {
            throw new IllegalArgumentException(getMetadata().getName() + " has " + labelNames.length + " labels, not "
                    + values.length);
        }
        List<String> key = Arrays.asList(values.clone());
        if (key.contains(null)) {
            throw new IllegalArgumentException(getMetadata().getName() + ": a label's value is null");
        }
        P point = points.get(key);
        return point != null ? point : points.computeIfAbsent(key, k -> newPoint.get());
    }

    final P unlabelled() {
        return unlabelled != null ? unlabelled : point();
    }

    /** Answers what is made of each point and its labels. */
    final <S> List<S> snapshots(BiFunction<P, Labels, S> snapshot) {
        List<S> all = new ArrayList<>(points.size());
        points.forEach((values, point) ->
                all.add(snapshot.apply(point, constLabels.merge(labelNames, values.toArray(new String[0])))));
        return all;
    }
}
