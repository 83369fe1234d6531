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


import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;

/**
 * Counts the words in all files below a folder with three kinds of counter, one after the
 * other on each batch of files: PerCpuCounter, LongAdder and AtomicLong. Only the counting
 * is timed. All three must come to the same totals.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/SourceCensus.java [folder]
 * </pre>
 */
public final class SourceCensus {

    // Words beyond so many different ones share counter 0.
    private static final int COUNTERS = 8192;
    private static final int TOTAL = COUNTERS;     // number of one more
    private static final long MAX_FILE = 4 << 20;
    private static final int BATCH = 1500;         // files
    private static final int WARM_UP = 2;          // batches that are not timed
    private static final Pattern NO_WORD = Pattern.compile("[^\\p{Alnum}_$]+");

    /** Counters of one kind. Each class has its own loop, so that the compiler sees one kind in it. */
    private abstract static class Census {
        private long nanos;

        /** Counts each word twice: in a total, which all threads want, and in its own counter. */
        abstract void count(int[] words);

        abstract long value(int counter);
    }

    private static final class PerCpuCounters extends Census {
        private final PerCpuCounter[] counters =
                Stream.generate(PerCpuCounter::new).limit(TOTAL + 1).toArray(PerCpuCounter[]::new);

        @Override
        void count(int[] words) {
            PerCpuCounter total = counters[TOTAL];
            for (int word : words) {
                total.increment();
                counters[word].increment();
            }
        }

        @Override
        long value(int counter) {
            return counters[counter].sum();
        }
    }

    private static final class LongAdders extends Census {
        private final LongAdder[] counters =
                Stream.generate(LongAdder::new).limit(TOTAL + 1).toArray(LongAdder[]::new);

        @Override
        void count(int[] words) {
            LongAdder total = counters[TOTAL];
            for (int word : words) {
                total.increment();
                counters[word].increment();
            }
        }

        @Override
        long value(int counter) {
            return counters[counter].sum();
        }
    }

    private static final class AtomicLongs extends Census {
        private final AtomicLong[] counters =
                Stream.generate(AtomicLong::new).limit(TOTAL + 1).toArray(AtomicLong[]::new);

        @Override
        void count(int[] words) {
            AtomicLong total = counters[TOTAL];
            for (int word : words) {
                total.incrementAndGet();
                counters[word].incrementAndGet();
            }
        }

        @Override
        long value(int counter) {
            return counters[counter].get();
        }
    }

    private static final ConcurrentHashMap<String, Integer> NUMBERS = new ConcurrentHashMap<>();
    private static final AtomicInteger NEXT_NUMBER = new AtomicInteger(1);

    private static int number(String word) {
        return NEXT_NUMBER.get() == COUNTERS ? NUMBERS.getOrDefault(word, 0) : NUMBERS.computeIfAbsent(word,
                w -> NEXT_NUMBER.getAndUpdate(next -> Math.min(next + 1, COUNTERS)) % COUNTERS);
    }

    private static int[] words(Path file) throws IOException {
        return NO_WORD.splitAsStream(Files.readString(file, StandardCharsets.ISO_8859_1))
                .filter(word -> !word.isEmpty()).mapToInt(SourceCensus::number).toArray();
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args.length > 0 ? args[0] : "build/source");
        List<Census> kinds = List.of(new PerCpuCounters(), new LongAdders(), new AtomicLongs());
        List<Census> order = new ArrayList<>(kinds);
        List<Path> files;
        try (Stream<Path> found = Files.find(folder, Integer.MAX_VALUE, (path, attributes) ->
                attributes.isRegularFile() && attributes.size() <= MAX_FILE && !path.toString().contains("/."))) {
            files = found.sorted().toList();
        }
        long timed = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int from = 0; from < files.size(); from += BATCH) {
                int to = Math.min(from + BATCH, files.size());
                List<int[]> texts = results(threads.invokeAll(
                        files.subList(from, to).stream().<Callable<int[]>>map(file -> () -> words(file)).toList()));
                boolean warm = from >= WARM_UP * BATCH;
                timed += warm ? texts.stream().mapToLong(words -> words.length).sum() : 0;
                // Another one is the first each time.
                order.add(order.removeFirst());
                for (Census kind : order) {
                    long start = System.nanoTime();
                    results(threads.invokeAll(
                            texts.stream().map(words -> Executors.callable(() -> kind.count(words))).toList()));
                    kind.nanos += warm ? System.nanoTime() - start : 0;
                }
                System.err.printf("%d of %d files%n", to, files.size());
            }
        }
        report(kinds, timed);
    }

    private static <T> List<T> results(List<Future<T>> futures) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get());
        }
        return results;
    }

    private static void report(List<Census> kinds, long timed) {
        Census first = kinds.getFirst();
        String[] names = new String[COUNTERS];
        NUMBERS.forEach((word, number) -> names[number] = word);
        System.out.println(first.value(TOTAL) + " words. The most frequent:");
        IntStream.range(1, COUNTERS).boxed().sorted(Comparator.comparingLong(word -> -first.value(word))).limit(10)
                .forEach(word -> System.out.printf("%12d  %s%n", first.value(word), names[word]));
        System.out.println("Time of an update, of which each word is two (rseq: " + PerCpu.isSupported() + "):");
        for (Census kind : kinds) {
            for (int counter = 0; counter <= TOTAL; counter++) {
                if (kind.value(counter) != first.value(counter)) {
                    throw new AssertionError(kind.value(counter) + " instead of " + first.value(counter));
                }
            }
            System.out.printf("%-14s %6.2f ns%n", kind.getClass().getSimpleName(),
                    (double) kind.nanos * Runtime.getRuntime().availableProcessors() / Math.max(1, 2 * timed));
        }
        System.out.println("All three have the same totals.");
    }
}
