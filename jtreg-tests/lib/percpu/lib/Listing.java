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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import jdk.internal.misc.Unsafe;
import jdk.test.whitebox.code.NMethod;
import percpu.lib.Disassembly.Instruction;
import percpu.lib.Symbols.Named;

/** One critical section as text that is the same in each process. */
final class Listing {
    private static final Unsafe U = Unsafe.getUnsafe();

    // Where the fields of a descriptor are, and what HotSpot keeps behind struct rseq_cs.
    private static final int START_IP = 8;
    private static final int POST_COMMIT_OFFSET = 16;
    private static final int ABORT_IP = 24;
    private static final int TARGET = 32;

    // A slot's word: its register's name is the first group.
    private static final Pattern EXCLUSIVE_WORD =
            Pattern.compile(Cpu.AARCH64 ? "\\[(x\\d+), x\\d+\\]" : "\\[(\\w+)\\+\\w+\\*1\\+0x4\\]");

    // Constants that are the same in all sections, and so are known by their place in the first one.
    private static final Map<String, Long> COMMON = new HashMap<>();

    private final Section section;
    private final List<Instruction> all;
    private final Map<Long, Integer> indexes;
    private final Symbols symbols = new Symbols();
    private final int start;
    private final int postCommit;
    private final int handler;
    private final int back;
    private final int done;
    private final StringBuilder text = new StringBuilder();

    private Listing(NMethod code, Section section) throws Exception {
        this.section = section;
        // All of the method: what precedes a section can only be told apart from the front.
        all = Disassembly.of(section.codeBegin(), code.insts);
        indexes = IntStream.range(0, all.size()).boxed()
                .collect(Collectors.toMap(i -> all.get(i).address(), i -> i));
        start = index(section.start());
        postCommit = index(section.start() + section.length());
        handler = index(U.getLong(section.descriptor() + TARGET));
        back = IntStream.range(handler, all.size()).filter(i -> all.get(i).mnemonic().matches("jmp|b")).findFirst()
                .orElseThrow();
        done = index(all.get(back).target());
        Check.that(done == postCommit || done == postCommit + 1, "it goes on at " + all.get(done));
    }

    /** The only section of the method. Answers are those that it gives in a register if it is left early. */
    static String of(NMethod code, boolean prepares) throws Exception {
        List<Section> sections = Section.find(code);
        Check.equal(sections.size(), 1, "sections of " + code);
        return new Listing(code, sections.getFirst()).text(prepares);
    }

    private int index(long address) {
        Check.that(indexes.containsKey(address), "no instruction begins at " + Long.toHexString(address));
        return indexes.get(address);
    }

    private String text(boolean prepares) {
        int words = words();
        int first = first(prepares, words);
        int wordsEnd = words < first ? end(words) : words;
        name(first, words);
        line("%d instructions, %d bytes in the section; %d instructions before it", postCommit - start,
                section.length(), start - first + wordsEnd - words);
        line("");
        for (int i = words; i < wordsEnd; i++) {
            instruction(i, false);
        }
        if (words < wordsEnd && wordsEnd < first) {
            line("          ...");
        }
        for (int i = first; i < done; i++) {
            label(i);
            instruction(i, i >= start && i < postCommit);
        }
        label(done);
        line("");
        for (int i = handler; i <= back; i++) {
            label(i);
            instruction(i, false);
        }
        line("");
        descriptor();
        return text.toString();
    }

    // Where the address of the exclusive word begins to be made: before the section, perhaps far before it, or in it.
    private int words() {
        int use = IntStream.range(start, postCommit)
                .filter(i -> EXCLUSIVE_WORD.matcher(all.get(i).operands()).find()).findFirst()
                .orElseThrow(() -> new AssertionError("no exclusive word is read in " + section));
        Matcher m = EXCLUSIVE_WORD.matcher(all.get(use).operands());
        Check.that(m.find(), "no register");
        int made = writeOf(m.group(1), "and|movabs|mov", use);
        Check.that(made >= 0, "nothing makes the address in " + all.get(use));
        // x86 copies the address first, if it is needed afterwards.
        boolean copied = all.get(made).mnemonic().equals("and") && writeOf(m.group(1), "mov", made) == made - 1;
        return copied ? made - 1 : made;
    }

    // The last one before an instruction, or -1.
    private int writeOf(String register, String mnemonics, int before) {
        int i = before - 1;
        while (i >= 0 && !(all.get(i).mnemonic().matches(mnemonics) && all.get(i).operands().startsWith(register + ","))) {
            i--;
        }
        return i;
    }

    // The first instruction behind those that make it.
    private int end(int words) {
        String register = all.get(words).operands().substring(0, all.get(words).operands().indexOf(','));
        int end = words + 1;
        while (all.get(end).mnemonic().matches("movk|and") && all.get(end).operands().startsWith(register + ",")) {
            end++;
        }
        return end;
    }

    // x86: the exclusive word's address, if it is made there, or the answer; the descriptor, the arm store. aarch64: the
    // answer, then from where the thread pointer is read.
    private int first(boolean prepares, int words) {
        if (!Cpu.AARCH64) {
            return prepares ? start - 3 : words < start && end(words) == start - 2 ? words : start - 2;
        }
        int first = start;
        while (!all.get(first).mnemonic().equals("mrs")) {
            first--;
        }
        Check.that(start - first < 12, "the thread pointer is read at " + all.get(first));
        return prepares ? first - 1 : first;
    }

    private void name(int first, int words) {
        symbols.constant(section.descriptor(), "descriptor");
        symbols.code(all.get(start).address(), "start");
        symbols.code(all.get(postCommit).address(), "post_commit");
        symbols.code(all.get(done).address(), "done");
        symbols.code(all.get(handler).address(), "handler");
        TreeSet<Long> inside = new TreeSet<>();
        for (int i = start; i < postCommit; i++) {
            Instruction instruction = all.get(i);
            if (instruction.jumps() && section.contains(instruction.target())) {
                inside.add(instruction.target());
            } else if (instruction.jumps() && !symbols.isNamed(instruction.target())) {
                int at = index(instruction.target());
                Check.that(at > handler && at < back, instruction + " leads nowhere");
                symbols.code(instruction.target(), "slow");
            }
        }
        for (long target : inside) {
            symbols.code(target, "L" + (1 + inside.headSet(target).size()));
        }
        if (Symbols.address(all, words) != 0) {
            symbols.constant(Symbols.address(all, words), "word");
        }
        boolean slow = false;
        boolean told = false;
        for (int i = handler; i < back; i++) {
            slow |= symbols.isNamed(all.get(i).address()) && i > handler;
            if (!slow && all.get(i).mnemonic().equals("and")) {
                symbols.immediate(all.get(i).address(), "stripes-1");
            } else if (all.get(i).mnemonic().equals("call")) {
                symbols.code(all.get(i).target(), "slow_stub");
            } else if (Symbols.address(all, i) != 0) {
                symbols.constant(Symbols.address(all, i), !slow ? "counts" : !told ? "section" : "slow_stub");
            }
            long offset = Symbols.threadWord(all.get(i));
            if (offset != 0) {
                String name = slow ? "section" : "aborts";
                told |= slow;
                checkCommon(i, name, offset);
                symbols.threadWord(offset, name);
            }
        }
    }

    private void checkCommon(int at, String name, long value) {
        Long before = COMMON.putIfAbsent(name, value);
        Check.that(before == null || before == value, name + " is not the same everywhere: " + all.get(at));
    }

    private void label(int at) {
        long address = all.get(at).address();
        if (symbols.isNamed(address)) {
            line("    %s:", symbols.name(address));
        }
    }

    private void instruction(int at, boolean inside) {
        Instruction instruction = all.get(at);
        Named named = symbols.named(all, at);
        List<String> comments = new ArrayList<>();
        if (!named.comment().isEmpty()) {
            comments.add(named.comment());
        }
        if (instruction.address() == section.arm()) {
            comments.add("arm");
        } else if (at == postCommit - 1) {
            comments.add("commit");
        }
        line("%8s  %-7s %-42s %s", inside ? "+" + (instruction.address() - section.start()) : "",
                instruction.mnemonic(), named.operands(), comments.isEmpty() ? "" : "; " + String.join(", ", comments));
    }

    private void descriptor() {
        long at = section.descriptor();
        long length = U.getLong(at + POST_COMMIT_OFFSET);
        long abort = U.getLong(at + ABORT_IP) - at;
        line("    descriptor:");
        field(0, "version", Integer.toString(U.getInt(at)));
        field(4, "flags", Integer.toString(U.getInt(at + 4)));
        field(START_IP, "start_ip", symbols.name(U.getLong(at + START_IP)));
        field(POST_COMMIT_OFFSET, "post_commit_offset",
                length + ", " + symbols.name(U.getLong(at + START_IP) + length));
        field(ABORT_IP, "abort_ip", "descriptor+" + abort + ", after the signature");
        field(TARGET, "target", symbols.name(U.getLong(at + TARGET)));
        field(abort - 4, "signature", String.format("0x%08x", U.getInt(at + abort - 4)));
        field(abort, Cpu.AARCH64 ? "ldr x8, target; br x8" : "jmp [target]", "");
        Check.that(trampoline(at + abort) == at + TARGET, "no jump to the target of "
                + section);
    }

    // Where it takes its target from.
    private static long trampoline(long at) {
        if (Cpu.AARCH64) {
            boolean jumps = (U.getInt(at) & 0xff00001f) == 0x58000008 && U.getInt(at + 4) == 0xd61f0100;
            return jumps ? at + (U.getInt(at) << 8 >> 13) * 4L : 0;
        }
        return (U.getShort(at) & 0xffff) == 0x25ff ? at + 6 + U.getInt(at + 2) : 0;
    }

    private void field(long offset, String name, String value) {
        line("%8s  %-20s %s", "+" + offset, name, value);
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(format, arguments).stripTrailing()).append('\n');
    }
}
