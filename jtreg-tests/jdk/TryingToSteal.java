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
 * @summary trySteal waits for nobody, whatever others do with the slot; others wait for it
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver TryingToSteal
 */

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuDataStack;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuStack;
import jdk.internal.percpu.ExclusiveUse;
import jdk.internal.percpu.FreeList;
import jdk.internal.percpu.Transaction;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class TryingToSteal {
    public static void main(String[] args) throws Exception {
        for (String options : new String[] {"-XX:RseqFence=membarrier", "-XX:RseqFence=handshake",
                "-XX:RseqFence=handshake -Xint", "-XX:+RseqForceAbort", "-XX:-UseRseq"}) {
            System.out.println("== " + options);
            new Vm().with("-XX:+UnlockDiagnosticVMOptions").with(options.split(" "))
                    .with("--add-opens", "java.base/jdk.internal.percpu=ALL-UNNAMED")
                    .with("--add-opens", "jdk.incubator.percpu/jdk.incubator.percpu=ALL-UNNAMED").pass(Tries.class)
                    .shouldContain("nobody has waited");
        }
    }

    public static class Tries {
        private static final long LIMIT_SECONDS = 60;

        public static void main(String[] args) throws Exception {
            // The overflow slot, too, which has no word.
            for (int slot : new int[] {0, PerCpu.slots() - 1}) {
                besideOneWhoHasTheSlot(slot);
                besideOneWhoWillHaveIt(slot);
                othersWait(slot, false);
                othersWait(slot, true);
                leftBehind(slot);
                triesComeAfterWaits(slot);
                stoppedWhileItWaits(slot);
                retiring(slot);
            }
            System.out.println("nobody has waited");
        }

        /** A stack of each kind, with one element in a slot. */
        private static final class Stacks {
            final PerCpuStack<String> stack = new PerCpuStack<>(10);
            final PerCpuDataStack dataStack = new PerCpuDataStack(8, 10);
            final MemorySegment element = Arena.ofShared().allocate(8);
            final int slot;
            final ExclusiveUse.Lock stackLock;
            final ExclusiveUse.Lock dataLock;

            Stacks(int slot) throws Exception {
                this.slot = slot;
                stackLock = ((FreeList) field(PerCpuStack.class, "cells").get(stack)).use().at(slot);
                dataLock = ((ExclusiveUse) field(PerCpuDataStack.class, "use").get(dataStack)).at(slot);
                Check.that(stack.push(slot, "element") && dataStack.push(slot, element), "no room");
            }

            /** By another thread, which has to come to an end. How many of the two were taken. */
            int trySteal() throws Exception {
                return finish(start(() -> (stack.trySteal(slot) != null ? 1 : 0)
                        + (dataStack.trySteal(slot, element) ? 1 : 0)));
            }

            private static Field field(Class<?> type, String name) throws Exception {
                Field field = type.getDeclaredField(name);
                field.setAccessible(true);
                return field;
            }
        }

        private static void besideOneWhoHasTheSlot(int slot) throws Exception {
            Stacks stacks = new Stacks(slot);
            synchronized (stacks.stackLock) {
                synchronized (stacks.dataLock) {
                    stacks.stackLock.keepOff();
                    stacks.dataLock.keepOff();
                    Check.equal(stacks.trySteal(), 0, "elements taken of a slot that another thread has");
                    stacks.dataLock.letIn();
                    stacks.stackLock.letIn();
                }
            }
            Check.equal(stacks.trySteal(), 2, "elements taken once nobody has the slot");
        }

        // In between is where one who had looked and then entered the same monitor would wait.
        private static void besideOneWhoWillHaveIt(int slot) throws Exception {
            Stacks stacks = new Stacks(slot);
            synchronized (stacks.stackLock) {
                synchronized (stacks.dataLock) {
                    Check.equal(stacks.trySteal(), 2, "elements taken before another thread has the slot");
                    stacks.stackLock.keepOff();
                    stacks.dataLock.keepOff();
                    Check.equal(stacks.trySteal(), 0, "elements taken of a slot that another thread has");
                    stacks.dataLock.letIn();
                    stacks.stackLock.letIn();
                }
            }
        }

        /** Says that it has begun, and goes on when it may. */
        private static final class Pausing extends Transaction<ExclusiveUse> {
            private final CountDownLatch begun = new CountDownLatch(1);
            private final CountDownLatch mayGoOn = new CountDownLatch(1);
            private volatile boolean over;

            Pausing() {
                super(true);
            }

            @Override
            protected ExclusiveUse use(ExclusiveUse use) {
                return use;
            }

            @Override
            protected boolean isPossible(ExclusiveUse use, int slot, long fails) {
                return true;
            }

            @Override
            protected long plainly(ExclusiveUse use, int slot, long fails, long b, long c) {
                begun.countDown();
                try {
                    mayGoOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                over = true;
                if (fails != 0) {
                    throw new IllegalArgumentException("fails");
                }
                return DONE;
            }
        }

        /** Returns whether another transaction was over. */
        private static final class After extends Transaction<ExclusiveUse> {
            private final Pausing first;

            After(Pausing first) {
                super(true);
                this.first = first;
            }

            @Override
            protected ExclusiveUse use(ExclusiveUse use) {
                return use;
            }

            @Override
            protected boolean isPossible(ExclusiveUse use, int slot, long a) {
                return true;
            }

            @Override
            protected long plainly(ExclusiveUse use, int slot, long a, long b, long c) {
                return first.over ? DONE : REFUSED;
            }
        }

        // Those who wait do so until one who tried has ended, and nobody else gets in before them by trying.
        private static void othersWait(int slot, boolean fails) throws Exception {
            PerCpuLong v = new PerCpuLong();
            ExclusiveUse use = new ExclusiveUse(Raw.address(v));
            Pausing pausing = new Pausing();
            After after = new After(pausing);
            FutureTask<Long> first = start(() -> pausing.exclusivelyIfFree(use, slot, fails ? 1 : 0, 0, 0));
            pausing.begun.await();
            FutureTask<Long> trying = start(() -> after.exclusivelyIfFree(use, slot, 0, 0, 0));
            Check.equal(finish(trying), Transaction.REFUSED, "trying while another one who tried has the slot");
            FutureTask<Long> second = new FutureTask<>(() -> after.exclusively(use, slot, 0, 0, 0));
            awaitBlocked(second);
            pausing.mayGoOn.countDown();
            Check.equal(finish(second), Transaction.DONE, "the transaction that waited");
            if (fails) {
                Check.fails(ExecutionException.class, "a transaction that fails", first::get);
            } else {
                Check.equal(finish(first), Transaction.DONE, "the transaction that was waited for");
            }
            trying = start(() -> after.exclusivelyIfFree(use, slot, 0, 0, 0));
            Check.equal(finish(trying), Transaction.DONE, "trying when nobody has the slot");
            Reference.reachabilityFence(v);
        }

        /** One who tries, step by step. */
        private static final class Guest {
            private static final Class<?> TYPE = type();
            private final Object monitor;

            Guest() throws Exception {
                Constructor<?> make = TYPE.getDeclaredConstructor();
                make.setAccessible(true);
                monitor = make.newInstance();
            }

            private static Class<?> type() {
                try {
                    return Class.forName("jdk.internal.percpu.ExclusiveUse$Guest");
                } catch (ClassNotFoundException e) {
                    throw new AssertionError(e);
                }
            }

            boolean begins(ExclusiveUse.Lock lock) throws Exception {
                Method tryKeepOff = ExclusiveUse.Lock.class.getDeclaredMethod("tryKeepOff", TYPE);
                tryKeepOff.setAccessible(true);
                return (boolean) tryKeepOff.invoke(lock, monitor);
            }

            void ends(ExclusiveUse.Lock lock) throws Exception {
                Method letInLater = ExclusiveUse.Lock.class.getDeclaredMethod("letInLater", Object.class, boolean.class);
                letInLater.setAccessible(true);
                letInLater.invoke(lock, monitor, false);
            }
        }

        private static After afterAll() {
            Pausing over = new Pausing();
            over.over = true;
            return new After(over);
        }

        // As if an exception had come where one who tried should have ended.
        private static void leftBehind(int slot) throws Exception {
            PerCpuLong v = new PerCpuLong();
            ExclusiveUse use = new ExclusiveUse(Raw.address(v));
            Guest guest = new Guest();
            synchronized (guest.monitor) {
                Check.that(guest.begins(use.at(slot)), "nobody has the slot");
            }
            After after = afterAll();
            Check.equal(finish(start(() -> after.exclusively(use, slot, 0, 0, 0))), Transaction.DONE,
                    "a transaction after one that has not said that it ended");
            Check.equal(finish(start(() -> after.exclusivelyIfFree(use, slot, 0, 0, 0))), Transaction.DONE,
                    "trying after that");
            Reference.reachabilityFence(v);
        }

        // However many try, who waits has the slot after the one that is there.
        private static void triesComeAfterWaits(int slot) throws Exception {
            PerCpuLong v = new PerCpuLong();
            ExclusiveUse use = new ExclusiveUse(Raw.address(v));
            After after = afterAll();
            FutureTask<Long> waits = new FutureTask<>(() -> after.exclusively(use, slot, 0, 0, 0));
            Guest guest = new Guest();
            synchronized (guest.monitor) {
                Check.that(guest.begins(use.at(slot)), "nobody has the slot");
                awaitBlocked(waits);
                guest.ends(use.at(slot));
                Check.equal(finish(start(() -> after.exclusivelyIfFree(use, slot, 0, 0, 0))), Transaction.REFUSED,
                        "trying while another thread waits");
            }
            Check.equal(finish(waits), Transaction.DONE, "the transaction that waited");
            Check.equal(finish(start(() -> after.exclusivelyIfFree(use, slot, 0, 0, 0))), Transaction.DONE,
                    "trying after it");
            Reference.reachabilityFence(v);
        }

        // Who waits may be stopped. Then nobody waits any more, and who tries is not refused because of it.
        private static void stoppedWhileItWaits(int slot) throws Exception {
            PerCpuLong v = new PerCpuLong();
            ExclusiveUse use = new ExclusiveUse(Raw.address(v));
            Pausing pausing = new Pausing();
            FutureTask<Long> first = start(() -> pausing.exclusivelyIfFree(use, slot, 0, 0, 0));
            pausing.begun.await();
            After after = new After(pausing);
            FutureTask<Long> waits = new FutureTask<>(() -> after.exclusively(use, slot, 0, 0, 0));
            Thread waiter = awaitBlocked(waits);
            Check.success(Native.stopThread(waiter, new IllegalArgumentException("stopped")), "StopThread");
            pausing.mayGoOn.countDown();
            finish(first);
            waiter.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
            Check.fails(ExecutionException.class, "a transaction of a thread that is stopped", waits::get);
            Check.equal(finish(start(() -> after.exclusivelyIfFree(use, slot, 0, 0, 0))), Transaction.DONE,
                    "trying after one that waited was stopped");
            Reference.reachabilityFence(v);
        }

        // What was begun is over when no more can begin.
        private static void retiring(int slot) throws Exception {
            PerCpuLong v = new PerCpuLong();
            ExclusiveUse use = new ExclusiveUse(Raw.address(v));
            Pausing pausing = new Pausing();
            FutureTask<Long> first = start(() -> pausing.exclusivelyIfFree(use, slot, 0, 0, 0));
            pausing.begun.await();
            FutureTask<Boolean> retire = new FutureTask<>(() -> {
                use.retire();
                return pausing.over;
            });
            ExclusiveUse.Lock lock = use.at(slot);
            awaitBlocked(retire);
            pausing.mayGoOn.countDown();
            Check.that(finish(retire), "a transaction was not over when this was retired");
            finish(first);
            Check.fails(IllegalStateException.class, "trying after it was retired",
                    () -> pausing.exclusivelyIfFree(use, slot, 0, 0, 0));
            Guest late = new Guest();
            synchronized (late.monitor) {
                Check.fails(InvocationTargetException.class, "beginning after it was retired", () -> late.begins(lock));
            }
            if (PerCpu.isSupported() && slot != Raw.overflowSlot()) {
                Check.that(Raw.keepsOff(v, slot), "the end of a transaction has let sections in for ever");
            }
            Reference.reachabilityFence(v);
        }

        private static Thread awaitBlocked(FutureTask<?> task) {
            Thread waiter = new Thread(task);
            waiter.setDaemon(true);
            waiter.start();
            while (waiter.getState() != Thread.State.BLOCKED) {
                Check.that(waiter.isAlive(), "has not waited for a transaction of another thread");
                Thread.onSpinWait();
            }
            return waiter;
        }

        private static <T> FutureTask<T> start(Callable<T> action) {
            FutureTask<T> task = new FutureTask<>(action);
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
            return task;
        }

        private static <T> T finish(FutureTask<T> task) throws Exception {
            try {
                return task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError("a thread waits for another one", e);
            }
        }
    }
}
