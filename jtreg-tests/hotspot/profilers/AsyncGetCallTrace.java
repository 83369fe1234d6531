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
 * @test id=interpreter
 * @summary a profiler that uses AsyncGetCallTrace sees the method that counts, with sections that the interpreter calls
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver AsyncGetCallTrace interpreter
 */

/*
 * @test id=C2
 * @summary a profiler that uses AsyncGetCallTrace sees the method that counts, with sections that C2 inlines
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver AsyncGetCallTrace C2
 */

import java.util.LinkedHashMap;
import java.util.Map;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Sampler;
import percpu.lib.Vm;

/** Not for C1, whose sections are in stubs: AsyncGetCallTrace finds no frame above any stub of HotSpot's. */
public class AsyncGetCallTrace {
    private static final int SAMPLES = 200;
    private static final int PERCENT = 95;
    private static final Map<String, String> TIERS = Map.of("interpreter", "-Xint", "C2", "-XX:-TieredCompilation");

    public static void main(String[] args) throws Exception {
        vm(args[0]).pass(Loops.class);
        vm(args[0]).withoutGlibcRseq().pass(Loops.class);
    }

    private static Vm vm(String tier) {
        return new Vm().with(TIERS.get(tier), "-Xbatch", Sampler.agent(),
                // Most of the time is spent in sections.
                "-XX:+UnlockDiagnosticVMOptions", "-XX:RseqInjectDelay=5000",
                "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,AsyncGetCallTrace$Loops::*");
    }

    public static class Loops {
        private static final int WARM = 20_000;
        private static final PerCpuLong V = new PerCpuLong();
        private static final PerCpuCounter COUNTER = new PerCpuCounter();
        private static volatile long spun;

        private static void add(int n) {
            for (int i = 0; i < n; i++) {
                PerCpu.add(V, 1);
            }
        }

        private static void increment(int n) {
            for (int i = 0; i < n; i++) {
                COUNTER.increment();
            }
        }

        private static void getAndAdd(int n) {
            for (int i = 0; i < n; i++) {
                PerCpu.getAndAdd(V, 1);
            }
        }

        private static void cmpxchgInSlot(int n) {
            for (int i = 0; i < n; i++) {
                int slot = PerCpu.currentSlot();
                long old = V.get(slot);
                PerCpu.weakCompareAndSet(V, slot, old, old + 1);
            }
        }

        // What the others are without their sections.
        private static void plain(int n) {
            for (int i = 0; i < 100 * n; i++) {
                spun += i;
            }
        }

        private interface Loop {
            void run(int n);
        }

        public static void main(String[] args) {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            Map<String, Loop> loops = new LinkedHashMap<>();
            loops.put("plain", Loops::plain);
            loops.put("add", Loops::add);
            loops.put("increment", Loops::increment);
            loops.put("getAndAdd", Loops::getAndAdd);
            loops.put("cmpxchgInSlot", Loops::cmpxchgInSlot);
            String failed = "";
            for (var loop : loops.entrySet()) {
                // Compiled, if it will be.
                for (int i = 0; i < WARM; i++) {
                    loop.getValue().run(1);
                }
                long aborts = Raw.aborts();
                Map<String, Integer> tops = Sampler.sample(() -> loop.getValue().run(100), SAMPLES);
                aborts = Raw.aborts() - aborts;
                int all = tops.values().stream().mapToInt(Integer::intValue).sum();
                int right = tops.getOrDefault("AsyncGetCallTrace$Loops." + loop.getKey(), 0);
                System.out.println(loop.getKey() + ": on top in " + right + " of " + all + " samples, " + aborts
                        + " aborts; " + tops);
                if (right * 100 < all * PERCENT) {
                    failed += " " + loop.getKey();
                }
                // Or the profiler had an easy time.
                Check.that(loop.getKey().equals("plain") || aborts >= all / 2, "only " + aborts + " aborts");
            }
            Check.that(failed.isEmpty(), "not on top in " + PERCENT + "% of the samples:" + failed);
        }
    }
}
