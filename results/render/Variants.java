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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The same increments on a JVM that was started in another way. */
final class Variants {
    private static final List<String> METHODS = List.of("perCpuAdd", "perCpuCounter");
    private static final int[] THREADS = {1, 2};

    private Variants() {
    }

    static Section index(Run run) {
        Matcher m = Pattern.compile("index (\\w+)").matcher(run.machine.getOrDefault("rseq", ""));
        String usual = m.find() ? m.group(1) : "the usual index";
        Section s = new Section(run, "mm_cid against cpu_id",
                "The slot is found by mm_cid where the kernel has it, else by cpu_id: does that matter? Here the JVM chooses "
                + usual + ".");
        compare(s, "index", "cpu_id", usual, " with cpu_id", " with " + usual);
        return s;
    }

    static Section fallback(Run run) {
        Section s = new Section(run, "The fallback", """
                Where the kernel has no rseq, or with -XX:-UseRseq, the same classes use atomic instructions: what does that
                cost?""");
        compare(s, "fallback", "atomics", "rseq", " as the fallback", " with rseq");
        Verdict rivals = Verdict.ofTime();
        for (int t : THREADS) {
            rivals.add(with(t), "PerCpu.add as the fallback", "LongAdder",
                    Ratio.of(s.base("OneCounter@atomics", "perCpuAdd", t), s.base("OneCounter", "longAdder", t)));
        }
        return s.say(rivals.text());
    }

    private static String with(int threads) {
        return "with " + Text.threads(threads) + " ";
    }

    private static void compare(Section s, String file, String variant, String usual, String a, String b) {
        DotPlot plot = new DotPlot("Increment, " + variant + " and " + usual, "ns as a thread sees them", List.of(usual, variant));
        Table table = new Table("ns", usual, variant, "ratio");
        Verdict verdict = Verdict.ofTime();
        for (int t : THREADS) {
            plot.heading(Text.threads(t));
            for (String method : METHODS) {
                String name = Increments.CONTENDERS.get(method);
                Measurement other = s.get("OneCounter@" + variant, method, t);
                Measurement one = s.base("OneCounter", method, t);
                plot.row(name, one == null ? null : one.interval(), other == null ? null : other.interval());
                table.row(name + ", " + Text.threads(t), Text.cell(one), Text.cell(other), Ratio.of(other, one).full());
                verdict.add(with(t), name + a, name + b, Ratio.of(other, one));
            }
            for (Map.Entry<String, String> rival : Text.ordered("longAdder", "LongAdder", "atomicLong", "AtomicLong").entrySet()) {
                Measurement one = s.base("OneCounter", rival.getKey(), t);
                if (variant.equals("atomics") && one != null) {
                    plot.row(rival.getValue(), one.interval());
                    table.row(rival.getValue() + ", " + Text.threads(t), Text.cell(one), Text.NONE, Text.NONE);
                }
            }
        }
        s.figure(file, "Increment, " + variant + " and " + usual, plot.draw());
        s.table("Nanoseconds as a thread sees them (95% interval), and " + variant + " / " + usual + ":", table);
        s.say(verdict.text());
    }
}
