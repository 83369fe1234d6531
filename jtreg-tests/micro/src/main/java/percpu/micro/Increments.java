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

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How many increments a thread has made, so that at the end none may be lost. */
@State(Scope.Thread)
public class Increments {
    private static final List<Increments> ALL = new ArrayList<>();

    long increments;

    @Setup(Level.Trial)
    public void register() {
        synchronized (ALL) {
            ALL.add(this);
        }
    }

    static void check(long counted) {
        long made;
        synchronized (ALL) {
            made = ALL.stream().mapToLong(m -> m.increments).sum();
        }
        if (counted != made) {
            throw new IllegalStateException(made + " increments were made, " + counted + " were counted");
        }
    }
}
