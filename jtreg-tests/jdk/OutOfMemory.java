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
 * @summary no memory for variables: OutOfMemoryError, and all else goes on
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver OutOfMemory
 */

import java.util.ArrayList;
import java.util.List;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.ProcessStatus;
import percpu.lib.Vm;

public class OutOfMemory {
    public static void main(String[] args) throws Exception {
        for (String use : new String[] {"-XX:+UseRseq", "-XX:-UseRseq"}) {
            // The interpreter and one collector thread need next to no memory of their own.
            new Vm().with(use, "-Xint", "-XX:+UseSerialGC", "-Xms256m", "-XX:+AlwaysPreTouch")
                    .pass(Exhaust.class, "VmSize");
            // Here memory can be reserved and not be used.
            new Vm().with(use, "-Xint", "-XX:+UseSerialGC", "-Xms256m", "-XX:+AlwaysPreTouch")
                    .pass(Exhaust.class, "VmData");
            new Vm().with(use, "-XX:+UseSerialGC", "-Xmx8m").pass(HeapFull.class);
        }
    }

    public static class Exhaust {
        private static final long ROOM = 24L << 20;

        private static int limit(String name, long bytes) {
            return name.equals("VmSize") ? Native.limitAddressSpace(bytes) : Native.limitData(bytes);
        }

        public static void main(String[] args) throws Exception {
            String limited = args[0];
            PerCpuLong first = new PerCpuLong();
            PerCpu.add(first, 11);
            PerCpuCounter counter = new PerCpuCounter();
            List<PerCpuLong> all = new ArrayList<>(2_000_000);
            OutOfMemoryError error = null;
            Check.success(limit(limited, ProcessStatus.bytes(limited) + ROOM), "limiting " + limited);
            try {
                while (error == null && all.size() < 2_000_000) {
                    try {
                        all.add(new PerCpuLong());
                    } catch (OutOfMemoryError e) {
                        error = e;
                    }
                }
            } finally {
                Check.success(limit(limited, -1), "lifting the limit");
            }
            System.out.println(all.size() + " variables, then " + error);
            Check.that(error != null, "no OutOfMemoryError after " + all.size() + " variables");
            Check.that(error.getMessage() != null && error.getMessage().contains("per-CPU"),
                    "the error is not about per-CPU variables: " + error);
            // What was there works, and with memory there is more again.
            counter.increment();
            long sum = 0;
            for (int i = 0; i < all.size(); i += 97) {
                PerCpu.add(all.get(i), i);
                Check.equal(all.get(i).sum(), i, "variable " + i);
            }
            for (int i = 0; i < 20_000; i++) {
                PerCpuLong v = new PerCpuLong();
                Check.equal(v.sum(), 0, "a new variable");
                all.add(v);
            }
            Check.equal(first.sum(), 11, "the first variable");
            Check.equal(counter.sum(), 1, "the counter");
        }
    }

    public static class HeapFull {
        public static void main(String[] args) throws Exception {
            PerCpuLong first = new PerCpuLong();
            PerCpu.add(first, 5);
            // Variables until the heap is full, three times over.
            for (int round = 0; round < 3; round++) {
                List<PerCpuLong> all = new ArrayList<>();
                boolean full = false;
                while (!full) {
                    try {
                        PerCpuLong v = new PerCpuLong();
                        PerCpu.add(v, 1);
                        all.add(v);
                    } catch (OutOfMemoryError e) {
                        full = true;
                    }
                }
                int size = all.size();
                long sum = 0;
                for (int i = 0; i < size; i++) {
                    sum += all.get(i).sum();
                }
                all = null;
                Check.equal(sum, size, "sum of the variables that fit");
                System.out.println(size + " variables fit");
            }
            Check.equal(first.sum(), 5, "the first variable");
        }
    }
}
