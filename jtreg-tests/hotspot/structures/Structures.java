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
 * @summary a list: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress list 400
 */

/*
 * @test id=stack
 * @summary a stack of objects, with thieves: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress stack 400
 */

/*
 * @test id=data
 * @summary a stack of small data: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress data 400
 */

/*
 * @test id=data-large
 * @summary a stack of 4 KiB elements: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress data-large 400
 */

/*
 * @test id=ring
 * @summary a ring buffer, with readers on other CPUs: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress ring 400
 */

/*
 * @test id=ring-small
 * @summary the smallest ring buffer, with readers on other CPUs: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress ring-small 400
 */

/*
 * @test id=ring-lost
 * @summary a ring buffer whose writers lose records: what readers get and what writers are told is the same, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress ring-lost 400
 */

/*
 * @test id=lock
 * @summary a lock: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress lock 400
 */

/*
 * @test id=exclusive
 * @summary exclusive actions beside running sections: all that goes in comes out once, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress exclusive 400
 */

/*
 * @test id=adders
 * @summary adders, accumulators and a map of java.util.concurrent beside their resets: exact totals, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress adders 400
 */

/*
 * @test id=array
 * @summary arrays that come and go, and two that stay: exact totals of each element, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress array 400
 */

/*
 * @test id=accumulations
 * @summary PerCpuDoubleAdder and accumulators beside their resets: exact totals, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress accumulations 400
 */

/*
 * @test id=local
 * @summary objects for each slot: one for each, and none lost, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress local 400
 */

/*
 * @test id=histogram
 * @summary histograms beside snapshots and resets: exact totals, and buckets and sums that belong together, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress histogram 400
 */

/*
 * @test id=pool
 * @summary pools that come and go: each object has one owner, and none vanishes, whatever happens to the critical sections
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver percpu.lib.StructureStress pool 400
 */

// The program is percpu.lib.StructureStress, which the long form of these tests uses as well.
class Structures {}
