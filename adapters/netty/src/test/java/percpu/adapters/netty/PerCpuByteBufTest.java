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

package percpu.adapters.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import percpu.adapters.common.Counting;

/** Whether a buffer does what Netty's unpooled one does, which is told the same. */
@SuppressWarnings("deprecation")
class PerCpuByteBufTest {

    private static final int STEPS = 20_000;
    private static final int MOST = 800;
    private static final ByteBufAllocator ALLOCATOR = PerCpuByteBufAllocator.create(true);

    @TempDir
    private Path folder;
    private FileChannel file;

    @BeforeEach
    void open() throws Exception {
        file = FileChannel.open(folder.resolve("bytes"), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    @AfterEach
    void close() throws Exception {
        file.close();
    }

    /** What a buffer is told: a place in it, a length, a value. Answers what can be compared. */
    private interface Operation {
        Object on(ByteBuf buffer, int index, int length, long value) throws Exception;
    }

    private static Object list(ByteBuffer bytes) {
        return List.of(bytes.order(), bytes.remaining(), ByteBufUtil.hexDump(array(bytes)));
    }

    private static byte[] array(ByteBuffer bytes) {
        byte[] array = new byte[bytes.remaining()];
        bytes.duplicate().get(array);
        return array;
    }

    private static byte[] bytes(int length, long value) {
        byte[] bytes = new byte[Math.max(0, length)];
        new Random(value).nextBytes(bytes);
        return bytes;
    }

    private static String take(ByteBuf buffer) {
        String content = ByteBufUtil.hexDump(buffer) + buffer.readerIndex();
        buffer.release();
        return content;
    }

    // Only as far as both grow the same way. What is new has any bytes.
    private static ByteBuf grow(ByteBuf buffer, int by) {
        if (by > buffer.writableBytes() && by <= buffer.maxWritableBytes()) {
            capacity(buffer, buffer.writerIndex() + by);
        }
        return buffer;
    }

    private static ByteBuf capacity(ByteBuf buffer, int capacity) {
        int before = buffer.capacity();
        assertSame(buffer, buffer.capacity(capacity));
        if (capacity > before) {
            buffer.setZero(before, capacity - before);
        }
        return buffer;
    }

    private static Object state(ByteBuf buffer) {
        return List.of(buffer.readerIndex(), buffer.writerIndex(), buffer.capacity(), buffer.maxCapacity(),
                buffer.readableBytes(), buffer.writableBytes(), buffer.maxWritableBytes(), buffer.isReadable(),
                buffer.isWritable(), buffer.refCnt(), buffer.isReadOnly(), buffer.order(), buffer.nioBufferCount(),
                buffer.isContiguous(), buffer.isDirect(), buffer.hasArray(),
                buffer.toString(StandardCharsets.ISO_8859_1),
                ByteBufUtil.hexDump(buffer, 0, buffer.capacity()));
    }

    private static void inside(List<Operation> all, Operation operation) {
        all.add((b, i, n, v) -> i < 0 || i + n > b.capacity() ? "outside" : operation.on(b, i, n, v));
    }

    private List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        // Values by index.
        all.add((b, i, n, v) -> b.getBoolean(i));
        all.add((b, i, n, v) -> b.getByte(i));
        all.add((b, i, n, v) -> b.getUnsignedByte(i));
        all.add((b, i, n, v) -> b.getShort(i));
        all.add((b, i, n, v) -> b.getShortLE(i));
        all.add((b, i, n, v) -> b.getUnsignedShort(i));
        all.add((b, i, n, v) -> b.getUnsignedShortLE(i));
        all.add((b, i, n, v) -> b.getMedium(i));
        all.add((b, i, n, v) -> b.getMediumLE(i));
        all.add((b, i, n, v) -> b.getUnsignedMedium(i));
        all.add((b, i, n, v) -> b.getUnsignedMediumLE(i));
        all.add((b, i, n, v) -> b.getInt(i));
        all.add((b, i, n, v) -> b.getIntLE(i));
        all.add((b, i, n, v) -> b.getUnsignedInt(i));
        all.add((b, i, n, v) -> b.getUnsignedIntLE(i));
        all.add((b, i, n, v) -> b.getLong(i));
        all.add((b, i, n, v) -> b.getLongLE(i));
        all.add((b, i, n, v) -> b.getChar(i));
        all.add((b, i, n, v) -> b.getFloat(i));
        all.add((b, i, n, v) -> b.getDouble(i));
        all.add((b, i, n, v) -> b.order(ByteOrder.LITTLE_ENDIAN).getLong(i));
        all.add((b, i, n, v) -> b.setBoolean(i, v % 2 == 0) == b);
        all.add((b, i, n, v) -> b.setByte(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setShort(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setShortLE(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setMedium(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setMediumLE(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setInt(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setIntLE(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setLong(i, v) == b);
        all.add((b, i, n, v) -> b.setLongLE(i, v) == b);
        all.add((b, i, n, v) -> b.setChar(i, (int) v) == b);
        all.add((b, i, n, v) -> b.setFloat(i, v) == b);
        all.add((b, i, n, v) -> b.setDouble(i, v) == b);
        all.add((b, i, n, v) -> b.order(ByteOrder.LITTLE_ENDIAN).setLong(i, v).order());
        all.add((b, i, n, v) -> b.setZero(i, n) == b);
        // Values in turn.
        all.add((b, i, n, v) -> b.readByte());
        all.add((b, i, n, v) -> b.readShort());
        all.add((b, i, n, v) -> b.readMediumLE());
        all.add((b, i, n, v) -> b.readInt());
        all.add((b, i, n, v) -> b.readLongLE());
        all.add((b, i, n, v) -> b.skipBytes(n) == b);
        all.add((b, i, n, v) -> grow(b, 1).writeByte((int) v) == b);
        all.add((b, i, n, v) -> grow(b, 2).writeShort((int) v) == b);
        all.add((b, i, n, v) -> grow(b, 3).writeMedium((int) v) == b);
        all.add((b, i, n, v) -> grow(b, 4).writeIntLE((int) v) == b);
        all.add((b, i, n, v) -> grow(b, 8).writeLong(v) == b);
        all.add((b, i, n, v) -> grow(b, n).writeZero(n) == b);
        all.add((b, i, n, v) -> grow(b, n).writeBytes(bytes(n, v)) == b);
        // Indices and capacity.
        all.add((b, i, n, v) -> b.readerIndex(i) == b);
        all.add((b, i, n, v) -> b.writerIndex(i) == b);
        all.add((b, i, n, v) -> b.setIndex(i, i + n) == b);
        all.add((b, i, n, v) -> b.clear() == b);
        all.add((b, i, n, v) -> b.markReaderIndex() == b);
        all.add((b, i, n, v) -> b.markWriterIndex() == b);
        all.add((b, i, n, v) -> b.resetReaderIndex() == b);
        all.add((b, i, n, v) -> b.resetWriterIndex() == b);
        all.add((b, i, n, v) -> b.discardReadBytes() == b);
        all.add((b, i, n, v) -> b.discardSomeReadBytes() == b);
        all.add((b, i, n, v) -> capacity(b, i + n) == b);
        all.add((b, i, n, v) -> capacity(b, i) == b);
        all.add((b, i, n, v) -> b.ensureWritable(b.writableBytes(), false));
        all.add((b, i, n, v) -> b.ensureWritable(b.maxWritableBytes() + 1, false));
        // Bytes to and from.
        all.add((b, i, n, v) -> {
            byte[] to = bytes(n + 3, v);
            b.getBytes(i, to, 1, n);
            return Arrays.hashCode(to);
        });
        all.add((b, i, n, v) -> b.getBytes(i, new byte[3], (int) (v % 5), 2) == b);
        all.add((b, i, n, v) -> {
            byte[] to = bytes(n, v);
            b.readBytes(to);
            return Arrays.hashCode(to);
        });
        for (boolean direct : new boolean[] {false, true}) {
            for (ByteBufAllocator allocator : List.of(UnpooledByteBufAllocator.DEFAULT, ALLOCATOR)) {
                all.add((b, i, n, v) -> {
                    ByteBuf to = direct ? allocator.directBuffer(n + 3) : allocator.heapBuffer(n + 3);
                    try {
                        to.setZero(0, n + 3);
                        b.getBytes(i, to, 1, n);
                        b.getBytes(i, to, 2);
                        to.setIndex(0, n + 3);
                    } catch (RuntimeException e) {
                        to.release();
                        throw e;
                    }
                    return take(to);
                });
                all.add((b, i, n, v) -> {
                    ByteBuf from = direct ? allocator.directBuffer(n + 3) : allocator.heapBuffer(n + 3);
                    try {
                        from.writeBytes(bytes(n + 3, v));
                        b.setBytes(i, from, 1, n);
                        b.setBytes(i, from.asReadOnly(), 1, n / 2);
                        grow(b, n).writeBytes(from, 2, n);
                    } finally {
                        from.release();
                    }
                    return null;
                });
            }
            all.add((b, i, n, v) -> {
                ByteBuffer to = direct ? ByteBuffer.allocateDirect(n + 2) : ByteBuffer.allocate(n + 2);
                to.position(1).limit(1 + n);
                b.getBytes(i, to);
                return to.position() + Arrays.toString(array(to.clear()));
            });
            all.add((b, i, n, v) -> {
                ByteBuffer from = direct ? ByteBuffer.allocateDirect(n + 2) : ByteBuffer.allocate(n + 2);
                from.put(bytes(n + 2, v)).position(1).limit(1 + n);
                b.setBytes(i, from);
                return from.position();
            });
        }
        all.add((b, i, n, v) -> b.setBytes(i, ByteBuffer.wrap(bytes(n, v)).asReadOnlyBuffer()) == b);
        all.add((b, i, n, v) -> b.setBytes(i, bytes(n + 3, v), 1, n) == b);
        all.add((b, i, n, v) -> b.setBytes(i, bytes(3, v), (int) (v % 5), 2) == b);
        // From itself, where it overlaps.
        all.add((b, i, n, v) -> b.setBytes(i, b, (int) v & 63, n) == b);
        all.add((b, i, n, v) -> b.setBytes(i, b.nioBuffer((int) v & 63, n)) == b);
        all.add((b, i, n, v) -> b.setBytes(i, b.internalNioBuffer((int) v & 63, n)) == b);
        all.add((b, i, n, v) -> b.setBytes(i, b.slice((int) v & 63, n), 0, n) == b);
        // Streams and channels. Netty's direct buffers look at nothing but what is moved, so only what is inside.
        inside(all, (b, i, n, v) -> {
            ByteArrayOutputStream to = new ByteArrayOutputStream();
            b.getBytes(i, to, n);
            return Arrays.hashCode(to.toByteArray());
        });
        inside(all, (b, i, n, v) -> b.setBytes(i, new ByteArrayInputStream(bytes(n, v)), n));
        inside(all, (b, i, n, v) -> b.setBytes(i, new ByteArrayInputStream(bytes(n / 2, v)), n));
        inside(all, (b, i, n, v) -> {
            file.truncate(0);
            int wrote = b.getBytes(i, file, n);
            ByteBuffer read = ByteBuffer.allocate(n);
            file.read(read, 0);
            return wrote + Arrays.toString(read.array());
        });
        inside(all, (b, i, n, v) -> {
            file.truncate(0);
            int wrote = b.getBytes(i, file, 5, n);
            ByteBuffer read = ByteBuffer.allocate(n + 5);
            file.read(read, 0);
            return wrote + Arrays.toString(read.array());
        });
        inside(all, (b, i, n, v) -> {
            file.truncate(0).write(ByteBuffer.wrap(bytes(n + 5, v)), 0);
            file.position(2);
            return b.setBytes(i, file, n);
        });
        inside(all, (b, i, n, v) -> {
            file.truncate(0).write(ByteBuffer.wrap(bytes(n + 5, v)), 0);
            return b.setBytes(i, file, 3L, n);
        });
        inside(all, (b, i, n, v) -> {
            file.truncate(0);
            return b.readBytes(file, Math.min(n, b.readableBytes()));
        });
        // Text.
        all.add((b, i, n, v) -> b.setCharSequence(i, "t\u00e4xt" + v % 100, StandardCharsets.UTF_8));
        all.add((b, i, n, v) -> b.setCharSequence(i, "text" + v % 100, StandardCharsets.US_ASCII));
        all.add((b, i, n, v) -> b.setCharSequence(i, "text" + v % 100, StandardCharsets.UTF_16));
        all.add((b, i, n, v) -> b.getCharSequence(i, n, StandardCharsets.ISO_8859_1).toString());
        all.add((b, i, n, v) -> grow(b, 50).writeCharSequence("t\u20acxt" + v % 100, StandardCharsets.UTF_8));
        all.add((b, i, n, v) -> b.toString(i, n, StandardCharsets.ISO_8859_1));
        // Views and copies.
        all.add((b, i, n, v) -> list(b.nioBuffer(i, n)));
        all.add((b, i, n, v) -> list(b.nioBuffer()));
        all.add((b, i, n, v) -> b.nioBuffers(i, n).length + "" + list(b.nioBuffers(i, n)[0]));
        all.add((b, i, n, v) -> list(b.internalNioBuffer(i, n)));
        all.add((b, i, n, v) -> b.nioBuffer(i, n).put(bytes(n, v)).remaining());
        all.add((b, i, n, v) -> take(b.copy(i, n)));
        all.add((b, i, n, v) -> take(b.copy()));
        all.add((b, i, n, v) -> take(b.retainedSlice(i, n)));
        all.add((b, i, n, v) -> take(b.retainedDuplicate()));
        all.add((b, i, n, v) -> take(b.readRetainedSlice(n)));
        all.add((b, i, n, v) -> take(b.readBytes(n)));
        all.add((b, i, n, v) -> b.slice(i, n).setIndex(0, n).getByte((int) v & 7));
        all.add((b, i, n, v) -> b.slice(i, n).setLong((int) v & 7, v).capacity());
        all.add((b, i, n, v) -> b.slice(i, n).slice(1, n - 1).setByte(0, 7).capacity());
        all.add((b, i, n, v) -> b.duplicate().setInt(i, (int) v).writerIndex(i).readableBytes());
        all.add((b, i, n, v) -> b.asReadOnly().getInt(i));
        all.add((b, i, n, v) -> assertThrows(ReadOnlyBufferException.class, () -> b.asReadOnly().setInt(i, 1)));
        all.add((b, i, n, v) -> {
            CompositeByteBuf two = UnpooledByteBufAllocator.DEFAULT.compositeBuffer();
            try {
                two.addComponent(true, b.retainedSlice(0, Math.min(10, b.capacity())));
                two.addComponent(true, b.retainedSlice(i, n));
                return ByteBufUtil.hexDump(two) + two.getLong(5) + take(two.copy(2, 11))
                        + b.setBytes(0, two, 4, 8).refCnt();
            } finally {
                two.release();
            }
        });
        all.add((b, i, n, v) -> b.hasArray() ? b.array()[b.arrayOffset() + Math.floorMod(v, b.capacity())] : null);
        // Search and comparison.
        all.add((b, i, n, v) -> b.forEachByte(i, n, x -> x != (byte) v));
        all.add((b, i, n, v) -> b.forEachByteDesc(i, n, x -> x != (byte) v));
        all.add((b, i, n, v) -> b.indexOf(i, i + n, (byte) v));
        all.add((b, i, n, v) -> b.bytesBefore(i, n, (byte) v));
        all.add((b, i, n, v) -> b.hashCode());
        all.add((b, i, n, v) -> b.compareTo(b.slice(i, n)));
        all.add((b, i, n, v) -> b.equals(b.slice(i, n)));
        return all;
    }

    private static final String THROWN = "thrown";

    private static Object outcome(Operation operation, ByteBuf buffer, int index, int length, long value) {
        try {
            return "" + operation.on(buffer, index, length, value);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferUnderflowException e) {
            return THROWN;
        } catch (Exception e) {
            return e;
        }
    }

    @Test
    void doesWhatAnUnpooledOneDoes() {
        // Netty's adaptive one does not: setZero of nothing at the end throws.
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        List<Operation> operations = operations();
        for (boolean direct : new boolean[] {false, true}) {
            Random random = new Random(direct ? 1 : 2);
            boolean[] worked = new boolean[operations.size()];
            int capacity = 0;
            ByteBuf theirs = null;
            ByteBuf ours = null;
            for (int step = 0; step < STEPS; step++) {
                if (step % 1000 == 0) {
                    if (ours != null) {
                        assertTrue(theirs.release());
                        assertTrue(ours.release());
                    }
                    capacity = random.nextInt(MOST);
                    theirs = make(UnpooledByteBufAllocator.DEFAULT, direct, capacity);
                    ours = make(ALLOCATOR, direct, capacity);
                    assertEquals(state(theirs), state(ours));
                }
                // Some of them are outside.
                int index = random.nextInt(ours.capacity() + 12) - 2;
                int length = random.nextInt(1 << random.nextInt(9));
                long value = random.nextLong() >>> 1;
                int which = random.nextInt(operations.size());
                Object expected = outcome(operations.get(which), theirs, index, length, value);
                worked[which] |= !expected.equals(THROWN);
                String what = "operation " + which + " at " + index + ", " + length + ", " + value + ", step " + step;
                assertEquals(expected, outcome(operations.get(which), ours, index, length, value), what);
                assertEquals(state(theirs), state(ours), what);
                assertEquals(theirs, ours, what);
            }
            theirs.release();
            ours.release();
            for (int i = 0; i < worked.length; i++) {
                assertTrue(worked[i], "operation " + i + " never worked");
            }
        }
    }

    @Test
    void nothingAfterTheLastRelease() {
        for (boolean direct : new boolean[] {false, true}) {
            ByteBuf buffer = make(ALLOCATOR, direct, 100);
            ByteBuf slice = buffer.slice(10, 20);
            buffer.retain(2);
            assertEquals(3, slice.refCnt());
            assertFalse(slice.release(2));
            buffer.setInt(0, 5);
            assertTrue(buffer.release());
            assertEquals(0, buffer.refCnt());
            for (Consumer<ByteBuf> use : List.<Consumer<ByteBuf>>of(b -> b.getByte(0), b -> b.setLong(0, 1),
                    ByteBuf::retain, ByteBuf::release, b -> b.nioBuffer(0, 1),
                    b -> b.internalNioBuffer(0, 1), b -> b.copy(0, 1), b -> b.getBytes(0, new byte[1]),
                    b -> b.setBytes(0, new byte[1]), b -> b.setBytes(0, ByteBuffer.allocate(1)),
                    b -> b.getBytes(0, ByteBuffer.allocate(1)), b -> b.writeByte(1))) {
                for (ByteBuf released : List.of(buffer, slice)) {
                    assertThrows(IllegalReferenceCountException.class, () -> use.accept(released));
                }
            }
            for (ByteBuf released : List.of(buffer, slice)) {
                assertThrows(IllegalReferenceCountException.class, direct ? released::memoryAddress : released::array);
            }
            assertThrows(IllegalReferenceCountException.class, () -> buffer.getInt(0));
            assertThrows(IllegalReferenceCountException.class, () -> buffer.capacity(50));
            assertThrows(IllegalReferenceCountException.class, buffer::release);
        }
    }

    @Test
    void isAsNewWhenItComesAgain() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        for (boolean direct : new boolean[] {false, true}) {
            PerCpuByteBufAllocator allocator = (PerCpuByteBufAllocator) PerCpuByteBufAllocator.create(direct);
            for (int n = 0; n < 1000; n++) {
                ByteBuf buffer = make(allocator, direct, 10 + n % 200);
                assertEquals(List.of(0, 0, 10 + n % 200, MOST, 1), List.of(buffer.readerIndex(), buffer.writerIndex(),
                        buffer.capacity(), buffer.maxCapacity(), buffer.refCnt()));
                buffer.resetReaderIndex().resetWriterIndex();
                assertEquals(0, buffer.readerIndex() + buffer.writerIndex());
                ByteBuffer view = buffer.internalNioBuffer(2, 5);
                assertEquals(List.of(ByteOrder.BIG_ENDIAN, 2, 7),
                        List.of(view.order(), view.position(), view.limit()));
                view.order(ByteOrder.LITTLE_ENDIAN);
                buffer.writeLong(n).readInt();
                buffer.markReaderIndex().markWriterIndex();
                buffer.retain().release();
                buffer.release();
            }
        }
    }

    @Test
    void streamsStayInside() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        for (boolean direct : new boolean[] {false, true}) {
            ByteBuf buffer = make(ALLOCATOR, direct, 100);
            for (int index : new int[] {-1, 95, 101}) {
                assertThrows(IndexOutOfBoundsException.class,
                        () -> buffer.setBytes(index, new ByteArrayInputStream(new byte[3]), 6));
                assertThrows(IndexOutOfBoundsException.class,
                        () -> buffer.getBytes(index, new ByteArrayOutputStream(), 6));
                assertThrows(IndexOutOfBoundsException.class, () -> buffer.setBytes(index, file, 6));
                assertThrows(IndexOutOfBoundsException.class, () -> buffer.setBytes(index, file, 0L, 6));
                assertThrows(IndexOutOfBoundsException.class, () -> buffer.getBytes(index, file, 6));
                assertThrows(IndexOutOfBoundsException.class, () -> buffer.getBytes(index, file, 0L, 6));
            }
            buffer.release();
        }
    }

    @Test
    void addresses() {
        ByteBuf direct = make(ALLOCATOR, true, 100);
        ByteBuf heap = make(ALLOCATOR, false, 100);
        assertTrue(direct.isDirect());
        assertFalse(direct.hasArray());
        assertThrows(UnsupportedOperationException.class, direct::array);
        assertThrows(UnsupportedOperationException.class, direct::arrayOffset);
        assertFalse(heap.isDirect());
        assertTrue(heap.hasArray());
        assertFalse(heap.hasMemoryAddress());
        assertThrows(UnsupportedOperationException.class, heap::memoryAddress);
        if (direct.hasMemoryAddress()) {
            assertNotEquals(0, direct.memoryAddress());
        } else {
            assertThrows(UnsupportedOperationException.class, direct::memoryAddress);
        }
        for (ByteBuf buffer : List.of(heap, direct)) {
            assertNull(buffer.unwrap());
            assertSame(ALLOCATOR, buffer.alloc());
            buffer.release();
        }
    }

    private static ByteBuf make(ByteBufAllocator allocator, boolean direct, int capacity) {
        ByteBuf buffer = direct ? allocator.directBuffer(capacity, MOST) : allocator.heapBuffer(capacity, MOST);
        return buffer.setZero(0, capacity);
    }
}
