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


import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import jdk.incubator.percpu.PerCpuPool;

/**
 * A pool of message digests, each with a buffer, for many virtual threads. A digest has a state, so two
 * threads must never have the same one: if they had, hashes would be wrong, which is checked.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/DigestPool.java
 * </pre>
 */
public final class DigestPool {

    private static final PerCpuPool<Digest> POOL = PerCpuPool.<Digest>builder(Digest::new)
            .slotCapacity(16)
            .sharedCapacity(64)
            .build();

    /** What is pooled knows its entry, so that whoever has it can release it. */
    private static final class Digest implements AutoCloseable {
        private final PerCpuPool.Entry<Digest> entry;
        private final MessageDigest digest;
        private final byte[] buffer = new byte[1 << 10];

        Digest(PerCpuPool.Entry<Digest> entry) {
            this.entry = entry;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }

        String of(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(bytes, 0, buffer, 0, bytes.length);
            digest.update(buffer, 0, bytes.length / 2);
            Thread.yield();
            digest.update(buffer, bytes.length / 2, bytes.length - bytes.length / 2);
            return HexFormat.of().formatHex(digest.digest());
        }

        @Override
        public void close() {
            POOL.release(entry);
        }
    }

    public static void main(String[] args) throws Exception {
        String text = "Each of them has a digest for itself.";
        String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                .digest(text.getBytes(StandardCharsets.UTF_8)));
        AtomicInteger wrong = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                threads.submit(() -> {
                    for (int n = 0; n < 100; n++) {
                        try (Digest digest = POOL.acquire().get()) {
                            if (!digest.of(text).equals(expected)) {
                                wrong.incrementAndGet();
                            }
                        }
                    }
                });
            }
        }
        PerCpuPool.Statistics s = POOL.statistics();
        if (wrong.get() != 0 || s.acquired() != 100_000 || s.outstanding() != 0 || s.kept() > POOL.capacity()) {
            throw new AssertionError(wrong + " hashes are wrong; " + s);
        }
        System.out.println(s.acquired() + " times a digest was used, " + s.made() + " were made, " + s.kept()
                + " are kept");
    }
}
