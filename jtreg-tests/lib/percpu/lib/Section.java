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
        List<Section> sections = find(code.insts);
        for (Section section : sections) {
            Check.that(section.inSameCode(code.entry_point), String.format("the descriptor of %s does not tell of the "
                    + "code after its arm store at offset %d of the method at %x", section, section.armOffset,
                    code.entry_point));
        }
        return sections;
    }

    /** All sections of a blob. */
    public static List<Section> find(CodeBlob blob) {
        byte[] bytes = new byte[blob.size];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = U.getByte(blob.address + i);
        }
        List<Section> sections = find(bytes);
        for (Section section : sections) {
            Check.equal(section.codeBegin(), blob.address,
                    "where " + blob.name + " begins by the descriptor of " + section);
        }
        return sections;
    }

    private static List<Section> find(byte[] b) {
        return Cpu.AARCH64 ? findAarch64(b) : findX64(b);
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

    // An arm is mov reg, imm64 (10 bytes) and mov fs:[disp32], reg (9 bytes) with the same register.
    private static List<Section> findX64(byte[] b) {
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i + 19 <= b.length; i++) {
            boolean high = (b[i] & 0xff) == 0x49;
            int register = b[i + 1] - (byte) 0xb8;
            if ((!high && (b[i] & 0xff) != 0x48) || register < 0 || register > 7) {
                continue;
            }
            int store = i + 10;
            if ((b[store] & 0xff) != 0x64 || (b[store + 1] & 0xff) != (high ? 0x4c : 0x48)
                    || (b[store + 2] & 0xff) != 0x89 || (b[store + 3] & 0xff) != (0x04 | register << 3)
                    || (b[store + 4] & 0xff) != 0x25) {
                continue;
            }
            long descriptor = 0;
            for (int k = 7; k >= 0; k--) {
                descriptor = descriptor << 8 | (b[i + 2 + k] & 0xff);
            }
            sections.add(section(b, descriptor, store, store + 9));
        }
        return sections;
    }
}
