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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;

/**
 * Counters that everybody adds to, and actions that look at two of them and move one into the other while no
 * section may touch the slot. They share an exclusive word, also with one that actions have beside these.
 */
final class ExclusiveSubject implements Subject {
    private static final int LOOKS = 2000;

    private final List<PerCpuLong> variables = sharingAWord(4);
    private final PerCpuLong added = variables.get(0);
    private final PerCpuLong exchanged = variables.get(1);
    private final PerCpuLong moved = variables.get(2);
    private final PerCpuLong neighbour = variables.get(3);
    private final List<PerCpuLong> all = List.of(moved, added, exchanged);
    private final AtomicLong expected = new AtomicLong();

    private static List<PerCpuLong> sharingAWord(int count) {
        List<PerCpuLong> found = new ArrayList<>();
        while (found.size() < count) {
            PerCpuLong v = new PerCpuLong();
            if (!found.isEmpty() && Raw.address(v) >> 6 != Raw.address(found.getFirst()) >> 6) {
                found.clear();
            }
            found.add(v);
        }
        return found;
    }

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
        if (hand.random(2) == 0) {
            besideOthers(slot);
            return;
        }
        long looked = PerCpu.exclusive(all, slot, () -> {
            long looks = keptOff(slot) ? stayTheSame(slot) : 0;
            move(added, slot);
            move(exchanged, slot);
            return looks;
        });
        Check.equal(looked, keptOff(slot) ? LOOKS : 0, "result of the action");
    }

    private void besideOthers(int slot) {
        PerCpu.exclusive(neighbour, slot, () -> {
            long before = neighbour.get(slot);
            Check.that(PerCpu.weakCompareAndSet(neighbour, slot, before, before + 1),
                    "slot " + slot + ", which somebody has exclusively, was not set");
        });
    }

    // Atomic instructions are not kept off.
    private static boolean keptOff(int slot) {
        return PerCpu.isSupported() && slot != PerCpu.slots() - 1;
    }

    private long stayTheSame(int slot) {
        long a = added.get(slot);
        long b = exchanged.get(slot);
        for (int i = 0; i < LOOKS; i++) {
            Check.equal(added.get(slot), a, "slot " + slot + ", which somebody has exclusively, after " + i + " looks");
            Check.equal(exchanged.get(slot), b, "slot " + slot + ", which somebody has exclusively");
        }
        return LOOKS;
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
            PerCpu.exclusive(all, s, () -> {
                move(added, s);
                move(exchanged, s);
                return null;
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
