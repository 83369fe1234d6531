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
 * @summary TracersCompared notices events that are lost, doubled, changed or out of order
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu java.management
 * @build percpu.lib.* TracersCompared
 * @run main/othervm TracersNotice
 */

import percpu.lib.Vm;

public class TracersNotice {
    public static void main(String[] args) throws Exception {
        for (String damage : new String[] { "bit", "lost", "twice", "order" }) {
            new Vm().with("-Dspoil=" + damage, "-Dtest.root=" + System.getProperty("test.root"))
                    .run(TracersCompared.class).shouldNotHaveExitValue(0).shouldContain("WRONG TRACE");
        }
    }
}
