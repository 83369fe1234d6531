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
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Statistics;
import jdk.internal.percpu.VMServices;

/** What the VM says about its critical sections. */
public final class Raw {
    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long ADDRESS = U.objectFieldOffset(PerCpuLong.class.getSuperclass(), "address");

    private Raw() {}

    public static String describe() {
        return VMServices.describe();
    }

    public static long aborts() {
        return Statistics.aborts();
    }

    public static long overflowOperations() {
        return Statistics.overflowOperations();
    }

    public static long slowCommits() {
        return Statistics.slowCommits();
    }

    public static long fences() {
        return Statistics.fences();
    }

    public static int overflowSlot() {
        return Slots.overflow();
    }

    /** Where slot 0 of a variable is. The caller keeps the variable. */
    public static long address(PerCpuLong v) {
        return U.getLong(v, ADDRESS);
    }

    /** Whether sections are kept off the slot; false where there are none. */
    public static boolean keepsOff(int slot) {
        return jdk.internal.percpu.ExclusiveUse.keepsOff(slot);
    }
}
