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
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver CpusetChanges
 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.StructureWorkload;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class CpusetChanges {
    public static void main(String[] args) throws Exception {
        int last = Runtime.getRuntime().availableProcessors() - 1;
        if (last < 1) {
            throw new SkippedException("one CPU only");
        }
        Path group = makeGroup();
        try {
            during(group, last, Workload.class, "mode=rseq", "threads=8", "millis=2000");
            during(group, last, StructureWorkload.class, "structure=stack", "threads=6", "millis=2000", "yield=25");
            during(group, last, StructureWorkload.class, "structure=list", "threads=6", "millis=2000", "yield=25");
        } finally {
            Files.delete(group);
        }
    }

    // In version 1 of control groups the cpuset has a hierarchy of its own, in version 2 it is one controller of many.
    private static Path makeGroup() throws IOException {
        String name = "percpu-test-" + ProcessHandle.current().pid();
        for (String mount : Files.readAllLines(Path.of("/proc/mounts"))) {
            String[] fields = mount.split(" ");
            Path root = Path.of(fields[1]);
            boolean first = fields[2].equals("cgroup") && List.of(fields[3].split(",")).contains("cpuset");
            boolean second = fields[2].equals("cgroup2")
                    && Files.readString(root.resolve("cgroup.controllers")).contains("cpuset");
            if (!first && !second) {
                continue;
            }
            Path group = root.resolve(name);
            try {
                if (second) {
                    Files.writeString(root.resolve("cgroup.subtree_control"), "+cpuset");
                }
                Files.createDirectory(group);
                if (first) {
                    Files.writeString(group.resolve("cpuset.mems"), Files.readString(root.resolve("cpuset.mems")));
                }
                Files.writeString(group.resolve("cpuset.cpus"), "0");
                return group;
            } catch (IOException e) {
                Files.deleteIfExists(group);
                throw new SkippedException("no control group with a cpuset can be made in " + root + ": " + e);
            }
        }
        throw new SkippedException("no hierarchy of control groups is mounted that has the cpuset");
    }

    private static void during(Path group, int last, Class<?> main, String... work) throws Exception {
        Process process = new Vm().command(main, work).start();
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong changes = new AtomicLong();
        AtomicReference<Exception> problem = new AtomicReference<>();
        String all = "0-" + last;
        Thread changer = new Thread(() -> {
            try {
                while (!done.get()) {
                    for (String set : new String[] {"0", Integer.toString(last), all}) {
                        Files.writeString(group.resolve("cpuset.cpus"), set);
                        if (!set.equals(all) && allowed(process.pid()).equals(set)) {
                            changes.incrementAndGet();
                        }
                    }
                }
            } catch (Exception e) {
                problem.set(e);
            }
        });
        changer.start();
        OutputAnalyzer output = new OutputAnalyzer(process);
        output.shouldHaveExitValue(0);
        done.set(true);
        changer.join();
        System.out.println(output.getOutput() + changes + " times it had one CPU only");
        output.shouldContain(": passed");
        Check.that(problem.get() == null, "changing the cpuset: " + problem.get());
        Check.that(changes.get() > 3, "only " + changes + " times had the process one CPU only");
    }

    // What the kernel lets the process run on; empty when it has ended.
    private static String allowed(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            if (Files.exists(status)) {
                throw e;
            }
        }
        return "";
    }
}
