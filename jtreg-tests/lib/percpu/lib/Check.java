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

/** Assertions whose message tells what was found. */
public final class Check {
    private Check() {}

    public static void that(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    public static void equal(long found, long expected, String what) {
        that(found == expected, what + ": found " + found + ", expected " + expected
                + ", difference " + (found - expected));
    }

    public static void success(int error, String what) {
        that(error == 0, what + " failed: " + error);
    }

    public interface Action {
        void run() throws Throwable;
    }

    public static void fails(Class<? extends Throwable> expected, String what, Action action) {
        try {
            action.run();
        } catch (Throwable t) {
            that(expected.isInstance(t), what + ": threw " + t + ", expected " + expected.getName());
            return;
        }
        throw new AssertionError(what + ": threw nothing, expected " + expected.getName());
    }
}
