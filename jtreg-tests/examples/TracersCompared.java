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
 * @summary events of virtual threads that go through a ring, and through rivals, are all read back, in order and whole
 * @requires os.family == "linux"
 * @modules jdk.incubator.percpu java.management
 * @run main/othervm TracersCompared
 */

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import javax.management.ObjectName;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuRingBuffer;

/**
 * Traces a program that reads all files below a folder and counts their lines and
 * words: one event for each chunk of a file and one for each file. A thread drains
 * the events to a temporary file meanwhile. Then that file is read back, which
 * shows that no event was lost, doubled, torn or put out of order.
 *
 * <p>The events go once through a PerCpuRingBuffer, once through an
 * ArrayBlockingQueue, once through one buffer with a lock, and once nowhere. Then
 * threads that do nothing but record events do so in the same four ways.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu jtreg-tests/examples/TracersCompared.java [folder]
 * </pre>
 *
 * Where a buffer is full the writer waits for room, so that every number can be
 * checked. A tracer in production would rather count the event as lost and go on.
 *
 * <p>{@code -Dspoil=bit}, {@code lost}, {@code twice} or {@code order} before the
 * program's name damages the file before it is read back, to show that this is noticed.
 */
public final class TracersCompared {

    static final int CPUS = Runtime.getRuntime().availableProcessors();
    static final int CHUNK = 4096;                 // bytes of a file
    static final int READERS = 64;                 // virtual threads that read files, as many as SourceCensus has
    static final int RECORDERS = Math.max(16, 4 * CPUS);   // threads that only record
    static final int BATCHES = 24;                 // each of which is read in all four ways
    static final int CAPACITY = 256 << 10;         // bytes for each CPU, a power of two
    static final int ROUNDS = 6;
    static final int WARM_UP = 3;                  // rounds
    static final int BLOCK = 100;                  // events that are timed together
    static final int BLOCKS = 800_000 / BLOCK / RECORDERS;         // of a thread in a round

    static final long START = System.nanoTime();
    static final String SPOIL = System.getProperty("spoil");

    /** Something the program stops at, told to the user without a stack trace. */
    static final class Trouble extends Exception {
        private static final long serialVersionUID = 1L;
        final int exitCode;

        Trouble(int exitCode, String message) {
            super(message);
            this.exitCode = exitCode;
        }
    }

    // --- Events

    // An event is five longs: its number among those of its thread, the time before room for it was
    // reserved, its origin, its subject, and a checksum of these four. In the file the slot comes first,
    // as the drainer saw it.
    static final int EVENT = 5 * Long.BYTES;
    static final int ENTRY = Long.BYTES + EVENT;

    static final int FILE = 1;
    static final int PART = 2;
    static final int BARE = 3;                     // of a thread that does nothing else

    static long origin(int thread, int kind, int slot) {
        return (long) thread << 32 | (long) kind << 24 | slot;
    }

    static long subject(int file, int bytes) {
        return (long) file << 32 | bytes;
    }

    /** Changes with any change of one of its words, and for almost all of several. */
    static long checksum(long number, long time, long origin, long subject) {
        long mixed = number * 0x9e3779b97f4a7c15L + time * 0xc2b2ae3d27d4eb4fL
                + origin * 0x165667b19e3779f9L + subject * 0xd6e8feb86659fd93L;
        return mixed ^ mixed >>> 32;
    }

    /** Keeps writers out of each other's cache lines. */
    static class Padding {
        long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
    }

    /** What a thread knows of its events: the truth that the file is compared with. */
    static final class Writer extends Padding {
        final int thread;
        long number;                               // of the next event
        long checked;                              // events before this one were read back
        long waits;
        long ignored;
        long files;
        long parts;
        long bytes;
        long lines;
        long words;
        long unreadable;

        Writer(int thread) {
            this.thread = thread;
        }
    }

    // --- Tracers

    /**
     * A way for events from the threads to the file. Each subclass has its own copy
     * of the loop, so that the compiler sees one class of tracer in it.
     */
    abstract static class Tracer {
        final String name;
        final Writer[] writers;
        final Output output;
        volatile Throwable failure;
        long nanos;

        Tracer(String name, int threads, Output output) {
            this.name = name;
            this.output = output;
            writers = new Writer[threads];
            Arrays.setAll(writers, Writer::new);
        }

        abstract void record(Writer writer, int kind, int file, int bytes);

        abstract void recordMany(Writer writer, int count);

        /** Takes events, writes them, and tells whether there were any. */
        abstract boolean drain() throws IOException;

        final synchronized void failed(Throwable t) {
            failure = failure == null ? t : failure;
        }

        long events() {
            return Stream.of(writers).mapToLong(w -> w.number).sum();
        }

        long waits() {
            return Stream.of(writers).mapToLong(w -> w.waits).sum();
        }
    }

    /** Entries on their way into the file. */
    static final class Output {
        final FileChannel channel;
        final ByteBuffer buffer = ByteBuffer.allocateDirect(2048 * ENTRY).order(ByteOrder.nativeOrder());

        Output(FileChannel channel) {
            this.channel = channel;
        }

        void makeRoomFor(int entries) throws IOException {
            if (buffer.remaining() < entries * ENTRY) {
                flush();
            }
        }

        void flush() throws IOException {
            write(buffer);
        }

        void write(ByteBuffer filled) throws IOException {
            filled.flip();
            try {
                while (filled.hasRemaining()) {
                    channel.write(filled);
                }
            } finally {
                // After a failure too, so that draining goes on and nobody waits for it.
                filled.clear();
            }
        }
    }

    static final class PerCpuTracer extends Tracer implements PerCpuRingBuffer.Reader {
        private static final int AT_ONCE = 512;

        private final PerCpuRingBuffer ring;

        PerCpuTracer(int threads, int capacity, Output output) {
            super("PerCpuRingBuffer", threads, output);
            ring = new PerCpuRingBuffer(capacity);
        }

        @Override
        void record(Writer writer, int kind, int file, int bytes) {
            long time = System.nanoTime();
            if (!tryRecord(writer, time, kind, file, bytes)) {
                writer.waits++;
                do {
                    Thread.yield();
                } while (!tryRecord(writer, time, kind, file, bytes));
            }
        }

        private boolean tryRecord(Writer writer, long time, int kind, int file, int bytes) {
            try (PerCpuRingBuffer.Writer entry = ring.writer()) {
                if (!entry.tryReserve(EVENT)) {
                    return false;
                }
                long number = writer.number++;
                long origin = origin(writer.thread, kind, entry.slot());
                long subject = subject(file, bytes);
                entry.putLong(0, number);
                entry.putLong(8, time);
                entry.putLong(16, origin);
                entry.putLong(24, subject);
                entry.putLong(32, checksum(number, time, origin, subject));
                entry.commit();
                return true;
            }
        }

        @Override
        void recordMany(Writer writer, int count) {
            for (int i = 0; i < count; i++) {
                record(writer, BARE, 0, i);
            }
        }

        @Override
        boolean drain() throws IOException {
            int count = 0;
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                output.makeRoomFor(AT_ONCE);
                count += ring.read(slot, this, AT_ONCE);
            }
            return count > 0;
        }

        @Override
        public void read(int slot, MemorySegment record) {
            if (record.byteSize() != EVENT) {
                throw new IllegalStateException("a record of " + record.byteSize() + " bytes on slot " + slot);
            }
            ByteBuffer buffer = output.buffer;
            buffer.putLong(slot);
            for (int i = 0; i < EVENT; i += Long.BYTES) {
                buffer.putLong(record.get(ValueLayout.JAVA_LONG_UNALIGNED, i));
            }
        }
    }

    static final class QueueTracer extends Tracer {
        private static final int AT_ONCE = 2048;

        /** An event on the heap. */
        record Event(long number, long time, long origin, long subject, long checksum) {}

        private final ArrayBlockingQueue<Event> queue;
        private final List<Event> taken = new ArrayList<>();

        QueueTracer(int threads, int capacity, Output output) {
            super("ArrayBlockingQueue", threads, output);
            queue = new ArrayBlockingQueue<>(capacity / ENTRY * CPUS);
        }

        @Override
        void record(Writer writer, int kind, int file, int bytes) {
            long time = System.nanoTime();
            long number = writer.number++;
            long origin = origin(writer.thread, kind, 0);
            long subject = subject(file, bytes);
            Event event = new Event(number, time, origin, subject, checksum(number, time, origin, subject));
            if (!queue.offer(event)) {
                writer.waits++;
                try {
                    queue.put(event);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        void recordMany(Writer writer, int count) {
            for (int i = 0; i < count; i++) {
                record(writer, BARE, 0, i);
            }
        }

        @Override
        boolean drain() throws IOException {
            int count = queue.drainTo(taken, AT_ONCE);
            output.makeRoomFor(count);
            for (Event event : taken) {
                output.buffer.putLong(0).putLong(event.number).putLong(event.time).putLong(event.origin)
                        .putLong(event.subject).putLong(event.checksum);
            }
            taken.clear();
            return count > 0;
        }
    }

    static final class LockTracer extends Tracer {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition hasRoom = lock.newCondition();
        private ByteBuffer filling;
        private ByteBuffer drained;

        LockTracer(int threads, int capacity, Output output) {
            super("buffer with a lock", threads, output);
            // One half is filled while the other one is drained. Together they hold as much as the others do.
            int bytes = capacity / 2 * CPUS;
            filling = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
            drained = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }

        @Override
        void record(Writer writer, int kind, int file, int bytes) {
            long time = System.nanoTime();
            long number = writer.number++;
            long origin = origin(writer.thread, kind, 0);
            long subject = subject(file, bytes);
            long checksum = checksum(number, time, origin, subject);
            lock.lock();
            try {
                if (filling.remaining() < ENTRY) {
                    writer.waits++;
                    do {
                        hasRoom.awaitUninterruptibly();
                    } while (filling.remaining() < ENTRY);
                }
                filling.putLong(0).putLong(number).putLong(time).putLong(origin).putLong(subject).putLong(checksum);
            } finally {
                lock.unlock();
            }
        }

        @Override
        void recordMany(Writer writer, int count) {
            for (int i = 0; i < count; i++) {
                record(writer, BARE, 0, i);
            }
        }

        @Override
        boolean drain() throws IOException {
            ByteBuffer full;
            lock.lock();
            try {
                full = filling;
                filling = drained;
                hasRoom.signalAll();
            } finally {
                lock.unlock();
            }
            drained = full;
            boolean some = full.position() > 0;
            output.write(full);
            return some;
        }
    }

    /** Makes events and drops them: what the others cost without a buffer and a file. */
    static final class NoTracer extends Tracer {
        NoTracer(int threads) {
            super("not recorded", threads, null);
        }

        @Override
        void record(Writer writer, int kind, int file, int bytes) {
            long time = System.nanoTime();
            long number = writer.number++;
            writer.ignored += checksum(number, time, origin(writer.thread, kind, 0), subject(file, bytes));
        }

        @Override
        void recordMany(Writer writer, int count) {
            for (int i = 0; i < count; i++) {
                record(writer, BARE, 0, i);
            }
        }

        @Override
        boolean drain() {
            return false;
        }
    }

    // --- Running them

    interface Work {
        void of(Writer writer) throws Exception;
    }

    /** Runs a thread for each writer, with a drainer beside them, until all that they recorded is in the file. */
    static void run(Tracer tracer, Thread.Builder kind, Work work) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(tracer.writers.length);
        for (Writer writer : tracer.writers) {
            kind.start(() -> {
                try {
                    go.await();
                    work.of(writer);
                } catch (Throwable t) {
                    tracer.failed(t);
                } finally {
                    running.countDown();
                }
            });
        }
        long start = System.nanoTime();
        Thread drainer = tracer.output == null ? null : Thread.ofPlatform().start(() -> drain(tracer, running));
        go.countDown();
        running.await();
        if (drainer != null) {
            drainer.join();
        }
        tracer.nanos += System.nanoTime() - start;
        checkFailure(tracer);
    }

    static void drain(Tracer tracer, CountDownLatch running) {
        long pause = 0;
        boolean finished;
        boolean some = false;
        do {
            finished = running.getCount() == 0;
            try {
                some = tracer.drain();
                if (finished && !some) {
                    tracer.output.flush();
                }
            } catch (Throwable t) {
                tracer.failed(t);
            }
            pause = some ? 0 : Math.min(pause + 50_000, 1_000_000);
            LockSupport.parkNanos(pause);
        } while (!finished || some);
    }

    static void checkFailure(Tracer tracer) throws Trouble {
        Throwable failure = tracer.failure;
        if (failure instanceof IOException) {
            throw new Trouble(1, "cannot write the events to a temporary file (" + tracer.name + "): "
                    + failure.getMessage());
        }
        if (failure != null) {
            throw new IllegalStateException("with the " + tracer.name, failure);
        }
    }

    // --- Reading back

    /** Compares a file of entries with what the threads know that they recorded. */
    static final class Check {
        private final Tracer tracer;
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(8192 * ENTRY).order(ByteOrder.nativeOrder());
        private final long[][] times;              // of each thread's events; 0 for those that were not found
        private final long[] bytesOfFile;          // of the chunks, less those of the file's own event
        private final boolean[] hasFile;
        private final long[] counts = new long[BARE + 1];
        private long bytes;

        // The entry that was read last.
        private long entry;
        private long slot;
        private long number;
        private long time;
        private int thread;
        private int kind;
        private int file;
        private int size;

        Check(Tracer tracer, int files) {
            this.tracer = tracer;
            channel = tracer.output.channel;
            times = Stream.of(tracer.writers).map(w -> new long[(int) (w.number - w.checked)]).toArray(long[][]::new);
            bytesOfFile = new long[files];
            hasFile = new boolean[files];
        }

        /** Checks everything and returns how many events each slot had. */
        long[] run() throws Exception {
            // First, each event by itself: that it is whole, was recorded, and is there once.
            long[] onSlot = new long[PerCpu.slots()];
            for (rewind(); next(); ) {
                if (number < 0 || number >= times[thread].length) {
                    throw wrongEvent("was never recorded");
                }
                if (times[thread][(int) number] != 0) {
                    throw wrongEvent("is there twice");
                }
                times[thread][(int) number] = time;
                onSlot[(int) slot]++;
                counts[kind]++;
                if (kind == PART) {
                    bytesOfFile[file] += size;
                } else if (kind == FILE) {
                    if (hasFile[file]) {
                        throw wrongEvent("is of a file that had one before");
                    }
                    hasFile[file] = true;
                    bytesOfFile[file] -= size;
                    bytes += size;
                }
            }
            for (int t = 0; t < times.length; t++) {
                for (int n = 0; n < times[t].length; n++) {
                    if (times[t][n] == 0) {
                        throw wrong("event " + (tracer.writers[t].checked + n) + " of thread " + t + " is missing");
                    }
                }
            }
            if (counts[FILE] != sum(w -> w.files) || counts[PART] != sum(w -> w.parts) || bytes != sum(w -> w.bytes)) {
                throw wrong("it has other totals than the work: " + counts[FILE] + " files, " + counts[PART]
                        + " chunks, " + bytes + " bytes");
            }
            for (int f = 0; f < hasFile.length; f++) {
                if (!hasFile[f] || bytesOfFile[f] != 0) {
                    throw wrong("file " + f + " and its chunks differ");
                }
            }

            // Then the order on each slot. An event's place was reserved after its own time and before the time of
            // the thread's next event, so none may come after one that began when that next event had begun.
            long[] latest = new long[onSlot.length];
            int[][] last = new int[onSlot.length][times.length];
            for (rewind(); next(); ) {
                int s = (int) slot;
                if (number < last[s][thread]) {
                    throw wrongEvent("comes after a later one of its thread on slot " + s);
                }
                last[s][thread] = (int) number + 1;
                long reservedBefore = number + 1 < times[thread].length
                        ? times[thread][(int) number + 1] : Long.MAX_VALUE;
                if (latest[s] > reservedBefore) {
                    throw wrongEvent("comes after later ones on slot " + s);
                }
                latest[s] = Math.max(latest[s], time);
            }
            for (Writer writer : tracer.writers) {
                writer.checked = writer.number;
            }
            channel.truncate(0);
            return onSlot;
        }

        private void rewind() throws IOException {
            channel.position(0);
            buffer.clear().limit(0);
            entry = -1;
        }

        /** Reads the next entry and checks what can be checked by itself. */
        private boolean next() throws Exception {
            if (buffer.remaining() < ENTRY) {
                buffer.compact();
                while (buffer.position() < ENTRY && channel.read(buffer) >= 0) {
                }
                buffer.flip();
                if (!buffer.hasRemaining()) {
                    return false;
                }
                if (buffer.remaining() < ENTRY) {
                    throw wrong("it ends within an event");
                }
            }
            entry++;
            slot = buffer.getLong();
            long total = buffer.getLong();
            time = buffer.getLong();
            long origin = buffer.getLong();
            long subject = buffer.getLong();
            thread = (int) (origin >> 32);
            kind = (int) (origin >> 24 & 0xff);
            file = (int) (subject >> 32);
            size = (int) subject;
            if (buffer.getLong() != checksum(total, time, origin, subject)) {
                throw wrong("entry " + entry + " is torn: its checksum differs");
            }
            if (slot != (origin & 0xffffff)) {
                throw wrong("entry " + entry + " was drained from slot " + slot + " and recorded on slot "
                        + (origin & 0xffffff));
            }
            if (thread < 0 || thread >= times.length || time - START <= 0 || kind != BARE
                    && (kind != FILE && kind != PART || file < 0 || file >= hasFile.length)) {
                throw wrong("entry " + entry + " was never recorded");
            }
            number = total - tracer.writers[thread].checked;
            time -= START;
            return true;
        }

        private long sum(ToLongFunction<Writer> what) {
            return Stream.of(tracer.writers).mapToLong(what).sum();
        }

        private Trouble wrongEvent(String how) {
            return wrong("entry " + entry + ", event " + (tracer.writers[thread].checked + number) + " of thread "
                    + thread + ", " + how);
        }

        private Trouble wrong(String how) {
            return new Trouble(1, "WRONG TRACE (" + tracer.name + "): " + how);
        }
    }

    /** Damages a file as {@code -Dspoil} wants it. */
    static void spoil(FileChannel channel, String how) throws IOException, Trouble {
        long end = channel.size();
        ByteBuffer first = ByteBuffer.allocate(ENTRY);
        ByteBuffer last = ByteBuffer.allocate(ENTRY);
        channel.read(first, 0);
        channel.read(last, end - ENTRY);
        switch (how) {
            case "bit" -> {
                long at = ThreadLocalRandom.current().nextLong(end);
                ByteBuffer one = ByteBuffer.allocate(1);
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 1 << at % 8));
                channel.write(one.flip(), at);
            }
            case "lost" -> channel.truncate(end - ENTRY);
            case "twice" -> channel.write(last.flip(), end);
            case "order" -> {
                channel.write(last.flip(), 0);
                channel.write(first.flip(), end - ENTRY);
            }
            default -> throw new Trouble(2, "-Dspoil= takes bit, lost, twice or order");
        }
    }

    // --- The run

    private final Path folder;
    private final List<Path> sources = new ArrayList<>();
    private final List<Path> temporary = new ArrayList<>();
    private int unreadable;

    TracersCompared(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        try {
            new TracersCompared(folder(args)).run();
        } catch (Trouble trouble) {
            System.err.println("TracersCompared: " + trouble.getMessage());
            System.exit(trouble.exitCode);
        }
    }

    static Path folder(String[] args) throws Trouble {
        Path standard = Path.of(System.getProperty("test.root", "build/source"));
        if (args.length > 1 || args.length == 1 && args[0].startsWith("-")) {
            throw new Trouble(2, "usage: TracersCompared.java [folder]");
        }
        Path folder = args.length == 0 ? standard : Path.of(args[0]);
        if (!Files.isDirectory(folder)) {
            throw new Trouble(2, "there is no folder " + folder.toAbsolutePath()
                    + (args.length == 0 ? " (\"make source\" makes it); usage: TracersCompared.java [folder]" : ""));
        }
        return folder;
    }

    void run() throws Exception {
        try {
            findSources();
            traceReading();
            traceNothingElse();
            System.out.println("\n" + whereRseqCameFrom());
            System.out.printf(Locale.ROOT, "%nRead back and found whole: every event of every thread once, in order on "
                    + "each slot, totals as counted.%nThe whole run took %.0f s.%n",
                    (System.nanoTime() - START) / 1e9);
        } finally {
            for (Path path : temporary) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** Finds the files, in an order that does not depend on the file system. */
    void findSources() throws Exception {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                boolean hidden = !path.equals(folder) && path.getFileName().toString().startsWith(".");
                return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                // An event has an int for the size.
                if (attributes.isRegularFile() && attributes.size() <= Integer.MAX_VALUE) {
                    sources.add(path);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException problem) {
                unreadable++;
                return FileVisitResult.CONTINUE;
            }
        });
        if (sources.isEmpty()) {
            throw new Trouble(2, "there are no files in " + folder.toAbsolutePath());
        }
        sources.sort(null);
    }

    List<Tracer> tracers(int threads, int capacity) throws Exception {
        return List.of(new PerCpuTracer(threads, capacity, output()), new QueueTracer(threads, capacity, output()),
                new LockTracer(threads, capacity, output()), new NoTracer(threads));
    }

    Output output() throws Trouble {
        try {
            Path path = Files.createTempFile("TracersCompared", ".trace");
            temporary.add(path);
            // Should the program be interrupted.
            path.toFile().deleteOnExit();
            return new Output(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException problem) {
            throw new Trouble(1, "cannot make a temporary file: " + problem);
        }
    }

    /** Reads back what was written since the last time. Tells how many events the slots of the first one had. */
    long[] check(List<Tracer> tracers, int files) throws Exception {
        long[] onSlot = null;
        for (Tracer tracer : tracers) {
            if (tracer.output != null) {
                if (SPOIL != null) {
                    spoil(tracer.output.channel, SPOIL);
                }
                long[] counts = new Check(tracer, files).run();
                onSlot = onSlot == null ? counts : onSlot;
            }
        }
        return onSlot;
    }

    // --- Reading files

    void traceReading() throws Exception {
        int size = (sources.size() + BATCHES - 1) / BATCHES;
        // Some batches for the compiler, by all four, as it compiles the reading again when it meets another one.
        for (int i = 0; i < WARM_UP; i++) {
            for (Tracer tracer : tracers(READERS, CAPACITY)) {
                readAll(tracer, 0, Math.min(size, sources.size()));
                if (tracer.output != null) {
                    tracer.output.channel.close();
                }
            }
        }

        List<Tracer> tracers = tracers(READERS, CAPACITY);
        for (int from = 0, batch = 0; from < sources.size(); from += size, batch++) {
            for (int i = 0; i < tracers.size(); i++) {
                readAll(tracers.get((batch + i) % tracers.size()), from, Math.min(from + size, sources.size()));
            }
            progress("Reading", batch + 1, (sources.size() + size - 1) / size);
        }
        long[] onSlot = check(tracers, sources.size());

        Writer all = new Writer(0);
        for (Writer w : tracers.getFirst().writers) {
            all.files += w.files;
            all.parts += w.parts;
            all.bytes += w.bytes;
            all.lines += w.lines;
            all.words += w.words;
            unreadable += (int) w.unreadable;
        }
        System.out.printf(Locale.ROOT, "Trace of %s: %,d files, %.1f MB, %,d lines, %,d words. %d unreadable.%n%n",
                folder, all.files, all.bytes / 1e6, all.lines, all.words, unreadable);
        System.out.printf(Locale.ROOT, "Reading: %d virtual threads on %d CPUs count lines and words, and record %,d "
                + "chunks and%n%,d files. Seconds are those of everything, until the events are in a file.%n",
                READERS, CPUS, all.parts, all.files);
        System.out.println(HEADINGS.stripTrailing());
        for (Tracer tracer : tracers) {
            System.out.println(row(tracer, tracers.getFirst(), tracer.events()));
        }
        for (int slot = 0; slot < onSlot.length; slot++) {
            boolean overflow = slot == onSlot.length - 1;
            if (onSlot[slot] > 0 || overflow) {
                System.out.printf(Locale.ROOT, "  %-17s %,10d%n", "on slot " + slot + (overflow ? " (overflow)" : ""),
                        onSlot[slot]);
            }
        }
    }

    /** Reads some files, each by one of the threads. */
    void readAll(Tracer tracer, int from, int to) throws Exception {
        AtomicInteger next = new AtomicInteger(from);
        run(tracer, Thread.ofVirtual(), writer -> {
            byte[] chunk = new byte[CHUNK];
            for (int file; (file = next.getAndIncrement()) < to; ) {
                read(file, chunk, tracer, writer);
                // As if each file had its own thread.
                Thread.yield();
            }
        });
    }

    void read(int file, byte[] chunk, Tracer tracer, Writer writer) {
        int size = 0;
        try (InputStream in = Files.newInputStream(sources.get(file))) {
            boolean inWord = false;
            byte last = '\n';
            for (int length; (length = in.readNBytes(chunk, 0, CHUNK)) > 0; ) {
                for (int i = 0; i < length; i++) {
                    last = chunk[i];
                    writer.lines += last == '\n' ? 1 : 0;
                    boolean wasInWord = inWord;
                    inWord = WORD_BYTE[last & 0xff];
                    writer.words += inWord && !wasInWord ? 1 : 0;
                }
                size += length;
                writer.parts++;
                tracer.record(writer, PART, file, length);
            }
            writer.lines += last == '\n' ? 0 : 1;
        } catch (IOException problem) {
            writer.unreadable++;
        }
        writer.files++;
        writer.bytes += size;
        tracer.record(writer, FILE, file, size);
    }

    static final boolean[] WORD_BYTE = new boolean[256];
    static {
        for (int b = 0; b < 256; b++) {
            WORD_BYTE[b] = b >= 128 || Character.isLetterOrDigit(b) || b == '_' || b == '$';
        }
    }

    // --- Nothing but recording

    void traceNothingElse() throws Exception {
        List<Tracer> tracers = tracers(RECORDERS, CAPACITY);
        long[][] times = new long[tracers.size()][ROUNDS * RECORDERS * BLOCKS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            if (round == 0) {
                for (Tracer tracer : tracers) {
                    tracer.nanos = 0;
                    Stream.of(tracer.writers).forEach(writer -> writer.waits = 0);
                }
            }
            int from = Math.max(round, 0) * RECORDERS * BLOCKS;
            for (int i = 0; i < tracers.size(); i++) {
                int which = (round + WARM_UP + i) % tracers.size();
                run(tracers.get(which), Thread.ofPlatform(), writer -> {
                    recordBlocks(tracers.get(which), writer, times[which], from + writer.thread * BLOCKS);
                });
            }
            check(tracers, 0);
            progress("Recording", round + WARM_UP + 1, ROUNDS + WARM_UP);
        }

        System.out.printf(Locale.ROOT, "%nNothing but recording: %d threads on %d CPUs. Seconds are again those of "
                + "everything, and behind them%nas nanoseconds of CPU for an event. The last column is what the "
                + "recording thread sees while nothing%nis in its way: the median of blocks of %d. The last line, "
                + "asking for the time and the checksum, is%npart of the others.%n", RECORDERS, CPUS, BLOCK);
        System.out.printf("%s %9s %9s%n", HEADINGS, "CPU ns", "thread ns");
        long events = (long) ROUNDS * RECORDERS * BLOCKS * BLOCK;
        for (int i = 0; i < tracers.size(); i++) {
            long[] sorted = LongStream.of(times[i]).sorted().toArray();
            System.out.printf(Locale.ROOT, "%s %9.1f %9.1f%n", row(tracers.get(i), tracers.getFirst(), events),
                    (double) tracers.get(i).nanos * CPUS / events, (double) sorted[sorted.length / 2] / BLOCK);
        }
        System.out.println("\nWho finds the buffer full waits, so that everything can be checked. "
                + "A tracer in production would count\nthat event as lost.");
    }

    static void recordBlocks(Tracer tracer, Writer writer, long[] times, int from) {
        long start = System.nanoTime();
        for (int i = from; i < from + BLOCKS; i++) {
            tracer.recordMany(writer, BLOCK);
            long end = System.nanoTime();
            times[i] = end - start;
            start = end;
        }
    }

    static final String HEADINGS = String.format("%-19s %10s %8s %12s %12s %10s", "", "events", "seconds", "events/s",
            "had to wait", "");

    static String row(Tracer tracer, Tracer first, long events) {
        return String.format(Locale.ROOT, "%-19s %,10d %8.3f %,12.0f %,12d %8.2f x", tracer.name, events,
                tracer.nanos / 1e9, events * 1e9 / tracer.nanos, tracer.waits(), (double) tracer.nanos / first.nanos);
    }

    /** The JVM's own line on it, which "jcmd VM.info" shows too. */
    static String whereRseqCameFrom() {
        try {
            String info = (String) ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmInfo", null, null);
            return info.lines().map(String::strip).filter(l -> l.startsWith("rseq:")).findFirst().orElseThrow();
        } catch (Exception e) {
            return "rseq: " + (PerCpu.isSupported() ? "in use" : "not in use, striped atomics");
        }
    }

    /** Says on stderr how far it is. */
    static void progress(String what, int done, int total) {
        if (done * 4 / total != (done - 1) * 4 / total) {
            System.err.printf(Locale.ROOT, "%s: %d %%%n", what, 100 * (done * 4 / total) / 4);
        }
    }
}
