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
 * @summary CPUs go offline and come back while every structure is in use: nothing is lost
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver Hotplug
 */

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.StructureWorkload;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class Hotplug {
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");

    // Takes the CPUs offline and brings them back, one after the other, until its input ends; then all are online,
    // also if this test was killed.
    private static final String TOGGLE = """
            trap '' INT TERM HUP
            times=0
            while true; do
              read -t 0.02 line
              [ $? -gt 128 ] || break
              for cpu in "$@"; do
                echo 0 >"$cpu/online" && times=$((times + 1))
                read -t 0.02 line
                until echo 1 >"$cpu/online"; do :; done
              done
            done
            echo "$times times"
            """;

    public static void main(String[] args) throws Exception {
        List<String> cpus = removable();
        for (String index : args.length > 0 ? args : new String[] {"mm_cid", "cpu_id"}) {
            Vm vm = new Vm().with("-XX:RseqIndex=" + index);
            whileToggling(cpus, () -> vm.pass(Workload.class, "mode=rseq", "threads=6", "millis=1500")
                    .shouldContain("workload: passed"));
            for (String structure : new String[] {"list", "stack", "data", "ring", "lock", "exclusive", "adders"}) {
                whileToggling(cpus, () -> new Vm().with("-XX:RseqIndex=" + index)
                        .pass(StructureWorkload.class, "structure=" + structure, "threads=6", "millis=800", "yield=25")
                        .shouldContain("structure: passed"));
            }
        }
    }

    private static List<String> removable() throws IOException {
        List<String> cpus = new ArrayList<>();
        try (Stream<Path> all = Files.list(CPUS)) {
            for (Path cpu : all.filter(p -> p.getFileName().toString().matches("cpu\\d+")).sorted().toList()) {
                Path online = cpu.resolve("online");
                // The first one stays.
                if (!cpu.endsWith("cpu0") && Files.isWritable(online) && Files.readString(online).startsWith("1")
                        && goesAndComes(online)) {
                    cpus.add(cpu.toString());
                }
            }
        }
        if (cpus.isEmpty()) {
            throw new SkippedException("no CPU can be taken offline here: no " + CPUS + "/cpu*/online that this user may"
                    + " write, or the kernel refuses");
        }
        return cpus;
    }

    private static boolean goesAndComes(Path online) throws IOException {
        try {
            Files.writeString(online, "0");
        } catch (IOException e) {
            System.out.println(online + ": " + e.getMessage());
            return false;
        }
        Files.writeString(online, "1");
        return Files.readString(online).startsWith("1");
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void whileToggling(List<String> cpus, Work work) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", "-c", TOGGLE, "toggle"));
        command.addAll(cpus);
        Process toggle = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String times;
        try (Writer input = new OutputStreamWriter(toggle.getOutputStream())) {
            work.run();
        } finally {
            times = new String(toggle.getInputStream().readAllBytes()).trim();
            toggle.waitFor();
        }
        System.out.println("CPUs went offline " + times);
        Check.that(times.matches("[1-9]\\d* times"), "no CPU went offline: " + times);
        for (String cpu : cpus) {
            Check.that(Files.readString(Path.of(cpu, "online")).startsWith("1"), cpu + " is still offline");
        }
    }
}
