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
            "ThreadStart", "registered by glibc", "ThreadStart@jvm", "registered by the JVM", "ThreadStart@nobody", "not registered");
    private static final List<String> OTHERS = List.of("0", "1", "7");

    private ThreadsAndFences() {
    }

    static Section start(Run run) {
        Section s = new Section(run, "A thread's start", """
                A thread has to be registered with the kernel. The C library does that for all threads; where it does not, the
                JVM does it as the thread starts: what does that cost? Where nobody does it, glibc was told not to, and rseq is off
                in the JVM.""");
        DotPlot plot = new DotPlot("Start and join of a thread", "µs", List.of("1 thread that starts others"));
        Table table = new Table("µs", "start and join", "divided by that of one that is not registered");
        Measurement nobody = s.get("ThreadStart@nobody", "startAndJoin", 1);
        Verdict verdict = Verdict.ofTime();
        STARTS.forEach((question, name) -> {
            Measurement m = s.get(question, "startAndJoin", 1);
            Interval micros = m == null ? null : m.interval().times(MICROS);
            plot.row(name, micros);
            table.row(name, Text.cell(micros), m == nobody ? Text.NONE : Ratio.of(m, nobody).full());
            if (m != nobody) {
                verdict.add("", "the start of a thread that is " + name, "one that is not registered", Ratio.of(m, nobody));
            }
        });
        return s.figure("thread-start", "Start and join of a thread", plot.draw())
                .table("Microseconds (95% interval):", table).say(verdict.text());
    }

    static Section fence(Run run) {
        Section s = new Section(run, "Fences", """
                PerCpu.exclusive locks a slot, sees to it that no section is under way there (the fence), runs an action and unlocks:
                what does the fence cost by membarrier, and by a handshake of the JVM, while other threads add? The overflow slot has
                no sections: there it is the same without a fence. With more threads than CPUs, the time in which this thread
                has none is a part of it.""");
        LinePlot plot = LinePlot.linear("PerCpu.exclusive", "other threads that add all the time", "µs");
        Table table = new Table("µs, other threads", "without a fence", "membarrier", "handshake", "handshake / membarrier");
        Verdict verdict = Verdict.ofTime();
        for (String others : OTHERS) {
            Measurement membarrier = s.get("Fence/" + others, "exclusive", 1);
            Measurement handshake = s.get("Fence/" + others + "@handshake", "exclusive", 1);
            Measurement without = s.get("Fence/" + others, "withoutFence", 1);
            double x = Double.parseDouble(others);
            plot.tick(x, others).point("membarrier", 1, x, micros(membarrier)).point("handshake", 3, x, micros(handshake))
                    .point("without a fence", 2, x, micros(without));
            Ratio ratio = Ratio.of(handshake, membarrier);
            table.row(others, Text.cell(micros(without)), Text.cell(micros(membarrier)), Text.cell(micros(handshake)), ratio.full());
            verdict.add("with " + others + " other " + (others.equals("1") ? "thread " : "threads "), "a handshake", "membarrier",
                    ratio);
        }
        return s.figure("fence", "Exclusive use with and without a fence", plot.draw())
                .table("Microseconds (95% interval):", table).say(verdict.text());
    }

    private static Interval micros(Measurement m) {
        return m == null ? null : m.interval().times(MICROS);
    }
}
