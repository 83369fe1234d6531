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

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.YieldingWaitStrategy;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuRingBuffer;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What does it cost to write a record of 32 bytes that another thread reads? One invocation is one
 * record written; a thread of the benchmark's own reads beside the writers all the time, and its
 * work is not counted. Who finds the ring full waits ({@link Wait}) and tries again, so every
 * record is delivered, and in the long run nobody writes faster than the reader reads. The reader
 * loads all 32 bytes; at the end all records must have come, each once ({@link Records}).
 * <p>
 * All contenders have the same memory for records, the slots of PerCpuRingBuffer together.
 * <p>
 * Agrona: ManyToOneRingBuffer is its ring for many writers and one reader; records are claimed and filled in place,
 * which is its way without a copy. For writers that do not contend one takes a ring of that kind for each slot, found
 * by PerCpu.currentSlot(), or a OneToOneRingBuffer, its ring for one writer, for each thread.
 * <p>
 * Order: one ring for all writers gives one order of all their records. Rings for each slot give one order of each
 * slot's records, PerCpuRingBuffer's too, and rings for each thread one of each thread's.
 * <p>
 * Disruptor: with its default, BlockingWaitStrategy, a writer takes a lock for each record to wake a reader, and a
 * reader that polls never waits there. Its authors' guide recommends YieldingWaitStrategy for high performance with
 * fewer handlers than logical cores, and BusySpinWaitStrategy with fewer than physical cores. The reader polls, and
 * between two polls it waits as the strategy does: with YieldingWaitStrategy its authors' own test of a poller does so.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
// The opened package is for Agrona, which wants it.
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.percpu", "-Xms512m", "-Xmx512m",
        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class Rings {
    static final int CAPACITY = 1 << 20;

    // Both rings of bytes put a header of so many bytes before a record.
    private static final int HEADER = 8;

    // Nobody is on the overflow slot as a rule: the others share the memory.
    private static final int SLOTS = Math.max(1, PerCpu.slots() - 1);

    @State(Scope.Benchmark)
    public static class PerCpuState extends Records.Shared {
        PerCpuRingBuffer ring = new PerCpuRingBuffer(CAPACITY / SLOTS);

        private final PerCpuRingBuffer.Reader action = (slot, record) -> accept(
                record.get(ValueLayout.JAVA_LONG, 0), record.get(ValueLayout.JAVA_LONG, 8),
                record.get(ValueLayout.JAVA_LONG, 16), record.get(ValueLayout.JAVA_LONG, 24));

        @Override
        void read() {
            ring.read(action, Integer.MAX_VALUE);
        }
    }

    /** Agrona's rings. */
    public abstract static class AgronaBase extends Records.Shared {
        static final int TYPE = 1;

        final MessageHandler action = this::message;

        private void message(int type, MutableDirectBuffer buffer, int index, int length) {
            accept(buffer.getLong(index), buffer.getLong(index + 8), buffer.getLong(index + 16), buffer.getLong(index + 24));
        }

        /** @param parts by how many rings the memory is shared; each has a power of two */
        static UnsafeBuffer memory(int parts) {
            return new UnsafeBuffer(BufferUtil.allocateDirectAligned(
                    Integer.highestOneBit(CAPACITY / parts) + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH));
        }
    }

    @State(Scope.Benchmark)
    public static class AgronaState extends AgronaBase {
        ManyToOneRingBuffer ring = new ManyToOneRingBuffer(memory(1));

        @Override
        void read() {
            ring.read(action);
        }
    }

    @State(Scope.Benchmark)
    public static class AgronaPerSlotState extends AgronaBase {
        ManyToOneRingBuffer[] rings = new ManyToOneRingBuffer[PerCpu.slots()];

        public AgronaPerSlotState() {
            for (int slot = 0; slot < rings.length; slot++) {
                rings[slot] = new ManyToOneRingBuffer(memory(SLOTS));
            }
        }

        @Override
        void read() {
            for (ManyToOneRingBuffer ring : rings) {
                ring.read(action);
            }
        }
    }

    @State(Scope.Benchmark)
    public static class AgronaPerThreadState extends AgronaBase {
        private final List<OneToOneRingBuffer> rings = new CopyOnWriteArrayList<>();
        ThreadLocal<OneToOneRingBuffer> mine;

        @Setup(Level.Trial)
        public void create(BenchmarkParams params) {
            mine = ThreadLocal.withInitial(() -> {
                OneToOneRingBuffer ring = new OneToOneRingBuffer(memory(params.getThreads()));
                rings.add(ring);
                return ring;
            });
        }

        @Override
        void read() {
            for (OneToOneRingBuffer ring : rings) {
                ring.read(action);
            }
        }
    }

    /** The Disruptor. */
    public abstract static class DisruptorBase extends Records.Shared {
        static final class Event {
            long number;
            long writer;
            long sum;
            long inverted;
        }

        final RingBuffer<Event> ring;
        private final EventPoller<Event> poller;

        private final EventPoller.Handler<Event> action = (event, sequence, endOfBatch) -> {
            accept(event.number, event.writer, event.sum, event.inverted);
            return true;
        };

        protected DisruptorBase(WaitStrategy strategy, IntConsumer wait) {
            super(wait);
            // The next power of two: as many records as the others have, or more.
            ring = RingBuffer.createMultiProducer(Event::new,
                    BitUtil.findNextPositivePowerOfTwo(CAPACITY / (Records.SIZE + HEADER)), strategy);
            poller = ring.newPoller();
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

    @State(Scope.Benchmark)
    public static class DisruptorYieldingState extends DisruptorBase {
        public DisruptorYieldingState() {
            super(new YieldingWaitStrategy(), Wait::yielding);
        }
    }

    @State(Scope.Benchmark)
    public static class DisruptorBusySpinState extends DisruptorBase {
        public DisruptorBusySpinState() {
            super(new BusySpinWaitStrategy(), Wait::spinning);
        }
    }

    // Each in a method of its own: C2 would make an object of each record if the loop itself wrote it. And each for its
    // own class: by way of an interface Agrona's would cost a few percent more.

    private static boolean write(PerCpuRingBuffer ring, long number, long id) {
        PerCpuRingBuffer.Writer writer = ring.writer();
        if (!writer.tryReserve(Records.SIZE)) {
            return false;
        }
        writer.putLong(0, number);
        writer.putLong(8, id);
        writer.putLong(16, number + id);
        writer.putLong(24, ~number);
        writer.commit();
        return true;
    }

    private static boolean write(ManyToOneRingBuffer ring, long number, long id) {
        int index = ring.tryClaim(AgronaBase.TYPE, Records.SIZE);
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

    private static boolean write(OneToOneRingBuffer ring, long number, long id) {
        int index = ring.tryClaim(AgronaBase.TYPE, Records.SIZE);
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

    private static boolean write(RingBuffer<DisruptorBase.Event> ring, long number, long id) {
        long sequence;
        try {
            sequence = ring.tryNext();
        } catch (InsufficientCapacityException e) {
            return false;
        }
        DisruptorBase.Event event = ring.get(sequence);
        event.number = number;
        event.writer = id;
        event.sum = number + id;
        event.inverted = ~number;
        ring.publish(sequence);
        return true;
    }

    @Benchmark
    public void perCpuRingBuffer(PerCpuState s, Records.Writer writer, Records.Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.ring, number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }

    @Benchmark
    public void agrona(AgronaState s, Records.Writer writer, Records.Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.ring, number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }

    @Benchmark
    public void agronaPerSlot(AgronaPerSlotState s, Records.Writer writer, Records.Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.rings[PerCpu.currentSlot()], number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }

    @Benchmark
    public void agronaPerThread(AgronaPerThreadState s, Records.Writer writer, Records.Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.mine.get(), number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }

    @Benchmark
    public void disruptorYielding(DisruptorYieldingState s, Records.Writer writer, Records.Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.ring, number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }

    @Benchmark
    public void disruptorBusySpin(DisruptorBusySpinState s, Records.Writer writer, Records.Full full) {
        long number = writer.written++;
        for (int tries = 0; !write(s.ring, number, writer.id); tries++) {
            s.waitForRoom(tries, full);
        }
    }
}
