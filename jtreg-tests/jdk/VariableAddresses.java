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


/*
 * @test
 * @summary variables are where nothing else is: not on each other, and not where each section's load of the
 *          exclusive word would seem to depend on them
 * @library /lib
 * @modules java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Check
 * @run main/othervm VariableAddresses
 * @run main/othervm -XX:-UseRseq VariableAddresses
 */

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.Slots;
import percpu.lib.Check;

public class VariableAddresses {
    // More than two arenas hold.
    private static final int VARIABLES = 20_000;
    // Of this many bits of two addresses CPUs make out at first whether a load depends on a store.
    private static final int COMPARED = 12;

    public static void main(String[] args) {
        List<Object> owners = new ArrayList<>();
        long[] addresses = new long[VARIABLES];
        for (int i = 0; i < VARIABLES; i++) {
            Object owner = new Object();
            owners.add(owner);
            addresses[i] = Memory.allocateVariable(owner);
            Check.equal(addresses[i] % Long.BYTES, 0, "alignment of variable " + i);
            Check.that((addresses[i] & (1 << COMPARED) - 1) != 0,
                    "variable " + i + " is at the start of a page: " + Long.toHexString(addresses[i]));
        }
        int slots = Slots.count();
        for (int i = 0; i < VARIABLES; i++) {
            for (int slot = 0; slot < slots; slot++) {
                Unsafe.getUnsafe().putLong(Slots.address(addresses[i], slot), (long) i * slots + slot + 1);
            }
        }
        for (int i = 0; i < VARIABLES; i++) {
            for (int slot = 0; slot < slots; slot++) {
                Check.equal(Slots.get(slot, addresses[i]), (long) i * slots + slot + 1, "variable " + i + " in slot " + slot);
            }
        }
        Reference.reachabilityFence(owners);
        System.out.println(VARIABLES + " variables, " + slots + " slots");
    }
}
