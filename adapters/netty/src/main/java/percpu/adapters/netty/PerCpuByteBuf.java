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

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;

import io.netty.buffer.AbstractReferenceCountedByteBuf;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A buffer that shows a chunk, or a part of it. It goes back to the pool with its chunk, and comes again with it. */
final class PerCpuByteBuf extends AbstractReferenceCountedByteBuf {

    private Chunk chunk;

    // The chunk's.
    private ByteBuffer memory;

    private int length;

    PerCpuByteBuf() {
        super(0);
    }

    /** From now on this is the buffer of that chunk. */
    void show(Chunk chunk) {
        this.chunk = chunk;
        memory = chunk.memory;
        chunk.buffer = this;
    }

    PerCpuByteBuf begin(int capacity, int maxCapacity) {
        length = capacity;
        maxCapacity(maxCapacity);
        resetRefCnt();
        return (PerCpuByteBuf) clear().markReaderIndex().markWriterIndex();
    }

    @Override
    protected void deallocate() {
        chunk.release();
    }

    // --- Capacity

    @Override
    public int capacity() {
        return length;
    }

    @Override
    public int maxFastWritableBytes() {
        return Math.min(chunk.size, maxCapacity()) - writerIndex();
    }

    @Override
    public ByteBuf capacity(int newCapacity) {
        checkNewCapacity(newCapacity);
        if (newCapacity > chunk.size) {
            move(newCapacity);
        }
        boolean less = newCapacity < length;
        length = newCapacity;
        if (less) {
            trimIndicesToCapacity(newCapacity);
        }
        return this;
    }

    // This object stays: others know it. So the two chunks change buffers.
    private void move(int newCapacity) {
        Chunk from = chunk;
        Chunk to = from.chunks.acquire(newCapacity);
        to.memory.put(0, from.memory, 0, length);
        to.buffer.show(from);
        show(to);
        from.release();
    }

    // --- What it is

    @Override
    public ByteBufAllocator alloc() {
        return chunk.chunks.allocator;
    }

    @Override
    @Deprecated
    public ByteOrder order() {
        return ByteOrder.BIG_ENDIAN;
    }

    @Override
    public ByteBuf unwrap() {
        return null;
    }

    @Override
    public boolean isContiguous() {
        return true;
    }

    @Override
    public boolean isDirect() {
        return chunk.chunks.direct;
    }

    @Override
    public boolean hasArray() {
        return chunk.array != null;
    }

    @Override
    public byte[] array() {
        ensureAccessible();
        if (chunk.array == null) {
            throw new UnsupportedOperationException("A direct buffer");
        }
        return chunk.array;
    }

    @Override
    public int arrayOffset() {
        if (chunk.array == null) {
            throw new UnsupportedOperationException("A direct buffer");
        }
        return 0;
    }

    @Override
    public boolean hasMemoryAddress() {
        return chunk.hasAddress();
    }

    @Override
    public long memoryAddress() {
        ensureAccessible();
        return chunk.address();
    }

    @Override
    public int nioBufferCount() {
        return 1;
    }

    @Override
    public ByteBuffer nioBuffer(int index, int length) {
        checkIndex(index, length);
        return memory.slice(index, length);
    }

    @Override
    public ByteBuffer[] nioBuffers(int index, int length) {
        return new ByteBuffer[] {nioBuffer(index, length)};
    }

    @Override
    public ByteBuffer internalNioBuffer(int index, int length) {
        checkIndex(index, length);
        return chunk.view(index, length);
    }

    @Override
    public ByteBuf copy(int index, int length) {
        checkIndex(index, length);
        ByteBuf copy = isDirect() ? alloc().directBuffer(length, maxCapacity())
                : alloc().heapBuffer(length, maxCapacity());
        return copy.writeBytes(this, index, length);
    }

    // --- Values, whose index is checked

    @Override
    protected byte _getByte(int index) {
        return memory.get(index);
    }

    @Override
    protected short _getShort(int index) {
        return memory.getShort(index);
    }

    @Override
    protected short _getShortLE(int index) {
        return Short.reverseBytes(memory.getShort(index));
    }

    @Override
    protected int _getUnsignedMedium(int index) {
        return (memory.get(index) & 0xff) << 16 | memory.getShort(index + 1) & 0xffff;
    }

    @Override
    protected int _getUnsignedMediumLE(int index) {
        return memory.get(index) & 0xff | (Short.reverseBytes(memory.getShort(index + 1)) & 0xffff) << 8;
    }

    @Override
    protected int _getInt(int index) {
        return memory.getInt(index);
    }

    @Override
    protected int _getIntLE(int index) {
        return Integer.reverseBytes(memory.getInt(index));
    }

    @Override
    protected long _getLong(int index) {
        return memory.getLong(index);
    }

    @Override
    protected long _getLongLE(int index) {
        return Long.reverseBytes(memory.getLong(index));
    }

    @Override
    protected void _setByte(int index, int value) {
        memory.put(index, (byte) value);
    }

    @Override
    protected void _setShort(int index, int value) {
        memory.putShort(index, (short) value);
    }

    @Override
    protected void _setShortLE(int index, int value) {
        memory.putShort(index, Short.reverseBytes((short) value));
    }

    @Override
    protected void _setMedium(int index, int value) {
        memory.put(index, (byte) (value >> 16));
        memory.putShort(index + 1, (short) value);
    }

    @Override
    protected void _setMediumLE(int index, int value) {
        memory.put(index, (byte) value);
        memory.putShort(index + 1, Short.reverseBytes((short) (value >> 8)));
    }

    @Override
    protected void _setInt(int index, int value) {
        memory.putInt(index, value);
    }

    @Override
    protected void _setIntLE(int index, int value) {
        memory.putInt(index, Integer.reverseBytes(value));
    }

    @Override
    protected void _setLong(int index, long value) {
        memory.putLong(index, value);
    }

    @Override
    protected void _setLongLE(int index, long value) {
        memory.putLong(index, Long.reverseBytes(value));
    }

    // --- Bytes

    // Slices, not the chunk's view: several threads may do it at the same time.

    @Override
    public ByteBuf getBytes(int index, ByteBuf dst, int dstIndex, int length) {
        checkDstIndex(index, length, dstIndex, dst.capacity());
        if (dst.hasArray()) {
            memory.get(index, dst.array(), dst.arrayOffset() + dstIndex, length);
        } else {
            dst.setBytes(dstIndex, memory.slice(index, length));
        }
        return this;
    }

    @Override
    public ByteBuf getBytes(int index, byte[] dst, int dstIndex, int length) {
        checkDstIndex(index, length, dstIndex, dst.length);
        memory.get(index, dst, dstIndex, length);
        return this;
    }

    @Override
    public ByteBuf getBytes(int index, ByteBuffer dst) {
        checkIndex(index, dst.remaining());
        dst.put(memory.slice(index, dst.remaining()));
        return this;
    }

    @Override
    public ByteBuf getBytes(int index, OutputStream out, int length) throws IOException {
        checkIndex(index, length);
        byte[] bytes = chunk.array;
        if (bytes == null) {
            bytes = new byte[length];
            memory.get(index, bytes);
            index = 0;
        }
        out.write(bytes, index, length);
        return this;
    }

    @Override
    public int getBytes(int index, GatheringByteChannel out, int length) throws IOException {
        return out.write(nioBuffer(index, length));
    }

    @Override
    public int getBytes(int index, FileChannel out, long position, int length) throws IOException {
        return out.write(nioBuffer(index, length), position);
    }

    @Override
    public ByteBuf setBytes(int index, ByteBuf src, int srcIndex, int length) {
        checkSrcIndex(index, length, srcIndex, src.capacity());
        if (src.hasArray()) {
            memory.put(index, src.array(), src.arrayOffset() + srcIndex, length);
        } else {
            src.getBytes(srcIndex, memory.slice(index, length));
        }
        return this;
    }

    @Override
    public ByteBuf setBytes(int index, byte[] src, int srcIndex, int length) {
        checkSrcIndex(index, length, srcIndex, src.length);
        memory.put(index, src, srcIndex, length);
        return this;
    }

    @Override
    public ByteBuf setBytes(int index, ByteBuffer src) {
        checkIndex(index, src.remaining());
        memory.put(index, src, src.position(), src.remaining());
        src.position(src.limit());
        return this;
    }

    @Override
    public int setBytes(int index, InputStream in, int length) throws IOException {
        checkIndex(index, length);
        if (chunk.array != null) {
            return in.read(chunk.array, index, length);
        }
        byte[] bytes = new byte[length];
        int read = in.read(bytes, 0, length);
        if (read > 0) {
            memory.put(index, bytes, 0, read);
        }
        return read;
    }

    @Override
    public int setBytes(int index, ScatteringByteChannel in, int length) throws IOException {
        try {
            return in.read(internalNioBuffer(index, length));
        } catch (ClosedChannelException e) {
            return -1;
        }
    }

    @Override
    public int setBytes(int index, FileChannel in, long position, int length) throws IOException {
        try {
            return in.read(internalNioBuffer(index, length), position);
        } catch (ClosedChannelException e) {
            return -1;
        }
    }
}
