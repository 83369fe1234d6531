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


import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.lib.Platform;
import jdk.test.lib.process.OutputAnalyzer;
import percpu.lib.AuxiliaryVector;
import percpu.lib.Check;
import percpu.lib.Churn;
import percpu.lib.Listings;
import percpu.lib.StructureWorkload;
import percpu.lib.Vm;
import percpu.lib.Workload;

/**
 * The tests for a machine that only exists for them: a guest with another kernel or CPU, emulated and so fifteen times
 * slower. What takes long is limited by time and not by number. Prints {@code fact NAME=VALUE} for what the JVM chose,
 * a line for each test as it ends, and last {@code N passed, N failed, N skipped}, which the one who booted the guest
 * looks for. Arguments: milliseconds for each workload, and names of tests, if not all are wanted.
 */
public class GuestTests {
    // With all the asserts of a debug VM everything takes longer.
    private static final int LIMIT_SECONDS = Platform.isDebugBuild() ? 1200 : 300;
    // jcstress tries some twenty VMs before the first test.
    private static final int LITMUS_SECONDS = 2400;
    // To store a cache is a program of its own, five others use it.
    private static final int CACHE_SECONDS = 3 * LIMIT_SECONDS;
    private static final int MOVES_CODE = 27;
    private static final Path LITMUS = Path.of("/tests/litmus");    // there if make test-litmus made the guest
    private static final long END_OF_MM_CID = 28;   // in struct rseq
    private static final String[] STRUCTURES = {"list", "stack", "data", "ring", "lock", "exclusive", "adders", "array",
            "accumulations", "local", "histogram", "pool"};
    private static final String[][] TIERS = {{"int", "-Xint"}, {"C1", "-XX:TieredStopAtLevel=1"},
            {"C2", "-XX:-TieredCompilation"}};

    private final String millis;
    private final List<String> wanted;
    private final List<String> known = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private int passed;
    private int skipped;

    private GuestTests(String[] args) {
        millis = args[0];
        wanted = List.of(args).subList(1, args.length);
    }

    public static void main(String[] args) throws Exception {
        new GuestTests(args).run();
    }

    private interface Test {
        void run() throws Exception;
    }

    private void run() throws Exception {
        facts();
        for (String mode : new String[] {"glibc", "jvm", "early-adopter", "foreign-creator"}) {
            test("registration-" + mode, () -> RegistrationModes.main(new String[] {mode}));
        }
        for (String error : new String[] {"ENOSYS", "EPERM"}) {
            test("registration-denied-" + error, () -> RegistrationModes.main(new String[] {"denied", error}));
        }
        test("registered-area", () -> RegisteredArea.main(new String[0]));
        for (String[] tier : TIERS) {
            for (String index : new String[] {"mm_cid", "cpu_id"}) {
                // 16 threads and signals: more than the CPUs there are, so that they are preempted.
                test("operations-preempted-" + tier[0] + "-" + index, () -> vm()
                        .with(tier[1], indexed(index), "-XX:RseqInjectDelay=50")
                        .pass(Workload.class, "mode=rseq", "threads=16", "millis=" + millis, "storm=2000",
                                "min-aborts=5")
                        .shouldContain("index " + index).shouldContain("workload: passed"));
            }
            for (String structure : STRUCTURES) {
                test("structure-" + structure + "-" + tier[0], () -> structure(structure, tier[1],
                        "-XX:CompileThreshold=500"));
            }
            // Compiled code has to be reached; the interpreter takes its time.
            String count = tier[0].equals("int") ? "few" : "all";
            test("operations-" + tier[0], () -> new Vm().with(tier[1]).pass(Operations.Steps.class, count)
                    .shouldContain("all steps are right"));
            test("operations-aborted-" + tier[0], () -> vm()
                    .with(tier[1], "-XX:+RseqForceAbort")
                    .pass(Operations.Steps.class, "abort", count).shouldContain("all steps are right"));
        }
        for (String index : new String[] {"mm_cid", "cpu_id"}) {
            test("emitted-code-" + index, () -> vm().withWhiteBox().with("-Xbatch", "-XX:-TieredCompilation",
                    "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,percpu.lib.CompiledOperations::op*",
                    indexed(index)).pass(EmittedSection.class).shouldContain("sections are well formed"));
            test("many-sections-" + index, () -> vm().withWhiteBox().with("-Xbatch", "-XX:-TieredCompilation",
                    indexed(index)).pass(ManySections.class).shouldContain(" adds"));
        }
        for (String name : Listings.NAMES) {
            test("listing-" + name, () -> listing(name));
        }
        test("sum-beside-updates", () -> {
            for (SumBesideUpdates.Kind kind : SumBesideUpdates.Kind.values()) {
                new Vm().with("-XX:-TieredCompilation").pass(SumBesideUpdates.Race.class, kind.name(), millis, "2", "0");
            }
        });
        // As on a machine of one CPU.
        test("one-slot", () -> vm().with("-XX:RseqSlotLimit=1", "-XX:RseqIndex=cpu_id", "-Xint")
                .under("taskset", "1").pass(OneSlot.class));
        test("unused-slots", () -> vm().with("-XX:RseqPossibleCPUs=256").pass(ReadUnusedSlots.class));
        test("section-counts", () -> SectionCounts.main(new String[0]));
        test("disassembly", () -> Disassembly.main(new String[0]));
        test("perf-map", () -> PerfMap.main(new String[0]));
        // On the other CPU it is a test of this machine, and the guest has no gdb.
        if (Platform.isAArch64()) {
            test("gdb", () -> RseqCommands.main(new String[] {"10"}));
        }
        if (Files.isDirectory(LITMUS)) {
            test("litmus", LITMUS_SECONDS, GuestTests::litmus);
        }
        test("fence-handshake", () -> structure("exclusive", "-XX:RseqFence=handshake"));
        test("fence-handshake-stack", () -> structure("stack", "-XX:RseqFence=handshake"));
        test("structure-jvm-registered", () -> {
            new Vm().withoutGlibcRseq().pass(StructureWorkload.class, "structure=stack", "threads=6",
                    "millis=" + millis, "yield=25", "kind=platform").shouldContain("structure: passed");
        });
        test("code-cache", () -> new Vm().withWhiteBox()
                .with("-XX:+UseSerialGC", "-XX:-TieredCompilation", "-XX:ReservedCodeCacheSize=8m")
                .pass(Churn.class, Integer.toString(5 * Integer.parseInt(millis))));
        test("aot-cache", CACHE_SECONDS, () -> OthersCache.main(new String[] {"as it is"}));
        // An older one moves no code.
        if (Runtime.version().feature() >= MOVES_CODE) {
            for (String how : new String[] {"moved", "hot"}) {
                test("code-" + how, () -> Class.forName("MovedCode").getMethod("main", String[].class)
                        .invoke(null, (Object) new String[] {how}));
            }
        }
        test("cpu-hotplug", () -> Hotplug.main(new String[] {"auto"}));
        test("cpuset", () -> CpusetChanges.main(new String[0]));
        // A release VM cannot print C2's graph, and has no such test.
        if (Platform.isDebugBuild()) {
            test("ir", () -> PerCpuNodes.main(new String[0]));
        }
        for (String name : wanted) {
            if (!known.contains(name)) {
                System.out.println("there is no test " + name + ", but " + String.join(" ", known));
                failed.add(name);
            }
        }
        for (String name : failed) {
            System.out.println("failed: " + name);
        }
        System.out.printf("%d passed, %d failed, %d skipped%n", passed, failed.size(), skipped);
        if (!failed.isEmpty() || passed == 0) {
            System.exit(1);
        }
    }

    public static class OneSlot {
        public static void main(String[] args) {
            Check.equal(PerCpu.slots(), 2, "slots");
            PerCpuLong v = new PerCpuLong();
            PerCpu.add(v, 1);
            Check.equal(v.sum(), 1, "sum");
        }
    }

    private static Vm vm() {
        return new Vm().with("-XX:+UnlockDiagnosticVMOptions");
    }

    private void structure(String structure, String... options) throws Exception {
        vm().with(options).with("-XX:RseqInjectDelay=500")
                .pass(StructureWorkload.class, "structure=" + structure, "threads=4", "millis=" + millis, "yield=5",
                        // A ring looks at every byte, which leaves the interpreter little time in sections.
                        "storm=2000", "kind=platform", "min-aborts=" + (structure.equals("ring") ? 1 : 5))
                .shouldContain("structure: passed");
    }

    // Printed in any case: make asm takes it from there for a CPU that it does not run on.
    private static void listing(String name) throws Exception {
        if (name.equals("mm_cid")) {
            indexed(name);
        }
        String listing = Listings.make(name);
        System.out.println("listing " + Listings.file(name) + " begins");
        listing.lines().forEach(line -> System.out.println(("| " + line).stripTrailing()));
        System.out.println("listing " + Listings.file(name) + " ends");
        Listings.compare(name, listing);
    }

    // A fork takes half a minute here.
    private static void litmus() throws Exception {
        ProcessBuilder run = new ProcessBuilder("bash", LITMUS.resolve("run.sh").toString(), "run").inheritIO();
        run.environment().putAll(Map.of("JDK", System.getProperty("test.jdk"), "WORK", LITMUS.getParent().toString(),
                "ONE_WAY", "1"));
        Check.equal(run.start().waitFor(), 0, "exit code of the litmus tests");
    }

    // Where the kernel has no mm_cid the VM would take the other, and the same be tested twice.
    private static String indexed(String index) throws IOException {
        if (index.equals("mm_cid") && AuxiliaryVector.entry(AuxiliaryVector.RSEQ_FEATURE_SIZE) < END_OF_MM_CID) {
            throw new NotInThisKernel("mm_cid, which came with Linux 6.3");
        }
        return "-XX:RseqIndex=" + index;
    }

    /** What this kernel cannot do; whatever else skips here is a failure, since the guest is made for the tests. */
    @SuppressWarnings("serial")
    private static class NotInThisKernel extends RuntimeException {
        NotInThisKernel(String what) {
            super(what);
        }
    }

    private void test(String name, Test test) {
        test(name, LIMIT_SECONDS, test);
    }

    private void test(String name, int seconds, Test test) {
        known.add(name);
        if (!wanted.isEmpty() && !wanted.contains(name)) {
            return;
        }
        System.out.println("== " + name);
        long start = System.nanoTime();
        String how;
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean late = new AtomicBoolean();
        Thread.ofPlatform().daemon().start(() -> endLater(ended, late, seconds));
        try {
            test.run();
            Check.that(!late.get(), "not done after " + seconds + " s");
            passed++;
            how = "PASSED";
        } catch (NotInThisKernel e) {
            skipped++;
            how = "SKIPPED: this kernel has no " + e.getMessage();
        } catch (Throwable t) {
            t.printStackTrace(System.out);
            failed.add(name);
            how = "FAILED: " + t;
        } finally {
            ended.countDown();
        }
        System.out.printf(Locale.ROOT, "test %s (%.0f s) %s%n", name, (System.nanoTime() - start) / 1e9,
                how.lines().findFirst().orElse(how));
    }

    // A test that hangs is a failure that shows where: its VMs tell of their threads, the kernel too, and are killed.
    private static void endLater(CountDownLatch ended, AtomicBoolean late, int seconds) {
        try {
            if (ended.await(seconds, TimeUnit.SECONDS)) {
                return;
            }
            late.set(true);
            System.out.println("not done after " + seconds + " s");
            for (ProcessHandle process : ProcessHandle.current().descendants().toList()) {
                String folder = "/proc/" + process.pid();
                run("sh", "-c", "for t in " + folder + "/task/*; do echo $(cat $t/comm $t/wchan $t/syscall); "
                        + "cut -d' ' -f3,14,15 $t/stat; done; kill -QUIT " + process.pid());
                if (!ended.await(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        } catch (IOException | InterruptedException e) {
            System.out.println("not done, and: " + e);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    // What the JVM says of itself, when glibc may register and when it may not.
    private static void facts() throws Exception {
        fact("kernel", Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        fact("cpu", System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " CPUs");
        fact("rseq-feature-size", AuxiliaryVector.text(AuxiliaryVector.RSEQ_FEATURE_SIZE));
        fact("rseq-align", AuxiliaryVector.text(AuxiliaryVector.RSEQ_ALIGN));
        registration("", new Vm());
        registration("own-", new Vm().withoutGlibcRseq());
        // As on a kernel without: Debian has none, and no parameter makes one.
        registration("denied-", new Vm().under(Path.of(Vm.nativePath(), "rseqdeny").toString(), "ENOSYS"));
        fact("own-area", ownArea());
        debugChecks();
    }

    // If it is not what the kernel asks for, a test of its own says so.
    private static String ownArea() throws Exception {
        try {
            return RegisteredArea.check();
        } catch (AssertionError e) {
            return "wrong: " + e.getMessage();
        }
    }

    private static void registration(String prefix, Vm vm) throws Exception {
        OutputAnalyzer output = vm.with("-Xlog:rseq").pass(Workload.class, "threads=1", "millis=1");
        fact(prefix + "registration", said(output, "rseq: (registered by [^,\n]*|none: [^;\n]*)"));
        fact(prefix + "index", said(output, "index (\\w+)"));
        fact(prefix + "fence", said(output, "fence (\\w+)"));
    }

    private static String said(OutputAnalyzer output, String pattern) {
        Matcher m = Pattern.compile(pattern).matcher(output.getOutput());
        return m.find() ? m.group(1) : "none";
    }

    // With these the kernel kills whoever violates its rules.
    private static void debugChecks() throws IOException {
        Path folder = Path.of("/sys/kernel/debug/rseq");
        if (!Files.isDirectory(folder.resolveSibling("bdi"))) {
            fact("rseq-debug", "unknown, there is no debugfs");
            return;
        }
        if (!Files.isDirectory(folder)) {
            fact("rseq-debug", "none in this kernel");
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String text = Files.readString(file).strip().replace('\n', ';');
                fact("debugfs-" + file.getFileName(), text);
            }
        }
        fact("rseq-debug", Files.readString(folder.resolve("debug")).strip().matches("1|Y|on") ? "on" : "off");
    }

    private static void fact(String name, String value) {
        System.out.println("fact " + name + "=" + value);
    }
}
