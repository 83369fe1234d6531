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
 * @summary the program behind most tests notices one operation too many or too few
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run driver WorkloadCanFail
 */

import percpu.lib.Vm;
import percpu.lib.Workload;

public class WorkloadCanFail {
    public static void main(String[] args) throws Exception {
        for (String sabotage : new String[] {"add", "get-and-add", "cmpxchg", "store", "stored", "copy",
                "copied", "beside", "compare", "pop"}) {
            new Vm().run(Workload.class, "millis=20", "threads=1", "kind=platform", "sabotage=" + sabotage)
                    .shouldHaveExitValue(1)
                    .shouldNotContain("workload: passed")
                    .shouldMatch("AssertionError: .*found .*, expected ");
        }
        new Vm().run(Workload.class, "millis=20", "threads=1", "mode=rseq", "slots=-1")
                .shouldHaveExitValue(1).shouldMatch("slot \\d+ was used");
        // So many aborts do not happen, and the program must not wait for them for ever.
        new Vm().run(Workload.class, "millis=20", "threads=1", "kind=platform", "max-overtime=100",
                "min-aborts=2000000000").shouldHaveExitValue(1).shouldContain("aborts were provoked");
    }
}
