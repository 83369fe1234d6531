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
 * @summary of two threads that remove a key each and look whether the map is empty, one finds it so; and what is built on
 *          that: an executor whose last thread ends it
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver LastOneOut
 */

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class LastOneOut {
    public static void main(String[] args) throws Exception {
        new Vm().with("-XX:-TieredCompilation").pass(Litmus.class);
        new Vm().with("-XX:-UsePerCpuAdders", "-XX:-TieredCompilation").pass(Litmus.class);
        new Vm().pass(Executor.class);
    }

    public static class Litmus {
        private static final int ROUNDS = 400_000;

        private static final ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
        private static volatile int go;
        private static volatile int done;
        private static volatile boolean foundEmpty;

        public static void main(String[] args) throws Exception {
            if (Raw.usesAdders()) {
                Contention.contend(map);
            }
            Thread other = new Thread(() -> {
                for (int round = 1; round <= ROUNDS; round++) {
                    for (int spins = 0; go != round; spins++) {
                        pause(spins);
                    }
                    foundEmpty = leave("b");
                    done = round;
                }
            });
            other.setDaemon(true);
            other.start();
            int both = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                map.put("a", "a");
                map.put("b", "b");
                go = round;
                boolean empty = leave("a");
                for (int spins = 0; done != round; spins++) {
                    pause(spins);
                }
                Check.that(empty || foundEmpty, "round " + round + ": neither of two that left found the map empty");
                both += empty && foundEmpty ? 1 : 0;
            }
            System.out.println(both + " of " + ROUNDS + " times both found it empty");
        }

        // Beside other programs the other thread may wait for this CPU.
        private static void pause(int spins) {
            if (spins < 1000) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }

        private static boolean leave(String key) {
            map.remove(key);
            return map.isEmpty();
        }
    }

    public static class Executor {
        private static final int ROUNDS = 2_000;
        private static final int TASKS = 8;

        public static void main(String[] args) throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                CyclicBarrier barrier = new CyclicBarrier(TASKS);
                // Its close waits for the last thread, which is the one that finds a set of threads empty.
                try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < TASKS; i++) {
                        executor.submit(() -> barrier.await());
                    }
                }
            }
            System.out.println(ROUNDS + " executors were closed");
        }
    }
}
