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

import com.fasterxml.jackson.core.JsonFactory;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same as {@link JacksonPools}, from streams, by 10 000 virtual threads that are there at the same time, with a document or 16
 * for each. One invocation is 160 000 documents, threads included: with one for each thread 16 times 10 000 threads,
 * one after the other. threadsAlone parses nothing.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@OperationsPerInvocation(VirtualThreads.CALLS)
public class JacksonVirtualThreads {
    private static final JacksonPools.Document[] DOCUMENTS =
            IntStream.range(0, VirtualThreads.THREADS).mapToObj(JacksonPools.Document::new)
                    .toArray(JacksonPools.Document[]::new);

    @State(Scope.Benchmark)
    public static class Threads {
        @Param({"1", "16"})
        int documentsOfThread;

        void parse(JsonFactory factory) throws InterruptedException {
            VirtualThreads.run(documentsOfThread, thread -> DOCUMENTS[thread].parse(factory, true));
        }
    }

    @Benchmark
    public void threadsAlone(Threads threads) throws InterruptedException {
        VirtualThreads.run(threads.documentsOfThread, thread -> {});
    }

    @Benchmark
    public void threadLocal(JacksonPools.ThreadLocalState s, Threads threads) throws InterruptedException {
        threads.parse(s.factory);
    }

    @Benchmark
    public void deque(JacksonPools.DequeState s, Threads threads) throws InterruptedException {
        threads.parse(s.factory);
    }

    @Benchmark
    public void bounded(JacksonPools.BoundedState s, Threads threads) throws InterruptedException {
        threads.parse(s.factory);
    }

    @Benchmark
    public void perCpu(JacksonPools.PerCpuState s, Threads threads) throws InterruptedException {
        threads.parse(s.factory);
    }
}
