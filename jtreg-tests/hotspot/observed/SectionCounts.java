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

/*
 * @test
 * @summary jcmd Compiler.percpu lists the sections of all code, with whose they are and how often each was aborted and
 *          given up: exact, and in all as many aborts as threads had
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 *          java.management jdk.management
 * @build percpu.lib.*
 * @run driver SectionCounts
 */

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.lib.dcmd.JMXExecutor;
import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class SectionCounts {
    // Tries of an operation's stub; one more is made inline.
    private static final int LIMIT = 5;

    public static void main(String[] args) throws Exception {
        for (String tier : new String[] {"-XX:-TieredCompilation", "-XX:TieredStopAtLevel=1", "-Xint"}) {
            forced(tier).pass(Aborted.class, tier);
        }
        new Vm().with("-XX:-TieredCompilation", "-Xbatch").pass(NotAborted.class);
        new Vm().with("-XX:-UseRseq").pass(Without.class);
    }

    // Each section aborts before its commit.
    private static Vm forced(String tier) {
        return new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:+RseqForceAbort", "-XX:RseqAbortLimit=" + LIMIT,
                "-Xbatch", tier, "-XX:+UseSerialGC", "-XX:-UsePerCpuAdders", "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=dontinline,SectionCounts$Aborted::*");
    }

    private record Line(long aborts, long givenUp, long start, long end, String operation) {
        private static final Pattern LINE = Pattern.compile(
                "(?m)^ *(\\d+) +(\\d+)  \\[0x([0-9a-f]+), 0x([0-9a-f]+)\\)  (.+)$");

        static List<Line> all() {
            String output = new JMXExecutor().execute("Compiler.percpu").getOutput();
            List<Line> lines = new ArrayList<>();
            for (Matcher m = LINE.matcher(output); m.find(); ) {
                lines.add(new Line(Long.parseLong(m.group(1)), Long.parseLong(m.group(2)),
                        Long.parseLong(m.group(3), 16), Long.parseLong(m.group(4), 16), m.group(5)));
            }
            Check.that(output.contains("\n" + lines.size() + " sections\n"), "not " + lines.size() + " sections");
            return lines;
        }

        static Line of(List<Line> lines, String operation) {
            List<Line> found = lines.stream().filter(line -> line.operation.contains(operation)).toList();
            Check.equal(found.size(), 1, "sections of " + operation);
            return found.get(0);
        }
    }

    public static class Aborted {
        private static final PerCpuLong FIRST = new PerCpuLong();
        private static final PerCpuLong SECOND = new PerCpuLong();
        private static final int WARM = 20_000;
        private static final int CALLS = 1000;

        private static void once() {
            PerCpu.add(FIRST, 1);
        }

        private static void twice() {
            PerCpu.add(FIRST, 1);
            SECOND.getClass();
            PerCpu.add(SECOND, 1);
        }

        public static void main(String[] args) {
            boolean inline = args[0].equals("-XX:-TieredCompilation");
            for (int i = 0; i < WARM; i++) {
                once();
                twice();
            }
            List<Line> before = Line.all();
            for (int i = 0; i < CALLS; i++) {
                once();
                twice();
                twice();
            }
            long aborts = Raw.aborts();
            List<Line> after = Line.all();
            Check.equal(FIRST.sum(), 2 * WARM + 3L * CALLS, "sum");
            Check.equal(SECOND.sum(), WARM + 2L * CALLS, "sum");
            Check.equal(Raw.aborts(), aborts, "aborts while they are listed");
            Check.equal(after.stream().mapToLong(Line::aborts).sum(), aborts, "aborts of all sections");
            for (int i = 1; i < after.size(); i++) {
                Check.that(after.get(i - 1).aborts >= after.get(i).aborts, "not the most aborted first");
            }

            String stub = "load_add_store in PerCpuStubs";
            // What an inline section gives up is counted there.
            counted(before, after, stub, 5L * CALLS * LIMIT, inline ? 0 : 5L * CALLS);
            if (inline) {
                counted(before, after, "Aborted.once() @ ", CALLS, CALLS);
                List<Line> both = after.stream().filter(l -> l.operation.contains("Aborted.twice() @ ")).toList();
                Check.equal(both.size(), 2, "sections of twice");
                for (Line line : both) {
                    counted(before, after, line.operation, 2L * CALLS, 2L * CALLS);
                    Check.that(line.operation.startsWith("load_add_store in "), line.operation);
                }
                Check.that(!both.get(0).operation.equals(both.get(1).operation), "one bytecode: " + both);
            }
        }

        private static void counted(List<Line> before, List<Line> after, String operation, long aborts, long givenUp) {
            Line first = Line.of(before, operation);
            Line last = Line.of(after, operation);
            Check.equal(last.start, first.start, "where " + operation + " is");
            Check.equal(last.aborts - first.aborts, aborts, "aborts of " + operation);
            Check.equal(last.givenUp - first.givenUp, givenUp, "times given up of " + operation);
        }
    }

    /** What is inlined between is no caller; the code that it is compiled into is told, too. */
    public static class NotAborted {
        private static final PerCpuCounter COUNTER = new PerCpuCounter();
        private static final LongAdder ADDER = new LongAdder();

        private static void count() {
            COUNTER.increment();
            ADDER.increment();
        }

        private static void loop() {
            for (int i = 0; i < 1000; i++) {
                count();
            }
        }

        public static void main(String[] args) {
            Contention.contend(ADDER);
            for (int i = 0; i < 1000; i++) {
                loop();
            }
            List<Line> lines = Line.all().stream()
                    .filter(line -> line.operation.matches(".* in void SectionCounts\\$NotAborted\\.count\\(\\) @ \\d+"
                            + ", compiled in void SectionCounts\\$NotAborted\\.loop\\(\\)")).toList();
            Check.that(lines.stream().map(Line::operation).distinct().count() == 2, "not two operations: " + lines);
            for (Line line : lines) {
                Check.that(line.start < line.end, "an empty section: " + line);
            }
        }
    }

    public static class Without {
        public static void main(String[] args) {
            String output = new JMXExecutor().execute("Compiler.percpu").getOutput();
            Check.that(output.contains("rseq: none: -XX:-UseRseq"), "the reason is not told");
            Check.equal(Line.all().size(), 0, "sections");
        }
    }
}
