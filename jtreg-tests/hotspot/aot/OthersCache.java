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
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Jar;
import percpu.lib.Raw;
import percpu.lib.StructureWorkload;
import percpu.lib.Vm;
import percpu.lib.Workload;

/**
 * The VM stores stubs, adapters and blobs of its compilers. What it emits for rseq depends on who registered the
 * thread, on what numbers the slots and on how many there are, and is not stored: each configuration works exactly
 * with the cache of each other one, and has read code from it. The program has java.base's adders, since with an
 * incubating module the VM uses no stored code; that it says so is tested, too.
 * Arguments: who stores, if not all are wanted.
 */
public class OthersCache {
    private static final String AS_IT_IS = "as it is";
    private static final String WITHOUT = "without rseq";
    private static final String[] STORING = {AS_IT_IS, "registered by the VM", WITHOUT};
    private static final Map<String, UnaryOperator<Vm>> CONFIGURATIONS = new LinkedHashMap<>();
    private static final Path READ = Path.of("read.log");

    static {
        CONFIGURATIONS.put(AS_IT_IS, vm -> vm);
        CONFIGURATIONS.put("registered by the VM", Vm::withoutGlibcRseq);
        CONFIGURATIONS.put("cpu_id", vm -> vm.with("-XX:RseqIndex=cpu_id"));
        CONFIGURATIONS.put("more slots", vm -> vm.with("-XX:RseqPossibleCPUs=100"));
        CONFIGURATIONS.put(WITHOUT, vm -> vm.with("-XX:-UseRseq"));
    }

    private final String jar;

    private OthersCache(String jar) {
        this.jar = jar;
    }

    public static void main(String[] args) throws Exception {
        if (!Raw.isSupported()) {
            throw new SkippedException("no rseq here");
        }
        OthersCache test = new OthersCache(Jar.ofTestClasses("app.jar"));
        for (String storing : args.length > 0 ? args : STORING) {
            test.storedBy(storing);
        }
        test.withTheModule();
    }

    private void storedBy(String storing) throws Exception {
        String cache = storing.replace(' ', '-') + ".aot";
        Path configuration = Path.of(cache + "conf");
        // What is recorded need not be disturbed. 27 lets no adder count per CPU meanwhile.
        vm(storing).with("-XX:AOTMode=record", "-XX:AOTConfiguration=" + configuration)
                .pass(StructureWorkload.class, "structure=adders", "threads=2", "millis=100", "kind=platform");
        store(vm(storing), configuration, cache, StructureWorkload.class);
        for (String using : CONFIGURATIONS.keySet()) {
            System.out.println("== stored: " + storing + ", used: " + using);
            Files.deleteIfExists(READ);
            vm(using).with("-XX:AOTMode=on", "-XX:AOTCache=" + cache, "-Xlog:aot+codecache+init",
                            "-Xlog:aot+codecache+stubs=debug:file=" + READ + "::filecount=0")
                    .pass(StructureWorkload.class, "structure=adders", "threads=4", "millis=500", "kind=platform",
                            "storm=200", "min-aborts=1")
                    .shouldContain("structure: passed");
            Check.that(Files.exists(READ), "no log of what was read");
            try (Stream<String> lines = Files.lines(READ)) {
                long read = lines.filter(line -> line.contains("Reading blob")).count();
                System.out.println(read + " blobs were read from the cache");
                Check.that(read > 0, "no code was read from the cache: what it does with that is not tested");
            }
        }
    }

    private void withTheModule() throws Exception {
        Path configuration = Path.of("module.aotconf");
        String[] torture = {"mode=rseq", "threads=4", "millis=500", "kind=platform", "storm=200", "min-aborts=1"};
        new Vm().with("-cp", jar, "-XX:AOTMode=record", "-XX:AOTConfiguration=" + configuration)
                .pass(Workload.class, torture).shouldContain("workload: passed");
        store(new Vm().with("-cp", jar), configuration, "module.aot", Workload.class);
        new Vm().with("-cp", jar, "-XX:AOTMode=on", "-XX:AOTCache=module.aot", "-Xlog:aot+codecache+init")
                .pass(Workload.class, torture).shouldContain("workload: passed").shouldContain("AOT Code Cache is not used");
    }

    // It runs no program.
    private static void store(Vm vm, Path configuration, String cache, Class<?> main) throws Exception {
        vm.with("-XX:AOTMode=create", "-XX:AOTConfiguration=" + configuration, "-XX:AOTCache=" + cache).pass(main);
        Check.that(Files.size(Path.of(cache)) > 0, "no AOT cache");
    }

    private Vm vm(String configuration) {
        return CONFIGURATIONS.get(configuration)
                .apply(new Vm().withoutModule().with("-cp", jar, "-XX:+UnlockDiagnosticVMOptions"));
    }
}
