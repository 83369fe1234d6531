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

package percpu.adapters.micrometer;

import io.micrometer.core.instrument.AbstractMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;

import percpu.adapters.common.Counting;
import percpu.adapters.common.DoubleSum;

/** A cumulative counter, which counts {@linkplain Counting per CPU} if this process can. */
public final class PerCpuMeterCounter extends AbstractMeter implements Counter {

    private final DoubleSum sum = Counting.doubleSum();

    /**
     * Creates a counter that is zero.
     *
     * @param id its name and tags
     */
    public PerCpuMeterCounter(Meter.Id id) {
        super(id);
    }

    @Override
    public void increment(double amount) {
        sum.add(amount);
    }

    @Override
    public double count() {
        return sum.sum();
    }
}
