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

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** JMH's one thread on one CPU, which gives, and a thread on another CPU, which takes. All that was given must be taken. */
public final class TwoCpus {
    private TwoCpus() {}

    /** The thread that gives. */
    @State(Scope.Thread)
    public static class Giver {
        final Object element = new Object();
        private static volatile Giver only;
        long given;

        @Setup(Level.Trial)
        public void bind() {
            Affinity.bind(0);
            only = this;
        }
    }

    /** What is given by the way, and the thread that takes. */
    public abstract static class Shared {
        private final IntConsumer wait;
        private Taker taker;

        // The taker's, until it has ended.
        private long taken;

        protected Shared() {
            this(Wait::sleeping);
        }

        /** @param wait what the taker does when there is nothing, told how often that was already */
        protected Shared(IntConsumer wait) {
            this.wait = wait;
        }

        /** Takes all that is there, and answers how much that was. */
        abstract long take();

        private long takeAndCount() {
            long count = take();
            taken += count;
            return count;
        }

        final void waitForRoom(int tries) {
            taker.check();
            Wait.forRoom(tries);
        }

        @Setup(Level.Trial)
        public void start() {
            taker = new Taker(this::takeAndCount, wait, 1);
            taker.start();
        }

        @TearDown(Level.Trial)
        public void check() throws InterruptedException {
            taker.end();
            if (taken != Giver.only.given) {
                throw new IllegalStateException(Giver.only.given + " were given, " + taken + " were taken");
            }
        }
    }
}
