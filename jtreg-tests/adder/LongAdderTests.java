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
 * @summary JDK's own tests of LongAdder, run against PerCpuCounter. Their source is taken from the
 *          source tree (-Dpercpu.source, or above or beside the tests), LongAdder is replaced, and the
 *          result is compiled and run in a JVM of its own.
 * @modules jdk.incubator.percpu jdk.compiler
 * @run junit/othervm/timeout=600 LongAdderTests
 */

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

public class LongAdderTests {
    static final int SECONDS_PER_RUN = 250;
    static final String COUNTER = "jdk.incubator.percpu.PerCpuCounter";

    // Loses one addition in a thousand, and forgets to reset.
    static final String BROKEN_COUNTER = """
            package broken;
            public class BrokenCounter extends %s {
                private long calls;
                @Override public void add(long x) { if (++calls %% 1000 != 0) super.add(x); }
                @Override public void increment() { add(1); }
                @Override public void decrement() { add(-1); }
                @Override public void reset() { }
            }
            """.formatted(COUNTER);

    record Outcome(int exit, String output) {
        int count(String regex) {
            return (int) Pattern.compile(regex).matcher(output).results().count();
        }
    }

    @Test
    void tck() throws Exception {
        String source = upstream("tck/LongAdderTest.java");
        long tests = Pattern.compile("public void test\\w+\\(").matcher(source).results().count();
        assertTrue(tests > 0, "LongAdderTest has no test method");
        Outcome outcome = run("LongAdderTest", source, COUNTER);
        assertEquals(0, outcome.exit(), outcome.output());
        Matcher ok = Pattern.compile("OK \\((\\d+) tests?\\)").matcher(outcome.output());
        assertTrue(ok.find(), "no line 'OK (n tests)':\n" + outcome.output());
        assertEquals(tests, Long.parseLong(ok.group(1)), "tests that ran");
    }

    @Test
    void demo() throws Exception {
        Outcome outcome = run("LongAdderDemo", upstream("atomic/LongAdderDemo.java"), COUNTER, "-shortrun");
        assertEquals(0, outcome.exit(), outcome.output());
        assertTrue(outcome.count("PerCpuCounter +threads:") >= 2, "nothing was counted:\n" + outcome.output());
    }

    @Test
    void serial() throws Exception {
        String source = upstream("atomic/Serial.java");
        assertTrue(source.contains("testLongAdder();"), "Serial does not test LongAdder");
        Outcome outcome = run("Serial", source, COUNTER);
        assertEquals(0, outcome.exit(), outcome.output());
    }

    /** The tests are worth something only if they fail for a counter that is wrong. */
    @Test
    void brokenCounterFails() throws Exception {
        String tck = runUntil("Tests run: ", "LongAdderTest", upstream("tck/LongAdderTest.java"),
                "broken.BrokenCounter").output();
        assertTrue(tck.contains("testReset(LongAdderTest)"), tck);
        assertTrue(tck.contains("testAddAndSumMT(LongAdderTest)"), tck);
        String demo = runUntil("java.lang.Error: 999 != 1000", "LongAdderDemo", upstream("atomic/LongAdderDemo.java"),
                "broken.BrokenCounter", "-shortrun").output();
        assertTrue(demo.contains("java.lang.Error: 999 != 1000"), demo);
    }

    static Path folder() {
        // The source tree is above the tests, or, where they are run from elsewhere, beside them.
        Path root = Path.of(System.getProperty("test.root", ""));
        Path above = root.resolve("../..");
        Path source = Files.isDirectory(above.resolve("test/jdk")) ? above : root.resolve("../source");
        String named = System.getProperty("percpu.source");
        Path folder = (named != null ? Path.of(named) : source).resolve("test/jdk/java/util/concurrent");
        assertTrue(Files.isDirectory(folder), "no JDK tests in " + folder + "; set -Dpercpu.source=<JDK source tree>");
        return folder;
    }

    static String upstream(String file) throws IOException {
        return Files.readString(folder().resolve(file));
    }

    static Outcome run(String test, String source, String counter, String... args) throws Exception {
        return runUntil(null, test, source, counter, args);
    }

    /**
     * Compiles the test with LongAdder replaced by the given class, and runs its main method until
     * it ends or has printed the given text: a test that failed may leave a pool that lives on.
     */
    static Outcome runUntil(String text, String test, String source, String counter, String... args) throws Exception {
        Path work = Path.of(test + "-" + counter.substring(counter.lastIndexOf('.') + 1)).toAbsolutePath();
        Path replaced = work.resolve("src").resolve(test + ".java");
        Path classes = work.resolve("classes");
        Files.createDirectories(replaced.getParent());
        Files.createDirectories(classes);
        Files.writeString(replaced, replace(source, counter));
        List<String> compile = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none", "-nowarn",
                "-Xlint:none", "--add-modules", "jdk.incubator.percpu",
                "--add-exports", "java.base/jdk.internal.util=ALL-UNNAMED",
                "-cp", junitJar().toString(),
                "-sourcepath", String.join(File.pathSeparator, work.resolve("src").toString(),
                        folder().resolve("tck").toString(), folder().resolve("../../../../lib").toString())));
        compile.add(replaced.toString());
        if (counter.startsWith("broken.")) {
            Path broken = Files.createDirectories(work.resolve("src/broken")).resolve("BrokenCounter.java");
            Files.writeString(broken, BROKEN_COUNTER);
            compile.add(broken.toString());
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, compile.toArray(String[]::new));
        assertEquals(0, result, "exit code of javac, whose messages are above");

        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options("test.vm.opts"));
        command.addAll(options("test.java.opts"));
        command.addAll(List.of("--add-modules", "jdk.incubator.percpu",
                "--add-exports", "java.base/jdk.internal.util=ALL-UNNAMED",
                "-cp", classes + File.pathSeparator + junitJar(), test));
        command.addAll(List.of(args));
        Path output = work.resolve("output");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_PER_RUN);
        while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
            boolean late = System.nanoTime() > end;
            if (late || text != null && Files.readString(output).contains(text)) {
                process.destroyForcibly().waitFor();
            }
            assertFalse(late, () -> test + " takes more than " + SECONDS_PER_RUN + " s; its output is in " + output);
        }
        Outcome outcome = new Outcome(process.exitValue(), Files.readString(output));
        System.out.printf(Locale.ROOT, "== %s on %s: exit code %d%n%s%n", test, counter, outcome.exit(), outcome.output());
        return outcome;
    }

    static String replace(String source, String counter) {
        String simpleName = counter.substring(counter.lastIndexOf('.') + 1);
        String replaced = source.replace("java.util.concurrent.atomic.LongAdder", counter)
                .replaceAll("\\bLongAdder\\b", simpleName);
        assertTrue(replaced.contains("new " + simpleName + "("), "the test makes no LongAdder");
        assertFalse(replaced.contains("new LongAdder("), "LongAdder was not replaced everywhere");
        return replaced;
    }

    static List<String> options(String property) {
        String value = System.getProperty(property, "").strip();
        return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
    }

    static Path junitJar() throws ClassNotFoundException, URISyntaxException {
        return Path.of(Class.forName("junit.framework.TestCase").getProtectionDomain()
                .getCodeSource().getLocation().toURI());
    }
}
