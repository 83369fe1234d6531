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

package percpu.lib;

/** A structure under test, with what is done to it and how one knows that it was right. */
interface Subject {
    /** Some operations of one of the threads that share the structure. */
    void work(Hand hand);

    /** Something that is done from another CPU, or to all slots. */
    void interfere(Hand hand);

    /** Takes out what is left, when nobody else is at work. */
    void finish(Hand hand);

    /** What remains to be checked, besides that all that went in came out. */
    default void check() {
    }

    static Subject of(String name) {
        return switch (name) {
            case "list" -> new ListSubject();
            case "stack" -> new StackSubject();
            case "data" -> new DataSubject(24);
            case "data-large" -> new DataSubject(4096);
            case "ring" -> new RingSubject(4096, false);
            case "ring-small" -> new RingSubject(64, false);
            case "ring-lost" -> new RingSubject(1024, true);
            case "lock" -> new LockSubject();
            case "exclusive" -> new ExclusiveSubject();
            case "adders" -> new AdderSubject();
            case "array" -> new ArraySubject();
            case "accumulations" -> new AccumulationSubject();
            case "local" -> new LocalSubject();
            case "histogram" -> new HistogramSubject();
            case "pool" -> new PoolSubject();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
