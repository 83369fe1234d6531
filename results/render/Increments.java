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

/** What an increment costs: of one counter, of several in turn, with others at the same counter or not. */
final class Increments {
    static final Map<String, String> CONTENDERS = Text.ordered(
            "plainOpaque", "plain field, one per thread", "perCpuAdd", "PerCpu.add", "perCpuCounter", "PerCpuCounter",
            "longAdder", "LongAdder", "atomicLong", "AtomicLong", "threadLocal", "ThreadLocal counter",
            "stripedArray", "AtomicLongArray by slot");
    private static final Map<String, String> HELD = Text.ordered("perCpuAdd", "PerCpu.add", "longAdder", "LongAdder");
    static final int[] THREADS = {1, 2, 4, 16, 64};
    private static final int[] OF_EIGHT = {1, 2};
    private static final int[] OF_SIXTY_FOUR = {1, 2};

    private Increments() {
    }

    static Section cost(Run run) {
        Section s = new Section(run, "What an increment costs, with more and more threads",
                "Every thread adds to the same counter as fast as it can: what does it cost, and does it stay so?");
        LinePlot plot = LinePlot.doubling("CPU time of an increment, all threads at one counter",
                "threads, on " + run.cpus + " CPUs", "ns of CPU");
        int style = 0;
        for (Map.Entry<String, String> c : CONTENDERS.entrySet()) {
            for (int t : THREADS) {
                Measurement m = s.get("OneCounter", c.getKey(), t);
                plot.tick(t, "" + t).point(c.getValue(), style, t, m == null ? null : m.cpuNanos(run.cpus));
            }
            style++;
        }
        s.figure("cost", "CPU time of an increment", plot.draw());
        s.table("Nanoseconds per increment as a thread sees them (95% interval); threads share " + run.cpus + " CPUs:",
                s.grid("OneCounter", CONTENDERS, THREADS, Text::cell));
        s.table("Time divided by that of PerCpu.add with as many threads (95% interval):",
                s.ratios("OneCounter", CONTENDERS, THREADS, "perCpuAdd"));
        Verdict verdict = Verdict.ofTime();
        for (int t : new int[] {1, THREADS[THREADS.length - 1]}) {
            verdict.add("with " + Text.threads(t) + " ", "LongAdder", "PerCpu.add",
                    s.ratio("OneCounter", "longAdder", "perCpuAdd", t));
            verdict.add("with " + Text.threads(t) + " ", "PerCpu.add", "the plain field",
                    s.ratio("OneCounter", "perCpuAdd", "plainOpaque", t));
        }
        verdictByTheClock(s);
        return s.say(verdict.text());
    }

    /** JMH adds up what each thread did in the time that it saw of an iteration. Is that what all did in that time? */
    private static void verdictByTheClock(Section s) {
        Measurement two = s.base("OneCounter", "perCpuAdd", 2);
        Measurement most = s.base("OneCounter", "perCpuAdd", THREADS[THREADS.length - 1]);
        if (two == null || most == null || !two.parts().containsKey("throughput") || !most.parts().containsKey("throughput")) {
            return;
        }
        Ratio rates = Ratio.ofThroughput(most, two);
        Ratio clock = Ratio.of(most.parts().get("throughput"), two.parts().get("throughput"));
        s.say("PerCpu.add, throughput of " + Text.threads(most.threads()) + " / throughput of 2: " + rates.full()
                + " by the sum of the threads' rates, which is JMH's, and " + clock.full() + " by what all of them did in the time that an"
                + " iteration took, preparations included.");
    }

    static Section several(Run run) {
        Section s = new Section(run, "Eight and 64 counters in turn",
                "A program counts more than one thing: what does an increment cost when the next one is of another counter?");
        DotPlot plot = new DotPlot("One increment of one counter, or of several in turn, 1 thread", "ns per increment",
                List.of("one counter", "eight in turn", "64 in turn"));
        CONTENDERS.forEach((method, name) -> plot.row(name, each(s.base("OneCounter", method, 1), 1),
                each(s.get("EightCounters", method, 1), 8), each(s.get("SixtyFourCounters", method, 1), 64)));
        s.figure("several", "Time of an increment of one counter and of several in turn", plot.draw());
        s.table("Nanoseconds for eight increments, one of each counter (95% interval):",
                s.grid("EightCounters", CONTENDERS, OF_EIGHT, Text::cell));
        s.table("Nanoseconds for 64 increments, one of each counter (95% interval):",
                s.grid("SixtyFourCounters", CONTENDERS, OF_SIXTY_FOUR, Text::cell));
        Verdict verdict = Verdict.ofTime();
        verdict.add("eight counters: ", "LongAdder", "PerCpu.add", s.ratio("EightCounters", "longAdder", "perCpuAdd", 1));
        verdict.add("64 counters: ", "LongAdder", "PerCpu.add", s.ratio("SixtyFourCounters", "longAdder", "perCpuAdd", 1));
        s.say(verdict.text());
        return held(s);
    }

    /** Where a counter's word is has to be loaded, or is a constant. */
    private static Section held(Section s) {
        Table table = new Table("1 thread", "fields of an object", "static final fields");
        HELD.forEach((method, name) -> table.row(name, Text.cell(s.get("EightCounters", method, 1)),
                Text.cell(s.get("EightCounters", method + "Static", 1))));
        table.row("PerCpu.add in a loop", Text.cell(s.base("Loops", "perCpuAddEight", 1)),
                Text.cell(s.base("Loops", "perCpuAddEightStatic", 1)));
        table.row("the section in C, in a loop", Text.cell(s.base("Limits", "cEightSectionsFields", 1)),
                Text.cell(s.base("Limits", "cEightSections", 1)));
        s.table("""
                It matters where a program has its counters. From a field of an object C2 loads the counter, and from that the address
                of its word; what is in a static final field is a constant. The section in C does with its words as PerCpu.add does,
                in the first column with both loads. An invocation of a benchmark makes eight increments, and has the call and
                JMH's own loop beside them; a loop has neither, in Java as in C. Nanoseconds for eight increments (95% interval):""", table);
        Verdict verdict = Verdict.ofTime();
        verdict.add("", "PerCpu.add to a counter in a field", "PerCpu.add to a constant",
                s.ratio("EightCounters", "perCpuAdd", "perCpuAddStatic", 1));
        verdict.add("constants: ", "LongAdder", "PerCpu.add",
                s.ratio("EightCounters", "longAdderStatic", "perCpuAddStatic", 1));
        Measurement adder = s.get("EightCounters", "longAdder", 1);
        verdict.add("", "LongAdder", "eight sections in C with both loads", Ratio.of(adder, s.base("Limits", "cEightSectionsFields", 1)));
        verdict.add("", "LongAdder", "eight sections in C without", Ratio.of(adder, s.base("Limits", "cEightSections", 1)));
        verdict.add("", "an invocation that adds to eight counters in fields", "eight sections in C with both loads, in a loop,",
                Ratio.of(s.get("EightCounters", "perCpuAdd", 1), s.base("Limits", "cEightSectionsFields", 1)));
        verdict.add("", "an invocation that adds to eight constants", "eight sections in C without, in a loop,",
                Ratio.of(s.get("EightCounters", "perCpuAddStatic", 1), s.base("Limits", "cEightSections", 1)));
        verdict.add("in a loop, ", "PerCpu.add to eight counters in fields", "eight sections in C with both loads",
                Ratio.of(s.base("Loops", "perCpuAddEight", 1), s.base("Limits", "cEightSectionsFields", 1)));
        verdict.add("in a loop, ", "PerCpu.add to eight constants", "eight sections in C without",
                Ratio.of(s.base("Loops", "perCpuAddEightStatic", 1), s.base("Limits", "cEightSections", 1)));
        return s.say(verdict.text());
    }

    private static Interval each(Measurement m, int counters) {
        return m == null ? null : m.interval().times(1.0 / counters);
    }

    static Section contended(Run run) {
        Section s = new Section(run, "Contended against uncontended",
                "Does it matter whether threads add to the same counter or each to one of its own?");
        DotPlot plot = new DotPlot("Increment by " + Text.threads(2), "ns as a thread sees them",
                List.of("a counter for each thread", "the same counter"));
        Table table = new Table("ns, " + Text.threads(2), "a counter for each", "the same counter", "ratio");
        Verdict verdict = Verdict.ofTime();
        for (String method : List.of("perCpuAdd", "perCpuCounter", "longAdder", "atomicLong")) {
            String name = CONTENDERS.get(method);
            Measurement own = s.get("OwnCounter", method, 2);
            Measurement same = s.base("OneCounter", method, 2);
            plot.row(name, own == null ? null : own.interval(), same == null ? null : same.interval());
            table.row(name, Text.cell(own), Text.cell(same), Ratio.of(same, own).full());
            verdict.add(name + ": ", "the same counter", "a counter of the thread's own", Ratio.of(same, own));
        }
        return s.figure("contended", "Increment of a shared counter and of one's own", plot.draw())
                .table("Nanoseconds as a thread sees them (95% interval), and the same counter / a counter for each:", table)
                .say(verdict.text());
    }
}
