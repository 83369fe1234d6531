/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package jdk.incubator.percpu;

import java.lang.ref.Reference;

import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Segments;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.VMServices;

/**
 * The readers' side of a {@link PerCpuRingBuffer}: records in order, and the first one if
 * its writer does not come to an end. Whoever reads a slot has that slot's monitor, which
 * is given back whatever is thrown: see {@link ExclusiveUse}.
 *
 * <p>A reader looks at headers only. It never looks at how far a slot is reserved, which
 * is in a cache line that writers change all the time:
 * {@snippet lang="text" :
 * header has no state, no claim       stop: it is being written, or nothing is there
 * committed, no claim                 the action, then go on
 * discarded                           go on
 * there is a claim                    committed before it was taken: as committed
 *                                     taken: go on after it
 *                                     neither: as without
 * }
 */
final class PerCpuRingReader {

    // A reader of a full ring lets writers go on after it has read such a part of it.
    private static final int FREED_AT_ONCE = 8;

    private static final int HEADER = PerCpuRingMemory.HEADER;

    private final PerCpuRingWriter ring;
    private final long capacity;

    // By slot: where readers read, which is where writers write or was before.
    private final Reading[] readings;

    private static final class Reading {
        private volatile PerCpuRingMemory memory;

        Reading(PerCpuRingMemory memory) {
            this.memory = memory;
        }
    }

    PerCpuRingReader(PerCpuRingWriter ring) {
        this.ring = ring;
        capacity = ring.capacity;
        readings = new Reading[Slots.count()];
        for (int slot = 0; slot < readings.length; slot++) {
            readings[slot] = new Reading(ring.lastMemory(slot));
        }
    }

    /** As {@link PerCpuRingBuffer#read(int, PerCpuRingBuffer.Reader, int)}. */
    int read(int slot, PerCpuRingBuffer.Reader reader, int limit) {
        VMServices.ensureStack();
        Reading reading = readings[slot];
        checkNotReading(slot);
        try {
            synchronized (reading) {
                ring.use.checkNotRetired();
                int count = 0;
                do {
                    count += readMemory(reading.memory, slot, reader, limit - count);
                } while (count < limit && moveOn(reading, slot));
                return count;
            }
        } finally {
            Reference.reachabilityFence(ring);
        }
    }

    private void checkNotReading(int slot) {
        if (Thread.holdsLock(readings[slot])) {
            throw new IllegalStateException("This thread is reading slot " + slot + " already");
        }
    }

    private int readMemory(PerCpuRingMemory memory, int slot, PerCpuRingBuffer.Reader reader, int limit) {
        long start = memory.read(slot);
        long free = start;
        long position = start;
        long bytes = memory.address(slot, 0);
        int header = PerCpuRingMemory.header(bytes + (position & capacity - 1));
        PerCpuRingMemory.Claim claim = memory.claim(slot, position);
        if (PerCpuRingMemory.isOpen(header) && claim == null) {
            return 0;
        }
        int count = 0;
        try {
            // Once around, or writers who are as fast as this would keep it from the other slots.
            while (count < limit && position - start < capacity) {
                int size = PerCpuRingMemory.size(header);
                if (PerCpuRingMemory.isCommitted(header) && (claim == null || claim.isCommitted())) {
                    // Before it counts as read: there may be no memory for it.
                    try (Segments.Loan loan = new Segments.Loan(bytes + (position & capacity - 1) + HEADER, size)) {
                        position += PerCpuRingMemory.recordLength(size);
                        count++;
                        reader.read(slot, loan.segment());
                    }
                } else if (claim != null && claim.isTaken()) {
                    position += claim.length();
                } else if (!PerCpuRingMemory.isOpen(header)) {
                    position += PerCpuRingMemory.recordLength(size);
                } else {
                    break;
                }
                if (position - free >= capacity / FREED_AT_ONCE) {
                    memory.free(slot, position);
                    free = position;
                }
                header = PerCpuRingMemory.header(bytes + (position & capacity - 1));
                claim = memory.claim(slot, position);
            }
        } finally {
            memory.free(slot, position);
        }
        return count;
    }

    // Whether there is other memory to read because this was replaced and has been read to its end.
    private boolean moveOn(Reading reading, int slot) {
        PerCpuRingMemory memory = reading.memory;
        PerCpuRingMemory last = ring.lastMemory(slot);
        if (memory == last || memory.read(slot) != last.endBefore()) {
            return false;
        }
        reading.memory = last;
        return true;
    }

    /** As {@link PerCpuRingBuffer#blocked}. */
    long blocked(int slot) {
        ring.use.checkNotRetired();
        PerCpuRingMemory memory = readings[slot].memory;
        long position = memory.read(slot);
        PerCpuRingMemory.Claim claim = memory.claim(slot, position);
        boolean waiting = PerCpuRingMemory.isOpen(memory.header(slot, position)) && position != ring.end(memory, slot)
                && (claim == null || !claim.isTaken());
        Reference.reachabilityFence(ring);
        // What was freed meanwhile may have been written again.
        return waiting && memory.read(slot) == position ? position : -1;
    }

    /** As {@link PerCpuRingBuffer#unblock}. */
    boolean unblock(int slot, long blocked) {
        PerCpuRingMemory memory = readings[slot].memory;
        if (blocked(slot) != blocked || blocked < 0) {
            return false;
        }
        // Before anything changes: it may fail.
        PerCpuRingMemory other = memory == ring.lastMemory(slot) ? new PerCpuRingMemory(memory, slot) : null;
        ExclusiveUse.Lock lock = ring.use.at(slot);
        try {
            synchronized (lock) {
                try {
                    PerCpuRingMemory.Claim claim = memory.makeClaim(slot, blocked);
                    if (!lock.keepOff()) {
                        // For the claim alone: no section is on the slot.
                        VMServices.fence();
                    }
                    return takePlainly(memory, slot, claim, other);
                } finally {
                    lock.letIn();
                }
            }
        } finally {
            Reference.reachabilityFence(ring);
        }
    }

    /** As {@link PerCpuRingBuffer#close}. */
    void close() {
        for (int slot = 0; slot < readings.length; slot++) {
            checkNotReading(slot);
        }
        try {
            // No transaction replaces memory after it.
            ring.use.retire();
            // Those who read come to an end first, and nobody begins: no record is read whose writer is told that it is
            // taken away.
            for (Reading reading : readings) {
                waitFor(reading);
            }
            for (int slot = 0; slot < readings.length; slot++) {
                readings[slot].memory.takeAll();
                ring.lastMemory(slot).takeAll();
            }
            VMServices.fence();
            for (int slot = 0; slot < readings.length; slot++) {
                readings[slot].memory.discard(slot);
                ring.discard(slot);
            }
        } finally {
            Reference.reachabilityFence(ring);
        }
    }

    private static void waitFor(Reading reading) {
        synchronized (reading) {
            // It is enough to have had it.
        }
    }

    // Nobody reserves anything on the slot meanwhile, so what has not been freed is as it was.
    private boolean takePlainly(PerCpuRingMemory memory, int slot, PerCpuRingMemory.Claim claim,
                                PerCpuRingMemory other) {
        long position = claim.position();
        long end = ring.end(memory, slot);
        boolean taken = false;
        if (memory.read(slot) == position && position != end
                && PerCpuRingMemory.isOpen(memory.header(slot, position))) {
            if (memory == ring.lastMemory(slot)) {
                ring.replace(slot, end, other);
            }
            taken = memory.take(claim, end);
        }
        if (!taken) {
            memory.giveUp(claim);
        }
        return taken;
    }
}
