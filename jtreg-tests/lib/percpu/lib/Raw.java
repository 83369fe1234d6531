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

import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;

/** What the VM says about its critical sections. */
public final class Raw {
    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long ADDRESS = U.objectFieldOffset(PerCpuLong.class, "address");

    private Raw() {}

    public static String describe() {
        return jdk.internal.misc.PerCpu.describe();
    }

    public static long aborts() {
        return jdk.internal.misc.PerCpu.aborts();
    }

    public static long overflowOperations() {
        return jdk.internal.misc.PerCpu.overflowOperations();
    }

    public static long slowCommits() {
        return jdk.internal.misc.PerCpuStatistics.slowCommits();
    }

    public static long fences() {
        return jdk.internal.misc.PerCpuStatistics.fences();
    }

    public static int overflowSlot() {
        return jdk.internal.misc.PerCpu.overflowSlot();
    }

    /** Where slot 0 of a variable is. The caller keeps the variable. */
    public static long address(PerCpuLong v) {
        return U.getLong(v, ADDRESS);
    }

    /** Whether sections are kept off the slot; false where there are none. */
    public static boolean keepsOff(int slot) {
        return jdk.internal.misc.PerCpuExclusive.keepsOff(slot);
    }
}
