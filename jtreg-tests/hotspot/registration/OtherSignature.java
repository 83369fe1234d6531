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
 * @summary a library registers every thread with its __rseq_abi, but with another signature: the VM does not adopt that
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver OtherSignature
 */

import jdk.test.lib.process.OutputAnalyzer;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class OtherSignature {
    private static final String ADOPTED = "rseq: registered by the owner of __rseq_abi";

    public static void main(String[] args) throws Exception {
        for (String tier : new String[] {"-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation"}) {
            // The disturbance does abort sections, where the VM may adopt the area.
            run("libearlyadopter.so", tier, "mode=rseq", "min-aborts=50").shouldContain(ADOPTED);
            // The kernel kills the process at the first abort that finds the wrong signature.
            run("libothersignature.so", tier).shouldNotContain(ADOPTED)
                    .shouldMatch("\\[rseq *\\] .*__rseq_abi.*signature");
        }
    }

    private static OutputAnalyzer run(String library, String tier, String... more) throws Exception {
        String[] work = {"threads=8", "millis=1000", "storm=20", "hop=true"};
        String[] all = new String[work.length + more.length];
        System.arraycopy(work, 0, all, 0, work.length);
        System.arraycopy(more, 0, all, work.length, more.length);
        return new Vm().withoutGlibcRseq().env("LD_PRELOAD", Vm.nativeFile(library))
                .with(tier, "-Xlog:rseq", "-XX:+UnlockDiagnosticVMOptions", "-XX:RseqInjectDelay=50")
                .pass(Workload.class, all).shouldContain("earlyadopter: registered").shouldContain("workload: passed");
    }
}
