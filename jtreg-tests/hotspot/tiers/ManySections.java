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
 * @summary C2 compiles a method with hundreds of sections, whose slow paths are far away from them
 * @requires os.family == "linux"
 * @library /test/lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI -Xbatch -XX:-TieredCompilation
 *      -XX:RseqIndex=mm_cid ManySections
 * @run main/othervm -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI -Xbatch -XX:-TieredCompilation
 *      -XX:RseqIndex=cpu_id ManySections
 */

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.test.whitebox.WhiteBox;
import jdk.test.whitebox.code.NMethod;

public class ManySections {
    private static final WhiteBox WB = WhiteBox.getWhiteBox();
    private static final int C2 = 4;
    private static final int ADDS = 600;
    // What a test-and-branch of aarch64 reaches.
    private static final int FAR = 40_000;

    public static void main(String[] args) throws Throwable {
        if (!PerCpu.isSupported()) {
            throw new jtreg.SkippedException("no rseq on this machine");
        }
        Method add = MethodHandles.lookup().defineClass(generated()).getMethod("add", PerCpuLong.class);
        PerCpuLong v = new PerCpuLong();
        int calls = 0;
        do {
            add.invoke(null, v);
            calls++;
            if (calls == 10 && !WB.enqueueMethodForCompilation(add, C2)) {
                throw new AssertionError("C2 does not take the method");
            }
        } while (calls < 1000);
        if (WB.getMethodCompilationLevel(add) != C2) {
            throw new AssertionError("C2 did not compile the method");
        }
        int size = NMethod.get(add, false).insts.length;
        if (size < FAR) {
            throw new AssertionError("the method has only " + size + " bytes of code: the sections are not inlined");
        }
        if (v.sum() != (long) calls * ADDS) {
            throw new AssertionError("the sum is " + v.sum() + ", not " + (long) calls * ADDS);
        }
        System.out.println(size + " bytes of code, " + v.sum() + " adds");
    }

    // One method that asks for its slot and adds, again and again.
    private static byte[] generated() {
        ClassDesc percpu = PerCpu.class.describeConstable().orElseThrow();
        ClassDesc variable = PerCpuLong.class.describeConstable().orElseThrow();
        MethodTypeDesc add = MethodTypeDesc.of(ConstantDescs.CD_void, variable, ConstantDescs.CD_long);
        MethodTypeDesc currentSlot = MethodTypeDesc.of(ConstantDescs.CD_int);
        return ClassFile.of().build(ClassDesc.of("Generated"), type -> type.withMethodBody("add",
                MethodTypeDesc.of(ConstantDescs.CD_void, variable),
                ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC, code -> {
                    code.invokestatic(percpu, "currentSlot", currentSlot).pop();
                    for (int i = 0; i < ADDS; i++) {
                        code.aload(0).lconst_1().invokestatic(percpu, "add", add);
                    }
                    code.return_();
                }));
    }
}
