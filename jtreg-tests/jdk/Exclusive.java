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
 * @summary PerCpu.exclusive: what it promises, for every slot, with each fence, and without rseq
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver Exclusive
 */

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuLock;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuStack;
import percpu.lib.Check;
import percpu.lib.Drained;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class Exclusive {
    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-XX:RseqFence=membarrier", "-XX:RseqFence=handshake",
                "-XX:RseqFence=handshake -Xint", "-XX:RseqIndex=cpu_id", "-XX:+RseqForceAbort", "-XX:-UseRseq",
                "-XX:RseqPossibleCPUs=256"}) {
            System.out.println("== " + options);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" ")).pass(Promises.class)
                    .shouldContain("all promises are kept");
        }
        new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:RseqFence=no").run(Promises.class).shouldHaveExitValue(1)
                .shouldContain("-XX:RseqFence must be auto, membarrier or handshake");
    }

    public static class Promises {
        private static final PerCpuLong V = new PerCpuLong();

        public static void main(String[] args) throws Exception {
            arguments();
            everySlotFromEverywhere();
            updates();
            scope();
            nesting();
            throwing();
            collecting();
            nearTheEndOfTheStack();
            manyNearTheEndOfTheStack();
            waiting();
            neighbours();
            countsWhatHappens();
            System.out.println("all promises are kept");
        }

        private static void arguments() {
            Check.fails(IndexOutOfBoundsException.class, "slot -1", () -> PerCpu.exclusive(V, -1, () -> { }));
            Check.fails(IndexOutOfBoundsException.class, "slot too large",
                    () -> PerCpu.exclusive(V, PerCpu.slots(), () -> { }));
            Check.fails(NullPointerException.class, "no action", () -> PerCpu.exclusive(V, 0, null));
        }

        private static void everySlotFromEverywhere() throws Exception {
            AtomicInteger done = new AtomicInteger();
            Runnable all = () -> {
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    PerCpu.exclusive(V, slot, done::incrementAndGet);
                }
            };
            all.run();
            Thread virtual = Thread.startVirtualThread(all);
            virtual.join();
            Thread interrupted = new Thread(() -> {
                Thread.currentThread().interrupt();
                all.run();
                Check.that(Thread.interrupted(), "the interrupt is gone");
                done.incrementAndGet();
            });
            interrupted.start();
            interrupted.join();
            Check.equal(done.get(), 3 * PerCpu.slots() + 1, "actions");
        }

        private static void updates() throws IOException {
            PerCpuLong v = new PerCpuLong();
            PerCpuLong w = new PerCpuLong();
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                int s = slot;
                long found = PerCpu.<Long, IOException>exclusive(List.of(v, w, v), s, () -> {
                    long before = v.get(s);
                    Check.that(PerCpu.weakCompareAndSet(v, s, before, before + 10), "the slot that is held was not set");
                    Check.that(PerCpu.weakCompareAndSet(w, s, w.get(s), 7), "the other variable was not set");
                    Check.that(!PerCpu.weakCompareAndSet(v, s, before, before + 11), "replaced what is no longer there");
                    // Wherever that goes: it ends.
                    PerCpu.add(v, 1);
                    return w.get(s);
                });
                Check.equal(found, 7, "result of the action");
                Check.fails(IOException.class, "a checked exception",
                        () -> PerCpu.<Void, IOException>exclusive(List.of(v), s, () -> { throw new IOException(); }));
            }
            Check.equal(v.sum(), 11L * PerCpu.slots(), "sum of what was done in exclusive actions");
            Check.fails(IllegalArgumentException.class, "no variables",
                    () -> PerCpu.exclusive(List.of(), 0, () -> null));
        }

        // Only variables that share an exclusive word are kept off, and no structure is.
        private static void scope() {
            PerCpuLong[] far = new PerCpuLong[64];
            PerCpuLock[] locks = new PerCpuLock[far.length];
            for (int i = 0; i < far.length; i++) {
                far[i] = new PerCpuLong();
                locks[i] = new PerCpuLock();
            }
            int slot = 0;
            PerCpu.exclusive(far[0], slot, () -> {
                Check.that(Raw.keepsOff(far[0], slot) == PerCpu.isSupported(), "sections are not kept off the variable");
                Check.that(!Raw.keepsOff(far[63], slot), "sections are kept off another variable");
            });
            Check.that(!Raw.keepsOff(far[0], slot), "sections are kept off after the action");
            PerCpu.exclusive(List.of(far), slot, () -> {
                for (int i = 0; i < far.length; i++) {
                    Check.that(Raw.keepsOff(far[i], slot) == PerCpu.isSupported(), "sections are not kept off a variable");
                    Check.that(!Raw.keepsOff(locks[i], slot), "sections are kept off a lock");
                }
                return null;
            });
        }

        // Near the end of the stack, too, all of many slots are given back.
        private static void manyNearTheEndOfTheStack() {
            PerCpuLong[] many = new PerCpuLong[1000];
            Arrays.setAll(many, i -> new PerCpuLong());
            List<PerCpuLong> all = List.of(many);
            Check.fails(StackOverflowError.class, "endless recursion", () -> deeperWith(all));
            for (PerCpuLong v : many) {
                Check.that(!Raw.keepsOff(v, 0), "sections are kept off");
            }
            Check.equal(PerCpu.exclusive(all, 0, () -> 5), 5, "result of the next action");
        }

        private static int runs;

        private static void deeperWith(List<PerCpuLong> all) {
            try {
                deeperWith(all);
            } catch (StackOverflowError e) {
                // In frames that are further and further away from the end.
                if (runs++ < 5000) {
                    try {
                        PerCpu.exclusive(all, 0, () -> {
                            usesStack(100);
                            return null;
                        });
                    } catch (StackOverflowError expected) {
                        // Nothing was done, or all given back.
                    }
                }
                throw e;
            }
        }

        private static int usesStack(int calls) {
            return calls == 0 ? 0 : 1 + usesStack(calls - 1);
        }

        private static void nesting() {
            PerCpuStack<String> stack = new PerCpuStack<>(100);
            PerCpuList<String> list = new PerCpuList<>();
            PerCpu.exclusive(V, 0, () -> {
                Check.fails(IllegalStateException.class, "another slot",
                        () -> PerCpu.exclusive(V, 1, () -> { throw new AssertionError("it ran"); }));
                Check.fails(IllegalStateException.class, "the same slot", () -> PerCpu.exclusive(V, 0, () -> { }));
                Check.fails(IllegalStateException.class, "another variable",
                        () -> PerCpu.exclusive(new PerCpuLong(), 0, () -> { }));
                // Structures are used as everywhere, all slots of them.
                for (int i = 0; i < 50; i++) {
                    stack.push("s" + i);
                    list.push("l" + i);
                }
                int taken = 0;
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    while (stack.steal(slot) != null) {
                        taken++;
                    }
                }
                Check.equal(taken, 50, "elements stolen");
                Check.equal(Drained.all(list).size(), 50, "elements drained");
            });
            PerCpu.exclusive(V, 1, () -> { });
        }

        private static void throwing() {
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                int s = slot;
                Check.fails(ArithmeticException.class, "an action that throws", () -> PerCpu.exclusive(V, s, () -> {
                    throw new ArithmeticException();
                }));
                usable(s);
            }
        }

        // Sections are not kept off, and others get it.
        private static void usable(int slot) {
            Thread other = new Thread(() -> PerCpu.exclusive(V, slot, () -> { }));
            other.start();
            try {
                other.join(60_000);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            Check.that(!other.isAlive(), "slot " + slot + " is still held");
            Check.that(!Raw.keepsOff(V, slot), "sections are kept off slot " + slot);
        }

        private static void collecting() {
            PerCpu.exclusive(V, 0, () -> {
                for (int i = 0; i < 5; i++) {
                    System.gc();
                    PerCpu.add(V, 1);
                }
            });
            usable(0);
        }

        private static int depth;

        private static void deeper(int slot) {
            depth++;
            PerCpu.exclusive(V, slot, () -> { });
            deeper(slot);
        }

        private static void nearTheEndOfTheStack() {
            for (int i = 0; i < 40; i++) {
                int slot = i % PerCpu.slots();
                depth = 0;
                Check.fails(StackOverflowError.class, "endless recursion", () -> deeper(slot));
                usable(slot);
            }
        }

        private static void waiting() throws Exception {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Thread holder = new Thread(() -> PerCpu.exclusive(V, 0, () -> {
                held.countDown();
                await(goOn);
            }));
            holder.start();
            held.await();
            // Nobody waits for the holder but who wants the same.
            PerCpuLong v = new PerCpuLong();
            PerCpuList<Integer> list = new PerCpuList<>();
            Thread[] threads = new Thread[4];
            AtomicInteger popped = new AtomicInteger();
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> {
                    for (int k = 0; k < 20_000; k++) {
                        PerCpu.add(v, 1);
                        list.push(k);
                        popped.addAndGet(list.pop() == null ? 0 : 1);
                    }
                });
                threads[i].start();
            }
            PerCpu.exclusive(V, 1, () -> { });
            for (Thread thread : threads) {
                thread.join();
            }
            Check.equal(v.sum(), 80_000, "additions while somebody holds slot 0");
            AtomicInteger rest = new AtomicInteger();
            Thread drains = new Thread(() -> rest.addAndGet(Drained.all(list).size()));
            drains.start();
            goOn.countDown();
            holder.join();
            drains.join();
            Check.equal(popped.get() + rest.get(), 80_000, "elements pushed while somebody holds slot 0");
        }

        // Variables that share an exclusive word are held one by one, and the word is set as long as one is.
        private static void neighbours() throws Exception {
            PerCpuLong[] v = new PerCpuLong[14];
            Arrays.setAll(v, i -> new PerCpuLong());
            int first = 0;
            while (!shareWord(v[first], v[first + 1])) {
                first++;
            }
            PerCpuLong mine = v[first];
            PerCpuLong others = v[first + 1];
            int slot = 0;
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Thread holder = new Thread(() -> PerCpu.exclusive(others, slot, () -> {
                held.countDown();
                await(goOn);
                Check.that(Raw.keepsOff(others, slot) == PerCpu.isSupported(), "another action has let sections in");
                Check.that(PerCpu.weakCompareAndSet(others, slot, 0, 5), "the slot that is held was not set");
            }));
            holder.start();
            held.await();
            PerCpu.exclusive(mine, slot, () ->
                    Check.that(!PerCpu.isSupported() || !PerCpu.weakCompareAndSet(others, slot, 0, 6),
                            "set a slot that another thread holds"));
            goOn.countDown();
            holder.join();
            Check.equal(others.sum(), 5, "what its holder has set");
            Check.that(!Raw.keepsOff(mine, slot), "sections are kept off after all actions");
        }

        private static boolean shareWord(PerCpuLong one, PerCpuLong other) {
            return Raw.address(one) >> 6 == Raw.address(other) >> 6;
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private static void countsWhatHappens() {
            long fences = Raw.fences();
            long commits = Raw.slowCommits();
            PerCpu.exclusive(V, 0, () -> { });
            PerCpu.exclusive(V, PerCpu.slots() - 1, () -> { });
            Check.equal(Raw.fences() - fences, PerCpu.isSupported() ? 1 : 0, "fences");
            Check.that(Raw.slowCommits() - commits >= 2, "exclusive actions were not counted");
        }
    }
}
