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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What does a start of the VM cost, and compilation, on one JDK compared with another? The two take turns, so what
 * slows the machine for a while slows both. "OTHER OURS [PART]": their homes; a part, 0.1 say, of the rounds for a
 * look.
 */
public class VmCosts {
    private static final int METHODS = 400;

    // Student's t for 95% and 29 degrees of freedom: no measurement has fewer rounds unless a part is asked for.
    private static final double T = 2.045;

    // "C2 {speed: ...; standard: 0.784 s, 46672 bytes, 414 methods; osr: 0.000 s, 0 bytes, ..."
    private static final Pattern COMPILER = Pattern.compile(
            "  C[12] \\{.*standard: *([0-9.]+) s, (\\d+) bytes, .*osr: *([0-9.]+) s, (\\d+) bytes");

    private interface Cost {
        double of(Path jdk) throws IOException, InterruptedException;
    }

    private final Path other;
    private final Path ours;
    private final double part;

    private VmCosts(Path other, Path ours, double part) {
        this.other = other;
        this.ours = ours;
        this.part = part;
    }

    public static void main(String[] args) throws Exception {
        VmCosts costs = new VmCosts(Path.of(args[0]), Path.of(args[1]),
                args.length > 2 ? Double.parseDouble(args[2]) : 1);
        costs.compare("java -version, ms", 300, VmCosts::start);
        costs.compare("compilation of what java -Xcomp -version runs, ns a byte", 60,
                jdk -> compilation(jdk, List.of("-Xcomp", "-version")));
        if (hasModule(costs.other)) {
            Path classes = sections(costs.ours);
            costs.compare("compilation of " + METHODS + " methods with one section each, ns a byte", 60,
                    jdk -> compilation(jdk, List.of("-Xcomp", "-XX:CompileCommand=quiet",
                            "-XX:CompileCommand=compileonly,Sections::add*", "--add-modules=jdk.incubator.percpu",
                            "-cp", classes.toString(), "Sections")));
        }
    }

    private void compare(String what, int planned, Cost cost) throws IOException, InterruptedException {
        int rounds = (int) Math.max(2, planned * part);
        double[] theirs = new double[rounds];
        double[] differences = new double[rounds];
        double[] ratios = new double[rounds];
        cost.of(other);
        cost.of(ours);
        for (int i = 0; i < rounds; i++) {
            // Who comes first in a round takes turns, too.
            double first = cost.of(i % 2 == 0 ? other : ours);
            double second = cost.of(i % 2 == 0 ? ours : other);
            theirs[i] = i % 2 == 0 ? first : second;
            double own = i % 2 == 0 ? second : first;
            differences[i] = own - theirs[i];
            ratios[i] = Math.log(own / theirs[i]);
        }
        System.out.printf(Locale.ROOT, "%s: other %.3f, ours - other %+.3f (%+.3f to %+.3f), "
                + "ours / other %.4f (%.4f to %.4f), %d rounds%n", what, mean(theirs), mean(differences),
                low(differences), high(differences), Math.exp(mean(ratios)), Math.exp(low(ratios)),
                Math.exp(high(ratios)), rounds);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double low(double[] values) {
        return mean(values) - halfWidth(values);
    }

    private static double high(double[] values) {
        return mean(values) + halfWidth(values);
    }

    private static double halfWidth(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return T * Math.sqrt(squares / (values.length - 1) / values.length);
    }

    private static double start(Path jdk) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        run(jdk, "java", Redirect.DISCARD, List.of("-version"));
        return (System.nanoTime() - begin) / 1e6;
    }

    private static double compilation(Path jdk, List<String> arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile("compilation", ".txt");
        try {
            run(jdk, "java", Redirect.to(output.toFile()),
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
            return seconds * 1e9 / bytes;
        } finally {
            Files.delete(output);
        }
    }

    private static void run(Path jdk, String tool, Redirect output, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin").resolve(tool).toString()));
        command.addAll(arguments);
        int status = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start().waitFor();
        if (status != 0) {
            throw new IOException(command + " ended with " + status);
        }
    }

    private static boolean hasModule(Path jdk) throws IOException {
        return Files.readString(jdk.resolve("release")).contains("jdk.incubator.percpu");
    }

    // A class whose methods add to a per-CPU variable, compiled by a JDK; returns where.
    private static Path sections(Path jdk) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("sections");
        String methods = IntStream.range(0, METHODS)
                .mapToObj(i -> "static void add" + i + "(PerCpuLong v) { PerCpu.add(v, " + (i + 1) + "); }\n")
                .collect(Collectors.joining());
        String calls = IntStream.range(0, METHODS).mapToObj(i -> "add" + i + "(V);\n").collect(Collectors.joining());
        Path source = Files.writeString(folder.resolve("Sections.java"), "import jdk.incubator.percpu.*;\n"
                + "class Sections {\nstatic final PerCpuLong V = new PerCpuLong();\n" + methods
                + "public static void main(String[] args) {\n" + calls + "}\n}\n");
        run(jdk, "javac", Redirect.DISCARD, List.of("--add-modules=jdk.incubator.percpu", "-nowarn", "-d",
                folder.toString(), source.toString()));
        return folder;
    }
}
