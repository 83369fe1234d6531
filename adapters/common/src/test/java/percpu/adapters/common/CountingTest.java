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

package percpu.adapters.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counting.Decision;

/** What is counted with, and when. run.sh says what is to be expected of this process: percpu, module or stock. */
class CountingTest {

    private static final String EXPECTED = System.getProperty("percpu.adapters.expected");

    @Test
    void decidesAsExpected() {
        assertNotNull(EXPECTED, "run.sh says what is expected");
        assertEquals(EXPECTED.equals("percpu"), Counting.isPerCpu(), Counting.explanation());
        for (Object sum : List.of(Counting.longSum(), Counting.doubleSum(), Counting.longSums(1))) {
            assertEquals(EXPECTED.equals("percpu") ? "PerCpuProvider" : "StockProvider",
                    sum.getClass().getEnclosingClass().getSimpleName());
        }
        assertEquals(EXPECTED.equals("percpu"), Counting.pool(entry -> entry, 1, 1, dropped -> {}).isPresent());
        assertEquals(EXPECTED.equals("percpu"), Counting.distribution(1).isPresent());
        assertEquals(EXPECTED.equals("percpu"), Counting.exponentialDistribution(5, 160).isPresent());
    }

    @Test
    void explains() {
        String why = switch (EXPECTED) {
            case "percpu" -> "counting per CPU";
            case "module" -> "counting with java.util.concurrent: this process has no restartable sequences";
            default -> "counting with java.util.concurrent: there is no module jdk.incubator.percpu in the boot layer"
                    + " (--add-modules jdk.incubator.percpu)";
        };
        assertEquals(why, Counting.explanation());
    }

    @Test
    void loadsNothingWithoutTheModule() {
        Decision decision = Counting.decide(false, () -> {
            throw new AssertionError("loaded");
        });
        assertFalse(decision.perCpu());
    }

    @Test
    void aProviderThatWorksIsTaken() {
        Provider provider = new StockProvider();
        Decision decision = Counting.decide(true, () -> provider);
        assertTrue(decision.perCpu());
        assertEquals(provider, decision.provider());
    }

    @Test
    void aProviderThatIsNotSupportedIsNotTaken() {
        assertStock(Counting.decide(true, () -> new Broken(false, null)), "this process has no restartable sequences");
    }

    @Test
    void aJarWithoutTheClass() {
        assertStock(Counting.decide(true, () -> {
            throw new ClassNotFoundException("PerCpuProvider");
        }), "PerCpuProvider");
    }

    @Test
    void aModuleThatLacksAMethod() {
        assertStock(Counting.decide(true, () -> new Broken(true, new NoSuchMethodError("add"))), "add");
    }

    @Test
    void aModuleThatThrows() {
        assertStock(Counting.decide(true, () -> {
            throw new IllegalStateException("another version");
        }), "another version");
        assertStock(Counting.decide(true, () -> {
            throw new StackOverflowError("no stack");
        }), "no stack");
    }

    @Test
    void aModuleThatDoesNotCount() {
        assertStock(Counting.decide(true, () -> new Broken(true, null)), "it does not count");
    }

    @Test
    void aModuleWhosePoolLacksAMethod() {
        assertCountsOnly(new BrokenPool(new NoSuchMethodError("release")));
    }

    @Test
    void aModuleThatDoesNotPool() {
        assertCountsOnly(new BrokenPool(null));
    }

    @Test
    void aModuleWhoseHistogramLacksAMethod() {
        assertHasNoHistogram(new BrokenHistogram(new NoSuchMethodError("record")));
    }

    @Test
    void aModuleThatDoesNotRecord() {
        assertHasNoHistogram(new BrokenHistogram(null));
    }

    @Test
    void aModuleWhoseExponentialHistogramLacksAMethod() {
        assertHasNoHistogram(new Stock() {
            @Override
            public Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets) {
                return new BrokenHistogram(new NoSuchMethodError("zeroCount"))
                        .exponentialDistribution(maxScale, maxBuckets);
            }
        });
    }

    @Test
    void noMemoryForTheTrialOfOthers() {
        assertEquals(StockProvider.class, Counting.decideOnPools(new NoMemory()).getClass());
        assertEquals(StockProvider.class, Counting.decideOnDistributions(new NoMemory()).getClass());
    }

    @Test
    void noMemoryForTheTrial() {
        assertStock(Counting.decide(true, NoMemory::new), "none left");
    }

    @Test
    void noMemoryForOne() {
        LongSum longs = Counting.longSum(new NoMemory());
        longs.add(2);
        assertEquals(2, longs.sum());
        DoubleSum doubles = Counting.doubleSum(new NoMemory());
        doubles.add(1.5);
        assertEquals(1.5, doubles.sum());
        LongSums several = Counting.longSums(new NoMemory(), 2);
        several.add(1, 3);
        assertEquals(3, several.sum(1));
        assertFalse(Counting.pool(new NoMemory(), entry -> entry, 1, 1, dropped -> {}).isPresent());
        assertFalse(Counting.distribution(new NoMemory(), 1).isPresent());
        assertFalse(Counting.exponentialDistribution(new NoMemory(), 5, 160).isPresent());
    }

    private static void assertStock(Decision decision, String why) {
        assertFalse(decision.perCpu());
        assertEquals(StockProvider.class, decision.provider().getClass());
        assertTrue(decision.explanation().endsWith(why), decision.explanation());
    }

    private static void assertCountsOnly(Provider provider) {
        assertEquals(provider, Counting.decide(true, () -> provider).provider());
        assertEquals(StockProvider.class, Counting.decideOnPools(provider).getClass());
    }

    private static void assertHasNoHistogram(Provider provider) {
        assertEquals(provider, Counting.decide(true, () -> provider).provider());
        assertEquals(provider, Counting.decideOnPools(provider));
        assertEquals(StockProvider.class, Counting.decideOnDistributions(provider).getClass());
    }

    /** Counts as the libraries do. Those below lack something. */
    private static class Stock implements Provider {
        private final Provider provider = new StockProvider();

        @Override
        public boolean isSupported() {
            return provider.isSupported();
        }

        @Override
        public LongSum longSum() {
            return provider.longSum();
        }

        @Override
        public DoubleSum doubleSum() {
            return provider.doubleSum();
        }

        @Override
        public LongSums longSums(int length) {
            return provider.longSums(length);
        }

        @Override
        public <E> Optional<Pool<E>> pool(Function<Object, E> factory, int slotCapacity, int sharedCapacity,
                Consumer<E> onDrop) {
            return provider.pool(factory, slotCapacity, sharedCapacity, onDrop);
        }

        @Override
        public Optional<Distribution> distribution(double... bounds) {
            return provider.distribution(bounds);
        }

        @Override
        public Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets) {
            return provider.exponentialDistribution(maxScale, maxBuckets);
        }
    }

    /** Fails when something is added, or forgets it. */
    private static final class Broken extends Stock {
        private final boolean supported;
        private final LinkageError error;

        Broken(boolean supported, LinkageError error) {
            this.supported = supported;
            this.error = error;
        }

        @Override
        public boolean isSupported() {
            return supported;
        }

        @Override
        public LongSum longSum() {
            return new LongSum() {
                @Override
                public void add(long x) {
                    if (error != null) {
                        throw error;
                    }
                }

                @Override
                public long sum() {
                    return 0;
                }
            };
        }
    }

    /** Fails when an object is released, or forgets it. */
    private static final class BrokenPool extends Stock {
        private final LinkageError error;

        BrokenPool(LinkageError error) {
            this.error = error;
        }

        @Override
        public <E> Optional<Pool<E>> pool(Function<Object, E> factory, int slotCapacity, int sharedCapacity,
                Consumer<E> onDrop) {
            return Optional.of(new Pool<E>() {
                @Override
                public E acquire() {
                    return factory.apply(this);
                }

                @Override
                public void release(Object entry) {
                    if (error != null) {
                        throw error;
                    }
                }

                @Override
                public long trim() {
                    return 0;
                }

                @Override
                public long clear() {
                    return 0;
                }

                @Override
                public void close() {}

                @Override
                public long size() {
                    return 0;
                }

                @Override
                public long capacity() {
                    return 2;
                }

                @Override
                public Statistics statistics() {
                    return new Statistics(1, 1, 1, 0, 0);
                }
            });
        }
    }

    /** Fails when a value is recorded, or forgets it. */
    private static final class BrokenHistogram extends Stock {
        private final LinkageError error;

        BrokenHistogram(LinkageError error) {
            this.error = error;
        }

        @Override
        public Optional<Distribution> distribution(double... bounds) {
            return Optional.of(new Forgetful(bounds.length + 1));
        }

        @Override
        public Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets) {
            return Optional.of(new Forgetful(1));
        }

        private final class Forgetful implements Distribution {
            private final int buckets;

            Forgetful(int buckets) {
                this.buckets = buckets;
            }

            @Override
            public void record(double value) {
                if (error != null) {
                    throw error;
                }
            }

            @Override
            public Snapshot snapshot() {
                return new Snapshot() {
                    @Override
                    public long[] counts() {
                        return new long[buckets];
                    }

                    @Override
                    public double sum() {
                        return 0;
                    }

                    @Override
                    public Exponential exponential() {
                        return new Exponential(0, 0, 0, new long[0], 0, new long[0]);
                    }
                };
            }

            @Override
            public Snapshot snapshotAndReset() {
                return snapshot();
            }
        }
    }

    private static final class NoMemory extends Stock {
        @Override
        public LongSum longSum() {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public DoubleSum doubleSum() {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public LongSums longSums(int length) {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public <E> Optional<Pool<E>> pool(Function<Object, E> factory, int slotCapacity, int sharedCapacity,
                Consumer<E> onDrop) {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public Optional<Distribution> distribution(double... bounds) {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets) {
            throw new OutOfMemoryError("none left");
        }
    }
}
