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
 * @summary To drop an object that a pool does not keep takes no memory on the heap, of which there may be none
 * @requires os.family == "linux"
 * @library /lib
 * @modules jdk.incubator.percpu jdk.management
 * @build percpu.lib.Check
 * @comment Interpreted: where compiled code is left for what was not loaded when it was made, that is counted, too.
 * @run main/othervm -Xint PoolDrops
 * @run main/othervm -Xint -XX:-UseRseq PoolDrops
 */

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.ThreadMXBean;
import jdk.incubator.percpu.PerCpuPool;
import percpu.lib.Check;

public class PoolDrops {
    private static final ThreadMXBean MEMORY = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int THREADS = 4;
    private static final int ROUNDS = 1000;
    private static final int OBJECTS = 100;

    public static void main(String[] args) throws Exception {
        AtomicLong bytes = new AtomicLong();
        AtomicLong told = new AtomicLong();
        PerCpuPool<Object> pool = PerCpuPool.builder(entry -> new Object()).slotCapacity(1).sharedCapacity(0)
                .maxWeight(1L << 40, object -> 1).onDrop(object -> told.getAndIncrement()).idle(Duration.ZERO).build();
        // Loads what has to be loaded.
        dropMany(pool, 1);
        CyclicBarrier together = new CyclicBarrier(THREADS);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    together.await();
                    bytes.getAndAdd(dropMany(pool, ROUNDS));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        PerCpuPool.Statistics statistics = pool.statistics();
        System.out.println(bytes + " bytes were allocated by releases of " + statistics);
        Check.equal(statistics.acquired(), (THREADS * ROUNDS + 1L) * OBJECTS, "acquired");
        Check.equal(statistics.outstanding(), 0, "outstanding");
        Check.equal(told.get(), statistics.dropped(), "drops that were told");
        // Each slot keeps one.
        Check.equal(statistics.weight(), statistics.kept(), "weight");
        Check.that(statistics.dropped() >= THREADS * ROUNDS, "only " + statistics.dropped() + " objects were dropped");
        Check.equal(bytes.get(), 0, "bytes allocated by releases");
    }

    // How many bytes the releases allocated.
    private static long dropMany(PerCpuPool<Object> pool, int rounds) {
        List<PerCpuPool.Entry<Object>> entries = new ArrayList<>(OBJECTS);
        long bytes = 0;
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < OBJECTS; i++) {
                entries.add(pool.acquire());
            }
            long before = MEMORY.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < OBJECTS; i++) {
                pool.release(entries.get(i));
            }
            bytes += MEMORY.getCurrentThreadAllocatedBytes() - before;
            entries.clear();
        }
        return bytes;
    }
}
