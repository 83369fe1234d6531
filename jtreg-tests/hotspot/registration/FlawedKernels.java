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
 * @summary on kernels whose rseq has flaws, operations are exact all the same, with the handshake or as atomics
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver FlawedKernels
 */

import percpu.lib.Vm;
import percpu.lib.Workload;

public class FlawedKernels {
    public static void main(String[] args) throws Exception {
        runs("5.14.0-503.el9.aarch64", "rseq");
        runs("6.19.10-200.fc43.aarch64", "atomics");
    }

    private static void runs(String release, String mode) throws Exception {
        new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-Xlog:rseq", "-XX:TieredStopAtLevel=1",
                        "-XX:RseqKernel=" + release + " #1 aarch64")
                .pass(Workload.class, "mode=" + mode, "threads=6", "millis=200")
                .shouldContain("workload: passed");
    }
}
