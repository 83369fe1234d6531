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

/** A wanted ratio, or number of the given unit: at most, or at least, the limit. Digits are those behind the point. */
record Target(String text, boolean atMost, double limit, String unit, Ratio ratio, int digits) {
    Target(String text, boolean atMost, double limit, String unit, Ratio ratio) {
        this(text, atMost, limit, unit, ratio, Text.DIGITS);
    }

    /** Also at the worst end of the interval. */
    boolean met() {
        Interval i = ratio.interval();
        return i.bounded() && (atMost ? i.high() <= limit : i.low() >= limit);
    }

    boolean measured() {
        return ratio.known();
    }

    private boolean missed() {
        Interval i = ratio.interval();
        return i.bounded() && (atMost ? i.low() > limit : i.high() < limit);
    }

    String verdict() {
        if (!measured()) {
            return "not measured";
        }
        return met() ? "met" : missed() ? "missed" : "undecided";
    }

    String wanted() {
        return (atMost ? "at most " : "at least ") + Text.ratio(limit, digits) + unit;
    }

    String value() {
        return measured() ? ratio.text(digits) + unit : Text.NONE;
    }

    String interval() {
        return measured() ? ratio.intervalText(digits) : Text.NONE;
    }
}
