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

/*
 * @test
 * @summary what PerCpuLocal promises: one object for each slot, made when it is asked for
 * @library /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.Check
 * @run main/othervm Locals
 * @run main/othervm -XX:-UseRseq Locals
 * @run main/othervm -Xint Locals
 * @run main/othervm -XX:+UnlockDiagnosticVMOptions -XX:+RseqForceAbort Locals
 * @run main/othervm -XX:RseqIndex=cpu_id Locals
 * @run main/othervm -Xcomp -XX:TieredStopAtLevel=1
 *      -XX:CompileCommand=compileonly,Locals::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Locals
 * @run main/othervm -Xcomp -XX:-TieredCompilation
 *      -XX:CompileCommand=compileonly,Locals::* -XX:CompileCommand=compileonly,jdk.incubator.percpu.*::*
 *      -XX:CompileCommand=compileonly,jdk.internal.percpu.*::* Locals
 */

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLocal;
import percpu.lib.Check;

public class Locals {
    private static final int MANY = 20_000;

    public static void main(String[] args) throws Exception {
        Check.fails(NullPointerException.class, "no supplier", () -> PerCpuLocal.withInitial(null));
        one();
        failures();
        nested();
        atTheSameTime();
        oneForEachCpu();
        freed();
    }

    private static <T> List<T> all(PerCpuLocal<T> local) {
        List<T> all = new ArrayList<>();
        local.forEach(all::add);
        return all;
    }

    private static void one() {
        AtomicInteger made = new AtomicInteger();
        PerCpuLocal<Object> local = PerCpuLocal.withInitial(() -> {
            made.incrementAndGet();
            return new Object();
        });
        Check.that(all(local).isEmpty() && made.get() == 0, "an object that nobody asked for");
        Map<Object, Object> got = new IdentityHashMap<>();
        for (int i = 0; i < MANY; i++) {
            got.put(local.get(), local);
        }
        Check.that(got.size() <= PerCpu.slots(), got.size() + " objects for " + PerCpu.slots() + " slots");
        Check.equal(made.get(), got.size(), "objects that were made by one thread");
        List<Object> all = all(local);
        Check.equal(all.size(), got.size(), "objects that forEach found");
        Check.that(got.keySet().containsAll(all), "an object that get did not return");
        Check.fails(NullPointerException.class, "no action", () -> local.forEach(null));
        Check.fails(UnsupportedOperationException.class, "an action that throws", () -> local.forEach(o -> {
            throw new UnsupportedOperationException();
        }));
    }

    private static void failures() {
        RuntimeException thrown = new RuntimeException();
        AtomicReference<RuntimeException> toThrow = new AtomicReference<>(thrown);
        AtomicReference<String> result = new AtomicReference<>();
        PerCpuLocal<String> local = PerCpuLocal.withInitial(() -> {
            if (toThrow.get() != null) {
                throw toThrow.get();
            }
            return result.get();
        });
        try {
            local.get();
            throw new AssertionError("what the supplier threw was not thrown");
        } catch (RuntimeException e) {
            Check.that(e == thrown, "another exception: " + e);
        }
        toThrow.set(null);
        Check.fails(NullPointerException.class, "a supplier that returns null", local::get);
        Check.that(all(local).isEmpty(), "an object after failures");
        result.set("at last");
        Check.that(local.get().equals("at last"), "a supplier that was asked again");
        result.set("later");
        Check.that(all(local).contains("at last"), "the first object was replaced");
    }

    // A supplier that asks for the object itself: the first that is stored is all's.
    private static void nested() {
        AtomicInteger depth = new AtomicInteger();
        AtomicReference<PerCpuLocal<Integer>> self = new AtomicReference<>();
        self.set(PerCpuLocal.withInitial(() -> {
            int mine = depth.incrementAndGet();
            if (mine < 3) {
                self.get().get();
            }
            return mine;
        }));
        // Where the thread was moved meanwhile each slot has its own.
        self.get().get();
        Check.that(all(self.get()).contains(3), "what was made first was replaced: " + all(self.get()));
    }

    private static final class Made {
        // Not final: it is the reference that must be handed over safely.
        int value;

        Made() {
            value = 42;
        }
    }

    // Many threads that ask for the first time, again and again: no slot has two.
    private static void atTheSameTime() throws Exception {
        int dropped = 0;
        for (int round = 0; round < 300; round++) {
            AtomicInteger made = new AtomicInteger();
            PerCpuLocal<Made> local = PerCpuLocal.withInitial(() -> {
                made.incrementAndGet();
                if (made.get() % 2 == 0) {
                    Thread.yield();
                }
                return new Made();
            });
            Map<Made, Boolean> got = new ConcurrentHashMap<>();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    try {
                        start.await();
                        for (int k = 0; k < 20; k++) {
                            Made object = local.get();
                            Check.equal(object.value, 42, "what the supplier wrote");
                            got.put(object, true);
                        }
                    } catch (Throwable t) {
                        failure.set(t);
                    }
                }));
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            if (failure.get() != null) {
                throw new AssertionError("a thread failed", failure.get());
            }
            List<Made> all = all(local);
            Check.that(all.containsAll(got.keySet()), "get returned what no slot has");
            Check.equal(got.size(), all.size(), "objects that get returned, of those in slots");
            dropped += made.get() - all.size();
        }
        System.out.println(dropped + " objects were made beside others and dropped");
    }

    // Threads that run at the same time are on different CPUs, and carriers seldom have the same stripe all of them.
    private static void oneForEachCpu() throws Exception {
        if (PerCpu.slots() == 2 || Runtime.getRuntime().availableProcessors() == 1) {
            System.out.println("one CPU");
            return;
        }
        PerCpuLocal<Object> local = PerCpuLocal.withInitial(Object::new);
        long end = System.nanoTime() + 60_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                do {
                    local.get();
                } while (all(local).size() < 2 && System.nanoTime() < end);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Check.that(all(local).size() >= 2, "all threads of a minute had one object");
    }

    private static void freed() {
        PerCpuLocal<Object> local = PerCpuLocal.withInitial(Object::new);
        WeakReference<Object> object = new WeakReference<>(local.get());
        System.gc();
        Check.that(object.get() != null, "an object was freed before its PerCpuLocal");
        local.forEach(o -> { });
        local = null;
        long end = System.nanoTime() + 60_000_000_000L;
        while (object.get() != null) {
            System.gc();
            Check.that(System.nanoTime() < end, "an object outlives its PerCpuLocal");
        }
    }
}
