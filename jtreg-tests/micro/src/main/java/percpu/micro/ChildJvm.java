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
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JVM that a benchmark starts: of the same JDK, and with per-CPU adders only if this one has them. */
final class ChildJvm {
    private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");
    private static final Optional<String> ADDERS = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.endsWith("UsePerCpuAdders")).reduce((first, last) -> last);

    private ChildJvm() {}

    /** Its output is dropped, and costs next to nothing. */
    static int run(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = builder("java", arguments).redirectOutput(Redirect.DISCARD);
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IOException(builder.command() + " ended with " + status);
        }
        return status;
    }

    /** {@return what it wrote} */
    static String output(String... arguments) throws IOException, InterruptedException {
        return output(builder("java", arguments));
    }

    /** Runs this JDK's javac. */
    static void javac(String... arguments) throws IOException, InterruptedException {
        output(builder("javac", arguments));
    }

    private static ProcessBuilder builder(String tool, String... arguments) {
        List<String> command = new ArrayList<>(List.of(BIN.resolve(tool).toString()));
        ADDERS.filter(option -> tool.equals("java")).ifPresent(command::add);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static String output(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(builder.command() + " ended with " + status + ": " + output);
        }
        return output;
    }
}
