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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import jdk.internal.misc.Unsafe;
import jdk.test.whitebox.code.CodeBlob;
import jdk.test.whitebox.code.NMethod;

/** A critical section found in compiled code by its arm store. */
public record Section(long descriptor, int armOffset, int startOffset, long start, int length, byte[] bytes,
                      int codeLength) {
    private static final Unsafe U = Unsafe.getUnsafe();

    /** Where the code begins that the section is part of. */
    public long codeBegin() {
        return start - startOffset;
    }

    /** The instruction that stores the descriptor's address, directly before the section. */
    public long arm() {
        return codeBegin() + armOffset;
    }

    @Override
    public String toString() {
        return String.format("section %x, %d bytes, descriptor %x", start, length, descriptor);
    }

    /** Whether the address is in the code that the section is part of. */
    public boolean inSameCode(long address) {
        return address >= codeBegin() && address < codeBegin() + codeLength;
    }

    /** Whether the address is in the section. */
    public boolean contains(long address) {
        return address >= start && address < start + length;
    }

    /** All sections of a method. */
    public static List<Section> find(NMethod code) {
        long begin = code.entry_point - entryOffset(code);
        List<Section> sections = find(code.insts, begin);
        for (Section section : sections) {
            Check.equal(section.codeBegin(), begin, "where the method begins by the descriptor of " + section
                    + ", which is armed at offset " + section.armOffset);
        }
        return sections;
    }

    // What a method that is not static begins with may be padding: the entry is known by what it does first.
    private static int entryOffset(NMethod code) {
        byte[] atEntry = new byte[14];
        for (int i = 0; i < atEntry.length; i++) {
            atEntry[i] = U.getByte(code.entry_point + i);
        }
        for (int offset = 0; offset + atEntry.length <= Math.min(code.insts.length, 128); offset++) {
            if (Arrays.equals(code.insts, offset, offset + atEntry.length, atEntry, 0, atEntry.length)) {
                return offset;
            }
        }
        throw new AssertionError("not the code that it was: " + code);
    }

    /** All sections of a blob. */
    public static List<Section> find(CodeBlob blob) {
        byte[] bytes = new byte[blob.size];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = U.getByte(blob.address + i);
        }
        List<Section> sections = find(bytes, blob.address);
        for (Section section : sections) {
            Check.equal(section.codeBegin(), blob.address,
                    "where " + blob.name + " begins by the descriptor of " + section);
        }
        return sections;
    }

    private static List<Section> find(byte[] b, long begin) {
        return Cpu.AARCH64 ? findAarch64(b) : findX64(b, begin);
    }

    // An arm is movz reg, imm16; movk reg, imm16, lsl 16; movk reg, imm16, lsl 32; str reg, [x9, 8].
    private static List<Section> findAarch64(byte[] b) {
        List<Section> sections = new ArrayList<>();
        ByteBuffer code = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + 16 <= b.length; i += 4) {
            int register = code.getInt(i) & 31;
            long descriptor = 0;
            boolean isArm = code.getInt(i + 12) == (0xf9000520 | register);
            for (int part = 0; isArm && part < 3; part++) {
                int instruction = code.getInt(i + 4 * part);
                isArm = (instruction & 0xffe0001f) == ((part == 0 ? 0xd2800000 : 0xf2800000) | part << 21 | register);
                descriptor |= (long) (instruction >>> 5 & 0xffff) << 16 * part;
            }
            if (isArm) {
                sections.add(section(b, descriptor, i + 12, i + 16));
            }
        }
        return sections;
    }

    private static Section section(byte[] b, long descriptor, int armOffset, int startOffset) {
        Check.that(descriptor > 4096, "an arm of the descriptor " + Long.toHexString(descriptor));
        long start = U.getLong(descriptor + 8);
        long length = U.getLong(descriptor + 16);
        Check.that(length > 0 && startOffset + length <= b.length, "a section of " + length + " bytes");
        return new Section(descriptor, armOffset, startOffset, start, (int) length,
                Arrays.copyOfRange(b, startOffset, startOffset + (int) length), b.length);
    }

    // An arm is lea reg, [rip + disp32] (7 bytes) and mov fs:[disp32], reg (9 bytes) with the same register.
    private static List<Section> findX64(byte[] b, long begin) {
        List<Section> sections = new ArrayList<>();
        ByteBuffer code = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + 16 <= b.length; i++) {
            boolean high = (b[i] & 0xff) == 0x4c;
            int register = (b[i + 2] & 0xff) - 0x05;
            if ((!high && (b[i] & 0xff) != 0x48) || (b[i + 1] & 0xff) != 0x8d || (register & ~0x38) != 0) {
                continue;
            }
            int store = i + 7;
            if ((b[store] & 0xff) != 0x64 || b[store + 1] != b[i] || (b[store + 2] & 0xff) != 0x89
                    || b[store + 3] != (0x04 | register) || (b[store + 4] & 0xff) != 0x25) {
                continue;
            }
            sections.add(section(b, begin + store + code.getInt(i + 3), store, store + 9));
        }
        return sections;
    }
}
