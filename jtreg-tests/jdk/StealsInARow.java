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
 * @summary Steals in a row make one fence. Sections are let in again by another thread that wants the slot, at once, and by
 *          the thread that stole after some operations
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver StealsInARow
 */

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.util.concurrent.CountDownLatch;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuList;
import jdk.incubator.percpu.PerCpuStack;
import jdk.internal.percpu.ExclusiveUse;
import percpu.lib.Check;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class StealsInARow {
    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-XX:RseqFence=membarrier", "-XX:RseqFence=handshake", "-Xint",
                "-XX:RseqIndex=cpu_id", "-XX:+RseqForceAbort", "-XX:-UseRseq"}) {
            System.out.println("== " + options);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" "))
                    .with("--add-opens", "jdk.incubator.percpu/jdk.incubator.percpu=ALL-UNNAMED").pass(InARow.class)
                    .shouldContain("sections were let in");
        }
    }

    public static class InARow {
        private static final int TIMES = 1000;

        // As ExclusiveUse has it.
        private static final int PATIENCE = 32;

        private static final int SLOTS = PerCpu.slots() - 1;
        private static final MemorySegment ELEMENT = Arena.global().allocate(8);

        public static void main(String[] args) throws Exception {
            oneFence();
            byAnother();
            bySame();
            nobodyWaits();
            System.out.println("sections were let in");
        }

        private static void oneFence() {
            PerCpuStack<Object> stack = new PerCpuStack<>(TIMES);
            PerCpuList<Object> list = new PerCpuList<>();
            PerCpuDataStack dataStack = new PerCpuDataStack(8, TIMES);
            int[] removed = new int[1];
            long before = Raw.fences();
            for (int i = 0; i < TIMES; i++) {
                Check.that(dataStack.push(0, ELEMENT), "no room");
            }
            Check.equal(Raw.fences() - before, PerCpu.isSupported() ? 1 : 0, "first fences");
            // A thread that is moved meanwhile takes cells from other slots, with fences.
            for (int i = 0; i < TIMES; i++) {
                Check.that(stack.push(0, "element"), "no room");
                list.push(0, "element");
            }
            long fences = Raw.fences();
            for (int i = 0; i < TIMES; i++) {
                Check.that(stack.steal(0) != null && dataStack.steal(0, ELEMENT), "an element is lost");
                Check.equal(list.drainTo(0, e -> removed[0]++, 1), 1, "elements");
            }
            Check.equal(removed[0], TIMES, "elements given to the action");
            Check.equal(Raw.fences() - fences, 0, "fences after the first");
        }

        // One push, to the slot that is let in, and not to the overflow slot.
        private static void byAnother() throws Exception {
            PerCpuDataStack stack = new PerCpuDataStack(8, 10);
            keepOffAll(stack);
            long fences = Raw.fences();
            Thread other = new Thread(() -> stack.push(ELEMENT));
            other.start();
            other.join();
            Check.equal(Raw.fences() - fences, 0, "fences of who lets sections in");
            if (PerCpu.isSupported()) {
                Check.equal(kept(stack), SLOTS - 1, "slots that sections are kept off");
                for (int slot = 0; slot < SLOTS; slot++) {
                    Check.equal(stack.size(slot), Raw.keepsOff(stack, slot) ? 0 : 1, "elements on slot " + slot);
                }
            }
            Check.equal(stack.size(), 1, "elements");
            // Where sections were let in, and nowhere else, a fence keeps them off again.
            keepOffAll(stack);
            Check.equal(Raw.fences() - fences, PerCpu.isSupported() ? 1 : 0, "fences of who keeps sections off again");
        }

        private static void bySame() {
            PerCpuDataStack stack = new PerCpuDataStack(8, 2 * PATIENCE * SLOTS);
            keepOffAll(stack);
            for (int i = 1; i < PATIENCE; i++) {
                Check.that(stack.push(ELEMENT), "no room");
            }
            // All the same: it is those in a row that count.
            keepOffAll(stack);
            for (int i = 1; i < PATIENCE; i++) {
                Check.that(stack.push(ELEMENT), "no room");
            }
            Check.equal(kept(stack), PerCpu.isSupported() ? SLOTS : 0, "slots that sections are kept off");
            if (PerCpu.isSupported()) {
                Check.equal(stack.size(SLOTS), 0, "elements on the overflow slot");
            }
            bySameExactly();
        }

        // Wherever this thread is moved, the first slot that is let in has had so many.
        private static void bySameExactly() {
            PerCpuDataStack stack = new PerCpuDataStack(8, PATIENCE * 2);
            keepOffAll(stack);
            for (int i = 0; PerCpu.isSupported() && kept(stack) == SLOTS; i++) {
                Check.that(i < PATIENCE * SLOTS && stack.push(ELEMENT), "sections are kept off all slots");
            }
            for (int slot = 0; slot < SLOTS; slot++) {
                if (PerCpu.isSupported() && !Raw.keepsOff(stack, slot)) {
                    Check.equal(stack.size(slot), PATIENCE, "elements on the slot that was let in");
                }
            }
        }

        // A thread whose slot is kept off and taken works on the overflow slot.
        private static void nobodyWaits() throws Exception {
            PerCpuDataStack stack = new PerCpuDataStack(8, 10);
            keepOffAll(stack);
            Field field = PerCpuDataStack.class.getDeclaredField("use");
            field.setAccessible(true);
            ExclusiveUse use = (ExclusiveUse) field.get(stack);
            CountDownLatch taken = new CountDownLatch(SLOTS);
            CountDownLatch done = new CountDownLatch(1);
            Thread[] takers = new Thread[SLOTS];
            for (int slot = 0; slot < SLOTS; slot++) {
                ExclusiveUse.Lock lock = use.at(slot);
                takers[slot] = new Thread(() -> {
                    synchronized (lock) {
                        lock.keepOff();
                        taken.countDown();
                        await(done);
                        lock.letIn();
                    }
                });
                takers[slot].setDaemon(true);
                takers[slot].start();
            }
            await(taken);
            if (PerCpu.isSupported()) {
                Thread pusher = new Thread(() -> stack.push(ELEMENT));
                pusher.setDaemon(true);
                pusher.start();
                pusher.join(60_000);
                Check.that(!pusher.isAlive(), "a push waits");
                Check.equal(stack.size(SLOTS), 1, "elements on the overflow slot");
            }
            done.countDown();
            for (Thread taker : takers) {
                taker.join();
            }
            Check.equal(kept(stack), 0, "slots that sections are kept off");
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private static void keepOffAll(PerCpuDataStack stack) {
            for (int slot = 0; slot < SLOTS; slot++) {
                Check.that(stack.push(slot, ELEMENT) && stack.steal(slot, ELEMENT), "no room, or no element");
            }
            Check.equal(kept(stack), PerCpu.isSupported() ? SLOTS : 0, "slots that sections are kept off");
        }

        private static int kept(PerCpuDataStack stack) {
            int kept = 0;
            for (int slot = 0; slot < SLOTS; slot++) {
                kept += Raw.keepsOff(stack, slot) ? 1 : 0;
            }
            return kept;
        }
    }
}
