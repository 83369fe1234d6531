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
 * @test id=list
 * @summary as hotspot/structures, list, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress list 5000
 */

/*
 * @test id=stack
 * @summary as hotspot/structures, stack, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress stack 5000
 */

/*
 * @test id=data
 * @summary as hotspot/structures, data, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress data 5000
 */

/*
 * @test id=data-large
 * @summary as hotspot/structures, data-large, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress data-large 5000
 */

/*
 * @test id=ring
 * @summary as hotspot/structures, ring, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress ring 5000
 */

/*
 * @test id=lock
 * @summary as hotspot/structures, lock, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress lock 5000
 */

/*
 * @test id=exclusive
 * @summary as hotspot/structures, exclusive, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress exclusive 5000
 */

/*
 * @test id=adders
 * @summary as hotspot/structures, adders, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress adders 5000
 */

/*
 * @test id=array
 * @summary as hotspot/structures, array, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress array 5000
 */

/*
 * @test id=accumulations
 * @summary as hotspot/structures, accumulations, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress accumulations 5000
 */

/*
 * @test id=local
 * @summary as hotspot/structures, local, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress local 5000
 */

/*
 * @test id=histogram
 * @summary as hotspot/structures, histogram, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress histogram 5000
 */

/*
 * @test id=pool
 * @summary as hotspot/structures, pool, for five seconds each way and kind of thread
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver/timeout=600 percpu.lib.StructureStress pool 5000
 */

// The program is percpu.lib.StructureStress.
class LongStructures {}
