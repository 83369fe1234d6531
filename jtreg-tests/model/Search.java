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
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Visits all states that can be reached, nearest first, so that the first way found to a harm is a shortest one. Looks
 * for the harm that the variant's flaw does, or without a flaw for any, and ends where it is found.
 */
final class Search {
    private final Variant variant;
    private final Model model;
    private final Map<State, Integer> numbers = new HashMap<>();
    // The state of each number, that which it was first reached from, and its successors.
    private final List<State> states = new ArrayList<>();
    private final List<Integer> parents = new ArrayList<>();
    private final List<int[]> edges = new ArrayList<>();
    private Harm harm;
    private List<Step> way;

    /** The way is a shortest one to the harm; both are null if there is none. */
    record Result(int states, Harm harm, List<Step> way) {}

    static Result of(Variant variant) {
        Search search = new Search(variant);
        search.visitAll();
        if (search.harm == null) {
            search.findStuck();
        }
        return new Result(search.states.size(), search.harm, search.way);
    }

    private Search(Variant variant) {
        this.variant = variant;
        model = new Model(variant);
    }

    private void visitAll() {
        visit(variant.start(), -1);
        for (int i = 0; i < states.size() && harm == null; i++) {
            List<Step> steps = model.steps(states.get(i));
            int[] successors = new int[steps.size()];
            for (int k = 0; k < successors.length; k++) {
                Step step = steps.get(k);
                successors[k] = visit(step.next(), i);
                for (Harm done : step.harms()) {
                    found(done, i, step);
                }
            }
            edges.add(successors);
            if (states.get(i).isFinal() && states.get(i).memory().sum() != variant.operations()) {
                found(Harm.WRONG_SUM, i);
            }
        }
    }

    private int visit(State s, int parent) {
        Integer known = numbers.putIfAbsent(s, states.size());
        if (known != null) {
            return known;
        }
        states.add(s);
        parents.add(parent);
        return states.size() - 1;
    }

    /** Tasks can be scheduled for ever, so having a successor says little: each state must have a way to the end. */
    private void findStuck() {
        BitSet stuck = statesThatReach(i -> states.get(i).isFinal());
        stuck.flip(0, states.size());
        if (stuck.isEmpty()) {
            return;
        }
        // Where nothing goes on any more shows better what is wrong than where that becomes inevitable.
        BitSet still = statesThatReach(this::makesProgress);
        still.flip(0, states.size());
        stuck.stream().filter(still::get).findFirst().ifPresent(i -> found(Harm.STUCK, i));
        found(Harm.STUCK, stuck.nextSetBit(0));
    }

    private BitSet statesThatReach(IntPredicate goal) {
        BitSet reaching = new BitSet();
        // Backwards, because most successors come later: so a few rounds are enough.
        for (int before = -1; before < reaching.cardinality();) {
            before = reaching.cardinality();
            for (int i = states.size() - 1; i >= 0; i--) {
                if (!reaching.get(i) && (goal.test(i) || Arrays.stream(edges.get(i)).anyMatch(reaching::get))) {
                    reaching.set(i);
                }
            }
        }
        return reaching;
    }

    private boolean makesProgress(int i) {
        State unscheduled = states.get(i).unscheduled();
        return Arrays.stream(edges.get(i)).anyMatch(next -> !states.get(next).unscheduled().equals(unscheduled));
    }

    private void found(Harm done, int i, Step... step) {
        if (harm == null && (variant.flaw() == null || variant.flaw().harm == done)) {
            harm = done;
            way = wayTo(i);
            way.addAll(List.of(step));
        }
    }

    /** Steps are not kept, so they are made again. */
    private List<Step> wayTo(int i) {
        List<Step> way = new LinkedList<>();
        for (int to = i; parents.get(to) >= 0; to = parents.get(to)) {
            State next = states.get(to);
            way.addFirst(model.steps(states.get(parents.get(to))).stream()
                    .filter(step -> step.next().equals(next)).findFirst().orElseThrow());
        }
        return way;
    }
}
