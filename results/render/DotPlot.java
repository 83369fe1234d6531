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
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/** Dots with 95% intervals on a logarithmic abscissa: a row for each contender, groups of rows under a heading. */
final class DotPlot {
    private static final int ROW = 30;
    private static final int AROUND = 130;
    private static final double SPREAD = 0.22;

    private record Row(String label, List<Interval> values) {
    }

    private final String title;
    private final String unit;
    private final List<String> series;
    private final List<Row> rows = new ArrayList<>();

    /** @param series what the dots of a row are, in order */
    DotPlot(String title, String unit, List<String> series) {
        this.title = title;
        this.unit = unit;
        this.series = series;
    }

    DotPlot heading(String label) {
        rows.add(new Row(label, null));
        return this;
    }

    DotPlot row(String label, Interval... values) {
        if (Arrays.stream(values).anyMatch(Scale::drawable)) {
            rows.add(new Row(label, Arrays.asList(values)));
        }
        return this;
    }

    /** Null if there is nothing to draw. */
    String draw() {
        for (int r = rows.size() - 1; r >= 0; r--) {
            if (rows.get(r).values() == null && (r == rows.size() - 1 || rows.get(r + 1).values() == null)) {
                rows.remove(r);
            }
        }
        List<Interval> all = rows.stream().filter(r -> r.values() != null).flatMap(r -> r.values().stream())
                .filter(Scale::drawable).toList();
        if (all.isEmpty()) {
            return null;
        }
        Scale scale = Scale.of(all);
        StringJoiner labels = new StringJoiner(", ", "set ytics scale 0 (", ")\n");
        StringBuilder headings = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            String label = Gnuplot.quote(rows.get(r).label());
            if (rows.get(r).values() == null) {
                headings.append("set label %s at graph 0.01, first %d left textcolor rgb '%s' font 'sans-serif:Bold,13'\n"
                        .formatted(label, -r, Gnuplot.TEXT.light()));
            } else {
                labels.add(label + " " + (-r));
            }
        }
        StringBuilder data = new StringBuilder();
        StringJoiner plots = new StringJoiner(", \\\n     ", "plot ", "\n");
        for (int s = 0; s < series.size(); s++) {
            String points = points(s, scale);
            if (!points.isEmpty()) {
                data.append("$s").append(s).append(" << EOD\n").append(points).append("EOD\n");
                plots.add("$s" + s + " using 1:4:2:3 with xerrorbars " + Gnuplot.style(s + 1) + " title "
                        + Gnuplot.quote(series.get(s)));
            }
        }
        return Gnuplot.draw(title, AROUND + ROW * rows.size(), """
                set logscale x
                set xrange %s
                set xtics %s
                set yrange [%s:%s]
                set errorbars small
                set xlabel %s textcolor rgb '%s'
                """.formatted(scale.range(), scale.ticks(), 0.6 - rows.size(), 0.6,
                Gnuplot.quote(unit + ", logarithmic; bars: 95% intervals"), Gnuplot.TEXT.light())
                + (series.size() == 1 ? "unset key\n" : "") + headings + labels + data + plots);
    }

    private String points(int s, Scale scale) {
        StringBuilder points = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            List<Interval> values = rows.get(r).values();
            if (values != null && s < values.size() && Scale.drawable(values.get(s))) {
                double y = -r - (s - (series.size() - 1) / 2.0) * Math.min(SPREAD, 0.8 / series.size());
                points.append(scale.data(values.get(s))).append(' ').append(y).append('\n');
            }
        }
        return points.toString();
    }
}
