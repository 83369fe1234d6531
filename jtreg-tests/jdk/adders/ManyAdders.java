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
 * @summary a million adders are made, go over and are dropped: all memory goes back
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver ManyAdders
 */

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import jdk.internal.percpu.Statistics;
import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class ManyAdders {
    public static void main(String[] args) throws Exception {
        for (String gc : new String[] {"-XX:+UseSerialGC", "-XX:+UseG1GC", "-XX:+UseZGC"}) {
            new Vm().with(gc).pass(Churn.class);
        }
    }

    public static class Churn {
        private static final int AT_ONCE = 100_000;
        private static final int ROUNDS = 10;
        private static final long PAUSE_NANOS = 10_000_000;

        public static void main(String[] args) {
            long adders = Raw.adders();
            long arenas = Statistics.arenas();
            long most = 0;
            for (int round = 0; round < ROUNDS; round++) {
                LongAdder[] some = new LongAdder[AT_ONCE];
                for (int i = 0; i < some.length; i++) {
                    some[i] = new LongAdder();
                    Contention.contend(some[i]);
                    some[i].add(i);
                }
                for (int i = 0; i < some.length; i++) {
                    Check.that(Raw.hasVariable(some[i]), "adder " + i + " has no variable");
                    Check.equal(some[i].sum(), i, "sum of adder " + i);
                }
                most = Math.max(most, Statistics.arenas());
            }
            System.out.println(ROUNDS * AT_ONCE + " adders, " + Raw.adders() + " of them now, in " + Statistics.arenas()
                    + " blocks, at most " + most);
            Check.that(Raw.adders() >= adders, "fewer adders than before");
            // The cleaner's thread frees what a collection found. Others may use the machine, too, so it has no limit
            // but this: that for a minute it frees nothing.
            long left = Long.MAX_VALUE;
            long deadline = 0;
            while (Raw.adders() > adders || Statistics.arenas() > arenas + 1) {
                long now = Raw.adders() + Statistics.arenas();
                if (now < left) {
                    left = now;
                    deadline = System.nanoTime() + 60_000_000_000L;
                } else if (System.nanoTime() - deadline < 0) {
                    System.gc();
                } else {
                    break;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            Check.equal(Raw.adders(), adders, "adders after all were dropped");
            Check.that(Statistics.arenas() <= arenas + 1, Statistics.arenas() + " blocks of memory after all were dropped, "
                    + arenas + " before");
        }
    }
}
