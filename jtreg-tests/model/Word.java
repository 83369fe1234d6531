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

/** The words of a slot; a section loads the first three, in this order. */
enum Word {
    EXCLUSIVE(0, 1), A(1, 3), B(4, 3), LOCK(7, 1);

    private final int shift;
    private final int bits;

    Word(int shift, int bits) {
        this.shift = shift;
        this.bits = bits;
    }

    /** Where it is in the byte of its slot. */
    int shift() {
        return shift;
    }

    int mask() {
        return (1 << bits) - 1;
    }

    boolean isData() {
        return this == A || this == B;
    }

    int bit() {
        return 1 << ordinal();
    }

    @Override
    public String toString() {
        return name().toLowerCase();
    }
}
