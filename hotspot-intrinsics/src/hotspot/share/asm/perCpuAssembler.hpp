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

#ifndef SHARE_ASM_PERCPUASSEMBLER_HPP
#define SHARE_ASM_PERCPUASSEMBLER_HPP

#include "asm/macroAssembler.hpp"
#include "memory/allStatic.hpp"

class RseqDescriptor;
class RseqSection;
class RseqSectionInfo;

// The operations on per-CPU data, named after their steps, as in librseq. Each is one
// critical section. The stub, which the interpreter and C1 call, and C2's nodes use the
// same code. In Java they are methods of jdk.internal.percpu.Rseq.
//
//   section { ... }   the kernel sends a thread that is preempted, migrated, signalled or
//                     fenced in it to its abort handler. The last step, the commit, is one
//                     store. No step before it counts.
//   index             the slot of the CPU that the section runs on: mm_cid, else cpu_id
//   v[i]              the long at address + (i << stride_shift)
//   word[i]           the exclusive word of v: the long at (address & -64) + (i << stride_shift),
//                     0, or negative while somebody uses the variables of these 64 bytes
//                     exclusively in slot i
//   enter             if (cpu_id < 0 || word[index] < 0) slow
//                     It comes before the first load of the slot. A section that loaded
//                     first could commit what was there before somebody's exclusive use.
//                     x86 keeps the order of loads. On aarch64 the word is added to the
//                     offset of the slot, so that the address of v[index] depends on it; what
//                     is loaded from elsewhere comes after a load-acquire of v[index].
//   named             if (index != slot) return moved; enter
//   abort             count it, and start again; after RseqAbortLimit in a row: slow
//
// load_add_store(v, delta)                      section { enter; v[index] += delta }
// load_add_double_store(v, delta)               the same with the bits of doubles, and their addition
// get_and_add(v, delta)                         section { enter; old = v[index]; v[index] = old + delta }
//                                               return old
// compare_and_exchange(v, expect, newv)         section { enter; old = v[index]; if (old == expect) v[index] = newv }
//                                               return old
// load_cbne_store(slot, v, expect, newv)        section { named; if (v[slot] != expect) return not_equal
//                                                         v[slot] = newv }
// load_cbeq_store_add_load_store(slot, v, expect_not, next_offset)
//                                               section { named; head = v[slot]; if (head == expect_not) return head
//                                                         v[slot] = *(head + next_offset) }
//                                               return head; -1 for moved
// load_cbne_load_cbne_store(slot, v, expect, v2, expect2, newv)
//                                               section { named; if (v[slot] != expect || *v2 != expect2) return not_equal
//                                                         v[slot] = newv }
// load_cbne_store_store(slot, v, expect, v2, newv2, newv), and with release
//                                               section { named; if (v[slot] != expect) return not_equal
//                                                         *v2 = newv2; v[slot] = newv }
// load_cbne_memcpy_store(slot, v, expect, dst, src, length, newv), and with release
//                                               section { named; if (v[slot] != expect) return not_equal
//                                                         copy length bytes from src to dst; v[slot] = newv }
//
// Those without another answer return committed.
//
// slow, in the operations that find their slot themselves: the same with an atomic
// instruction on the overflow slot. In those that name it: return moved, and set the
// thread's stalled word, so that its next current_slot() is the overflow slot. There the
// caller does without a section. So no loop of current_slot and an operation depends on a
// section that comes to its end.
//
// address2 (v2), dst and src are plain addresses: no slot is added, and what is written there
// counts for nobody before the commit. length is at most 4096, which the caller checks: a
// section cannot throw. Where release is true the commit is a store-release: what was stored
// before, in the section or not, is seen by who sees the commit.
//
// An index above the slots of CPUs (a process that a checkpoint restored on a larger machine, a
// kernel with a bug) never leads to a write outside of a variable: behind the last slot there is
// no memory, as far as 16 bits of an index lead. So the section faults at the exclusive word, and
// hs_err says why. Operations that name their slot compare the index first. current_slot()
// answers the overflow slot.
//
// All registers differ; result, index and tmp are written, all others for integers kept. What comes after
// an abort, and the place slow, are the caller's. Where scratch is true the code is only
// measured: there is no descriptor.
class PerCpuAssembler : public AllStatic {
  static RseqDescriptor* finish(MacroAssembler* masm, bool scratch, RseqSection& section,
                                Register result, Label& done);
  static void begin_named(MacroAssembler* masm, RseqSection& section, Register result, Register slot,
                          Register address, Register expect, Register index, Register tmp,
                          bool acquire, Label& done, Label& slow);
  static void copy(MacroAssembler* masm, Register dst, Register src, Register length, Register tmp);

 public:
  static const int max_arguments = 7;   // of an operation's stub

  // What the operations that name their slot answer; jdk.internal.percpu.Rseq
  // has the same.
  enum Status {
    committed = 0,
    not_equal = 1,
    moved     = 2
  };

  // What load_cbeq_store_add_load_store answers for moved: no head is that.
  static const int moved_head = -1;

  // Where a variable's exclusive word is in slot 0.
  static void load_exclusive_word_address(MacroAssembler* masm, Register words, Register address);

  // words holds the above.
  static RseqDescriptor* load_add_store(MacroAssembler* masm, bool scratch,
                                        Register address, RegisterOrConstant delta,
                                        Register words, Register index, Register tmp, Label& slow);

  // Writes xmm0 and xmm1, or v0 and v1; as the overflow path in the stub does.
  static RseqDescriptor* load_add_double_store(MacroAssembler* masm, bool scratch,
                                               Register address, Register delta,
                                               Register words, Register index, Register tmp, Label& slow);

  static RseqDescriptor* get_and_add(MacroAssembler* masm, bool scratch, Register result,
                                     Register address, Register delta,
                                     Register index, Register tmp, Label& slow);

  static RseqDescriptor* compare_and_exchange(MacroAssembler* masm, bool scratch, Register result,
                                              Register address, Register expect, Register newv,
                                              Register index, Register tmp, Label& slow);

  static RseqDescriptor* load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                         Register slot, Register address, Register expect, Register newv,
                                         Register index, Register tmp, Label& slow);

  static RseqDescriptor* load_cbeq_store_add_load_store(MacroAssembler* masm, bool scratch, Register result,
                                                        Register slot, Register address, Register expect_not,
                                                        Register next_offset,
                                                        Register index, Register tmp, Label& slow);

  static RseqDescriptor* load_cbne_load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                                   Register slot, Register address, Register expect,
                                                   Register address2, Register expect2, Register newv,
                                                   Register index, Register tmp, Label& slow);

  static RseqDescriptor* load_cbne_store_store(MacroAssembler* masm, bool scratch, bool release, Register result,
                                               Register slot, Register address, Register expect,
                                               Register address2, Register newv2, Register newv,
                                               Register index, Register tmp, Label& slow);

  // 0 <= length <= 4096. Four vector registers are written: xmm0 to xmm3, v0 to v3.
  static RseqDescriptor* load_cbne_memcpy_store(MacroAssembler* masm, bool scratch, bool release, Register result,
                                                Register slot, Register address, Register expect,
                                                Register dst, Register src, Register length, Register newv,
                                                Register index, Register tmp, Label& slow);

  // Not a critical section: the answer is stale at once.
  static void current_slot(MacroAssembler* masm, Register result, Label& slow);
  static void current_slot_slow(MacroAssembler* masm, Register result);

  // In the abort handler of that section; index and tmp are written.
  static void count_abort(MacroAssembler* masm, RseqSectionInfo* section, Register index, Register tmp);

  // Around a call of an operation's stub in place of a section: which one. tmp is written.
  static void set_section(MacroAssembler* masm, RseqSectionInfo* section, Register tmp);
  static void clear_section(MacroAssembler* masm);

  // Where an operation's stub does without a section: counts it for the section that it
  // is called in place of, else for its own. index and tmp are written.
  static void count_given_up(MacroAssembler* masm, RseqSectionInfo* own, Register index, Register tmp);
  static void count_overflow(MacroAssembler* masm, Register tmp);

  // The next current_slot of this thread answers the overflow slot.
  static void set_stalled(MacroAssembler* masm, Register tmp);
};

#endif // SHARE_ASM_PERCPUASSEMBLER_HPP
