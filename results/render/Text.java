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
import java.util.Locale;
import java.util.Map;

/** How numbers and names are written. */
final class Text {
    static final String NONE = "–";

    /** Of a ratio, behind the point. */
    static final int DIGITS = 2;

    private Text() {
    }

    static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    static String threads(int count) {
        return count + (count == 1 ? " thread" : " threads");
    }

    static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%.0f", value);
    }

    static String ratio(double value) {
        return ratio(value, DIGITS);
    }

    static String ratio(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    static String percent(double part) {
        return String.format(Locale.ROOT, "%.0f%%", 100 * part);
    }

    /** A value and its interval; one that is wide has a mark. */
    static String cell(Interval i) {
        if (i == null || !i.known()) {
            return NONE;
        }
        return (i.noisy() ? "≈ " : "") + number(i.value())
                + (i.bounded() ? " (" + number(i.low()) + " to " + number(i.high()) + ")" : " (one round)");
    }

    static String cell(Measurement m) {
        return cell(m == null ? null : m.interval());
    }

    static String sentence(String text) {
        return text.isEmpty() ? "" : Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
