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

import java.util.concurrent.atomic.AtomicLongArray;

import jdk.incubator.percpu.PerCpu;

/**
 * A counter with a word for each slot, as one writes it without critical sections: finds its word by PerCpu.currentSlot(),
 * and increments it by an atomic instruction, because the thread may have been moved meanwhile.
 */
final class Striped {
    // Words two cache lines apart, as @Contended has them.
    private static final int SHIFT = 4;

    private final AtomicLongArray words = new AtomicLongArray((PerCpu.slots() + 1) << SHIFT);

    void increment() {
        words.getAndIncrement((PerCpu.currentSlot() + 1) << SHIFT);
    }
}
