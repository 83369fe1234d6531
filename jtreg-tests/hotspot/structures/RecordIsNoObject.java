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
 * @summary a record of PerCpuRingBuffer is no object in compiled code that writes it in a method of its own
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu jdk.management java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver RecordIsNoObject
 */

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;
import jdk.incubator.percpu.PerCpuRingBuffer;
import percpu.lib.Check;
import percpu.lib.Vm;

public class RecordIsNoObject {
    public static void main(String[] args) throws Exception {
        new Vm().with("-Xbatch").pass(Writer.class, "none");
        // A writer has 56 bytes.
        new Vm().with("-Xbatch", "-XX:-DoEscapeAnalysis").pass(Writer.class, "some");
    }

    public static class Writer {
        private static final int RECORDS = 100_000;
        private static final int ROUNDS = 20;
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private static final PerCpuRingBuffer RING = new PerCpuRingBuffer(1 << 16);
        private static long full;
        private static long read;

        private static boolean write(PerCpuRingBuffer.Writer writer, long number) {
            writer.putLong(0, number);
            writer.putLong(8, ~number);
            return writer.commit();
        }

        private static boolean write(long number) {
            PerCpuRingBuffer.Writer writer = RING.writer();
            return writer.tryReserve(16) && write(writer, number);
        }

        private static boolean writeAndClose(long number) {
            try (PerCpuRingBuffer.Writer writer = RING.writer()) {
                return writer.tryReserve(16) && write(writer, number);
            }
        }

        // All slots, since this thread may have moved to the one that is full.
        private static void makeRoom() {
            full++;
            read += RING.read((slot, record) -> { }, Integer.MAX_VALUE);
        }

        public static void main(String[] args) {
            long bytes = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < RECORDS / 2; i++) {
                    while (!write(i)) {
                        makeRoom();
                    }
                    while (!writeAndClose(i)) {
                        makeRoom();
                    }
                }
                bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            makeRoom();
            Check.equal(read, (long) ROUNDS * RECORDS, "records read");
            System.out.println(bytes + " bytes for " + RECORDS + " records, the ring was full " + full + " times");
            Check.that(full >= ROUNDS, "the ring was full only " + full + " times");
            Check.that((bytes < 8 * RECORDS) == args[0].equals("none"), bytes + " bytes for " + RECORDS + " records");
        }
    }
}
