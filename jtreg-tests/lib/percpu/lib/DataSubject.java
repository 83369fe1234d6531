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

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;

/** Elements with their number at both ends, and bytes in between that follow from it. */
final class DataSubject implements Subject {
    private static final int CAPACITY = 40;
    private static final int MAX = PerCpuDataStack.MAX_ELEMENT_SIZE;
    private static final MemorySegment SHARED = Arena.ofShared().allocate(256L * MAX);

    private final int size;
    private final PerCpuDataStack stack;

    DataSubject(int size) {
        this.size = size;
        stack = new PerCpuDataStack(size, CAPACITY);
    }

    // In native memory that is copied directly, in an array, and in memory that others could free.
    private MemorySegment segment(Hand hand) {
        return switch (hand.random(8)) {
            case 0 -> MemorySegment.ofArray(new byte[size]);
            case 1 -> SHARED.asSlice((long) hand.number * MAX, size);
            default -> Arena.ofAuto().allocate(size);
        };
    }

    private void fill(MemorySegment segment, long number) {
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
        segment.asSlice(8, size - 16).fill((byte) (number * 31));
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, size - 8, number);
    }

    private long read(MemorySegment segment) {
        long number = segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        Check.equal(segment.get(ValueLayout.JAVA_LONG_UNALIGNED, size - 8), number, "the end of an element");
        for (int i = 8; i < size - 8; i += 1 + size / 64) {
            Check.equal(segment.get(ValueLayout.JAVA_BYTE, i), (byte) (number * 31), "byte " + i + " of an element");
        }
        return number;
    }

    @Override
    public void work(Hand hand) {
        MemorySegment segment = segment(hand);
        int pushes = 1 + hand.random(8);
        for (int i = 0; i < pushes; i++) {
            long number = hand.nextElement();
            fill(segment, number);
            if (stack.push(segment)) {
                hand.ledger.in(number);
            }
            hand.pause();
        }
        for (int i = 0; i < pushes - hand.random(2); i++) {
            if (stack.pop(segment)) {
                hand.ledger.out(read(segment));
            }
            hand.pause();
        }
    }

    @Override
    public void interfere(Hand hand) {
        MemorySegment segment = segment(hand);
        if (stack.steal(hand.random(PerCpu.slots()), segment)) {
            hand.ledger.out(read(segment));
        }
    }

    @Override
    public void finish(Hand hand) {
        MemorySegment segment = segment(hand);
        for (int slot = 0; slot < PerCpu.slots(); slot++) {
            while (stack.steal(slot, segment)) {
                hand.ledger.out(read(segment));
            }
        }
        Check.that(!stack.pop(segment) && stack.size() == 0, "a stack from which all was stolen is not empty");
    }
}
