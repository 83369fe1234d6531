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
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares the two halves that upstream.sh leaves in its work folder.
 * "differing WORK" prints the tests whose status differs, "page WORK FILE FOLDER..." writes
 * the page and exits with 3 if a test passes on the unpatched JDK and fails on the patched one.
 */
public class Compare {
    static final int REGRESSION = 3;  // not 1, which an exception gives
    static final String PASSED = "Passed";
    static final String NOT_RUN = "Not run";  // excluded, or its @requires not met
    static final String CRASH = "A fatal error has been detected by the Java Runtime Environment";

    final Path work;
    final Map<String, String> unpatched;
    final Map<String, String> patched;

    Compare(Path work) throws IOException {
        this.work = work;
        unpatched = statuses("unpatched");
        patched = statuses("patched");
    }

    public static void main(String[] args) throws IOException {
        Compare compare = new Compare(Path.of(args[1]));
        if (args[0].equals("differing")) {
            compare.differing().forEach(System.out::println);
        } else {
            List<String> folders = List.of(args).subList(3, args.length);
            System.exit(compare.page(Path.of(args[2]), folders) ? 0 : REGRESSION);
        }
    }

    Map<String, String> statuses(String half) throws IOException {
        Map<String, String> result = new TreeMap<>();
        for (String line : Files.readAllLines(work.resolve(half).resolve("status"))) {
            int space = line.indexOf(' ');
            result.put(line.substring(0, space), line.substring(space + 1));
        }
        return result;
    }

    static boolean ran(Map<String, String> half, String test) {
        return !half.getOrDefault(test, NOT_RUN).equals(NOT_RUN);
    }

    List<String> differing() {
        return unpatched.keySet().stream()
                .filter(t -> ran(unpatched, t) && ran(patched, t) && !patched.get(t).equals(unpatched.get(t)))
                .toList();
    }

    List<String> again(String test, String half) throws IOException {
        Path file = work.resolve("again");
        if (!Files.exists(file)) {
            return List.of();
        }
        String start = test + " " + half + " ";
        return Files.readAllLines(file).stream().filter(l -> l.startsWith(start))
                .map(l -> l.substring(start.length())).toList();
    }

    boolean crashed(String test) throws IOException {
        String component = test.startsWith("jdk/") ? "jdk" : "hotspot";
        String name = test.substring(component.equals("jdk") ? 4 : "hotspot/jtreg/".length());
        Path jtr = work.resolve("patched").resolve(component).resolve("JTwork")
                .resolve(name.replaceFirst("\\.[a-z]+(#|$)", "$1").replace('#', '_') + ".jtr");
        return Files.exists(jtr) && Files.readString(jtr).contains(CRASH);
    }

    /** Says what a test that passed only on the unpatched JDK means; empty if it is no regression. */
    String regression(String test) throws IOException {
        if (crashed(test)) {
            return "regression: the patched JVM crashed";
        }
        List<String> theirs = again(test, "unpatched");
        List<String> ours = again(test, "patched");
        if (ours.isEmpty()) {
            return "regression: failed, not run again";
        }
        boolean oursPass = ours.stream().allMatch(PASSED::equals);
        boolean theirsPass = theirs.stream().allMatch(PASSED::equals);
        return oursPass || !theirsPass ? "" : "regression";
    }

    String verdict(String test) throws IOException {
        if (!unpatched.get(test).equals(PASSED)) {
            return patched.get(test).equals(PASSED) ? "passes only on the patched JDK" : "fails on both";
        }
        String regression = regression(test);
        if (!regression.isEmpty()) {
            return regression;
        }
        boolean oursPass = again(test, "patched").stream().allMatch(PASSED::equals);
        return oursPass ? "failed once, passed every time when run again" : "unsteady on both JDKs when run again";
    }

    static String count(Map<String, String> half, String folder) {
        List<String> found = half.entrySet().stream().filter(e -> within(e.getKey(), folder))
                .map(Map.Entry::getValue).toList();
        return Stream.of(PASSED, "Failed", "Error", NOT_RUN)
                .map(s -> Map.entry(s, found.stream().filter(s::equals).count()))
                .filter(e -> e.getValue() > 0 || e.getKey().equals(PASSED))
                .map(e -> e.getValue() + " " + e.getKey().toLowerCase())
                .collect(Collectors.joining(", "));
    }

    static boolean within(String test, String folder) {
        return test.equals(folder) || test.startsWith(folder + "/") || test.startsWith(folder + "#");
    }

    String seconds(String half, String folder) throws IOException {
        return Files.readString(work.resolve(half).resolve("seconds-" + folder.replace('/', '_'))).strip();
    }

    String release(String half, String key) throws IOException {
        for (String line : Files.readAllLines(work.resolve(half).resolve("release"))) {
            if (line.startsWith(key + "=")) {
                return line.substring(key.length() + 1).replace("\"", "");
            }
        }
        return "unknown";
    }

    String when(String half, List<String> folders) throws IOException {
        TreeSet<String> dates = new TreeSet<>();
        for (String folder : folders) {
            dates.add(Files.readString(work.resolve(half).resolve("done-" + folder.replace('/', '_'))).strip());
        }
        return dates.first().equals(dates.last()) ? dates.first() : dates.first() + " to " + dates.last();
    }

    boolean page(Path out, List<String> folders) throws IOException {
        List<String> differing = differing();
        List<String> regressions = new ArrayList<>();
        for (String test : differing) {
            if (unpatched.get(test).equals(PASSED) && !regression(test).isEmpty()) {
                regressions.add(test);
            }
        }
        StringBuilder page = new StringBuilder();
        page.append("# JDK's own tests, patched against unpatched\n\n"
                + "Written by `jtreg-tests/upstream.sh`. Options as in the JDK's make/RunTests.gmk, upstream's\n"
                + "problem lists excluded; these, and tests whose `@requires` is not met, are \"not run\".\nStatus of each test: [patched.txt](patched.txt),"
                + " [unpatched.txt](unpatched.txt).\n\n");
        page.append("**").append(headline(regressions.size(), differing.size())).append("**\n\n");
        for (String half : List.of("patched", "unpatched")) {
            page.append("- ").append(half).append(": ").append(release(half, "IMPLEMENTOR")).append(", ")
                    .append(release(half, "JAVA_RUNTIME_VERSION"))
                    .append(release(half, "OPTIONS").isEmpty() ? "" : ", " + release(half, "OPTIONS")).append(", folders finished ")
                    .append(when(half, folders)).append('\n');
        }
        page.append("\n| folder | unpatched | patched | seconds, unpatched | seconds, patched |\n|---|---|---|---|---|\n");
        for (String folder : folders) {
            page.append("| ").append(folder).append(" | ").append(count(unpatched, folder)).append(" | ")
                    .append(count(patched, folder)).append(" | ").append(seconds("unpatched", folder))
                    .append(" | ").append(seconds("patched", folder)).append(" |\n");
        }
        differences(page, differing);
        List<String> failBoth = unpatched.keySet().stream()
                .filter(t -> ran(unpatched, t) && !unpatched.get(t).equals(PASSED))
                .filter(t -> unpatched.get(t).equals(patched.get(t))).toList();
        list(page, "Failing on both", failBoth);
        list(page, "Run only on the unpatched JDK", minus(unpatched, patched));
        list(page, "Run only on the patched JDK", minus(patched, unpatched));
        Files.writeString(out, page);
        regressions.forEach(t -> System.err.println("passes unpatched, fails patched: " + t));
        return regressions.isEmpty();
    }

    static String headline(int regressions, int differing) {
        if (regressions > 0) {
            return "Tests that pass on the unpatched JDK and fail on the patched one: " + regressions + ".";
        }
        return "No test passes on the unpatched JDK and fails on the patched one"
                + (differing == 0 ? "." : "; " + differing + " differed once, see below.");
    }

    void differences(StringBuilder page, List<String> differing) throws IOException {
        page.append("\n## Differences\n\n");
        if (differing.isEmpty()) {
            page.append("None.\n");
            return;
        }
        page.append("| test | unpatched | patched | again, unpatched | again, patched | verdict |\n")
                .append("|---|---|---|---|---|---|\n");
        for (String test : differing) {
            page.append("| ").append(String.join(" | ", test, unpatched.get(test), patched.get(test),
                    String.join(", ", again(test, "unpatched")), String.join(", ", again(test, "patched")),
                    verdict(test))).append(" |\n");
        }
    }

    static List<String> minus(Map<String, String> one, Map<String, String> other) {
        return one.keySet().stream().filter(t -> ran(one, t) && !ran(other, t)).toList();
    }

    static void list(StringBuilder page, String title, List<String> tests) {
        page.append("\n## ").append(title).append("\n\n");
        if (tests.isEmpty()) {
            page.append("None.\n");
        }
        tests.forEach(t -> page.append("- ").append(t).append('\n'));
    }
}
