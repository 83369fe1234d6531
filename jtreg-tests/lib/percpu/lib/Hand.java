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

import java.util.concurrent.locks.LockSupport;

/** A thread at work on a structure: its number, its ledger, its own chance. */
final class Hand {
    final int number;
    final Ledger ledger = new Ledger();
    private final int yieldPercent;
    private final boolean sleeps;
    private long elements;
    private long random;

    Hand(int number, int yieldPercent, boolean sleeps) {
        this.number = number;
        this.yieldPercent = yieldPercent;
        this.sleeps = sleeps;
        random = (number + 1) * 0x9E3779B97F4A7C15L;
    }

    /** A number that no other hand and no other call returns; grows from call to call. */
    long nextElement() {
        return (long) number << 40 | elements++;
    }

    static int handOf(long element) {
        return (int) (element >>> 40);
    }

    int random(int bound) {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) ((random >>> 33) % bound);
    }

    /** Lets others run, between two steps of an operation. */
    void pause() {
        if (yieldPercent > 0 && random(100) < yieldPercent) {
            Thread.yield();
        }
        if (sleeps && random(1000) == 0) {
            LockSupport.parkNanos(100_000);
        }
    }
}
