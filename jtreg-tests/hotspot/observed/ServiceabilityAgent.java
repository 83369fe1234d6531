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
 * @summary jhsdb finds code with sections and the descriptors' blobs, and goes through all threads
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver ServiceabilityAgent
 */

import java.util.List;
import java.util.concurrent.CountDownLatch;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.whitebox.code.NMethod;
import percpu.lib.Check;
import percpu.lib.Debuggee;
import percpu.lib.Raw;
import percpu.lib.Section;
import percpu.lib.Vm;

public class ServiceabilityAgent {
    public static void main(String[] args) throws Exception {
        Vm vm = new Vm().withWhiteBox().with("-XX:-TieredCompilation", "-Xbatch", "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=dontinline,ServiceabilityAgent$Target::op");
        try (Debuggee target = new Debuggee(vm, Target.class)) {
            String output = target.clhsdb(List.of(
                    "findpc 0x" + Long.toHexString(target.get("start")),
                    "findpc 0x" + Long.toHexString(target.get("descriptor")),
                    "pstack",
                    "jstack",
                    "vmstructsdump",
                    "quit"));
            target.end();
            Check.that(!output.contains("\n\tat "), "an exception in jhsdb");
            Check.that(output.contains("ServiceabilityAgent$Target.op"), "a section's method is not told");
            Check.that(output.contains("rseq descriptors"), "a descriptor's blob is not told");
            Check.that(output.contains("ServiceabilityAgent$Target.run"), "the frames of the thread that has counted are not told");
            Check.that(output.contains("field RseqDescriptor _start_ip "), "the tables do not know descriptors");
        }
    }

    public static class Target {
        private static final PerCpuLong V = new PerCpuLong();
        private static final CountDownLatch COUNTED = new CountDownLatch(1);
        private static final CountDownLatch END = new CountDownLatch(1);

        private static void op() {
            PerCpu.add(V, 1);
        }

        private static void run() {
            for (int i = 0; i < 1_000_000; i++) {
                op();
            }
            COUNTED.countDown();
            // Here the frames above are found: jhsdb does not find those of every instruction of compiled code.
            try {
                END.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            for (int i = 0; i < 20_000; i++) {
                op();
            }
            Section section = Section.find(NMethod.get(Target.class.getDeclaredMethod("op"), false)).get(0);
            Thread worker = new Thread(Target::run, "counts");
            worker.start();
            COUNTED.await();
            Debuggee.ready("start=" + section.start() + " descriptor=" + section.descriptor());
            END.countDown();
            worker.join();
        }
    }
}
