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
import java.util.stream.IntStream;

/** A table of a page. Rows and columns in which nothing was measured are left out. */
final class Table {
    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... head) {
        this(List.of(head));
    }

    Table(List<String> head) {
        this.head = head;
    }

    Table row(String... cells) {
        return row(List.of(cells));
    }

    Table row(List<String> cells) {
        if (cells.stream().skip(1).anyMatch(c -> !c.equals(Text.NONE))) {
            rows.add(cells);
        }
        return this;
    }

    boolean empty() {
        return rows.isEmpty();
    }

    String text() {
        int[] columns = IntStream.range(0, head.size())
                .filter(c -> c == 0 || rows.stream().anyMatch(r -> !r.get(c).equals(Text.NONE))).toArray();
        StringBuilder text = new StringBuilder();
        line(text, head, columns, "");
        text.append('|').append("---|".repeat(columns.length)).append('\n');
        rows.forEach(row -> line(text, row, columns, " "));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells, int[] columns, String empty) {
        text.append('|');
        for (int c : columns) {
            text.append(cells.get(c).isEmpty() ? empty + " |" : " " + cells.get(c) + " |");
        }
        text.append('\n');
    }
}
