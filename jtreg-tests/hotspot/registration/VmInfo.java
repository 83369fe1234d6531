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
 * @summary the line on rseq in VM.info and in hs_err, also on a kernel with a flaw, and the memory of variables in NMT
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 *          java.management jdk.management
 * @build percpu.lib.*
 * @run driver VmInfo
 */

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.test.lib.dcmd.JMXExecutor;
import percpu.lib.Check;
import percpu.lib.Vm;

public class VmInfo {
    private static final Pattern LINE = Pattern.compile("(?m)^rseq: (registered by|none: ).*");

    // Loses the IPI of a membarrier.
    private static final String FLAWED = "-XX:RseqKernel=5.10.0-28-amd64 #1 SMP Debian 5.10.209-2 (2024-01-31) x86_64";

    public static void main(String[] args) throws Exception {
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq", FLAWED}) {
            info(use);
            crash(use);
        }
        for (String gc : new String[] {"-XX:+UseSerialGC", "-XX:+UseG1GC"}) {
            new Vm().with(gc, "-XX:NativeMemoryTracking=summary").pass(Memory.class);
        }
        new Vm().with("-XX:-UseRseq", "-XX:NativeMemoryTracking=summary").pass(Memory.class);
    }

    private static void info(String use) throws Exception {
        String output = new Vm().with("-XX:+UnlockDiagnosticVMOptions", use).pass(Info.class).getOutput();
        checkLine(output, use, "VM.info");
    }

    private static void crash(String use) throws Exception {
        Path file = Path.of("hs_err" + use.replaceAll("\\W", "_") + ".log");
        Files.deleteIfExists(file);
        new Vm().with("-XX:+UnlockDiagnosticVMOptions", use, "-XX:ErrorFile=" + file).run(Crash.class)
                .shouldNotHaveExitValue(0);
        Check.that(Files.exists(file), "no " + file);
        checkLine(Files.readString(file), use, file.toString());
    }

    private static void checkLine(String text, String use, String where) {
        Matcher matcher = LINE.matcher(text);
        Check.that(matcher.find(), "no line on rseq in " + where);
        System.out.println(where + ": " + matcher.group());
        Check.that(matcher.group(1).equals("none: ") == use.equals("-XX:-UseRseq"),
                "wrong line with " + use + ": " + matcher.group());
        boolean avoids = matcher.group().contains("fence handshake")
                && matcher.group().contains("an IPI of membarrier may be lost")
                && matcher.group().contains("fences are handshakes");
        Check.that(avoids || !use.equals(FLAWED), "the kernel's flaw is not told: " + matcher.group());
    }

    public static class Info {
        public static void main(String[] args) {
            new JMXExecutor().execute("VM.info");
        }
    }

    public static class Crash {
        public static void main(String[] args) {
            PerCpu.add(new PerCpuLong(), 1);
            Unsafe.getUnsafe().putInt(8L, 1);
        }
    }

    public static class Memory {
        // -  Per-CPU Data (reserved=196608, committed=196608)
        private static final Pattern CATEGORY =
                Pattern.compile("Per-?CPU[^(\\n]*\\(reserved=(\\d+), committed=(\\d+)\\)", Pattern.CASE_INSENSITIVE);
        private static final int VARIABLES = 100_000;

        static long committed() {
            String text = new JMXExecutor().execute("VM.native_memory summary scale=B", true).getOutput();
            Matcher matcher = CATEGORY.matcher(text);
            Check.that(matcher.find(), "no category for per-CPU data in:\n" + text);
            long reserved = Long.parseLong(matcher.group(1));
            long committed = Long.parseLong(matcher.group(2));
            Check.that(reserved >= committed, "reserved " + reserved + ", committed " + committed);
            return committed;
        }

        public static void main(String[] args) {
            PerCpuLong first = new PerCpuLong();
            long before = committed();
            List<PerCpuLong> variables = new ArrayList<>();
            for (int i = 0; i < VARIABLES; i++) {
                PerCpuLong v = new PerCpuLong();
                PerCpu.add(v, i);
                variables.add(v);
            }
            long with = committed();
            long least = 8L * PerCpu.slots() * (VARIABLES - 10_000);
            Check.that(with - before >= least, VARIABLES + " variables made NMT's category grow by "
                    + (with - before) + " bytes, at least " + least + " are expected");
            for (int i = 0; i < VARIABLES; i++) {
                Check.equal(variables.get(i).sum(), i, "variable " + i);
            }
            variables = null;
            // Freed by the cleaner's thread, some time after a collection: wait for it, jtreg limits how long.
            long after = with;
            for (int round = 1; after - before > (with - before) / 4; round++) {
                System.gc();
                after = committed();
                if (round % 100 == 0) {
                    System.out.println("round " + round + ": " + after + " bytes");
                }
                Thread.yield();
            }
            System.out.println("per-CPU data: " + before + " bytes, with variables " + with + ", after " + after);
            PerCpu.add(first, 1);
            Check.equal(first.sum(), 1, "a variable that stayed");
        }
    }
}
