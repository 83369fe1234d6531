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
 * @summary gdb steps through a section instruction by instruction: the thread gets on and nothing is lost
 * @requires os.family == "linux" & os.arch == "amd64"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver SingleStep
 */

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.whitebox.code.NMethod;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Section;
import percpu.lib.Vm;

public class SingleStep {
    private static final Pattern READY = Pattern.compile("ready arm=(\\d+) start=(\\d+) pid=(\\d+)");

    public static void main(String[] args) throws Exception {
        try {
            new ProcessBuilder("gdb", "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new SkippedException("gdb is not installed: " + e.getMessage());
        }
        Process child = new Vm().withWhiteBox()
                .with("-XX:-TieredCompilation", "-XX:+UseSerialGC",
                        "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,SingleStep$Target::op",
                        // A stepped thread must not wait for one that is held: no safepoints, nor -Xbatch.
                        "-XX:GuaranteedSafepointInterval=0")
                .command(Target.class).redirectErrorStream(true).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream()));
             OutputStream input = child.getOutputStream()) {
            Matcher ready = null;
            for (String line; (line = lines.readLine()) != null; ) {
                System.out.println("target: " + line);
                ready = READY.matcher(line);
                if (ready.find()) {
                    break;
                }
                ready = null;
            }
            if (ready == null) {
                throw new AssertionError("the target ended early, exit code " + child.waitFor());
            }
            String output = debug(ready.group(1), ready.group(2), ready.group(3));
            // Said to the target even if gdb failed: it must end.
            input.write('\n');
            input.flush();
            for (String line; (line = lines.readLine()) != null; ) {
                System.out.println("target: " + line);
            }
            int exit = child.waitFor();
            System.out.println(output);
            if (output.contains("Operation not permitted") || output.contains("Could not attach")) {
                throw new SkippedException("gdb may not attach to processes here");
            }
            Matcher rounds = Pattern.compile("rounds=(\\d+) steps=(\\d+) inside=(\\d+)").matcher(output);
            Check.that(rounds.find(), "gdb did not get to the end of its script");
            Check.equal(Long.parseLong(rounds.group(1)), 3, "times that the stepped thread came round again");
            Check.that(Long.parseLong(rounds.group(3)) > 0, "no step was inside the section");
            Matcher hits = Pattern.compile("breakpoint hits=(\\d+)").matcher(output);
            Check.that(hits.find(), "gdb did not get to the end of its script");
            Check.equal(Long.parseLong(hits.group(1)), 100, "hits of a breakpoint inside the section");
            Check.equal(exit, 0, "the target's exit code");
        } finally {
            child.destroyForcibly();
        }
    }

    private static String debug(String arm, String start, String pid) throws Exception {
        Path script = Path.of("step.gdb");
        Files.write(script, List.of(
                "set pagination off",
                "set confirm off",
                // The VM uses signals.
                "handle SIGSEGV SIGBUS SIGILL SIGFPE nostop noprint pass",
                "break *" + arm,
                "continue",
                "delete",
                "set scheduler-locking on",
                "set $rounds = 0",
                "set $steps = 0",
                "set $inside = 0",
                "while $rounds < 3 && $steps < 20000",
                "  stepi",
                "  set $steps = $steps + 1",
                "  if $pc == " + start,
                "    set $inside = $inside + 1",
                "  end",
                "  if $pc == " + arm,
                "    set $rounds = $rounds + 1",
                "  end",
                "end",
                "printf \"rounds=%d steps=%d inside=%d\\n\", $rounds, $steps, $inside",
                "break *" + start,
                "set $hits = 0",
                "while $hits < 100",
                "  continue",
                "  if $pc != " + start,
                "    printf \"stopped at %p\\n\", $pc",
                "    detach",
                "    quit 1",
                "  end",
                "  set $hits = $hits + 1",
                "end",
                "delete",
                "printf \"breakpoint hits=%d\\n\", $hits",
                "detach"));
        Process gdb = new ProcessBuilder("gdb", "-nx", "-batch", "-p", pid, "-x", script.toString())
                .redirectErrorStream(true).redirectOutput(Path.of("gdb.log").toFile()).start();
        boolean ended = gdb.waitFor(200, TimeUnit.SECONDS);
        if (!ended) {
            // It stops the target otherwise.
            gdb.destroy();
        }
        int exit = gdb.waitFor();
        List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("gdb.log")));
        // Each step prints where it ended; that is not worth reading.
        lines.removeIf(line -> line.matches("0x[0-9a-f]+ in .*"));
        return String.join("\n", lines) + "\ngdb: exit code " + exit + (ended ? "" : ", it hung");
    }

    public static class Target {
        private static final PerCpuLong V = new PerCpuLong();
        private static volatile boolean stop;
        private static long done;

        private static void op(PerCpuLong v) {
            PerCpu.add(v, 1);
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            NMethod code = null;
            while (code == null) {
                for (int i = 0; i < 50_000; i++) {
                    op(V);
                    done++;
                }
                code = NMethod.get(Target.class.getDeclaredMethod("op", PerCpuLong.class), false);
            }
            Check.equal(code.comp_level, 4, "compilation level of op");
            Section section = Section.find(code).get(0);
            Thread worker = new Thread(() -> {
                while (!stop) {
                    op(V);
                    done++;
                }
            });
            worker.start();
            // Until it has settled in compiled code.
            long warm = V.sum() + 20_000_000;
            while (V.sum() < warm) {
                Thread.onSpinWait();
            }
            System.out.println("ready arm=" + section.arm() + " start=" + section.start() + " pid="
                    + ProcessHandle.current().pid());
            System.in.read();
            stop = true;
            worker.join();
            System.out.println("sum=" + V + " done=" + done + ", " + Raw.describe());
            Check.equal(V.sum(), done, "sum");
            Check.that(Raw.aborts() > 0, "stepping aborted no section");
            Check.that(Raw.overflowOperations() > 0, "stepping drove no operation to the overflow slot");
        }
    }
}
