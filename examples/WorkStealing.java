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


import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuStack;

/**
 * Work stealing: a task pushes half of itself to the stack of its CPU, if there is room. Who
 * finds that stack empty steals from others. Here the task is to count to 10 million.
 *
 * <pre>
 * java --add-modules jdk.incubator.percpu examples/WorkStealing.java
 * </pre>
 */
public final class WorkStealing {

    private record Range(int from, int to) {}

    private static final int SMALL = 1000;
    private static final PerCpuStack<Range> TASKS = new PerCpuStack<>(256);
    private static final PerCpuCounter COUNTED = new PerCpuCounter();
    private static final PerCpuCounter STOLEN = new PerCpuCounter();

    static Range next() {
        Range task = TASKS.pop();
        for (int slot = 0; task == null && slot < PerCpu.slots(); slot++) {
            task = TASKS.steal(slot);
            STOLEN.add(task != null ? 1 : 0);
        }
        return task != null ? task : new Range(0, 0);
    }

    static void run(Range task) {
        int from = task.from;
        for (int to = task.to; from < to;) {
            int middle = from + (to - from) / 2;
            if (to - from > SMALL && TASKS.push(new Range(middle, to))) {
                to = middle;
            } else {
                COUNTED.increment();
                from++;
            }
        }
    }

    public static void main(String[] args) {
        TASKS.push(new Range(0, 10_000_000));
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                threads.execute(() -> {
                    while (COUNTED.sum() < 10_000_000) {
                        run(next());
                    }
                });
            }
        }
        System.out.println("Counted to " + COUNTED.sum() + "; " + STOLEN.sum() + " tasks were stolen");
    }
}
