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
 * @summary virtual threads that wait for a PerCpuLock leave their carrier to its holder, interrupted or not
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LockWaiters
 */

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLock;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.Vm;

public class LockWaiters {
    private static final int ROUNDS = 20;
    private static final int WAITERS = 3;

    public static void main(String[] args) throws Exception {
        // One carrier on one CPU, so that all want one slot; slots are CPUs, so that it stays the same.
        for (String options : new String[] {"-XX:RseqIndex=cpu_id", "-Xint -XX:RseqIndex=cpu_id", "-XX:-UseRseq"}) {
            System.out.println("== " + options);
            new Vm().with("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1")
                    .with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" "))
                    .pass(Waiters.class).shouldContain("all waiters got the lock");
        }
    }

    public static class Waiters {
        public static void main(String[] args) throws Exception {
            Check.success(Native.setAffinity(Native.gettid(), Arrays.copyOf(Native.allowedCpus(), 1)), "setAffinity");
            int waited = 0;
            for (int round = 0; round < ROUNDS; round++) {
                waited += round();
            }
            // Without rseq a slot is a stripe, and who waits is a matter of luck.
            Check.that(!PerCpu.isSupported() || waited == ROUNDS * WAITERS, "only " + waited + " threads waited");
            System.out.println("all waiters got the lock, " + waited + " had to wait");
        }

        // How many threads had to wait.
        private static int round() throws Exception {
            PerCpuLock lock = new PerCpuLock();
            CountDownLatch held = new CountDownLatch(1);
            Thread holder = Thread.ofVirtual().start(() -> {
                int slot = lock.lock();
                held.countDown();
                // Until it is interrupted.
                LockSupport.park();
                lock.unlock(slot);
            });
            held.await();
            // The first is interrupted before it waits, the second while it does; the last is no virtual one.
            boolean[] interrupted = new boolean[WAITERS];
            Thread[] waiters = new Thread[WAITERS];
            for (int i = 0; i < WAITERS; i++) {
                int me = i;
                waiters[i] = (i == WAITERS - 1 ? Thread.ofPlatform() : Thread.ofVirtual()).start(() -> {
                    if (me == 0) {
                        Thread.currentThread().interrupt();
                    }
                    lock.unlock(lock.lock());
                    interrupted[me] = Thread.currentThread().isInterrupted();
                });
            }
            int waited = 0;
            for (Thread waiter : waiters) {
                while (waiter.isAlive() && !isWaiting(waiter)) {
                    Thread.yield();
                }
                waited += waiter.isAlive() ? 1 : 0;
            }
            boolean secondWaits = waiters[1].isAlive();
            waiters[1].interrupt();
            holder.interrupt();
            for (Thread waiter : waiters) {
                Check.that(waiter.join(Duration.ofMinutes(1)), "a waiter waits still: " + waiter);
            }
            Check.that(interrupted[0], "who was interrupted before is not any more");
            Check.that(interrupted[1] || !secondWaits, "who was interrupted while it waited is not any more");
            Check.that(!interrupted[2], "who was not interrupted is");
            holder.join();
            return waited;
        }

        private static boolean isWaiting(Thread thread) {
            return Arrays.stream(thread.getStackTrace()).anyMatch(f -> f.getMethodName().equals("lockSlowly"));
        }
    }
}
