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
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Do the pages say what is so? Each link of a page leads to a file, and to a heading there. What the draft of the JEP
 * says of results is on the pages of results that it names: each number in the text of such a link, in the section that
 * the link leads to; each fraction beside such links in a paragraph, item or row, on one of the pages. A number that
 * stands there for something else is not found. The draft has at most 2500 words. Ends with a line "N passed, N
 * failed", which counts pages.
 */
public class Pages {
    private static final int MOST_WORDS = 2500;

    private static final Pattern LINK = Pattern.compile("\\[((?:[^\\[\\]]|\\[[^\\]]*\\])*)\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(#+) +(.*)");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d+(?:\\.\\d+)?(?!\\w|\\.\\d)");
    // Not that of a kernel.
    private static final Pattern FRACTION = Pattern.compile("(?<![\\w.]|Linux )\\d+\\.\\d+(?!\\w|\\.\\d)");

    private final Path page;
    private final String text;
    private final List<String> errors = new ArrayList<>();

    private Pages(Path page) throws IOException {
        this.page = page;
        this.text = withoutCode(Files.readString(page));
    }

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        int failed = 0;
        List<Path> pages = pages(root);
        for (Path page : pages) {
            Pages check = new Pages(page);
            check.links();
            if (page.endsWith(Path.of("docs", "jep.md"))) {
                check.numbers();
                check.words();
            }
            for (String error : check.errors) {
                System.out.println("FAILED: " + root.relativize(page) + ": " + error);
            }
            failed += check.errors.isEmpty() ? 0 : 1;
        }
        System.out.println(pages.size() - failed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    // README.md, and what lies below docs and results.
    private static List<Path> pages(Path root) throws IOException {
        List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
        for (String folder : List.of("docs", "results")) {
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    private void links() throws IOException {
        for (MatchResult link : all(LINK, text)) {
            String target = link.group(2);
            if (target.matches("[a-z]+:.*")) {
                continue;
            }
            Path file = fileOf(target);
            if (!Files.exists(file)) {
                errors.add("a link leads to " + target + ", which does not exist");
            } else if (target.contains("#") && section(target) == null) {
                errors.add("a link leads to " + target + ", and that page has no such heading");
            }
        }
    }

    private void numbers() throws IOException {
        // An item, a row or what stands between empty lines.
        for (String block : text.split("\n\\s*\n|\n(?=[-|*] |\\d+\\. )")) {
            StringBuilder named = new StringBuilder();
            for (MatchResult link : all(LINK, block)) {
                String section = link.group(2).startsWith("../results/") ? section(link.group(2)) : null;
                if (section != null) {
                    named.append(Files.readString(fileOf(link.group(2))));
                    find(NUMBER, link.group(1), section, "the section that is named, " + link.group(2));
                }
            }
            if (!named.isEmpty()) {
                find(FRACTION, LINK.matcher(block).replaceAll(""), named.toString(), "any page that is named beside it");
            }
        }
    }

    private void find(Pattern number, String said, String there, String where) {
        for (MatchResult match : all(number, said)) {
            Pattern exactly = Pattern.compile("(?<![\\d.])" + Pattern.quote(match.group()) + "(?!\\d|\\.\\d)");
            if (!exactly.matcher(there).find()) {
                errors.add(match.group() + " is not on " + where + ": " + said.strip().replaceAll("\\s+", " "));
            }
        }
    }

    private void words() {
        String plain = LINK.matcher(text).replaceAll("$1");
        long words = Stream.of(plain.split("\\s+")).filter(word -> word.matches(".*\\w.*")).count();
        if (words > MOST_WORDS) {
            errors.add(words + " words, at most " + MOST_WORDS + " are wanted");
        }
    }

    private Path fileOf(String target) {
        String file = target.replaceFirst("#.*", "");
        return file.isEmpty() ? page : page.resolveSibling(file).normalize();
    }

    // The text from a heading to the next of its rank or above; the whole page if no heading is named; null if there is none.
    private String section(String target) throws IOException {
        Path file = fileOf(target);
        String[] parts = target.split("#", 2);
        if (Files.isDirectory(file)) {
            return parts.length == 1 ? "" : null;
        }
        String whole = Files.readString(file);
        if (parts.length == 1) {
            return whole;
        }
        StringBuilder section = null;
        int rank = 0;
        boolean code = false;
        for (String line : whole.split("\n")) {
            code ^= line.strip().startsWith("```");
            Matcher heading = HEADING.matcher(line);
            if (!code && heading.matches()) {
                if (section != null && heading.group(1).length() <= rank) {
                    break;
                }
                if (section == null && anchor(heading.group(2)).equals(parts[1])) {
                    section = new StringBuilder();
                    rank = heading.group(1).length();
                }
            }
            if (section != null) {
                section.append(line).append('\n');
            }
        }
        return section == null ? null : section.toString();
    }

    // As GitHub names a heading.
    private static String anchor(String heading) {
        return LINK.matcher(heading).replaceAll("$1").strip().toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "")
                .replace(' ', '-');
    }

    private static String withoutCode(String text) {
        return text.replaceAll("(?s)```.*?```", "").replaceAll("`[^`\n]*`", "");
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }
}
