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
 * @summary counters of three kinds that virtual threads count real text with come to the same totals
 * @requires os.family == "linux"
 * @modules jdk.incubator.percpu java.management
 * @run main/othervm CountersCompared
 */

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import javax.management.ObjectName;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;

/**
 * Counts lines, words and characters per file type, and how often each frequent
 * word occurs, in all text files below a folder. Virtual threads count into
 * shared counters: once into PerCpuCounters, once into LongAdders, once into
 * AtomicLongs. All three must come to the same totals.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu jtreg-tests/examples/CountersCompared.java [folder]
 * </pre>
 *
 * A line ends with a newline or with the file. A word is a run of ASCII letters,
 * digits, '_', '$' and all non-ASCII bytes. Characters are UTF-8 code points,
 * newlines included. Symbolic links and folders that start with a dot are left out.
 *
 * <p>The files are read in batches. For each batch, virtual threads first read the
 * files and split them into tokens. Then each kind of counter gets the tokens, one
 * kind after the other in an order that rotates from batch to batch, and only
 * that is timed: the loops over tokens in memory that update counters.
 */
public final class CountersCompared {

    static final int DICTIONARY = 8192;            // word counters; 0 is for all words not in the dictionary
    static final int SAMPLED_FILES = 4000;         // about as many files choose the dictionary
    static final int IN_FLIGHT = 64;               // files being read at a time
    static final long MAX_FILE = 64 << 20;
    static final long MIN_BATCH = 1 << 20;
    static final long MAX_BATCH = 32 << 20;
    static final int BATCHES = 24;                 // as many, where their size allows it
    static final int GROUP = 50_000;               // tokens for one counting thread
    static final long WARM_UP = 500_000_000;       // nanoseconds for each kind of counter

    static final int LINES = 0;                    // counter i of a type is number 3 * type + i
    static final int WORDS = 1;
    static final int CHARACTERS = 2;

    /** A file to count. */
    record Source(Path path, int type, long size) {}

    /** What became of a file: tokens, or the reason why there are none. */
    record Result(Tokens tokens, Skipped skipped, IOException problem) {}

    enum Skipped { BINARY, TOO_LARGE, UNREADABLE }

    /** Something the program stops at, told to the user without a stack trace. */
    static final class Trouble extends Exception {
        private static final long serialVersionUID = 1L;
        final int exitCode;

        Trouble(int exitCode, String message) {
            super(message);
            this.exitCode = exitCode;
        }
    }

    // --- Splitting

    interface Sink {
        void word(byte[] text, int from, int to, long hash);

        void line(int characters);
    }

    static final boolean[] WORD_BYTE = new boolean[256];
    static {
        for (int b = 0; b < 256; b++) {
            WORD_BYTE[b] = b >= 128 || Character.isLetterOrDigit(b) || b == '_' || b == '$';
        }
    }

    /** Splits a text into words and lines. A word has a 64-bit hash and is known by it. */
    static void split(byte[] text, Sink sink) {
        int characters = 0;
        int i = 0;
        while (i < text.length) {
            int from = i;
            long hash = 0xcbf29ce484222325L;
            while (i < text.length && WORD_BYTE[text[i] & 0xff]) {
                byte b = text[i++];
                hash = (hash ^ b) * 0x100000001b3L;
                if ((b & 0xc0) != 0x80) {
                    characters++;
                }
            }
            if (i > from) {
                sink.word(text, from, i, hash);
            } else {
                characters++;
                if (text[i++] == '\n') {
                    sink.line(characters);
                    characters = 0;
                }
            }
        }
        if (characters > 0) {
            sink.line(characters);
        }
    }

    /** The words that have a counter of their own. */
    static final class Dictionary {
        final String[] words;
        private final long[] hashes = new long[DICTIONARY * 4];
        private final int[] ids = new int[DICTIONARY * 4];

        /** Takes the most frequent words of a sample. */
        Dictionary(Map<Long, Sample> samples) {
            List<Map.Entry<Long, Sample>> sorted = new ArrayList<>(samples.entrySet());
            sorted.sort(Comparator.comparingLong((Map.Entry<Long, Sample> e) -> -e.getValue().count.sum())
                    .thenComparing(e -> e.getValue().word));
            int size = Math.min(DICTIONARY, sorted.size() + 1);
            words = new String[size];
            words[0] = "(all others)";
            for (int id = 1; id < size; id++) {
                long hash = sorted.get(id - 1).getKey();
                int at = slotOf(hash);
                hashes[at] = hash;
                ids[at] = id;
                words[id] = sorted.get(id - 1).getValue().word;
            }
        }

        private int slotOf(long hash) {
            int at = (int) (hash >>> 32) & (hashes.length - 1);
            while (ids[at] != 0 && hashes[at] != hash) {
                at = (at + 1) & (hashes.length - 1);
            }
            return at;
        }

        /** The counter of a word. */
        int id(long hash) {
            return ids[slotOf(hash)];
        }
    }

    /** How often a word occurs in the sampled files. */
    record Sample(String word, LongAdder count) {
        Sample(String word) {
            this(word, new LongAdder());
        }
    }

    /** A file, split: a number of the dictionary for a word, and ~characters for a line. */
    static final class Tokens implements Sink {
        final int type;
        private final Dictionary dictionary;
        int[] tokens;
        int length;

        Tokens(Source source, byte[] text, Dictionary dictionary) {
            type = source.type;
            this.dictionary = dictionary;
            tokens = new int[text.length / 5 + 8];
            split(text, this);
        }

        private void put(int token) {
            if (length == tokens.length) {
                tokens = Arrays.copyOf(tokens, length * 2);
            }
            tokens[length++] = token;
        }

        @Override
        public void word(byte[] text, int from, int to, long hash) {
            put(dictionary.id(hash));
        }

        @Override
        public void line(int characters) {
            put(~characters);
        }
    }

    // --- Counting

    /**
     * The counters of one kind: three for each file type, then one for each word
     * of the dictionary. Each subclass has its own copy of the loop, so that the
     * compiler sees one class of counter in it.
     */
    abstract static class Census {
        final String name;
        final int firstWord;
        long nanos;

        Census(String name, int types) {
            this.name = name;
            firstWord = 3 * types;
        }

        abstract void count(Tokens file);

        abstract long value(int counter);
    }

    static final class PerCpuCensus extends Census {
        private final PerCpuCounter[] counters;
        private final PerCpuLong updates = new PerCpuLong();

        PerCpuCensus(int types, int words) {
            super("PerCpuCounter", types);
            counters = new PerCpuCounter[firstWord + words];
            Arrays.setAll(counters, i -> new PerCpuCounter());
        }

        @Override
        void count(Tokens file) {
            PerCpuCounter lines = counters[3 * file.type + LINES];
            PerCpuCounter words = counters[3 * file.type + WORDS];
            PerCpuCounter characters = counters[3 * file.type + CHARACTERS];
            int[] tokens = file.tokens;
            for (int i = 0; i < file.length; i++) {
                int token = tokens[i];
                if (token >= 0) {
                    words.increment();
                    counters[firstWord + token].increment();
                } else {
                    lines.increment();
                    characters.add(~token);
                }
            }
            PerCpu.add(updates, 2L * file.length);
        }

        @Override
        long value(int counter) {
            return counters[counter].sum();
        }
    }

    static final class LongAdderCensus extends Census {
        private final LongAdder[] counters;

        LongAdderCensus(int types, int words) {
            super("LongAdder", types);
            counters = new LongAdder[firstWord + words];
            Arrays.setAll(counters, i -> new LongAdder());
        }

        @Override
        void count(Tokens file) {
            LongAdder lines = counters[3 * file.type + LINES];
            LongAdder words = counters[3 * file.type + WORDS];
            LongAdder characters = counters[3 * file.type + CHARACTERS];
            int[] tokens = file.tokens;
            for (int i = 0; i < file.length; i++) {
                int token = tokens[i];
                if (token >= 0) {
                    words.increment();
                    counters[firstWord + token].increment();
                } else {
                    lines.increment();
                    characters.add(~token);
                }
            }
        }

        @Override
        long value(int counter) {
            return counters[counter].sum();
        }
    }

    static final class AtomicLongCensus extends Census {
        private final AtomicLong[] counters;

        AtomicLongCensus(int types, int words) {
            super("AtomicLong", types);
            counters = new AtomicLong[firstWord + words];
            Arrays.setAll(counters, i -> new AtomicLong());
        }

        @Override
        void count(Tokens file) {
            AtomicLong lines = counters[3 * file.type + LINES];
            AtomicLong words = counters[3 * file.type + WORDS];
            AtomicLong characters = counters[3 * file.type + CHARACTERS];
            int[] tokens = file.tokens;
            for (int i = 0; i < file.length; i++) {
                int token = tokens[i];
                if (token >= 0) {
                    words.getAndIncrement();
                    counters[firstWord + token].getAndIncrement();
                } else {
                    lines.getAndIncrement();
                    characters.getAndAdd(~token);
                }
            }
        }

        @Override
        long value(int counter) {
            return counters[counter].get();
        }
    }

    // --- The run

    private final Path folder;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Integer> types = new HashMap<>();
    private final List<Source> sources = new ArrayList<>();
    private final int[] skipped = new int[Skipped.values().length];
    private final List<Integer> filesOfType = new ArrayList<>();
    private long bytesCounted;
    private long updates;

    CountersCompared(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        try {
            new CountersCompared(folder(args)).run();
        } catch (Trouble trouble) {
            System.err.println("CountersCompared: " + trouble.getMessage());
            System.exit(trouble.exitCode);
        }
    }

    static Path folder(String[] args) throws Trouble {
        Path standard = Path.of(System.getProperty("test.root", "build/source"));
        if (args.length > 1 || args.length == 1 && args[0].startsWith("-")) {
            throw new Trouble(2, "usage: CountersCompared.java [folder]");
        }
        if (args.length == 0 && !Files.isDirectory(standard)) {
            throw new Trouble(2, "which folder? There is no " + standard + " in "
                    + Path.of("").toAbsolutePath() + " (\"make source\" makes it); usage: CountersCompared.java [folder]");
        }
        Path folder = args.length == 0 ? standard : Path.of(args[0]);
        if (!Files.exists(folder)) {
            throw new Trouble(2, "there is no folder " + folder.toAbsolutePath());
        }
        if (!Files.isDirectory(folder)) {
            throw new Trouble(2, folder.toAbsolutePath() + " is not a folder");
        }
        return folder;
    }

    void run() throws Exception {
        long start = System.nanoTime();
        findSources();
        Dictionary dictionary = chooseDictionary();
        PerCpuCensus perCpu = new PerCpuCensus(types.size(), dictionary.words.length);
        List<Census> kinds = List.of(perCpu,
                new LongAdderCensus(types.size(), dictionary.words.length),
                new AtomicLongCensus(types.size(), dictionary.words.length));
        countAll(dictionary, kinds);
        compare(kinds, dictionary);
        report(dictionary, perCpu, kinds);
        System.out.printf(Locale.ROOT, "%nTotals are equal in all three. The whole run took %.0f s.%n",
                (System.nanoTime() - start) / 1e9);
    }

    /** Finds the files, in an order that does not depend on the file system. */
    void findSources() throws Exception {
        List<Source> found = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                boolean hidden = !path.equals(folder) && path.getFileName().toString().startsWith(".");
                return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    found.add(new Source(path, typeOf(path), attributes.size()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException problem) {
                unreadable(path, problem);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException problem) {
                if (problem != null) {
                    unreadable(path, problem);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        if (found.isEmpty()) {
            throw new Trouble(2, "there are no files in " + folder.toAbsolutePath()
                    + (skipped[Skipped.UNREADABLE.ordinal()] > 0 ? " that can be read" : ""));
        }
        found.sort(Comparator.comparing(Source::path));
        sources.addAll(found);
    }

    int typeOf(Path path) {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String type = dot <= 0 || dot == name.length() - 1 ? "(none)"
                : name.substring(dot + 1).toLowerCase(Locale.ROOT);
        return types.computeIfAbsent(type, t -> {
            filesOfType.add(0);
            return types.size();
        });
    }

    void unreadable(Path path, IOException problem) {
        if (skipped[Skipped.UNREADABLE.ordinal()]++ < 5) {
            System.err.println("CountersCompared: cannot read " + path + ": " + problem);
        }
    }

    Dictionary chooseDictionary() throws Exception {
        Map<Long, Sample> samples = new ConcurrentHashMap<>();
        Sink sink = new Sink() {
            @Override
            public void word(byte[] text, int from, int to, long hash) {
                Sample sample = samples.get(hash);
                if (sample == null) {
                    String word = new String(text, from, to - from, StandardCharsets.UTF_8);
                    sample = samples.computeIfAbsent(hash, h -> new Sample(word));
                }
                sample.count.increment();
            }

            @Override
            public void line(int characters) {
            }
        };
        int step = (sources.size() + SAMPLED_FILES - 1) / SAMPLED_FILES;
        List<Source> sampled = IntStream.range(0, sources.size()).filter(i -> i % step == 0)
                .mapToObj(sources::get).toList();
        Progress progress = new Progress("Choosing words", sampled.size());
        // Whatever cannot be read here is told when it is counted.
        forEach(sampled, source -> {
            byte[] text = readText(source, new Result[1]);
            if (text != null) {
                split(text, sink);
            }
            return null;
        }, (source, result) -> progress.step());
        progress.end();
        return new Dictionary(samples);
    }

    interface Work {
        Result of(Source source) throws Exception;
    }

    interface Finish {
        void of(Source source, Result result);
    }

    /** Gives each file to a virtual thread, only so many at a time, and the results to this thread. */
    void forEach(List<Source> files, Work work, Finish finish) throws Exception {
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        List<Future<Result>> futures = new ArrayList<>();
        int finished = 0;
        for (Source source : files) {
            inFlight.acquire();
            futures.add(threads.submit(() -> {
                try {
                    return work.of(source);
                } finally {
                    inFlight.release();
                }
            }));
            while (futures.get(finished).isDone() && finished < futures.size() - 1) {
                finish.of(files.get(finished), get(futures.get(finished)));
                finished++;
            }
        }
        while (finished < futures.size()) {
            finish.of(files.get(finished), get(futures.get(finished)));
            finished++;
        }
    }

    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutOfMemoryError) {
                throw new Trouble(1, "the heap is too small (" + e.getCause().getMessage()
                        + "); give it more, for example -Xmx1g");
            }
            throw e;
        }
    }

    /** The contents of a text file, or null and the reason in {@code why}. */
    static byte[] readText(Source source, Result[] why) {
        if (source.size > MAX_FILE) {
            why[0] = new Result(null, Skipped.TOO_LARGE, null);
            return null;
        }
        byte[] text;
        try {
            text = Files.readAllBytes(source.path);
        } catch (IOException problem) {
            why[0] = new Result(null, Skipped.UNREADABLE, problem);
            return null;
        }
        for (byte b : text) {
            if (b == 0) {
                why[0] = new Result(null, Skipped.BINARY, null);
                return null;
            }
        }
        return text;
    }

    void countAll(Dictionary dictionary, List<Census> kinds) throws Exception {
        long total = sources.stream().mapToLong(Source::size).filter(size -> size <= MAX_FILE).sum();
        long batchSize = Math.clamp(total / BATCHES, MIN_BATCH, MAX_BATCH);
        Progress progress = new Progress("Counting", sources.size());
        int batches = 0;
        for (int from = 0, to; from < sources.size(); from = to) {
            long size = 0;
            for (to = from; to < sources.size() && size < batchSize; to++) {
                size += Math.min(sources.get(to).size, MAX_FILE);
            }
            List<Tokens> batch = new ArrayList<>();
            forEach(sources.subList(from, to), source -> {
                Result[] result = new Result[1];
                byte[] text = readText(source, result);
                return text == null ? result[0] : new Result(new Tokens(source, text, dictionary), null, null);
            }, (source, result) -> {
                if (result.tokens != null) {
                    batch.add(result.tokens);
                    bytesCounted += source.size;
                    filesOfType.set(source.type, filesOfType.get(source.type) + 1);
                } else if (result.skipped == Skipped.UNREADABLE) {
                    unreadable(source.path, result.problem);
                } else {
                    skipped[result.skipped.ordinal()]++;
                }
                progress.step();
            });
            if (batches == 0 && !batch.isEmpty()) {
                warmUp(batch, dictionary);
            }
            for (int i = 0; i < kinds.size(); i++) {
                Census kind = kinds.get((batches + i) % kinds.size());
                kind.nanos += count(batch, kind);
            }
            updates += 2L * batch.stream().mapToLong(file -> file.length).sum();
            batches++;
        }
        progress.end();
        if (updates == 0) {
            throw new Trouble(2, "none of the " + sources.size() + " files in " + folder.toAbsolutePath()
                    + " has text that could be read: " + skippedFiles());
        }
    }

    /** Counts on counters that are thrown away, until the loops are compiled. */
    void warmUp(List<Tokens> batch, Dictionary dictionary) throws Exception {
        for (Census kind : List.of(new PerCpuCensus(types.size(), dictionary.words.length),
                new LongAdderCensus(types.size(), dictionary.words.length),
                new AtomicLongCensus(types.size(), dictionary.words.length))) {
            for (long nanos = 0; nanos < WARM_UP; ) {
                nanos += count(batch, kind);
            }
        }
    }

    /** Counts a batch and returns the nanoseconds it took. */
    long count(List<Tokens> batch, Census kind) throws Exception {
        List<Callable<Void>> groups = new ArrayList<>();
        for (int from = 0, to; from < batch.size(); from = to) {
            int size = 0;
            for (to = from; to < batch.size() && size < GROUP; to++) {
                size += batch.get(to).length;
            }
            List<Tokens> group = batch.subList(from, to);
            groups.add(() -> {
                for (Tokens file : group) {
                    kind.count(file);
                }
                return null;
            });
        }
        long start = System.nanoTime();
        for (Future<Void> future : threads.invokeAll(groups)) {
            get(future);
        }
        return System.nanoTime() - start;
    }

    /** Fails unless all kinds of counters have the same values, and as many updates as were made. */
    void compare(List<Census> kinds, Dictionary dictionary) throws Trouble {
        int counters = 3 * types.size() + dictionary.words.length;
        for (Census kind : kinds) {
            long made = 0;
            for (int i = 0; i < counters; i++) {
                long value = kind.value(i);
                if (value != kinds.get(0).value(i)) {
                    throw new Trouble(1, "WRONG TOTALS: counter " + i + " is " + value + " as " + kind.name + " and "
                            + kinds.get(0).value(i) + " as " + kinds.get(0).name);
                }
                // Each word was counted twice, and each line once beside its characters.
                made += i >= kind.firstWord ? value : i % 3 == CHARACTERS ? 0 : i % 3 == LINES ? 2 * value : value;
            }
            if (made != updates) {
                throw new Trouble(1, "WRONG TOTALS: " + kind.name + " has " + made + " of " + updates + " updates");
            }
        }
    }

    // --- The report

    void report(Dictionary dictionary, PerCpuCensus perCpu, List<Census> kinds) {
        String row = "%-16s %10s %12s %12s %14s%n";
        System.out.printf(Locale.ROOT, "Census of %s: %,d files, %.1f MB of text. %s.%n%n", folder,
                filesOfType.stream().mapToInt(n -> n).sum(), bytesCounted / 1e6, skippedFiles());
        System.out.printf(row, "type", "files", "lines", "words", "characters");
        String[] names = new String[types.size()];
        types.forEach((name, type) -> names[type] = name);
        List<Integer> byLines = IntStream.range(0, names.length).boxed()
                .sorted(Comparator.comparingLong(type -> -perCpu.value(3 * type + LINES))).toList();
        int shown = Math.min(names.length, 12);
        for (int type : byLines.subList(0, shown)) {
            printRow(row, names[type], List.of(type), perCpu);
        }
        if (shown < names.length) {
            printRow(row, (names.length - shown) + " others", byLines.subList(shown, names.length), perCpu);
        }
        printRow(row, "all", byLines, perCpu);

        System.out.println("\nMost frequent words (of " + (dictionary.words.length - 1) + " that have a counter)");
        IntStream.range(1, dictionary.words.length).boxed()
                .sorted(Comparator.comparingLong(id -> -perCpu.value(perCpu.firstWord + id))).limit(10)
                .forEach(id -> System.out.printf(Locale.ROOT, "%-16s %,10d%n",
                        dictionary.words[id], perCpu.value(perCpu.firstWord + id)));
        System.out.printf(Locale.ROOT, "%-16s %,10d%n", dictionary.words[0], perCpu.value(perCpu.firstWord));

        System.out.println("\nUpdates by slot (each file's, on the slot where it was finished)");
        for (int slot = 0; slot < PerCpu.slots(); slot++) {
            long value = perCpu.updates.get(slot);
            boolean overflow = slot == PerCpu.slots() - 1;
            if (value != 0 || overflow) {
                System.out.printf(Locale.ROOT, "%-16s %,14d %6.1f %%%n",
                        overflow ? slot + " (overflow)" : slot, value, 100.0 * value / updates);
            }
        }

        System.out.printf(Locale.ROOT, "%nCounting: %,d updates of %,d shared counters by virtual threads on %d CPUs;%n"
                + "reading files and splitting them into words is not in these times.%n",
                updates, 3 * names.length + dictionary.words.length, Runtime.getRuntime().availableProcessors());
        System.out.printf("%-16s %10s %16s %10s%n", "", "seconds", "updates/us", "time");
        for (Census kind : kinds) {
            System.out.printf(Locale.ROOT, "%-16s %10.3f %16.1f %8.2f x%n", kind.name, kind.nanos / 1e9,
                    updates * 1e3 / kind.nanos, (double) kind.nanos / perCpu.nanos);
        }
        System.out.println("\n" + whereRseqCameFrom());
    }

    void printRow(String row, String name, List<Integer> of, Census census) {
        long[] sums = new long[3];
        int files = 0;
        for (int type : of) {
            files += filesOfType.get(type);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += census.value(3 * type + i);
            }
        }
        System.out.printf(row, name, number(files), number(sums[LINES]), number(sums[WORDS]), number(sums[CHARACTERS]));
    }

    static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    String skippedFiles() {
        return "Skipped: " + skipped[Skipped.BINARY.ordinal()] + " binary (they contain NUL), "
                + skipped[Skipped.UNREADABLE.ordinal()] + " unreadable, "
                + skipped[Skipped.TOO_LARGE.ordinal()] + " above " + (MAX_FILE >> 20) + " MB";
    }

    /** The JVM's own line on it, which "jcmd VM.info" shows too. */
    static String whereRseqCameFrom() {
        try {
            String info = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmInfo", null, null);
            String line = info.lines().map(String::strip).filter(l -> l.startsWith("rseq:"))
                    .findFirst().orElse(null);
            if (line != null) {
                return line;
            }
        } catch (Exception e) {
            // Said below, with what is known without it.
        }
        return "rseq: " + (PerCpu.isSupported() ? "in use" : "not in use, striped atomics")
                + " (VM.info says no more about it)";
    }

    /** A line on stderr that says how far it is; on a terminal it is always the same line. */
    static final class Progress {
        private final boolean terminal = System.console() != null && System.console().isTerminal();
        private final String what;
        private final int total;
        private int done;
        private int percent = -1;

        Progress(String what, int total) {
            this.what = what;
            this.total = total;
        }

        void step() {
            int now = (int) (100L * ++done / total);
            if (now != percent && (terminal || now / 10 != percent / 10)) {
                percent = now;
                System.err.printf(Locale.ROOT, "%s%s: %d %% of %,d files%s", terminal ? "\r" : "", what, now, total,
                        terminal ? "" : System.lineSeparator());
            }
        }

        void end() {
            if (terminal) {
                System.err.println();
            }
        }
    }
}
