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

/** From the JVM's start on: interpreter, C1, C2. */
final class FirstSecond {
    private static final List<String> METHODS = List.of("plainOpaque", "perCpuAdd", "perCpuCounter", "longAdder");
    private static final Map<String, String> TIERS = Text.ordered(
            "OneCounter@interpreter", "interpreter", "OneCounter@c1", "C1");

    private FirstSecond() {
    }

    static Section section(Run run) {
        Section s = new Section(run, "The first second",
                "Before C2 has compiled it, an operation is a call: what does a program pay until then?");
        LinePlot plot = LinePlot.linear("Increments from the start on, 1 thread, tiered compilation",
                "ms since the first iteration began", "ns per increment");
        Table table = new Table("ns, 1 thread", "first iteration", "last iteration", "mean of all increments",
                "interpreter", "C1", "C2");
        for (String method : METHODS) {
            String name = Increments.CONTENDERS.get(method);
            int style = List.copyOf(Increments.CONTENDERS.keySet()).indexOf(method);
            Measurement m = s.get("FirstSecond", method, 1);
            int count = m == null ? 0 : iterations(m);
            for (int i = 0; i < count; i++) {
                plot.point(name, style, (i + 1) * m.iterationMillis(), Interval.of(iteration(m, i)));
            }
            table.row(name, m == null ? Text.NONE : Text.cell(Interval.of(iteration(m, 0))),
                    m == null ? Text.NONE : Text.cell(Interval.of(iteration(m, count - 1))),
                    m == null ? Text.NONE : Text.cell(Interval.of(m.overall())),
                    Text.cell(s.get("OneCounter@interpreter", method, 1)), Text.cell(s.get("OneCounter@c1", method, 1)),
                    Text.cell(s.base("OneCounter", method, 1)));
        }
        s.figure("first-second", "Increments from the start on", plot.draw());
        Measurement any = s.base("FirstSecond", "perCpuAdd", 1);
        String length = any == null ? "" : String.format(Locale.ROOT, "; %d iterations of %.0f ms", iterations(any),
                any.iterationMillis());
        s.table("Nanoseconds per increment (95% interval)" + length
                + ". Interpreter (-Xint), C1 (-XX:TieredStopAtLevel=1) and C2 are each measured alone, warmed up:", table);
        return s.say(verdict(s).text());
    }

    private static Verdict verdict(Section s) {
        Verdict verdict = Verdict.ofTime();
        Measurement a = s.base("FirstSecond", "perCpuAdd", 1);
        for (String rival : List.of("longAdder", "plainOpaque")) {
            Measurement b = s.base("FirstSecond", rival, 1);
            if (a != null && b != null) {
                String name = Increments.CONTENDERS.get(rival);
                verdict.add("over all iterations ", "PerCpu.add", name, Ratio.of(a.overall(), b.overall()));
            }
        }
        TIERS.forEach((question, name) -> verdict.add("in the " + (name.equals("C1") ? "code of " : "") + name + " ", "PerCpu.add",
                "LongAdder", Ratio.of(s.base(question, "perCpuAdd", 1), s.base(question, "longAdder", 1))));
        return verdict;
    }

    private static int iterations(Measurement m) {
        int count = Integer.MAX_VALUE;
        for (double[] round : m.iterations()) {
            count = Math.min(count, round.length);
        }
        return count;
    }

    private static double[] iteration(Measurement m, int i) {
        double[] rounds = new double[m.iterations().length];
        for (int r = 0; r < rounds.length; r++) {
            rounds[r] = m.iterations()[r][i];
        }
        return rounds;
    }
}
