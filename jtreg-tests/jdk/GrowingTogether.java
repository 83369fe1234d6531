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
 * @summary threads that want cells at the same time, where there are none, make them once
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu/jdk.incubator.percpu:open java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run main/othervm GrowingTogether
 * @run main/othervm -Xint GrowingTogether
 * @run main/othervm -XX:-UseRseq GrowingTogether
 */

import java.lang.reflect.Field;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuList;
import percpu.lib.Check;

public class GrowingTogether {
    private static final int ROUNDS = 20;
    private static final int THREADS = 64;

    // Free cells that are not taken from another slot are fewer, so one chunk of 1024 serves as many slots at least.
    private static final int SLOTS_OF_A_CHUNK = 16;

    public static void main(String[] args) throws Exception {
        int most = 1 + PerCpu.slots() / SLOTS_OF_A_CHUNK;
        for (int round = 0; round < ROUNDS; round++) {
            PerCpuList<Object> list = new PerCpuList<>();
            Object cells = field(list, "cells");
            Thread[] threads = new Thread[THREADS];
            // All of them find that there is no cell, and wait for who makes some.
            synchronized (cells) {
                for (int i = 0; i < THREADS; i++) {
                    threads[i] = new Thread(() -> list.push(Thread.currentThread()));
                    threads[i].start();
                }
                for (Thread t : threads) {
                    while (t.getState() != Thread.State.BLOCKED) {
                        Check.that(t.isAlive(), "a thread has found a cell before one was made");
                        Thread.yield();
                    }
                }
            }
            for (Thread t : threads) {
                t.join();
            }
            Check.equal(list.drainTo(e -> { }, Integer.MAX_VALUE), THREADS, "elements");
            int chunks = ((Object[][]) field(cells, "elements")).length;
            Check.that(chunks >= 1 && chunks <= most, "round " + round + ": " + chunks + " chunks of cells for " + THREADS
                    + " elements, at most " + most + " are wanted");
        }
        System.out.println(ROUNDS + " lists have at most " + most + " chunks of cells for " + THREADS + " threads each");
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }
}
