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
import java.util.Map;

/** How long the slow ones take: percentiles of push and pop with more threads than CPUs. */
final class Latency {
    private static final String NOTHING = "Nothing@latency";
    private static final String QUESTION = "Stacks@latency";
    private static final int[] THREADS = {2, 16};
    private static final String TAIL = "p99.9";
    private static final double MICROS = 1e-3;

    private Latency() {
    }

    static Section section(Run run) {
        Section s = new Section(run, "Latency under oversubscription",
                "A thread may be interrupted at any place; who then has to wait? Percentiles of the time of a push and a pop.");
        Map<String, String> contenders = Question.STACKS.labels();
        contenders.put("nothing", "nothing: JMH's own time");
        Verdict verdict = Verdict.ofTime();
        for (int t : THREADS) {
            LinePlot plot = LinePlot.linear("Push and pop, " + Text.threads(t) + " on " + run.cpus + " CPUs", "percentile", "µs");
            List<String> head = new ArrayList<>(List.of("µs, " + Text.threads(t)));
            head.addAll(Percentiles.WANTED.keySet());
            Table table = new Table(head);
            int[] style = {1};
            contenders.forEach((method, name) -> {
                Measurement m = s.get(method.equals("nothing") ? NOTHING : QUESTION, method, t);
                List<String> row = new ArrayList<>(List.of(name));
                int x = 0;
                for (String percentile : Percentiles.WANTED.keySet()) {
                    Interval i = m == null ? null : m.part(percentile).times(MICROS);
                    plot.tick(x, percentile).point(name, style[0], x, i);
                    row.add(Text.cell(i));
                    x++;
                }
                table.row(row);
                style[0]++;
                if (!method.equals("perCpuStack") && !method.equals("nothing") && t == THREADS[THREADS.length - 1]) {
                    verdict.add("at " + TAIL + " with " + Text.threads(t) + " ", name, "PerCpuStack",
                            Ratio.of(tail(m), tail(s.get(QUESTION, "perCpuStack", t))));
                }
            });
            s.figure("latency-" + t, "Percentiles of push and pop, " + Text.threads(t), plot.draw());
            s.table("Microseconds of a push and a pop, " + Text.threads(t) + " (95% interval):", table);
        }
        return s.say(verdict.text());
    }

    private static double[] tail(Measurement m) {
        return m == null ? null : m.parts().get(TAIL);
    }
}
