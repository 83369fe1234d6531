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
 * @summary -XX:RseqIndex: which slots are used, by a process that is bound to one CPU
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run main/othervm --enable-native-access=ALL-UNNAMED IndexAndSlots
 */

import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class IndexAndSlots {
    public static void main(String[] args) throws Exception {
        badValue();
        int[] cpus = Native.allowedCpus();
        int last = cpus[cpus.length - 1];
        if (last == 0) {
            throw new SkippedException("only CPU 0 may be used here, the two indexes do not differ");
        }
        // A child starts with the affinity of the thread that makes it.
        Check.success(Native.setAffinity(0, new int[] {last}), "binding to CPU " + last);
        try {
            for (boolean glibc : new boolean[] {true, false}) {
                run(glibc, "cpu_id", "slots=" + last);
                OutputAnalyzer output = run(glibc, "mm_cid", "slots=0," + last);
                if (output.contains("this kernel has no mm_cid")) {
                    output.shouldContain("index cpu_id");
                } else {
                    // Bound to one CPU from the start, the process has one concurrency id.
                    output.shouldContain("index mm_cid");
                    run(glibc, "mm_cid", "slots=0");
                    run(glibc, "auto", "slots=0");
                }
            }
        } finally {
            Check.success(Native.setAffinity(0, cpus), "lifting the binding");
        }
    }

    private static OutputAnalyzer run(boolean glibc, String index, String slots) throws Exception {
        Vm vm = new Vm().with("-XX:RseqIndex=" + index, "-Xlog:rseq");
        if (!glibc) {
            vm.withoutGlibcRseq();
        }
        OutputAnalyzer output = vm.pass(Workload.class, "mode=rseq", "threads=6", "millis=200", slots);
        if (index.equals("cpu_id")) {
            output.shouldContain("index cpu_id");
        }
        return output;
    }

    private static void badValue() throws Exception {
        for (String index : new String[] {"node_id", "MM_CID", ""}) {
            OutputAnalyzer output = new Vm().with("-XX:RseqIndex=" + index).run(Workload.class);
            output.shouldHaveExitValue(1).shouldContain("RseqIndex must be auto, cpu_id or mm_cid");
        }
    }
}
