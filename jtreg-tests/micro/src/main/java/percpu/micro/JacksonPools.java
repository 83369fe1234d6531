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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import percpu.adapters.jackson.PerCpuRecyclerPool;

/**
 * What does it cost to parse a small object with Jackson, by the pool that its factory has? One invocation is a
 * parser made, 8 tokens read, and the parser closed. From a stream it reads into a buffer of the pool's; from an
 * array a parser of so small a text needs none, but has its recycler. What was read must be what was written: with a buffer that two threads have it is not. The bounded
 * pool has Jackson's default capacity. perCpu is the adapter's shared pool, and runs where our module is.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class JacksonPools {
    /** A text, and what a parser finds in it. */
    static final class Document {
        private final byte[] text;
        private final int id;
        private final String name;

        Document(int id) {
            this.id = id;
            name = "name" + id;
            text = ("{\"id\":" + id + ",\"name\":\"" + name + "\",\"open\":true}").getBytes(StandardCharsets.UTF_8);
        }

        int parse(JsonFactory factory, boolean stream) throws IOException {
            try (JsonParser parser = open(factory, stream)) {
                return read(parser, true);
            }
        }

        JsonParser open(JsonFactory factory, boolean stream) throws IOException {
            return stream ? factory.createParser(new ByteArrayInputStream(text)) : factory.createParser(text);
        }

        /** Reads to the end, or to the name and no further. */
        int read(JsonParser parser, boolean toTheEnd) throws IOException {
            int tokens = 0;
            for (JsonToken token; (token = parser.nextToken()) != null; tokens++) {
                if (token == JsonToken.VALUE_NUMBER_INT && parser.getIntValue() != id) {
                    throw new IllegalStateException("read " + parser.getIntValue() + " in the document " + id);
                }
                if (token == JsonToken.VALUE_STRING) {
                    if (!parser.getText().equals(name)) {
                        throw new IllegalStateException("read " + parser.getText() + " in the document " + id);
                    }
                    if (!toTheEnd) {
                        break;
                    }
                }
            }
            return tokens;
        }
    }

    @State(Scope.Benchmark)
    public static class Source {
        @Param({"array", "stream"})
        String source;

        private boolean stream;

        @Setup(Level.Trial)
        public void set() {
            stream = source.equals("stream");
        }
    }

    @State(Scope.Thread)
    public static class Mine {
        private static final AtomicInteger COUNT = new AtomicInteger(100);

        final Document document = new Document(COUNT.getAndIncrement());
    }

    public abstract static class Base {
        final JsonFactory factory;
        private final RecyclerPool<BufferRecycler> pool;

        Base(RecyclerPool<BufferRecycler> pool) {
            Adapters.check();
            this.pool = pool;
            factory = JsonFactory.builder().recyclerPool(pool).build();
        }

        @TearDown(Level.Trial)
        public void check() {
            RecyclerPools.check(pool);
        }
    }

    @State(Scope.Benchmark)
    public static class ThreadLocalState extends Base {
        public ThreadLocalState() {
            super(JsonRecyclerPools.threadLocalPool());
        }
    }

    @State(Scope.Benchmark)
    public static class DequeState extends Base {
        public DequeState() {
            super(JsonRecyclerPools.newConcurrentDequePool());
        }
    }

    @State(Scope.Benchmark)
    public static class BoundedState extends Base {
        public BoundedState() {
            super(JsonRecyclerPools.newBoundedPool(RecyclerPool.BoundedPoolBase.DEFAULT_CAPACITY));
        }
    }

    @State(Scope.Benchmark)
    public static class PerCpuState extends Base {
        public PerCpuState() {
            super(Adapters.perCpu(PerCpuRecyclerPool.class, PerCpuRecyclerPool.shared()));
        }
    }

    @Benchmark
    public int threadLocal(ThreadLocalState s, Source source, Mine mine) throws IOException {
        return mine.document.parse(s.factory, source.stream);
    }

    @Benchmark
    public int deque(DequeState s, Source source, Mine mine) throws IOException {
        return mine.document.parse(s.factory, source.stream);
    }

    @Benchmark
    public int bounded(BoundedState s, Source source, Mine mine) throws IOException {
        return mine.document.parse(s.factory, source.stream);
    }

    @Benchmark
    public int perCpu(PerCpuState s, Source source, Mine mine) throws IOException {
        return mine.document.parse(s.factory, source.stream);
    }
}
