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

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What structures were asked together.
 *
 * @param key        JMH's name
 * @param title      ours
 * @param threads    with how many it is asked
 * @param contenders the first one, if it was measured, is the per-CPU structure that the others are compared with
 */
record Question(String key, String title, int[] threads, List<Contender> contenders) {
    /** Among whom there is one of it. */
    enum Kind {
        PER_CPU("per CPU"), SHARED("shared by all threads"), PER_SLOT("one for each slot"), PER_THREAD("one for each thread"),
        /** No structure, but what is left without one. */
        LIMIT("");

        final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** @param name up to a comma that of the structure, after it how it is used or set */
    record Contender(String method, String name, Kind kind) {
        String label() {
            return kind == Kind.PER_SLOT || kind == Kind.PER_THREAD ? name + ", " + kind.text : name;
        }

        /** Somebody else's, as it may be used or set. */
        String rival() {
            return name.split(",")[0] + ", " + kind.text;
        }

        boolean isRival() {
            return kind != Kind.PER_CPU && kind != Kind.LIMIT;
        }
    }

    static final int[] ONE = {1};
    static final int[] TO_SIXTEEN = {1, 2, 16};

    static final Question STACKS = new Question("Stacks", "push and pop of an object", TO_SIXTEEN, List.of(
            new Contender("perCpuStack", "PerCpuStack", Kind.PER_CPU),
            new Contender("concurrentLinkedDeque", "ConcurrentLinkedDeque", Kind.SHARED),
            new Contender("arrayBlockingQueue", "ArrayBlockingQueue", Kind.SHARED),
            new Contender("mpmcArrayQueue", "MpmcArrayQueue", Kind.SHARED),
            new Contender("mpmcPerSlot", "MpmcArrayQueue", Kind.PER_SLOT),
            new Contender("threadLocalStack", "ArrayDeque", Kind.PER_THREAD)));

    static final Question POOLS = new Question("Pools", "object taken from a pool and given back", TO_SIXTEEN, List.of(
            new Contender("perCpuPool", "PerCpuPool", Kind.PER_CPU),
            new Contender("perCpuList", "PerCpuList", Kind.PER_CPU),
            new Contender("jacksonDeque", "Jackson's concurrent deque pool", Kind.SHARED),
            new Contender("jacksonBounded", "Jackson's bounded pool", Kind.SHARED),
            new Contender("jacksonThreadLocal", "Jackson's thread-local pool", Kind.PER_THREAD),
            new Contender("nettyRecycler", "Netty's Recycler", Kind.PER_THREAD)));

    static final Question RINGS = new Question("Rings", "record of 32 bytes, written while another thread reads", TO_SIXTEEN,
            List.of(new Contender("perCpuRingBuffer", "PerCpuRingBuffer", Kind.PER_CPU),
                    new Contender("agrona", "Agrona ManyToOne", Kind.SHARED),
                    new Contender("disruptorYielding", "Disruptor, yielding", Kind.SHARED),
                    new Contender("disruptorBusySpin", "Disruptor, busy spin", Kind.SHARED),
                    new Contender("agronaPerSlot", "Agrona ManyToOne", Kind.PER_SLOT),
                    new Contender("agronaPerThread", "Agrona OneToOne", Kind.PER_THREAD)));

    static final Question LOCKS = new Question("Locks", "lock, increment, unlock", TO_SIXTEEN, List.of(
            new Contender("perCpuLock", "PerCpuLock", Kind.PER_CPU),
            new Contender("spinLock", "VarHandle spin lock", Kind.SHARED),
            new Contender("reentrantLock", "ReentrantLock", Kind.SHARED),
            new Contender("spinLockPerSlot", "VarHandle spin lock", Kind.PER_SLOT),
            new Contender("reentrantLockPerSlot", "ReentrantLock", Kind.PER_SLOT)));

    private static final List<Contender> DATA_STACKS = List.of(
            new Contender("perCpuNative", "PerCpuDataStack", Kind.PER_CPU),
            new Contender("perCpuHeap", "PerCpuDataStack, from heap arrays", Kind.PER_CPU),
            new Contender("synchronizedStack", "synchronized stack", Kind.SHARED),
            new Contender("synchronizedPerSlot", "synchronized stack", Kind.PER_SLOT),
            new Contender("copies", "the two copies only", Kind.LIMIT));

    private static final Question COUNTER_ARRAYS = new Question("CounterArrays", "increment of one of 1024 counters", TO_SIXTEEN,
            List.of(new Contender("perCpuLongArray", "PerCpuLongArray", Kind.PER_CPU),
                    new Contender("perCpuLongs", "PerCpuLong, an array of them", Kind.PER_CPU),
                    new Contender("atomicLongArray", "AtomicLongArray", Kind.SHARED),
                    new Contender("longAdders", "LongAdder, an array of them", Kind.SHARED),
                    new Contender("threadLocalArray", "long[]", Kind.PER_THREAD)));

    private static final Question DOUBLE_SUMS = new Question("DoubleSums", "double added to a sum", TO_SIXTEEN, List.of(
            new Contender("perCpuDoubleAdder", "PerCpuDoubleAdder", Kind.PER_CPU),
            new Contender("doubleAdder", "DoubleAdder", Kind.SHARED),
            new Contender("atomicBits", "bits in an AtomicLong", Kind.SHARED)));

    private static final Question ACCUMULATORS = new Question("Accumulators", "value accumulated into a sum by a function",
            TO_SIXTEEN, List.of(
                    new Contender("perCpuLongAccumulator", "PerCpuLongAccumulator", Kind.PER_CPU),
                    new Contender("longAccumulator", "LongAccumulator", Kind.SHARED),
                    new Contender("atomicLong", "AtomicLong", Kind.SHARED)));

    private static final Question HISTOGRAMS = new Question("Histograms", "value recorded in a histogram", TO_SIXTEEN, List.of(
            new Contender("perCpuBounds", "PerCpuHistogram, explicit bounds", Kind.PER_CPU),
            new Contender("perCpuExponential", "PerCpuHistogram, exponential", Kind.PER_CPU),
            new Contender("prometheus", "Prometheus' classic histogram", Kind.SHARED),
            new Contender("micrometer", "Micrometer's DistributionSummary", Kind.SHARED),
            new Contender("openTelemetryBounds", "OpenTelemetry's histogram, explicit bounds", Kind.SHARED),
            new Contender("openTelemetryExponential", "OpenTelemetry's histogram, exponential", Kind.SHARED),
            new Contender("hdrConcurrent", "HdrHistogram's ConcurrentHistogram", Kind.SHARED),
            new Contender("hdrRecorder", "HdrHistogram's Recorder", Kind.SHARED),
            new Contender("threadLocal", "long[] and a sum", Kind.PER_THREAD)));

    private static final Question SLOT_OBJECTS = new Question("SlotObjects", "random number from an object that is found",
            TO_SIXTEEN, List.of(
                    new Contender("perCpuLocal", "PerCpuLocal", Kind.PER_CPU),
                    new Contender("one", "object in a field", Kind.SHARED),
                    new Contender("threadLocal", "ThreadLocal", Kind.PER_THREAD)));

    static final Question HAND_OVER = new Question("HandOver", "object given to a thread on another CPU", ONE, List.of(
            new Contender("perCpuStack", "PerCpuStack, drained", Kind.PER_CPU),
            new Contender("perCpuStackSteal", "PerCpuStack, stolen from", Kind.PER_CPU),
            new Contender("perCpuList", "PerCpuList, drained", Kind.PER_CPU),
            new Contender("arrayBlockingQueue", "ArrayBlockingQueue", Kind.SHARED),
            new Contender("mpmcArrayQueue", "MpmcArrayQueue", Kind.SHARED),
            new Contender("mpscArrayQueue", "MpscArrayQueue", Kind.SHARED),
            new Contender("mpmcPerSlot", "MpmcArrayQueue", Kind.PER_SLOT)));

    static final Question HAND_BACK = new Question("HandBack", "object taken from a pool and given back on another CPU", ONE,
            List.of(new Contender("perCpuPool", "PerCpuPool", Kind.PER_CPU),
                    new Contender("perCpuList", "PerCpuList", Kind.PER_CPU),
                    new Contender("jacksonDeque", "Jackson's concurrent deque pool", Kind.SHARED),
                    new Contender("jacksonBounded", "Jackson's bounded pool", Kind.SHARED),
                    new Contender("nettyRecycler", "Netty's Recycler", Kind.PER_THREAD)));

    static final List<Question> ALL = List.of(STACKS, POOLS, RINGS, LOCKS,
            new Question("DataStacks/64", "push and pop of 64 bytes", TO_SIXTEEN, DATA_STACKS),
            new Question("DataStacks/4096", "push and pop of 4096 bytes", TO_SIXTEEN, DATA_STACKS), HAND_OVER, HAND_BACK,
            COUNTER_ARRAYS, DOUBLE_SUMS, ACCUMULATORS, HISTOGRAMS, SLOT_OBJECTS);

    /** The first one that this run measured: earlier runs have not all. */
    Contender first(Run run) {
        return contenders.stream().filter(c -> c.kind() == Kind.PER_CPU)
                .filter(c -> Stream.of(measurements(run, c)).anyMatch(Objects::nonNull)).findFirst().orElse(contenders.getFirst());
    }

    /** Methods and how they are called. */
    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        contenders.forEach(c -> labels.put(c.method(), c.label()));
        return labels;
    }

    /** In the order of {@link #threads}, null where it was not measured. */
    Measurement[] measurements(Run run, Contender contender) {
        return Arrays.stream(threads).mapToObj(t -> run.find(key, contender.method(), t)).toArray(Measurement[]::new);
    }

    boolean measured(Run run) {
        return contenders.stream().flatMap(c -> Stream.of(measurements(run, c))).anyMatch(Objects::nonNull);
    }

    /** The fastest of a kind with so many threads; of ours the first one. Empty if it was not measured. */
    Optional<Contender> best(Run run, Kind kind, int threads) {
        Contender ours = first(run);
        return contenders.stream().filter(c -> kind == Kind.PER_CPU ? c == ours : c.kind() == kind)
                .filter(c -> run.find(key, c.method(), threads) != null)
                .min(Comparator.comparingDouble(c -> run.find(key, c.method(), threads).nanos()));
    }

    /** Each rival in the way in which it is fastest with so many threads. */
    List<Measurement> rivals(Run run, int threads) {
        Map<String, Measurement> best = new LinkedHashMap<>();
        for (Contender c : contenders) {
            Measurement m = run.find(key, c.method(), threads);
            if (c.isRival() && m != null) {
                best.merge(c.rival(), m, (a, b) -> a.nanos() <= b.nanos() ? a : b);
            }
        }
        return List.copyOf(best.values());
    }
}
