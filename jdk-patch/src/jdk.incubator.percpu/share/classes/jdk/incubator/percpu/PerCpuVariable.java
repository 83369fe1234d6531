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

package jdk.incubator.percpu;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Accumulations;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/** What has a variable: a long in each slot, initially zero. */
abstract sealed class PerCpuVariable
        permits PerCpuLong, PerCpuLock, PerCpuList, PerCpuStack, PerCpuDataStack, PerCpuLongAccumulator,
                PerCpuDoubleAccumulator, PerCpuHistogram {

    /**
     * Kinds of variables: one that shares its exclusive word, a whole group, one for {@link Accumulations}, a group
     * before memory for what a histogram puts down.
     */
    static final int SINGLE = 0;
    static final int GROUP = 1;
    static final int ACCUMULATION = 2;
    static final int HISTOGRAM = 3;

    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long ADDRESS = U.objectFieldOffset(PerCpuVariable.class, "address");

    // In slot 0. Read directly only to hand it to a section together with this.
    @Stable
    final long address;

    /**
     * Allocates a variable.
     *
     * @param kind what kind, which decides who may keep sections off it
     * @throws OutOfMemoryError if there is no memory for it, on the heap or outside
     */
    PerCpuVariable(int kind) {
        VMServices.prepare();
        address = switch (kind) {
            case GROUP -> Memory.allocateGroup(this);
            case ACCUMULATION -> Memory.allocateAccumulation(this);
            case HISTOGRAM -> Memory.allocateGroups(this, PerCpuHistogram.GROUPS);
            default -> Memory.allocateVariable(this);
        };
    }

    /**
     * Takes a variable whose owner this keeps alive.
     *
     * @param address the variable
     */
    PerCpuVariable(long address) {
        this.address = address;
    }

    /**
     * The address for accesses that do not take the owner as an input: opaque, so
     * that no safepoint comes between this read and an Unsafe access after it
     * in compiled code. The caller adds a reachability fence.
     */
    @ForceInline
    final long pinnedAddress() {
        return U.getLongOpaque(this, ADDRESS);
    }
}
