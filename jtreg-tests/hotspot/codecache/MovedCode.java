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
 * @test id=WhiteBox
 * @summary code that is moved while it runs arms sections of its own, and no other
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64") & jdk.version.major >= 27
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm --enable-native-access=ALL-UNNAMED MovedCode moved
 */

/*
 * @test id=HotCodeHeap
 * @summary code that the VM moves to the heap of hot code arms sections of its own, and no other
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64") & jdk.version.major >= 27
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm --enable-native-access=ALL-UNNAMED MovedCode hot
 */

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import jdk.incubator.percpu.PerCpu;
import jdk.test.lib.Platform;
import jdk.test.whitebox.WhiteBox;
import jdk.test.whitebox.code.BlobType;
import jdk.test.whitebox.code.NMethod;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Section;
import percpu.lib.Vm;
import percpu.lib.Workload;

/**
 * The torture runs while its compiled code is moved, by the test or by the VM. A copy that armed the sections of the
 * original would run without protection, and lose updates; the totals are exact. Each copy is looked at, too: it has
 * as many sections as the original, whose descriptors are others and tell of the copy. Collections verify the same
 * of all code.
 */
public class MovedCode {
    public static void main(String[] args) throws Exception {
        String how = args[0];
        Vm vm = new Vm().withWhiteBox().with("-XX:+UnlockExperimentalVMOptions", "-XX:-TieredCompilation",
                "-XX:+SegmentedCodeCache", "-XX:+NMethodRelocation",
                "-XX:+VerifyBeforeGC", "-XX:VerifySubSet=codecache", "-XX:+UseSerialGC");
        if (Platform.isDebugBuild()) {
            // It spends most of the time outside of sections: these are long enough to be hit all the same.
            vm.with("-XX:+UnlockDiagnosticVMOptions", "-XX:RseqInjectDelay=1000");
        }
        if (how.equals("hot")) {
            vm.with("-XX:+HotCodeHeap", "-XX:HotCodeHeapSize=8m", "-XX:HotCodeStartupDelaySeconds=0",
                    "-XX:HotCodeIntervalSeconds=0", "-XX:HotCodeSampleSeconds=1", "-XX:HotCodeSamplePercent=100",
                    "-XX:HotCodeStablePercent=-1");
        }
        vm.pass(Tortured.class, how).shouldContain("workload: passed").shouldContain("moved: passed");
    }

    /** The torture, and who moves its code or watches the VM move it. */
    public static class Tortured implements Runnable {
        private static final WhiteBox WB = WhiteBox.getWhiteBox();
        private static final int LEAST_MOVES = 100;
        private static final long PAUSE_NANOS = 200_000;

        private final boolean hot;
        private final List<Method> methods = new ArrayList<>();
        private final Set<Long> codes = new HashSet<>();
        private volatile int moves;
        private int sections;
        private volatile boolean done;
        private volatile Throwable failure;

        private Tortured(boolean hot) throws ClassNotFoundException {
            this.hot = hot;
            for (String name : List.of("Workload$Worker", "Transactions$Worker", "Transactions")) {
                methods.addAll(List.of(Class.forName("percpu.lib." + name).getDeclaredMethods()));
            }
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            Tortured tortured = new Tortured(args[0].equals("hot"));
            Thread mover = new Thread(tortured);
            // If the torture fails, the process ends and says why.
            mover.setDaemon(true);
            mover.start();
            Workload.runUntil(tortured::movedEnough, "mode=rseq", "threads=8", "millis=10000", "kind=platform", "storm=200",
                    "gc=true", "min-aborts=50");
            tortured.done = true;
            mover.join();
            tortured.check();
        }

        private void check() {
            if (failure != null) {
                throw new AssertionError("what was moved", failure);
            }
            System.out.println(moves + " times code with sections was moved, " + sections + " sections in all");
            Check.that(movedEnough(), "only " + moves + " moves");
            System.out.println("moved: passed");
        }

        private boolean movedEnough() {
            return moves >= (hot ? 1 : LEAST_MOVES) || failure != null;
        }

        @Override
        public void run() {
            try {
                while (!done) {
                    for (Method method : methods) {
                        if (hot) {
                            watch(method);
                        } else {
                            move(method);
                        }
                    }
                    // On a small machine the workers have to come to something, too.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (Throwable t) {
                failure = t;
            }
        }

        private void move(Method method) {
            NMethod before = NMethod.get(method, false);
            List<Section> sectionsBefore = sectionsOf(method, before);
            if (sectionsBefore.isEmpty()) {
                return;
            }
            WB.relocateNMethodFromMethod(method, BlobType.MethodNonProfiled.id);
            NMethod after = NMethod.get(method, false);
            List<Section> sectionsAfter = sectionsOf(method, after);
            // What was compiled again has another id.
            if (sectionsAfter.isEmpty() || after.compile_id != before.compile_id
                    || after.entry_point == before.entry_point) {
                return;
            }
            Check.equal(sectionsAfter.size(), sectionsBefore.size(), "sections in a copy of " + method);
            Set<Long> descriptors = new HashSet<>();
            sectionsBefore.forEach(section -> descriptors.add(section.descriptor()));
            for (Section section : sectionsAfter) {
                Check.that(descriptors.add(section.descriptor()),
                        "a copy of " + method + " arms the original's " + section);
            }
            moves++;
            sections += sectionsAfter.size();
        }

        private void watch(Method method) {
            NMethod code = NMethod.get(method, false);
            if (code != null && code.code_blob_type == BlobType.MethodHot && !codes.contains(code.entry_point)) {
                List<Section> found = sectionsOf(method, code);
                if (!found.isEmpty()) {
                    codes.add(code.entry_point);
                    moves++;
                    sections += found.size();
                }
            }
        }

        // Empty if there are none, or the code is no longer the method's. Each is of the code that arms it.
        private static List<Section> sectionsOf(Method method, NMethod code) {
            if (code == null) {
                return List.of();
            }
            try {
                return Section.find(code);
            } catch (AssertionError e) {
                NMethod now = NMethod.get(method, false);
                if (now != null && now.entry_point == code.entry_point) {
                    throw e;
                }
                return List.of();
            }
        }
    }
}
