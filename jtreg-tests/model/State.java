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

import java.util.ArrayList;
import java.util.List;

/** Everything there is at one moment; what can happen next follows from it. */
record State(Memory memory, List<Task> tasks) {
    Task task(int t) {
        return tasks.get(t);
    }

    State with(int t, Task task) {
        List<Task> changed = new ArrayList<>(tasks);
        changed.set(t, task);
        return new State(memory, List.copyOf(changed));
    }

    State with(Memory memory) {
        return new State(memory, tasks);
    }

    /** What task t would load: it sees its own stores before all others do. */
    int load(int t, int slot, Word word) {
        for (Store store : task(t).stores().reversed()) {
            if (store.isTo(slot, word)) {
                return store.value();
            }
        }
        return memory.load(slot, word);
    }

    /** The task that runs on this CPU, or NONE. */
    int runningOn(int cpu) {
        for (int t = 0; t < tasks.size(); t++) {
            if (task(t).cpu() == cpu) {
                return t;
            }
        }
        return Task.NONE;
    }

    boolean isIndexInUse(int index) {
        return tasks.stream().anyMatch(task -> task.index() == index);
    }

    boolean isFinal() {
        return tasks.stream().allMatch(task -> task.pc() == Pc.DONE && !task.isRunning());
    }

    /** This state, wherever its tasks run. */
    State unscheduled() {
        return new State(memory, tasks.stream().map(task -> task.on(Task.NONE, Task.NONE)).toList());
    }

    @Override
    public int hashCode() {
        long hash = memory.bits();
        for (Task task : tasks) {
            hash = (hash + task.hashCode()) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }
}
