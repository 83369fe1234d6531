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
 * @test id=C2
 * @summary the method that counts is on top of JFR's samples: sections that C2 inlines
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu jdk.jfr
 * @build percpu.lib.*
 * @run driver JfrSamples C2
 */

/*
 * @test id=C1
 * @summary the method that counts is on top of JFR's samples: sections that C1 calls
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu jdk.jfr
 * @build percpu.lib.*
 * @run driver JfrSamples C1
 */

/*
 * @test id=cpu-time
 * @summary the method that counts is on top of JFR's samples: the sampler of CPU time, and sections that C2 inlines
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu jdk.jfr
 * @build percpu.lib.*
 * @run driver JfrSamples cpu-time
 */

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Sampler;
import percpu.lib.Vm;

public class JfrSamples {
    public static void main(String[] args) throws Exception {
        String tier = args[0].equals("C1") ? "-XX:TieredStopAtLevel=1" : "-XX:-TieredCompilation";
        for (boolean glibc : new boolean[] {true, false}) {
            Vm vm = new Vm().with(tier, "-Xbatch",
                    // Most of the time is spent in sections.
                    "-XX:+UnlockDiagnosticVMOptions", "-XX:RseqInjectDelay=5000",
                    "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,JfrSamples$Loops::*");
            if (!glibc) {
                vm.withoutGlibcRseq();
            }
            vm.pass(Loops.class, args[0]);
        }
    }

    public static class Loops {
        private static final int PERCENT = 95;
        private static final int SAMPLES = 100;
        private static final int TURNS = 10;
        private static final long MAX_NANOS = 60_000_000_000L;
        private static final Duration PERIOD = Duration.ofMillis(10);
        private static final long TURN_NANOS = 100_000_000;
        private static final PerCpuLong V = new PerCpuLong();
        private static volatile long spun;

        // No loop, so no safepoint poll but the one at the return: a sample that JFR has no place for is
        // attributed to the caller. The branch is never taken, but C2 describes it, and JFR needs some place
        // in the method that is described.
        private static void straight() {
            PerCpu.add(V, 1);
            PerCpu.add(V, 1);
            if (PerCpu.getAndAdd(V, 1) < 0) {
                throw new AssertionError("overflow");
            }
            PerCpu.add(V, 1);
            PerCpu.add(V, 1);
        }

        private static void loop() {
            for (int i = 0; i < 200; i++) {
                PerCpu.add(V, 1);
            }
        }

        // About as long, without sections; and C2 makes no poll for so short loops.
        private static void plain() {
            long x = spun;
            for (int i = 0; i < 90; i++) {
                for (int k = 0; k < 90; k++) {
                    x = x * 0x5deece66dL + k;
                }
            }
            spun = x;
        }

        private static void callHot(Runnable hot, long nanos) {
            for (long start = System.nanoTime(); System.nanoTime() - start < nanos; ) {
                hot.run();
            }
        }

        private static void callPlain(long nanos) {
            for (long start = System.nanoTime(); System.nanoTime() - start < nanos; ) {
                plain();
            }
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            String hotName = args[0].equals("C1") ? "loop" : "straight";
            Runnable hot = args[0].equals("C1") ? Loops::loop : Loops::straight;
            // Until compiled.
            for (int i = 0; i < 100; i++) {
                callHot(hot, 5_000_000);
                callPlain(5_000_000);
            }
            Map<String, Integer> hotTops;
            Map<String, Integer> plainTops;
            long aborts = Raw.aborts();
            long start = System.nanoTime();
            try (Recording recording = new Recording()) {
                if (args[0].equals("cpu-time")) {
                    recording.enable("jdk.CPUTimeSample").with("throttle", PERIOD.toMillis() + "ms");
                } else {
                    recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
                }
                recording.start();
                do {
                    // In turn, so that they find the same machine.
                    for (int i = 0; i < TURNS; i++) {
                        callHot(hot, TURN_NANOS);
                        callPlain(TURN_NANOS);
                    }
                    Path file = Path.of("samples.jfr");
                    recording.dump(file);
                    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
                    hotTops = tops(events, "callHot");
                    plainTops = tops(events, "callPlain");
                } while (all(plainTops) < SAMPLES && System.nanoTime() - start < MAX_NANOS);
            }
            aborts = Raw.aborts() - aborts;
            int all = all(hotTops);
            int allPlain = all(plainTops);
            System.out.println(aborts + " aborts; samples with sections " + hotTops + ", without " + plainTops);
            Check.that(allPlain >= SAMPLES, "only " + allPlain + " samples without sections");
            checkOnTop(plainTops, "plain");
            Check.that(all >= allPlain / 2, all + " samples with sections, without " + allPlain);
            checkOnTop(hotTops, hotName);
            Check.that(aborts >= all / 2, "only " + aborts + " aborts");
        }

        private static void checkOnTop(Map<String, Integer> tops, String method) {
            int right = tops.getOrDefault(Loops.class.getName() + "." + method, 0);
            Check.that(right * 100 >= all(tops) * PERCENT,
                    method + " is on top in " + right + " of " + all(tops) + " samples");
        }

        private static int all(Map<String, Integer> tops) {
            return tops.values().stream().mapToInt(Integer::intValue).sum();
        }

        // What is on top of the samples that were taken under the caller.
        private static Map<String, Integer> tops(List<RecordedEvent> events, String caller) {
            Map<String, Integer> tops = new TreeMap<>();
            for (RecordedEvent event : events) {
                if (event.getStackTrace() == null) {
                    continue;
                }
                List<String> frames = event.getStackTrace().getFrames().stream().map(Loops::name).toList();
                if (frames.contains(Loops.class.getName() + "." + caller)) {
                    tops.merge(Sampler.top(frames.toArray(String[]::new)), 1, Integer::sum);
                }
            }
            return tops;
        }

        private static String name(RecordedFrame frame) {
            return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
        }
    }
}
