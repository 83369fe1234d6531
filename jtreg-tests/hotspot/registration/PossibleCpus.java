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
 * @summary -XX:RseqPossibleCPUs: slots for CPUs that the machine does not have, which take no memory
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run main/othervm PossibleCpus
 */

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import percpu.lib.Check;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class PossibleCpus {
    private static final int MOST = 8192;

    public static void main(String[] args) throws Exception {
        int usual = PerCpu.slots();
        slots("-XX:RseqPossibleCPUs=1", usual);
        for (int cpus : new int[] {256, MOST}) {
            slots("-XX:RseqPossibleCPUs=" + cpus, Math.max(usual, cpus + 1));
        }
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq"}) {
            vm("-XX:RseqPossibleCPUs=256").with(use).pass(Workload.class, "threads=6", "millis=200");
        }
        vm("-XX:RseqPossibleCPUs=" + (MOST + 1)).run(Slots.class).shouldHaveExitValue(1).shouldContain("RseqPossibleCPUs");
    }

    private static Vm vm(String option) {
        return new Vm().with("-XX:+UnlockDiagnosticVMOptions", option, "-Xlog:rseq");
    }

    private static void slots(String option, int expected) throws Exception {
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq"}) {
            vm(option).with(use).pass(Slots.class, "" + expected).shouldMatch("rseq: .* " + expected + " slots");
        }
    }

    public static class Slots {
        private static final int VARIABLES = 20_000;
        private static final Pattern RSS = Pattern.compile("^Rss: +(\\d+) kB", Pattern.MULTILINE);

        private static long resident() throws Exception {
            Matcher rss = RSS.matcher(Files.readString(Path.of("/proc/self/smaps_rollup")));
            Check.that(rss.find(), "no Rss in /proc/self/smaps_rollup");
            return 1024 * Long.parseLong(rss.group(1));
        }

        public static void main(String[] args) throws Exception {
            int slots = Integer.parseInt(args[0]);
            Check.equal(PerCpu.slots(), slots, "slots");
            PerCpuLong[] variables = new PerCpuLong[VARIABLES];
            work(new PerCpuLong[1]);
            long before = resident();
            work(variables);
            long grown = resident() - before;
            // Nobody ran on the others, so nobody wrote to their slots; reading them makes nothing resident.
            int used = Runtime.getRuntime().availableProcessors() + 1;
            long most = VARIABLES * (8L * used + 500);
            System.out.println(VARIABLES + " variables with " + slots + " slots: " + grown + " bytes resident");
            Check.that(grown < most, grown + " bytes resident more, at most " + most + " expected");
        }

        private static void work(PerCpuLong[] variables) {
            for (int i = 0; i < variables.length; i++) {
                variables[i] = new PerCpuLong();
                PerCpu.add(variables[i], i + 1);
            }
            for (int i = 0; i < variables.length; i++) {
                Check.equal(variables[i].sum(), i + 1, "variable " + i);
            }
        }
    }
}
