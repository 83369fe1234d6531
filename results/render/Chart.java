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

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Dots on a logarithmic scale, with 95% intervals: a panel for each question, a row for each contender. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int LEFT = 170;
    private static final int RIGHT = 30;
    private static final int ROW = 30;
    private static final int HEAD = 62;
    private static final int GAP = 44;
    private static final int FOOT = 46;
    private static final List<String> SHAPES = List.of("circle", "square", "diamond");

    // Colours that keep their contrast on both backgrounds, told apart by shape as well.
    private static final String STYLE = """
            <style>
            .back { fill: #ffffff } text { fill: #1f2328; font: 13px sans-serif } .small { font-size: 11px }
            .title { font-weight: bold } .grid { stroke: #d0d7de; stroke-width: 1 }
            .t0 { fill: #0969da; stroke: #0969da } .t1 { fill: #bc4c00; stroke: #bc4c00 }
            .t2 { fill: #8250df; stroke: #8250df }
            @media (prefers-color-scheme: dark) {
            .back { fill: #0d1117 } text { fill: #e6edf3 } .grid { stroke: #3d444d }
            .t0 { fill: #58a6ff; stroke: #58a6ff } .t1 { fill: #f0883e; stroke: #f0883e }
            .t2 { fill: #bc8cff; stroke: #bc8cff }
            }
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();
    private final Report report;
    private final ToDoubleFunction<Measurement> scale;
    private final double low;
    private final double high;

    private Chart(Report report, ToDoubleFunction<Measurement> scale, double low, double high) {
        this.report = report;
        this.scale = scale;
        this.low = low;
        this.high = high;
    }

    private double x(double nanos) {
        double part = Math.log(nanos / low) / Math.log(high / low);
        return LEFT + Math.clamp(part, 0, 1) * (WIDTH - LEFT - RIGHT);
    }

    private void add(String format, Object... args) {
        svg.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    /**
     * @param title what is drawn
     * @param unit  the unit of what is drawn
     * @param low   where the scale begins
     * @param scale what is drawn of a measurement, divided by the nanoseconds as a thread sees them
     */
    static String draw(Report report, String title, String unit, double low, ToDoubleFunction<Measurement> scale) {
        List<Report.Question> questions = report.questions();
        double max = questions.stream()
                .flatMap(q -> q.contenders().keySet().stream()
                        .flatMap(c -> Report.THREADS.stream().map(t -> report.get(q.key(), c, t))))
                .mapToDouble(m -> m.nanos() * scale.applyAsDouble(m)).max().orElseThrow();
        Chart chart = new Chart(report, scale, low, Math.pow(10, Math.ceil(Math.log10(max * 1.1))));
        int height = HEAD + FOOT + questions.stream().mapToInt(q -> q.contenders().size() * ROW + GAP).sum();
        chart.add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, height);
        chart.add("<title>%s</title>", title);
        chart.svg.append(STYLE);
        chart.add("<rect class=\"back\" width=\"%d\" height=\"%d\"/>", WIDTH, height);
        chart.legend();
        int y = HEAD;
        for (Report.Question question : questions) {
            int panel = question.contenders().size() * ROW;
            chart.add("<text class=\"title\" x=\"12\" y=\"%d\">%s</text>", y + 12, question.title());
            chart.panel(question, y + 20, panel);
            y += panel + GAP;
        }
        chart.add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">"
                + "%s, logarithmic; bars: 95%% intervals</text>", (LEFT + WIDTH - RIGHT) / 2, height - 14, unit);
        chart.add("</svg>");
        return chart.svg.toString();
    }

    private void legend() {
        int x = LEFT;
        for (int t = 0; t < Report.THREADS.size(); t++) {
            mark(t, x, 26);
            add("<text x=\"%d\" y=\"31\">%s</text>", x + 14, Report.threads(Report.THREADS.get(t)));
            x += 120;
        }
    }

    private void panel(Report.Question question, int top, int height) {
        for (double decade = 0.1; decade <= high * 1.01; decade *= 10) {
            for (int step : new int[] {1, 2, 5}) {
                double value = decade * step;
                if (value < low || value > high * 1.01) {
                    continue;
                }
                add("<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                        x(value), x(value), top, top + height);
                add("<text class=\"small\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                        x(value), top + height + 12, value < 1 ? String.format(Locale.ROOT, "%.1f", value) : String.format(Locale.ROOT, "%.0f", value));
            }
        }
        int y = top + ROW / 2;
        for (Map.Entry<String, String> contender : question.contenders().entrySet()) {
            add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 10, y + 4, contender.getValue());
            for (int t = 0; t < Report.THREADS.size(); t++) {
                Measurement m = report.get(question.key(), contender.getKey(), Report.THREADS.get(t));
                double factor = scale.applyAsDouble(m);
                int at = y + (t - 1) * 7;
                add("<line class=\"t%d\" stroke-width=\"1.5\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", t,
                        x(m.interval().low() * factor), x(m.interval().high() * factor), at, at);
                mark(t, x(m.nanos() * factor), at);
            }
            y += ROW;
        }
    }

    private void mark(int t, double x, double y) {
        switch (SHAPES.get(t)) {
            case "circle" -> add("<circle class=\"t%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", t, x, y);
            case "square" -> add("<rect class=\"t%d\" x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"7\"/>",
                    t, x - 3.5, y - 3.5);
            default -> add("<path class=\"t%d\" d=\"M%.1f %.1f l5 5 l-5 5 l-5 -5 z\"/>", t, x, y - 5);
        }
    }
}
