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

package percpu.lib;

import java.io.InputStream;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.whitebox.WhiteBox;
import jdk.test.whitebox.code.BlobType;
import jdk.test.whitebox.code.CodeBlob;
import jdk.test.whitebox.code.NMethod;

/**
 * Compiled sections come and go: each worker loads a class in a loader of its own, runs it until C2 has compiled it
 * and drops it. The code of one is soon put where another's was, while workers are preempted all the
 * time, whose rseq_cs may still tell of a section that is gone. Argument: milliseconds.
 */
public final class Churn {
    private static final int WORKERS = 8;
    private static final long MAX_OVERTIME_NANOS = 120_000_000_000L;
    private static final ClassLoadingMXBean CLASSES = ManagementFactory.getClassLoadingMXBean();
    private static final WhiteBox WB = WhiteBox.getWhiteBox();

    /** What is loaded again and again. */
    public interface Hot {
        long run(PerCpuLong v, int n);
    }

    public static final class HotImpl implements Hot {
        @Override
        public long run(PerCpuLong v, int n) {
            long sum = 0;
            for (int i = 0; i < n; i++) {
                PerCpu.add(v, i);
                PerCpu.getAndAdd(v, 2);
                PerCpu.add(v, 1);
                sum += i + 3;
                int slot = PerCpu.currentSlot();
                long old = v.get(slot);
                if (PerCpu.weakCompareAndSet(v, slot, old, old + 5)) {
                    sum += 5;
                }
                old = PerCpu.getAndAdd(v, 0);
                if (PerCpu.cmpxchg(v, old, old + 9) == old) {
                    sum += 9;
                }
            }
            return sum;
        }
    }

    private static final class Loader extends ClassLoader {
        private final byte[] bytes;

        Loader(byte[] bytes) {
            super(Churn.class.getClassLoader());
            this.bytes = bytes;
        }

        Class<?> define() {
            return defineClass(HotImpl.class.getName(), bytes, 0, bytes.length);
        }
    }

    private final byte[] bytes;
    private final PerCpuLong v = new PerCpuLong();
    private final AtomicLong expected = new AtomicLong();
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong compiled = new AtomicLong();
    private final AtomicLong gone = new AtomicLong();
    private final Set<Integer> tids = ConcurrentHashMap.newKeySet();
    private final long deadline;
    private volatile Disturbance disturbance;
    private volatile Throwable failure;

    private Churn(long millis) throws Exception {
        try (InputStream in = HotImpl.class.getResourceAsStream("Churn$HotImpl.class")) {
            bytes = in.readAllBytes();
        }
        deadline = System.nanoTime() + millis * 1_000_000;
    }

    public static void main(String[] args) throws Exception {
        new Churn(Long.parseLong(args[0])).run();
    }

    private void run() throws Exception {
        Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            threads.add(new Thread(this::work));
        }
        disturbance = new Disturbance(tids, this::goOn);
        threads.forEach(Thread::start);
        // A signal makes the kernel look at rseq_cs, as a preemption does.
        disturbance.start(false, 100, false, false, true);
        for (Thread thread : threads) {
            thread.join();
        }
        disturbance.stop();
        if (failure != null) {
            throw new AssertionError("a worker failed", failure);
        }
        System.out.println("churn: " + rounds + " rounds, in " + compiled + " C2 compiled the class, "
                + gone + " gone before they were looked at, " + CLASSES.getUnloadedClassCount()
                + " classes unloaded, " + disturbance.report());
        System.out.println("churn: " + Raw.describe());
        Check.equal(v.sum(), expected.get(), "sum");
        Check.that(enough(), "that is no churn");
        Check.that(Raw.aborts() > 0, "no section was ever aborted");
        checkPool();
    }

    // Until the time is up and enough has come and gone, but not for ever.
    private boolean goOn() {
        long over = System.nanoTime() - deadline;
        return failure == null && (over < 0
                || over < MAX_OVERTIME_NANOS && !(enough() && disturbance.happened() && Raw.aborts() > 0));
    }

    private boolean enough() {
        return compiled.get() >= 50 && CLASSES.getUnloadedClassCount() >= 50;
    }

    private void work() {
        try {
            tids.add(Native.gettid());
            do {
                Class<?> hot = new Loader(bytes).define();
                Hot instance = (Hot) hot.getDeclaredConstructor().newInstance();
                Method method = hot.getMethod("run", PerCpuLong.class, int.class);
                // For a profile; then as soon as the compiler gets to it.
                for (int i = 0; i < 500; i++) {
                    expected.addAndGet(instance.run(v, 20));
                }
                boolean done = false;
                for (int i = 0; !done && goOn(); i++) {
                    // Not each time: the compiler waits for the same lock.
                    if (i % 100 == 0 && !WB.isMethodQueuedForCompilation(method)) {
                        WB.enqueueMethodForCompilation(method, 4);
                    }
                    expected.addAndGet(instance.run(v, 20));
                    // Make room for the compiler.
                    Thread.yield();
                    done = WB.getMethodCompilationLevel(method) == 4;
                }
                if (done) {
                    checkSections(method);
                    for (int i = 0; i < 1000; i++) {
                        expected.addAndGet(instance.run(v, 100));
                    }
                }
                rounds.incrementAndGet();
                if (done) {
                    compiled.incrementAndGet();
                }
            } while (goOn());
        } catch (Throwable t) {
            failure = t;
        }
    }

    // What is compiled must be what this is about.
    private void checkSections(Method method) {
        NMethod code = NMethod.get(method, false);
        if (code == null || code.comp_level != 4) {
            return;
        }
        try {
            int sections = Section.find(code).size();
            Check.that(sections >= 5, "compiled code has only " + sections + " sections");
        } catch (AssertionError e) {
            // What was looked at is a copy. If the code is gone meanwhile, so are its descriptors.
            NMethod now = NMethod.get(method, false);
            if (now != null && now.compile_id == code.compile_id) {
                throw e;
            }
            gone.incrementAndGet();
        }
    }

    // The descriptors of code that is gone are used again: there are not many more than the code cache can hold.
    private void checkPool() {
        long bytes = 0;
        for (BlobType type : BlobType.getAvailable()) {
            for (CodeBlob blob : CodeBlob.getCodeBlobs(type)) {
                if (blob.name.contains("rseq")) {
                    bytes += blob.size;
                }
            }
        }
        long made = compiled.get() * 5 * 64;
        System.out.println("churn: descriptors take " + bytes + " bytes, all sections together took more than " + made);
        Check.that(bytes > 0, "no blob for rseq descriptors in the code cache");
        Check.that(bytes < 512 * 1024, "the descriptors take " + bytes + " bytes of a small code cache");
    }
}
