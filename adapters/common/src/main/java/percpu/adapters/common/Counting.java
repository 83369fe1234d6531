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

package percpu.adapters.common;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes what adapters count with: types of the module {@code jdk.incubator.percpu} if this process can use them, else
 * those of {@code java.util.concurrent}, as the libraries do. That is decided once, when this class is initialized.
 * Pools and histograms, which else are the libraries' own, are decided on when the first of them is made.
 *
 * <p>They can be used if the module is in the boot layer ({@code --add-modules jdk.incubator.percpu}, on a JDK that has
 * it), the process has restartable sequences, and the module is one that this jar was made for.
 */
public final class Counting {

    private static final String MODULE = "jdk.incubator.percpu";

    private static final Decision DECISION =
            decide(ModuleLayer.boot().findModule(MODULE).isPresent(), Counting::loadPerCpu);

    private Counting() {}

    // Decided when the first pool is made: to try one out costs more than the rest.
    private static final class Pools {
        static final Provider PROVIDER = decideOnPools(DECISION.provider);
    }

    private static final class Distributions {
        static final Provider PROVIDER = decideOnDistributions(DECISION.provider);
    }

    /**
     * Tells whether this process counts per CPU.
     *
     * @return false if it counts with {@code java.util.concurrent}
     */
    public static boolean isPerCpu() {
        return DECISION.perCpu;
    }

    /**
     * Says what this process counts with and why, for people.
     *
     * @return one line
     */
    public static String explanation() {
        return DECISION.explanation;
    }

    /**
     * Makes a sum of longs, initially zero. If there is no memory for it per CPU, it is another.
     *
     * @return the sum
     */
    public static LongSum longSum() {
        return longSum(DECISION.provider);
    }

    /**
     * Makes a sum of doubles, initially zero. If there is no memory for it per CPU, it is another.
     *
     * @return the sum
     */
    public static DoubleSum doubleSum() {
        return doubleSum(DECISION.provider);
    }

    /**
     * Makes sums of longs, initially zero. If there is no memory for them per CPU, they are others.
     *
     * @param length how many
     * @return the sums
     * @throws NegativeArraySizeException if that is negative
     */
    public static LongSums longSums(int length) {
        return longSums(DECISION.provider, length);
    }

    /**
     * Makes a pool, which has no objects yet.
     *
     * @param <E>            the type of the objects
     * @param factory        makes an object for the entry that it is given, in several threads at the same time
     * @param slotCapacity   how many objects are kept for each CPU
     * @param sharedCapacity how many more are kept for all
     * @param onDrop         what is called for each object that is not kept any longer
     * @return the pool; empty if this process has none per CPU, or no memory for it: then the library's own is to be
     *         used
     * @throws IllegalArgumentException if the capacity of a slot is not positive, or the other is negative
     */
    public static <E> Optional<Pool<E>> pool(Function<Object, E> factory, int slotCapacity, int sharedCapacity,
            Consumer<E> onDrop) {
        if (slotCapacity <= 0 || sharedCapacity < 0) {
            throw new IllegalArgumentException("slotCapacity must be positive, sharedCapacity not negative: "
                    + slotCapacity + ", " + sharedCapacity);
        }
        return pool(Pools.PROVIDER, factory, slotCapacity, sharedCapacity, onDrop);
    }

    /**
     * Makes a histogram with these bounds of buckets, which has no values yet. Each is the greatest value of its
     * bucket.
     *
     * @param bounds the bounds, ascending
     * @return the histogram; empty if this process has none per CPU, or no memory for it: then the library's own is to
     *         be used
     * @throws IllegalArgumentException if one is not finite, or not above the one before it. That is not thrown where
     *         the result is empty
     */
    public static Optional<Distribution> distribution(double... bounds) {
        return distribution(Distributions.PROVIDER, bounds);
    }

    /**
     * Makes a histogram with exponential buckets, which has no values yet. Its scale is the highest at which the values
     * fit into that many buckets.
     *
     * @param maxScale   the scale to begin with, from -10 to 8
     * @param maxBuckets how many buckets there are at most for positive values, and as many for negative ones
     * @return the histogram; empty if this process has none per CPU, or no memory for it: then the library's own is to
     *         be used
     * @throws IllegalArgumentException if an argument is out of range. That is not thrown where the result is empty
     */
    public static Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets) {
        return exponentialDistribution(Distributions.PROVIDER, maxScale, maxBuckets);
    }

    static LongSum longSum(Provider provider) {
        try {
            return provider.longSum();
        } catch (OutOfMemoryError e) {
            return new StockProvider().longSum();
        }
    }

    static DoubleSum doubleSum(Provider provider) {
        try {
            return provider.doubleSum();
        } catch (OutOfMemoryError e) {
            return new StockProvider().doubleSum();
        }
    }

    static LongSums longSums(Provider provider, int length) {
        try {
            return provider.longSums(length);
        } catch (OutOfMemoryError e) {
            return new StockProvider().longSums(length);
        }
    }

    static <E> Optional<Pool<E>> pool(Provider provider, Function<Object, E> factory, int slotCapacity,
            int sharedCapacity, Consumer<E> onDrop) {
        try {
            return provider.pool(factory, slotCapacity, sharedCapacity, onDrop);
        } catch (OutOfMemoryError e) {
            return Optional.empty();
        }
    }

    static Optional<Distribution> distribution(Provider provider, double... bounds) {
        try {
            return provider.distribution(bounds);
        } catch (OutOfMemoryError e) {
            return Optional.empty();
        }
    }

    static Optional<Distribution> exponentialDistribution(Provider provider, int maxScale, int maxBuckets) {
        try {
            return provider.exponentialDistribution(maxScale, maxBuckets);
        } catch (OutOfMemoryError e) {
            return Optional.empty();
        }
    }

    // The only class that refers to the module.
    private static Provider loadPerCpu() throws ReflectiveOperationException {
        Class<?> type = Class.forName(Counting.class.getPackageName() + ".PerCpuProvider");
        return (Provider) type.getDeclaredConstructor().newInstance();
    }

    static Decision decide(boolean hasModule, Loader perCpu) {
        if (!hasModule) {
            return stock("there is no module " + MODULE + " in the boot layer (--add-modules " + MODULE + ")");
        }
        try {
            Provider provider = perCpu.load();
            if (!provider.isSupported()) {
                return stock("this process has no restartable sequences");
            }
            tryOut(provider);
            return new Decision(provider, true, "counting per CPU");
        } catch (ReflectiveOperationException | RuntimeException | LinkageError | VirtualMachineError e) {
            // A module of another version may throw anything; the first use may be where there is little stack.
            return stock(e.toString());
        }
    }

    private static Decision stock(String why) {
        return new Decision(new StockProvider(), false, "counting with java.util.concurrent: " + why);
    }

    // A module of another version may lack what is linked at the first call only.
    private static void tryOut(Provider provider) {
        LongSum longs = provider.longSum();
        longs.add(1);
        DoubleSum doubles = provider.doubleSum();
        doubles.add(1.0);
        LongSums several = provider.longSums(1);
        several.add(0, 1);
        if (longs.sum() != 1 || doubles.sum() != 1.0 || several.sum(0) != 1 || several.sums()[0] != 1) {
            throw new LinkageError("it does not count");
        }
    }

    /** Answers who makes pools: that provider, if its pools work. */
    static Provider decideOnPools(Provider provider) {
        try {
            provider.pool(entry -> entry, 1, 1, dropped -> {}).ifPresent(Counting::tryOut);
            return provider;
        } catch (RuntimeException | LinkageError | VirtualMachineError e) {
            return new StockProvider();
        }
    }

    private static void tryOut(Pool<Object> pool) {
        pool.release(pool.acquire());
        long kept = pool.size();
        long cleared = pool.clear();
        Pool.Statistics all = pool.statistics();
        pool.trim();
        pool.close();
        if (kept != 1 || cleared != 1 || pool.capacity() <= 0 || all.acquired() != 1 || all.outstanding() != 0) {
            throw new LinkageError("it does not pool");
        }
    }

    /** Answers who makes histograms: that provider, if its histograms work. */
    static Provider decideOnDistributions(Provider provider) {
        try {
            provider.distribution(1.0).ifPresent(distribution -> {
                distribution.record(0.5);
                Distribution.Snapshot all = distribution.snapshot();
                Distribution.Snapshot taken = distribution.snapshotAndReset();
                if (all.counts()[0] != 1 || taken.sum() != 0.5) {
                    throw new LinkageError("it does not record");
                }
            });
            provider.exponentialDistribution(8, 2).ifPresent(distribution -> {
                distribution.record(0);
                if (distribution.snapshot().exponential().zeros() != 1) {
                    throw new LinkageError("it does not record");
                }
            });
            return provider;
        } catch (RuntimeException | LinkageError | VirtualMachineError e) {
            return new StockProvider();
        }
    }

    interface Loader {
        Provider load() throws ReflectiveOperationException;
    }

    record Decision(Provider provider, boolean perCpu, String explanation) {}
}
