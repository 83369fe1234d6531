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
 * @summary an AOT cache that one configuration has stored is used by others: nothing of rseq is in it
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu jdk.jartool
 * @build percpu.lib.*
 * @run main/othervm/timeout=600 OthersCache
 */

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import jdk.incubator.percpu.PerCpu;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Jar;
import percpu.lib.Vm;
import percpu.lib.Workload;

/**
 * The VM stores stubs, adapters and blobs of its compilers. What it emits for rseq depends on who registered the
 * thread, on what numbers the slots and on how many there are, and is not stored: each configuration works exactly
 * with the cache of each other one.
 */
public class OthersCache {
    private static final Map<String, UnaryOperator<Vm>> CONFIGURATIONS = new LinkedHashMap<>();

    static {
        CONFIGURATIONS.put("as it is", vm -> vm);
        CONFIGURATIONS.put("registered by the VM", Vm::withoutGlibcRseq);
        CONFIGURATIONS.put("cpu_id", vm -> vm.with("-XX:RseqIndex=cpu_id"));
        CONFIGURATIONS.put("more slots", vm -> vm.with("-XX:RseqPossibleCPUs=100"));
        CONFIGURATIONS.put("without rseq", vm -> vm.with("-XX:-UseRseq"));
    }

    public static void main(String[] args) throws Exception {
        if (!PerCpu.isSupported()) {
            throw new SkippedException("no rseq here");
        }
        String jar = Jar.ofTestClasses("app.jar");
        for (String storing : List.of("as it is", "registered by the VM", "without rseq")) {
            String cache = storing.replace(' ', '-') + ".aot";
            String configuration = cache + "conf";
            run(jar, storing, "-XX:AOTMode=record", "-XX:AOTConfiguration=" + configuration);
            // It runs no program.
            vm(jar, storing)
                    .with("-XX:AOTMode=create", "-XX:AOTConfiguration=" + configuration, "-XX:AOTCache=" + cache)
                    .pass(Workload.class);
            Check.that(Files.size(Path.of(cache)) > 0, "no AOT cache");
            for (String using : CONFIGURATIONS.keySet()) {
                System.out.println("== stored: " + storing + ", used: " + using);
                run(jar, using, "-XX:AOTMode=on", "-XX:AOTCache=" + cache);
            }
        }
    }

    private static void run(String jar, String configuration, String... options) throws Exception {
        boolean rseq = !configuration.equals("without rseq");
        vm(jar, configuration).with(options)
                .pass(Workload.class, "mode=" + (rseq ? "rseq" : "atomics"), "threads=4", "millis=500", "kind=platform",
                        "storm=200", "min-aborts=1")
                .shouldContain("workload: passed");
    }

    private static Vm vm(String jar, String configuration) {
        return CONFIGURATIONS.get(configuration).apply(new Vm().with("-cp", jar, "-XX:+UnlockDiagnosticVMOptions"));
    }
}
