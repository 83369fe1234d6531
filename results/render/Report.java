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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A page about one run, what other pages quote of it, and the tables that all such pages have. */
abstract class Report {
    static final List<Integer> THREADS = List.of(1, 2, 16);

    /** What was measured together: JMH's name, ours, and the methods with the names of the contenders. */
    record Question(String key, String title, Map<String, String> contenders) {
    }

    /** A wanted ratio, or number of the given unit: at most, or at least, the limit. */
    record Target(String text, boolean atMost, double limit, String unit, Ratio ratio) {
        boolean met() {
            return atMost ? ratio.value() <= limit : ratio.value() >= limit;
        }

        String verdict() {
            boolean apart = ratio.low() > limit || ratio.high() < limit;
            return (met() ? "met" : "missed") + (apart ? "" : ", the interval holds the limit");
        }

        String wanted() {
            return (atMost ? "at most " : "at least ") + String.format(Locale.ROOT, "%.2f", limit) + unit;
        }

        String measured() {
            return ratio.text() + unit;
        }
    }

    interface Cell {
        String text(Measurement m, String contender);
    }

    final Map<String, Measurement> all;
    final Map<String, String> machine;
    final int cpus;

    Report(Path folder) throws IOException {
        all = Measurement.read(folder.resolve("jmh.json"));
        machine = new LinkedHashMap<>();
        for (String line : Files.readAllLines(folder.resolve("machine.txt"))) {
            int colon = line.indexOf(": ");
            machine.put(line.substring(0, colon), line.substring(colon + 2));
        }
        cpus = Integer.parseInt(machine.get("cpus"));
    }

    /** The questions that have all contenders and numbers of threads of the page, in order. */
    abstract List<Question> questions();

    abstract List<Target> targets();

    abstract String page();

    /** What other pages show: few lines, no heading. */
    abstract String summary(String link);

    abstract String chart();

    Measurement get(String question, String contender, int threads) {
        Measurement m = all.get(Measurement.key(question, contender, threads));
        if (m == null) {
            throw new IllegalArgumentException("jmh.json lacks " + question + "." + contender + " with " + threads(threads));
        }
        return m;
    }

    static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    static String interval(Measurement m) {
        return number(m.nanos()) + " (" + number(m.interval().low()) + " to " + number(m.interval().high()) + ")";
    }

    int rounds() {
        return all.values().iterator().next().rounds().length;
    }

    static String header() {
        StringBuilder header = new StringBuilder("| |");
        THREADS.forEach(t -> header.append(' ').append(threads(t)).append(" |"));
        return header.append("\n|---|").append("---|".repeat(THREADS.size())).append('\n').toString();
    }

    String table(Question question, Cell cell) {
        StringBuilder table = new StringBuilder(header());
        question.contenders().forEach((contender, name) -> {
            table.append("| ").append(name).append(" |");
            THREADS.forEach(t -> table.append(' ').append(cell.text(get(question.key(), contender, t), contender)).append(" |"));
            table.append('\n');
        });
        return table.toString();
    }

    /** A table for each question: its line of text, then what the cell says of each measurement. */
    String tables(String text, String colon, Cell cell) {
        StringBuilder tables = new StringBuilder();
        questions().forEach(q -> tables.append('\n').append(text).append(q.title()).append(colon).append("\n\n")
                .append(table(q, cell)));
        return tables.toString();
    }

    /** Time divided by that of one contender. */
    Cell times(Question question, String one) {
        return (m, c) -> {
            Ratio r = Ratio.of(m, get(question.key(), one, m.threads()));
            return r.text() + (c.equals(one) ? "" : " (" + r.intervalText() + ")");
        };
    }

    static String throughput(Measurement m, String contender) {
        return number(1000.0 * m.threads() / m.nanos());
    }

    String targetTable() {
        StringBuilder table = new StringBuilder("| ratio | wanted | measured | 95% interval | |\n|---|---|---|---|---|\n");
        for (Target t : targets()) {
            table.append("| ").append(String.join(" | ", t.text(), t.wanted(), t.measured(), t.ratio().intervalText(),
                    t.verdict())).append(" |\n");
        }
        return table.toString();
    }

    String machineTable() {
        StringBuilder table = new StringBuilder("| | |\n|---|---|\n");
        machine.forEach((k, v) -> table.append("| ").append(k).append(" | ").append(v.replace("|", "\\|")).append(" |\n"));
        return table.toString();
    }

    /** Where and when, and how many targets were met; goes on with a sentence that has the link. */
    String verdicts() {
        long met = targets().stream().filter(Target::met).count();
        StringBuilder missed = new StringBuilder();
        targets().stream().filter(t -> !t.met()).forEach(t -> missed.append("; missed: ").append(t.text()).append(' ')
                .append(t.wanted()).append(", measured ").append(t.measured()).append(" (").append(t.ratio().intervalText())
                .append(')'));
        return "Measured " + machine.get("date") + " on " + machine.get("cpu") + ", " + cpus + " CPUs, "
                + machine.get("kernel") + ", JDK " + machine.get("jdk") + "; 16 threads share its CPUs.\n" + met + " of "
                + targets().size() + " targets met" + missed + ".";
    }
}
