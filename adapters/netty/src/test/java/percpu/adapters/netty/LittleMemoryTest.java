/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package percpu.adapters.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counting;

/** Where memory outside of the heap is short: what is kept must not be what is missing. */
class LittleMemoryTest {

    private static final int MEGABYTE = 1 << 20;

    // A process of its own, with that much memory outside of the heap, and no collection that Netty asks for.
    private static void runWith(int megabytes, Class<?> main) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-D")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-XX:MaxDirectMemorySize=" + megabytes + "m", "-XX:+DisableExplicitGC", "-cp",
                System.getProperty("java.class.path"), main.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
    }

    static class Large {
        public static void main(String[] args) {
            ByteBufAllocator allocator = PerCpuByteBufAllocator.create(true);
            for (int n = 0; n < 4000; n++) {
                allocator.directBuffer(100_000).release();
            }
        }
    }

    static class Bursts {
        public static void main(String[] args) {
            ByteBufAllocator allocator = PerCpuByteBufAllocator.create(true, 4 * MEGABYTE);
            List<ByteBuf> buffers = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                for (int size = 1000; size < 70_000; size *= 2) {
                    for (int bytes = 0; bytes < 3 * MEGABYTE; bytes += size) {
                        buffers.add(allocator.directBuffer(size));
                    }
                    buffers.forEach(ByteBuf::release);
                    buffers.clear();
                }
            }
        }
    }

    @Test
    void largeBuffersAreFreedAtOnce() throws Exception {
        runWith(32, Large.class);
    }

    @Test
    void whatIsKeptForOtherSizesMakesRoom() throws Exception {
        // Netty's adaptive one fails.
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        runWith(8, Bursts.class);
    }
}
