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

/**
 * Data that exists once per CPU, updated without atomic instructions.
 * {@incubating}
 *
 * <p>Threads that count, or keep small states, in one shared variable fight
 * for its cache line. A variable per thread avoids that at a price that grows
 * with the number of threads. A variable per CPU has neither problem: there
 * are as many copies as CPUs, however many threads there are, virtual or not, and
 * the copy a thread uses is in the cache of the CPU it runs on.
 *
 * <h2 id="model">The model</h2>
 *
 * <p>A variable, such as a {@link jdk.incubator.percpu.PerCpuLong}, has
 * {@link jdk.incubator.percpu.PerCpu#slots()} copies, called <dfn>slots</dfn>. A CPU
 * owns one slot of every variable. More exactly: the slot's number is the
 * kernel's {@code mm_cid}, a small number that differs between all threads of
 * the process running at one moment, or where the kernel has none, the
 * number of the CPU. Nothing here depends on which.
 *
 * <p>An operation works on the slot of the CPU that the thread is running on. It
 * is a <dfn>critical section</dfn> of a few instructions: it reads the slot's
 * number, reads the slot, and ends with the <dfn>commit</dfn>, a single
 * store. The Linux kernel knows from {@code rseq(2)} where sections are. When
 * it takes the CPU from a thread in one, moves the thread or delivers it a
 * signal, it makes the thread continue in an abort handler, which starts the
 * section again, perhaps on another slot. So the commit
 * happens only if the thread was alone on its slot from start to end, and
 * plain instructions suffice. There is no lock to be held by a thread that
 * is not running, and nothing to wait for.
 *
 * <p>The last slot is the <dfn>overflow slot</dfn>. It belongs to no CPU and has no
 * sections: variables are updated there by atomic instructions, structures under
 * a lock that is held for one update. It takes the operations of a thread that cannot
 * use rseq, for example because a native library took the thread's
 * registration away, those of a section that was aborted many times in a
 * row, as under a debugger that single-steps, and those on a slot of a variable or
 * structure that somebody uses there
 * {@linkplain jdk.incubator.percpu.PerCpu#exclusive exclusively}. So every
 * operation comes to an end, whatever happens to its sections. In an ordinary
 * process it is hardly used. That nobody waits is true of sections alone: who uses a
 * structure's overflow slot may wait for another thread's update there, also if that thread
 * has lost its CPU.
 *
 * <h3>Structures</h3>
 *
 * <p>Beside variables there are structures that have an instance on each slot:
 * {@link jdk.incubator.percpu.PerCpuLock}, {@link jdk.incubator.percpu.PerCpuList},
 * {@link jdk.incubator.percpu.PerCpuStack}, {@link jdk.incubator.percpu.PerCpuDataStack}
 * and {@link jdk.incubator.percpu.PerCpuRingBuffer}. They do what the
 * thread's CPU needs in one or two sections, and have methods that reach
 * into other slots. Such a method makes a
 * {@linkplain jdk.incubator.percpu.PerCpu#exclusive fence}, which interrupts each CPU that
 * runs a thread of this process and was measured to take 0.2 to 65 microseconds, and keeps
 * sections off that slot
 * of the structure. They stay kept off after it, and the next such call on the slot needs no
 * fence. The first other thread that uses the slot for its CPU does that under a lock, and
 * lets sections in. A thread that uses the slot of its own call does 32 updates under the
 * lock first; a push or a pop of a list or of a stack is two of them. The memory ordering of
 * structures is their own: what is handed over by one is handed over safely.
 *
 * <p>{@link jdk.incubator.percpu.PerCpuLocal} is no such structure: it has an object on each slot
 * that any thread may use at any time, and only hints at the one that others probably do not
 * use now.
 *
 * <p>{@link jdk.incubator.percpu.PerCpuPool} is a stack on each slot with a tier above it that all share: for
 * objects that are acquired and released, in all threads.
 *
 * <p>The memory of a structure is outside of the heap and is freed some time after the
 * structure became unreachable. Those that may have much of it are
 * {@link java.lang.AutoCloseable}, so that it can be freed at once.
 *
 * <p>An {@link java.lang.OutOfMemoryError} that one of their methods throws means
 * that nothing was lost, and where the method does not say otherwise, that nothing has
 * changed. It comes after a collection: memory outside of the heap that belonged to
 * structures and variables which became unreachable is freed first.
 *
 * <p>A {@link java.lang.StackOverflowError} that one of their methods throws means that
 * the method did nothing: what was to be pushed was not, what was to be popped is still
 * there, no lock was taken and no room reserved. The exceptions say so.
 *
 * <p>Where a method does not say otherwise, a null argument makes it throw
 * {@link java.lang.NullPointerException}, before it has changed anything.
 *
 * <h3>Without rseq</h3>
 *
 * <p>Where rseq cannot be had at all ({@link jdk.incubator.percpu.PerCpu#isSupported()}
 * is false), a slot is a <dfn>stripe</dfn>, chosen by a hash of the carrier
 * thread. The operations on variables are atomic instructions on it, and cost about
 * what {@link java.util.concurrent.atomic.LongAdder} does. Those on structures are done
 * under the stripe's lock, which is held for one update: there a thread may wait for
 * another. The results are the same.
 *
 * <h3>Memory ordering</h3>
 *
 * <p>One slot by itself behaves as a variable that is accessed with
 * {@linkplain java.lang.invoke.VarHandle#setOpaque opaque} mode: all threads see its
 * updates in the same order, and see them eventually. Updates of different slots,
 * and all other memory, are not ordered by anything in this package. What another
 * mechanism orders stays ordered: after {@link java.lang.Thread#join()} of
 * the threads that added, a sum is exact.
 *
 * <p>A sum over slots is <em>no</em> snapshot, since slots are read one
 * after the other while others change.
 *
 * <h2>When to use it</h2>
 *
 * <p>Where many threads update often and somebody reads seldom: counters,
 * histograms, statistics, limits that may be approximate. With
 * {@link jdk.incubator.percpu.PerCpuCounter}, which replaces a {@code LongAdder};
 * {@link jdk.incubator.percpu.PerCpuDoubleAdder}, {@link jdk.incubator.percpu.PerCpuLongAccumulator} and
 * {@link jdk.incubator.percpu.PerCpuDoubleAccumulator}, which replace its relatives;
 * {@link jdk.incubator.percpu.PerCpuLongArray}, if there are many counters;
 * {@link jdk.incubator.percpu.PerCpuHistogram}, whose snapshots have counts and a sum that belong together;
 * or with {@code PerCpuLong} and the operations of
 * {@link jdk.incubator.percpu.PerCpu}, if one wants to see or choose what a slot holds.
 *
 * {@snippet lang="java" :
 * static final PerCpuCounter REQUESTS = new PerCpuCounter();
 *
 * void handle(Request request) {
 *     REQUESTS.increment();
 *     ...
 * }
 *
 * long requestsSinceLastReport() {
 *     return REQUESTS.sumThenReset();
 * }
 * }
 *
 * <p>Not where a thread has to know the total at each update (sequence
 * numbers, permits, reference counts that free something at zero): that takes an
 * {@link java.util.concurrent.atomic.AtomicLong}. Not to publish other data. Not
 * where reads are as frequent as updates, since a read visits every slot. Not for
 * variables that live briefly: one takes a lock to make and a garbage collection to
 * free.
 *
 * <h2>Where it comes from</h2>
 *
 * <p>The system call is {@code rseq(2)}. The operations follow those of the
 * library librseq, and the Linux kernel's own {@code this_cpu_add} and
 * {@code this_cpu_cmpxchg}. The methods of the counter, the adder and the accumulators are those of
 * {@link java.util.concurrent.atomic.LongAdder} and its relatives, as are what an accumulator keeps and
 * when it calls its function. {@code PerCpuLocal} is a {@link java.lang.ThreadLocal} of CPUs. The buckets of
 * {@code PerCpuHistogram} are those of Prometheus and OpenTelemetry; the tiers of {@code PerCpuPool} are tcmalloc's.
 */
package jdk.incubator.percpu;
