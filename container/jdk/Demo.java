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


import java.util.concurrent.atomic.LongAdder;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;

/** What the image says when nobody asks for more: whether it works here, and that it counts right. */
public class Demo {
    private static final int THREADS = 8;
    private static final int ADDS = 20_000_000;

    public static void main(String[] args) throws InterruptedException {
        System.out.println("PerCpu.isSupported(): " + PerCpu.isSupported());
        System.out.println("PerCpu.slots():       " + PerCpu.slots());
        PerCpuCounter counter = new PerCpuCounter();
        LongAdder adder = new LongAdder();
        double ours = seconds(() -> add(counter));
        double theirs = seconds(() -> add(adder));
        long expected = (long) THREADS * ADDS;
        System.out.printf("%d threads, %,d adds: PerCpuCounter %.2f s, LongAdder %.2f s%n", THREADS, expected, ours, theirs);
        if (counter.sum() != expected || adder.sum() != expected) {
            System.out.println("wrong: " + counter.sum() + " and " + adder.sum());
            System.exit(1);
        }
        System.out.println("Both sums are exact.");
    }

    private static double seconds(Runnable work) throws InterruptedException {
        long start = System.nanoTime();
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(work);
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void add(PerCpuCounter counter) {
        for (int i = 0; i < ADDS; i++) {
            counter.increment();
        }
    }

    private static void add(LongAdder adder) {
        for (int i = 0; i < ADDS; i++) {
            adder.increment();
        }
    }
}
