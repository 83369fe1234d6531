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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import jtreg.SkippedException;

/**
 * A child VM that is debugged: its main prints a line {@code ready NAME=NUMBER ...} and then reads from its standard
 * input, as {@link #ready} does.
 */
public final class Debuggee implements AutoCloseable {
    private static final long SECONDS = 200;
    private static final int SIGABRT = 6;

    private final Process process;
    private final BufferedReader lines;
    private final Map<String, Long> said = new LinkedHashMap<>();

    /** Starts it, and waits for its line. */
    public Debuggee(Vm vm, Class<?> main) throws Exception {
        process = vm.command(main).redirectErrorStream(true).start();
        lines = new BufferedReader(new InputStreamReader(process.getInputStream()));
        for (String line; (line = lines.readLine()) != null; ) {
            System.out.println("target: " + line);
            if (line.startsWith("ready ")) {
                for (String word : line.substring("ready ".length()).split(" ")) {
                    String[] pair = word.split("=");
                    said.put(pair[0], Long.parseLong(pair[1]));
                }
                return;
            }
        }
        throw new AssertionError("the target ended early, exit code " + process.waitFor());
    }

    /** For the child's main: says what it has to say, and waits until the debugger is done. */
    public static void ready(String numbers) throws IOException {
        System.out.println("ready " + numbers);
        System.in.read();
    }

    /** A number of its line. */
    public long get(String name) {
        return said.get(name);
    }

    /** Runs gdb on it with these commands, then detaches. What gdb said is returned, without the lines of steps. */
    public String debug(List<String> commands) throws Exception {
        List<String> script = new ArrayList<>(List.of(
                "set pagination off",
                "set confirm off",
                // The VM uses signals.
                "handle SIGSEGV SIGBUS SIGILL SIGFPE nostop noprint pass"));
        script.addAll(commands);
        script.add("detach");
        String output = gdb(script, "-p", Long.toString(process.pid()));
        if (output.contains("Operation not permitted") || output.contains("Could not attach")) {
            throw new SkippedException("gdb may not attach to processes here");
        }
        return output;
    }

    /** Runs gdb with these commands and arguments. */
    public static String gdb(List<String> commands, String... arguments) throws Exception {
        Path script = Path.of("commands.gdb");
        Files.write(script, commands);
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-x", script.toString()));
        List<String> lines = new ArrayList<>(run(new ProcessBuilder(command)));
        lines.removeIf(line -> line.matches("0x[0-9a-f]+ in .*"));
        String output = String.join("\n", lines) + "\n";
        System.out.println(output);
        return output;
    }

    /** Runs jhsdb's command line on it with these commands. */
    public String clhsdb(List<String> commands) throws Exception {
        Path script = Path.of("commands.clhsdb");
        Files.write(script, commands);
        Path jhsdb = Path.of(System.getProperty("test.jdk"), "bin", "jhsdb");
        String output = String.join("\n", run(new ProcessBuilder(jhsdb.toString(), "clhsdb", "--pid",
                Long.toString(process.pid())).redirectInput(script.toFile()))) + "\n";
        System.out.println(output);
        if (output.contains("Can't attach to the process")) {
            throw new SkippedException("jhsdb may not attach to processes here");
        }
        return output;
    }

    // What the debugger said, line by line.
    private static List<String> run(ProcessBuilder builder) throws Exception {
        Path log = Path.of("debugger.log");
        Process debugger;
        try {
            debugger = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        } catch (IOException e) {
            throw new SkippedException("not installed: " + e.getMessage());
        }
        boolean ended = debugger.waitFor(SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            // It stops the target otherwise.
            debugger.destroy();
        }
        int exit = debugger.waitFor();
        List<String> lines = new ArrayList<>(Files.readAllLines(log));
        lines.add(builder.command().get(0) + ": exit code " + exit + (ended ? "" : ", it hung"));
        return lines;
    }

    /** Lets it go on, which must end well. */
    public void end() throws Exception {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        for (String line; (line = lines.readLine()) != null; ) {
            System.out.println("target: " + line);
        }
        Check.equal(process.waitFor(), 0, "the target's exit code");
    }

    /** A command for gdb, after which no instruction runs any more: the target stays stopped when gdb has left. */
    public String stop() {
        return "shell kill -STOP " + process.pid();
    }

    /** Ends one that is stopped, so that the kernel writes its core. */
    public void abort() throws Exception {
        String kill = "kill -ABRT " + process.pid() + " && kill -CONT " + process.pid();
        Check.equal(new ProcessBuilder("sh", "-c", kill).inheritIO().start().waitFor(), 0, "exit code of " + kill);
        Check.equal(process.waitFor(), 128 + SIGABRT, "the target's exit code");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
