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
 * @summary A sum reads the slots of all possible CPUs. Those that nobody wrote to take no memory then either, where the
 *          kernel has a page of zeros
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:RseqPossibleCPUs=256 ReadUnusedSlots
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:RseqPossibleCPUs=256 -XX:-UseRseq ReadUnusedSlots
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:RseqPossibleCPUs=8192 ReadUnusedSlots
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:RseqPossibleCPUs=8192 -XX:-UseRseq ReadUnusedSlots
 */

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Resident;

public class ReadUnusedSlots {
    private static final int VARIABLES = 20_000;

    public static void main(String[] args) throws Exception {
        long probe = Resident.ofProbeByReading();
        if (probe > 1 << 20) {
            throw new SkippedException("this kernel maps no page of zeros: " + probe
                    + " bytes are resident that were only read");
        }
        Check.that(PerCpu.slots() > 256, "only " + PerCpu.slots() + " slots");
        PerCpuLong[] variables = new PerCpuLong[VARIABLES];
        for (int i = 0; i < variables.length; i++) {
            variables[i] = new PerCpuLong();
            PerCpu.add(variables[i], i + 1);
        }
        long before = Resident.of(variables);
        Check.that(before >= 8 * VARIABLES, "only " + before + " bytes resident: other mappings were looked at");
        for (int i = 0; i < variables.length; i++) {
            Check.equal(variables[i].sum(), i + 1, "variable " + i);
        }
        long after = Resident.of(variables);
        System.out.println(before + " bytes resident before the sums, " + after + " after them");
        // A CPU that this thread came to meanwhile may have new pages.
        long most = before + VARIABLES * 8L * Runtime.getRuntime().availableProcessors();
        Check.that(after <= most, after + " bytes resident, at most " + most + " expected");
    }
}
