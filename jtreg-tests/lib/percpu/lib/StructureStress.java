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

import java.util.List;
import java.util.stream.Stream;

/** One structure under everything that can happen to a critical section, for so many milliseconds each. */
public final class StructureStress {
    private record Way(String name, String options, String settings) {}

    // Loops at every step of every section, yields between the sections, signals, moves; every collector.
    private static final List<Way> WAYS = List.of(
            // Sections long enough that a signal finds one under way, even where all wait for room and others for a CPU.
            new Way("signals, C2", "-XX:-TieredCompilation -XX:RseqInjectDelay=2000",
                    "storm=50 yield=25 min-aborts=50"),
            new Way("moves, C1", "-XX:TieredStopAtLevel=1 -XX:+UseParallelGC -XX:RseqInjectDelay=2000",
                    "hop=true yield=50 sleep=true min-aborts=5"),
            new Way("moves, cpu_id", "-XX:RseqIndex=cpu_id -XX:+UseSerialGC -XX:RseqInjectDelay=2000",
                    "hop=true yield=25 min-aborts=5"),
            new Way("handshakes as fences, interpreter", "-Xint -XX:RseqFence=handshake -XX:RseqInjectDelay=2000",
                    "storm=500 min-aborts=5"),
            new Way("handshakes as fences, C2",
                    "-XX:-TieredCompilation -XX:RseqFence=handshake -XX:RseqInjectDelay=1000",
                    "storm=500 hop=true min-aborts=5"),
            // A fence finds a section under way nearly always: one that does not wait for native methods shows.
            new Way("handshakes as fences, long sections", "-Xint -XX:RseqFence=handshake -XX:RseqInjectDelay=50000",
                    "min-aborts=5"),
            new Way("safepoints", "-XX:+UseZGC -XX:RseqInjectDelay=1000",
                    "safepoints=true deopt=true gc=true storm=500 yield=100 min-aborts=5"),
            new Way("Shenandoah", "-XX:+UseShenandoahGC -XX:-TieredCompilation -XX:RseqInjectDelay=200",
                    "gc=true yield=25 storm=200 min-aborts=5"),
            new Way("foreign threads", "-XX:RseqInjectDelay=200",
                    "foreign=true interrupt=true kind=platform storm=200 min-aborts=5"),
            new Way("each section aborts", "-XX:+RseqForceAbort", "yield=25 min-aborts=1000"),
            new Way("one attempt", "-XX:RseqAbortLimit=1 -XX:RseqInjectDelay=2000 -XX:-TieredCompilation",
                    "storm=50 yield=25 min-aborts=50"),
            new Way("no rseq", "-XX:-UseRseq", "yield=25 hop=true"));

    private StructureStress() {}

    public static void main(String[] args) throws Exception {
        String structure = args[0];
        String millis = args[1];
        for (Way way : WAYS) {
            System.out.println("== " + structure + ": " + way.name);
            Vm vm = new Vm().withWhiteBox().with(way.options.split(" "));
            if (way.settings.contains("foreign")) {
                // Else there is nobody who could come with a registration of his own.
                vm.withoutGlibcRseq();
            }
            String[] settings = Stream.concat(Stream.of("structure=" + structure, "millis=" + millis, "threads=6"),
                    Stream.of(way.settings.split(" "))).toArray(String[]::new);
            vm.pass(StructureWorkload.class, settings).shouldContain("structure: passed");
        }
    }
}
