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

package percpu.adapters.jackson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import org.junit.jupiter.api.Test;

import percpu.adapters.common.Counting;
import percpu.adapters.common.Pool;
import percpu.adapters.common.Threads;

/** Whether it is a pool as Jackson's own are, keeps what it may, and gives no recycler to two. */
class PerCpuRecyclerPoolTest {

    private static final int EACH = 20_000;
    private static final int SLOT = 4;

    private final RecyclerPool<BufferRecycler> pool = PerCpuRecyclerPool.create(SLOT);

    @Test
    void isTheLibrarysOwnElse() {
        if (Counting.isPerCpu()) {
            assertInstanceOf(PerCpuRecyclerPool.class, pool);
            assertInstanceOf(PerCpuRecyclerPool.class, PerCpuRecyclerPool.shared());
            assertSame(PerCpuRecyclerPool.shared(), PerCpuRecyclerPool.shared());
            assertNotSame(PerCpuRecyclerPool.shared(), pool);
            assertNotSame(PerCpuRecyclerPool.create(SLOT), pool);
        } else {
            assertSame(JsonRecyclerPools.defaultPool(), pool);
            assertSame(JsonRecyclerPools.defaultPool(), PerCpuRecyclerPool.shared());
        }
        assertThrows(IllegalArgumentException.class, () -> PerCpuRecyclerPool.create(0));
    }

    @Test
    void linked() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        assertEquals(0, pool.pooledCount());
        BufferRecycler recycler = pool.acquireAndLinkPooled();
        assertTrue(recycler.isLinkedWithPool());
        assertThrows(IllegalStateException.class, () -> recycler.withPool(pool));
        assertThrows(IllegalStateException.class, () -> recycler.withPool(JsonRecyclerPools.newBoundedPool(1)));
        assertEquals(0, pool.pooledCount());
        recycler.releaseToPool();
        assertEquals(1, pool.pooledCount());
        assertFalse(recycler.isLinkedWithPool());
        // As with Jackson's pools.
        recycler.releaseToPool();
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void notLinked() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        BufferRecycler recycler = pool.acquirePooled();
        assertFalse(recycler.isLinkedWithPool());
        recycler.releaseToPool();
        assertEquals(0, pool.pooledCount());
        pool.releasePooled(recycler);
        assertEquals(1, pool.pooledCount());
        assertThrows(IllegalStateException.class, () -> pool.releasePooled(recycler));
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void linkedAndReleasedByThePool() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        BufferRecycler first = pool.acquirePooled().withPool(pool);
        assertTrue(first.isLinkedWithPool());
        pool.releasePooled(first);
        first.releaseToPool();
        assertEquals(1, pool.pooledCount());
        assertFalse(first.isLinkedWithPool());
    }

    @Test
    void ofAnotherPool() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        RecyclerPool<BufferRecycler> bounded = JsonRecyclerPools.newBoundedPool(1);
        BufferRecycler recycler = pool.acquirePooled().withPool(bounded);
        assertTrue(recycler.isLinkedWithPool());
        assertThrows(IllegalStateException.class, () -> recycler.withPool(pool));
        // It would have two owners.
        pool.releasePooled(recycler);
        assertEquals(0, pool.pooledCount());
        recycler.releaseToPool();
        assertEquals(1, bounded.pooledCount());
        assertEquals(0, pool.pooledCount());
        pool.releasePooled(new BufferRecycler());
        pool.releasePooled(PerCpuRecyclerPool.create(SLOT).acquireAndLinkPooled());
        assertEquals(0, pool.pooledCount());
    }

    @Test
    void limits() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        Pool<Object> same = Counting.pool(entry -> entry, SLOT, 8 * SLOT, dropped -> {}).orElseThrow();
        assertEquals(same.capacity(), ((PerCpuRecyclerPool) pool).pool().capacity());
        Pool<Object> shared = Counting.pool(entry -> entry, 16, 128, dropped -> {}).orElseThrow();
        assertEquals(shared.capacity(), ((PerCpuRecyclerPool) PerCpuRecyclerPool.shared()).pool().capacity());
        List<BufferRecycler> all = new ArrayList<>();
        for (int i = 0; i < same.capacity() + 10; i++) {
            all.add(pool.acquireAndLinkPooled());
        }
        all.forEach(BufferRecycler::releaseToPool);
        // This slot and the depot at least.
        assertTrue(pool.pooledCount() >= SLOT + 8 * SLOT, pool.pooledCount() + "");
        assertTrue(pool.pooledCount() <= same.capacity(), pool.pooledCount() + "");
        assertTrue(pool.clear());
        assertEquals(0, pool.pooledCount());
    }

    @Test
    void serialized() throws Exception {
        assertSame(PerCpuRecyclerPool.shared(), copy(PerCpuRecyclerPool.shared()));
        RecyclerPool<BufferRecycler> copy = copy(pool);
        assertSame(pool.getClass(), copy.getClass());
        if (Counting.isPerCpu()) {
            assertNotSame(pool, copy);
            copy.acquireAndLinkPooled().releaseToPool();
            assertEquals(1, copy.pooledCount());
            assertEquals(0, pool.pooledCount());
        }
        JsonFactory factory = copy(JsonFactory.builder().recyclerPool(pool).build());
        assertEquals(document(3), write(factory, 3));
    }

    @SuppressWarnings("unchecked")
    private static <T> T copy(T object) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }

    @Test
    void eachParserAndGeneratorHasOne() throws Exception {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        JsonFactory factory = JsonFactory.builder().recyclerPool(pool).build();
        JsonParser parser = factory.createParser("[1]");
        JsonGenerator generator = factory.createGenerator(new StringWriter());
        assertEquals(0, pool.pooledCount());
        parser.close();
        generator.close();
        assertEquals(2, pool.pooledCount());
        parser.close();
        generator.close();
        assertEquals(2, pool.pooledCount());
    }

    @Test
    void documents() throws Exception {
        for (RecyclerPool<BufferRecycler> one : List.of(pool, PerCpuRecyclerPool.shared())) {
            JsonFactory factory = JsonFactory.builder().recyclerPool(one).build();
            long before = acquired(one);
            Threads.run(thread -> {
                for (int n = 0; n < EACH / 10; n++) {
                    int number = thread * EACH + n;
                    assertEquals(document(number), write(factory, number));
                    // Two at the same time.
                    try (JsonParser first = factory.createParser(document(number));
                            JsonParser second = factory.createParser(document(number + 1).getBytes())) {
                        read(first, second, number);
                    }
                }
            });
            // One for each writer and parser.
            assertAllReleased(one, before + 3L * (EACH / 10) * Threads.COUNT);
        }
    }

    private static long acquired(RecyclerPool<BufferRecycler> pool) {
        return pool instanceof PerCpuRecyclerPool ours ? ours.pool().statistics().acquired() : 0;
    }

    private static void assertAllReleased(RecyclerPool<BufferRecycler> pool, long acquired) {
        if (pool instanceof PerCpuRecyclerPool ours) {
            Pool.Statistics all = ours.pool().statistics();
            assertEquals(acquired, all.acquired());
            assertEquals(0, all.outstanding());
            assertEquals(0, all.lost());
            assertEquals(pool.pooledCount(), all.kept());
            assertEquals(all.made(), all.kept() + all.dropped());
            pool.clear();
            assertEquals(0, pool.pooledCount());
        }
    }

    private static String document(int number) {
        return "{\"number\":" + number + ",\"text\":\"" + "t".repeat(number % 300) + number + "\"}";
    }

    private static String write(JsonFactory factory, int number) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = factory.createGenerator(bytes)) {
            generator.writeStartObject();
            generator.writeNumberField("number", number);
            generator.writeStringField("text", "t".repeat(number % 300) + number);
            generator.writeEndObject();
        }
        return bytes.toString();
    }

    private static void read(JsonParser one, JsonParser two, int number) throws IOException {
        for (JsonToken token : List.of(JsonToken.START_OBJECT, JsonToken.FIELD_NAME, JsonToken.VALUE_NUMBER_INT,
                JsonToken.FIELD_NAME, JsonToken.VALUE_STRING, JsonToken.END_OBJECT)) {
            assertEquals(token, one.nextToken());
            assertEquals(token, two.nextToken());
            if (token == JsonToken.VALUE_NUMBER_INT) {
                assertEquals(number, one.getIntValue());
                assertEquals(number + 1, two.getIntValue());
            } else if (token == JsonToken.VALUE_STRING) {
                assertEquals("t".repeat(number % 300) + number, one.getText());
                assertEquals("t".repeat((number + 1) % 300) + (number + 1), two.getText());
            }
        }
        assertNull(one.nextToken());
        assertNull(two.nextToken());
    }

    /** A recycler, its buffers, and what its owner has written there. */
    private record Owned(BufferRecycler recycler, byte[] bytes, char[] chars, int owner) {

        static Owned by(int owner, BufferRecycler recycler) {
            Owned owned = new Owned(recycler, recycler.allocByteBuffer(BufferRecycler.BYTE_BASE64_CODEC_BUFFER),
                    recycler.allocCharBuffer(BufferRecycler.CHAR_NAME_COPY_BUFFER), owner);
            for (int i = 0; i < 100; i++) {
                owned.bytes[i] = (byte) (owner + i);
                owned.chars[i] = (char) (owner + i);
            }
            return owned;
        }

        void release() {
            for (int i = 0; i < 100; i++) {
                assertEquals((byte) (owner + i), bytes[i]);
                assertEquals((char) (owner + i), chars[i]);
            }
            recycler.releaseByteBuffer(BufferRecycler.BYTE_BASE64_CODEC_BUFFER, bytes);
            recycler.releaseCharBuffer(BufferRecycler.CHAR_NAME_COPY_BUFFER, chars);
            recycler.releaseToPool();
        }
    }

    @Test
    void oneOwner() throws Exception {
        ConcurrentLinkedQueue<Owned> others = new ConcurrentLinkedQueue<>();
        Threads.run(thread -> {
            for (int n = 0; n < EACH; n++) {
                Owned owned = Owned.by(thread * EACH + n, pool.acquireAndLinkPooled());
                // Every third is released by another thread, most likely.
                if (n % 3 == 0) {
                    others.add(owned);
                    owned = others.remove();
                }
                owned.release();
            }
        });
        assertTrue(others.isEmpty());
        assertAllReleased(pool, (long) EACH * Threads.COUNT);
    }
}
