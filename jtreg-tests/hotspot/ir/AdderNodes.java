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
 * @summary an adder that counts per CPU is a release fence and a section in its caller's code
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /test/hotspot/jtreg /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Contention PerCpuNodes
 * @run main/othervm -Djdk.internal.percpu.slowAtomics=true AdderNodes
 */

import compiler.lib.ir_framework.CompilePhase;
import compiler.lib.ir_framework.IR;
import compiler.lib.ir_framework.Run;
import compiler.lib.ir_framework.Test;
import compiler.lib.ir_framework.TestFramework;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import jdk.test.lib.Platform;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;

public class AdderNodes {
    private static final String FENCE = PerCpuNodes.START + "StoreFence" + PerCpuNodes.END;
    private static final String ATOMIC = PerCpuNodes.START + "(Weak)?Compare\\w+" + PerCpuNodes.END;
    private static final int UPDATES = 10;

    private static final LongAdder ADDER = new LongAdder();
    private static final DoubleAdder DOUBLES = new DoubleAdder();
    private static final LongAccumulator ACCUMULATOR = new LongAccumulator(Long::sum, 0);

    private static long adds;
    private static long runs;

    static {
        try {
            if (Raw.usesAdders()) {
                Contention.contend(ADDER);
                Contention.contend(DOUBLES);
                Contention.contend(ACCUMULATOR, new Contention.Changes(ACCUMULATOR));
                ACCUMULATOR.reset();
            }
        } catch (Exception e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public static void main(String[] args) {
        TestFramework.runWithFlags("-Djdk.internal.percpu.slowAtomics=true", "--add-modules=jdk.incubator.percpu",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.percpu=ALL-UNNAMED");
        if (!Platform.isDebugBuild()) {
            throw new SkippedException("a release build cannot print C2's graph: the adders were used, no rule was checked");
        }
    }

    // The fence is what makes the update a release: x86-64 emits nothing for it, aarch64 a dmb.
    @Test
    @IR(counts = {PerCpuNodes.ADD, "1", FENCE, "1"}, failOn = {PerCpuNodes.CALL, ATOMIC},
        phase = CompilePhase.BEFORE_MATCHING)
    private static void add(long x) {
        ADDER.add(x);
    }

    @Test
    @IR(counts = {PerCpuNodes.ADD, "1", FENCE, "1"}, failOn = {PerCpuNodes.CALL, ATOMIC},
        phase = CompilePhase.BEFORE_MATCHING)
    private static void addToField(Holder holder) {
        holder.adder.increment();
    }

    @Test
    @IR(counts = {PerCpuNodes.ADD_DOUBLE, "1", FENCE, "1"}, failOn = {PerCpuNodes.CALL, ATOMIC},
        phase = CompilePhase.BEFORE_MATCHING)
    private static void addDouble(double x) {
        DOUBLES.add(x);
    }

    // It was contended, so its code knows the time before, too.
    @Test
    @IR(counts = {PerCpuNodes.COMPARE_AND_EXCHANGE, ">= 1", PerCpuNodes.CURRENT_SLOT, ">= 1", FENCE, ">= 1"},
        phase = CompilePhase.BEFORE_MATCHING)
    private static void accumulate(long x) {
        ACCUMULATOR.accumulate(x);
    }

    private record Holder(LongAdder adder) {}

    @Run(test = {"add", "addToField", "addDouble", "accumulate"})
    private static void run() {
        for (int i = 0; i < UPDATES; i++) {
            add(1);
            addToField(new Holder(ADDER));
            addDouble(1);
            accumulate(1);
        }
        adds += 2 * UPDATES;
        runs += UPDATES;
        Check.equal(adds, ADDER.sum(), "additions to a LongAdder");
        Check.equal(runs, (long) DOUBLES.sum(), "additions to a DoubleAdder");
        Check.equal(runs, ACCUMULATOR.get(), "accumulations");
    }
}
