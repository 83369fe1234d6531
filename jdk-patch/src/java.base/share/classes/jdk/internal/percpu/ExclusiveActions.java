/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package jdk.internal.percpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import jdk.internal.event.PerCpuExclusiveEvent;

/**
 * Exclusive use of variables while others' code runs. An action has one slot of one or
 * more variables. Their locks are taken in the order of the addresses, and actions do not
 * nest, so that no two wait for each other. Structures have groups of their own, which no
 * action takes: in an action they work as everywhere.
 */
public final class ExclusiveActions {

    // An action that runs. Linked, so that to remove one takes no memory.
    private static final class Running {
        // Null when it is over. An assignment ends it, and no call, which a thread that is stopped may not make.
        private volatile Thread thread = Thread.currentThread();
        private final int slot;
        private final long[] variables;
        private final PerCpuExclusiveEvent event = newEvent();
        private long start;
        private Running next;

        Running(int slot, long[] variables) {
            this.slot = slot;
            this.variables = variables;
        }
    }

    // How many run, or more: while it is 0, which is nearly always, no thread needs to look whether one is its own.
    private static volatile int running;

    // Those that run, guarded by the class.
    private static Running first;

    // Those that are over, guarded by the class.
    private static long uses;
    private static long nanos;

    private ExclusiveActions() {}

    /**
     * Runs an action while this thread has a slot of variables. If the slot has no
     * sections, nothing but other actions is kept off.
     *
     * @param variables the variables' addresses, whose owners the caller keeps reachable
     * @param slot      the slot
     * @param action    what to run
     * @return what it returns
     * @throws IllegalStateException if this thread is in an action
     * @throws StackOverflowError    if there is not stack enough; nothing is done then
     * @throws OutOfMemoryError      if there is not memory enough; nothing is done then
     */
    public static <R, X extends Throwable> R run(long[] variables, int slot,
                                                 ScopedValue.CallableOp<? extends R, X> action) throws X {
        Running mine = mine();
        if (mine != null) {
            throw new IllegalStateException("This thread is in an exclusive action on slot " + mine.slot
                    + " already: they do not nest");
        }
        // Without lambdas, whose first use takes much stack.
        long[] sorted = variables.clone();
        Arrays.sort(sorted);
        List<ExclusiveUse.Lock> locks = new ArrayList<>(sorted.length);
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                locks.add(Arena.VARIABLES.exclusiveUse(sorted[i]).at(slot));
            }
        }
        Running one = new Running(slot, sorted);
        try {
            return lock(locks, 0, one, action);
        } finally {
            // Nothing is held any more.
            commit(one, locks.size());
        }
    }

    // Null if nobody records it.
    private static PerCpuExclusiveEvent newEvent() {
        PerCpuExclusiveEvent event = new PerCpuExclusiveEvent();
        return event.isEnabled() ? event : null;
    }

    private static void commit(Running one, int variables) {
        if (one.event != null && one.start != 0) {
            one.event.slot = one.slot;
            one.event.variables = variables;
            try {
                one.event.commit();
            } catch (OutOfMemoryError e) {
                // The action is over, and all is well.
            }
        }
    }

    // Locks the rest, then runs.
    private static <R, X extends Throwable> R lock(List<ExclusiveUse.Lock> locks, int i, Running mine,
                                                   ScopedValue.CallableOp<? extends R, X> action) throws X {
        if (i < locks.size()) {
            synchronized (locks.get(i)) {
                return lock(locks, i + 1, mine, action);
            }
        }
        // Again: each lock has taken some of it.
        VMServices.ensureStack();
        try {
            add(mine);
            boolean fence = false;
            for (ExclusiveUse.Lock lock : locks) {
                lock.close();
                fence |= lock.keepsOff();
            }
            if (fence) {
                VMServices.fence();
            }
            return action.call();
        } finally {
            // A call, after which comes an assignment: where a branch ends, a thread may be stopped.
            try {
                letIn(locks);
            } finally {
                mine.thread = null;
                removeEnded();
            }
        }
    }

    private static void letIn(List<ExclusiveUse.Lock> locks) {
        for (ExclusiveUse.Lock lock : locks) {
            lock.letIn();
        }
    }

    private static synchronized void add(Running mine) {
        running++;
        mine.start = System.nanoTime();
        if (mine.event != null) {
            mine.event.begin();
        }
        mine.next = first;
        first = mine;
    }

    // Those of threads that did not come here, too.
    private static synchronized void removeEnded() {
        Running before = null;
        for (Running one = first; one != null; one = one.next) {
            if (one.thread != null) {
                before = one;
            } else {
                running--;
                uses++;
                nanos += System.nanoTime() - one.start;
                if (before == null) {
                    first = one.next;
                } else {
                    before.next = one.next;
                }
            }
        }
    }

    private static Running mine() {
        return running == 0 ? null : lookUp(Thread.currentThread());
    }

    private static synchronized Running lookUp(Thread thread) {
        Running one = first;
        while (one != null && one.thread != thread) {
            one = one.next;
        }
        return one;
    }

    /**
     * {@return whether this thread runs an action that has a slot of a variable}
     *
     * @param slot    the slot
     * @param address the variable
     */
    public static boolean isHeld(int slot, long address) {
        Running mine = mine();
        if (mine == null || mine.slot != slot) {
            return false;
        }
        return Arrays.binarySearch(mine.variables, address) >= 0;
    }

    /** {@return how many actions are over} */
    static synchronized long uses() {
        return uses;
    }

    /** {@return how long they took, in nanoseconds} */
    static synchronized long nanos() {
        return nanos;
    }

    /** {@return the slot of the action that this thread runs, or -1} */
    public static int heldSlot() {
        Running mine = mine();
        return mine == null ? -1 : mine.slot;
    }
}
