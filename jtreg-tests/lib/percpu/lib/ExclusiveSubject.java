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

import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;

/**
 * Counters that everybody adds to, and actions that look at two of them and move one into the other while no
 * section may touch the slot.
 */
final class ExclusiveSubject implements Subject {
    private static final int LOOKS = 2000;

    private final PerCpuLong added = new PerCpuLong();
    private final PerCpuLong exchanged = new PerCpuLong();
    private final PerCpuLong moved = new PerCpuLong();
    private final AtomicLong expected = new AtomicLong();

    @Override
    public void work(Hand hand) {
        long sum = 0;
        for (int i = 0; i < 100; i++) {
            long element = hand.nextElement();
            hand.ledger.in(element);
            hand.ledger.out(element);
            PerCpu.add(added, 1);
            PerCpu.getAndAdd(added, 2);
            sum += 3;
            int slot = PerCpu.currentSlot();
            long old = exchanged.get(slot);
            if (i % 10 == 0) {
                hand.pause();
            }
            if (PerCpu.weakCompareAndSet(exchanged, slot, old, old + 5)) {
                sum += 5;
            }
            long guess = PerCpu.getAndAdd(added, 0);
            if (PerCpu.cmpxchg(added, guess, guess + 7) == guess) {
                sum += 7;
            }
        }
        expected.addAndGet(sum);
    }

    @Override
    public void interfere(Hand hand) {
        int slot = hand.random(PerCpu.slots());
        PerCpu.exclusive(slot, () -> {
            if (keptOff(slot)) {
                stayTheSame(slot);
            }
            move(added, slot);
            move(exchanged, slot);
        });
    }

    // Atomic instructions are not kept off.
    private static boolean keptOff(int slot) {
        return PerCpu.isSupported() && slot != PerCpu.slots() - 1;
    }

    private void stayTheSame(int slot) {
        long a = added.get(slot);
        long b = exchanged.get(slot);
        for (int i = 0; i < LOOKS; i++) {
            Check.equal(added.get(slot), a, "slot " + slot + ", which somebody has exclusively, after " + i + " looks");
            Check.equal(exchanged.get(slot), b, "slot " + slot + ", which somebody has exclusively");
        }
    }

    private void move(PerCpuLong from, int slot) {
        long amount;
        do {
            amount = from.get(slot);
        } while (!PerCpu.weakCompareAndSet(from, slot, amount, 0));
        long before;
        do {
            before = moved.get(slot);
        } while (!PerCpu.weakCompareAndSet(moved, slot, before, before + amount));
    }

    @Override
    public void finish(Hand hand) {
        for (int slot = 0; slot < PerCpu.slots(); slot++) {
            int s = slot;
            PerCpu.exclusive(s, () -> {
                move(added, s);
                move(exchanged, s);
            });
        }
    }

    @Override
    public void check() {
        Check.equal(added.sum(), 0, "what was not moved");
        Check.equal(exchanged.sum(), 0, "what was not moved");
        Check.equal(moved.sum(), expected.get(), "what was moved");
    }
}
