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

// The operations on per-CPU data. Each is one critical section and is used by
// the stub (which the interpreter and C1 call) and by C2's nodes alike. What
// each does and answers is in perCpuOperations.md, beside this file.
//
// address is a variable's address in slot 0; slot i is at address + (i << stride_shift).
// address2, dst and src are plain addresses. A section that aborts has committed
// nothing; what comes then is the caller's, and so is the place "slow", where a
// thread goes that is not registered or whose slot is somebody's exclusively. All
// registers differ; result, index, tmp and words are written, all others kept. A CPU
// whose sections have scratch registers of their own takes noreg for words.
//
// A commit is one store. Where release is true it is a store-release: what was
// stored before, in the section or not, is seen by who sees the commit.
//
// Where scratch is true the code is only measured: there is no descriptor.
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

  // Rseq::exclusive_words(), a constant.
  static void load_exclusive_words(MacroAssembler* masm, Register words);

  // words holds the above, or is noreg where sections have a scratch register for it.
  static RseqDescriptor* load_add_store(MacroAssembler* masm, bool scratch,
                                        Register address, RegisterOrConstant delta,
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

  static void count_abort(MacroAssembler* masm, Register tmp);
  static void count_overflow(MacroAssembler* masm, Register tmp);

  // The next current_slot of this thread answers the overflow slot.
  static void set_stalled(MacroAssembler* masm, Register tmp);
};

#endif // SHARE_ASM_PERCPUASSEMBLER_HPP
