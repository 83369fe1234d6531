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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a run says about pairs of contenders; where the interval holds 1, that it says nothing. */
final class Verdict {
    private final String more;
    private final List<String> clauses = new ArrayList<>();

    /** @param more "%s takes %s times as long as %s" or another such verb */
    Verdict(String more) {
        this.more = more;
    }

    static Verdict ofTime() {
        return new Verdict("%s takes %s times as long as %s");
    }

    /** @param where such as "with 2 threads ", may be empty */
    Verdict add(String where, String a, String b, Ratio ratio) {
        if (!ratio.known()) {
            return this;
        }
        Interval i = ratio.interval();
        if (i.low() > 1) {
            clauses.add(where + more.formatted(a, ratio.text(), b) + " (" + ratio.intervalText() + ")");
        } else if (i.high() < 1) {
            Ratio inverse = ratio.inverse();
            clauses.add(where + more.formatted(b, inverse.text(), a) + " (" + inverse.intervalText() + ")");
        } else {
            clauses.add(where + "this run can't tell " + a + " from " + b + " (ratio " + ratio.text() + ", "
                    + ratio.intervalText() + ")");
        }
        return this;
    }

    /** A sentence, or a list of them. */
    String text() {
        return clauses.size() < 2 ? Text.sentence(String.join("", clauses))
                : clauses.stream().map(clause -> "- " + Text.sentence(clause)).collect(Collectors.joining("\n"));
    }
}
