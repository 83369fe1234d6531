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
 * @summary the operations are nodes in C2's graph, and no calls
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /test/hotspot/jtreg /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Raw
 * @run driver PerCpuNodes
 */

import compiler.lib.ir_framework.CompilePhase;
import compiler.lib.ir_framework.IR;
import compiler.lib.ir_framework.Run;
import compiler.lib.ir_framework.Test;
import compiler.lib.ir_framework.TestFramework;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.test.lib.Platform;
import jtreg.SkippedException;
import percpu.lib.Raw;

public class PerCpuNodes {
    static final String START = "(\\d+(\\s){2}(";
    static final String END = ")(\\s){2}===.*)";
    static final String ADD = START + "PerCpuAdd" + END;
    static final String ADD_DOUBLE = START + "PerCpuAddDouble" + END;
    private static final String GET_AND_ADD = START + "PerCpuGetAndAdd" + END;
    static final String COMPARE_AND_EXCHANGE = START + "PerCpuCompareAndExchange" + END;
    private static final String CBNE_STORE = START + "PerCpuCbneStore" + END;
    private static final String CBEQ_STORE_ADD_LOAD_STORE = START + "PerCpuCbeqStoreAddLoadStore" + END;
    private static final String CBNE_CBNE_STORE = START + "PerCpuCbneCbneStore" + END;
    private static final String CBNE_STORE_STORE = START + "PerCpuCbneStoreStore" + END;
    private static final String CBNE_MEMCPY_STORE = START + "PerCpuCbneMemcpyStore" + END;
    static final String CURRENT_SLOT = START + "PerCpuCurrentSlot" + END;
    private static final String BARRIER = START + "MemBarCPUOrder" + END;
    // Any call but those that leave compiled code for good.
    static final String CALL = "(\\d+(\\s){2}Call(Static|Dynamic|Leaf)\\w*(\\s){2}===(?!.*uncommon_trap).*)";

    private static final PerCpuLong V = new PerCpuLong();
    private static final PerCpuCounter COUNTER = new PerCpuCounter();

    public static void main(String[] args) {
        for (String index : new String[] {"cpu_id", "mm_cid"}) {
            TestFramework.runWithFlags("--add-modules=jdk.incubator.percpu",
                    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.percpu=ALL-UNNAMED", "-XX:RseqIndex=" + index);
        }
        if (!Platform.isDebugBuild()) {
            throw new SkippedException("a release build cannot print C2's graph: "
                    + "the operations ran, no rule was checked");
        }
    }

    @Test
    @IR(counts = {ADD, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static void add(PerCpuLong v, long x) {
        PerCpu.add(v, x);
    }

    @Test
    @IR(counts = {ADD, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static void increment() {
        COUNTER.increment();
    }

    @Test
    @IR(counts = {ADD, ">= 1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static void addLoop(PerCpuLong v, int n) {
        for (int i = 0; i < n; i++) {
            PerCpu.add(v, i);
        }
    }

    // Not even the second one may vanish or be merged: each is seen by others.
    @Test
    @IR(counts = {ADD, "2"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static void addTwice(PerCpuLong v) {
        PerCpu.add(v, 5);
        PerCpu.add(v, 5);
    }

    // The result is not used, the addition must stay.
    @Test
    @IR(counts = {GET_AND_ADD, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static void getAndAddUnused(PerCpuLong v) {
        PerCpu.getAndAdd(v, 1);
    }

    @Test
    @IR(counts = {GET_AND_ADD, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static long getAndAdd(PerCpuLong v, long x) {
        return PerCpu.getAndAdd(v, x);
    }

    @Test
    @IR(counts = {COMPARE_AND_EXCHANGE, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static long cmpxchg(PerCpuLong v, long expected, long value) {
        return PerCpu.cmpxchg(v, expected, value);
    }

    @Test
    @IR(counts = {CBNE_STORE, "1", CURRENT_SLOT, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static boolean cmpxchgInSlot(PerCpuLong v, long expected, long value) {
        int slot = PerCpu.currentSlot();
        return PerCpu.weakCompareAndSet(v, slot, expected, value);
    }

    // Two questions may have two answers.
    @Test
    @IR(counts = {CURRENT_SLOT, "2"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static boolean twoSlots() {
        return PerCpu.currentSlot() == PerCpu.currentSlot();
    }

    private static final PerCpuLong EMPTY = new PerCpuLong();
    private static final long WORD = jdk.internal.misc.Unsafe.getUnsafe().allocateMemory(64);

    @Test
    @IR(counts = {CBEQ_STORE_ADD_LOAD_STORE, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static long popHead(int slot, long address) {
        return Rseq.loadCbeqStoreAddLoadStore(EMPTY, slot, address, 0, 8);
    }

    @Test
    @IR(counts = {CBNE_CBNE_STORE, "1"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static int twoCompares(int slot, long address) {
        return Rseq.loadCbneLoadCbneStore(EMPTY, slot, address, 0, WORD, 1, 0);
    }

    // The release form has a barrier more: what this thread stored before, wherever, stays before it.
    @Test
    @IR(counts = {CBNE_STORE_STORE, "1", BARRIER, "2"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static int twoStores(int slot, long address) {
        return Rseq.loadCbneStoreStore(EMPTY, slot, address, 0, WORD, 1, 0);
    }

    @Test
    @IR(counts = {CBNE_STORE_STORE, "1", BARRIER, "3"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static int twoStoresRelease(int slot, long address) {
        return Rseq.loadCbneStoreStoreRelease(EMPTY, slot, address, 0, WORD, 1, 0);
    }

    @Test
    @IR(counts = {CBNE_MEMCPY_STORE, "1", BARRIER, "2"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static int copy(int slot, long address) {
        return Rseq.loadCbneMemcpyStore(EMPTY, slot, address, 0, WORD, WORD + 32, 24, 0);
    }

    @Test
    @IR(counts = {CBNE_MEMCPY_STORE, "1", BARRIER, "3"}, failOn = CALL, phase = CompilePhase.BEFORE_MATCHING)
    private static int copyRelease(int slot, long address) {
        return Rseq.loadCbneMemcpyStoreRelease(EMPTY, slot, address, 0, WORD, WORD + 32, 24, 0);
    }

    @Run(test = {"popHead", "twoCompares", "twoStores", "twoStoresRelease", "copy", "copyRelease"})
    private static void runRaw() {
        int slot = PerCpu.currentSlot();
        if (slot == Slots.overflow()) {
            return;
        }
        long address = Raw.address(EMPTY);
        popHead(slot, address);
        twoCompares(slot, address);
        twoStores(slot, address);
        twoStoresRelease(slot, address);
        copy(slot, address);
        copyRelease(slot, address);
        if (EMPTY.sum() != 0) {
            throw new AssertionError("nothing was to be stored, found " + EMPTY);
        }
    }

    @Run(test = {"add", "increment", "addLoop", "addTwice", "getAndAddUnused", "getAndAdd", "cmpxchg",
            "cmpxchgInSlot", "twoSlots"})
    private static void run() {
        long before = V.sum();
        long counted = COUNTER.sum();
        add(V, 7);
        increment();
        addLoop(V, 10);
        addTwice(V);
        getAndAddUnused(V);
        getAndAdd(V, 2);
        long witness = cmpxchg(V, Long.MIN_VALUE, 0);
        cmpxchgInSlot(V, Long.MIN_VALUE, 0);
        twoSlots();
        if (V.sum() != before + 7 + 45 + 10 + 1 + 2 || COUNTER.sum() != counted + 1 || witness == Long.MIN_VALUE) {
            throw new AssertionError("wrong sum: " + V + " after " + before);
        }
    }
}
