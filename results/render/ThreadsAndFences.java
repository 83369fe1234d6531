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

/** What is rare but not free: a thread's start, and taking a slot exclusively. */
final class ThreadsAndFences {
    private static final double MICROS = 1e-3;
    private static final Map<String, String> STARTS = Text.ordered(
            "ThreadStart", "as usual", "ThreadStart@jvm", "with threads registered by the JVM",
            "ThreadStart@off", "with rseq off");
    private static final List<String> OTHERS = List.of("0", "1", "7");

    private ThreadsAndFences() {
    }

    static Section start(Run run) {
        Section s = new Section(run, "A thread's start", """
                A thread has to be registered with the kernel. The C library does that for all threads; where it does not, the
                JVM does it as the thread starts: what does that cost?""");
        DotPlot plot = new DotPlot("Start and join of a thread", "µs", List.of("1 thread that starts others"));
        Table table = new Table("µs", "start and join", "divided by that with rseq off");
        Measurement off = s.get("ThreadStart@off", "startAndJoin", 1);
        Verdict verdict = Verdict.ofTime();
        STARTS.forEach((question, name) -> {
            Measurement m = s.get(question, "startAndJoin", 1);
            Interval micros = m == null ? null : m.interval().times(MICROS);
            plot.row(name, micros);
            table.row(name, Text.cell(micros), m == off ? Text.NONE : Ratio.of(m, off).full());
            if (m != off) {
                verdict.add("", "a thread's start " + name, "one with rseq off", Ratio.of(m, off));
            }
        });
        return s.figure("thread-start", "Start and join of a thread", plot.draw())
                .table("Microseconds (95% interval):", table).say(verdict.text());
    }

    static Section fence(Run run) {
        Section s = new Section(run, "Fences", """
                PerCpu.exclusive locks another slot, waits until no section is under way there, runs an action, here an empty one,
                and unlocks: what does the wait cost by membarrier, and by a handshake of the JVM, while other threads add?""");
        LinePlot plot = LinePlot.linear("PerCpu.exclusive of another slot", "other threads that add all the time", "µs");
        Table table = new Table("µs, other threads", "membarrier", "handshake", "handshake / membarrier");
        Verdict verdict = Verdict.ofTime();
        for (String others : OTHERS) {
            Measurement membarrier = s.get("Fence/" + others, "exclusive", 1);
            Measurement handshake = s.get("Fence/" + others + "@handshake", "exclusive", 1);
            double x = Double.parseDouble(others);
            plot.tick(x, others).point("membarrier", 1, x, micros(membarrier)).point("handshake", 3, x, micros(handshake));
            Ratio ratio = Ratio.of(handshake, membarrier);
            table.row(others, Text.cell(micros(membarrier)), Text.cell(micros(handshake)), ratio.full());
            verdict.add("with " + others + " other " + (others.equals("1") ? "thread " : "threads "), "a handshake", "membarrier",
                    ratio);
        }
        return s.figure("fence", "Latency of a fence", plot.draw())
                .table("Microseconds (95% interval):", table).say(verdict.text());
    }

    private static Interval micros(Measurement m) {
        return m == null ? null : m.interval().times(MICROS);
    }
}
