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
 * @test id=Serial-C2
 * @summary class unloading and a small code cache that churns, while all threads are preempted
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu java.management
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm/timeout=1200 -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      --enable-native-access=ALL-UNNAMED -XX:-CreateCoredumpOnCrash -Xmx64m -XX:+UseSerialGC
 *      -XX:-TieredCompilation -XX:ReservedCodeCacheSize=8m
 *      percpu.lib.Churn 300000
 */

/*
 * @test id=Serial-tiered
 * @summary class unloading and a small code cache that churns, while all threads are preempted
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu java.management
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm/timeout=1200 -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      --enable-native-access=ALL-UNNAMED -XX:-CreateCoredumpOnCrash -Xmx64m -XX:+UseSerialGC
 *      -XX:ReservedCodeCacheSize=12m
 *      percpu.lib.Churn 300000
 */

/*
 * @test id=G1-C2
 * @summary class unloading and a small code cache that churns, while all threads are preempted
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu java.management
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm/timeout=1200 -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      --enable-native-access=ALL-UNNAMED -XX:-CreateCoredumpOnCrash -Xmx64m -XX:+UseG1GC
 *      -XX:-TieredCompilation -XX:ReservedCodeCacheSize=8m
 *      percpu.lib.Churn 300000
 */

/*
 * @test id=G1-tiered
 * @summary class unloading and a small code cache that churns, while all threads are preempted
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu java.management
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm/timeout=1200 -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      --enable-native-access=ALL-UNNAMED -XX:-CreateCoredumpOnCrash -Xmx64m -XX:+UseG1GC
 *      -XX:ReservedCodeCacheSize=12m
 *      percpu.lib.Churn 300000
 */

// The program is percpu.lib.Churn.
class LongChurn {}
