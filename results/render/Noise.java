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

/** Which measurements had to be repeated, and which are noisy still. */
final class Noise {
    static final String MARK = "≈: the 95% interval reaches more than " + Text.percent(Interval.NOISY) + " beyond the value.";

    private Noise() {
    }

    /** What the report shows of it: not the time that a single shot took, nor a median over the first second. */
    private static Interval shown(Measurement m) {
        if (m.question().equals("FirstSecond")) {
            return Interval.of(m.overall());
        }
        return m.parts().containsKey("resident") ? m.part("resident") : m.interval();
    }

    static String text(Run run) {
        // A profile says where time goes, and is not compared with anything.
        List<Measurement> all = run.all.values().stream().filter(m -> !m.question().endsWith(Ecosystem.PROFILED)).toList();
        List<Measurement> listed = all.stream().filter(m -> repeated(m) || shown(m).noisy()).toList();
        long repeated = all.stream().filter(Noise::repeated).count();
        long noisy = all.stream().filter(m -> shown(m).noisy()).count();
        StringBuilder text = new StringBuilder("Measurements: " + all.size()
                + ". Repeated because they or a contender beside them were noisy, with rounds added and none dropped: " + repeated + ". Noisy in the end, that is with a 95% interval that reaches more than "
                + Text.percent(Interval.NOISY) + " beyond the value: " + noisy + ". Tables mark such values with ≈.\n");
        if (!listed.isEmpty()) {
            Table table = new Table("measurement", "rounds", "interval", "");
            for (Measurement m : listed) {
                Interval i = shown(m);
                table.row(m.name(), m.rounds().length + (repeated(m) ? ", planned " + m.planned() : ""),
                        i.bounded() ? "+" + Text.percent((i.high() - i.value()) / Math.abs(i.value())) : "one round",
                        i.noisy() ? "≈" : "");
            }
            text.append('\n').append(table.text());
        }
        return text.toString();
    }

    private static boolean repeated(Measurement m) {
        return m.rounds().length > m.planned();
    }
}
