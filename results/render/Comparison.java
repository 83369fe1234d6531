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

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Another run of the same report beside this one. */
final class Comparison {
    private Comparison() {
    }

    static String text(Report here, Report there) {
        String name = there.run.name();
        String link = here.run.folder.relativize(there.run.folder.resolve("README.md")).toString();
        StringBuilder text = new StringBuilder("## Compared with " + name + "\n\nThe same questions in [" + name + "](" + link
                + "), another run: its rounds are not those of this one, so the intervals of the ratios here / there are Welch's. "
                + "\"Differs\" stands only where the interval excludes 1.\n");
        Table table = new Table("", "there", "here", "here / there", "95% interval", "");
        Map<String, Ratio> targets = there.targets().stream().collect(Collectors.toMap(Target::text, Target::ratio));
        here.targets().forEach(t -> row(table, t.text(), t.unit(), t.ratio(), targets.getOrDefault(t.text(), Ratio.UNKNOWN)));
        Map<String, Ratio> others = new LinkedHashMap<>();
        there.compared().forEach(c -> others.put(c.text(), c.value()));
        here.compared().forEach(c -> row(table, c.text(), c.unit(), c.value(), others.getOrDefault(c.text(), Ratio.UNKNOWN)));
        text.append('\n').append(table.empty() ? "They have no measurement in common.\n" : table.text());
        text.append("\nWhat differs between the machines, or the days:\n\n").append(machines(here.run, there.run));
        return text.toString();
    }

    private static void row(Table table, String text, String unit, Ratio here, Ratio there) {
        if (here.known() && there.known()) {
            Ratio ratio = here.over(there);
            Interval i = ratio.interval();
            table.row(text, Text.number(there.interval().value()) + unit, Text.number(here.interval().value()) + unit, ratio.text(),
                    ratio.intervalText(), i.low() > 1 || i.high() < 1 ? "differs" : "");
        }
    }

    private static String machines(Run here, Run there) {
        Set<String> keys = new LinkedHashSet<>(here.machine.keySet());
        keys.addAll(there.machine.keySet());
        Table table = new Table("", "there", "here");
        for (String key : keys) {
            List<String> both = List.of(there.machine.getOrDefault(key, Text.NONE), here.machine.getOrDefault(key, Text.NONE));
            if (!both.get(0).equals(both.get(1))) {
                table.row(key, both.get(0).replace("|", "\\|"), both.get(1).replace("|", "\\|"));
            }
        }
        return table.empty() ? "Nothing.\n" : table.text();
    }
}
