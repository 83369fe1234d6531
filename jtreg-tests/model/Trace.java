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

import java.util.List;

/** A way to a harm, as text: a column for each CPU, and what memory then holds in the words of slot 0. */
final class Trace {
    private static final int WIDTH = 46;

    private Trace() {}

    static String of(Variant variant, List<Step> way) {
        StringBuilder text = new StringBuilder("     a b exclusive");
        for (int cpu = 0; cpu < variant.cpus(); cpu++) {
            text.append(cpu == 0 ? "  " : " ".repeat(WIDTH - 4)).append("cpu").append(cpu);
        }
        text.append('\n');
        State before = variant.start();
        for (int i = 0; i < way.size(); i++) {
            Step step = way.get(i);
            State after = step.next();
            int cpu = Math.max(before.task(step.task()).cpu(), after.task(step.task()).cpu());
            Memory memory = after.memory();
            text.append("%3d  %d %d %d          ".formatted(i + 1, memory.load(0, Word.A), memory.load(0, Word.B),
                    memory.load(0, Word.EXCLUSIVE)));
            text.append(" ".repeat(WIDTH * Math.max(cpu, 0))).append(variant.nameOf(step.task()))
                    .append(cpu == Task.NONE ? ", not running, " : " ").append(step.text().get()).append('\n');
            before = after;
        }
        return text.toString();
    }
}
