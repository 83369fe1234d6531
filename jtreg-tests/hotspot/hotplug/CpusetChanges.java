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
 * @summary the CPUs that a control group may use change while everything runs: nothing is lost
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc
 * @build percpu.lib.*
 * @run driver CpusetChanges
 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.StructureWorkload;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class CpusetChanges {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    public static void main(String[] args) throws Exception {
        int last = Runtime.getRuntime().availableProcessors() - 1;
        if (last < 1) {
            throw new SkippedException("one CPU only");
        }
        Path group = ROOT.resolve("percpu-test-" + ProcessHandle.current().pid());
        try {
            Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+cpuset");
            Files.createDirectory(group);
            Files.writeString(group.resolve("cpuset.cpus"), "0");
        } catch (IOException e) {
            Files.deleteIfExists(group);
            throw new SkippedException("no control group with a cpuset can be made here: " + e);
        }
        try {
            during(group, last, Workload.class, "mode=rseq", "threads=8", "millis=2000");
            during(group, last, StructureWorkload.class, "structure=stack", "threads=6", "millis=2000", "yield=25");
            during(group, last, StructureWorkload.class, "structure=list", "threads=6", "millis=2000", "yield=25");
        } finally {
            Files.delete(group);
        }
    }

    private static void during(Path group, int last, Class<?> main, String... work) throws Exception {
        Process process = new Vm().command(main, work).start();
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong changes = new AtomicLong();
        Path cpus = group.resolve("cpuset.cpus");
        Thread changer = new Thread(() -> {
            try {
                while (!done.get()) {
                    for (String set : new String[] {"0", Integer.toString(last), "0-" + last}) {
                        Files.writeString(cpus, set);
                        changes.incrementAndGet();
                    }
                }
            } catch (IOException e) {
                System.out.println("cpuset: " + e);
            }
        });
        changer.start();
        OutputAnalyzer output = new OutputAnalyzer(process);
        output.shouldHaveExitValue(0);
        done.set(true);
        changer.join();
        System.out.println(output.getOutput() + changes + " changes of the cpuset");
        output.shouldContain(": passed");
        Check.that(changes.get() > 3, "only " + changes + " changes of the cpuset");
    }
}
