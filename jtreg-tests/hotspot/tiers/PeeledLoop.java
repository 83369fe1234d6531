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
/*
 * @test
 * @summary C2 peels and compiles on stack a loop of adds and loses none of them; once it did, with Shenandoah
 * @modules jdk.incubator.percpu
 * @run main/othervm -Xbatch -XX:-TieredCompilation -XX:+UseShenandoahGC PeeledLoop
 */

/*
 * @test
 * @modules jdk.incubator.percpu
 * @run main/othervm -Xbatch -XX:-TieredCompilation PeeledLoop
 */

import jdk.incubator.percpu.PerCpuCounter;

// One thread: nothing but the compiled code can be wrong.
public class PeeledLoop {
    private final PerCpuCounter counter = new PerCpuCounter();

    private void count(int n) {
        for (int i = 0; i < n; i++) {
            counter.increment();
        }
    }

    public static void main(String[] args) {
        PeeledLoop loop = new PeeledLoop();
        for (int round = 1; round <= 2_000; round++) {
            loop.count(500);
            long sum = loop.counter.sum();
            if (sum != round * 500L) {
                throw new AssertionError("round " + round + ": the sum is " + sum + ", not " + round * 500L);
            }
        }
    }
}
