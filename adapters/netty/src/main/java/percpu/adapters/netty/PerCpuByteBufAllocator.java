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

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import io.netty.util.internal.StringUtil;

import percpu.adapters.common.Counting;

/**
 * Buffers whose memory is kept {@linkplain Counting#pool per CPU} if this process can:
 *
 * <pre>{@code
 * bootstrap.option(ChannelOption.ALLOCATOR, PerCpuByteBufAllocator.shared())
 * }</pre>
 *
 * <p>Memory is kept in nine sizes from 272 bytes to 68 KB, on the heap and outside; what is larger is not kept. A
 * buffer has memory that was used last on the CPU where it is allocated, whichever thread released it. Any thread may
 * release it, and the memory is then kept for that thread's CPU.
 *
 * <p>What is kept is limited, to {@link #maxIdleHeapMemory} and {@link #maxIdleDirectMemory} bytes. Beyond that,
 * memory is freed when it is released. Memory of a size that nobody needs for a minute or a minute and a half is freed
 * while other memory of that size is released, or by {@link #trim}. If there is no memory for a buffer, on the heap or outside,
 * what is kept there is freed, and the buffer is tried once more. There is no limit to what is in use.
 *
 * <p>An allocator that is not needed any more has to be {@linkplain #close closed}, or what it keeps outside stays there
 * for ever. What {@link #create(boolean) create} returns is an {@code AutoCloseable} where it has to be.
 *
 * <p>Leaks are detected as in Netty's own allocators. A buffer that is lost on the heap is collected. One that is lost
 * outside may keep its memory for ever. So may one whose last release ends in a {@code StackOverflowError}.
 */
public final class PerCpuByteBufAllocator extends AbstractByteBufAllocator
        implements ByteBufAllocatorMetricProvider, ByteBufAllocatorMetric, AutoCloseable {

    private static final int BYTES_PER_SLOT = 256 * 1024;

    private static final class Shared {
        static final ByteBufAllocator ALLOCATOR =
                make(PlatformDependent.directBufferPreferred(), BYTES_PER_SLOT, true);
    }

    final Chunks heap;
    final Chunks direct;

    private final boolean isShared;

    private PerCpuByteBufAllocator(boolean preferDirect, int bytesPerSlot, boolean isShared) {
        super(preferDirect);
        this.isShared = isShared;
        heap = new Chunks(this, false, bytesPerSlot);
        direct = new Chunks(this, true, bytesPerSlot);
    }

    /**
     * Returns the allocator for all that have no reason for another. It prefers direct buffers if Netty does, and keeps
     * as much as one that is {@linkplain #create(boolean) made}.
     *
     * @return the allocator, or if this process has none per CPU, {@link ByteBufAllocator#DEFAULT}
     */
    public static ByteBufAllocator shared() {
        return Shared.ALLOCATOR;
    }

    /**
     * Makes an allocator that keeps 256 buffers or 256 KB of each size for each CPU, whichever is less, and as much
     * for all together.
     *
     * @param preferDirect whether {@code buffer} is {@code directBuffer}, if direct buffers can be freed
     * @return the allocator, or if this process can have none per CPU, an {@code AdaptiveByteBufAllocator}
     */
    public static ByteBufAllocator create(boolean preferDirect) {
        return create(preferDirect, BYTES_PER_SLOT);
    }

    /**
     * Makes an allocator.
     *
     * @param preferDirect whether {@code buffer} is {@code directBuffer}, if direct buffers can be freed
     * @param bytesPerSlot how many bytes are kept for each CPU of each of the nine sizes, on the heap and outside; at
     *                     most 256 buffers, and at least one. As much is kept once more for all CPUs together
     * @return the allocator, or if this process can have none per CPU, an {@code AdaptiveByteBufAllocator}
     * @throws IllegalArgumentException if the number of bytes is negative
     */
    public static ByteBufAllocator create(boolean preferDirect, int bytesPerSlot) {
        if (bytesPerSlot < 0) {
            throw new IllegalArgumentException("bytesPerSlot must not be negative: " + bytesPerSlot);
        }
        return make(preferDirect, bytesPerSlot, false);
    }

    private static ByteBufAllocator make(boolean preferDirect, int bytesPerSlot, boolean isShared) {
        PerCpuByteBufAllocator made = new PerCpuByteBufAllocator(preferDirect, bytesPerSlot, isShared);
        if (made.heap.isUsable() && made.direct.isUsable()) {
            return made;
        }
        made.closeAll();
        return isShared ? ByteBufAllocator.DEFAULT : new AdaptiveByteBufAllocator(preferDirect);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return begin(heap, initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return begin(direct, initialCapacity, maxCapacity);
    }

    private static ByteBuf begin(Chunks chunks, int initialCapacity, int maxCapacity) {
        Chunk chunk = chunks.acquire(initialCapacity);
        // No call in between that might find no stack.
        try {
            return toLeakAwareBuffer(chunk.buffer.begin(initialCapacity, maxCapacity));
        } catch (OutOfMemoryError | StackOverflowError e) {
            chunk.release();
            throw e;
        }
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    /**
     * Frees memory that nobody needed since the last call.
     *
     * @return how many bytes
     */
    public long trim() {
        return heap.trim() + direct.trim();
    }

    /**
     * Frees the memory that is kept, and from now on what is released. Buffers whose memory would be kept cannot be
     * allocated any more.
     *
     * @throws UnsupportedOperationException if this is the shared allocator
     */
    @Override
    public void close() {
        if (isShared) {
            throw new UnsupportedOperationException("The shared allocator");
        }
        closeAll();
    }

    private void closeAll() {
        heap.close();
        direct.close();
    }

    @Override
    public ByteBufAllocatorMetric metric() {
        return this;
    }

    /** Returns the bytes on the heap that buffers have, and those that are kept. Lost ones over 68 KB remain counted. */
    @Override
    public long usedHeapMemory() {
        return heap.used();
    }

    /** Returns the bytes outside of the heap that buffers have, lost ones too, and those that are kept. */
    @Override
    public long usedDirectMemory() {
        return direct.used();
    }

    /**
     * Returns the bytes on the heap that are kept.
     *
     * @return how many; no snapshot
     */
    public long idleHeapMemory() {
        return heap.kept();
    }

    /**
     * Returns the bytes outside of the heap that are kept.
     *
     * @return how many; no snapshot
     */
    public long idleDirectMemory() {
        return direct.kept();
    }

    /**
     * Returns the bytes on the heap that are kept at most.
     *
     * @return how many
     */
    public long maxIdleHeapMemory() {
        return heap.maxKept();
    }

    /**
     * Returns the bytes outside of the heap that are kept at most.
     *
     * @return how many
     */
    public long maxIdleDirectMemory() {
        return direct.maxKept();
    }

    @Override
    public String toString() {
        return StringUtil.simpleClassName(this) + "(usedHeapMemory: " + usedHeapMemory() + "; usedDirectMemory: "
                + usedDirectMemory() + "; idleHeapMemory: " + idleHeapMemory() + "; idleDirectMemory: "
                + idleDirectMemory() + ')';
    }
}
