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

import java.util.ArrayList;
import java.util.List;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a thread that pushes and pops in turn did not get done: a thread that is moved to another
 * CPU in between finds nothing there, and one that finds its slot full pushes nothing. JMH reports
 * how often; and as a thread pushes as often as it pops, these counts say exactly how many
 * elements are left at the end. Costs nothing as long as all goes well.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Missed {
    private static final List<Missed> ALL = new ArrayList<>();

    // JMH's: of the measured time only.
    public long pushesRefused;
    public long popsOfNothing;

    // Ours: of all the time.
    private long left;

    @Setup(Level.Trial)
    public void register() {
        synchronized (ALL) {
            ALL.add(this);
        }
    }

    void push() {
        pushesRefused++;
        left--;
    }

    void pop() {
        popsOfNothing++;
        left++;
    }

    /** At the end, when no thread is at work any more. */
    static void check(long elements) {
        long left;
        synchronized (ALL) {
            left = ALL.stream().mapToLong(m -> m.left).sum();
        }
        if (elements != left) {
            throw new IllegalStateException(left + " elements must be left, there are " + elements);
        }
    }
}
