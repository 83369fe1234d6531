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
 * @summary The protocol of exclusive transactions and critical sections, in all interleavings there are: it holds, and
 *          does not when one thing is done wrong, which a shortest trace then shows.
 * @run main ExclusiveProtocol
 */

import java.util.ArrayList;
import java.util.List;

/**
 * Threads do fast operations in critical sections on the slot of their CPU, and exclusive transactions on any slot
 * under its lock: exclusive = 1, fence, the transaction, exclusive = 0. Or who is done leaves exclusive set, and the next
 * one needs no fence. A section that finds exclusive set turns to the overflow slot, which is only touched under its lock.
 * All of that belongs to one structure; another has its own. Variables have locks of their own, but may share the
 * exclusive word. Tasks are preempted, moved and get signals at any step, and stores wait in store buffers. With an
 * argument larger variants are searched too, which takes a minute and a heap of 3 GB.
 */
public class ExclusiveProtocol {
    private static final Variant MEMBARRIER = Variant.of("membarrier", Fence.MEMBARRIER, "X", "F", "F");
    private static final Variant HANDSHAKE = Variant.of("handshake", Fence.HANDSHAKE, "X", "F", "F");
    private static final Variant HANDSHAKE_XX =
            Variant.of("handshake, one slot exclusively by two, nobody else", Fence.HANDSHAKE, "X", "X");
    private static final Variant WEAK = MEMBARRIER.onWeakCpu();
    private static final Variant TWO_STRUCTURES =
            Variant.of("membarrier, two structures", Fence.MEMBARRIER, "x", "f", "F");
    private static final Variant SHARED =
            Variant.of("membarrier, two variables exclusively", Fence.MEMBARRIER, "X", "x", "F").withSharedWord();
    private static final Variant LATER =
            Variant.of("membarrier, twice exclusively", Fence.MEMBARRIER, "XX", "F").withLaterEntry();
    private static final Variant FAILURE =
            Variant.of("membarrier, one of two fails", Fence.MEMBARRIER, "X", "Z", "F").withLaterEntry();

    private static final List<Variant> RIGHT = List.of(
            MEMBARRIER,
            MEMBARRIER.withMmCid(),
            Variant.of("membarrier, one slot exclusively by two", Fence.MEMBARRIER, "X", "X", "F"),
            Variant.of("membarrier, two slots exclusively", Fence.MEMBARRIER, "XF", "FY"),
            Variant.of("membarrier, fast and exclusive in turn", Fence.MEMBARRIER, "XF", "FX"),
            TWO_STRUCTURES,
            Variant.of("membarrier, one slot of two structures exclusively", Fence.MEMBARRIER, "Xf", "Fx"),
            Variant.of("handshake, one slot of two structures exclusively", Fence.HANDSHAKE, "Xf", "Fx"),
            SHARED,
            SHARED.onWeakCpu(),
            Variant.of("handshake, two variables exclusively", Fence.HANDSHAKE, "Xf", "Fx").withSharedWord(),
            LATER,
            LATER.withMmCid(),
            FAILURE,
            FAILURE.onWeakCpu(),
            Variant.of("membarrier, one slot exclusively by two", Fence.MEMBARRIER, "X", "X", "F").withLaterEntry(),
            Variant.of("membarrier, fast and exclusive in turn", Fence.MEMBARRIER, "XF", "FX").withLaterEntry(),
            Variant.of("handshake, fast and exclusive in turn", Fence.HANDSHAKE, "XF", "FX").withLaterEntry(),
            WEAK,
            HANDSHAKE,
            HANDSHAKE_XX,
            Variant.of("handshake, one slot exclusively by two", Fence.HANDSHAKE, "X", "X", "F"),
            Variant.of("handshake, two slots exclusively", Fence.HANDSHAKE, "XF", "FY"),
            Variant.of("handshake, fast and exclusive in turn", Fence.HANDSHAKE, "XF", "FX"),
            HANDSHAKE.onWeakCpu(),
            HANDSHAKE.onLossyKernel(),
            HANDSHAKE.onWeakCpu().onLossyKernel());

    private static final List<Variant> LARGER = List.of(
            Variant.of("membarrier, more operations", Fence.MEMBARRIER, "X", "FF", "F"),
            Variant.of("membarrier, more operations", Fence.MEMBARRIER, "X", "FF", "F").onWeakCpu(),
            Variant.of("membarrier, two slots exclusively, a third thread", Fence.MEMBARRIER, "X", "Y", "F"),
            Variant.of("membarrier, four threads", Fence.MEMBARRIER, "X", "X", "F", "F"),
            MEMBARRIER.withThreeCpus(),
            HANDSHAKE.withMmCid(),
            Variant.of("handshake, more operations", Fence.HANDSHAKE, "X", "FF", "F"),
            Variant.of("handshake, more operations", Fence.HANDSHAKE, "X", "FF", "F").onWeakCpu(),
            Variant.of("handshake, two slots exclusively, a third thread", Fence.HANDSHAKE, "X", "Y", "F"),
            Variant.of("handshake, four threads", Fence.HANDSHAKE, "X", "X", "F", "F"),
            HANDSHAKE.withThreeCpus(),
            HANDSHAKE.withMmCid().onLossyKernel());

    public static void main(String[] args) {
        List<Variant> variants = new ArrayList<>(RIGHT);
        if (args.length > 0) {
            variants.addAll(LARGER);
        }
        for (Flaw flaw : Flaw.values()) {
            variants.add(flawed(flaw));
        }
        long failures = variants.stream().filter(variant -> !check(variant)).count();
        if (failures > 0) {
            throw new AssertionError(failures + " variants not as expected");
        }
    }

    /** Each is one of the right variants with nothing else changed. */
    private static Variant flawed(Flaw flaw) {
        Variant right = switch (flaw) {
            case NO_FENCE, FENCE_FIRST, TEST_OUTSIDE, TEST_LAST, COMMIT_OUTSIDE, ONLY_BARRIER, ONLY_ABORT -> MEMBARRIER;
            case LOST_INTERRUPT, LOST_INTERRUPTS -> MEMBARRIER.onLossyKernel();
            case OTHERS_WORD -> TWO_STRUCTURES;
            case CLEARS_FOR_ALL -> SHARED;
            case MARK_FIRST -> FAILURE;
            case MARK_STAYS -> LATER;
            case ANSWER_INSIDE, NO_BARRIER_BEFORE -> HANDSHAKE;
            case NO_ANSWER_WAITING -> HANDSHAKE_XX;
            case PLAIN_LOAD, PLAIN_CLEAR -> WEAK;
        };
        return right.with(flaw);
    }

    private static boolean check(Variant variant) {
        Search.Result result = Search.of(variant);
        boolean broken = result.harm() != null;
        boolean expected = broken == (variant.flaw() != null);
        System.out.printf("%-64s %8d states  %s%n", variant.name(), result.states(),
                (broken ? "broken" : "holds") + (!expected ? ", NOT EXPECTED" : broken ? " as expected" : ""));
        if (broken) {
            System.out.println(Trace.of(variant, result.way()) + "     => " + result.harm().text + "\n");
        }
        return expected;
    }
}
