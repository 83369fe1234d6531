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

package jdk.incubator.percpu;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Memory;
import jdk.internal.percpu.VMServices;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Stable;

/** A number that is made of a variable's slots. Streams have a proxy in place of it. */
abstract sealed class PerCpuNumber extends Number permits PerCpuCounter, PerCpuDoubleAdder {

    private static final long serialVersionUID = 8304427359026478713L;

    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long ADDRESS = U.objectFieldOffset(PerCpuNumber.class, "address");

    // In slot 0. Zero in an object whose constructor failed or was never run, which
    // finalizers and forged streams can get hold of.
    @Stable
    private final transient long address;

    /**
     * Allocates the variable.
     *
     * @param accumulation whether it is for {@link jdk.internal.percpu.Accumulations}
     * @throws OutOfMemoryError if there is no memory for it, on the heap or outside
     */
    PerCpuNumber(boolean accumulation) {
        VMServices.prepare();
        address = accumulation ? Memory.allocateAccumulation(this) : Memory.allocateVariable(this);
    }

    @ForceInline
    private long checked(long address) {
        if (address == 0) {
            throw new IllegalStateException(getClass().getName() + " was not constructed");
        }
        return address;
    }

    /** {@return the address, only to hand it to a section together with this} */
    @ForceInline
    final long address() {
        return checked(address);
    }

    /**
     * The address for accesses that do not take the owner as an input: opaque, so
     * that no safepoint comes between this read and an Unsafe access after it
     * in compiled code. The caller adds a reachability fence.
     */
    @ForceInline
    final long pinnedAddress() {
        return checked(U.getLongOpaque(this, ADDRESS));
    }

    /**
     * Always throws: a copy would share the memory of this number without
     * keeping it.
     *
     * @return never
     * @throws CloneNotSupportedException always
     */
    @Override
    protected final Object clone() throws CloneNotSupportedException {
        throw new CloneNotSupportedException(getClass().getName());
    }

    /**
     * Always throws, because only proxies are ever written.
     *
     * @param s the stream
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream s) throws InvalidObjectException {
        throw withoutProxy();
    }

    /**
     * Always throws, because only proxies are ever written.
     *
     * @throws InvalidObjectException always
     */
    private void readObjectNoData() throws InvalidObjectException {
        throw withoutProxy();
    }

    private InvalidObjectException withoutProxy() {
        return new InvalidObjectException("Not a serialized " + getClass().getName() + ": its proxy is missing");
    }
}
