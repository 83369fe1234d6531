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

import java.util.Arrays;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLock;
import jdk.incubator.percpu.PerCpuLong;

/** A plain counter and a plain list of one number behind each slot's lock. */
final class LockSubject implements Subject {
    private static final int APART = 16;

    private final PerCpuLong fences = new PerCpuLong();
    private final PerCpuLock lock = new PerCpuLock();
    private final long[] counts = new long[PerCpu.slots() * APART];
    private final long[] elements = new long[PerCpu.slots() * APART];

    LockSubject() {
        Arrays.fill(elements, -1);
    }

    @Override
    public void work(Hand hand) {
        int slot = hand.random(2) == 0 ? lock.lock() : lock.tryLock();
        if (slot < 0) {
            return;
        }
        try {
            change(slot * APART, hand);
        } finally {
            lock.unlock(slot);
        }
    }

    // What is here takes its time: who else were in here would be noticed.
    private void change(int at, Hand hand) {
        long count = counts[at];
        long old = elements[at];
        hand.pause();
        if (old >= 0) {
            hand.ledger.out(old);
        }
        long element = hand.nextElement();
        hand.ledger.in(element);
        elements[at] = element;
        hand.pause();
        Check.equal(counts[at], count, "a count that is locked");
        Check.equal(elements[at], element, "an element that is locked");
        counts[at] = count + 1;
    }

    @Override
    public void interfere(Hand hand) {
        int slot = hand.random(PerCpu.slots());
        Check.that(!lock.isHeldByCurrentThread(slot), "a lock that was never taken");
        try {
            lock.unlock(slot);
            throw new AssertionError("unlocked what was not locked");
        } catch (IllegalMonitorStateException expected) {
            // It is somebody else's or nobody's.
        }
        // Makes sections abort.
        PerCpu.exclusive(fences, slot, Thread::onSpinWait);
    }

    @Override
    public void finish(Hand hand) {
        for (int at = 0; at < elements.length; at += APART) {
            if (elements[at] >= 0) {
                hand.ledger.out(elements[at]);
            }
        }
    }
}
