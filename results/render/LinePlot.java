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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Lines with 95% intervals, the ordinate logarithmic. */
final class LinePlot {
    private final String title;
    private final boolean doubling;
    private final String commands;
    private final TreeMap<Double, String> ticks = new TreeMap<>();
    private final StringJoiner plots = new StringJoiner(", \\\n     ", "plot ", "\n");
    private final StringBuilder data = new StringBuilder();
    private final List<Interval> all = new ArrayList<>();
    private final Map<String, TreeMap<Double, Interval>> series = new LinkedHashMap<>();
    private final Map<String, Integer> styles = new HashMap<>();

    private LinePlot(String title, String x, String y, boolean doubling) {
        this.title = title;
        this.doubling = doubling;
        commands = "set xlabel %s textcolor rgb '%s'\nset ylabel %s textcolor rgb '%s'\nset logscale y\n".formatted(
                Gnuplot.quote(x), Gnuplot.TEXT.light(), Gnuplot.quote(y + ", logarithmic"), Gnuplot.TEXT.light());
    }

    static LinePlot linear(String title, String x, String y) {
        return new LinePlot(title, x, y, false);
    }

    static LinePlot doubling(String title, String x, String y) {
        return new LinePlot(title, x, y, true);
    }

    /** A tick of its own on the abscissa. */
    LinePlot tick(double x, String label) {
        ticks.put(x, label);
        return this;
    }

    LinePlot point(String name, int style, double x, Interval y) {
        TreeMap<Double, Interval> points = series.computeIfAbsent(name, n -> new TreeMap<>());
        if (Scale.drawable(y)) {
            points.put(x, y);
            styles.put(name, style);
            all.add(y);
        }
        return this;
    }

    /** Null if there is nothing to draw. */
    String draw() {
        if (all.isEmpty()) {
            return null;
        }
        Scale scale = Scale.of(all);
        series.values().removeIf(TreeMap::isEmpty);
        series.forEach((name, points) -> {
            String block = "$s" + styles.get(name);
            data.append(block).append(" << EOD\n");
            points.forEach((x, y) -> data.append(String.format(Locale.ROOT, "%s %s%n", x, scale.data(y))));
            data.append("EOD\n");
            plots.add(block + " using 1:2:3:4 with yerrorlines " + Gnuplot.style(styles.get(name)) + " title "
                    + Gnuplot.quote(name));
        });
        StringJoiner labels = new StringJoiner(", ", "set xtics (", ")\n");
        ticks.forEach((x, label) -> labels.add(Gnuplot.quote(label) + " " + x));
        return Gnuplot.draw(title, 420, commands + abscissa() + (ticks.isEmpty() ? "" : labels) + "set yrange "
                + scale.range() + "\nset ytics " + scale.ticks() + "\n" + data + plots);
    }

    private String abscissa() {
        double first = series.values().stream().mapToDouble(TreeMap::firstKey).min().orElseThrow();
        double last = series.values().stream().mapToDouble(TreeMap::lastKey).max().orElseThrow();
        double margin = doubling ? 1.15 : Math.max(last - first, 1) / 30;
        return doubling ? "set logscale x 2\nset xrange [" + first / margin + ":" + last * margin + "]\n"
                : "set xrange [" + (first - margin) + ":" + (last + margin) + "]\n";
    }
}
