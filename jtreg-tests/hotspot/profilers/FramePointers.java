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
 * @test id=C1
 * @summary who follows frame pointers finds the method that counts, with sections in stubs, which C1 calls
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 *          java.management jdk.management
 * @build percpu.lib.*
 * @run driver FramePointers -XX:TieredStopAtLevel=1
 */

/*
 * @test id=C2
 * @summary the same with sections that C2 inlines, which are left for the slow path
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 *          java.management jdk.management
 * @build percpu.lib.*
 * @run driver FramePointers -XX:-TieredCompilation
 */

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import percpu.lib.Check;
import percpu.lib.NamedCode;
import percpu.lib.Raw;
import percpu.lib.Sampler;
import percpu.lib.Vm;

/**
 * As perf does, but by a signal, which takes a thread out of its section to the trampoline. No frame is that of the method
 * then whose section C2 inlined: so sections are left at once, and nearly all time is spent in the slow path.
 */
public class FramePointers {
    public static void main(String[] args) throws Exception {
        new Vm().with(args[0], "-Xbatch", Sampler.agent(), "-XX:+PreserveFramePointer",
                        "-XX:+UnlockDiagnosticVMOptions", "-XX:+RseqForceAbort", "-XX:RseqAbortLimit=1000",
                        "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,FramePointers$Loops::*")
                .pass(Loops.class);
    }

    public static class Loops {
        private static final int SAMPLES = 200;
        private static final int PERCENT = 95;
        private static final PerCpuLong V = new PerCpuLong();

        private static void add(int n) {
            for (int i = 0; i < n; i++) {
                PerCpu.add(V, 1);
            }
        }

        private static void cmpxchgInSlot(int n) {
            for (int i = 0; i < n; i++) {
                int slot = PerCpu.currentSlot();
                long old = V.get(slot);
                PerCpu.weakCompareAndSet(V, slot, old, old + 1);
            }
        }

        private interface Loop {
            void run(int n);
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            Map<String, Loop> loops = new LinkedHashMap<>();
            loops.put("add", Loops::add);
            loops.put("cmpxchgInSlot", Loops::cmpxchgInSlot);
            for (var loop : loops.entrySet()) {
                for (int i = 0; i < 20_000; i++) {
                    loop.getValue().run(1);
                }
                List<long[]> samples = Sampler.addresses(() -> loop.getValue().run(100), SAMPLES);
                NamedCode map = new NamedCode();
                int right = 0;
                int inStubs = 0;
                for (long[] sample : samples) {
                    List<String> stack = LongStream.of(sample).mapToObj(map::at).toList();
                    inStubs += stack.getFirst().matches("PerCpuStubs .*|rseq descriptors") ? 1 : 0;
                    if (stack.stream().anyMatch(name -> name.contains("FramePointers$Loops." + loop.getKey() + "("))) {
                        right++;
                    } else {
                        System.out.println("not there: " + stack);
                    }
                }
                System.out.println(loop.getKey() + ": in " + right + " of " + samples.size() + " samples, " + inStubs
                        + " of them in the slow path");
                Check.that(inStubs * 2 >= samples.size(), "the slow path is seldom seen");
                Check.that(right * 100 >= samples.size() * PERCENT, "its frame is not in " + PERCENT + "% of the samples");
            }
        }
    }
}
