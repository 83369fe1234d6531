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

import java.util.ArrayList;
import java.util.List;

/** The workload under one kind of disturbance, for so many milliseconds a configuration. */
public final class Stress {
    private final List<String> work = new ArrayList<>();
    private final List<String> options = new ArrayList<>();

    private Stress() {}

    public static void main(String[] args) throws Exception {
        String kind = args[0];
        String millis = args[1];
        // Each in C2's code and, by C1 and the interpreter, in the stubs.
        for (List<String> tier : List.of(List.of("-XX:-TieredCompilation"), List.of("-XX:TieredStopAtLevel=1"),
                List.of("-XX:+UseZGC"))) {
            for (String index : List.of("mm_cid", "cpu_id")) {
                Stress stress = new Stress();
                stress.work.addAll(List.of("mode=rseq", "threads=16", "millis=" + millis));
                stress.disturb(kind);
                stress.options.addAll(tier);
                stress.options.add("-XX:RseqIndex=" + index);
                System.out.println("== " + kind + ", " + tier + ", " + index);
                new Vm().withWhiteBox().with(stress.options.toArray(String[]::new))
                        .pass(Workload.class, stress.work.toArray(String[]::new))
                        .shouldContain("workload: passed");
            }
        }
    }

    private void disturb(String kind) {
        switch (kind) {
            case "storm" -> work.addAll(List.of("storm=20", "min-aborts=50"));
            case "hop" -> work.addAll(List.of("hop=true", "min-aborts=5"));
            case "delay" -> {
                options.add("-XX:RseqInjectDelay=200");
                work.add("min-aborts=50");
            }
            case "safepoints" -> {
                // Most of the time goes elsewhere: without delays hardly a section would be hit.
                options.add("-XX:RseqInjectDelay=50");
                work.addAll(List.of("safepoints=true", "deopt=true", "gc=true", "storm=500", "min-aborts=5"));
            }
            case "all" -> {
                options.add("-XX:RseqInjectDelay=20");
                work.addAll(List.of("storm=50", "hop=true", "safepoints=true", "deopt=true", "gc=true",
                        "min-aborts=50"));
            }
            case "abort-limit" -> {
                options.addAll(List.of("-XX:RseqAbortLimit=1", "-XX:RseqInjectDelay=50"));
                work.addAll(List.of("storm=50", "min-aborts=50"));
            }
            default -> throw new IllegalArgumentException(kind);
        }
    }
}
