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

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.ObjectName;

/** Bytes that are used now. All pages of the Java heap are resident from the start on. */
record Usage(long heap, long nativeMemory, long residentOutsideOfHeap) {
    private static final Pattern COMMITTED = Pattern.compile("^ *-? *(Total|Java Heap).*committed=(\\d+)", Pattern.MULTILINE);
    private static final Pattern RSS = Pattern.compile("^Rss: +(\\d+) kB", Pattern.MULTILINE);

    /** For each of that many. */
    record Bytes(double heap, double nativeMemory, double resident) {
    }

    Bytes since(Usage start, int counters) {
        double onHeap = heap - start.heap;
        return new Bytes(onHeap / counters, (double) (nativeMemory - start.nativeMemory) / counters,
                (onHeap + residentOutsideOfHeap - start.residentOutsideOfHeap) / counters);
    }

    static Usage now() throws Exception {
        for (int i = 0; i < 5; i++) {
            System.gc();
            System.runFinalization();
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        String nmt = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmNativeMemory",
                new Object[] {new String[] {"summary", "scale=B"}}, new String[] {String[].class.getName()});
        Matcher m = COMMITTED.matcher(nmt);
        long committed = 0;
        int found = 0;
        while (m.find()) {
            committed += (m.group(1).equals("Total") ? 1 : -1) * Long.parseLong(m.group(2));
            found++;
        }
        if (found != 2) {
            throw new IllegalStateException("not understood: " + nmt);
        }
        Matcher rss = RSS.matcher(Files.readString(Path.of("/proc/self/smaps_rollup")));
        if (!rss.find()) {
            throw new IllegalStateException("no Rss in /proc/self/smaps_rollup");
        }
        return new Usage(heap, committed, 1024 * Long.parseLong(rss.group(1)));
    }
}
