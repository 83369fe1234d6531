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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A logarithmic axis that holds all values, with ticks a reader can use. */
record Scale(double low, double high) {
    static Scale of(List<Interval> all) {
        double low = Double.POSITIVE_INFINITY;
        double high = 0;
        for (Interval i : all) {
            // An interval that is much wider than its value is cut off, or nothing else could be seen.
            low = Math.min(low, Math.max(i.low(), i.value() / 2));
            high = Math.max(high, Math.min(i.high(), i.value() * 2));
        }
        double room = Math.clamp(Math.pow(high / low, 0.1), 1.001, 1.15);
        return new Scale(low / room, high * room);
    }

    static boolean drawable(Interval i) {
        return i != null && i.value() > 0 && Double.isFinite(i.value());
    }

    /** "value low high" for gnuplot, within the axis. */
    String data(Interval i) {
        double from = i.bounded() ? Math.max(i.low(), low) : i.value();
        double to = i.bounded() ? Math.min(i.high(), high) : i.value();
        return i.value() + " " + from + " " + to;
    }

    String range() {
        return "[" + low + ":" + high + "]";
    }

    String ticks() {
        List<String> ticks = new ArrayList<>();
        double decades = Math.log10(high / low);
        if (decades < 0.6) {
            double step = step((high - low) / 6);
            int digits = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
            for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
                ticks.add(tick(i * step, digits));
            }
            return "(" + String.join(", ", ticks) + ")";
        }
        int[] steps = decades > 4 ? new int[] {1} : decades > 2.2 ? new int[] {1, 3} : new int[] {1, 2, 5};
        for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
            for (int step : steps) {
                double value = step * Math.pow(10, power);
                if (value >= low && value <= high) {
                    ticks.add(tick(value, Math.max(0, -power)));
                }
            }
        }
        return "(" + String.join(", ", ticks) + ")";
    }

    /** The next round number. */
    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
    }

    private static String tick(double value, int digits) {
        return "'" + String.format(Locale.ROOT, "%." + digits + "f", value) + "' " + value;
    }
}
