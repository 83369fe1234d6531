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

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuRingBuffer;

/**
 * Records of many sizes, with their number, their length, and bytes that follow from both. Some are lost, if that is
 * wanted, and any may be taken away from its writer while it is being written.
 */
final class RingSubject implements Subject {
    private static final int HEADER = 12;

    // Of so many records one is lost, and of so many looks at what a reader waits for one takes it away.
    private static final int LOST = 50;
    private static final int TAKEN = 3;

    private final PerCpuRingBuffer buffer;
    private final boolean lossy;

    // Records that nobody finishes, those whose writer was told that they are gone, and those that were taken away.
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong told = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    // Of each slot, and there of each hand: the last record that was read. The readers' locks guard them.
    private final Slot[] slots = new Slot[PerCpu.slots()];

    private static final class Slot extends ReentrantLock {
        private final Map<Integer, Long> last = new HashMap<>();
    }

    RingSubject(int capacity, boolean lossy) {
        this.lossy = lossy;
        buffer = new PerCpuRingBuffer(capacity);
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot();
        }
    }

    @Override
    public void work(Hand hand) {
        int most = buffer.maxRecordSize() - HEADER;
        // Where records are counted that are taken away, all take up 64 bytes: if one did not fit at the end of the
        // ring, what is skipped there might be taken away, and that is nobody's.
        int size = lossy ? 49 + hand.random(8)
                : HEADER + hand.random((hand.random(16) == 0 ? most : Math.min(most, 100)) + 1);
        PerCpuRingBuffer.Writer writer = buffer.writer();
        if (!writer.tryReserve(size)) {
            // So that it goes on if nobody else reads.
            interfere(hand);
            return;
        }
        if (lossy && hand.random(LOST) == 0) {
            lost.incrementAndGet();
            return;
        }
        hand.pause();
        if (hand.random(20) == 0) {
            writer.putLong(0, -1);
            finished(writer.discard());
            return;
        }
        long number = hand.nextElement();
        writer.putLong(0, number);
        writer.putInt(8, size);
        for (int i = HEADER; i < size; i++) {
            writer.putByte(i, (byte) (number + i));
        }
        hand.pause();
        if (finished(writer.commit())) {
            hand.ledger.in(number);
        }
    }

    private boolean finished(boolean handedOver) {
        if (!handedOver) {
            Check.that(lossy, "a record was taken away");
            told.incrementAndGet();
        }
        return handedOver;
    }

    @Override
    public void interfere(Hand hand) {
        int slot = hand.random(slots.length);
        read(slot, hand);
        if (lossy && hand.random(TAKEN) == 0) {
            unblock(slot);
        }
    }

    private boolean unblock(int slot) {
        long blocked = buffer.blocked(slot);
        if (blocked < 0 || !buffer.unblock(slot, blocked)) {
            return false;
        }
        taken.incrementAndGet();
        return true;
    }

    private void read(int number, Hand hand) {
        Slot slot = slots[number];
        // The order is checked against what was read before, so nobody may come in between.
        slot.lock();
        try {
            buffer.read(number, (from, record) -> check(from, record, hand),
                    hand.random(2) == 0 ? 50 : Integer.MAX_VALUE);
        } finally {
            slot.unlock();
        }
    }

    private void check(int slot, MemorySegment record, Hand hand) {
        long number = record.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        Check.equal(record.byteSize(), record.get(ValueLayout.JAVA_INT_UNALIGNED, 8), "size of a record");
        for (int i = HEADER; i < record.byteSize(); i++) {
            Check.equal(record.get(ValueLayout.JAVA_BYTE, i), (byte) (number + i), "byte " + i + " of a record");
        }
        Long before = slots[slot].last.put(Hand.handOf(number), number);
        Check.that(before == null || before < number, "slot " + slot + " has " + number + " after " + before);
        hand.ledger.out(number);
    }

    @Override
    public void finish(Hand hand) {
        int count = 0;
        for (int slot = 0; slot < slots.length; slot++) {
            do {
                count += buffer.read(slot, (from, record) -> check(from, record, hand), Integer.MAX_VALUE);
            } while (lossy && unblock(slot));
            Check.equal(buffer.blocked(slot), -1, "what readers wait for");
        }
        System.out.println("ring: " + count + " records were left; " + taken + " were taken away, " + lost
                + " of them from nobody");
        Check.equal(buffer.read((slot, record) -> { }, Integer.MAX_VALUE), 0, "records in an empty buffer");
    }

    @Override
    public void check() {
        Check.equal(taken.get(), lost.get() + told.get(), "records taken away, of those lost and those told of");
        Check.that(!lossy || lost.get() > 0, "no record was lost");
    }
}
