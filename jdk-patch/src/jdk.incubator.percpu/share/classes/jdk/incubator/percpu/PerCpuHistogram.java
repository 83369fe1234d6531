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

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Transaction;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/**
 * A histogram to which many threads add: how many values are in each of its buckets, and their
 * sum. A thread puts a value down on the slot of the CPU that it runs on, without atomic
 * instructions. A {@linkplain #snapshot() snapshot}, and each 256th record on a slot, adds up what was
 * put down. The <a href="package-summary.html#model">model</a> says what a slot is.
 *
 * <p>What a snapshot has belongs together: each value that is in it is in its bucket, its count, and its sum.
 *
 * <p>It is for latencies and sizes that are exported to Prometheus or OpenTelemetry. A
 * {@link HistogramSnapshot} has the forms of both.
 *
 * {@snippet lang="java" :
 * static final PerCpuHistogram SECONDS = PerCpuHistogram.withBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1);
 *
 * void handle(Request request) {
 *     long start = System.nanoTime();
 *     ...
 *     SECONDS.record((System.nanoTime() - start) / 1e9);
 * }
 * }
 *
 * <p>Values are doubles. NaN and the infinities are in no bucket, neither count nor add to the sum,
 * and a snapshot tells how many there were. A sum is kept in two doubles, the second of which has what was rounded off
 * the first: so small values count beside a large sum, in whichever order they came and on whichever slots.
 *
 * <p>Progress: a record ends after a bounded number of steps, under a debugger too. Where another thread adds up
 * what was put down, for a snapshot or for a record, it does not wait, unless that begins at the same moment: it
 * adds to the overflow slot. There threads wait for each other, and for a snapshot that looks at
 * that slot. Without rseq, threads of one stripe wait so. A snapshot waits for others that add up.
 *
 * <p>Memory: about 2 KB for each slot outside of the heap, as far as the slot is used. On the heap about 70 bytes for
 * each slot, and 8 bytes for each bucket; for {@linkplain #exponential exponential} buckets 32 bytes for each of
 * {@code maxBuckets}. That of the buckets is there for each slot that is used, for the overflow slot, and
 * once more. It does not grow with what is recorded. All of it is freed some time after the histogram became unreachable.
 *
 * <p>{@code equals} and {@code hashCode} are those of {@code Object}.
 *
 * @implNote The section is librseq's {@code load_cbne_store_store}, as for a push of a stack.
 *
 * @since 25
 */
// The variable is a position: how many values were ever put down on the slot. They are behind it, each at its position
// modulo CAPACITY. Nobody puts one down at a multiple of CAPACITY but who has the slot's lock, when all before it are
// in the slot's totals. So what is between the position up to which they are and the variable does not change.
public final class PerCpuHistogram extends PerCpuVariable {

    private static final Unsafe U = Unsafe.getUnsafe();

    private static final int MAX_BUCKETS = 1 << 20;

    // Values that a slot has room for, a power of two.
    private static final int CAPACITY = 256;
    private static final int GROUP_BYTES = 64;

    /** How many groups it takes, the variable's included. */
    static final int GROUPS = 1 + CAPACITY * Long.BYTES / GROUP_BYTES;

    // From the variable, which has the exclusive word before it.
    private static final int TO_VALUES = GROUP_BYTES - Long.BYTES;

    // Not static: a static initializer that fails could not be tried again.
    private final Transaction<PerCpuHistogram> recording = new Recording();
    private final Transaction<PerCpuHistogram> goingOn = new GoingOn();
    private final Transaction<Take> taking = new Taking();

    private final ExclusiveUse use;

    // No values are added to it.
    private final HistogramTotals empty;

    // By slot; null where nothing was recorded, but not for the overflow slot. Guarded by the slot's lock.
    @Stable
    private final Part[] parts = new Part[Slots.count()];

    private PerCpuHistogram(HistogramTotals empty) {
        super(HISTOGRAM);
        use = new ExclusiveUse(address);
        this.empty = empty;
        // Initializes what it needs, as VMServices.prepare.
        parts[Slots.overflow()] = new Part(empty.fresh());
        parts[Slots.overflow()].warmUp();
        take(true);
    }

    /**
     * Returns a new histogram with the given bounds of buckets. Each is the greatest value of its
     * bucket. One bucket more has the values above the last.
     *
     * @implNote Cost: a lock for a short time and microseconds, and memory for three sets of buckets. It is meant for
     * histograms that live for a while.
     *
     * @param bounds the bounds, ascending; if there are none, all values are in one bucket
     * @return a new histogram
     * @throws IllegalArgumentException if one is not finite, or not above the one before it
     * @throws OutOfMemoryError         if there is no memory for it, on the heap or outside
     */
    public static PerCpuHistogram withBounds(double... bounds) {
        double[] copy = bounds.clone();
        for (int i = 0; i < copy.length; i++) {
            // Not -0.0, as values.
            copy[i] += 0.0;
            if (!Double.isFinite(copy[i]) || i > 0 && copy[i - 1] >= copy[i]) {
                throw new IllegalArgumentException("Bounds must be finite and ascending: " + copy[i]);
            }
        }
        VMServices.prepare();
        return new PerCpuHistogram(new ExplicitTotals(copy));
    }

    /**
     * Returns a new histogram whose buckets are chosen by the values, as OpenTelemetry's <i>base-2 exponential
     * bucket histogram</i>. At scale {@code s} the bounds are the powers of
     * {@code b = 2^(2^-s)}: bucket {@code i} has the values above {@code b^i}, up to {@code b^(i + 1)}.
     * The scale is the highest at which the values recorded so
     * far fit into {@code maxBuckets} consecutive buckets. It gets lower, never higher, until a
     * {@linkplain #snapshotAndReset() reset}. Negative values have as many buckets, by their
     * absolute values; zeros have one.
     *
     * <p>OpenTelemetry's default is 160 buckets, with which values between 1 and 100 000 have scale 3, and
     * neighbouring bounds are 9% apart. Values between 0 and 2<sup>-1022</sup> are counted as the latter.
     *
     * @implNote Cost: as {@link #withBounds}.
     *
     * @param maxScale   the scale to begin with, from -10 to 8. Prometheus' native histograms have scales from -4
     *                   to 8; with 128 buckets or more, all doubles fit at -4
     * @param maxBuckets how many buckets there are at most for positive values, and for negative ones, from 2 to
     *                   1048576
     * @return a new histogram
     * @throws IllegalArgumentException if an argument is out of range
     * @throws OutOfMemoryError         if there is no memory for it, on the heap or outside
     */
    public static PerCpuHistogram exponential(int maxScale, int maxBuckets) {
        if (maxScale < ExponentialIndex.MIN_SCALE || maxScale > ExponentialIndex.MAX_SCALE) {
            throw new IllegalArgumentException("maxScale must be from " + ExponentialIndex.MIN_SCALE + " to "
                    + ExponentialIndex.MAX_SCALE + ": " + maxScale);
        }
        if (maxBuckets < 2 || maxBuckets > MAX_BUCKETS) {
            throw new IllegalArgumentException("maxBuckets must be from 2 to " + MAX_BUCKETS + ": " + maxBuckets);
        }
        VMServices.prepare();
        return new PerCpuHistogram(new ExponentialTotals(maxScale, maxBuckets));
    }

    /**
     * Records a value.
     *
     * <p>Memory ordering: as with {@linkplain java.lang.invoke.VarHandle#setOpaque opaque} mode. A snapshot that is
     * asked for after this method returned, in the sense of <i>happens before</i>, has the value.
     *
     * @implNote Cost: with rseq, a critical section, about that of
     * {@link PerCpu#weakCompareAndSet(PerCpuLong, int, long, long)}; each 256th record takes a lock and adds up 256
     * values, some nanoseconds each. Without, that of a lock and of an addition.
     *
     * @param value the value
     * @throws OutOfMemoryError   if it is the first one of a slot and there is no memory; it was not recorded then
     * @throws StackOverflowError if there is not stack enough; it was not recorded then
     */
    @ForceInline
    public void record(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int slot = Rseq.usableSlot();
        if (slot >= 0) {
            long position = Slots.getOfCpu(slot, address);
            if ((position & CAPACITY - 1) != 0 && tryRecord(slot, position, bits)) {
                return;
            }
        }
        recording.run(this, bits, 0, 0);
    }

    /**
     * Equivalent to {@code record((double) value)}: a value above 2<sup>53</sup> may be rounded.
     *
     * @param value the value
     * @throws OutOfMemoryError   if it is the first one of a slot and there is no memory; it was not recorded then
     * @throws StackOverflowError if there is not stack enough; it was not recorded then
     */
    @ForceInline
    public void record(long value) {
        record((double) value);
    }

    @ForceInline
    private boolean tryRecord(int slot, long position, long bits) {
        long values = Slots.ofCpu(address, slot) + TO_VALUES;
        return Rseq.loadCbneStoreStoreRelease(this, slot, address, position, place(values, position), bits,
                position + 1) == Rseq.COMMITTED;
    }

    @ForceInline
    private static long place(long values, long position) {
        return values + (position & CAPACITY - 1) * Long.BYTES;
    }

    /**
     * Returns what was recorded, since the histogram was made or {@linkplain #snapshotAndReset() reset}.
     *
     * <p>All is in it that was recorded before. Of what is recorded meanwhile, each value is in it as a
     * whole or not at all. This is no moment: of two values that one thread records meanwhile, the
     * later may be in it and the earlier not, if the thread was moved to another CPU in between, or the later one went
     * to the overflow slot.
     *
     * <p>Memory ordering: none. That a value is in the result says nothing about other memory.
     *
     * @implNote Cost: for each slot that is used, a lock, up to 256 values that are added up, and a load
     * and an addition for each bucket. No fence, and nobody who records is held up.
     *
     * @return what was recorded
     * @throws OutOfMemoryError   if there is no memory; nothing has changed then
     * @throws StackOverflowError if there is not stack enough; nothing has changed then
     */
    public HistogramSnapshot snapshot() {
        return take(false);
    }

    /**
     * Returns what was recorded and forgets it. What is recorded meanwhile is either in the
     * result or remains; each value counts once, also when several threads call this method.
     *
     * <p>Memory ordering: none, as with {@link #snapshot()}.
     *
     * @implNote Cost: as {@link #snapshot()}.
     *
     * @return what was recorded
     * @throws OutOfMemoryError   if there is no memory; nothing has changed then
     * @throws StackOverflowError if there is not stack enough; nothing has changed then
     */
    public HistogramSnapshot snapshotAndReset() {
        return take(true);
    }

    private HistogramSnapshot take(boolean reset) {
        // More than at each slot, so that nothing fails when the first was reset.
        VMServices.ensureStack(2);
        Take take = new Take(this, empty.fresh(), reset ? empty.fresh() : null);
        HistogramSnapshot snapshot = new HistogramSnapshot(take.result);
        for (int slot = 0; slot < parts.length; slot++) {
            if (parts[slot] != null) {
                taking.besideSections(take, slot, 0, 0, 0);
                take.addTaken();
            }
        }
        take.result.complete();
        // Before anybody sees the snapshot.
        U.storeFence();
        Reference.reachabilityFence(this);
        return snapshot;
    }

    /** What was added up on a slot, and up to which position. Guarded by the slot's lock. */
    private static final class Part {

        private HistogramTotals totals;
        private long taken;

        Part(HistogramTotals totals) {
            this.totals = totals;
        }

        // An addition that runs for the first time links fields, in calls of the VM where another thread's exception may
        // arrive: after a value was added, and before it is taken. So nobody's values are the first.
        void warmUp() {
            // Exponential buckets move at the first one, and each is added by itself then.
            addFour(1, 1, 1, 1);
            addFour(1, 1, 1, 1);
            add(Double.NaN, taken);
            totals.clear();
            taken = 0;
        }

        void addUpTo(long position, long values) {
            while (position - taken >= 4) {
                addFour(at(values, taken), at(values, taken + 1), at(values, taken + 2), at(values, taken + 3));
            }
            while (taken != position) {
                add(at(values, taken), taken + 1);
            }
        }

        @ForceInline
        private static double at(long values, long position) {
            return Double.longBitsToDouble(U.getLong(place(values, position)));
        }

        // Where each addition waits for the store of the one before it, this is the shorter way.
        @ForceInline
        private void addFour(double a, double b, double c, double d) {
            HistogramTotals t = totals;
            double sumA = t.sum + a;
            double sumB = sumA + b;
            double sumC = sumB + c;
            double sumD = sumC + d;
            if (!(Math.abs(sumD) <= Double.MAX_VALUE)) {
                addEach(a, b, c, d);
                return;
            }
            double rest = t.rest + (HistogramTotals.rounded(t.sum, a, sumA) + HistogramTotals.rounded(sumA, b, sumB))
                    + (HistogramTotals.rounded(sumB, c, sumC) + HistogramTotals.rounded(sumC, d, sumD));
            int exchanges = t.exchanges;
            int indexA = t.index(a);
            int indexB = t.index(b);
            int indexC = t.index(c);
            int indexD = t.index(d);
            if (exchanges != t.exchanges) {
                // An index is no longer right.
                addEach(a, b, c, d);
                return;
            }
            long[] counts = t.counts;
            double min = t.min;
            double max = t.max;
            min = a < min ? a : min;
            min = b < min ? b : min;
            min = c < min ? c : min;
            min = d < min ? d : min;
            max = a > max ? a : max;
            max = b > max ? b : max;
            max = c > max ? c : max;
            max = d > max ? d : max;
            // From here on no calls and no jumps, as in add.
            counts[indexA]++;
            counts[indexB]++;
            counts[indexC]++;
            counts[indexD]++;
            t.sum = sumD;
            t.rest = rest;
            t.min = min;
            t.max = max;
            taken += 4;
        }

        private void addEach(double a, double b, double c, double d) {
            add(a, taken + 1);
            add(b, taken + 1);
            add(c, taken + 1);
            add(d, taken + 1);
        }

        // Wherever an exception comes from, the value is added and taken, or neither.
        void add(double x, long next) {
            HistogramTotals t = totals;
            if (!(Math.abs(x) <= Double.MAX_VALUE)) {
                t.notFinite++;
                taken = next;
                return;
            }
            int i = t.index(x);
            long[] counts = t.counts;
            double sum = t.sum + x;
            double rest = t.rest + HistogramTotals.rounded(t.sum, x, sum);
            double min = x < t.min ? x : t.min;
            double max = x > t.max ? x : t.max;
            // From here on no calls and no jumps: at a jump, too, the interpreter throws what another thread sent.
            counts[i]++;
            t.sum = sum;
            t.rest = rest;
            t.min = min;
            t.max = max;
            taken = next;
        }
    }

    // Under the slot's lock.
    private Part part(int slot) {
        Part part = parts[slot];
        if (part == null) {
            part = new Part(empty.fresh());
            parts[slot] = part;
        }
        return part;
    }

    private static final class Recording extends Transaction<PerCpuHistogram> {

        Recording() {
            super(false);
        }

        @Override
        protected ExclusiveUse use(PerCpuHistogram histogram) {
            return histogram.use;
        }

        @Override
        protected boolean isPossible(PerCpuHistogram histogram, int slot, long bits) {
            return true;
        }

        @Override
        protected long attempt(PerCpuHistogram histogram, int slot, long bits, long b, long c) {
            long position = Slots.getOfCpu(slot, histogram.address);
            if ((position & CAPACITY - 1) == 0) {
                return histogram.goingOn.besideSectionsIfFree(histogram, slot, bits, 0, 0);
            }
            return histogram.tryRecord(slot, position, bits) ? DONE : AGAIN;
        }

        // On the slow slot, where no values are put down.
        @Override
        protected long plainly(PerCpuHistogram histogram, int slot, long bits, long b, long c) {
            Part part = histogram.part(slot);
            part.add(Double.longBitsToDouble(bits), part.taken);
            return DONE;
        }
    }

    private long positionOf(int slot) {
        return Slots.get(slot, pinnedAddress());
    }

    private Part addUp(int slot) {
        Part part = part(slot);
        part.addUpTo(positionOf(slot), Slots.address(pinnedAddress(), slot) + TO_VALUES);
        return part;
    }

    /** Passes a multiple of the capacity. */
    private static final class GoingOn extends Transaction<PerCpuHistogram> {

        GoingOn() {
            super(false);
        }

        @Override
        protected ExclusiveUse use(PerCpuHistogram histogram) {
            return histogram.use;
        }

        @Override
        protected boolean isPossible(PerCpuHistogram histogram, int slot, long bits) {
            return true;
        }

        @Override
        protected long plainly(PerCpuHistogram histogram, int slot, long bits, long b, long c) {
            Part part = histogram.addUp(slot);
            long position = part.taken;
            return (position & CAPACITY - 1) == 0 && histogram.tryRecord(slot, position, bits) ? DONE : AGAIN;
        }
    }

    /** A snapshot in the making. */
    private static final class Take {

        private final PerCpuHistogram histogram;
        private final HistogramTotals result;

        // To be exchanged for a slot's. Null without a reset.
        private HistogramTotals exchanged;

        Take(PerCpuHistogram histogram, HistogramTotals result, HistogramTotals exchanged) {
            this.histogram = histogram;
            this.result = result;
            this.exchanged = exchanged;
        }

        void takeFrom(Part part) {
            if (exchanged == null) {
                result.add(part.totals);
            } else {
                HistogramTotals totals = part.totals;
                part.totals = exchanged;
                exchanged = totals;
            }
        }

        // Under no lock.
        void addTaken() {
            if (exchanged != null) {
                result.add(exchanged);
                exchanged.clear();
            }
        }
    }

    private static final class Taking extends Transaction<Take> {

        Taking() {
            super(false);
        }

        @Override
        protected ExclusiveUse use(Take take) {
            return take.histogram.use;
        }

        @Override
        protected boolean isPossible(Take take, int slot, long a) {
            return true;
        }

        @Override
        protected long plainly(Take take, int slot, long a, long b, long c) {
            take.takeFrom(take.histogram.addUp(slot));
            return DONE;
        }
    }
}
