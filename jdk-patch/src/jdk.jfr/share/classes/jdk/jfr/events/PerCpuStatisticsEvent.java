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

package jdk.jfr.events;

import jdk.internal.percpu.Statistics;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import jdk.jfr.internal.Type;

@Name(Type.EVENT_NAME_PREFIX + "PerCpuStatistics")
@Label("Per-CPU Data Statistics")
@Category({"Java Virtual Machine", "Statistics"})
@Description("What happened to per-CPU data off the fast path, since the JVM was started")
public final class PerCpuStatisticsEvent extends AbstractPeriodicEvent {

    @Label("Aborts")
    @Description("How often the operating system aborted a restartable sequence; an update is tried several times")
    final long aborts = Statistics.aborts();

    @Label("Given Up")
    @Description("Operations that ended without a restartable sequence, after aborts or because of exclusive use")
    final long givenUp = Statistics.givenUp();

    @Label("Overflow Operations")
    @Description("Updates of variables that were atomic instructions on the slot that belongs to no CPU")
    final long overflowOperations = Statistics.overflowOperations();

    @Label("Transactions")
    @Description("Operations of structures, and exclusive uses, that were done under the lock of a slot")
    final long transactions = Statistics.transactions();

    @Label("Fences")
    @Description("How often all threads were made to leave their restartable sequences")
    final long fences = Statistics.fences();

    @Label("Fence Time")
    @Timespan(Timespan.NANOSECONDS)
    final long fenceTime = Statistics.fenceNanos();

    @Label("Exclusive Uses")
    @Description("How often an application had a slot of variables exclusively")
    final long exclusiveUses = Statistics.exclusiveUses();

    @Label("Exclusive Time")
    @Timespan(Timespan.NANOSECONDS)
    final long exclusiveTime = Statistics.exclusiveNanos();

    @Label("Adders")
    @Description("Objects of java.util.concurrent that count per CPU")
    final long adders = Statistics.adders();

    @Label("Arenas")
    @Description("Blocks of memory for variables and structures")
    final long arenas = Statistics.arenas();

    @Label("Reserved Memory")
    @Description("What these reserve of the address space")
    @DataAmount
    final long reserved = Statistics.arenaBytes();
}
