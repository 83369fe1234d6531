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
 * @test id=Serial
 * @summary every operation in every tier, with platform and virtual threads, under the Serial collector
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver TiersAndCollectors Serial
 */

/*
 * @test id=Parallel
 * @summary every operation in every tier, with platform and virtual threads, under the Parallel collector
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver TiersAndCollectors Parallel
 */

/*
 * @test id=G1
 * @summary every operation in every tier, with platform and virtual threads, under the G1 collector
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver TiersAndCollectors G1
 */

/*
 * @test id=Z
 * @summary every operation in every tier, with platform and virtual threads, under the Z collector
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver TiersAndCollectors Z
 */

/*
 * @test id=Shenandoah
 * @summary every operation in every tier, with platform and virtual threads, under the Shenandoah collector
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver TiersAndCollectors Shenandoah
 */

import java.util.List;
import java.util.Map;

import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Vm;
import percpu.lib.Workload;

public class TiersAndCollectors {
    private static final Map<String, List<String>> TIERS = Map.of(
            "interpreter", List.of("-Xint"),
            "C1", List.of("-XX:TieredStopAtLevel=1"),
            "C1 with profiling", List.of("-XX:TieredStopAtLevel=3"),
            "C2", List.of("-XX:-TieredCompilation"),
            "tiered", List.of(),
            // Without the class library, which would take most of the time.
            "Xcomp C1", List.of("-Xcomp", "-XX:TieredStopAtLevel=1", "-XX:CompileCommand=quiet",
                    "-XX:CompileCommand=compileonly,percpu.lib.*::*",
                    "-XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*",
                    "-XX:CompileCommand=compileonly,jdk.internal.percpu.*::*"),
            "Xcomp C2", List.of("-Xcomp", "-XX:-TieredCompilation", "-XX:CompileCommand=quiet",
                    "-XX:CompileCommand=compileonly,percpu.lib.*::*",
                    "-XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*",
                    "-XX:CompileCommand=compileonly,jdk.internal.percpu.*::*"));

    public static void main(String[] args) throws Exception {
        String collector = "-XX:+Use" + args[0] + "GC";
        OutputAnalyzer there = new Vm().with(collector).run(Workload.class, "threads=1", "millis=1");
        if (there.getExitValue() != 0 && there.contains("Option " + collector + " not supported")) {
            throw new SkippedException("this VM has no " + args[0] + " collector");
        }
        there.shouldHaveExitValue(0);
        for (var tier : TIERS.entrySet()) {
            for (String index : new String[] {"cpu_id", "mm_cid"}) {
                System.out.println("== " + args[0] + ", " + tier.getKey() + ", " + index);
                // A graph that C2 gives up on passes unseen otherwise: the interpreter does the work.
                new Vm().with(collector, "-XX:RseqIndex=" + index, "-XX:+PrintCompilation")
                        .with(tier.getValue().toArray(String[]::new))
                        .pass(Workload.class, "threads=6", "millis=250", "gc=true")
                        .shouldContain("workload: passed")
                        .shouldNotMatch("COMPILE SKIPPED: (?!concurrent class loading)");
            }
        }
        System.out.println("== " + args[0] + ", atomics");
        new Vm().with(collector, "-XX:-UseRseq").pass(Workload.class, "mode=atomics", "threads=6", "millis=250",
                "gc=true").shouldContain("workload: passed");
    }
}
