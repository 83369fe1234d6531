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

package jdk.internal.ref;

import java.lang.ref.Cleaner;
import java.lang.ref.PhantomReference;

/**
 * A {@link Cleaner.Cleanable} that the cleaner does not keep in a list: whoever
 * makes one keeps it reachable, or {@link #clean()} is never called. This
 * spares the 16 bytes that {@link PhantomCleanable} needs to find itself in the
 * cleaner's list, for owners that have a table of their own.
 *
 * <p>The cleaner's thread calls {@code clean()} once, after the referent became
 * phantom reachable. Nobody else calls it.
 *
 * @param <T> the type of the referent
 */
public abstract class UnlistedCleanable<T> extends PhantomReference<T> implements Cleaner.Cleanable {

    /**
     * Makes a reference that the thread of {@code cleaner} will clean.
     *
     * @param referent the object to watch
     * @param cleaner  a cleaner that is never unreachable, such as
     *                 {@link CleanerFactory#cleaner()}
     */
    protected UnlistedCleanable(T referent, Cleaner cleaner) {
        super(referent, CleanerImpl.getCleanerImpl(cleaner).queue);
    }
}
