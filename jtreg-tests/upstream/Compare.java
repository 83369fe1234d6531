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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the page on what upstream.sh ran: Compare SET PARTS TESTS REASONS OUT SUBSET. PARTS is a file of lines
 * "name TAB how many tests TAB unpatched TAB patched TAB again", of which the last three are where the results are,
 * or "-" where a part is not done; TESTS is the test folder of OpenJDK's source; REASONS is kept by hand, lines
 * "test: why it differs"; OUT is a folder; SUBSET is what was chosen instead of the set, or empty. Exits with 3 if a
 * test passes on the unpatched JDK and fails on the patched one, or differs without a reason.
 */
public class Compare {
    static final int REGRESSION = 3;  // not 1, which an exception gives
    static final String PASSED = "Passed";
    static final String SKIPPED = "Skipped";  // by itself: jtreg.SkippedException
    static final String NOT_RUN = "Not run";  // excluded, or its @requires not met
    /** What a ProblemList.txt calls this machine. */
    static final Pattern HERE = Pattern.compile("\\b(generic|linux)-(all|"
            + System.getProperty("os.arch").replace("amd64", "x64") + ")\\b");
    static final String CRASH = "A fatal error has been detected by the Java Runtime Environment";

    record Part(String name, int tests, Path unpatched, Path patched, Path again) {
        static Part of(String line) {
            String[] fields = line.split("\t");
            boolean done = !fields[4].equals("-");
            return new Part(fields[0], Integer.parseInt(fields[1]), done ? Path.of(fields[2]) : null,
                    done ? Path.of(fields[3]) : null, done ? Path.of(fields[4]) : null);
        }

        boolean done() {
            return again != null;
        }

        /** The parts of a group are named FOLDER NUMBER: FOLDERS, others after their folder. */
        String area() {
            return name.replaceFirst(" .*", "");
        }

        Path half(String half) {
            return half.equals("patched") ? patched : unpatched;
        }
    }

    /** A test that ran, or did not run, on both JDKs. */
    record Result(Part part, String test, String unpatched, String patched) {
        boolean differs() {
            return !unpatched.equals(patched);
        }

        boolean ranOnBoth() {
            return !unpatched.equals(NOT_RUN) && !patched.equals(NOT_RUN);
        }

        boolean failed() {
            return List.of("Failed", "Error").contains(patched);
        }

        List<String> again(String half) throws IOException {
            String start = test + " " + half + " ";
            return Files.readAllLines(part.again()).stream().filter(l -> l.startsWith(start))
                    .map(l -> l.substring(start.length())).toList();
        }

        boolean crashed() throws IOException {
            String name = test.replaceFirst("\\.[a-z]+(#|$)", "$1").replace('#', '_') + ".jtr";
            Path jtr = part.patched().resolve("jtr").resolve(name);
            return Files.exists(jtr) && Files.readString(jtr).contains(CRASH);
        }

        /** Says what it means that a test failed on the patched JDK only; empty if it is no regression. */
        String regression() throws IOException {
            if (!unpatched.equals(PASSED) || patched.equals(SKIPPED) || !ranOnBoth() || !differs()) {
                return "";
            }
            if (crashed()) {
                return "regression: the patched JVM crashed";
            }
            if (again("patched").isEmpty()) {
                return "regression: failed, not run again";
            }
            boolean oursPass = again("patched").stream().allMatch(PASSED::equals);
            boolean theirsPass = again("unpatched").stream().allMatch(PASSED::equals);
            return oursPass || !theirsPass ? "" : "regression";
        }

        String verdict() throws IOException {
            if (!ranOnBoth()) {
                return "runs only on the " + (patched.equals(NOT_RUN) ? "unpatched" : "patched") + " JDK";
            }
            if (patched.equals(SKIPPED) || unpatched.equals(SKIPPED)) {
                return "skips itself on one JDK only";
            }
            if (!unpatched.equals(PASSED)) {
                return patched.equals(PASSED) ? "passes only on the patched JDK" : "fails on both";
            }
            if (!regression().isEmpty()) {
                return regression();
            }
            boolean oursPass = again("patched").stream().allMatch(PASSED::equals);
            return oursPass ? "failed once, passed every time when run again" : "unsteady on both JDKs when run again";
        }
    }

    final String set;
    final String subset;
    final List<Part> parts;
    final List<Part> done;
    final Path tests;
    final Path reasonFile;
    final Path out;
    final Map<String, String> reasons = new TreeMap<>();
    final List<Result> results = new ArrayList<>();
    final Map<String, List<String>> problems = new TreeMap<>();
    final StringBuilder page = new StringBuilder();

    Compare(String set, Path parts, Path tests, Path reasons, Path out, String subset) throws IOException {
        this.set = set;
        this.subset = subset.strip().replaceAll("\\s+", " ");
        this.parts = Files.readAllLines(parts).stream().map(Part::of).toList();
        this.tests = tests;
        this.reasonFile = reasons;
        this.out = out;
        done = this.parts.stream().filter(Part::done).toList();
        if (Files.exists(reasons)) {
            for (String line : Files.readAllLines(reasons)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] entry = line.split(": ", 2);
                    if (entry.length != 2 || entry[1].isBlank()) {
                        throw new IllegalArgumentException(reasons + ": not of the form \"test: reason\": " + line);
                    }
                    this.reasons.put(entry[0], entry[1]);
                }
            }
        }
        for (Part part : done) {
            Map<String, String> unpatched = statuses(part.unpatched());
            Map<String, String> patched = statuses(part.patched());
            TreeSet<String> all = new TreeSet<>(unpatched.keySet());
            all.addAll(patched.keySet());
            for (String test : all) {
                results.add(new Result(part, test, unpatched.getOrDefault(test, NOT_RUN),
                        patched.getOrDefault(test, NOT_RUN)));
            }
        }
        results.sort(Comparator.comparing(Result::test));
    }

    public static void main(String[] args) throws IOException {
        Compare compare = new Compare(args[0], Path.of(args[1]), Path.of(args[2]), Path.of(args[3]), Path.of(args[4]),
                args[5]);
        for (String half : List.of("unpatched", "patched")) {
            compare.write(half + ".txt", compare.results.stream()
                    .map(r -> r.test() + " " + (half.equals("patched") ? r.patched() : r.unpatched())).toList());
        }
        System.exit(compare.page() ? 0 : REGRESSION);
    }

    void write(String name, List<String> lines) throws IOException {
        Path temporary = out.resolve(name + ".tmp");
        Files.write(temporary, lines);
        Files.move(temporary, out.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    static Map<String, String> statuses(Path half) throws IOException {
        Map<String, String> result = new TreeMap<>();
        for (String line : Files.readAllLines(half.resolve("status"))) {
            int space = line.indexOf(' ');
            result.put(line.substring(0, space), line.substring(space + 1));
        }
        return result;
    }

    // ---- why a test did not run --------------------------------------------

    /** A file may hold several tests: FILE#ID. */
    static String fileOf(String test) {
        return test.replaceFirst("#.*", "");
    }

    static String component(String test) {
        return test.startsWith("jdk/") ? "jdk" : "hotspot/jtreg";
    }

    /** The issues that a ProblemList.txt names for a test; null if it is not there. */
    String problem(String test) throws IOException {
        String component = component(test);
        if (!problems.containsKey(component)) {
            Path list = tests.resolve(component).resolve("ProblemList.txt");
            problems.put(component, Files.exists(list) ? Files.readAllLines(list) : List.of());
        }
        String name = test.substring(component.length() + 1);
        String file = fileOf(name);
        for (String line : problems.get(component)) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > 2 && (fields[0].equals(name) || fields[0].equals(file))
                    && HERE.matcher(fields[2]).find()) {
                return fields[1];
            }
        }
        return null;
    }

    /** The comment of a test that describes it, without what a comment has before each line. */
    String description(String test) throws IOException {
        Path file = tests.resolve(fileOf(test));
        String id = test.contains("#") ? test.replaceFirst(".*#", "") : null;
        if (!Files.exists(file)) {
            return "";
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        List<String> comments = new ArrayList<>();
        if (file.toString().endsWith(".sh")) {
            comments.add(text.lines().filter(l -> l.startsWith("#")).collect(Collectors.joining("\n")));
        } else {
            for (int from = text.indexOf("/*"); from >= 0; from = text.indexOf("/*", from + 2)) {
                int to = text.indexOf("*/", from);
                comments.add(text.substring(from, to < 0 ? text.length() : to));
            }
        }
        int unnamed = 0;
        for (String comment : comments) {
            if (!comment.matches("(?s).*@test\\b.*")) {
                continue;
            }
            String its = comment.matches("(?s).*@test\\s+id=\\S+.*")
                    ? comment.replaceFirst("(?s).*@test\\s+id=(\\S+).*", "$1") : "id" + unnamed++;
            if (id == null || id.equals(its)) {
                return comment.lines().map(l -> l.replaceFirst("^\\s*[#*]+\\s?", "")).collect(Collectors.joining("\n"));
            }
        }
        return "";
    }

    String whyNotRun(String test) throws IOException {
        String problem = problem(test);
        if (problem != null) {
            return "in ProblemList.txt";
        }
        String description = description(test);
        List<String> requires = new ArrayList<>();
        for (String tag : description.split("\n\\s*(?=@)")) {
            if (tag.startsWith("@ignore")) {
                return "@ignore";
            }
            if (tag.startsWith("@requires")) {
                requires.add(tag.replaceFirst("@requires", "").strip().replaceAll("\\s+", " "));
            }
        }
        if (description.contains("/manual")) {
            return "run by hand only";
        }
        return requires.isEmpty() ? "not said in the test: by its folder's TEST.properties, perhaps"
                : "@requires " + String.join(" and ", requires);
    }

    /** Whether a test runs only on a JVM without options, and the patched one had some. */
    boolean leftOut(Result result) throws IOException {
        return result.differs() && result.patched().equals(NOT_RUN)
                && !release(result.part().patched(), "OPTIONS").isEmpty()
                && description(result.test()).contains("vm.flagless");
    }

    // ---- the page -----------------------------------------------------------

    static String count(List<String> statuses) {
        return Stream.of(PASSED, SKIPPED, "Failed", "Error", NOT_RUN)
                .map(s -> Map.entry(s, statuses.stream().filter(s::equals).count()))
                .filter(e -> e.getValue() > 0 || e.getKey().equals(PASSED))
                .map(e -> e.getValue() + " " + e.getKey().toLowerCase())
                .collect(Collectors.joining(", "));
    }

    static long seconds(List<Part> parts, String half) throws IOException {
        long sum = 0;
        for (Part part : parts) {
            sum += Long.parseLong(Files.readString(part.half(half).resolve("seconds")).strip());
        }
        return sum;
    }

    static String release(Path half, String key) throws IOException {
        for (String line : Files.readAllLines(half.resolveSibling("release"))) {
            if (line.startsWith(key + "=")) {
                return line.substring(key.length() + 1).replace("\"", "");
            }
        }
        return "unknown";
    }

    String when(String half) throws IOException {
        TreeSet<String> dates = new TreeSet<>();
        for (Part part : done) {
            dates.add(Files.readString(part.half(half).resolve("finished")).strip());
        }
        return dates.first().equals(dates.last()) ? dates.first() : dates.first() + " to " + dates.last();
    }

    boolean page() throws IOException {
        List<Result> differing = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Result result : results) {
            if (leftOut(result)) {
                leftOut.add(result.test());
            } else if (result.differs()) {
                differing.add(result);
            }
        }
        List<String> regressions = new ArrayList<>();
        List<String> unexplained = new ArrayList<>();
        for (Result result : differing) {
            if (!result.regression().isEmpty()) {
                regressions.add(result.test());
            }
            if (!reasons.containsKey(result.test())) {
                unexplained.add(result.test());
            }
        }
        line((set.equals("tier1") ? "# OpenJDK's tier1" : "# JDK's own tests") + ", patched against unpatched", "",
                "Written by `jtreg-tests/upstream.sh`. Options as in the JDK's make/RunTests.gmk, upstream's",
                "problem lists excluded; these, and tests whose `@requires` is not met, are \"not run\".",
                "Status of each test: [patched.txt](patched.txt), [unpatched.txt](unpatched.txt); why one was not run:",
                "[not-run.txt](not-run.txt).", "");
        if (!subset.isEmpty()) {
            line("**Not the whole set, but `SUBSET=\"" + subset + "\"`.**", "");
        }
        if (done.size() < parts.size()) {
            line("**Partial: " + done.size() + " of " + parts.size() + " parts have run on both JDKs, with "
                    + done.stream().mapToInt(Part::tests).sum() + " of " + parts.stream().mapToInt(Part::tests).sum()
                    + (set.equals("tier1") ? " tests" : " folders") + ". `make test-" + set + "` goes on.**", "");
        }
        if (done.isEmpty()) {
            write("not-run.txt", List.of());
            write("README.md", page.toString().strip().lines().toList());
            return true;
        }
        line("**" + headline(regressions.size(), differing.size()) + "**", "");
        for (String half : List.of("patched", "unpatched")) {
            Path first = done.getFirst().half(half);
            line("- " + half + ": " + release(first, "IMPLEMENTOR") + ", " + release(first, "JAVA_RUNTIME_VERSION")
                    + (release(first, "OPTIONS").isEmpty() ? "" : ", " + release(first, "OPTIONS"))
                    + ", parts finished " + when(half));
        }
        table();
        differences(differing);
        section("Failing on both", results.stream().filter(r -> !r.differs() && r.failed())
                .map(r -> r.test() + (reasons.containsKey(r.test()) ? ": " + reasons.get(r.test()) : "")).toList());
        if (!leftOut.isEmpty()) {
            section("Not run with the options of the patched JDK: `@requires vm.flagless`", leftOut);
        }
        notRun();
        write("README.md", page.toString().strip().lines().toList());
        regressions.forEach(t -> System.err.println("passes unpatched, fails patched: " + t));
        unexplained.forEach(t -> System.err.println("differs without a reason in " + reasonFile + ": " + t));
        results.stream().filter(r -> !r.differs() && !r.failed() && reasons.containsKey(r.test()))
                .forEach(r -> System.err.println("note: " + reasonFile + " explains what does not differ: " + r.test()));
        reasons.keySet().stream().filter(t -> !Files.exists(tests.resolve(fileOf(t))))
                .forEach(t -> System.err.println("note: " + reasonFile + " names no test: " + t));
        return regressions.isEmpty() && unexplained.isEmpty();
    }

    void line(String... lines) {
        for (String line : lines) {
            page.append(line).append('\n');
        }
    }

    static String headline(int regressions, int differing) {
        if (regressions > 0) {
            return "Tests that pass on the unpatched JDK and fail on the patched one: " + regressions + ".";
        }
        return "No test passes on the unpatched JDK and fails on the patched one"
                + (differing == 0 ? "." : "; " + differing + " differed, see below.");
    }

    void table() throws IOException {
        Map<String, List<Part>> areas = new LinkedHashMap<>();
        parts.forEach(p -> areas.computeIfAbsent(p.area(), a -> new ArrayList<>()).add(p));
        boolean whole = areas.size() == parts.size();
        line("", "| folder |" + (whole ? "" : " parts done |")
                        + " unpatched | patched | seconds, unpatched | seconds, patched |",
                "|---|" + (whole ? "" : "---|") + "---|---|---|---|");
        for (Map.Entry<String, List<Part>> area : areas.entrySet()) {
            row(area.getKey(), area.getValue(), whole);
        }
        if (areas.size() > 1) {
            row("all", parts, whole);
        }
    }

    void row(String name, List<Part> its, boolean whole) throws IOException {
        List<Part> there = its.stream().filter(Part::done).toList();
        List<Result> those = results.stream().filter(r -> there.contains(r.part())).toList();
        Function<Function<Result, String>, String> counts =
                f -> there.isEmpty() ? "–" : count(those.stream().map(f).toList());
        line("| " + name + (whole ? "" : " | " + there.size() + " of " + its.size()) + " | "
                + counts.apply(Result::unpatched) + " | " + counts.apply(Result::patched) + " | "
                + seconds(there, "unpatched") + " | " + seconds(there, "patched") + " |");
    }

    void differences(List<Result> differing) throws IOException {
        line("", "## Differences", "");
        if (differing.isEmpty()) {
            line("None.");
            return;
        }
        line("| test | unpatched | patched | again, unpatched | again, patched | verdict |", "|---|---|---|---|---|---|");
        for (Result r : differing) {
            line("| " + String.join(" | ", r.test(), r.unpatched(), r.patched(),
                    String.join(", ", r.again("unpatched")), String.join(", ", r.again("patched")), r.verdict()) + " |");
        }
        line("", "Why, from [reasons.txt](" + out.toAbsolutePath().relativize(reasonFile.toAbsolutePath())
                + "), which is kept by hand:", "");
        for (Result r : differing) {
            line("- " + r.test() + ": " + reasons.getOrDefault(r.test(), "**not known**"));
        }
    }

    void section(String title, List<String> tests) {
        line("", "## " + title, "");
        if (tests.isEmpty()) {
            line("None.");
        }
        tests.forEach(t -> line("- " + t));
    }

    void notRun() throws IOException {
        Map<String, Integer> why = new TreeMap<>();
        List<String> lines = new ArrayList<>();
        for (Result r : results) {
            if (r.patched().equals(NOT_RUN) && !r.differs()) {
                String reason = whyNotRun(r.test());
                why.merge(reason, 1, Integer::sum);
                String issues = problem(r.test());
                lines.add(r.test() + ": " + reason + (issues == null ? "" : ", " + issues));
            }
        }
        write("not-run.txt", lines);
        line("", "## Not run on both", "");
        if (why.isEmpty()) {
            line("None.");
            return;
        }
        line("| tests | why |", "|---|---|");
        why.entrySet().stream().sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(e -> line("| " + e.getValue() + " | "
                        + e.getKey().replaceAll("(@requires .*)", "`$1`").replace("|", "\\|") + " |"));
    }
}
