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
 * @summary the areas that the VM registers have the size and the alignment that this kernel asks for
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegisteredArea
 */

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.test.lib.process.OutputAnalyzer;
import percpu.lib.AuxiliaryVector;
import percpu.lib.Check;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class RegisteredArea {
    private static final long ORIGINAL = 32;

    public static void main(String[] args) throws Exception {
        System.out.println(check());
    }

    /** Says what was registered, if that is what the kernel asks for. */
    static String check() throws Exception {
        // Kernels before 6.3 have no such entries and take the original struct only.
        long size = Math.max(AuxiliaryVector.entry(AuxiliaryVector.RSEQ_FEATURE_SIZE), ORIGINAL);
        long alignment = Math.max(AuxiliaryVector.entry(AuxiliaryVector.RSEQ_ALIGN), ORIGINAL);
        OutputAnalyzer output = new Vm().withoutGlibcRseq().with("-Xlog:rseq=debug")
                .pass(Workload.class, "mode=rseq", "threads=4", "kind=platform", "millis=100");
        Matcher m = Pattern.compile("Thread \\d+: area of (\\d+) bytes at 0x([0-9a-f]+)")
                .matcher(output.getOutput());
        int threads = 0;
        while (m.find()) {
            threads++;
            Check.equal(Long.parseLong(m.group(1)), size, "bytes registered");
            long address = Long.parseUnsignedLong(m.group(2), 16);
            Check.equal(address % alignment, 0, "0x" + m.group(2) + " modulo the kernel's alignment " + alignment);
        }
        Check.that(threads >= 5, threads + " threads told of their areas");
        return size + " bytes, aligned to " + alignment;
    }
}
