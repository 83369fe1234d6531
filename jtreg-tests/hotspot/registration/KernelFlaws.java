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
 * @summary kernels whose rseq has flaws: which they are, by real release strings, and what the VM does instead
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @build percpu.lib.Check percpu.lib.Vm
 * @run driver KernelFlaws
 */

import jdk.test.lib.process.OutputAnalyzer;
import percpu.lib.Check;
import percpu.lib.Vm;

// Needs registration alone: no module, no operations.
public class KernelFlaws {
    private static final String X86 = "x86_64";
    private static final String ARM = "aarch64";

    private static final String LOST_MEMBARRIER = "an IPI of membarrier may be lost";
    private static final String SHARED_MM_CID = "two running threads may have one mm_cid";
    private static final String MISSED_ABORT = "a section may go on after preemption";

    // Flaws: m lost membarrier, c shared mm_cid, a missed abort. A kernel before 6.3 has no mm_cid, unless its
    // distributor took it from a later one: here it seems so, because the running kernel says that it has one.
    private static final String[][] KERNELS = {
        // Debian: the release hides the stable number up to 6.1, the version tells it.
        {"5.10.0-43-amd64", "#1 SMP Debian 5.10.262-1 (2026-10-02)", X86, "m"},
        {"6.1.0-17-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.69-1 (2023-12-30)", X86, "m"},
        {"6.1.0-40-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.156-1 (2025-10-20)", X86, "m"},
        {"6.1.0-42-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.159-1 (2025-12-30)", X86, ""},
        {"6.1.0-42-amd64", "#1 SMP PREEMPT_DYNAMIC", X86, "m"},
        {"6.1.0-42-arm64", "#1 SMP Debian 6.1.159-1 (2025-12-30)", ARM, "c"},
        {"6.1.0-42-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.63-1 (2025-12-30)", X86, "m"},
        {"6.12.33+deb13-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.33-1 (2025-06-19)", X86, "m"},
        {"6.12.63+deb13-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.63-1 (2025-12-30)", X86, ""},
        {"7.2.13+deb14-arm64", "#1 SMP Debian 7.2.13-1 (2026-11-10)", ARM, ""},
        {"6.6.20+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.6.20-1+rpt1 (2024-03-07)", ARM, "mc"},
        {"6.6.31+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.6.31-1+rpt1 (2024-05-29)", ARM, "m"},
        {"6.12.75+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.12.75-1+rpt1 (2026-03-11)", ARM, ""},
        {"6.12.0+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.12.75-1+rpt1 (2026-03-11)", ARM, ""},
        // Ubuntu hides it.
        {"5.15.0-27-lowlatency", "#28-Ubuntu SMP PREEMPT Thu Apr 14 05:51:54 UTC 2022", X86, "m"},
        {"6.5.0-1025-azure", "#26~22.04.1-Ubuntu SMP Thu Jul 11 22:33:04 UTC 2024", X86, "m"},
        {"6.8.0-49-generic", "#49-Ubuntu SMP PREEMPT_DYNAMIC Mon Nov  4 02:06:24 UTC 2024", X86, "m"},
        {"6.8.0-1012-aws", "#13-Ubuntu SMP Mon Jul 15 13:40:27 UTC 2024", ARM, "mc"},
        {"6.17.0-14-generic", "#14~24.04.1-Ubuntu SMP PREEMPT_DYNAMIC Thu Jan 15 15:52:10 UTC 2026", X86, "m"},
        {"7.0.0-28-generic", "#28-Ubuntu SMP PREEMPT_DYNAMIC Tue Sep  1 11:02:13 UTC 2026", X86, ""},
        {"7.0.0-28-generic", "#28-Ubuntu SMP PREEMPT_DYNAMIC Tue Sep  1 11:02:13 UTC 2026", ARM, "a"},
        {"6.8.12-9-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-9 (2025-03-16T19:18Z)", ARM, "m"},
        // Red Hat, Oracle and SUSE have numbers of their own behind the base's.
        {"4.18.0-553.54.1.el8_10.x86_64", "#1 SMP Sat May 17 16:41:33 EDT 2025", X86, "m"},
        {"5.14.0-503.el9.x86_64", "#1 SMP PREEMPT_DYNAMIC Tue Apr 22 20:29:48 UTC 2025", X86, "m"},
        {"5.14.0-503.el9.aarch64", "#1 SMP PREEMPT_DYNAMIC Tue Apr 22 20:29:48 UTC 2025", ARM, "mc"},
        {"6.12.0-55.20.1.el10_0.x86_64", "#1 SMP PREEMPT_DYNAMIC Tue Jul  8 14:26:52 EDT 2025", X86, "m"},
        {"6.12.0-55.20.1.el10_0.aarch64", "#1 SMP PREEMPT_DYNAMIC Tue Jul  8 14:26:52 EDT 2025", ARM, "m"},
        {"5.15.0-312.187.5.3.el9uek.x86_64", "#2 SMP Sun Sep 21 08:53:25 PDT 2025", X86, "m"},
        {"6.4.0-150600.23.65-default", "#1 SMP PREEMPT_DYNAMIC Tue Aug 12 00:37:41 UTC 2025 (aedcb04)", ARM, "mc"},
        // These tell it.
        {"5.10.245-241.978.amzn2.aarch64", "#1 SMP Fri Oct 31 17:59:47 UTC 2025", ARM, "mc"},
        {"6.1.90-99.173.amzn2023.x86_64", "#1 SMP PREEMPT_DYNAMIC Tue May 21 00:00:00 UTC 2024", X86, "m"},
        {"6.1.161-183.298.amzn2023.x86_64", "#1 SMP PREEMPT_DYNAMIC Tue Jan 27 05:01:22 UTC 2026", X86, ""},
        {"6.1.161-183.298.amzn2023.aarch64", "#1 SMP PREEMPT_DYNAMIC Tue Jan 27 05:01:22 UTC 2026", ARM, "c"},
        {"6.12.51-0-lts", "#1-Alpine SMP PREEMPT_DYNAMIC 2025-10-06 13:26:20", X86, "m"},
        {"6.12.79-0-lts", "#1-Alpine SMP PREEMPT_DYNAMIC 2026-03-27 13:26:20", X86, ""},
        {"6.6.30-0-virt", "#1-Alpine SMP PREEMPT_DYNAMIC 2024-05-06 10:11:12", ARM, "m"},
        {"5.10.198-android12-9-00014-g99512f12160f-dirty", "#1 SMP PREEMPT Thu May 21 09:43:44 UTC 2026", ARM, "mc"},
        {"6.1.145-android14-11-33419968-abS928USQS6DZF2", "#1 SMP PREEMPT Thu May 21 09:43:44 UTC 2026", ARM, "mc"},
        {"6.1.166-android14-11-g7d800f47b707", "#1 SMP PREEMPT Thu May 21 09:43:44 UTC 2026", ARM, "c"},
        {"6.6.118-android15-8-gc44b714366cc-abogki519650608-4k", "#1 SMP PREEMPT Thu May 21 2026", ARM, ""},
        {"6.12.69-android16-6-gb1493ec68d4a", "#1 SMP PREEMPT Thu May 21 09:43:44 UTC 2026", ARM, ""},
        {"6.6.87.2-microsoft-standard-WSL2", "#1 SMP PREEMPT_DYNAMIC Thu Jun  5 18:30:46 UTC 2025", X86, "m"},
        {"6.18.33.2-microsoft-standard-WSL2", "#1 SMP PREEMPT_DYNAMIC Thu Jun  4 18:30:46 UTC 2026", X86, ""},
        {"6.17.7-300.fc43.x86_64", "#1 SMP PREEMPT_DYNAMIC Sun Nov  2 16:09:19 UTC 2025", X86, ""},
        {"6.17.3-300.fc43.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Oct 15 16:09:19 UTC 2025", X86, "m"},
        {"6.19.10-200.fc43.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Mar 25 16:09:19 UTC 2026", X86, ""},
        {"6.19.10-200.fc43.aarch64", "#1 SMP PREEMPT_DYNAMIC Wed Mar 25 16:09:19 UTC 2026", ARM, "a"},
        {"7.0.11-100.fc43.aarch64", "#1 SMP PREEMPT_DYNAMIC Mon Jun  8 16:09:19 UTC 2026", ARM, "a"},
        {"7.0.14-arch1-1", "#1 SMP PREEMPT_DYNAMIC Fri, 03 Jul 2026 09:29:23 +0000", ARM, ""},
        {"6.18.44-fc-v669", "#1 SMP PREEMPT_DYNAMIC @0", X86, ""},
        {"6.18.44-fc-v669", "#1 SMP PREEMPT_DYNAMIC @0", ARM, ""},
        {"6.10.10-arch1-1", "#1 SMP PREEMPT_DYNAMIC Thu, 12 Sep 2024 17:21:02 +0000", ARM, "m"},
        // A release candidate may lack the fix of its version and have the flaw of it.
        {"6.15.0-0.rc3.20250422gita33b5a08cbbd.29.fc43.x86_64", "#1 SMP PREEMPT_DYNAMIC Tue Apr 22", X86, "m"},
        {"6.19.0-rc5", "#1 SMP PREEMPT_DYNAMIC Sun Jan 11 2026", ARM, "a"},
        {"6.19.0-rc5", "#1 SMP PREEMPT_DYNAMIC Sun Jan 11 2026", X86, ""},
        {"7.1.0-rc2", "#1 SMP PREEMPT_DYNAMIC Sun May  3 2026", ARM, "a"},
        {"7.1.0", "#1 SMP PREEMPT_DYNAMIC Sun Jun 14 2026", ARM, ""},
        {"6.18.0-rc1", "#1 SMP PREEMPT_DYNAMIC Sun Oct 12 2025", X86, "m"},
        // Nothing to go by.
        {"4.4.0", "#1 SMP Sun Jan 10 15:06:54 PST 2016", X86, "m"},
        {"2.6.78-200.fc43.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed Mar 25 16:09:19 UTC 2026", X86, "m"},
        {"unknown", "#1", X86, "m"},
        {"unknown", "#1", ARM, "mca"},
        {"10", "#1", ARM, "mca"},
        {"10.0.1", "#1", ARM, ""},
    };

    public static void main(String[] args) throws Exception {
        boolean hasMmCid = judged("6.18.44", "#1", X86).contains("index mm_cid");
        System.out.println("this kernel has " + (hasMmCid ? "" : "no ") + "mm_cid");
        int wrong = 0;
        for (String[] kernel : KERNELS) {
            String line = judged(kernel[0], kernel[1], kernel[2]);
            String expected = kernel[3];
            if (!hasMmCid) {
                expected = expected.replace("c", "");
            }
            String found = flaws(line);
            if (!found.equals(expected) || !avoided(line, expected)) {
                System.out.printf("WRONG: %s %s %s: expected '%s', found '%s': %s%n", kernel[0], kernel[1], kernel[2],
                        expected, found, line);
                wrong++;
            }
        }
        Check.equal(wrong, 0, "kernels judged wrongly of " + KERNELS.length);
        overridden(hasMmCid);
        malformed();
    }

    private static Vm vm(String release, String version, String machine) {
        return new Vm().withoutModule().with("-XX:+UnlockDiagnosticVMOptions", "-Xlog:rseq", "-XX:TieredStopAtLevel=1",
                "-XX:RseqKernel=" + release + " " + version + " " + machine);
    }

    /** The line that says what the VM decided. */
    private static String judged(String release, String version, String machine) throws Exception {
        return line(vm(release, version, machine).pass(Nothing.class));
    }

    private static String line(OutputAnalyzer output) {
        return output.asLines().stream().filter(l -> l.contains("rseq: ")).findFirst()
                .orElseThrow(() -> new AssertionError("no line on rseq"));
    }

    private static String flaws(String line) {
        return (line.contains(LOST_MEMBARRIER) ? "m" : "")
                + (line.contains(SHARED_MM_CID) ? "c" : "")
                + (line.contains(MISSED_ABORT) ? "a" : "");
    }

    private static boolean avoided(String line, String flaws) {
        if (flaws.contains("a")) {
            return line.contains("rseq: none: this kernel does not abort every section");
        }
        return line.contains("registered by")
                && (!flaws.contains("m") || line.contains("fence handshake"))
                && (!flaws.contains("c") || line.contains("index cpu_id"))
                && !line.contains("not avoided");
    }

    private static void overridden(boolean hasMmCid) throws Exception {
        String fence = line(vm("6.1.0", "#1", X86).with("-XX:RseqFence=membarrier").pass(Nothing.class));
        Check.that(fence.contains("fence membarrier") && fence.contains("mends it); not avoided, by a flag"), fence);
        String sections = line(vm("7.0.11", "#1", ARM).with("-XX:+UseRseq").pass(Nothing.class));
        Check.that(sections.contains("registered by") && sections.contains("mends it); not avoided, by a flag"),
                sections);
        if (hasMmCid) {
            String index = line(vm("6.5.0", "#1", ARM).with("-XX:RseqIndex=mm_cid").pass(Nothing.class));
            Check.that(index.contains("index mm_cid") && index.contains("mends it); not avoided, by a flag"), index);
        }
    }

    private static void malformed() throws Exception {
        for (String kernel : new String[] {"6.1.0", "6.1.0 x86_64"}) {
            new Vm().withoutModule().with("-XX:+UnlockDiagnosticVMOptions", "-XX:RseqKernel=" + kernel)
                    .run(Nothing.class)
                    .shouldHaveExitValue(1).shouldContain("-XX:RseqKernel must be what uname -rvm prints");
        }
    }

    public static class Nothing {
        public static void main(String[] args) {}
    }
}
