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

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.test.whitebox.code.NMethod;

/** What gdb steps: a thread adds, by a method that C2 has compiled, until the debugger is done. Nothing may be lost. */
public final class Stepped {
    /** Its name as the VM prints it. */
    public static final String METHOD = "percpu.lib.Stepped.op";

    private static final Unsafe U = Unsafe.getUnsafe();

    // Where a descriptor has its abort handler's address.
    private static final long HANDLER = 32;

    private static final String COMMITS = "percpu.lib.commits";

    private static final PerCpuLong V = new PerCpuLong();
    private static volatile boolean stop;
    private static long done;

    private Stepped() {}

    /**
     * Starts it. It says arm, start, end and handler: where its section is.
     *
     * @param commits whether sections come to their end under the debugger; else they have to be given up
     */
    public static Debuggee start(boolean commits) throws Exception {
        return new Debuggee(new Vm().withWhiteBox()
                .with("-XX:-TieredCompilation", "-XX:+UseSerialGC", "-D" + COMMITS + "=" + commits,
                        "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline," + Stepped.class.getName() + "::op",
                        // A stepped thread must not wait for one that is held: no safepoints, nor -Xbatch.
                        "-XX:GuaranteedSafepointInterval=0"), Stepped.class);
    }

    private static void op(PerCpuLong v) {
        PerCpu.add(v, 1);
    }

    private static void work() {
        while (!stop) {
            op(V);
            done++;
        }
    }

    public static void main(String[] args) throws Exception {
        Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
        NMethod code = null;
        while (code == null) {
            for (int i = 0; i < 50_000; i++) {
                op(V);
                done++;
            }
            code = NMethod.get(Stepped.class.getDeclaredMethod("op", PerCpuLong.class), false);
        }
        Check.equal(code.comp_level, 4, "compilation level of op");
        Section section = Section.find(code).get(0);
        Thread worker = new Thread(Stepped::work);
        worker.start();
        // Until it has settled in compiled code.
        long warm = V.sum() + 20_000_000;
        while (V.sum() < warm) {
            Thread.onSpinWait();
        }
        long overflow = V.get(Raw.overflowSlot());
        Debuggee.ready("arm=" + section.arm() + " start=" + section.start() + " end="
                + (section.start() + section.length()) + " handler=" + U.getLong(section.descriptor() + HANDLER));
        stop = true;
        worker.join();
        System.out.println("sum=" + V + " done=" + done + ", " + Raw.describe());
        Check.equal(V.sum(), done, "sum");
        if (Boolean.getBoolean(COMMITS)) {
            Check.equal(V.get(Raw.overflowSlot()), overflow, "what is on the overflow slot");
        } else {
            Check.that(Raw.aborts() > 0, "stepping aborted no section");
            Check.that(Raw.overflowOperations() > 0, "stepping drove no operation to the overflow slot");
        }
    }
}
