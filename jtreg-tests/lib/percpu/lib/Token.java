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

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** An element that knows whether it is in a structure. */
final class Token {
    final long number;
    private final AtomicBoolean inside = new AtomicBoolean();

    Token(long number) {
        this.number = number;
    }

    /** Before it is pushed. */
    void enter() {
        Check.that(!inside.getAndSet(true), this + " is pushed while it is inside");
    }

    /** After it came back. */
    void leave() {
        Check.that(inside.getAndSet(false), this + " came back twice, or was never pushed");
    }

    @Override
    public String toString() {
        return "element " + number + " of hand " + Hand.handOf(number);
    }

    /** What one slot held, the last one first: each hand's elements must be in the order in which they were pushed. */
    static void checkLastInFirstOut(List<Token> slot) {
        Map<Integer, Token> later = new HashMap<>();
        for (Token token : slot) {
            Token before = later.put(Hand.handOf(token.number), token);
            Check.that(before == null || before.number > token.number, token + " was above " + before);
        }
    }
}
