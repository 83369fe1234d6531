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

/** What went into a structure and what came out: every element once. One for each thread, and then the sum. */
final class Ledger {
    private long in;
    private long inWeights;
    private long out;
    private long outWeights;

    // A different weight for every element, so that a lost and a doubled one cannot cancel out.
    static long weight(long element) {
        long mixed = (element + 1) * 0x9E3779B97F4A7C15L;
        return (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
    }

    void in(long element) {
        in++;
        inWeights += weight(element);
    }

    void out(long element) {
        out++;
        outWeights += weight(element);
    }

    /** Many elements at once. */
    void out(long elements, long weights) {
        out += elements;
        outWeights += weights;
    }

    void add(Ledger other) {
        in += other.in;
        inWeights += other.inWeights;
        out += other.out;
        outWeights += other.outWeights;
    }

    long count() {
        return in;
    }

    void check(String what) {
        Check.that(in > 0, what + ": nothing went in");
        Check.equal(out, in, what + ": elements that came out, of those that went in");
        Check.equal(outWeights, inWeights, what + ": weights of the elements that came out");
    }
}
