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
 * so many increments that the call does not count. Numbers are per increment, or per eight where eight words are
 * incremented in turn.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
// With CDS archives where they were dumped for: elsewhere they may take addresses below 2 GB that limits.c wants.
@Fork(value = 5, jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+UnlockDiagnosticVMOptions",
    "-XX:ArchiveRelocationMode=0"})
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class Limits {
    static final int LOOP = 100_000;

    private static final int EIGHT = 8;
    private static final int CHECKED = 10_000_000;

    static {
        System.load(System.getProperty("percpu.limits"));
    }

    // Null if the loops can run, else why not.
    private static native String init();

    private static native long sum();
    private static native void plain(long n);
    private static native void plainEight(long n);
    private static native void lockAdd(long n);
    private static native void findAndAdd(long n);

    // Loops of critical sections, in limits.c, which see; they answer how many increments were not done.
    private static native long section(long n);
    private static native long sectionEight(long n);
    private static native long sectionDisarm(long n);
    private static native long sectionDisarmEight(long n);
    private static native long sectionOnce(long n);
    private static native long sectionOnceEight(long n);
    private static native long sectionFields(long n);
    private static native long sectionFieldsEight(long n);
    private static native long sectionUnchecked(long n);
    private static native long sectionUncheckedEight(long n);
    private static native long sectionShort(long n);
    private static native long sectionShortEight(long n);
    private static native long sectionShortUnchecked(long n);
    private static native long sectionShortUncheckedEight(long n);

    private interface Loop {
        long run(long n);
    }

    /** The loops that are measured must be sections, and whole: their totals are exact. */
    @Setup(Level.Trial)
    public void check() {
        String problem = init();
        if (problem != null) {
            throw new IllegalStateException(problem);
        }
        check(Limits::section, 1);
        check(Limits::sectionEight, EIGHT);
        check(Limits::sectionDisarm, 1);
        check(Limits::sectionDisarmEight, EIGHT);
        check(Limits::sectionOnce, 1);
        check(Limits::sectionOnceEight, EIGHT);
        check(Limits::sectionFields, 1);
        check(Limits::sectionFieldsEight, EIGHT);
        check(Limits::sectionUnchecked, 1);
        check(Limits::sectionUncheckedEight, EIGHT);
        check(Limits::sectionShort, 1);
        check(Limits::sectionShortEight, EIGHT);
        check(Limits::sectionShortUnchecked, 1);
        check(Limits::sectionShortUncheckedEight, EIGHT);
    }

    private static void check(Loop loop, int words) {
        long before = sum();
        long left = loop.run(CHECKED);
        long added = sum() - before;
        if (left != 0 || added != CHECKED * words) {
            throw new IllegalStateException("of " + CHECKED * words + " increments " + left + " were not made, and " + added
                    + " can be found");
        }
    }

    private static void all(long left) {
        if (left != 0) {
            throw new IllegalStateException("this thread is not registered with rseq(2)");
        }
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cPlain() {
        plain(LOOP);
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightPlain() {
        plainEight(LOOP);
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cFindAndAdd() {
        findAndAdd(LOOP);
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cLockAdd() {
        lockAdd(LOOP);
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSection() {
        all(section(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightSections() {
        all(sectionEight(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSectionDisarm() {
        all(sectionDisarm(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightSectionsDisarm() {
        all(sectionDisarmEight(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSectionOnce() {
        all(sectionOnce(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightSectionsOnce() {
        all(sectionOnceEight(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSectionFields() {
        all(sectionFields(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightSectionsFields() {
        all(sectionFieldsEight(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSectionUnchecked() {
        all(sectionUnchecked(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightSectionsUnchecked() {
        all(sectionUncheckedEight(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSectionShort() {
        all(sectionShort(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightSectionsShort() {
        all(sectionShortEight(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cSectionShortUnchecked() {
        all(sectionShortUnchecked(LOOP));
    }

    @Benchmark
    @OperationsPerInvocation(LOOP)
    public void cEightSectionsShortUnchecked() {
        all(sectionShortUncheckedEight(LOOP));
    }
}
