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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Instructions of this CPU, taken apart by objdump. */
public final class Disassembly {
    // address: bytes mnemonic operands, separated by tabs
    private static final Pattern LINE = Pattern.compile(
            "^\\s*([0-9a-f]+):\\t((?:[0-9a-f]{2} )+|[0-9a-f]{8} )\\s*(?:\\t(.*))?$");

    private Disassembly() {}

    /** Intel's syntax, or Arm's. */
    public record Instruction(long address, int length, String mnemonic, String operands) {
        public boolean jumps() {
            return mnemonic.matches(Cpu.AARCH64 ? "b|b\\..*|cbn?z|tbn?z" : "j.*");
        }

        /** Of a jump. */
        public long target() {
            String last = operands.substring(operands.lastIndexOf(',') + 1).trim();
            return Long.parseUnsignedLong(last.split(" ")[0].replaceFirst("^0x", ""), 16);
        }

        /** Calls, traps, changes the stack, or does not end. */
        public boolean isForbidden() {
            return mnemonic.matches(Cpu.AARCH64 ? "\\.inst|udf|bl|blr|br|ret|svc|hvc|brk|hlt|wfe|wfi|ld.*xr.*|st.*xr.*"
                    : "\\(bad\\)|call|push.*|pop.*|ret.*|syscall|int3?|hlt|lock.*");
        }

        public boolean writesMemory() {
            if (Cpu.AARCH64) {
                return mnemonic.startsWith("st");
            }
            return !mnemonic.matches("cmp|test|nop|bt") && operands.matches("(BYTE|WORD|DWORD|QWORD|XMMWORD) PTR .*");
        }

        @Override
        public String toString() {
            return mnemonic + " " + operands;
        }
    }

    public static boolean available() throws InterruptedException {
        try {
            return new ProcessBuilder("objdump", "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    public static List<Instruction> of(long address, byte[] bytes) throws Exception {
        Path file = Files.createTempFile(Path.of("."), "section", ".bin");
        Files.write(file, bytes);
        List<String> command = new ArrayList<>(List.of("objdump", "-D", "-z", "-b", "binary", "-w",
                "--adjust-vma=0x" + Long.toHexString(address), file.toString()));
        command.addAll(Cpu.AARCH64 ? List.of("-m", "aarch64") : List.of("-m", "i386:x86-64", "-M", "intel"));
        Process objdump = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(objdump.getInputStream().readAllBytes());
        Check.equal(objdump.waitFor(), 0, "objdump: " + text);
        Files.delete(file);
        List<Instruction> instructions = new ArrayList<>();
        int total = 0;
        for (String line : text.lines().toList()) {
            Matcher m = LINE.matcher(line);
            if (m.matches()) {
                int length = m.group(2).replace(" ", "").length() / 2;
                String assembly = m.group(3) == null ? "" : m.group(3);
                String[] words = assembly.replaceFirst(Cpu.AARCH64 ? "\\s*//.*" : "\\s*#.*", "").trim().split("\\s+", 2);
                instructions.add(new Instruction(Long.parseUnsignedLong(m.group(1), 16), length, words[0],
                        words.length > 1 ? words[1] : ""));
                total += length;
            }
        }
        Check.equal(total, bytes.length, "bytes that objdump took apart in:\n" + text);
        return instructions;
    }

    public static String text(List<Instruction> instructions) {
        StringBuilder text = new StringBuilder();
        for (Instruction i : instructions) {
            text.append(String.format("    %x  %s%n", i.address, i));
        }
        return text.toString();
    }
}
