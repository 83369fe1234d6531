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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Calls by 10 000 virtual threads, which are there at the same time. JMH's own executor of them has threads that
 * never yield.
 */
final class VirtualThreads {
    static final int THREADS = 10_000;

    /** How many calls {@link #run} makes, however many of them are one thread's. */
    static final int CALLS = 16 * THREADS;

    /** Told which thread it is. */
    interface Call {
        void run(int thread) throws Exception;
    }

    private VirtualThreads() {}

    /** Starts threads, each of which makes so many calls and yields after each, and others once these have ended. */
    static void run(int callsOfThread, Call call) throws InterruptedException {
        for (int made = 0; made < CALLS; made += callsOfThread * THREADS) {
            new Batch(callsOfThread, call).run();
        }
    }

    private static final class Batch {
        private final int callsOfThread;
        private final Call call;
        private final CountDownLatch all = new CountDownLatch(1);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Batch(int callsOfThread, Call call) {
            this.callsOfThread = callsOfThread;
            this.call = call;
        }

        void run() throws InterruptedException {
            Thread[] threads = new Thread[THREADS];
            for (int t = 0; t < THREADS; t++) {
                int thread = t;
                threads[t] = Thread.ofVirtual().start(() -> runThread(thread));
            }
            all.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            if (failure.get() != null) {
                throw new IllegalStateException("a virtual thread failed", failure.get());
            }
        }

        private void runThread(int thread) {
            try {
                all.await();
                for (int i = 0; i < callsOfThread; i++) {
                    call.run(thread);
                    Thread.yield();
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t);
            }
        }
    }
}
