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
 * @summary memory outside of the heap whose owners are unreachable comes back before there is an OutOfMemoryError
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver UnreachableOwners
 */

import java.util.function.Supplier;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuRingBuffer;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.ProcessStatus;
import percpu.lib.Vm;

public class UnreachableOwners {
    public static void main(String[] args) throws Exception {
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq"}) {
            for (String what : new String[] {"variables", "data stacks", "ring buffers"}) {
                // No collection is due to what is on the heap.
                new Vm().with(use, "-Xint", "-XX:+UseSerialGC", "-Xmx800m", "-Xms800m", "-Xmn700m",
                        "-XX:+AlwaysPreTouch").pass(Churn.class, what).shouldContain("all were made");
            }
        }
    }

    public static class Churn {
        private static final long ROOM = 12L << 20;
        private static final int ELEMENTS = 64;

        private static volatile Object last;

        // What one takes, about.
        private static long bytes(String what) {
            long slot = switch (what) {
                case "variables" -> Long.BYTES;
                case "data stacks" -> ELEMENTS * PerCpuDataStack.MAX_ELEMENT_SIZE;
                default -> 1 << 18;
            };
            return slot * PerCpu.slots();
        }

        private static Supplier<?> maker(String what) {
            return switch (what) {
                case "variables" -> PerCpuLong::new;
                case "data stacks" -> () -> new PerCpuDataStack(PerCpuDataStack.MAX_ELEMENT_SIZE, ELEMENTS);
                default -> () -> new PerCpuRingBuffer(1 << 18);
            };
        }

        public static void main(String[] args) throws Exception {
            String what = args[0];
            Supplier<?> maker = maker(what);
            last = maker.get();
            PerCpuLong kept = new PerCpuLong();
            PerCpu.add(kept, 7);
            // Twice what there is room for.
            long count = 2 * ROOM / bytes(what);
            long size = ProcessStatus.bytes("VmSize");
            // Interrupts are kept.
            Thread.currentThread().interrupt();
            Check.success(Native.limitAddressSpace(size + ROOM), "limiting the address space");
            try {
                for (long i = 0; i < count; i++) {
                    last = maker.get();
                }
            } finally {
                Check.success(Native.limitAddressSpace(-1), "lifting the limit");
            }
            Check.that(Thread.interrupted(), "the interrupt is gone");
            Check.equal(kept.sum(), 7, "a variable that was kept");
            System.out.println("all were made: " + count + " " + what + ", in room for " + ROOM + " bytes");
        }
    }
}
