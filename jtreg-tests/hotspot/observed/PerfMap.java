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
 * @summary jcmd Compiler.perfmap names the stubs of the operations, and the trampolines that aborts go through
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 *          java.management jdk.management
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver PerfMap
 */

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.lib.dcmd.JMXExecutor;
import jdk.test.whitebox.code.NMethod;
import percpu.lib.Check;
import percpu.lib.NamedCode;
import percpu.lib.Raw;
import percpu.lib.Section;
import percpu.lib.Vm;

public class PerfMap {
    public static void main(String[] args) throws Exception {
        new Vm().withWhiteBox()
                .with("-XX:-TieredCompilation", "-Xbatch", "-XX:CompileCommand=quiet",
                        "-XX:CompileCommand=dontinline,PerfMap$Mapped::op")
                .pass(Mapped.class);
    }

    private static void named(NamedCode map, long address, String name) {
        Check.that(map.at(address).equals(name), Long.toHexString(address) + " is " + map.at(address) + ", not " + name);
    }

    public static class Mapped {
        private static final PerCpuLong V = new PerCpuLong();

        private static void op() {
            PerCpu.add(V, 1);
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            for (int i = 0; i < 20_000; i++) {
                op();
            }
            NamedCode map = new NamedCode();
            Section section = Section.find(NMethod.get(Mapped.class.getDeclaredMethod("op"), false)).get(0);
            named(map, section.start(), "void PerfMap$Mapped.op()");
            named(map, section.descriptor(), "rseq descriptors");
            int stubs = 0;
            Matcher line = Pattern.compile("\\[0x([0-9a-f]+), 0x[0-9a-f]+\\)  (\\w+) in PerCpuStubs")
                    .matcher(new JMXExecutor().execute("Compiler.percpu").getOutput());
            while (line.find()) {
                named(map, Long.parseLong(line.group(1), 16), "PerCpuStubs percpu_" + line.group(2));
                stubs++;
            }
            Check.that(stubs >= 8, "stubs: " + stubs);
        }
    }
}
