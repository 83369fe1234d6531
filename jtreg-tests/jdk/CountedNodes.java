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
 * @summary A slot that others use may seem to have hardly any free nodes whenever it is looked at. Nodes do not become
 *          more for ever because of that
 * @requires os.family == "linux"
 * @library /lib
 * @modules java.base/jdk.internal.misc java.base/jdk.internal.percpu:+open
 * @build percpu.lib.Check
 * @run main/othervm CountedNodes
 * @run main/othervm -XX:-UseRseq CountedNodes
 */

import java.lang.reflect.Method;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Chain;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.FreeList;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Transaction;
import percpu.lib.Check;

public class CountedNodes {
    private static final Unsafe U = Unsafe.getUnsafe();

    private static final int ROUNDS = 100;
    private static final int WANTED = 3000;
    private static final int CHUNK = 1024;
    // So many on a slot are not taken by another.
    private static final int FEW = 64;

    private static final class Nodes extends FreeList {
        int grown;

        @Override
        protected long grow() {
            grown++;
            long first = U.allocateMemory(CHUNK * Long.BYTES);
            for (int i = 0; i < CHUNK; i++) {
                long node = first + (long) i * Long.BYTES;
                Chain.link(node, i + 1 < CHUNK ? node + Long.BYTES : 0);
            }
            return first;
        }
    }

    // As if at each look somebody had just made the first free node an element of a list.
    private static final class SeemsFew extends Transaction<FreeList> {
        private final Object half;
        private final Method plainly;
        int looks;
        int taken;

        SeemsFew(Object half) throws ReflectiveOperationException {
            super(true);
            this.half = half;
            plainly = half.getClass().getDeclaredMethod("plainly", FreeList.class, int.class, long.class, long.class,
                    long.class);
            plainly.setAccessible(true);
        }

        @Override
        protected ExclusiveUse use(FreeList nodes) {
            return nodes.use();
        }

        @Override
        protected boolean isPossible(FreeList nodes, int slot, long head) {
            looks++;
            return false;
        }

        @Override
        protected long plainly(FreeList nodes, int slot, long head, long b, long c) {
            try {
                long first = (long) plainly.invoke(half, nodes, slot, head, b, c);
                taken += first != REFUSED ? 1 : 0;
                return first;
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Nodes nodes = new Nodes();
        long field = U.objectFieldOffset(FreeList.class, "takingHalf");
        SeemsFew half = new SeemsFew(U.getReference(nodes, field));
        U.putReference(nodes, field, half);
        for (int round = 0; round < ROUNDS; round++) {
            long first = 0;
            long last = 0;
            for (int i = 0; i < WANTED; i++) {
                long node = nodes.take();
                Chain.link(node, first);
                first = node;
                last = last == 0 ? node : last;
            }
            // In turn, so mostly to where this thread is not.
            Chain.pushTo(nodes, nodes.variable(0), round % Slots.count(), first, last);
        }
        // As many as are in use at a time and those that a slot keeps. Half as many more may be made, and one to begin with.
        int needed = Math.ceilDiv(WANTED + FEW * Slots.count(), CHUNK);
        int most = needed + needed / 2 + 1;
        System.out.println(ROUNDS + " times " + WANTED + " nodes: chunks of " + CHUNK + " made " + nodes.grown
                + " times, at most " + most + " are wanted; taken from another slot " + half.taken + " times, after "
                + half.looks + " looks in vain");
        Check.that(half.looks > 0 && half.taken > 0, "no node was taken from another slot after a look in vain");
        Check.that(nodes.grown <= most, "made " + nodes.grown + " times, at most " + most + " are wanted");
    }
}
