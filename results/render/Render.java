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
import java.util.List;

/**
 * "java Render.java FOLDER PAGE..." renders README.md, summary.md and chart.svg from the jmh.json and
 * machine.txt of that folder, and puts the summary between the two marks of each page that has them.
 * The folder's name says what was measured and is in the marks.
 */
public final class Render {
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            System.err.println("usage: java Render.java <folder of jmh.json> [page]...");
            System.exit(2);
        }
        Path folder = Path.of(args[0]).toAbsolutePath().normalize();
        String name = folder.getFileName().toString();
        Report report = switch (name) {
            case "first-numbers" -> new FirstNumbers(folder);
            case "structures" -> new Structures(folder);
            default -> throw new IllegalArgumentException("no such report: " + name);
        };
        write(folder.resolve("README.md"), report.page());
        write(folder.resolve("summary.md"), report.summary("README.md"));
        write(folder.resolve("chart.svg"), report.chart());
        for (String arg : List.of(args).subList(1, args.length)) {
            Path page = Path.of(arg).toAbsolutePath();
            if (Files.exists(page)) {
                String link = page.getParent().relativize(folder.resolve("README.md")).toString();
                write(page, include(Files.readString(page), name, report.summary(link), arg));
            }
        }
        report.targets().forEach(t -> System.out.printf("%-66s %s, wanted %s: %s%n", t.text(),
                t.measured() + " (" + t.ratio().intervalText() + ")", t.wanted(), t.verdict()));
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
