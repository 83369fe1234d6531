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

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import percpu.lib.Check;
import percpu.lib.Resident;
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

        public static void main(String[] args) throws Exception {
            int slots = Integer.parseInt(args[0]);
            Check.equal(PerCpu.slots(), slots, "slots");
            PerCpuLong[] variables = new PerCpuLong[VARIABLES];
            for (int i = 0; i < variables.length; i++) {
                variables[i] = new PerCpuLong();
                PerCpu.add(variables[i], i + 1);
            }
            long resident = Resident.of(variables);
            // Nobody ran on the others, so nobody wrote to their slots. What sums do is in ReadUnusedSlots.
            int used = Runtime.getRuntime().availableProcessors() + 1;
            long most = VARIABLES * (8L * used + 50);
            System.out.println(VARIABLES + " variables with " + slots + " slots: " + resident + " bytes resident");
            Check.that(resident >= 8 * VARIABLES, "only " + resident + " bytes resident: other mappings were looked at");
            Check.that(resident < most, resident + " bytes resident, at most " + most + " expected");
            for (int i = 0; i < variables.length; i++) {
                Check.equal(variables[i].sum(), i + 1, "variable " + i);
            }
        }
    }
}
