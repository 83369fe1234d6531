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
 * @summary critical sections of C2 and of the stubs as they lie in memory: instructions and descriptors
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      -Xbatch -XX:-TieredCompilation -XX:CompileCommand=dontinline,percpu.lib.CompiledOperations::op*
 *      -XX:RseqIndex=mm_cid EmittedSection
 * @run main/othervm -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      -Xbatch -XX:-TieredCompilation -XX:CompileCommand=dontinline,percpu.lib.CompiledOperations::op*
 *      -XX:RseqIndex=cpu_id EmittedSection
 */

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jdk.incubator.percpu.PerCpu;
import jdk.internal.misc.Unsafe;
import jdk.test.whitebox.code.BlobType;
import jdk.test.whitebox.code.CodeBlob;
import jdk.test.whitebox.code.NMethod;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.CompiledOperations;
import percpu.lib.Cpu;
import percpu.lib.Disassembly;
import percpu.lib.Disassembly.Instruction;
import percpu.lib.Raw;
import percpu.lib.Section;

public class EmittedSection {
    private static final Unsafe U = Unsafe.getUnsafe();

    // What comes before the commit.
    private enum Tries { NONE, ONE_STORE, COPY }

    // name, sections at least, at most, instructions in each at most, a pattern for the last instruction
    private record Expected(String name, int least, int most, int instructions, String commit, Tries tries) {
        Expected(String name, int least, int most, int instructions, String commit) {
            this(name, least, most, instructions, commit, Tries.NONE);
        }
    }

    public static void main(String[] args) throws Exception {
        if (!PerCpu.isSupported()) {
            throw new SkippedException("no critical sections here: " + Raw.describe());
        }
        // Whether the thread is registered and whether the slot is free to use are two questions if the index is what
        // tells of the registration.
        int more = Raw.describe().contains("index cpu_id") ? 1 : 0;
        int add = Cpu.either(6, 11) + more;
        String sum = Cpu.AARCH64 ? "str" : "add";
        String store = Cpu.AARCH64 ? "str" : "mov";
        String storeDouble = Cpu.AARCH64 ? "str" : "v?movsd";
        String release = Cpu.AARCH64 ? "stlr" : "mov";
        List<Expected> all = List.of(
                new Expected("opAddConstant", 1, 1, add, sum),
                new Expected("opAdd", 1, 1, add, sum),
                new Expected("opAddTwice", 2, 2, add, sum),
                // The compiler may unroll it.
                new Expected("opAddLoop", 1, 40, add, sum),
                new Expected("opIncrement", 1, 1, add, sum),
                new Expected("opAddDouble", 1, 1, Cpu.either(7, 11) + more, storeDouble),
                new Expected("opGetAndAdd", 1, 1, Cpu.either(8, 11) + more, store),
                new Expected("opCmpxchg", 1, 1, Cpu.either(9, 12) + more, store),
                new Expected("opCmpxchgInSlot", 1, 1, Cpu.either(14, 16) + more, store),
                new Expected("opPopHead", 1, 1, Cpu.either(15, 16) + more, store),
                new Expected("opTwoCompares", 1, 1, Cpu.either(16, 19) + more, store),
                // C2 has one node for both forms, whose commit is a release.
                new Expected("opTwoStores", 1, 1, Cpu.either(15, 17) + more, release, Tries.ONE_STORE),
                new Expected("opTwoStoresRelease", 1, 1, Cpu.either(15, 17) + more, release, Tries.ONE_STORE),
                new Expected("opCopy", 1, 1, Cpu.either(67, 62) + more, release, Tries.COPY),
                new Expected("opCopyRelease", 1, 1, Cpu.either(67, 62) + more, release, Tries.COPY));
        Set<Long> descriptors = new HashSet<>();
        int sections = 0;
        for (Expected expected : all) {
            Method method = CompiledOperations.method(expected.name);
            CompiledOperations.call(method, 30_000);
            NMethod code = NMethod.get(method, false);
            Check.that(code != null && code.comp_level == 4, expected.name + " was not compiled by C2: " + code);
            List<Section> found = Section.find(code);
            System.out.println(expected.name + ": " + found.size() + " sections, " + code.insts.length + " bytes");
            Check.that(found.size() >= expected.least && found.size() <= expected.most,
                    expected.name + " has " + found.size() + " sections, expected " + expected.least
                    + " to " + expected.most);
            for (Section section : found) {
                Check.that(descriptors.add(section.descriptor()), "one descriptor for two sections: " + section);
                checkDescriptor(section);
                checkInstructions(section, expected);
                sections++;
            }
        }
        sections += checkStubs(descriptors, more);
        System.out.println(sections + " sections are well formed");
        if (!Disassembly.available()) {
            throw new SkippedException("objdump is not installed: descriptors were checked, instructions were not");
        }
    }

    // The same operations for the interpreter, C1 and slow paths.
    private static int checkStubs(Set<Long> descriptors, int more) throws Exception {
        List<Section> found = new ArrayList<>();
        for (BlobType type : BlobType.getAvailable()) {
            for (CodeBlob blob : CodeBlob.getCodeBlobs(type)) {
                if (blob.name.contains("PerCpuStubs")) {
                    found.addAll(Section.find(blob));
                }
            }
        }
        Check.equal(found.size(), 11, "sections in stubs");
        int adds = 0;
        int doubles = 0;
        int copies = 0;
        int twoStores = 0;
        int releases = 0;
        for (Section section : found) {
            Check.that(descriptors.add(section.descriptor()), "one descriptor for two sections: " + section);
            checkDescriptor(section);
            if (!Disassembly.available()) {
                continue;
            }
            // There are no names: what a section does is known by its instructions.
            List<Instruction> instructions = Disassembly.of(section.start(), section.bytes());
            String last = instructions.getLast().mnemonic();
            boolean add = last.equals("add");
            boolean copy = instructions.stream().anyMatch(i -> i.mnemonic().matches("v?movdqu|ldp"));
            long stores = instructions.stream().filter(Instruction::writesMemory).count();
            adds += add ? 1 : 0;
            doubles += instructions.stream().anyMatch(i -> i.mnemonic().matches("v?addsd|fadd")) ? 1 : 0;
            copies += copy ? 1 : 0;
            twoStores += !copy && stores == 2 ? 1 : 0;
            releases += last.equals("stlr") ? 1 : 0;
            checkInstructions(section, add ? new Expected("a stub", 1, 1, 6 + more, last)
                    : copy ? new Expected("a stub", 1, 1, Cpu.either(67, 62) + more, last, Tries.COPY)
                    : new Expected("a stub", 1, 1, Cpu.either(16, 19) + more, last,
                            stores == 2 ? Tries.ONE_STORE : Tries.NONE));
            Check.that(last.matches(Cpu.AARCH64 ? "str|stlr" : "add|mov|v?movsd"), "a stub commits with " + last);
        }
        if (Disassembly.available()) {
            Check.equal(adds, Cpu.either(1, 0), "stubs that add in one instruction");
            Check.equal(doubles, 1, "stubs that add doubles");
            Check.equal(copies, 2, "stubs that copy");
            Check.equal(twoStores, 2, "stubs that store twice");
            Check.equal(releases, Cpu.either(0, 2), "stubs whose commit is a store-release instruction");
        }
        return found.size();
    }

    private static void checkDescriptor(Section section) {
        long at = section.descriptor();
        Check.equal(at % 32, 0, "alignment of the descriptor at " + Long.toHexString(at));
        Check.equal(U.getInt(at), 0, "version");
        Check.equal(U.getInt(at + 4), 0, "flags");
        Check.equal(U.getLong(at + 8), section.start(), "start_ip, which is after the arm store");
        long length = U.getLong(at + 16);
        Check.that(length > 0 && length <= 400, "post_commit_offset is " + length);
        long abort = U.getLong(at + 24);
        Check.that(!section.contains(abort), "abort_ip is in the section: " + section);
        Check.equal(U.getInt(abort - 4), Cpu.SIGNATURE, "signature before abort_ip");
        Check.that(section.inSameCode(section.start() + length - 1), "the section is not in its method: " + section);
        // What was searched is what the processor executes there.
        for (int i = 0; i < length; i++) {
            Check.equal(U.getByte(section.start() + i), section.bytes()[i], "byte " + i + " of the section");
        }
        // Where the trampoline leads: jmp *[rip + x], or ldr x8, x; br x8.
        boolean trampoline = Cpu.AARCH64 ? U.getInt(abort + 4) == 0xd61f0100 : (U.getShort(abort) & 0xffff) == 0x25ff;
        if (trampoline) {
            long handler = U.getLong(Cpu.AARCH64 ? abort + (U.getInt(abort) << 8 >> 13) * 4L
                    : abort + 6 + U.getInt(abort + 2));
            Check.that(section.inSameCode(handler) && !section.contains(handler),
                    "the trampoline leads to " + Long.toHexString(handler) + " from " + section);
        } else {
            Check.that(section.inSameCode(abort), "abort_ip is neither a trampoline nor in the method: " + section);
        }
    }

    private static void checkInstructions(Section section, Expected expected) throws Exception {
        if (!Disassembly.available()) {
            return;
        }
        List<Instruction> instructions = Disassembly.of(section.start(), section.bytes());
        String text = "the section of " + expected.name + ":\n" + Disassembly.text(instructions);
        System.out.println(text);
        Check.that(instructions.size() <= expected.instructions,
                instructions.size() + " instructions, at most " + expected.instructions + " expected in " + text);
        long end = section.start() + section.length();
        List<Instruction> stores = new ArrayList<>();
        for (Instruction instruction : instructions) {
            Check.that(!instruction.isForbidden(), instruction + " does not belong into " + text);
            if (instruction.jumps()) {
                long target = instruction.target();
                Check.that(target < section.start() || target >= end || expected.tries == Tries.COPY,
                        instruction + " stays in " + text);
            } else if (instruction.writesMemory()) {
                stores.add(instruction);
            }
        }
        Instruction last = instructions.get(instructions.size() - 1);
        Check.that(!stores.isEmpty() && stores.getLast().equals(last), "the last instruction must be a store, stores "
                + "are " + stores + " in " + text);
        Check.that(expected.tries == Tries.COPY || stores.size() == (expected.tries == Tries.NONE ? 1 : 2),
                stores.size() + " stores, " + stores + ", in " + text);
        Check.that(last.mnemonic().matches(expected.commit), "the commit is " + last + " in " + text);
        Check.equal(last.address() + last.length(), end, "end of the commit in " + text);
    }
}
