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

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLocal;

/** Tallies that threads get as a hint, and keep while they are moved: no slot ever has two, and none is lost. */
final class LocalSubject implements Subject {
    private static final int MOST = 10_000;
    private static final int MAGIC = 0x5EED;

    private static final class Tally {
        final AtomicLong count = new AtomicLong();
        final AtomicLong weights = new AtomicLong();

        // Not final: it is the reference that is handed over safely.
        int magic;

        Tally() {
            magic = MAGIC;
        }
    }

    private static final class Made {
        final AtomicInteger objects = new AtomicInteger();
        final PerCpuLocal<Tally> local = PerCpuLocal.withInitial(() -> {
            objects.incrementAndGet();
            return new Tally();
        });
    }

    private final Queue<Made> all = new ConcurrentLinkedQueue<>();
    private final AtomicInteger made = new AtomicInteger();
    private volatile Made current;

    // To get an object is no section. These are some, beside it, that can be aborted.
    private final PerCpuCounter before = new PerCpuCounter();
    private final PerCpuCounter after = new PerCpuCounter();

    LocalSubject() {
        renew();
    }

    private void renew() {
        if (made.incrementAndGet() < MOST) {
            Made fresh = new Made();
            all.add(fresh);
            current = fresh;
        }
    }

    @Override
    public void work(Hand hand) {
        long element = hand.nextElement();
        hand.ledger.in(element);
        before.increment();
        Tally tally = current.local.get();
        after.increment();
        hand.pause();
        Check.equal(tally.magic, MAGIC, "what the supplier wrote");
        tally.count.incrementAndGet();
        tally.weights.addAndGet(Ledger.weight(element));
    }

    @Override
    public void interfere(Hand hand) {
        renew();
        hand.pause();
    }

    @Override
    public void finish(Hand hand) {
        long elements = 0;
        for (Made one : all) {
            int[] found = new int[1];
            long[] counted = new long[1];
            one.local.forEach(tally -> {
                found[0]++;
                counted[0] += tally.count.get();
                hand.ledger.out(tally.count.get(), tally.weights.get());
            });
            Check.that(found[0] <= one.objects.get() && found[0] <= PerCpu.slots(), found[0] + " objects in slots, "
                    + one.objects.get() + " were made, for " + PerCpu.slots() + " slots");
            elements += counted[0];
        }
        Check.equal(before.sum(), elements, "additions before an object was got");
        Check.equal(after.sum(), elements, "additions after an object was got");
    }
}
