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

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;

import io.netty.buffer.ByteBufAllocator;
import io.netty.testsuite.transport.socket.CompositeBufferGatheringWriteTest;
import io.netty.testsuite.transport.socket.DatagramUnicastInetTest;
import io.netty.testsuite.transport.socket.SocketBufReleaseTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import percpu.adapters.common.Counting;

/** Netty's own tests of sockets, with this allocator in place of theirs; skipped where that is Netty's. */
class NettySocketsTest {

    private static final ByteBufAllocator ALLOCATOR = PerCpuByteBufAllocator.create(true);

    private static List<ByteBufAllocator> allocators() {
        assumeTrue(Counting.isPerCpu(), Counting.explanation());
        return List.of(ALLOCATOR);
    }

    /** Whether a class has allocated anything. */
    static class Used implements BeforeAllCallback, AfterAllCallback {
        private long before;

        private static long acquired() {
            return ALLOCATOR instanceof PerCpuByteBufAllocator ours
                    ? ours.heap.statistics().acquired() + ours.direct.statistics().acquired() : -1;
        }

        @Override
        public void beforeAll(ExtensionContext context) {
            before = acquired();
        }

        @Override
        public void afterAll(ExtensionContext context) {
            long after = acquired();
            assertTrue(after < 0 || after > before, "nothing was allocated");
        }
    }

    @ExtendWith(NettySocketsTest.Used.class)
    static class EchoTest extends SocketEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }
    }

    @ExtendWith(NettySocketsTest.Used.class)
    static class FixedLengthEchoTest extends SocketFixedLengthEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }
    }

    @ExtendWith(NettySocketsTest.Used.class)
    static class StringEchoTest extends SocketStringEchoTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }
    }

    @ExtendWith(NettySocketsTest.Used.class)
    static class GatheringWriteTest extends SocketGatheringWriteTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }
    }

    @ExtendWith(NettySocketsTest.Used.class)
    static class CompositeGatheringWriteTest extends CompositeBufferGatheringWriteTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }
    }

    @ExtendWith(NettySocketsTest.Used.class)
    static class BufReleaseTest extends SocketBufReleaseTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }
    }

    @ExtendWith(NettySocketsTest.Used.class)
    static class DatagramTest extends DatagramUnicastInetTest {
        @Override
        protected List<ByteBufAllocator> newAllocators() {
            return allocators();
        }
    }
}
