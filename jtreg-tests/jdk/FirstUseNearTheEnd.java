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

/*
 * @test
 * @summary what is used for the first time where stack or heap is at its end can be used later
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver FirstUseNearTheEnd
 */

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import java.util.function.Supplier;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuDoubleAccumulator;
import jdk.incubator.percpu.PerCpuDoubleAdder;
import jdk.incubator.percpu.PerCpuHistogram;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuLocal;
import jdk.incubator.percpu.PerCpuLock;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuLongAccumulator;
import jdk.incubator.percpu.PerCpuLongArray;
import jdk.incubator.percpu.PerCpuPool;
import jdk.incubator.percpu.PerCpuRingBuffer;
import jdk.incubator.percpu.PerCpuStack;
import percpu.lib.Check;
import percpu.lib.Drained;
import percpu.lib.Vm;

public class FirstUseNearTheEnd {
    private static final List<String> KINDS = List.of("cmpxchg", "exclusive", "counter", "lock", "list", "stack",
            "data stack", "ring", "array", "double adder", "accumulator", "double accumulator", "local", "histogram",
            "exponential histogram", "pool");

    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-XX:+UseRseq", "-XX:+RseqForceAbort", "-XX:-UseRseq"}) {
            for (String end : new String[] {"stack", "heap"}) {
                for (String kind : KINDS) {
                    new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-Xint", "-Xss512k", "-Xmx8m",
                            "-XX:+UseSerialGC", options).pass(First.class, end, kind).shouldContain("usable afterwards");
                }
            }
        }
    }

    public static class First {
        private static final Runnable NOTHING = new Nothing();

        private static final class Nothing implements Runnable {
            @Override
            public void run() {
            }
        }

        private static final class NoReader implements PerCpuRingBuffer.Reader {
            @Override
            public void read(int slot, MemorySegment record) {
            }
        }

        private static final class Cmpxchg implements Runnable {
            private final PerCpuLong v = new PerCpuLong();

            @Override
            public void run() {
                // All slots but one are not this thread's.
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    PerCpu.weakCompareAndSet(v, slot, 0, 1);
                }
            }
        }

        private static final class Exclusive implements Runnable {
            private final PerCpuLong v = new PerCpuLong();

            @Override
            public void run() {
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    PerCpu.exclusive(v, slot, NOTHING);
                }
            }
        }

        private static final class Counter implements Runnable {
            private final PerCpuCounter counter = new PerCpuCounter();

            @Override
            public void run() {
                counter.increment();
                counter.sumThenReset();
                counter.sum();
            }
        }

        private static final class Lock implements Runnable {
            private final PerCpuLock lock = new PerCpuLock();

            @Override
            public void run() {
                lock.unlock(lock.lock());
            }
        }

        private static final class InList implements Runnable {
            private final PerCpuList<String> list = new PerCpuList<>();

            @Override
            public void run() {
                list.push("element");
                list.pop();
                Drained.all(list);
            }
        }

        private static final class OnStack implements Runnable {
            private final PerCpuStack<String> stack = new PerCpuStack<>(10);

            @Override
            public void run() {
                stack.push("element");
                stack.peek(0);
                stack.steal(0);
                stack.pop();
                Drained.all(stack);
            }
        }

        private static final class Data implements Runnable {
            private final PerCpuDataStack stack = new PerCpuDataStack(8, 10);
            private final MemorySegment segment = MemorySegment.ofArray(new byte[8]);

            @Override
            public void run() {
                stack.push(segment);
                stack.steal(0, segment);
                stack.pop(segment);
            }
        }

        private static final class Ring implements Runnable {
            private final PerCpuRingBuffer ring = new PerCpuRingBuffer(64);
            private final NoReader reader = new NoReader();

            @Override
            public void run() {
                PerCpuRingBuffer.Writer writer = ring.writer();
                if (writer.tryReserve(8)) {
                    writer.putLong(0, 1);
                    writer.commit();
                }
                ring.read(reader, 10);
            }
        }

        private static final class Array implements Runnable {
            private final PerCpuLongArray array = new PerCpuLongArray(10);
            private final long[] sums = new long[10];

            @Override
            public void run() {
                array.increment(9);
                array.sum(9);
                array.sums(sums);
            }
        }

        private static final class Doubles implements Runnable {
            private final PerCpuDoubleAdder adder = new PerCpuDoubleAdder();

            @Override
            public void run() {
                adder.add(1);
                adder.sumThenReset();
                adder.sum();
            }
        }

        private static final class Max implements LongBinaryOperator {
            @Override
            public long applyAsLong(long a, long b) {
                return a >= b ? a : b;
            }
        }

        private static final class Accumulator implements Runnable {
            private final PerCpuLongAccumulator max = new PerCpuLongAccumulator(new Max(), 0);

            @Override
            public void run() {
                max.accumulate(1);
                max.getThenReset();
                max.get();
            }
        }

        private static final class DoubleMax implements DoubleBinaryOperator {
            @Override
            public double applyAsDouble(double a, double b) {
                return a >= b ? a : b;
            }
        }

        private static final class DoubleAccumulator implements Runnable {
            private final PerCpuDoubleAccumulator max = new PerCpuDoubleAccumulator(new DoubleMax(), 0);

            @Override
            public void run() {
                max.accumulate(1);
                max.getThenReset();
                max.get();
            }
        }

        private static final class Made implements Supplier<Object>, Consumer<Object> {
            @Override
            public Object get() {
                return new Object();
            }

            @Override
            public void accept(Object object) {
            }
        }

        private static final class Local implements Runnable {
            private final Made made = new Made();
            private final PerCpuLocal<Object> local = PerCpuLocal.withInitial(made);

            @Override
            public void run() {
                local.get();
                local.forEach(made);
            }
        }

        private static final class Histogram implements Runnable {
            private final PerCpuHistogram histogram;
            private int i;

            Histogram(PerCpuHistogram histogram) {
                this.histogram = histogram;
            }

            @Override
            public void run() {
                // Buckets move.
                histogram.record(i++ % 100 + 1);
                histogram.snapshot().quantile(0.5);
                histogram.snapshotAndReset();
            }
        }

        private static final class Making implements Function<PerCpuPool.Entry<Object>, Object>, Consumer<Object> {
            @Override
            public Object apply(PerCpuPool.Entry<Object> entry) {
                return entry;
            }

            @Override
            public void accept(Object object) {
            }
        }

        private static final class Pool implements Runnable {
            private final Making making = new Making();
            private final PerCpuPool<Object> pool = PerCpuPool.<Object>builder(making).slotCapacity(1).sharedCapacity(1)
                    .onDrop(making).checked().build();
            private final PerCpuPool<Object> closed = PerCpuPool.<Object>builder(making).build();

            @Override
            public void run() {
                PerCpuPool.Entry<Object> a = pool.acquire();
                PerCpuPool.Entry<Object> b = pool.acquire();
                PerCpuPool.Entry<Object> c = pool.acquire();
                pool.release(a);
                pool.release(b);
                pool.release(c);
                pool.trim();
                pool.clear();
                pool.statistics();
                closed.close();
            }
        }

        private static Runnable first(String kind) {
            return switch (kind) {
                case "cmpxchg" -> new Cmpxchg();
                case "exclusive" -> new Exclusive();
                case "counter" -> new Counter();
                case "lock" -> new Lock();
                case "list" -> new InList();
                case "stack" -> new OnStack();
                case "data stack" -> new Data();
                case "ring" -> new Ring();
                case "array" -> new Array();
                case "double adder" -> new Doubles();
                case "accumulator" -> new Accumulator();
                case "double accumulator" -> new DoubleAccumulator();
                case "local" -> new Local();
                case "histogram" -> new Histogram(PerCpuHistogram.withBounds(1, 2));
                case "exponential histogram" -> new Histogram(PerCpuHistogram.exponential(8, 10));
                case "pool" -> new Pool();
                default -> throw new IllegalArgumentException(kind);
            };
        }

        // Loaded and not initialized: a class loader takes much more stack than that.
        private static final List<String> LOADED = List.of("jdk.incubator.percpu.PerCpu",
                "jdk.incubator.percpu.PerCpuRingBuffer$Writer", "jdk.internal.percpu.ExclusiveUse", "jdk.internal.percpu.ExclusiveActions",
                "jdk.internal.percpu.Stripes", "jdk.internal.percpu.Chain", "jdk.internal.percpu.Blocks",
                "jdk.internal.percpu.Segments");

        public static void main(String[] args) throws Exception {
            for (String name : LOADED) {
                Class.forName(name, false, First.class.getClassLoader());
            }
            // Here a failure would be told, and here there is none.
            Runnable first = first(args[1]);
            int failures = args[0].equals("stack") ? fillStack(first) : fillHeap(first);
            System.out.println(args[1] + " failed " + failures + " times");
            first.run();
            PerCpu.exclusive(new PerCpuLong(), 0, NOTHING);
            System.out.println("usable afterwards");
        }

        private static Runnable subject;
        private static int failed;
        private static int returned;

        private static int fillStack(Runnable first) {
            subject = first;
            try {
                deeper();
            } catch (StackOverflowError expected) {
                // All frames were tried that are near the end.
            }
            Check.that(failed > 0, "nothing failed: the stack was not at its end");
            return failed;
        }

        // Down to where nothing fits any more. On the way back each of the last frames is the first to use it.
        private static void deeper() {
            try {
                deeper();
            } catch (StackOverflowError e) {
                if (returned++ < 2000) {
                    try {
                        subject.run();
                    } catch (StackOverflowError again) {
                        failed++;
                    }
                }
                throw e;
            }
        }

        // How many words are free.
        private static final int[] SPARE = {0, 1, 2, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256};

        private static int fillHeap(Runnable first) {
            int failures = 0;
            for (int spare : SPARE) {
                failures += failsWithFullHeap(first, spare) ? 1 : 0;
            }
            return failures;
        }

        private static Object[] chain;

        private static boolean failsWithFullHeap(Runnable first, int spare) {
            long[] kept = spare == 0 ? null : new long[spare];
            // The cleaner's thread may free something of the time before meanwhile.
            boolean full = false;
            for (int times = 0; times < 100 && !full; times++) {
                fill();
                full = isFull();
            }
            kept = null;
            boolean fails = false;
            try {
                first.run();
            } catch (OutOfMemoryError e) {
                fails = true;
            } finally {
                chain = null;
            }
            Check.that(full, "the heap was not full");
            return fails;
        }

        // Arrays of several sizes, until not even an object fits.
        private static void fill() {
            for (int length = 1 << 20; length > 0;) {
                try {
                    Object[] link = new Object[length];
                    link[0] = chain;
                    chain = link;
                } catch (OutOfMemoryError e) {
                    length /= 8;
                }
            }
        }

        private static boolean isFull() {
            try {
                return new Object[4] == null;
            } catch (OutOfMemoryError e) {
                return true;
            }
        }
    }
}
