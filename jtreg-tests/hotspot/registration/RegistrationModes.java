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
 * @test id=glibc
 * @summary glibc has registered: the VM adopts its areas
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegistrationModes glibc
 */

/*
 * @test id=jvm
 * @summary glibc has not: the VM registers every thread itself
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegistrationModes jvm
 */

/*
 * @test id=flag-off
 * @summary -XX:-UseRseq: atomics
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegistrationModes flag-off
 */

/*
 * @test id=denied-ENOSYS
 * @summary the kernel has no rseq: atomics
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegistrationModes denied ENOSYS
 */

/*
 * @test id=denied-EPERM
 * @summary a seccomp profile forbids rseq: atomics
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegistrationModes denied EPERM
 */

/*
 * @test id=early-adopter
 * @summary a library registers every thread with its __rseq_abi: the VM adopts that
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegistrationModes early-adopter
 */

/*
 * @test id=foreign-creator
 * @summary the thread that creates the VM has a foreign registration: atomics
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RegistrationModes foreign-creator
 */

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class RegistrationModes {
    private static final String GLIBC = "rseq: registered by glibc";
    private static final String JVM = "rseq: registered by the JVM";
    private static final String SYMBOL = "rseq: registered by the owner of __rseq_abi";
    private static final String NONE = "rseq: none: ";

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "glibc" -> glibc();
            case "jvm" -> rseq(logging().withoutGlibcRseq(), JVM);
            case "flag-off" -> flagOff();
            case "denied" -> denied(args[1]);
            case "early-adopter" -> earlyAdopter();
            case "foreign-creator" -> foreignCreator();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static Vm logging() {
        return new Vm().with("-Xlog:rseq*=debug:file=rseq.log:none:filecount=0", "-Xlog:rseq");
    }

    private static OutputAnalyzer rseq(Vm vm, String line) throws Exception {
        OutputAnalyzer output = vm.pass(Workload.class, "mode=rseq", "threads=8");
        output.shouldContain(line).shouldContain("workload: passed");
        // Whoever registered, no Java thread may have been left out.
        String log = Files.readString(Path.of("rseq.log"));
        if (!Pattern.compile("Thread \\d+ registered").matcher(log).find()) {
            throw new AssertionError("rseq.log tells of no registered thread:\n" + log);
        }
        if (log.contains("not registered")) {
            throw new AssertionError("rseq.log tells of a thread that was not registered:\n" + log);
        }
        output.shouldContain(", 0 on the overflow slot");
        return output;
    }

    private static void atomics(OutputAnalyzer output, String reason) {
        output.shouldHaveExitValue(0);
        output.shouldContain(NONE + reason).shouldContain("workload: passed");
    }

    private static void glibc() throws Exception {
        OutputAnalyzer output = logging().run(Workload.class, "threads=1", "millis=50");
        output.shouldHaveExitValue(0);
        if (!output.contains(GLIBC)) {
            // glibc before 2.35, musl: the VM must have registered by itself.
            output.shouldContain(JVM);
            throw new SkippedException("this C library does not register rseq");
        }
        rseq(logging(), GLIBC);
    }

    private static void flagOff() throws Exception {
        String[] work = {"mode=atomics"};
        atomics(logging().with("-XX:-UseRseq").run(Workload.class, work), "-XX:-UseRseq");
        atomics(logging().with("-XX:-UseRseq").withoutGlibcRseq().run(Workload.class, work), "-XX:-UseRseq");
    }

    private static void denied(String error) throws Exception {
        String launcher = Path.of(Vm.nativePath(), "rseqdeny").toString();
        // The launcher is exec'ed, so that glibc's own attempt fails as well; and without that attempt.
        for (boolean glibc : new boolean[] {true, false}) {
            Vm vm = logging().under(launcher, error);
            if (!glibc) {
                vm.withoutGlibcRseq();
            }
            OutputAnalyzer output = vm.run(Workload.class, "mode=atomics");
            if (output.getExitValue() == 77) {
                throw new SkippedException(output.getStderr().strip());
            }
            atomics(output, "");
            output.shouldContain("(" + error + ")");
        }
    }

    private static void earlyAdopter() throws Exception {
        String library = Path.of(Vm.nativePath(), "libearlyadopter.so").toString();
        Vm vm = logging().withoutGlibcRseq().env("LD_PRELOAD", library);
        rseq(vm, SYMBOL).shouldContain("earlyadopter: registered");
    }

    private static void foreignCreator() throws Exception {
        OutputAnalyzer output = Vm.run(logging().withoutGlibcRseq()
                .command(List.of("foreignvm"), Workload.class, "mode=atomics"));
        if (output.getExitValue() == 77) {
            throw new SkippedException(output.getStderr().strip());
        }
        output.shouldContain("foreignvm: this thread has a foreign rseq area");
        atomics(output, "somebody else registered this thread");
    }
}
