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
 * @summary the structures bring no loop of attempts into their callers' code, also after attempts have failed
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /test/hotspot/jtreg /lib
 * @modules jdk.incubator.percpu
 * @run driver NoLoopInCallers
 */

import compiler.lib.ir_framework.IR;
import compiler.lib.ir_framework.IRNode;
import compiler.lib.ir_framework.Run;
import compiler.lib.ir_framework.Test;
import compiler.lib.ir_framework.TestFramework;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.incubator.percpu.PerCpuStack;
import jdk.test.lib.Platform;
import jtreg.SkippedException;

public class NoLoopInCallers {
    private static final Object ELEMENT = new Object();
    private static final MemorySegment DATA = Arena.global().allocate(64, 8);

    private static final PerCpuStack<Object> STACK = new PerCpuStack<>(64);
    private static final PerCpuList<Object> LIST = new PerCpuList<>();
    private static final PerCpuDataStack DATA_STACK = new PerCpuDataStack(64, 64);
    private static final PerCpuRingBuffer RING = new PerCpuRingBuffer(4096);

    public static void main(String[] args) {
        // Without traps C2 compiles what the profile has not seen, second attempts among it.
        TestFramework.runWithFlags("--add-modules=jdk.incubator.percpu",
                "-XX:PerMethodTrapLimit=0", "-XX:PerBytecodeTrapLimit=0");
        if (!Platform.isDebugBuild()) {
            throw new SkippedException("a release build cannot print C2's graph: "
                    + "the structures were used, no rule was checked");
        }
    }

    @Test
    @IR(failOn = {IRNode.LOOP, IRNode.COUNTED_LOOP})
    private static Object stack() {
        STACK.push(ELEMENT);
        return STACK.pop();
    }

    @Test
    @IR(failOn = {IRNode.LOOP, IRNode.COUNTED_LOOP})
    private static Object list() {
        LIST.push(ELEMENT);
        return LIST.pop();
    }

    @Test
    @IR(failOn = {IRNode.LOOP, IRNode.COUNTED_LOOP})
    private static boolean dataStack() {
        return DATA_STACK.push(DATA) && DATA_STACK.pop(DATA);
    }

    @Test
    @IR(failOn = {IRNode.LOOP, IRNode.COUNTED_LOOP})
    private static boolean ring() {
        PerCpuRingBuffer.Writer writer = RING.writer();
        if (!writer.tryReserve(8)) {
            return false;
        }
        writer.putLong(0, 1);
        writer.commit();
        return true;
    }

    @Run(test = {"stack", "list", "dataStack", "ring"})
    private static void run() {
        stack();
        list();
        dataStack();
        ring();
        // Who was moved between push and pop has left an element; all else is where it was.
        while (STACK.size() + DATA_STACK.size() > 0) {
            STACK.drainTo(e -> { }, Integer.MAX_VALUE);
            drainData();
        }
        LIST.drainTo(e -> { }, Integer.MAX_VALUE);
        int read = RING.read((slot, record) -> {}, Integer.MAX_VALUE);
        if (read != 1) {
            throw new AssertionError("one record was written, " + read + " were read");
        }
    }

    private static void drainData() {
        for (int slot = 0; slot < jdk.incubator.percpu.PerCpu.slots(); slot++) {
            while (DATA_STACK.steal(slot, DATA)) {
                // that was one
            }
        }
    }
}
