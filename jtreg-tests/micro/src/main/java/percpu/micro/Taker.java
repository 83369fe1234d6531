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

import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * A thread beside JMH's that takes what these give, all the time. When there is nothing, it spins 64 times and then
 * sleeps as shortly as one can ({@link Wait}), unless it is told to wait in another way.
 */
final class Taker {
    // Where a ring starts again from its beginning, one look finds nothing.
    private static final int LOOKS_AT_THE_END = 3;

    static final int ANY_CPU = -1;

    private final LongSupplier take;
    private final IntConsumer wait;
    private final int cpu;
    private final Thread thread = new Thread(this::run, "taker");
    private volatile boolean stop;
    private volatile Throwable failure;

    /**
     * @param take takes all that is there, and answers how much that was
     * @param wait what to do when there is nothing, told how often that was already
     * @param cpu  as {@link Affinity#bind}, or {@link #ANY_CPU}
     */
    Taker(LongSupplier take, IntConsumer wait, int cpu) {
        this.take = take;
        this.wait = wait;
        this.cpu = cpu;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            if (cpu != ANY_CPU) {
                Affinity.bind(cpu);
            }
            for (int tries = 0, nothing = 0; nothing < LOOKS_AT_THE_END;) {
                // All that was given before this was set is there now.
                boolean last = stop;
                if (take.getAsLong() > 0) {
                    tries = 0;
                } else if (last) {
                    nothing++;
                } else {
                    wait.accept(tries++);
                }
            }
        } catch (Throwable t) {
            failure = t;
        }
    }

    /** For a thread that found no room, lest it wait for ever. */
    void check() {
        if (failure != null) {
            throw new IllegalStateException("the thread that takes failed", failure);
        }
    }

    /** Once nobody gives any more: returns when all is taken. */
    void end() throws InterruptedException {
        stop = true;
        thread.join();
        check();
    }
}
