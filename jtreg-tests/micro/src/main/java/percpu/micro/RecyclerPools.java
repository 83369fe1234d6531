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

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import jdk.incubator.percpu.PerCpu;

import percpu.adapters.jackson.PerCpuRecyclerPool;

/** Whether one of Jackson's pools, or one that is used as such, has each object once when nobody uses it any more. */
final class RecyclerPools {
    private static final int PAIRS = 10_000;

    // As PerCpuRecyclerPool.shared says.
    static final int KEPT_FOR_A_CPU = 16;
    private static final int KEPT_FOR_ALL = 128;

    private RecyclerPools() {}

    /** {@return how many objects the adapter's shared pool keeps at most} One slot is nobody's CPU. */
    static int limit() {
        return KEPT_FOR_A_CPU * PerCpu.slots() + KEPT_FOR_ALL;
    }

    /**
     * Ends a measurement whose pool has lost an object or has one twice. The thread-local pool does not know how many
     * it has.
     */
    static void check(RecyclerPool<BufferRecycler> pool) {
        int kept = pool.pooledCount();
        if (kept < 0) {
            return;
        }
        if (kept == 0 || pool instanceof PerCpuRecyclerPool && kept > limit()) {
            throw new IllegalStateException(kept + " recyclers are kept");
        }
        List<BufferRecycler> taken = new ArrayList<>();
        Set<BufferRecycler> different = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < kept; i++) {
            BufferRecycler recycler = pool.acquireAndLinkPooled();
            taken.add(recycler);
            different.add(recycler);
        }
        // Those of other CPUs stay there, and as many are made.
        int all = pool.pooledCount() + kept;
        taken.forEach(BufferRecycler::releaseToPool);
        for (int i = 0; i < PAIRS; i++) {
            pool.acquireAndLinkPooled().releaseToPool();
        }
        if (different.size() != kept || all < kept || pool.pooledCount() != all) {
            throw new IllegalStateException("of " + kept + " recyclers " + different.size() + " are different ones; all in"
                    + " all "
                    + all + " were given back, and " + pool.pooledCount() + " are kept");
        }
    }
}
