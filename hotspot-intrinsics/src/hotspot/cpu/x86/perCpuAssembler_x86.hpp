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

#ifndef CPU_X86_PERCPUASSEMBLER_X86_HPP
#define CPU_X86_PERCPUASSEMBLER_X86_HPP

#include "asm/macroAssembler.hpp"
#include "memory/allStatic.hpp"

class RseqDescriptor;

// One critical section while it is emitted:
//
//   mov  tmp, descriptor        ; begin: arm
//   mov  fs:[rseq_cs], tmp
//   start:
//     ...                       ; the caller's; the last instruction is the commit
//   post_commit:                ; end
//
// The section may be left before the commit by a jump to post_commit or to
// anywhere else outside. It must not call, push, fault or poll.
class RseqSection : public StackObj {
  MacroAssembler* const _masm;
  int _literal_offset;
  int _start_offset;
  int _forced_abort_offset;

  void check_usable(Register words, Register slot_offset, Register tmp, Label& slow);

 public:
  explicit RseqSection(MacroAssembler* masm)
    : _masm(masm), _literal_offset(-1), _start_offset(-1), _forced_abort_offset(-1) {}

  // Rseq::exclusive_words(), a constant: before the section or in it.
  void load_exclusive_words(Register words);

  // tmp is free again afterwards.
  void begin(Register tmp);

  // With -XX:RseqInjectDelay, loops at this step; clobbers the flags.
  void delay(Register tmp);

  // offset = where this thread's slot begins: index << stride_shift. Leaves for
  // slow if this thread is not registered or the slot is somebody's exclusively.
  // tmp may be words, which is kept otherwise.
  void load_slot_offset(Register offset, Register words, Register tmp, Label& slow);

  // The same for an operation that names its slot. Leaves for moved if this
  // thread's slot is another one.
  void load_named_slot_offset(Register offset, Register slot, Register tmp, Label& moved, Label& slow);

  // offset = address of the variable in that slot
  void add_address(Register offset, Register address);

  // Before the commit; tmp must be free.
  void before_commit(Register tmp);

  // After the commit. A descriptor that waits for its abort handler's offset,
  // or null if the code cache is full.
  RseqDescriptor* end();
};

// The operations on per-CPU data. Each is one critical section and is used by
// the stub (which the interpreter and C1 call) and by C2's nodes alike. What
// each does and answers is in perCpuOperations.md, beside this file.
//
// address is a variable's address in slot 0; slot i is at address + (i << stride_shift).
// address2, dst and src are plain addresses. A section that aborts has committed
// nothing; what comes then is the caller's, and so is the place "slow", where a
// thread goes that is not registered or whose slot is somebody's exclusively. All
// registers differ; result, index, tmp and words are written, all others kept.
//
// A commit is one store, and on x86 every store is a release, the stores before
// it included: the release forms are the same code.
//
// Where scratch is true the code is only measured: there is no descriptor.
class PerCpuAssembler : public AllStatic {
  static RseqDescriptor* finish(MacroAssembler* masm, bool scratch, RseqSection& section,
                                Register result, Label& done);
  static void copy(MacroAssembler* masm, Register dst, Register src, Register length, Register tmp);

 public:
  // What the operations that name their slot answer; jdk.internal.misc.PerCpu
  // has the same.
  enum Status {
    committed = 0,
    not_equal = 1,
    moved     = 2
  };

  // What load_cbeq_store_add_load_store answers for moved: no head is that.
  static const int moved_head = -1;

  static RseqDescriptor* load_add_store(MacroAssembler* masm, bool scratch,
                                        Register address, RegisterOrConstant delta,
                                        Register index, Register tmp, Register words, Label& slow);

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

  static RseqDescriptor* load_cbne_store_store(MacroAssembler* masm, bool scratch, Register result,
                                               Register slot, Register address, Register expect,
                                               Register address2, Register newv2, Register newv,
                                               Register index, Register tmp, Label& slow);

  // 0 <= length <= 4096; xmm0 to xmm3 are written.
  static RseqDescriptor* load_cbne_memcpy_store(MacroAssembler* masm, bool scratch, Register result,
                                                Register slot, Register address, Register expect,
                                                Register dst, Register src, Register length, Register newv,
                                                Register index, Register tmp, Label& slow);

  // Not a critical section: the answer is stale at once.
  static void current_slot(MacroAssembler* masm, Register result, Label& slow);
  static void current_slot_slow(MacroAssembler* masm, Register result);

  static void count_abort(MacroAssembler* masm, Register tmp);
  static void count_overflow(MacroAssembler* masm, Register tmp);

  // The next current_slot of this thread answers the overflow slot.
  static void set_stalled(MacroAssembler* masm);
};

#endif // CPU_X86_PERCPUASSEMBLER_X86_HPP
