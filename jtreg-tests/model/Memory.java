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

/** What all CPUs agree on: the words of two structures' slots, a byte for each slot. */
record Memory(long bits) {
    /** Of one structure. The last slot of them is its overflow slot; those before it are the CPUs'. */
    static final int SLOTS = 4;

    private static final int STRUCTURES = 2;

    static final Memory ZERO = new Memory(0);

    static int slot(int structure, int index) {
        return structure * SLOTS + index;
    }

    static int overflow(int structure) {
        return slot(structure, SLOTS - 1);
    }

    /**
     * The slot whose exclusive word is the note that sections are kept off this one. Only who has its lock reads or writes
     * the note. For variants with one structure: the other one's words are free.
     */
    static int mark(int slot) {
        return slot + SLOTS;
    }

    static boolean isOverflow(int slot) {
        return slot % SLOTS == SLOTS - 1;
    }

    int load(int slot, Word word) {
        return (int) (bits >>> shift(slot, word)) & word.mask();
    }

    Memory store(int slot, Word word, int value) {
        if ((value & word.mask()) != value) {
            throw new AssertionError(word + " = " + value);
        }
        int shift = shift(slot, word);
        return new Memory(bits & ~((long) word.mask() << shift) | (long) value << shift);
    }

    /** Of the word a, which each operation increments in one slot. */
    int sum() {
        int sum = 0;
        for (int slot = 0; slot < STRUCTURES * SLOTS; slot++) {
            sum += load(slot, Word.A);
        }
        return sum;
    }

    private static int shift(int slot, Word word) {
        return Byte.SIZE * slot + word.shift();
    }
}
