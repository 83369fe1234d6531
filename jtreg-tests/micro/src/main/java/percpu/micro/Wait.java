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

import java.util.concurrent.locks.LockSupport;

/** How a thread waits that cannot go on: it spins for a while, and then does something else. */
final class Wait {
    private static final int SPINS = 64;
    private static final int TRIES_BEFORE_YIELD = 100;

    // Linux makes it twice as long: in that time the fastest reader of a ring empties a third of it. Sleeping as shortly
    // as they can, 16 writers would wake up 125,000 times a second, which is most of what two CPUs have.
    private static final long NANOS_FOR_ROOM = 50_000;

    private Wait() {}

    /**
     * As PerCpuLock: sleeps as shortly as one can, on Linux for about 60 microseconds. Who yields again and again
     * instead gets no CPU for seconds: Linux takes a time slice off its share each time.
     *
     * @param tries how often it has waited already
     */
    static void sleeping(int tries) {
        sleeping(tries, 1);
    }

    /** Until a thread that takes has made room: as {@link #sleeping}, but for longer. */
    static void forRoom(int tries) {
        sleeping(tries, NANOS_FOR_ROOM);
    }

    // Linux adds about 50 microseconds.
    private static void sleeping(int tries, long nanos) {
        if (tries < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(nanos);
        }
    }

    /** As the Disruptor's YieldingWaitStrategy. */
    static void yielding(int tries) {
        if (tries >= TRIES_BEFORE_YIELD) {
            Thread.yield();
        }
    }

    /** As the Disruptor's BusySpinWaitStrategy. */
    static void spinning(int tries) {
        Thread.onSpinWait();
    }
}
