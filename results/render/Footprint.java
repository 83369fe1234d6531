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
import java.util.Map;

/** What memory a counter takes after many threads have contended on it. */
final class Footprint {
    static final Map<String, String> CONTENDERS = Text.ordered(
            "perCpuLong", "PerCpuLong", "perCpuCounter", "PerCpuCounter", "longAdder", "LongAdder");
    private static final List<String> PARTS = List.of("heap", "native", "resident");
    private static final List<String> COUNTERS = List.of("1", "1000", "100000");
    private static final String POSSIBLE = "256";

    private Footprint() {
    }

    static Section section(Run run) {
        Section s = new Section(run, "Memory per counter", """
                What memory does a counter take, on the Java heap, outside of it and of the machine, after threads on all CPUs contended
                on it? A first counter is there before, and is not counted: what it needs that others share has a table of its own.
                A LongAdder gets a cell for each CPU while threads contend. Native is what the JVM has committed, without the Java
                heap; resident is the heap that is used and what else is in memory. A few counters take less than what the JVM does
                at the same time.""");
        tables(s, "", "memory", "Memory per counter");
        first(s);
        String variant = "@possible" + POSSIBLE;
        if (run.all.keySet().stream().anyMatch(k -> k.startsWith("Memory/") && k.contains(variant))) {
            tables(s, variant, "memory-" + POSSIBLE, "Memory per counter, with " + POSSIBLE + " possible CPUs");
        } else {
            s.say("With " + POSSIBLE + " possible CPUs it was not measured in this run.");
        }
        return s;
    }

    private static void first(Section s) {
        Table table = new Table("bytes", "heap", "native", "resident");
        CONTENDERS.forEach((method, name) -> {
            Measurement m = s.base("Memory/" + COUNTERS.getLast(), method, 1);
            if (m != null && m.parts().containsKey("firstHeap")) {
                table.row(name, Text.cell(m.part("firstHeap")), Text.cell(m.part("firstNative")), Text.cell(m.part("firstResident")));
            }
        });
        s.table("The first counter of its kind in a JVM, classes included (95% interval):", table);
    }

    private static void tables(Section s, String variant, String file, String title) {
        DotPlot plot = new DotPlot(title, "bytes per counter", PARTS);
        Table table = new Table("bytes per counter", "heap", "native", "resident", "cells", "resident / PerCpuLong's");
        Verdict verdict = new Verdict("%s has %s times as much resident memory per counter as %s");
        for (String counters : COUNTERS) {
            String question = "Memory/" + counters + variant;
            String count = counters + (counters.equals("1") ? " counter" : " counters");
            plot.heading(count);
            double[] one = resident(s.get(question, "perCpuLong", 1));
            CONTENDERS.forEach((method, name) -> {
                Measurement m = s.get(question, method, 1);
                Interval[] parts = PARTS.stream().map(p -> m == null ? null : m.part(p)).toArray(Interval[]::new);
                plot.row(name, parts);
                table.row(count + ": " + name, Text.cell(parts[0]), Text.cell(parts[1]), Text.cell(parts[2]),
                        method.equals("longAdder") && m != null ? Text.cell(m.part("cells")) : Text.NONE, method.equals("perCpuLong") ? Text.NONE : Ratio.of(resident(m), one).full());
            });
            if (!counters.equals("1")) {
                verdict.add("with " + count + " ", "LongAdder", "PerCpuLong", Ratio.of(resident(s.get(question, "longAdder", 1)), one));
            }
        }
        s.figure(file, title, plot.draw()).table(title + " (95% interval):", table).say(verdict.text());
    }

    static double[] resident(Measurement m) {
        return m == null ? null : m.parts().get("resident");
    }
}
