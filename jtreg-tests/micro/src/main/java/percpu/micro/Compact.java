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

/** JMH's JSON without what can be computed from the rest of it, an entry in a line: a third of its size, for git. */
final class Compact {
    private Compact() {}

    static String of(String json) {
        return json.replaceAll("\\s*\"scorePercentiles\" : \\{[^{}]*\\},", "")
                // The percentiles of samples once more, as results of their own.
                .replaceAll("\\s*\"p[01]\\.[0-9]+\" : \\{[^{}]*\\},?", "")
                .replaceAll("\n {8,}", "").replaceAll("\n {4}\\}", "}");
    }
}
