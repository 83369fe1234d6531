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
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * "java Render.java FOLDER [--beside FOLDER] PAGE..." renders README.md, summary.md and plots from the
 * jmh.json and machine.txt of that folder, with a comparison if there is a folder to stand beside, and puts the
 * summary between the two marks of each page that has them. A folder with the name "structures", "ecosystem" or "programs"
 * has a page of its own kind. "java Render.java --compared PAGE" prints the names of the measurements that the
 * targets of that page compare. Both want the libraries of pom.xml on the class path: libraries.sh prints where they are.
 */
public final class Render {
    public static void main(String[] args) throws IOException {
        if (args.length == 2 && args[0].equals("--compared") && List.of("report", "structures", "ecosystem", "adapters", "programs").contains(args[1])) {
            Report.compared(args[1]).forEach(System.out::println);
            return;
        }
        List<String> pages = new ArrayList<>(List.of(args));
        int beside = pages.indexOf("--beside");
        if (pages.isEmpty() || beside == 0 || beside == pages.size() - 1 || pages.contains("--compared")) {
            System.err.println("usage: java Render.java <folder of jmh.json> [--beside <another>] [page]...\n"
                    + "       java Render.java --compared report|structures|ecosystem|adapters|programs");
            System.exit(2);
        }
        try {
            Path other = null;
            if (beside > 0) {
                other = folder(pages.remove(beside + 1));
                pages.remove(beside);
            }
            render(folder(pages.removeFirst()), other, pages);
        } catch (IllegalStateException | IllegalArgumentException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Path folder(String name) {
        Path folder = Path.of(name).toAbsolutePath().normalize();
        for (String file : List.of("jmh.json", "machine.txt")) {
            if (!Files.exists(folder.resolve(file))) {
                throw new IllegalArgumentException("there is no " + file + " in " + name);
            }
        }
        return folder;
    }

    private static void render(Path folder, Path other, List<String> pages) throws IOException {
        Report report = Report.of(new Run(folder));
        String comparison = "";
        if (other != null) {
            Report there = Report.of(new Run(other));
            if (!there.kind().equals(report.kind())) {
                throw new IllegalArgumentException(other + " is no run of the same report");
            }
            comparison = Comparison.text(report, there);
        }
        Map<String, String> figures = report.figures();
        write(folder.resolve("README.md"), report.page(comparison));
        write(folder.resolve("summary.md"), report.summary("README.md"));
        for (Map.Entry<String, String> figure : figures.entrySet()) {
            write(folder.resolve(figure.getKey()), figure.getValue());
        }
        for (String name : pages) {
            Path page = Path.of(name).toAbsolutePath();
            if (Files.exists(page)) {
                String link = page.getParent().relativize(folder.resolve("README.md")).toString();
                write(page, include(Files.readString(page), report.kind(), report.summary(link), name));
            }
        }
        report.targets().forEach(t -> System.out.printf("%-66s %s, wanted %s: %s%n", t.text(),
                t.value() + " (" + t.interval() + ")", t.wanted(), t.verdict()));
        System.out.println("page: " + folder.resolve("README.md"));
    }

    private static void write(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String include(String page, String name, String text, String file) {
        String first = "<!-- " + name + ": rendered, do not edit -->";
        String last = "<!-- end of " + name + " -->";
        int begin = page.indexOf(first);
        int end = page.indexOf(last);
        if (begin < 0 || end < begin) {
            System.err.println(file + " is left as it is: no lines '" + first + "' and '" + last + "'");
            return page;
        }
        return page.substring(0, begin + first.length()) + "\n" + text + page.substring(end);
    }
}
