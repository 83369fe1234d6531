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
 * @summary operations that run out of stack: what they say is what happened, nothing remains locked or referenced
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver/timeout=360 EndOfStack
 */

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;

import jdk.incubator.percpu.HistogramSnapshot;
import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuDoubleAccumulator;
import jdk.incubator.percpu.PerCpuDoubleAdder;
import jdk.incubator.percpu.PerCpuHistogram;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuLock;
import jdk.incubator.percpu.PerCpuLongAccumulator;
import jdk.incubator.percpu.PerCpuLongArray;
import jdk.incubator.percpu.PerCpuPool;
import jdk.incubator.percpu.PerCpuStack;
import percpu.lib.Check;
import percpu.lib.Drained;
import percpu.lib.Vm;

public class EndOfStack {
    private static final String BELOW = "-Xcomp -XX:CompileCommand=quiet "
            + "-XX:CompileCommand=compileonly,jdk.incubator.percpu.PerCpuCells::* "
            + "-XX:CompileCommand=compileonly,jdk.internal.misc.*::* "
            + "-XX:CompileCommand=compileonly,jdk.internal.percpu.*::* ";
    private static final String COMPILED = BELOW + "-XX:CompileCommand=compileonly,jdk.incubator.percpu.*::* ";

    private static final String MIXED = "-XX:+TieredCompilation";

    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-Xint", "-Xint -XX:+RseqForceAbort", "-Xint -XX:-UseRseq",
                // What a structure calls is compiled and takes little stack, and it itself takes much.
                BELOW + "-XX:-TieredCompilation",
                COMPILED + "-XX:TieredStopAtLevel=1", COMPILED + "-XX:-TieredCompilation",
                // The caller as well.
                COMPILED + "-XX:-TieredCompilation -XX:CompileCommand=compileonly,EndOfStack*::*",
                MIXED}) {
            System.out.println("== " + options);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-Xss256k").with(options.split(" "))
                    .pass(Overflow.class, Boolean.toString(options.equals(MIXED)))
                    .shouldContain("nothing is lost");
        }
    }

    /** An operation that is done all over the stack. What is counted is counted without a call. */
    private abstract static class Operation {
        long in;
        long out;
        long overflows;

        // Of so many frames one does it. What asks for stack first succeeds or fails much higher up.
        int every = 1;

        /** May overflow. */
        abstract void run();

        /** Takes out what is left. */
        abstract long rest();
    }

    public static class Overflow {
        private static final int ROUNDS = 160;
        private static final int LAST_FRAMES = 120;
        private static final int TOKENS = ROUNDS * LAST_FRAMES;

        private static final PerCpuList<Object> LIST = new PerCpuList<>();
        private static final PerCpuStack<Object> STACK = new PerCpuStack<>(TOKENS);
        private static final PerCpuDataStack DATA = new PerCpuDataStack(8, TOKENS);
        private static final PerCpuLock LOCK = new PerCpuLock();
        private static final MemorySegment SEGMENT = Arena.global().allocate(8);

        // Made before, and dropped where a push says that it was in vain.
        private static final Object[] TOKEN = new Object[TOKENS];
        private static int tokens;
        private static final List<WeakReference<Object>> ALL = new ArrayList<>();

        private static final class PushToList extends Operation {
            @Override
            void run() {
                int i = tokens++;
                Object token = TOKEN[i];
                TOKEN[i] = null;
                LIST.push(token);
                in++;
            }

            @Override
            long rest() {
                return Drained.all(LIST).size();
            }
        }

        private static final class PopFromList extends Operation {
            @Override
            void run() {
                if (LIST.pop() != null) {
                    out++;
                }
            }

            @Override
            long rest() {
                return Drained.all(LIST).size();
            }
        }

        private static final class PushToStack extends Operation {
            @Override
            void run() {
                int i = tokens++;
                Object token = TOKEN[i];
                TOKEN[i] = null;
                if (STACK.push(token)) {
                    in++;
                }
            }

            @Override
            long rest() {
                return Drained.all(STACK).size();
            }
        }

        private static final class PopFromStack extends Operation {
            @Override
            void run() {
                if (STACK.pop() != null) {
                    out++;
                }
            }

            @Override
            long rest() {
                return Drained.all(STACK).size();
            }
        }

        private static final class PushData extends Operation {
            @Override
            void run() {
                if (DATA.push(SEGMENT)) {
                    in++;
                }
            }

            @Override
            long rest() {
                return drainData();
            }
        }

        private static final class PopData extends Operation {
            @Override
            void run() {
                if (DATA.pop(SEGMENT)) {
                    out++;
                }
            }

            @Override
            long rest() {
                return drainData();
            }
        }

        private static long drainData() {
            long count = 0;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                while (DATA.steal(slot, SEGMENT)) {
                    count++;
                }
            }
            return count;
        }

        private static final class LockAndUnlock extends Operation {
            private int slot = -1;
            private int notEntered;

            @Override
            void run() {
                // There may have been no stack for the call of unlock itself.
                if (slot >= 0 && LOCK.isHeldByCurrentThread(slot)) {
                    LOCK.unlock(slot);
                    notEntered++;
                }
                slot = -1;
                slot = LOCK.lock();
                LOCK.unlock(slot);
                slot = -1;
            }

            @Override
            long rest() {
                run();
                System.out.println("unlock was not entered " + notEntered + " times");
                // Where all is interpreted, or all compiled, lock takes more stack than the call of unlock.
                Check.that(notEntered == 0 || mixed, "a slot remained locked " + notEntered + " times");
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    Check.that(!LOCK.isHeldByCurrentThread(slot), "slot " + slot + " is still locked");
                }
                return 0;
            }
        }

        private static final class AddToElements extends Operation {
            private final PerCpuLongArray array = new PerCpuLongArray(20);
            private int next;

            @Override
            void run() {
                next = next + 1 == 20 ? 0 : next + 1;
                array.add(next, 1);
                in++;
            }

            @Override
            long rest() {
                long sum = 0;
                for (int i = 0; i < array.length(); i++) {
                    sum += array.sum(i);
                }
                return sum;
            }
        }

        private static final class Sum implements LongBinaryOperator {
            @Override
            public long applyAsLong(long a, long b) {
                return a + b;
            }
        }

        private static final class Accumulate extends Operation {
            private final PerCpuLongAccumulator sum = new PerCpuLongAccumulator(new Sum(), 0);

            @Override
            void run() {
                sum.accumulate(1);
                in++;
            }

            @Override
            long rest() {
                return sum.get();
            }
        }

        private static final class DoubleSum implements DoubleBinaryOperator {
            @Override
            public double applyAsDouble(double a, double b) {
                return a + b;
            }
        }

        private static final class AccumulateDoubles extends Operation {
            private final PerCpuDoubleAccumulator sum = new PerCpuDoubleAccumulator(new DoubleSum(), 0);

            @Override
            void run() {
                sum.accumulate(1);
                in++;
            }

            @Override
            long rest() {
                return (long) sum.get();
            }
        }

        private static final class AddDouble extends Operation {
            private final PerCpuDoubleAdder adder = new PerCpuDoubleAdder();

            @Override
            void run() {
                adder.add(1);
                in++;
            }

            @Override
            long rest() {
                return (long) adder.sum();
            }
        }

        private static final class ResetDoubles extends Operation {
            private final PerCpuDoubleAdder adder = new PerCpuDoubleAdder();

            ResetDoubles() {
                every = 10;
            }

            @Override
            void run() {
                adder.add(1);
                in++;
                out += (long) adder.sumThenReset();
            }

            @Override
            long rest() {
                return (long) adder.sum();
            }
        }

        private static final class Making implements Function<PerCpuPool.Entry<Object>, Object> {
            @Override
            public Object apply(PerCpuPool.Entry<Object> entry) {
                return entry;
            }
        }

        // As many as are in go in, so that each can be pushed, and none is made or dropped.
        private static PerCpuPool<Object> pool() {
            PerCpuPool<Object> pool = PerCpuPool.builder(new Making()).slotCapacity(TOKENS).build();
            List<PerCpuPool.Entry<Object>> entries = new ArrayList<>();
            for (int i = 0; i < TOKENS / 2; i++) {
                entries.add(pool.acquire());
            }
            entries.forEach(pool::release);
            return pool;
        }

        // Acquires and releases in turn. Who could not release still has it.
        private static final class UsePool extends Operation {
            private final PerCpuPool<Object> pool = pool();
            private PerCpuPool.Entry<Object> entry;

            @Override
            void run() {
                if (entry == null) {
                    entry = pool.acquire();
                    out++;
                } else {
                    pool.release(entry);
                    entry = null;
                    in++;
                }
            }

            @Override
            long rest() {
                PerCpuPool.Statistics s = pool.statistics();
                Check.equal(s.acquired(), TOKENS / 2 + out, "acquisitions");
                Check.equal(s.outstanding(), out - in, "outstanding");
                Check.equal(s.lost() + s.dropped(), 0, "lost or dropped");
                if (entry != null) {
                    pool.release(entry);
                    entry = null;
                    in++;
                }
                return pool.size() - (s.made() - TOKENS / 2);
            }
        }

        // Each release has its batch to move or drops, each acquisition fetches one or makes an object.
        private static final class UseDepot extends Operation {
            private final PerCpuPool<Object> pool = PerCpuPool.builder(new Making()).slotCapacity(1).sharedCapacity(2)
                    .build();
            @SuppressWarnings("unchecked")
            private final PerCpuPool.Entry<Object>[] entries = (PerCpuPool.Entry<Object>[]) new PerCpuPool.Entry<?>[8];
            private int held;
            private boolean releases;

            UseDepot() {
                every = 10;
            }

            @Override
            void run() {
                if (releases) {
                    pool.release(entries[held - 1]);
                    entries[--held] = null;
                    in++;
                    releases = held != 0;
                } else {
                    entries[held] = pool.acquire();
                    held++;
                    out++;
                    releases = held == 8;
                }
            }

            @Override
            long rest() {
                PerCpuPool.Statistics s = pool.statistics();
                Check.equal(s.acquired(), out, "acquisitions");
                Check.equal(s.outstanding(), held, "outstanding");
                Check.equal(s.lost(), 0, "lost");
                return -held;
            }
        }

        private static long count(HistogramSnapshot snapshot) {
            Check.that(snapshot.sum() == 3.0 * snapshot.count(), "values of 3: " + snapshot);
            return snapshot.count();
        }

        private static final class RecordValue extends Operation {
            private final PerCpuHistogram histogram = PerCpuHistogram.withBounds(1, 2, 4);

            @Override
            void run() {
                histogram.record(3);
                in++;
            }

            @Override
            long rest() {
                return count(histogram.snapshot());
            }
        }

        private static final class RecordAndReset extends Operation {
            private final PerCpuHistogram histogram = PerCpuHistogram.exponential(8, 20);
            private final HistogramSnapshot[] taken = new HistogramSnapshot[TOKENS];
            private int times;

            RecordAndReset() {
                every = 10;
            }

            @Override
            void run() {
                histogram.record(3);
                in++;
                // There may be no stack to look at it now.
                taken[times++] = histogram.snapshotAndReset();
            }

            @Override
            long rest() {
                for (int i = 0; i < times; i++) {
                    out += taken[i] == null ? 0 : count(taken[i]);
                    // Where the next one fails, nothing is stored.
                    taken[i] = null;
                }
                times = 0;
                return count(histogram.snapshot());
            }
        }

        // What is done by a thread that has stack for transactions, or not at all.
        private enum Slow {
            LIST_PUSH_TO, LIST_PUSH_ALL, LIST_DRAIN, STACK_PUSH_TO, STACK_PUSH_ALL, STACK_DRAIN, STACK_POP_TO, TRY_STEAL
        }

        private static final class Slowly extends Operation implements Consumer<Object> {
            private final Slow what;
            private final List<Object> one = new ArrayList<>();

            Slowly(Slow what) {
                this.what = what;
                every = 10;
                one.add(ALL);
            }

            private static boolean pushes(Slow what) {
                return what.name().contains("PUSH");
            }

            @Override
            void run() {
                Object token = ALL;
                if (pushes(what)) {
                    int i = tokens++;
                    token = TOKEN[i];
                    TOKEN[i] = null;
                }
                switch (what) {
                    case LIST_PUSH_TO -> {
                        LIST.push(0, token);
                        in++;
                    }
                    case LIST_PUSH_ALL -> {
                        one.set(0, token);
                        LIST.pushAll(one);
                        in++;
                    }
                    case LIST_DRAIN -> LIST.drainTo(0, this, 1);
                    case STACK_PUSH_TO -> {
                        if (STACK.push(0, token)) {
                            in++;
                        }
                    }
                    case STACK_PUSH_ALL -> {
                        one.set(0, token);
                        in += STACK.pushAll(one);
                    }
                    case STACK_DRAIN -> STACK.drainTo(0, this, 1);
                    case STACK_POP_TO -> STACK.popTo(this, 1);
                    case TRY_STEAL -> {
                        if (STACK.trySteal(0) != null) {
                            out++;
                        }
                    }
                }
            }

            @Override
            public void accept(Object element) {
                out++;
            }

            @Override
            long rest() {
                one.clear();
                return what.name().startsWith("LIST") ? Drained.all(LIST).size() : Drained.all(STACK).size();
            }

            @Override
            public String toString() {
                return what.name();
            }
        }

        // Whether methods are compiled at any time, each by itself.
        private static boolean mixed;

        private static Operation operation;
        private static int returned;

        // Down to where nothing fits any more, and on the way back in each of the last frames.
        private static void deeper() {
            try {
                deeper();
            } catch (StackOverflowError e) {
                int frame = returned++;
                if (frame % operation.every == 0 && frame < LAST_FRAMES * operation.every) {
                    try {
                        operation.run();
                    } catch (StackOverflowError again) {
                        operation.overflows++;
                    }
                }
                throw e;
            }
        }

        private static void from(int words) {
            returned = 0;
            try {
                switch (words) {
                    case 0 -> deeper();
                    case 1 -> from(1, 1);
                    case 2 -> from(1, 1, 1);
                    case 3 -> from(1, 1, 1, 1);
                    case 4 -> from(1, 1, 1, 1, 1);
                    case 5 -> from(1, 1, 1, 1, 1, 1);
                    case 6 -> from(1, 1, 1, 1, 1, 1, 1);
                    default -> from(1, 1, 1, 1, 1, 1, 1, 1);
                }
            } catch (StackOverflowError expected) {
                // The end was reached.
            }
        }

        // So that the last frames are at other places.
        private static void from(int a, int b) {
            deeper();
        }

        private static void from(int a, int b, int c) {
            deeper();
        }

        private static void from(int a, int b, int c, int d) {
            deeper();
        }

        private static void from(int a, int b, int c, int d, int e) {
            deeper();
        }

        private static void from(int a, int b, int c, int d, int e, int f) {
            deeper();
        }

        private static void from(int a, int b, int c, int d, int e, int f, int g) {
            deeper();
        }

        private static void from(int a, int b, int c, int d, int e, int f, int g, int h) {
            deeper();
        }

        private static void test(Operation tested, int before) {
            operation = tested;
            for (int i = 0; i < TOKENS; i++) {
                TOKEN[i] = new Object();
                ALL.add(new WeakReference<>(TOKEN[i]));
            }
            tokens = 0;
            for (int round = 0; round < ROUNDS; round++) {
                from(round % 8);
            }
            String name = tested instanceof Slowly ? tested.toString() : tested.getClass().getSimpleName();
            System.out.println(name + ": " + tested.overflows + " overflows, " + tested.in + " in, " + tested.out
                    + " out");
            Check.that(tested.overflows > 0, name + " has not overflowed");
            Check.equal(tested.rest(), before + tested.in - tested.out, name + ": what is left");
            operation = null;
            Arrays.fill(TOKEN, null);
            // All is out, or was never in.
            long end = System.nanoTime() + 60_000_000_000L;
            while (!ALL.stream().allMatch(r -> r.get() == null)) {
                System.gc();
                Check.that(System.nanoTime() < end, name + ": " + ALL.stream().filter(r -> r.get() != null).count()
                        + " elements that are not in the structure are referenced");
            }
            ALL.clear();
        }

        public static void main(String[] args) {
            mixed = Boolean.parseBoolean(args[0]);
            // All is loaded and initialized.
            for (int i = 0; i < TOKENS; i++) {
                LIST.push(ALL);
                Check.that(STACK.push(ALL), "no room on the stack");
            }
            LIST.pop();
            LIST.push(ALL);
            STACK.pop();
            STACK.push(ALL);
            Drained.all(LIST);
            Drained.all(STACK);
            DATA.push(SEGMENT);
            drainData();
            LOCK.unlock(LOCK.lock());

            test(new PushToList(), 0);
            test(new PushToStack(), 0);
            test(new PushData(), 0);
            int filled = 0;
            for (; filled < TOKENS; filled++) {
                LIST.push(ALL);
            }
            test(new PopFromList(), filled);
            for (filled = 0; filled < TOKENS && STACK.push(ALL);) {
                filled++;
            }
            test(new PopFromStack(), filled);
            for (filled = 0; filled < TOKENS && DATA.push(SEGMENT);) {
                filled++;
            }
            test(new PopData(), filled);
            test(new LockAndUnlock(), 0);
            for (Operation of : new Operation[] {new AddToElements(), new Accumulate(), new AccumulateDoubles(), new AddDouble(),
                    new ResetDoubles(), new RecordValue(), new RecordAndReset()}) {
                of.run();
                Check.equal(of.rest(), of.in - of.out, "the first time");
                test(of, 0);
            }
            for (Operation of : new Operation[] {new UsePool(), new UseDepot()}) {
                // All is loaded and initialized.
                for (int i = 0; i < 100; i++) {
                    of.run();
                }
                test(of, of instanceof UsePool ? TOKENS / 2 : 0);
            }
            for (Slow what : Slow.values()) {
                filled = 0;
                if (!Slowly.pushes(what)) {
                    for (; filled < ROUNDS * 60; filled++) {
                        LIST.push(0, ALL);
                        Check.that(STACK.push(0, ALL), "no room on the stack");
                    }
                }
                test(new Slowly(what), filled);
                Drained.all(LIST);
                Drained.all(STACK);
            }
            System.out.println("nothing is lost");
        }
    }
}
