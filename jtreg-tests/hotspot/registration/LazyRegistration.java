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
 * @test id=own
 * @summary the VM has areas of its own, and a library registers its __rseq_abi on threads before or after the VM does
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LazyRegistration own
 */

/*
 * @test id=shared
 * @summary the VM shares the area of a library that registers threads when it gets to see them
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LazyRegistration shared
 */

/*
 * @test id=glibc
 * @summary glibc has registered, and a library that came too late has marked its __rseq_abi
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LazyRegistration glibc
 */

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.LazyAdopter;
import percpu.lib.Native;
import percpu.lib.Raw;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class LazyRegistration {
    public static void main(String[] args) throws Exception {
        String mode = args[0];
        String registration = switch (mode) {
            case "own" -> "rseq: registered by the JVM";
            case "shared" -> "rseq: registered by the owner of __rseq_abi";
            default -> "rseq: registered by glibc";
        };
        if (mode.equals("glibc")
                && !new Vm().with("-Xlog:rseq").pass(Workload.class, "threads=1", "millis=1").contains(registration)) {
            throw new SkippedException("this C library does not register rseq");
        }
        for (String tier : new String[] {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation"}) {
            Vm vm = new Vm().env("LD_PRELOAD", Vm.nativeFile("liblazyadopter.so"))
                    .with(tier, "-Xlog:rseq", "-XX:+UnlockDiagnosticVMOptions", "-XX:RseqInjectDelay=2000");
            if (!mode.equals("glibc")) {
                vm.withoutGlibcRseq();
            }
            // The thread that creates the VM has the library's area, or not. Later threads get it when they ask.
            vm.env("LAZYADOPTER", mode.equals("own") ? "" : "creator");
            vm.pass(Threads.class, mode).shouldContain(registration).shouldContain("all counted exactly");
        }
    }

    /** Threads of all kinds count in the VM's sections and in the library's, in turn. */
    public static class Threads {
        private static final int EINVAL = 22;
        private static final int ROUNDS = 5;
        private static final int BATCH = 50;
        private static final int LEAST_ABORTS = 20;
        private static final long MAX_NANOS = 60_000_000_000L;

        private final boolean shared;
        private final boolean glibc;
        private final PerCpuLong v = new PerCpuLong();
        private final AtomicLong expected = new AtomicLong();
        private final AtomicLong expectedOfLibrary = new AtomicLong();
        private final long start = System.nanoTime();

        private Threads(String mode) {
            shared = mode.equals("shared");
            glibc = mode.equals("glibc");
        }

        public static void main(String[] args) throws Exception {
            new Threads(args[0]).run();
        }

        private void run() throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            List<Callable<Void>> kinds = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                kinds.add(() -> fromJava());
                kinds.add(() -> fromNative(true));
                kinds.add(() -> fromNative(false));
            }
            do {
                try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
                    for (Future<Void> future : threads.invokeAll(kinds)) {
                        future.get();
                    }
                }
            } while (!aborted() && System.nanoTime() - start < MAX_NANOS);
            Check.equal(v.sum(), expected.get(), "sum");
            Check.equal(LazyAdopter.countedInSections() + LazyAdopter.countedOtherwise(), expectedOfLibrary.get(),
                    "what the library counted");
            Check.that(aborted(), "only " + Raw.aborts() + " sections of the VM aborted and " + LazyAdopter.aborts()
                    + " of the library");
            System.out.println("all counted exactly: " + expected + ", by the library " + expectedOfLibrary + " with "
                    + LazyAdopter.countedInSections() + " in sections and " + LazyAdopter.aborts() + " aborts; "
                    + Raw.describe());
        }

        private boolean aborted() {
            return Raw.aborts() >= LEAST_ABORTS && (glibc || LazyAdopter.aborts() >= LEAST_ABORTS);
        }

        private Void fromJava() {
            work(true);
            adopt(shared);
            work(true);
            return null;
        }

        private Void fromNative(boolean first) {
            if (first && glibc) {
                // It would not come to be attached.
                return fromJava();
            }
            AtomicLong round = new AtomicLong();
            Check.success(LazyAdopter.runNative(() -> {
                // Not if the library had this thread before: then the VM works without.
                boolean registered = shared || glibc || !first && round.get() == 0;
                work(registered);
                adopt(shared || !registered);
                work(registered);
                round.incrementAndGet();
            }, ROUNDS, first, !glibc), first ? "attaching after the library" : "attaching before the library");
            Check.equal(round.get(), ROUNDS, "times attached");
            return null;
        }

        private static void adopt(boolean possible) {
            Check.equal(LazyAdopter.adopt(), possible ? 0 : EINVAL, "what the kernel says to the library");
        }

        private void work(boolean registered) {
            for (int i = 0; i < BATCH; i++) {
                int slot = PerCpu.currentSlot();
                // One that was aborted often is sent to the overflow slot, too.
                Check.that(registered || slot == Raw.overflowSlot(), "a thread that the library registered has a slot");
                PerCpu.add(v, 3);
                LazyAdopter.count(7);
                long old = v.get(slot);
                boolean changed = PerCpu.weakCompareAndSet(v, slot, old, old + 5);
                expected.addAndGet(PerCpu.getAndAdd(v, 1) < 0 ? 0 : changed ? 9 : 4);
                expectedOfLibrary.addAndGet(7);
                Check.success(LazyAdopter.check(), "the library's registration");
            }
        }
    }
}
