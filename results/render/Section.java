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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A section of the report: what is asked, plots, tables, what the run says, and what it did not measure. */
final class Section {
    final Run run;
    final Map<String, String> figures = new LinkedHashMap<>();
    private final String title;
    private final String asked;
    private final StringBuilder body = new StringBuilder();
    private final Map<String, Map<String, TreeSet<Integer>>> missing = new LinkedHashMap<>();
    private final Set<String> measured = new HashSet<>();

    Section(Run run, String title, String asked) {
        this.run = run;
        this.title = title;
        this.asked = asked;
    }

    /** Null, and noted, if it was not measured. */
    Measurement get(String question, String method, int threads) {
        Measurement m = run.find(question, method, threads);
        if (m == null) {
            missing.computeIfAbsent(question, k -> new LinkedHashMap<>())
                    .computeIfAbsent(method, k -> new TreeSet<>()).add(threads);
        } else {
            measured.add(question);
        }
        return m;
    }

    /** Of another section, to compare with. */
    Measurement base(String question, String method, int threads) {
        return run.find(question, method, threads);
    }

    Ratio ratio(String question, String a, String b, int threads) {
        return Ratio.of(get(question, a, threads), get(question, b, threads));
    }

    Section figure(String name, String alternative, String svg) {
        if (svg != null) {
            figures.put(name + ".svg", svg);
            body.append("\n![").append(alternative).append("](").append(name).append(".svg)\n");
        }
        return this;
    }

    Section table(String lead, Table table) {
        if (!table.empty()) {
            body.append('\n').append(lead).append("\n\n").append(table.text());
        }
        return this;
    }

    Section say(String text) {
        if (!text.isEmpty()) {
            body.append('\n').append(text).append('\n');
        }
        return this;
    }

    /** A row for each contender, a column for each number of threads. */
    Table grid(String question, Map<String, String> contenders, int[] threads, Function<Measurement, String> cell) {
        Table table = new Table(head(run, "", threads));
        contenders.forEach((method, name) -> table.row(row(name, threads, t -> cell.apply(get(question, method, t)))));
        return table;
    }

    /** Time divided by that of one contender with as many threads. */
    Table ratios(String question, Map<String, String> contenders, int[] threads, String one) {
        Table table = new Table(head(run, "", threads));
        contenders.forEach((method, name) -> {
            if (!method.equals(one)) {
                table.row(row(name, threads, t -> ratio(question, method, one, t).full()));
            }
        });
        return table;
    }

    static List<String> head(Run run, String first, int[] threads) {
        return row(first, threads, run::threads);
    }

    static List<String> row(String first, int[] threads, Function<Integer, String> cell) {
        List<String> cells = new ArrayList<>(List.of(first));
        for (int t : threads) {
            cells.add(cell.apply(t));
        }
        return cells;
    }

    String text() {
        StringBuilder text = new StringBuilder("## ").append(title).append("\n\n").append(asked).append('\n');
        if (measured.isEmpty()) {
            return text.append("\nThis was not measured in this run.\n").toString();
        }
        return text.append(body).append(notMeasured()).toString();
    }

    /** Empty if nothing is missing. */
    String notMeasured() {
        return missing.isEmpty() ? "" : "\nNot measured in this run: " + missing.entrySet().stream()
                .map(e -> measured.contains(e.getKey()) ? some(e.getKey(), e.getValue()) : e.getKey())
                .collect(Collectors.joining(", ")) + ".\n";
    }

    /** Those that lack the same numbers of threads together. */
    private static String some(String question, Map<String, TreeSet<Integer>> methods) {
        Map<TreeSet<Integer>, List<String>> byThreads = new LinkedHashMap<>();
        methods.forEach((method, threads) -> byThreads.computeIfAbsent(threads, t -> new ArrayList<>()).add(method));
        return byThreads.entrySet().stream().map(e -> question + " with "
                + e.getKey().stream().map(String::valueOf).collect(Collectors.joining(", "))
                + (e.getKey().last() == 1 ? " thread (" : " threads (") + String.join(", ", e.getValue()) + ")")
                .collect(Collectors.joining(", "));
    }
}
