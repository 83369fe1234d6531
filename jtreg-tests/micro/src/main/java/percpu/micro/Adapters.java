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

import java.util.Objects;

import percpu.adapters.common.Counting;

/**
 * Whether adapters of libraries are per CPU in this JVM, as its variant says. Else something else would be measured.
 */
final class Adapters {
    private static final boolean WANTED = Variant.ADAPTERS.label().equals(System.getProperty("percpu.variant"));

    private Adapters() {}

    /** Ends a measurement in a JVM that is not what its variant says. */
    static void check() {
        if (Counting.isPerCpu() != WANTED) {
            throw new IllegalStateException("adapters are to be " + (WANTED ? "per CPU" : "as the libraries")
                    + " here, but: " + Counting.explanation());
        }
    }

    /** {@return what an adapter made} It must be of the adapter's class, and not the library's own. */
    static <T> T perCpu(Class<T> type, Object made) {
        check();
        if (!WANTED || !type.isInstance(made)) {
            throw new IllegalStateException("the adapter made a " + Objects.requireNonNull(made).getClass().getName()
                    + ", not a " + type.getName() + ": " + Counting.explanation());
        }
        return type.cast(made);
    }
}
