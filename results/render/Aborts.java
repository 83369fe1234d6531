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

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How often a section is aborted, against how often it could be. */
final class Aborts {
    private static final Map<String, String> COUNTED = Text.ordered(
            "aborts", "aborted sections", "contextSwitches", "context switches", "ticks", "timer interrupts");
    private static final double BILLION = 1e9;

    private Aborts() {
    }

    static Section section(Run run) {
        Section s = new Section(run, "Aborts", """
                The kernel aborts a section when it interrupts it to run another thread or to deliver a signal: how often is that,
                against the scheduler's tick and with more threads than CPUs?""");
        int[] threads = Increments.THREADS;
        LinePlot plot = LinePlot.doubling("Aborted sections of PerCpu.add", "threads, on " + run.cpus + " CPUs", "per second");
        for (int t : threads) {
            plot.tick(t, "" + t);
            int style = 1;
            for (Map.Entry<String, String> counted : COUNTED.entrySet()) {
                Measurement m = get(s, "perCpuAdd", t);
                plot.point(counted.getValue(), style++, t, m == null ? null : m.part(counted.getKey()));
            }
        }
        s.figure("aborts", "Aborted sections, context switches and timer interrupts", plot.draw());
        for (String method : List.of("perCpuAdd", "perCpuCounter")) {
            Table table = new Table("", "aborted sections", "context switches", "timer interrupts",
                    "aborted of a billion increments");
            for (int t : threads) {
                Measurement m = get(s, method, t);
                table.row(Text.threads(t), part(m, "aborts"), part(m, "contextSwitches"), part(m, "ticks"),
                        Text.cell(billionth(m)));
            }
            s.table(Increments.CONTENDERS.get(method) + ", per second of the whole process or machine (95% interval):", table);
        }
        return s.say(verdict(s)).say(highest(s));
    }

    /** Where the counts are missing it is as good as not measured. */
    private static Measurement get(Section s, String method, int threads) {
        Measurement m = s.base("OneCounter", method, threads);
        return m == null || m.parts().containsKey("aborts") ? s.get("OneCounter", method, threads) : null;
    }

    private static String part(Measurement m, String name) {
        return Text.cell(m == null ? null : m.part(name));
    }

    private static Interval billionth(Measurement m) {
        if (m == null || !m.parts().containsKey("aborts")) {
            return null;
        }
        double[] aborts = m.parts().get("aborts");
        return Interval.of(IntStream.range(0, aborts.length)
                .mapToDouble(r -> aborts[r] * m.rounds()[r] / (1e9 * m.threads()) * BILLION).toArray());
    }

    private static String verdict(Section s) {
        Verdict verdict = new Verdict("%s are %s times as many as %s");
        int many = Increments.THREADS[Increments.THREADS.length - 1];
        Measurement most = get(s, "perCpuAdd", many);
        Measurement few = get(s, "perCpuAdd", s.run.cpus);
        for (Measurement m : Arrays.asList(few, most)) {
            if (m != null) {
                verdict.add("with " + Text.threads(m.threads()) + " ", "timer interrupts", "aborted sections",
                        Ratio.of(m.parts().get("ticks"), m.parts().get("aborts")));
            }
        }
        if (few != null && most != null && most != few) {
            verdict.add("", "aborted sections with " + Text.threads(many), "those with " + Text.threads(s.run.cpus),
                    Ratio.of(most.parts().get("aborts"), few.parts().get("aborts")));
        }
        return verdict.text();
    }

    private static String highest(Section s) {
        String none = IntStream.of(Increments.THREADS)
                .filter(t -> billionth(get(s, "perCpuAdd", t)) instanceof Interval i && i.high() == 0)
                .mapToObj(String::valueOf).collect(Collectors.joining(", "));
        String text = none.isEmpty() ? "" : "No section of PerCpu.add was aborted with these numbers of threads: " + none + ".";
        Interval highest = null;
        int threads = 0;
        for (int t : Increments.THREADS) {
            Interval i = billionth(get(s, "perCpuAdd", t));
            if (i != null && i.value() > (highest == null ? 0 : highest.value())) {
                highest = i;
                threads = t;
            }
        }
        return highest == null ? text : text + (text.isEmpty() ? "" : "\n") + "The highest mean: " + Text.cell(highest)
                + " of a billion increments, with " + Text.threads(threads) + ".";
    }
}
