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

 public:
  explicit RseqSection(MacroAssembler* masm) : _masm(masm), _literal_offset(-1), _start_offset(-1) {}

  // tmp is free again afterwards.
  void begin(Register tmp);

  // With -XX:RseqInjectDelay, loops at this step; clobbers the flags.
  void delay(Register tmp);

  // Leaves for the label if the thread is not registered. After the index was
  // loaded, so that an index of 0 which means nothing is never used.
  void check_registered(Label& unregistered);

  // This thread's index, or where its slot begins: index << stride_shift.
  void load_index(Register index);
  void load_slot_offset(Register offset);

  // offset = address of the variable in that slot
  void add_address(Register offset, Register address);

  // After the commit. A descriptor that waits for its abort handler's offset,
  // or null if the code cache is full.
  RseqDescriptor* end();

  int start_offset() const { return _start_offset; }
};

// The operations on per-CPU data. Each is one critical section and is used by
// the stub (which the interpreter and C1 call) and by C2's nodes alike.
//
// address is a variable's address in slot 0; slot i is at address + (i << stride_shift).
// A section that aborts has done nothing; what comes then is the caller's, and
// so is the place "slow", where a thread goes that is not registered. All
// registers differ; result, index and tmp are written, all others kept.
//
// Where scratch is true the code is only measured: there is no descriptor.
class PerCpuAssembler : public AllStatic {
 public:
  // What load_cbne_store answers; jdk.internal.misc.PerCpu has the same.
  enum CbneStatus {
    committed = 0,
    not_equal = 1,
    moved     = 2
  };

  static RseqDescriptor* load_add_store(MacroAssembler* masm, bool scratch,
                                        Register address, RegisterOrConstant delta,
                                        Register index, Register tmp, Label& slow);

  static RseqDescriptor* get_and_add(MacroAssembler* masm, bool scratch, Register result,
                                     Register address, Register delta,
                                     Register index, Register tmp, Label& slow);

  static RseqDescriptor* compare_and_exchange(MacroAssembler* masm, bool scratch, Register result,
                                              Register address, Register expect, Register newv,
                                              Register index, Register tmp, Label& slow);

  static RseqDescriptor* load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                         Register slot, Register address, Register expect, Register newv,
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
