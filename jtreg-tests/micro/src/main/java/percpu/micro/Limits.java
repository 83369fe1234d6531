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

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does an increment cost where Java has no part in it? Loops in C, called through JNI with
 * so many increments that the call does not count; numbers are per increment.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class Limits {
    private static final int LOOP = 100_000;

    static {
        System.load(System.getProperty("percpu.limits"));
    }

    // Null if the loops can run, else why not.
    private static native String init();

    private static native long sum();
    private static native void plain(long n);
    private static native void lockAdd(long n);
    private static native void findAndAdd(long n);
    private static native long section(long n);

    /** The loop that is measured must be the section, and whole: its total is exact. */
    @Setup(Level.Trial)
    public void check() {
        String problem = init();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
        int checked = 100 * LOOP;
        long left = section(checked);
        if (left != 0 || sum() != checked) {
            throw new IllegalStateException("of " + checked + " increments " + left + " were not made and the sum is " + sum());
        }
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cPlain() {
        plain(LOOP);
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cFindAndAdd() {
        findAndAdd(LOOP);
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSection() {
        if (section(LOOP) != 0) {
            throw new IllegalStateException("this thread is not registered with rseq(2)");
        }
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cLockAdd() {
        lockAdd(LOOP);
    }
}
