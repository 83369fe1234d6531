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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * One structure, shared by many threads for some time, while others interfere with it from outside. At the end all
 * that went in must have come out, once.
 *
 * <p>Arguments, each name=value; those that {@link Workload} has too mean the same:
 * <pre>
 * structure    what to test, see {@link Subject#of}
 * interferers  threads that interfere (2)
 * yield        how often to yield between two steps, in percent (0)
 * sleep        sleep now and then between two steps (false)
 * foreign      some of the hands are native threads that attach for it (false)
 * interrupt    the hands are interrupted all the time (false)
 * sabotage     forget one element on purpose (false)
 * millis, max-overtime, threads, kind, min-aborts, hop, storm, safepoints, deopt, gc
 * </pre>
 */
public final class StructureWorkload {
    private final Settings settings;
    private final String structure;
    private final Set<Integer> tids = ConcurrentHashMap.newKeySet();

    private volatile long deadline;
    private volatile long abortsBefore;
    private volatile Disturbance disturbance;
    private volatile Throwable failure;

    private StructureWorkload(Settings settings) {
        this.settings = settings;
        structure = settings.text("structure", "");
    }

    public static void main(String[] args) throws Exception {
        System.out.println("structure: " + Raw.describe());
        new StructureWorkload(new Settings(args)).run();
        System.out.println("structure: passed");
    }

    private void run() throws Exception {
        String kind = settings.text("kind", "both");
        if (!kind.equals("virtual")) {
            phase(false);
        }
        if (!kind.equals("platform")) {
            phase(true);
        }
    }

    // Until the time is up and all that was asked for has happened, but not for ever.
    private boolean goOn() {
        long over = System.nanoTime() - deadline;
        return failure == null && (over < 0 || over < settings.number("max-overtime", 60_000) * 1_000_000L
                && !(disturbance.happened() && abortedEnough()));
    }

    private boolean abortedEnough() {
        return !Raw.isSupported() || Raw.aborts() - abortsBefore >= settings.number("min-aborts", 0);
    }

    private void phase(boolean virtual) throws Exception {
        Subject subject = Subject.of(structure);
        tids.clear();
        abortsBefore = Raw.aborts();
        disturbance = new Disturbance(tids, this::goOn);
        deadline = System.nanoTime() + settings.number("millis", 500) * 1_000_000L;
        List<Hand> hands = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        int workers = settings.number("threads", 8);
        int interferers = settings.number("interferers", 2);
        for (int i = 0; i < workers + interferers; i++) {
            Hand hand = new Hand(i, settings.number("yield", 0), settings.flag("sleep"));
            hands.add(hand);
            boolean worker = i < workers;
            Runnable task = () -> run(() -> {
                if (worker) {
                    subject.work(hand);
                } else {
                    subject.interfere(hand);
                }
            });
            threads.add(virtual ? Thread.ofVirtual().unstarted(task) : thread(i, task));
        }
        // Before the hands, which leave little time to others on a small machine.
        disturbance.start(settings.flag("hop"), settings.number("storm", -1), settings.flag("safepoints"),
                settings.flag("deopt"), settings.flag("gc"));
        threads.forEach(Thread::start);
        if (settings.flag("interrupt")) {
            while (goOn()) {
                threads.forEach(Thread::interrupt);
                Thread.onSpinWait();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        disturbance.stop();
        if (failure != null) {
            throw new AssertionError(structure + ": a thread failed", failure);
        }
        verify(subject, hands, virtual);
    }

    // Every third thread comes from outside, if that is asked for, and starts anew each time.
    private Thread thread(int number, Runnable task) {
        if (!settings.flag("foreign") || number % 3 != 0) {
            return new Thread(task);
        }
        return new Thread(() -> {
            int error = Native.runNative(task, 1, 1, number % 2 == 0);
            if (error != 0) {
                failure = new AssertionError("native thread: " + error);
            }
        });
    }

    private void run(Runnable action) {
        try {
            do {
                tids.add(Native.gettid());
                for (int i = 0; i < 50; i++) {
                    action.run();
                }
                if (Thread.currentThread().isVirtual()) {
                    // Not a yield: a carrier looks first where it found its last thread, so two that do nothing
                    // but yield keep both carriers from those that got a monitor meanwhile, until the time is up.
                    LockSupport.parkNanos(1);
                }
            } while (goOn());
        } catch (Throwable t) {
            failure = t;
        }
    }

    private void verify(Subject subject, List<Hand> hands, boolean virtual) {
        Hand last = new Hand(hands.size(), 0, false);
        subject.finish(last);
        subject.check();
        Ledger all = new Ledger();
        all.add(last.ledger);
        for (Hand hand : hands) {
            all.add(hand.ledger);
        }
        if (settings.flag("sabotage")) {
            all.in(last.nextElement());
        }
        long aborts = Raw.aborts() - abortsBefore;
        System.out.println("structure: " + structure + ", " + (virtual ? "virtual" : "platform") + " threads, "
                + all.count() + " elements, " + aborts + " aborts, " + Raw.slowCommits() + " slow commits, "
                + Raw.fences() + " fences so far; " + disturbance.report());
        all.check(structure);
        Check.that(abortedEnough(), "only " + aborts + " aborts were provoked, at least "
                + settings.number("min-aborts", 0) + " are wanted");
    }
}
