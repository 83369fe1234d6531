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

/** All that can happen in a variant. */
final class Model {
    private final Variant variant;
    private final Kernel kernel;
    private final FastPath fastPath;
    private final SlowPath slowPath;
    private final Membarrier membarrier;
    private final Handshake handshake;

    Model(Variant variant) {
        this.variant = variant;
        kernel = new Kernel(variant);
        fastPath = new FastPath(variant);
        slowPath = new SlowPath(variant);
        membarrier = new Membarrier(variant);
        handshake = new Handshake(variant);
    }

    List<Step> steps(State s) {
        List<Step> steps = new ArrayList<>();
        for (int t = 0; t < s.tasks().size(); t++) {
            kernel.addSteps(s, t, steps);
            if (variant.isHandshake()) {
                handshake.addAnswers(s, t, steps);
            }
            if (s.task(t).isRunning() && !s.task(t).resumes()) {
                addOwnSteps(s, t, steps);
            }
        }
        return steps;
    }

    private void addOwnSteps(State s, int t, List<Step> steps) {
        switch (s.task(t).pc()) {
            case START, TEST_OUTSIDE, ARM, INDEX, LOADS, TRY_STORE, COMMIT -> fastPath.addSteps(s, t, steps);
            case START_SLOW, LOCK, SET, MARK, LOAD_A, LOAD_B, STORE_A, STORE_B, CLEAR, UNLOCK ->
                slowPath.addSteps(s, t, steps);
            case FENCE, LOOK, WAIT -> {
                slowPath.addFailures(s, t, steps);
                if (variant.isHandshake()) {
                    handshake.addSteps(s, t, steps);
                } else {
                    membarrier.addSteps(s, t, steps);
                }
            }
            case DONE -> { }
        }
    }
}
