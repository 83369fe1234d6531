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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What one run left in its folder: the measurements, and the machine that they were made on. */
final class Run {
    final Path folder;
    final Map<String, Measurement> all;
    final Map<String, String> machine = new LinkedHashMap<>();
    final int cpus;

    /** The keys of all that was looked for. */
    final Set<String> asked = new LinkedHashSet<>();

    /** One in which nothing was measured. */
    Run(String page) {
        folder = Path.of(page).toAbsolutePath();
        all = Map.of();
        cpus = 1;
        machine.put("page", page);
    }

    Run(Path folder) throws IOException {
        this.folder = folder;
        all = JmhFile.read(folder.resolve("jmh.json"));
        for (String line : Files.readAllLines(folder.resolve("machine.txt"))) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                machine.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        cpus = Integer.parseInt(machine.getOrDefault("cpus", "1").trim());
    }

    /** That many, and whether they have to share the CPUs. */
    String threads(int count) {
        return Text.threads(count) + (count > cpus ? ", oversubscribed" : "");
    }

    String name() {
        return folder.getFileName().toString();
    }

    /** Null if it was not measured. */
    Measurement find(String question, String method, int threads) {
        String key = Measurement.key(question, method, threads);
        asked.add(key);
        return all.get(key);
    }

    String machineTable() {
        Table table = new Table("", "");
        machine.forEach((k, v) -> table.row(k, v.replace("|", "\\|")));
        return table.text();
    }
}
