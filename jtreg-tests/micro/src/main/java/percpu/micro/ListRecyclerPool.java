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
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuList;

/** A pool for Jackson on PerCpuList, as a user writes it who wants no limits: beside PerCpuPool, what less would cost. */
final class ListRecyclerPool implements RecyclerPool<BufferRecycler> {
    private static final long serialVersionUID = 1L;

    private final transient PerCpuList<BufferRecycler> list = new PerCpuList<>();
    private final transient LongAdder made = new LongAdder();

    @Override
    public BufferRecycler acquirePooled() {
        BufferRecycler recycler = list.pop();
        return recycler != null ? recycler : fromElsewhere();
    }

    // What was given back on another CPU comes over all at once: draining a slot in use costs a fence.
    private BufferRecycler fromElsewhere() {
        for (int slot = 0; slot < PerCpu.slots(); slot++) {
            List<BufferRecycler> others = new ArrayList<>();
            if (list.drainTo(slot, others::add, Integer.MAX_VALUE) != 0) {
                list.pushAll(others.subList(1, others.size()));
                return others.getFirst();
            }
        }
        made.increment();
        return new BufferRecycler();
    }

    @Override
    public void releasePooled(BufferRecycler recycler) {
        list.push(recycler);
    }

    /** Once nobody uses it any more. */
    void check() {
        List<BufferRecycler> all = new ArrayList<>();
        list.drainTo(all::add, Integer.MAX_VALUE);
        if (all.size() != made.sum() || all.stream().distinct().count() != made.sum()) {
            throw new IllegalStateException(made.sum() + " objects were made, " + all.size() + " are in the pool, of which "
                    + all.stream().distinct().count() + " are different ones");
        }
    }
}
