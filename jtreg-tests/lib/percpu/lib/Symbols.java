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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import percpu.lib.Disassembly.Instruction;

/**
 * Names for what differs from one process or build to the next: addresses of code and data, how far the rseq area is
 * from the thread pointer, and where words are in the JavaThread. All else of an instruction stays as objdump has it.
 */
final class Symbols {
    private static final Map<Long, String> FIELDS = Map.of(0L, "cpu_id_start", 4L, "cpu_id", 8L, "rseq_cs",
            16L, "flags", 20L, "node_id", 24L, "mm_cid");
    private static final Pattern IN_AREA_X64 = Pattern.compile("fs:0x([0-9a-f]+)");
    private static final Pattern IN_AREA_AARCH64 = Pattern.compile("\\[x9, #(4|8|24)\\]$");
    private static final Pattern DISTANCE_AARCH64 = Pattern.compile("x9, x9, #0x([0-9a-f]+)");
    private static final Pattern CONSTANT_X64 = Pattern.compile("(\\w+),0x([0-9a-f]+)");
    private static final Pattern NEAR_X64 = Pattern.compile("(\\w+),\\[rip\\+0x([0-9a-f]+)\\]");
    private static final Pattern CONSTANT_AARCH64 = Pattern.compile("(\\w+), #0x([0-9a-f]+)(?:, lsl #(\\d+))?");

    // A word of the JavaThread, which r15 or x28 points to.
    private static final Pattern IN_THREAD =
            Pattern.compile(Cpu.AARCH64 ? "\\[x28, #(\\d+)\\]" : "\\[r15\\+(0x[0-9a-f]+)\\]");

    private final long area = area();
    private final Map<Long, String> code = new LinkedHashMap<>();
    private final Map<Long, String> constants = new LinkedHashMap<>();
    private final Map<Long, String> threadWords = new LinkedHashMap<>();
    private final Map<Long, String> immediates = new LinkedHashMap<>();

    /** An instruction, and what there is to say of it. */
    record Named(String operands, String comment) {}

    private static long area() {
        Matcher m = Pattern.compile("area at (-?\\d+)").matcher(Raw.describe());
        Check.that(m.find(), "no area in: " + Raw.describe());
        return Long.parseLong(m.group(1));
    }

    /** The first name stays. */
    void code(long address, String name) {
        code.putIfAbsent(address, name);
    }

    void constant(long value, String name) {
        constants.putIfAbsent(value, name);
    }

    void threadWord(long offset, String name) {
        threadWords.putIfAbsent(offset, name);
    }

    /** What the number is that an instruction ends with. */
    void immediate(long address, String name) {
        immediates.put(address, name);
    }

    boolean isNamed(long address) {
        return code.containsKey(address);
    }

    String name(long address) {
        Check.that(isNamed(address), "nothing has a name at " + Long.toHexString(address) + ", but " + code);
        return code.get(address);
    }

    /** The address that the instruction loads into a register, with those around it; 0 if none. */
    static long address(List<Instruction> all, int at) {
        long value = Cpu.AARCH64 ? constantAarch64(all, at) : constantX64(all.get(at));
        return value >>> 32 == 0 || value < 0 ? 0 : value;
    }

    /** Where in the JavaThread the word is that the instruction reads or writes; 0 if none. */
    static long threadWord(Instruction instruction) {
        Matcher m = IN_THREAD.matcher(instruction.operands());
        return m.find() ? Long.decode(m.group(1)) : 0;
    }

    private static long constantX64(Instruction instruction) {
        Matcher near = NEAR_X64.matcher(instruction.operands());
        if (instruction.mnemonic().equals("lea") && near.matches()) {
            return instruction.address() + instruction.length() + Long.parseUnsignedLong(near.group(2), 16);
        }
        Matcher m = CONSTANT_X64.matcher(instruction.operands());
        return instruction.mnemonic().equals("movabs") && m.matches() ? Long.parseUnsignedLong(m.group(2), 16) : 0;
    }

    // mov, and movk of the same register before and after it.
    private static long constantAarch64(List<Instruction> all, int at) {
        Matcher m = CONSTANT_AARCH64.matcher(all.get(at).operands());
        if (!all.get(at).mnemonic().matches("movk?") || !m.matches()) {
            return 0;
        }
        int first = at;
        while (first > 0 && all.get(first).mnemonic().equals("movk")) {
            first--;
        }
        long value = 0;
        for (int i = first; i < all.size() && all.get(i).mnemonic().equals(i == first ? "mov" : "movk"); i++) {
            Matcher part = CONSTANT_AARCH64.matcher(all.get(i).operands());
            if (!part.matches() || !part.group(1).equals(m.group(1))) {
                break;
            }
            value |= Long.parseUnsignedLong(part.group(2), 16) << shift(part);
        }
        return value;
    }

    private static int shift(Matcher constant) {
        return constant.group(3) == null ? 0 : Integer.parseInt(constant.group(3));
    }

    Named named(List<Instruction> all, int at) {
        Instruction instruction = all.get(at);
        String operands = instruction.operands().replaceAll("\\s+", " ");
        String immediate = immediates.get(instruction.address());
        if (immediate != null) {
            return new Named(operands.replaceFirst("0x[0-9a-f]+$", immediate), "");
        }
        long address = address(all, at);
        if (address != 0) {
            Check.that(constants.containsKey(address), instruction + " loads no known address, but " + constants);
            return new Named(constant(operands, constants.get(address)), "");
        }
        if (threadWord(instruction) != 0) {
            String name = threadWords.get(threadWord(instruction));
            Check.that(name != null, instruction + " uses no known word of the thread, but " + threadWords);
            return new Named(IN_THREAD.matcher(operands)
                    .replaceFirst(Cpu.AARCH64 ? "[x28, #" + name + "]" : "[r15+" + name + "]"), "");
        }
        if (instruction.mnemonic().equals("call")) {
            return new Named(name(instruction.target()), "");
        }
        if (instruction.jumps()) {
            return new Named(operands.substring(0, operands.lastIndexOf(' ') + 1) + name(instruction.target()), "");
        }
        return Cpu.AARCH64 ? inAreaAarch64(instruction, operands) : inAreaX64(operands);
    }

    private static String constant(String operands, String name) {
        Matcher near = NEAR_X64.matcher(operands);
        if (!Cpu.AARCH64 && near.matches()) {
            return near.group(1) + ",[rip+" + name + "]";
        }
        Matcher m = (Cpu.AARCH64 ? CONSTANT_AARCH64 : CONSTANT_X64).matcher(operands);
        Check.that(m.matches(), operands);
        if (!Cpu.AARCH64) {
            return m.group(1) + "," + name;
        }
        int low = shift(m);
        return m.group(1) + ", #" + name + "[" + (low + 15) + ":" + low + "]" + (low == 0 ? "" : ", lsl #" + low);
    }

    private Named inAreaX64(String operands) {
        Matcher m = IN_AREA_X64.matcher(operands);
        if (!m.find()) {
            return new Named(operands, "");
        }
        long offset = Long.parseUnsignedLong(m.group(1), 16) - area;
        return new Named(m.replaceFirst("fs:[rseq+" + offset + "]"), field(offset));
    }

    private Named inAreaAarch64(Instruction instruction, String operands) {
        Matcher m = DISTANCE_AARCH64.matcher(operands);
        if (m.matches() && instruction.mnemonic().matches("add|sub")) {
            long distance = Long.parseLong(m.group(1), 16);
            Check.equal(instruction.mnemonic().equals("add") ? distance : -distance, area,
                    "the area by " + instruction);
            return new Named("x9, x9, #rseq", "");
        }
        m = IN_AREA_AARCH64.matcher(operands);
        return new Named(operands, m.find() ? field(Long.parseLong(m.group(1))) : "");
    }

    private static String field(long offset) {
        Check.that(FIELDS.containsKey(offset), "struct rseq has nothing at " + offset);
        return FIELDS.get(offset);
    }
}
