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

import java.util.ArrayList;
import java.util.List;

import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuStack;

/** All elements of a list or stack, taken off. */
public final class Drained {
    private Drained() {}

    public static <E> List<E> all(PerCpuList<E> list) {
        List<E> elements = new ArrayList<>();
        Check.equal(list.drainTo(elements::add, Integer.MAX_VALUE), elements.size(), "elements drained");
        return elements;
    }

    public static <E> List<E> of(PerCpuList<E> list, int slot) {
        List<E> elements = new ArrayList<>();
        Check.equal(list.drainTo(slot, elements::add, Integer.MAX_VALUE), elements.size(), "elements drained");
        return elements;
    }

    public static <E> List<E> all(PerCpuStack<E> stack) {
        List<E> elements = new ArrayList<>();
        Check.equal(stack.drainTo(elements::add, Integer.MAX_VALUE), elements.size(), "elements drained");
        return elements;
    }

    public static <E> List<E> of(PerCpuStack<E> stack, int slot) {
        List<E> elements = new ArrayList<>();
        Check.equal(stack.drainTo(slot, elements::add, Integer.MAX_VALUE), elements.size(), "elements drained");
        return elements;
    }
}
