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
 * @summary a safepoint does not wait for a thread whose fence takes the kernel long
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver FenceAndSafepoint
 */

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.lib.Utils;
import jdk.test.lib.process.OutputAnalyzer;
import jdk.test.lib.process.ProcessTools;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class FenceAndSafepoint {
    // membarrier is registered, and then called.
    private static final int CALLS = 2;
    private static final long SECONDS = 15;

    public static void main(String[] args) throws Exception {
        Path enter = fifo("enter");
        Path leave = fifo("leave");
        Process vm = new Vm().env("LD_PRELOAD", Vm.nativeFile("libslowmembarrier.so"))
                .env("MEMBARRIER_ENTER", enter.toString()).env("MEMBARRIER_LEAVE", leave.toString())
                .command(Fencing.class, enter.toString(), leave.toString()).start();
        // A VM whose safepoint waits cannot say so.
        boolean ended = vm.waitFor(Utils.adjustTimeout(SECONDS), TimeUnit.SECONDS);
        if (!ended) {
            vm.destroyForcibly();
            throw new AssertionError("a safepoint waits for a thread in membarrier");
        }
        OutputAnalyzer output = new OutputAnalyzer(vm);
        System.out.println(output.getOutput());
        output.shouldHaveExitValue(0);
        if (output.contains("no membarrier")) {
            throw new SkippedException("fences are handshakes on this kernel");
        }
        output.shouldContain("collected in " + CALLS + " membarriers");
    }

    private static Path fifo(String name) throws Exception {
        Path fifo = Path.of(name).toAbsolutePath();
        Files.deleteIfExists(fifo);
        ProcessTools.executeCommand("mkfifo", fifo.toString()).shouldHaveExitValue(0);
        return fifo;
    }

    public static class Fencing {
        public static void main(String[] args) throws Exception {
            if (!Raw.describe().contains("fence membarrier")) {
                System.out.println("no membarrier: " + Raw.describe());
                return;
            }
            Path enter = Path.of(args[0]);
            Path leave = Path.of(args[1]);
            Thread fencing = new Thread(() -> PerCpu.exclusive(new PerCpuLong(), 0, () -> { }));
            fencing.start();
            for (int call = 0; call < CALLS; call++) {
                Check.equal(Files.readAllBytes(enter).length, 1, "bytes of a thread in membarrier");
                System.gc(); // all collectors stop threads for this
                Files.write(leave, new byte[] {'g'});
            }
            fencing.join();
            System.out.println("collected in " + CALLS + " membarriers");
        }
    }
}
