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

package percpu.adapters.common;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Whatever is counted with, it counts. */
class SumsTest {

    private static final int EACH = 200_000;

    @Test
    void beginWithZero() {
        assertEquals(0, Counting.longSum().sum());
        assertEquals(0.0, Counting.doubleSum().sum());
        assertArrayEquals(new long[3], Counting.longSums(3).sums());
        assertEquals(0, Counting.longSums(3).sum(2));
    }

    @Test
    void eachIsItsOwn() {
        LongSums longs = Counting.longSums(9);
        for (int i = 0; i < 9; i++) {
            longs.add(i, 1L << (7 * i));
        }
        for (int i = 0; i < 9; i++) {
            assertEquals(1L << (7 * i), longs.sum(i));
            assertEquals(1L << (7 * i), longs.sums()[i]);
        }
    }

    @Test
    void negativeAndTooLarge() {
        LongSum sum = Counting.longSum();
        LongSums longs = Counting.longSums(1);
        for (long x : new long[] {-5, Long.MAX_VALUE, 6}) {
            sum.add(x);
            longs.add(0, x);
            assertEquals(sum.sum(), longs.sum(0));
        }
        assertEquals(Long.MIN_VALUE, sum.sum());
    }

    @Test
    void bounds() {
        LongSums longs = Counting.longSums(2);
        assertThrows(IndexOutOfBoundsException.class, () -> longs.add(2, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> longs.add(-1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> longs.sum(2));
        assertThrows(NegativeArraySizeException.class, () -> Counting.longSums(-1));
        assertArrayEquals(new long[2], longs.sums());
        assertEquals(0, Counting.longSums(0).sums().length);
    }

    @Test
    void exactTotals() throws Exception {
        LongSum sum = Counting.longSum();
        DoubleSum doubles = Counting.doubleSum();
        LongSums longs = Counting.longSums(7);
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                sum.add(n);
                doubles.add(0.5);
                longs.add(n % 7, thread + 1);
            }
        });
        assertEquals(Threads.COUNT * (EACH * (EACH - 1L) / 2), sum.sum());
        assertEquals(0.5 * EACH * Threads.COUNT, doubles.sum());
        long threads = Threads.COUNT * (Threads.COUNT + 1L) / 2;
        for (int i = 0; i < 7; i++) {
            assertEquals(threads * ((EACH - i + 6) / 7), longs.sum(i));
        }
    }
}
