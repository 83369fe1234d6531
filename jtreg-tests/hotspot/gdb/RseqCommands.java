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
 * @summary gdb with the script beside libjvm.so: it lists all sections, also of a core file; a step over a section
 *          commits it on its own slot and aborts nothing, where a plain step would never come to its end
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver RseqCommands 100
 */

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import percpu.lib.Check;
import percpu.lib.Debuggee;
import percpu.lib.Stepped;
import percpu.lib.Vm;

public class RseqCommands {
    private static int sections;
    private static final int STEPS_OF_A_ROUND = 5000;
    private static final long ROOM_FOR_CORE = 8;

    // By gdb, or by the kernel when a signal ends the process.
    private record Core(Path file, boolean byKernel) {}

    public static void main(String[] args) throws Exception {
        sections = Integer.parseInt(args[0]);
        for (boolean plain : new boolean[] {false, true}) {
            Core core = plain ? null : core();
            try (Debuggee target = Stepped.start(true)) {
                String output = target.debug(commands(target, plain, core));
                if (core != null && core.byKernel) {
                    target.abort();
                } else {
                    target.end();
                }
                check(target, output);
                if (core != null) {
                    inCore(output, core.file);
                }
            }
        }
    }

    // gdb writes all that is reserved, too: the arena of some gigabytes, the space of classes. The kernel writes what was touched.
    private static Core core() throws IOException {
        long room = Files.getFileStore(Path.of(".")).getUsableSpace() >> 30;
        if (room >= ROOM_FOR_CORE) {
            return new Core(Path.of("step.core"), false);
        }
        String pattern = Files.readString(Path.of("/proc/sys/kernel/core_pattern")).strip();
        String limits = Files.readString(Path.of("/proc/self/limits"));
        if (pattern.matches("/[^%]*") && Pattern.compile("(?m)^Max core file size +unlimited ").matcher(limits).find()) {
            return new Core(Path.of(pattern), true);
        }
        System.out.println("no core file is made and read: by gdb it wants " + ROOM_FOR_CORE + " GB, and there are " + room
                + "; the kernel writes none, or elsewhere: " + pattern);
        return null;
    }

    private static String script() {
        return "source " + Vm.libjvm(System.getProperty("test.jdk")) + "-gdb.py";
    }

    private static List<String> commands(Debuggee target, boolean plain, Core core) {
        List<String> commands = new ArrayList<>(List.of(
                script(),
                "break *" + target.get("arm"),
                "continue",
                "set scheduler-locking on",
                "rseq-x 20",
                "echo before\\n",
                "info rseq all",
                "set $rounds = 0",
                "set $commits = 0",
                "set $aborts = 0"));
        if (plain) {
            commands.add("set rseq-stepi on");
        }
        // One step from arm to behind the commit; plain stepi does what comes next, too. Then round again.
        commands.addAll(List.of(
                "while $rounds < " + sections,
                plain ? "  stepi" : "  rseq-stepi",
                "  if $pc " + (plain ? ">" : "==") + " " + target.get("end") + " && $pc < " + (target.get("end") + 16),
                "    set $commits = $commits + 1",
                "  end",
                "  if $pc >= " + target.get("handler") + " && $pc < " + (target.get("handler") + 16),
                "    set $aborts = $aborts + 1",
                "  end",
                "  set $steps = 0",
                "  while $pc != " + target.get("arm") + " && $steps < " + STEPS_OF_A_ROUND,
                plain ? "    stepi" : "    rseq-stepi",
                "    set $steps = $steps + 1",
                "  end",
                "  set $rounds = $rounds + 1",
                "end",
                "printf \"rounds=%d commits=%d aborts=%d\\n\", $rounds, $commits, $aborts",
                "echo after\\n",
                "info rseq all",
                "echo thread\\n",
                "info rseq"));
        if (core != null) {
            // gdb 13 fails an assertion of its own if the process ends under it. The core that it then leaves takes the
            // place of the process's.
            commands.add(core.byKernel ? target.stop() : "generate-core-file " + core.file);
        }
        return commands;
    }

    // What the counts of op's section are: aborts, times given up.
    private static long[] counts(String output, Debuggee target) {
        Matcher line = Pattern.compile("(?m)^load_add_store in " + Pattern.quote(Stepped.METHOD) + " @ \\d+ \\[0x"
                + Long.toHexString(target.get("start")) + ", 0x" + Long.toHexString(target.get("end"))
                + "\\), .* (\\d+) aborts, (\\d+) times given up$").matcher(output);
        Check.that(line.find(), "op's section is not listed");
        return new long[] {Long.parseLong(line.group(1)), Long.parseLong(line.group(2))};
    }

    private static void check(Debuggee target, String output) {
        Matcher done = Pattern.compile("rounds=(\\d+) commits=(\\d+) aborts=(\\d+)").matcher(output);
        Check.that(done.find(), "gdb did not get to the end of its script");
        long commits = Long.parseLong(done.group(2));
        long aborts = Long.parseLong(done.group(3));
        Check.equal(Long.parseLong(done.group(1)), sections, "rounds");
        Check.equal(commits + aborts, sections, "steps from the arm to an end of the section or to its abort handler");
        // Where another process wants the CPU the thread is preempted in the section now and then.
        Check.that(commits > sections / 2, "a step over a section seldom ends it: " + commits + " of " + sections);
        long[] before = counts(output.substring(output.indexOf("before\n"), output.indexOf("rounds=")), target);
        long[] after = counts(output.substring(output.indexOf("after\n"), output.indexOf("thread\n")), target);
        Check.equal(after[0] - before[0], aborts, "aborts that the section has counted");
        Check.equal(after[1] - before[1], 0, "times that it was given up");
        for (String step : List.of("arm ", "start ", "commit ", "post_commit ")) {
            Check.that(output.substring(0, output.indexOf("before\n")).contains(" " + step), "no mark: " + step);
        }
        String thread = output.substring(output.indexOf("thread\n"));
        Check.that(Pattern.compile("rseq area 0x[0-9a-f]+: cpu_id \\d+, mm_cid \\d+\n").matcher(thread).find(),
                "nothing is said of the thread's area");
    }

    private static void inCore(String output, Path core) throws Exception {
        String live = output.substring(output.indexOf("after\n") + "after\n".length(), output.indexOf("thread\n"));
        String java = Path.of(System.getProperty("test.jdk"), "bin", "java").toString();
        String dead = Debuggee.gdb(List.of(script(), "echo core\\n", "info rseq all", "echo end\\n"), java,
                core.toString());
        Check.that(dead.contains("core\n") && dead.contains("end\n"), "gdb did not get to the end of its script");
        dead = dead.substring(dead.indexOf("core\n") + "core\n".length(), dead.indexOf("end\n"));
        Check.that(live.lines().count() > 10, "sections are missing: " + live);
        Check.that(live.equals(dead), "the core file tells something else");
    }
}
