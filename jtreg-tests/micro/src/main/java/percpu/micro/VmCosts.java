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

package percpu.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a JVM cost that runs next to nothing: its memory, the size of its code, and how fast its compilers are?
 * Each invocation is a JVM; {@link Costs} adds what it used.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 5)
@Warmup(iterations = 1)
@Measurement(iterations = 4)
public class VmCosts {
    private static final int METHODS = 400;
    static final String MODULE = "jdk.incubator.percpu";
    private static final Pattern RESIDENT = Pattern.compile("(?m)^resident at most, kB: (\\d+)$");

    // "C2 {speed: ...; standard: 0.784 s, 46672 bytes, 414 methods; osr: 0.000 s, 0 bytes, ..."
    private static final Pattern COMPILER = Pattern.compile(
            "  C[12] \\{.*standard: *([0-9.]+) s, (\\d+) bytes, .*osr: *([0-9.]+) s, (\\d+) bytes");

    /** A class whose methods add to a per-CPU variable. */
    @State(Scope.Benchmark)
    public static class Sections {
        private TemporaryFolder folder;

        @Setup
        public void compile() throws IOException, InterruptedException {
            folder = new TemporaryFolder();
            String methods = IntStream.range(0, METHODS)
                    .mapToObj(i -> "static void add" + i + "(PerCpuLong v) { PerCpu.add(v, " + (i + 1) + "); }\n")
                    .collect(Collectors.joining());
            String calls = IntStream.range(0, METHODS).mapToObj(i -> "add" + i + "(V);\n").collect(Collectors.joining());
            Path source = Files.writeString(folder.path.resolve("Sections.java"), "import " + MODULE + ".*;\n"
                    + "class Sections {\nstatic final PerCpuLong V = new PerCpuLong();\n" + methods
                    + "public static void main(String[] args) {\n" + calls + "}\n}\n");
            ChildJvm.javac("--add-modules=" + MODULE, "-nowarn", "-d", folder.path.toString(), source.toString());
        }

        @TearDown
        public void delete() throws IOException {
            folder.close();
        }
    }

    @Benchmark
    public void hello() throws IOException, InterruptedException {
        // Benchmarks' libraries are not for this program.
        String classes = System.getProperty("java.class.path").split(":")[0];
        Matcher resident = RESIDENT.matcher(ChildJvm.output("-cp", classes, Hello.class.getName()));
        if (!resident.find()) {
            throw new IOException("Hello does not say what memory it took");
        }
        Costs.found("resident", 1024 * Double.parseDouble(resident.group(1)), "B");
        Costs.found("libjvm", Files.size(Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so")), "B");
    }

    @Benchmark
    public void compilation() throws IOException, InterruptedException {
        compile("-version");
    }

    /** Compiles what programs have that use per-CPU data: only JDKs that have them can be compared by it. */
    @Benchmark
    public void sections(Sections sections) throws IOException, InterruptedException {
        compile("-XX:CompileCommand=quiet", "-XX:CompileCommand=compileonly,Sections::add*", "--add-modules=" + MODULE,
                "-cp", sections.folder.path.toString(), "Sections");
    }

    private static void compile(String... program) throws IOException, InterruptedException {
        String output = ChildJvm.output(Stream.concat(Stream.of("-Xbatch", "-Xcomp", "-XX:+CITime"), Stream.of(program))
                .toArray(String[]::new));
        double seconds = 0;
        long bytes = 0;
        for (Matcher m = COMPILER.matcher(output); m.find(); ) {
            seconds += Double.parseDouble(m.group(1)) + Double.parseDouble(m.group(3));
            bytes += Long.parseLong(m.group(2)) + Long.parseLong(m.group(4));
        }
        if (bytes == 0) {
            throw new IOException("nothing was compiled: " + output);
        }
        Costs.found("perByte", seconds * 1e9 / bytes, "ns/B");
    }
}
