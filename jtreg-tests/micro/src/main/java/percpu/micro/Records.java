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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What {@link Rings} writes and reads, and how it finds out that each record was read once. */
public final class Records {
    /** Bytes of a record: its number, the number of the thread that wrote it, and two words made of them. */
    static final int SIZE = 32;

    private Records() {}

    /** A thread that writes. */
    @State(Scope.Thread)
    public static class Writer {
        private static final List<Writer> ALL = new ArrayList<>();
        private static final AtomicInteger COUNT = new AtomicInteger();

        final long id = COUNT.getAndIncrement();
        long written;

        @Setup(Level.Trial)
        public void register() {
            synchronized (ALL) {
                ALL.add(this);
            }
        }
    }

    /** How often JMH's threads found the ring full; waiting for one record counts once. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Full {
        public long ringFull;
    }

    /**
     * What the reader counts. JMH gives each state cache lines of its own: the writers read the other
     * one for each record, and would miss it each time if the reader wrote there.
     */
    @State(Scope.Benchmark)
    public static class Tally {
        long records;
        long numbers;
    }

    /** The reader, and what is checked. */
    public abstract static class Shared {
        private final IntConsumer wait;
        private Taker reader;

        // The reader's, until it has ended.
        private Tally tally;

        /** The reader spins 64 times, then sleeps as shortly as one can. */
        protected Shared() {
            this(Wait::sleeping);
        }

        /** @param wait what the reader does when there is nothing, told how often that was already */
        protected Shared(IntConsumer wait) {
            this.wait = wait;
        }

        /** Reads all that is there. */
        abstract void read();

        private long readAndCount() {
            long before = tally.records;
            read();
            return tally.records - before;
        }

        final void accept(long number, long writer, long sum, long inverted) {
            if (number + writer != sum || ~number != inverted) {
                throw new IllegalStateException("not a record that was written: "
                        + number + ", " + writer + ", " + sum + ", " + inverted);
            }
            tally.records++;
            tally.numbers += number;
        }

        final void waitForRoom(int tries, Full full) {
            if (tries == 0) {
                full.ringFull++;
            }
            reader.check();
            Wait.forRoom(tries);
        }

        @Setup(Level.Trial)
        public void start(Tally tally) {
            this.tally = tally;
            reader = new Taker(this::readAndCount, wait, Taker.ANY_CPU);
            reader.start();
        }

        @TearDown(Level.Trial)
        public void check() throws InterruptedException {
            reader.end();
            long recordsWritten = 0;
            long numbersWritten = 0;
            synchronized (Writer.ALL) {
                for (Writer w : Writer.ALL) {
                    recordsWritten += w.written;
                    numbersWritten += w.written * (w.written - 1) / 2;
                }
            }
            if (tally.records != recordsWritten || tally.numbers != numbersWritten) {
                throw new IllegalStateException(recordsWritten + " records were written, " + tally.records
                        + " were read; the sums of their numbers are " + numbersWritten + " and " + tally.numbers);
            }
        }
    }
}
