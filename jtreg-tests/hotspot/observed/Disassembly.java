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
 * @summary CompileCommand=print marks the steps of each section, with a disassembler or without
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver Disassembly
 */

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.whitebox.code.NMethod;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Section;
import percpu.lib.Vm;

public class Disassembly {
    private static final List<String> STEPS =
            List.of("arm", "start", "commit", "post_commit", "abort handler", "without a section");

    public static void main(String[] args) throws Exception {
        String output = new Vm().withWhiteBox()
                .with("-XX:-TieredCompilation", "-Xbatch", "-XX:CompileCommand=quiet",
                        "-XX:CompileCommand=print,Disassembly$Printed::twice",
                        "-XX:CompileCommand=dontinline,Disassembly$Printed::twice")
                .pass(Printed.class).getStdout();
        List<String> sections = output.lines().filter(line -> line.startsWith("section ")).toList();
        Check.equal(sections.size(), 2, "sections of twice");
        for (String line : sections) {
            Map<String, Long> section = new HashMap<>();
            for (String word : line.substring("section ".length()).split(" ")) {
                section.put(word.split("=")[0], Long.parseLong(word.split("=")[1]));
            }
            check(output, section);
        }
    }

    private static void check(String output, Map<String, Long> section) {
        Map<String, Long> marked = new HashMap<>();
        Matcher mark = Pattern.compile("(?m)^ *\\[rseq 0x0*" + Long.toHexString(section.get("descriptor"))
                + " (.+) at 0x([0-9a-f]+): load_add_store in void Disassembly\\$Printed\\.twice\\(.*\\) @ (\\d+)\\]$")
                .matcher(output);
        while (mark.find()) {
            Check.that(marked.put(mark.group(1), Long.parseLong(mark.group(2), 16)) == null,
                    "two marks: " + mark.group());
        }
        Check.that(marked.keySet().containsAll(STEPS) && marked.size() == STEPS.size(),
                "not all steps are marked: " + marked);
        Check.equal(marked.get("arm"), section.get("arm"), "where the section is armed");
        Check.equal(marked.get("start"), section.get("start"), "where it starts");
        Check.equal(marked.get("post_commit"), section.get("end"), "where it ends");
        long commit = marked.get("commit");
        Check.that(section.get("start") < commit && commit < section.get("end"), "the commit is outside: " + marked);
        // Off the fast path, the handler before what it leads to.
        Check.that(marked.get("abort handler") >= section.get("end"), "the abort handler is before it: " + marked);
        Check.that(marked.get("without a section") > marked.get("abort handler"), "no abort handler: " + marked);
    }

    public static class Printed {
        private static void twice(PerCpuLong a, PerCpuLong b) {
            PerCpu.add(a, 1);
            b.getClass();
            PerCpu.add(b, 1);
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            PerCpuLong a = new PerCpuLong();
            PerCpuLong b = new PerCpuLong();
            for (int i = 0; i < 20_000; i++) {
                twice(a, b);
            }
            NMethod code = NMethod.get(Printed.class.getDeclaredMethod("twice", PerCpuLong.class, PerCpuLong.class),
                    false);
            Check.that(code != null && code.comp_level == 4, "twice is not compiled by C2");
            for (Section section : Section.find(code)) {
                System.out.printf("%nsection descriptor=%d arm=%d start=%d end=%d%n", section.descriptor(),
                        section.arm(), section.start(), section.start() + section.length());
            }
        }
    }
}
