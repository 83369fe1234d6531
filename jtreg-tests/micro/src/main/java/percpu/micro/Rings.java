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

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuRingBuffer;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to write a record of 32 bytes that another thread reads? One invocation is one
 * record written; a thread of the benchmark's own reads beside the writers all the time, and its
 * work is not counted. Who finds the ring full waits ({@link Wait}) and tries again, so every
 * record is delivered, and in the long run nobody writes faster than the reader reads. The reader
 * loads all 32 bytes; at the end all records must have come, each once.
 * <p>
 * All contenders have the same memory for records, the slots of PerCpuRingBuffer together.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
// The opened package is for Agrona, which wants it.
// More rounds than others have: with 16 writers on two CPUs a JVM differs from the next one by a tenth.
@Fork(value = 9, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m",
        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Rings {
    static final int RECORD = 32;
    static final int CAPACITY = 1 << 20;

    // Both rings of bytes put a header of so many bytes before a record.
    private static final int HEADER = 8;

    // Linux makes it twice as long: in that time the fastest reader empties a third of a full ring. Sleeping as shortly as
    // they can, 16 writers would wake up 125,000 times a second, which is most of what two CPUs have.
    private static final long NANOS_FOR_ROOM = 50_000;

    /** A thread that writes: the record's number, the thread's number, and two words made of them. */
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
        private final Thread reader = new Thread(this::readAll, "reader");
        private volatile boolean stop;
        private volatile Throwable failure;

        // The reader's, until it has ended.
        private Tally tally;

        /** Reads all that is there. */
        abstract void read();

        final void accept(long number, long writer, long sum, long inverted) {
            if (number + writer != sum || ~number != inverted) {
                throw new IllegalStateException("not a record that was written: "
                        + number + ", " + writer + ", " + sum + ", " + inverted);
            }
            tally.records++;
            tally.numbers += number;
        }

        private void readAll() {
            try {
                for (int tries = 0, nothing = 0; nothing < 3;) {
                    // All that was written before this was set is there now.
                    boolean last = stop;
                    long before = tally.records;
                    read();
                    if (tally.records > before) {
                        tries = 0;
                    } else if (last) {
                        // Where a ring starts again from its beginning, one read finds nothing.
                        nothing++;
                    } else {
                        Wait.sleeping(tries++);
                    }
                }
            } catch (Throwable t) {
                failure = t;
            }
        }

        final void waitForRoom(int tries, Full full) {
            if (tries == 0) {
                full.ringFull++;
            }
            if (failure != null) {
                throw new IllegalStateException("the reader failed", failure);
            }
            Wait.sleeping(tries, NANOS_FOR_ROOM);
        }

        @Setup(Level.Trial)
        public void start(Tally tally) {
            this.tally = tally;
            reader.setDaemon(true);
            reader.start();
        }

        @TearDown(Level.Trial)
        public void check() throws InterruptedException {
            stop = true;
            reader.join();
            if (failure != null) {
                throw new IllegalStateException("the reader failed", failure);
            }
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

    @State(Scope.Benchmark)
    public static class PerCpuState extends Shared {
        // Nobody is on the overflow slot as a rule: the others share the memory.
        PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY / Math.max(1, PerCpu.slots() - 1));

        private final PerCpuRingBuffer.Reader action = (slot, record) -> accept(
                record.get(ValueLayout.JAVA_LONG, 0), record.get(ValueLayout.JAVA_LONG, 8),
                record.get(ValueLayout.JAVA_LONG, 16), record.get(ValueLayout.JAVA_LONG, 24));

        @Override
        void read() {
            ring.read(action, Integer.MAX_VALUE);
        }
    }

    @State(Scope.Benchmark)
    public static class AgronaState extends Shared {
        static final int TYPE = 1;

        ManyToOneRingBuffer ring = new ManyToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
                CAPACITY + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));

        private final MessageHandler action = this::message;

        private void message(int type, MutableDirectBuffer buffer, int index, int length) {
            accept(buffer.getLong(index), buffer.getLong(index + 8), buffer.getLong(index + 16), buffer.getLong(index + 24));
        }

        @Override
        void read() {
            ring.read(action);
        }
    }

    @State(Scope.Benchmark)
    public static class DisruptorState extends Shared {
        static final class Event {
            long number;
            long writer;
            long sum;
            long inverted;
        }

        // The next power of two: as many records as the others have, or more.
        RingBuffer<Event> ring = RingBuffer.createMultiProducer(Event::new,
                BitUtil.findNextPositivePowerOfTwo(CAPACITY / (RECORD + HEADER)));

        private final EventPoller<Event> poller = ring.newPoller();

        private final EventPoller.Handler<Event> action = (event, sequence, endOfBatch) -> {
            accept(event.number, event.writer, event.sum, event.inverted);
            return true;
        };

        public DisruptorState() {
            ring.addGatingSequences(poller.getSequence());
        }

        @Override
        void read() {
            try {
                poller.poll(action);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    // Each in a method of its own: C2 would make an object of each record if the loop itself wrote it.

    private static boolean write(PerCpuRingBuffer ring, long number, long id) {
        PerCpuRingBuffer.Record record = ring.reserve(RECORD);
        if (!record.isReserved()) {
            return false;
        }
        record.putLong(0, number);
        record.putLong(8, id);
        record.putLong(16, number + id);
        record.putLong(24, ~number);
        record.commit();
        return true;
    }

    private static boolean write(ManyToOneRingBuffer ring, long number, long id) {
        int index = ring.tryClaim(AgronaState.TYPE, RECORD);
        if (index <= 0) {
            return false;
        }
        AtomicBuffer buffer = ring.buffer();
        buffer.putLong(index, number);
        buffer.putLong(index + 8, id);
        buffer.putLong(index + 16, number + id);
        buffer.putLong(index + 24, ~number);
        ring.commit(index);
        return true;
    }

    private static boolean write(RingBuffer<DisruptorState.Event> ring, long number, long id) {
        long sequence;
        try {
            sequence = ring.tryNext();
        } catch (InsufficientCapacityException e) {
            return false;
        }
        DisruptorState.Event event = ring.get(sequence);
        event.number = number;
        event.writer = id;
        event.sum = number + id;
        event.inverted = ~number;
        ring.publish(sequence);
        return true;
    }

    @Benchmark
    public void perCpuRingBuffer(PerCpuState s, Writer writer, Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.ring, number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }

    @Benchmark
    public void agrona(AgronaState s, Writer writer, Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.ring, number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }

    @Benchmark
    public void disruptor(DisruptorState s, Writer writer, Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.ring, number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }
}
