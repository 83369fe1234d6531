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


import java.util.concurrent.Executors;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;

/**
 * A counter that many threads add to, and how its sum spreads over the slots.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/Counter.java
 * </pre>
 */
public final class Counter {

    private static final PerCpuCounter REQUESTS = new PerCpuCounter();

    public static void main(String[] args) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                threads.submit(() -> {
                    for (int n = 0; n < 10_000; n++) {
                        REQUESTS.increment();
                    }
                });
            }
        }
        System.out.println("1000 threads counted to " + REQUESTS.sum());
        System.out.println("rseq: " + PerCpu.isSupported() + ", slots: " + PerCpu.slots());
    }
}
