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

package percpu.lib;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jdk.test.lib.process.OutputAnalyzer;
import jdk.test.lib.process.ProcessTools;

/** A child VM with the tests' class path, module and native library. */
public final class Vm {
    private static final String MODULE = "--add-modules=jdk.incubator.percpu";

    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();

    public Vm() {
        options.addAll(List.of(
                MODULE,
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.percpu=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.library.path=" + nativePath(),
                // What Contention relies on.
                "-Djdk.internal.percpu.slowAtomics=true",
                "-XX:-CreateCoredumpOnCrash",
                "-Xmx256m"));
    }

    public static String nativePath() {
        return System.getProperty("test.nativepath", System.getProperty("java.library.path"));
    }

    /** A program or library that the tests have in C. */
    public static String nativeFile(String name) {
        return Path.of(nativePath(), name).toString();
    }

    /** Options of the VM. */
    public Vm with(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    public Vm withWhiteBox() {
        return with("-Xbootclasspath/a:.", "-XX:+UnlockDiagnosticVMOptions", "-XX:+WhiteBoxAPI");
    }

    /** Without our module, which is an incubating one: with it the VM archives no graph of modules. */
    public Vm withoutModule() {
        options.remove(MODULE);
        return this;
    }

    /** A command that runs the VM. */
    public Vm under(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    public Vm env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Without glibc's own registration. */
    public Vm withoutGlibcRseq() {
        return env("GLIBC_TUNABLES", "glibc.pthread.rseq=0");
    }

    /** The command that starts main with the arguments. */
    public ProcessBuilder command(Class<?> main, String... arguments) {
        List<String> all = new ArrayList<>(options);
        all.add(main.getName());
        all.addAll(List.of(arguments));
        ProcessBuilder builder = ProcessTools.createLimitedTestJavaProcessBuilder(all);
        builder.command().addAll(0, prefix);
        // What is tested is set by the test alone.
        for (String name : List.of("GLIBC_TUNABLES", "LD_PRELOAD", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
            builder.environment().remove(name);
        }
        builder.environment().putAll(environment);
        return builder;
    }

    /**
     * The same with a launcher of the tests in place of bin/java, which takes its own arguments and then
     * libjvm, the options, {@code --}, the class and its arguments.
     */
    public ProcessBuilder command(List<String> launcher, Class<?> main, String... arguments) {
        ProcessBuilder builder = command(main, arguments);
        List<String> command = builder.command();
        int end = command.lastIndexOf(main.getName());
        List<String> vmOptions = new ArrayList<>(command.subList(prefix.size() + 1, end));
        int classPath = vmOptions.indexOf("-cp");
        if (classPath >= 0) {
            vmOptions.set(classPath, "-Djava.class.path=" + vmOptions.remove(classPath + 1));
        }
        List<String> all = new ArrayList<>(prefix);
        all.add(nativeFile(launcher.get(0)));
        all.addAll(launcher.subList(1, launcher.size()));
        all.add(libjvm(System.getProperty("test.jdk")).toString());
        all.addAll(vmOptions);
        all.add("--");
        all.addAll(command.subList(end, command.size()));
        return builder.command(all);
    }

    /** Where a JDK has its VM. */
    public static Path libjvm(String jdk) {
        return Path.of(jdk, "lib", "server", "libjvm.so");
    }

    /** Runs to the end, whatever the exit code, and prints the output. */
    public OutputAnalyzer run(Class<?> main, String... arguments) throws Exception {
        return run(command(main, arguments));
    }

    public static OutputAnalyzer run(ProcessBuilder builder) throws Exception {
        long start = System.nanoTime();
        OutputAnalyzer output = new OutputAnalyzer(builder.start());
        System.out.println(output.getOutput());
        System.out.printf("exit code %d after %.1f s%n%n", output.getExitValue(),
                (System.nanoTime() - start) / 1e9);
        return output;
    }

    /** Runs to the end and expects exit code 0. */
    public OutputAnalyzer pass(Class<?> main, String... arguments) throws Exception {
        OutputAnalyzer output = run(main, arguments);
        output.shouldHaveExitValue(0);
        return output;
    }
}
