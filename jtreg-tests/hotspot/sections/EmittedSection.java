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
 * @requires os.family == "linux" & os.arch == "amd64"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      -Xbatch -XX:-TieredCompilation -XX:CompileCommand=dontinline,EmittedSection::op*
 *      -XX:RseqIndex=mm_cid EmittedSection
 * @run main/othervm -Xbootclasspath/a:. -XX:+UnlockDiagnosticVMOptions -XX:+WhiteBoxAPI
 *      -Xbatch -XX:-TieredCompilation -XX:CompileCommand=dontinline,EmittedSection::op*
 *      -XX:RseqIndex=cpu_id EmittedSection
 */

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuCounter;
import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.test.whitebox.code.BlobType;
import jdk.test.whitebox.code.CodeBlob;
import jdk.test.whitebox.code.NMethod;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Disassembly;
import percpu.lib.Disassembly.Instruction;
import percpu.lib.Raw;
import percpu.lib.Section;

public class EmittedSection {
    private static final Unsafe U = Unsafe.getUnsafe();
    private static final int SIGNATURE = 0x53053053;

    private static final PerCpuLong V = new PerCpuLong();
    private static final PerCpuCounter COUNTER = new PerCpuCounter();

    private static void opAddConstant(PerCpuLong v, long x) {
        PerCpu.add(v, 1);
    }

    private static void opAdd(PerCpuLong v, long x) {
        PerCpu.add(v, x);
    }

    private static void opAddTwice(PerCpuLong v, long x) {
        PerCpu.add(v, x);
        PerCpu.add(V, 3);
    }

    private static void opAddLoop(PerCpuLong v, long x) {
        for (int i = 0; i < 20; i++) {
            PerCpu.add(v, x);
        }
    }

    private static void opIncrement(PerCpuLong v, long x) {
        COUNTER.increment();
    }

    private static long opGetAndAdd(PerCpuLong v, long x) {
        return PerCpu.getAndAdd(v, x);
    }

    private static long opCmpxchg(PerCpuLong v, long x) {
        return PerCpu.cmpxchg(v, x, x + 1);
    }

    private static boolean opCmpxchgInSlot(PerCpuLong v, long x) {
        int slot = PerCpu.currentSlot();
        return PerCpu.cmpxchg(v, slot, x, x + 1);
    }

    // Zero in every slot, for the operations that take it for a head or a counter.
    private static final PerCpuLong EMPTY = new PerCpuLong();
    private static final long WORD = U.allocateMemory(64);

    private static int currentSlot() {
        return jdk.internal.misc.PerCpu.currentSlot();
    }

    private static long opPopHead(PerCpuLong v, long x) {
        return jdk.internal.misc.PerCpu.loadCbeqStoreAddLoadStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0, x);
    }

    private static int opTwoCompares(PerCpuLong v, long x) {
        return jdk.internal.misc.PerCpu.loadCbneLoadCbneStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0, WORD, x, 0);
    }

    private static int opTwoStores(PerCpuLong v, long x) {
        return jdk.internal.misc.PerCpu.loadCbneStoreStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0, WORD, x, 0);
    }

    private static int opTwoStoresRelease(PerCpuLong v, long x) {
        return jdk.internal.misc.PerCpu.loadCbneStoreStoreRelease(EMPTY, currentSlot(), Raw.address(EMPTY), 0,
                WORD, x, 0);
    }

    private static int opCopy(PerCpuLong v, long x) {
        return jdk.internal.misc.PerCpu.loadCbneMemcpyStore(EMPTY, currentSlot(), Raw.address(EMPTY), 0,
                WORD, WORD + 32, x & 31, 0);
    }

    private static int opCopyRelease(PerCpuLong v, long x) {
        return jdk.internal.misc.PerCpu.loadCbneMemcpyStoreRelease(EMPTY, currentSlot(), Raw.address(EMPTY), 0,
                WORD, WORD + 32, x & 31, 0);
    }

    // What comes before the commit.
    private enum Tries { NONE, ONE_STORE, COPY }

    // name, sections at least, at most, instructions in each at most, last instruction
    private record Expected(String name, int least, int most, int instructions, String commit, Tries tries) {
        Expected(String name, int least, int most, int instructions, String commit) {
            this(name, least, most, instructions, commit, Tries.NONE);
        }
    }

    public static void main(String[] args) throws Exception {
        if (!PerCpu.isSupported()) {
            throw new SkippedException("no critical sections here: " + Raw.describe());
        }
        // Whether the thread is registered and whether the slot is free to use is one question if the index is
        // not what tells of the registration.
        int more = Raw.describe().contains("index cpu_id") ? 1 : 0;
        List<Expected> all = List.of(
                new Expected("opAddConstant", 1, 1, 6 + more, "add"),
                new Expected("opAdd", 1, 1, 6 + more, "add"),
                new Expected("opAddTwice", 2, 2, 6 + more, "add"),
                // The compiler may unroll it.
                new Expected("opAddLoop", 1, 40, 6 + more, "add"),
                new Expected("opIncrement", 1, 1, 6 + more, "add"),
                new Expected("opGetAndAdd", 1, 1, 8 + more, "mov"),
                new Expected("opCmpxchg", 1, 1, 9 + more, "mov"),
                new Expected("opCmpxchgInSlot", 1, 1, 13 + more, "mov"),
                new Expected("opPopHead", 1, 1, 14 + more, "mov"),
                new Expected("opTwoCompares", 1, 1, 15 + more, "mov"),
                new Expected("opTwoStores", 1, 1, 14 + more, "mov", Tries.ONE_STORE),
                new Expected("opTwoStoresRelease", 1, 1, 14 + more, "mov", Tries.ONE_STORE),
                new Expected("opCopy", 1, 1, 66 + more, "mov", Tries.COPY),
                new Expected("opCopyRelease", 1, 1, 66 + more, "mov", Tries.COPY));
        Set<Long> descriptors = new HashSet<>();
        int sections = 0;
        for (Expected expected : all) {
            Method method = EmittedSection.class.getDeclaredMethod(expected.name, PerCpuLong.class, long.class);
            for (int i = 0; i < 30_000; i++) {
                method.invoke(null, V, (long) i);
            }
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
                if (blob.name.contains("StubRoutines")) {
                    found.addAll(Section.find(blob));
                }
            }
        }
        Check.equal(found.size(), 10, "sections in stubs");
        int adds = 0;
        int copies = 0;
        for (Section section : found) {
            Check.that(descriptors.add(section.descriptor()), "one descriptor for two sections: " + section);
            checkDescriptor(section);
            if (!Disassembly.available()) {
                continue;
            }
            // There are no names: what a section does is known by its instructions.
            List<Instruction> instructions = Disassembly.of(section.start(), section.bytes());
            boolean add = instructions.getLast().mnemonic().equals("add");
            boolean copy = instructions.stream().anyMatch(i -> i.mnemonic().contains("movdqu"));
            long stores = instructions.stream().filter(Instruction::writesMemory).count();
            adds += add ? 1 : 0;
            copies += copy ? 1 : 0;
            checkInstructions(section, add ? new Expected("a stub", 1, 1, 6 + more, "add")
                    : copy ? new Expected("a stub", 1, 1, 66 + more, "mov", Tries.COPY)
                    : new Expected("a stub", 1, 1, 15 + more, "mov", stores == 2 ? Tries.ONE_STORE : Tries.NONE));
        }
        Check.that(adds == 1 && copies == 2 || !Disassembly.available(),
                adds + " stubs that add, " + copies + " that copy");
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
        Check.equal(U.getInt(abort - 4), SIGNATURE, "signature before abort_ip");
        Check.that(section.inSameCode(section.start() + length - 1), "the section is not in its method: " + section);
        // What was searched is what the processor executes there.
        for (int i = 0; i < length; i++) {
            Check.equal(U.getByte(section.start() + i), section.bytes()[i], "byte " + i + " of the section");
        }
        // Where the trampoline leads: jmp *[rip + x]
        if ((U.getShort(abort) & 0xffff) == 0x25ff) {
            long handler = U.getLong(abort + 6 + U.getInt(abort + 2));
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
            Check.that(!instruction.mnemonic().matches("\\(bad\\)|call|push.*|pop.*|ret.*|syscall|int3?|hlt|lock.*"),
                    instruction + " does not belong into " + text);
            if (instruction.mnemonic().startsWith("j")) {
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
        Check.that(last.mnemonic().equals(expected.commit), "the commit is " + last + " in " + text);
        Check.equal(last.address() + last.length(), end, "end of the commit in " + text);
    }
}
