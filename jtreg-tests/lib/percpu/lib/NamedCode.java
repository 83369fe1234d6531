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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import jdk.test.lib.dcmd.JMXExecutor;

/** What jcmd Compiler.perfmap calls the code of this VM. */
public final class NamedCode {
    private record Range(long end, String name) {}

    private final TreeMap<Long, Range> ranges = new TreeMap<>();

    public NamedCode() throws IOException {
        Path file = Path.of("perf.map").toAbsolutePath();
        new JMXExecutor().execute("Compiler.perfmap " + file);
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ", 3);
            long begin = Long.decode(words[0]);
            ranges.put(begin, new Range(begin + Long.decode(words[1]), words[2]));
        }
        // JDK 27 also names the blob that stubs are in.
        long end = 0;
        for (Map.Entry<Long, Range> range : ranges.entrySet()) {
            Check.that(end <= range.getKey() || range.getValue().end <= end,
                    "two names for one address, one is " + range.getValue().name);
            end = Math.max(end, range.getValue().end);
        }
    }

    /** The name of what has that address, or none. */
    public String at(long address) {
        Map.Entry<Long, Range> below = ranges.floorEntry(address);
        return below != null && address < below.getValue().end ? below.getValue().name : "none";
    }
}
