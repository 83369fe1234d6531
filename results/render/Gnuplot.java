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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;

/**
 * Has gnuplot draw, in the colours of a light page; a style sheet in the SVG swaps each of them where
 * the reader's page is dark.
 */
final class Gnuplot {
    record Colour(String light, String dark) {
        String css() {
            return "rgb(%d,%d,%d)".formatted(part(1), part(3), part(5));
        }

        private int part(int at) {
            return Integer.parseInt(light.substring(at, at + 2), 16);
        }
    }

    static final int WIDTH = 860;
    static final Colour TEXT = new Colour("#1f2328", "#e6edf3");
    static final Colour GRID = new Colour("#d0d7de", "#3d444d");
    private static final Colour BACK = new Colour("#ffffff", "#0d1117");
    private static final List<Colour> SERIES = List.of(new Colour("#57606a", "#9ea7b0"), new Colour("#0969da", "#58a6ff"),
            new Colour("#8250df", "#bc8cff"), new Colour("#bc4c00", "#f0883e"), new Colour("#cf222e", "#ff7b72"),
            new Colour("#1a7f37", "#3fb950"), new Colour("#bf3989", "#f778ba"));
    // gnuplot's numbers of shapes that differ: circle, square, diamond, triangles, and some that are hollow.
    private static final int[] SHAPES = {6, 7, 5, 9, 11, 13, 4};

    private Gnuplot() {
    }

    /** How a series looks, the same in all plots. */
    static String style(int series) {
        int i = series % SHAPES.length;
        return "lc rgb '" + SERIES.get(i).light() + "' lw 1.5 pt " + SHAPES[i] + " ps 0.9";
    }

    /** Quoted, for gnuplot. */
    static String quote(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String draw(String title, int height, String commands) {
        String head = """
                set terminal svg size %d,%d dynamic noenhanced font 'sans-serif,13'
                set encoding utf8
                set title %s textcolor rgb '%s'
                set border 3 linecolor rgb '%s'
                set tics nomirror textcolor rgb '%s'
                set grid linecolor rgb '%s' linetype 1 linewidth 1
                set key tmargin left horizontal Left reverse samplen 2 width 1 textcolor rgb '%s'
                """.formatted(WIDTH, height, quote(title), TEXT.light(), TEXT.light(), TEXT.light(), GRID.light(), TEXT.light());
        return themed(run(head + commands), title);
    }

    private static String run(String script) {
        try {
            Path file = Files.createTempFile("percpu-", ".gp");
            Path errors = Files.createTempFile("percpu-", ".err");
            try {
                Files.writeString(file, script);
                ProcessBuilder builder = new ProcessBuilder("gnuplot", file.toString()).redirectError(errors.toFile());
                builder.environment().put("LC_ALL", "C");
                Process process = start(builder);
                String svg = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() != 0 || !svg.contains("</svg>")) {
                    throw new IllegalStateException("gnuplot failed: " + Files.readString(errors) + "\n" + script);
                }
                return svg;
            } finally {
                Files.delete(file);
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IllegalStateException("gnuplot is not installed (" + e.getMessage() + "): run 'make deps'", e);
        }
    }

    private static String themed(String svg, String title) {
        StringBuilder style = new StringBuilder("<style>\n.back { fill: " + BACK.light() + " }\n"
                + "@media (prefers-color-scheme: dark) {\n.back { fill: " + BACK.dark() + " }\n");
        List.of(TEXT, GRID).forEach(c -> swap(style, c));
        SERIES.forEach(c -> swap(style, c));
        style.append("}\n</style>\n<rect class=\"back\" width=\"100%\" height=\"100%\"/>");
        String escaped = title.replace("&", "&amp;").replace("<", "&lt;");
        return svg.replaceAll("rgb\\( *(\\d+), *(\\d+), *(\\d+)\\)", "rgb($1,$2,$3)")
                .replace("font-family=\"sans-serif:Bold\"", "font-family=\"sans-serif\" font-weight=\"bold\"")
                .replaceFirst("<title>Gnuplot</title>\n<desc>.*</desc>",
                        Matcher.quoteReplacement("<title>" + escaped + "</title>\n" + style))
                .replaceAll("[ \t]+\n", "\n").replace("\t", "  ");
    }

    private static void swap(StringBuilder style, Colour colour) {
        for (String attribute : List.of("stroke", "fill", "color")) {
            style.append("[%s='%s'] { %s: %s }\n".formatted(attribute, colour.css(), attribute, colour.dark()));
        }
    }
}
