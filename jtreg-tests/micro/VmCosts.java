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
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What do programs pay that use nothing of this: a start of the VM, its memory, starts of threads, compilation, on one
 * JDK compared with another? The two take turns, so what slows the machine for a while slows both. Each figure is a
 * median with a 95% interval that assumes no distribution, of the time and of the CPU time, which waits for nobody.
 * "OTHER OURS [PART]": their homes; a part, 0.1 say, of the rounds for a look. PATCHED_OPTIONS in the environment are
 * options for the second.
 */
public class VmCosts {
    private static final int METHODS = 400;

    private static final MethodHandle GETRUSAGE = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("getrusage"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final int RUSAGE_CHILDREN = -1;
    private static final long RUSAGE_BYTES = 144;

    private static final int THREADS = 5000;
    private static final String PROGRAM = """
            import java.nio.file.*;

            class Program {
                public static void main(String[] args) throws Exception {
                    if (args[0].equals("hello")) {
                        System.out.println("Hello, world");
                        String status = Files.readString(Path.of("/proc/self/status"));
                        System.out.println("figure " + status.replaceAll("(?s).*VmHWM:\\\\s*(\\\\d+) kB.*", "$1"));
                    } else {
                        int threads = Integer.parseInt(args[1]);
                        long begin = System.nanoTime();
                        for (int i = 0; i < threads; i++) {
                            Thread thread = new Thread(() -> {});
                            thread.start();
                            thread.join();
                        }
                        System.out.println("figure " + (System.nanoTime() - begin) / 1e3 / threads);
                    }
                }
            }
            """;
    private static final Pattern FIGURE = Pattern.compile("(?m)^figure ([0-9.]+)$");

    // "C2 {speed: ...; standard: 0.784 s, 46672 bytes, 414 methods; osr: 0.000 s, 0 bytes, ..."
    private static final Pattern COMPILER = Pattern.compile(
            "  C[12] \\{.*standard: *([0-9.]+) s, (\\d+) bytes, .*osr: *([0-9.]+) s, (\\d+) bytes");

    // Of one run of the VM: a figure in a unit of its own, and the CPU time of the process in milliseconds.
    private record Cost(double figure, double cpu) {}

    private interface Run {
        Cost of(Path jdk) throws IOException, InterruptedException;
    }

    private final Path other;
    private final Path ours;
    private final List<String> ourOptions;
    private final double part;

    private VmCosts(Path other, Path ours, List<String> ourOptions, double part) {
        this.other = other;
        this.ours = ours;
        this.ourOptions = ourOptions;
        this.part = part;
    }

    public static void main(String[] args) throws Exception {
        String options = System.getenv().getOrDefault("PATCHED_OPTIONS", "");
        List<String> ourOptions = Stream.of(options.split(" ")).filter(option -> !option.isEmpty()).toList();
        new VmCosts(Path.of(args[0]), Path.of(args[1]), ourOptions,
                args.length > 2 ? Double.parseDouble(args[2]) : 1).all();
    }

    private void all() throws IOException, InterruptedException {
        System.out.println("libjvm.so, bytes: other " + libjvm(other) + ", ours " + libjvm(ours));
        Path folder = Files.createTempDirectory("costs");
        compile(folder, "Program", PROGRAM, List.of());
        List<String> program = List.of("-cp", folder.toString(), "Program");
        compare("java -version", "ms", 600, this::start);
        compare("Hello World", "resident kB at most", 60, jdk -> figure(jdk, program, "hello"));
        compare("a thread's start and end", "us", 60, jdk -> figure(jdk, program, "threads", "" + THREADS));
        compare("compilation of what java -Xcomp -version runs", "ns a byte", 60,
                jdk -> compilation(jdk, List.of("-Xcomp", "-version")));
        if (hasModule(other)) {
            compile(folder, "Sections", sections(), List.of("--add-modules=jdk.incubator.percpu"));
            compare("compilation of " + METHODS + " methods with one section each", "ns a byte", 60,
                    jdk -> compilation(jdk, List.of("-Xcomp", "-XX:CompileCommand=quiet",
                            "-XX:CompileCommand=compileonly,Sections::add*", "--add-modules=jdk.incubator.percpu",
                            "-cp", folder.toString(), "Sections")));
        }
    }

    private void compare(String what, String unit, int planned, Run run) throws IOException, InterruptedException {
        int rounds = (int) Math.max(6, planned * part);
        List<Cost> theirs = new ArrayList<>();
        List<Cost> own = new ArrayList<>();
        run.of(other);
        run.of(ours);
        for (int i = 0; i < rounds; i++) {
            // Who comes first in a round takes turns, too.
            Cost first = run.of(i % 2 == 0 ? other : ours);
            Cost second = run.of(i % 2 == 0 ? ours : other);
            theirs.add(i % 2 == 0 ? first : second);
            own.add(i % 2 == 0 ? second : first);
        }
        System.out.println(what + ", " + rounds + " rounds");
        print(unit, theirs, own, Cost::figure);
        print("CPU time of the process, ms", theirs, own, Cost::cpu);
    }

    private static void print(String what, List<Cost> theirs, List<Cost> own, ToDoubleFunction<Cost> figure) {
        double[] others = theirs.stream().mapToDouble(figure).toArray();
        double[] ours = own.stream().mapToDouble(figure).toArray();
        double[] differences = IntStream.range(0, ours.length).mapToDouble(i -> ours[i] - others[i]).toArray();
        double[] ratios = IntStream.range(0, ours.length).mapToDouble(i -> ours[i] / others[i]).toArray();
        System.out.printf(Locale.ROOT, "  %-28s other %.3f, ours - other %s, ours / other %s%n", what + ":",
                median(others), interval(differences, "%+.3f"), interval(ratios, "%.4f"));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    // The median, and the two values between which that of all possible rounds lies: how many of n rounds are below
    // it is a binomial number, which is nearly normal.
    private static String interval(double[] values, String format) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        int low = (int) Math.max(0, Math.floor((n - 1.96 * Math.sqrt(n)) / 2) - 1);
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", median(values), sorted[low],
                sorted[n - 1 - low]);
    }

    private static long libjvm(Path jdk) throws IOException {
        return Files.size(jdk.resolve(Path.of("lib", "server", "libjvm.so")));
    }

    // What a program says of itself.
    private Cost figure(Path jdk, List<String> program, String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("figure", ".txt");
        try {
            double cpu = run(jdk, "java", Redirect.to(output.toFile()),
                    Stream.concat(program.stream(), Stream.of(arguments)).toList());
            Matcher figure = FIGURE.matcher(Files.readString(output));
            if (!figure.find()) {
                throw new IOException(program + " says nothing: " + Files.readString(output));
            }
            return new Cost(Double.parseDouble(figure.group(1)), cpu);
        } finally {
            Files.delete(output);
        }
    }

    private Cost start(Path jdk) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        double cpu = run(jdk, "java", Redirect.DISCARD, List.of("-version"));
        return new Cost((System.nanoTime() - begin) / 1e6, cpu);
    }

    private Cost compilation(Path jdk, List<String> arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("compilation", ".txt");
        try {
            double cpu = run(jdk, "java", Redirect.to(output.toFile()),
                    Stream.concat(Stream.of("-Xbatch", "-XX:+CITime"), arguments.stream()).toList());
            double seconds = 0;
            long bytes = 0;
            for (Matcher m = COMPILER.matcher(Files.readString(output)); m.find(); ) {
                seconds += Double.parseDouble(m.group(1)) + Double.parseDouble(m.group(3));
                bytes += Long.parseLong(m.group(2)) + Long.parseLong(m.group(4));
            }
            if (bytes == 0) {
                throw new IOException(jdk + " compiled nothing: " + Files.readString(output));
            }
            return new Cost(seconds * 1e9 / bytes, cpu);
        } finally {
            Files.delete(output);
        }
    }

    // Returns the CPU time in milliseconds, user and system.
    private double run(Path jdk, String tool, Redirect output, List<String> arguments)
            throws IOException, InterruptedException {
        double before = cpuOfChildren();
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin").resolve(tool).toString()));
        if (tool.equals("java") && jdk.equals(ours)) {
            command.addAll(ourOptions);
        }
        command.addAll(arguments);
        int status = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start().waitFor();
        if (status != 0) {
            throw new IOException(command + " ended with " + status);
        }
        return cpuOfChildren() - before;
    }

    // Of the children that have ended: getrusage, as Java tells the CPU time of living ones only.
    private static double cpuOfChildren() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment usage = arena.allocate(RUSAGE_BYTES, Long.BYTES);
            if ((int) GETRUSAGE.invokeExact(RUSAGE_CHILDREN, usage) != 0) {
                throw new IllegalStateException("getrusage failed");
            }
            // Two struct timeval: user and system.
            long seconds = usage.get(ValueLayout.JAVA_LONG, 0) + usage.get(ValueLayout.JAVA_LONG, 16);
            long micros = usage.get(ValueLayout.JAVA_LONG, 8) + usage.get(ValueLayout.JAVA_LONG, 24);
            return seconds * 1e3 + micros / 1e3;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean hasModule(Path jdk) throws IOException {
        return Files.readString(jdk.resolve("release")).contains("jdk.incubator.percpu");
    }

    // A class whose methods add to a per-CPU variable.
    private static String sections() {
        String methods = IntStream.range(0, METHODS)
                .mapToObj(i -> "static void add" + i + "(PerCpuLong v) { PerCpu.add(v, " + (i + 1) + "); }\n")
                .collect(Collectors.joining());
        String calls = IntStream.range(0, METHODS).mapToObj(i -> "add" + i + "(V);\n").collect(Collectors.joining());
        return "import jdk.incubator.percpu.*;\nclass Sections {\nstatic final PerCpuLong V = new PerCpuLong();\n"
                + methods + "public static void main(String[] args) {\n" + calls + "}\n}\n";
    }

    private void compile(Path folder, String name, String source, List<String> options)
            throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        run(ours, "javac", Redirect.DISCARD, Stream.concat(options.stream(),
                Stream.of("-nowarn", "-d", folder.toString(), file.toString())).toList());
    }
}
