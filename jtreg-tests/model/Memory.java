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

/** What all CPUs agree on: for each slot its words, four bits each. */
record Memory(long bits) {
    /** The last slot; those before it are the CPUs'. */
    static final int OVERFLOW = 3;

    static final Memory ZERO = new Memory(0);

    int load(int slot, Word word) {
        return (int) (bits >>> shift(slot, word)) & 15;
    }

    Memory store(int slot, Word word, int value) {
        int shift = shift(slot, word);
        return new Memory(bits & ~(15L << shift) | (long) value << shift);
    }

    /** Of the word a, which each operation increments in one slot. */
    int sum() {
        int sum = 0;
        for (int slot = 0; slot <= OVERFLOW; slot++) {
            sum += load(slot, Word.A);
        }
        return sum;
    }

    private static int shift(int slot, Word word) {
        return 16 * slot + 4 * word.ordinal();
    }
}
