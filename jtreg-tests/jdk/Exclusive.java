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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuStack;
import percpu.lib.Check;
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
            nesting();
            throwing();
            collecting();
            nearTheEndOfTheStack();
            waiting();
            countsWhatHappens();
            System.out.println("all promises are kept");
        }

        private static void arguments() {
            Check.fails(IndexOutOfBoundsException.class, "slot -1", () -> PerCpu.exclusive(-1, () -> { }));
            Check.fails(IndexOutOfBoundsException.class, "slot too large",
                    () -> PerCpu.exclusive(PerCpu.slots(), () -> { }));
            Check.fails(NullPointerException.class, "no action", () -> PerCpu.exclusive(0, null));
        }

        private static void everySlotFromEverywhere() throws Exception {
            AtomicInteger done = new AtomicInteger();
            Runnable all = () -> {
                for (int slot = 0; slot < PerCpu.slots(); slot++) {
                    PerCpu.exclusive(slot, done::incrementAndGet);
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

        private static void updates() {
            PerCpuLong v = new PerCpuLong();
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                int s = slot;
                PerCpu.exclusive(s, () -> {
                    long before = v.get(s);
                    Check.that(PerCpu.weakCompareAndSet(v, s, before, before + 10), "the slot that is held was not set");
                    Check.that(!PerCpu.weakCompareAndSet(v, s, before, before + 11), "replaced what is no longer there");
                    Check.equal(v.get(s), before + 10, "the slot that is held");
                    // Wherever that goes: it ends.
                    PerCpu.add(v, 1);
                });
            }
            Check.equal(v.sum(), 11L * PerCpu.slots(), "sum of what was done in exclusive actions");
        }

        private static void nesting() {
            PerCpuStack<String> stack = new PerCpuStack<>(100);
            PerCpuList<String> list = new PerCpuList<>();
            PerCpu.exclusive(0, () -> {
                Check.fails(IllegalStateException.class, "another slot",
                        () -> PerCpu.exclusive(1, () -> { throw new AssertionError("it ran"); }));
                Check.fails(IllegalStateException.class, "the same slot", () -> PerCpu.exclusive(0, () -> { }));
                // What is done on this CPU's slot goes on.
                for (int i = 0; i < 50; i++) {
                    stack.push("s" + i);
                    list.push("l" + i);
                }
                stack.steal(0);
                list.drain(0);
            });
            // There is something on every slot that was used.
            for (int slot = 1; slot < PerCpu.slots(); slot++) {
                int s = slot;
                if (stack.size(s) > 0) {
                    PerCpu.exclusive(0, () -> Check.fails(IllegalStateException.class, "stealing from another slot",
                            () -> stack.steal(s)));
                }
            }
            PerCpu.exclusive(1, () -> { });
        }

        private static void throwing() {
            for (int slot = 0; slot < PerCpu.slots(); slot++) {
                int s = slot;
                Check.fails(ArithmeticException.class, "an action that throws", () -> PerCpu.exclusive(s, () -> {
                    throw new ArithmeticException();
                }));
                usable(s);
            }
        }

        // Sections are not kept off, and others get it.
        private static void usable(int slot) {
            Thread other = new Thread(() -> PerCpu.exclusive(slot, () -> { }));
            other.start();
            try {
                other.join(60_000);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            Check.that(!other.isAlive(), "slot " + slot + " is still held");
            Check.that(!Raw.keepsOff(slot), "sections are kept off slot " + slot);
        }

        private static void collecting() {
            PerCpu.exclusive(0, () -> {
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
            PerCpu.exclusive(slot, () -> { });
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
            Thread holder = new Thread(() -> PerCpu.exclusive(0, () -> {
                held.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
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
            PerCpu.exclusive(1, () -> { });
            for (Thread thread : threads) {
                thread.join();
            }
            Check.equal(v.sum(), 80_000, "additions while somebody holds slot 0");
            AtomicInteger rest = new AtomicInteger();
            Thread drains = new Thread(() -> rest.addAndGet(list.drain().size()));
            drains.start();
            goOn.countDown();
            holder.join();
            drains.join();
            Check.equal(popped.get() + rest.get(), 80_000, "elements pushed while somebody holds slot 0");
        }

        private static void countsWhatHappens() {
            long fences = Raw.fences();
            long commits = Raw.slowCommits();
            PerCpu.exclusive(0, () -> { });
            PerCpu.exclusive(PerCpu.slots() - 1, () -> { });
            Check.equal(Raw.fences() - fences, PerCpu.isSupported() ? 1 : 0, "fences");
            Check.that(Raw.slowCommits() - commits >= 2, "exclusive actions were not counted");
        }
    }
}
