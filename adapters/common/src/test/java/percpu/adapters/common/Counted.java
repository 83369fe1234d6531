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

package percpu.adapters.common;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/** Whether an object counts with what {@link Counting} makes: an adder of its own would pass all other tests. */
public final class Counted {

    private Counted() {}

    /** Fails if a field of the object is an atomic variable or an adder, or none is what Counting makes. */
    public static void assertByCounting(Object counter) throws IllegalAccessException {
        boolean found = false;
        for (Field field : counter.getClass().getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                field.setAccessible(true);
                Object value = field.get(counter);
                found |= value instanceof LongSum || value instanceof DoubleSum || value instanceof LongSums;
                assertNotEquals("java.util.concurrent.atomic", field.getType().getPackageName(), field.toString());
            }
        }
        assertTrue(found, counter.getClass() + " does not count");
    }
}
