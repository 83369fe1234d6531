/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package percpu.adapters.common;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** One way to count. */
interface Provider {

    boolean isSupported();

    LongSum longSum();

    DoubleSum doubleSum();

    LongSums longSums(int length);

    /** Empty if there is none but the library's own. */
    <E> Optional<Pool<E>> pool(Function<Object, E> factory, int slotCapacity, int sharedCapacity, Consumer<E> onDrop);

    /** Empty if there is none but the library's own. */
    Optional<Distribution> distribution(double... bounds);

    /** Empty if there is none but the library's own. */
    Optional<Distribution> exponentialDistribution(int maxScale, int maxBuckets);
}
