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
 * @summary where little address space is left, variables and structures have less of it behind their slots, and work
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LittleAddressSpace
 */

import java.util.ArrayList;
import java.util.List;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuStack;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.ProcessStatus;
import percpu.lib.Vm;

public class LittleAddressSpace {
    public static void main(String[] args) throws Exception {
        new Vm().with("-Xlog:rseq", "-XX:+UseSerialGC").pass(Fill.class)
                .shouldMatch("An arena has address space for \\d+ indices only");
        new Vm().with("-XX:-UseRseq", "-XX:+UseSerialGC").pass(Fill.class);
    }

    public static class Fill {
        private static final long ROOM = 64 << 20;

        // More than an arena holds, of which the first has all.
        private static final int VARIABLES = 20_000;
        private static final int STACKS = 100;

        public static void main(String[] args) throws Exception {
            List<PerCpuLong> variables = new ArrayList<>();
            List<PerCpuStack<String>> stacks = new ArrayList<>();
            add(variables, stacks);
            Check.success(Native.limitAddressSpace(ProcessStatus.bytes("VmSize") + ROOM), "limiting the address space");
            try {
                for (int i = 1; i < VARIABLES; i++) {
                    variables.add(new PerCpuLong());
                }
                for (int i = 0; i < STACKS; i++) {
                    add(variables, stacks);
                }
            } finally {
                Check.success(Native.limitAddressSpace(-1), "lifting the limit");
            }
            for (PerCpuLong v : variables) {
                PerCpu.add(v, 3);
                Check.equal(v.sum(), 3, "sum");
            }
            for (PerCpuStack<String> stack : stacks) {
                Check.equal(stack.size(), 1, "elements of a stack");
            }
        }

        private static void add(List<PerCpuLong> variables, List<PerCpuStack<String>> stacks) {
            variables.add(new PerCpuLong());
            PerCpuStack<String> stack = new PerCpuStack<>(10);
            Check.that(stack.push("element"), "a new stack is full");
            stacks.add(stack);
        }
    }
}
