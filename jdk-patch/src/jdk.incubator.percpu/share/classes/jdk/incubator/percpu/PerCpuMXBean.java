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

import java.lang.management.PlatformManagedObject;

/**
 * What happened to per-CPU data in this process, for those who watch it from outside.
 * <p>
 * All is counted off the fast path: an operation that is neither aborted nor refused is
 * counted nowhere. So each of these numbers tells of operations that took longer, and an
 * increase that never stops tells of something that goes on. Each is read by itself; two
 * of them are no snapshot.
 * <p>
 * The platform's {@code MBeanServer} has one such bean if the module is in the boot layer:
 * {@snippet lang="java" :
 * PerCpuMXBean bean = ManagementFactory.getPlatformMXBean(PerCpuMXBean.class);
 * }
 *
 * @implNote An attribute costs its reader some microseconds. The event
 *           {@code jdk.PerCpuStatistics} of Flight Recorder has these numbers, too.
 */
public interface PerCpuMXBean extends PlatformManagedObject {

    /** The name that the bean has in the platform's {@code MBeanServer}. */
    String MXBEAN_NAME = "jdk.incubator.percpu:type=PerCpu";

    /**
     * {@return whether updates are restartable sequences here; if not, they are atomic
     * instructions and locks}
     *
     * @see PerCpu#isSupported
     */
    boolean isSupported();

    /**
     * {@return by whom threads are registered with the operating system, what the index of
     * a slot is, and what is avoided on this kernel: one line, for people}
     */
    String getDescription();

    /** {@return how many slots a variable has, one for those who can use no other included} */
    int getSlotCount();

    /**
     * {@return how often the operating system aborted an update, because its thread was
     * preempted, migrated, got a signal or was made to leave for somebody's exclusive use}
     * It is done again then, some times.
     */
    long getAbortCount();

    /**
     * {@return how many operations were completed without a restartable sequence: with
     * atomic instructions, or under a lock}
     */
    long getSlowCommitCount();

    /**
     * {@return how often an operation was given up as a restartable sequence, after aborts or
     * because somebody had the slot exclusively} It was completed on the overflow slot then,
     * or the caller was told that its thread has moved.
     */
    long getGivenUpCount();

    /** {@return how often all threads were made to leave their restartable sequences} */
    long getFenceCount();

    /** {@return how long that took in all, in milliseconds} */
    long getFenceTime();

    /**
     * {@return how often a program had a slot of variables exclusively} Structures that reach
     * into another slot are not counted here, but as slow commits.
     *
     * @see PerCpu#exclusive(PerCpuLong, int, Runnable)
     */
    long getExclusiveUseCount();

    /** {@return how long that was in all, in milliseconds} */
    long getExclusiveUseTime();

    /**
     * {@return how many objects of {@code java.util.concurrent} count per CPU}
     *
     * @see java.util.concurrent.atomic.LongAdder
     */
    long getAdderCount();

    /** {@return how many bytes of address space are reserved for variables and structures} */
    long getReservedMemory();
}
