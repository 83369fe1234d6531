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
 * @summary C2 knows what it may do with the owner of per-CPU data that it allocates and that goes nowhere else
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @run main/othervm -Xbatch -XX:-TieredCompilation NonEscapingOwner
 */

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.VMServices;
import jtreg.SkippedException;

public class NonEscapingOwner {
    // With a field, which escape analysis would split.
    private static final class Owner {
        final long address;

        Owner(long address) {
            this.address = address;
        }
    }

    private static void add(long address) {
        Owner owner = new Owner(address);
        Rseq.loadAddStore(owner, owner.address, 2);
    }

    private static long all(long address, int slot) {
        Owner owner = new Owner(address);
        long old = Rseq.getAndAdd(owner, owner.address, 1);
        Rseq.compareAndExchange(owner, owner.address, old + 1, old + 1);
        return Rseq.loadCbneStore(owner, slot, owner.address, old + 1, old + 1);
    }

    public static void main(String[] args) {
        if (!Rseq.isEnabled()) {
            throw new SkippedException("no critical sections here: " + VMServices.describe());
        }
        // Slots as in an arena, with room to align the exclusive words, and after these the variable.
        long size = Slots.stride() * Slots.count() + 128;
        long memory = Unsafe.getUnsafe().allocateMemory(size);
        Unsafe.getUnsafe().setMemory(memory, size, (byte) 0);
        long address = (memory + Slots.stride() + 63 & -64) + Long.BYTES;
        for (int i = 0; i < 50_000; i++) {
            add(address);
            all(address, Slots.overflow() - 1);
        }
        long sum = Slots.sum(null, address);
        if (sum != 150_000) {
            throw new AssertionError("the sum is " + sum + ", not 150000");
        }
    }
}
