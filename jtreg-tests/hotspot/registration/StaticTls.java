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
 * @summary libjvm loads however much static thread-local storage others have taken; glibc has registered
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver StaticTls glibc
 */

/*
 * @test id=jvm
 * @summary libjvm loads however much static thread-local storage others have taken; glibc has not registered
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver StaticTls jvm
 */

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpuCounter;
import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class StaticTls {
    private static final Pattern FOUND = Pattern.compile("tlsvm: loads with (\\d+) bytes taken(, and perhaps)?");
    private static final Pattern REGISTRATION = Pattern.compile("rseq: (registered by [^,\n]*|none: [^;\n]*)");

    public static void main(String[] args) throws Exception {
        boolean glibc = args[0].equals("glibc");
        int most = most(System.getProperty("test.jdk"), glibc);
        // Whatever may be taken: the VM starts, and its threads get what they get where nothing is taken.
        String few = run(0, glibc);
        String many = run(most, glibc);
        Check.that(many.equals(few), "with " + most + " bytes taken: " + many + ", with none: " + few);

        String bootJdk = System.getenv("BOOT_JDK");
        if (bootJdk == null || bootJdk.equals(System.getProperty("test.jdk"))) {
            throw new SkippedException("no other JDK to compare with: BOOT_JDK is not set");
        }
        Check.equal(most, most(bootJdk, glibc),
                "bytes of static thread-local storage that others can take before libjvm does not load");
    }

    private static int most(String jdk, boolean glibc) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Vm.nativeFile("tlsvm"), "find", Vm.libjvm(jdk).toString());
        builder.environment().remove("GLIBC_TUNABLES");
        if (!glibc) {
            builder.environment().put("GLIBC_TUNABLES", "glibc.pthread.rseq=0");
        }
        OutputAnalyzer output = Vm.run(builder);
        if (!jdk.equals(System.getProperty("test.jdk")) && output.getOutput().contains("does not load at all")) {
            throw new SkippedException("no other JDK to compare with: the boot JDK brings a C library of its own");
        }
        output.shouldHaveExitValue(0);
        Matcher found = FOUND.matcher(output.getOutput());
        Check.that(found.find(), "the launcher did not say how much can be taken");
        if (found.group(2) != null) {
            throw new SkippedException("more static thread-local storage than the test can take");
        }
        return Integer.parseInt(found.group(1));
    }

    // Says how the VM registered.
    private static String run(int taken, boolean glibc) throws Exception {
        Vm vm = new Vm();
        if (!glibc) {
            vm.withoutGlibcRseq();
        }
        OutputAnalyzer output = Vm.run(vm.command(List.of("tlsvm", Integer.toString(taken)), Counting.class));
        output.shouldHaveExitValue(0).shouldContain("tlsvm: " + taken + " bytes").shouldContain("counted exactly");
        Matcher registration = REGISTRATION.matcher(output.getOutput());
        Check.that(registration.find(), "the VM did not say how it registered");
        return registration.group();
    }

    /** Counts on the thread that made the VM, on Java's threads and on threads attached by JNI. */
    public static class Counting {
        private static final int THREADS = 4;
        private static final int ROUNDS = 3;
        private static final int ADDS = 300_000;

        public static void main(String[] args) throws Exception {
            PerCpuCounter counter = new PerCpuCounter();
            Runnable task = () -> {
                for (int i = 0; i < ADDS; i++) {
                    counter.increment();
                }
            };
            Thread[] threads = new Thread[THREADS];
            for (int i = 0; i < THREADS; i++) {
                threads[i] = new Thread(task);
                threads[i].start();
            }
            task.run();
            Check.success(Native.runNative(task, THREADS, ROUNDS, false), "attaching native threads");
            for (Thread thread : threads) {
                thread.join();
            }
            Check.equal(counter.sum(), (1L + THREADS + THREADS * ROUNDS) * ADDS, "sum");
            System.out.println("counted exactly, " + Raw.describe());
        }
    }
}
