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

#include "asm/perCpuAssembler.hpp"
#include "code/rseqDescriptors.hpp"
#include "opto/c2_MacroAssembler.hpp"
#include "opto/c2PerCpuStub.hpp"
#include "runtime/rseq.hpp"
#include "utilities/macros.hpp"

#define __ masm.

#ifdef RSEQ_CRITICAL_SECTIONS

int C2PerCpuStub::max_size() const {
  return 200;
}

void C2PerCpuStub::emit(C2_MacroAssembler& masm) {
  _section->set_abort_offset(__ offset());
  PerCpuAssembler::count_abort(&masm, _section, _index, _tmp);
  __ bind(entry());
  _section->set_slow_offset(__ offset());
  PerCpuAssembler::set_section(&masm, _section, _tmp);
  for (int i = _argument_count - 1; i >= 0; i--) {
    if (_arguments[i].is_register()) {
      __ push(_arguments[i].as_register());
    } else {
      __ push(checked_cast<int32_t>(_arguments[i].as_constant()));
    }
  }
  __ call(RuntimeAddress(_slow_stub));
  PerCpuAssembler::clear_section(&masm);
  int on_stack = _argument_count;
  if (_result != noreg) {
    __ pop(_result);
    on_stack--;
  }
  __ addptr(rsp, on_stack * wordSize);
  __ jmp(continuation());
}

void C2PerCpu::current_slot(C2_MacroAssembler* masm, Register result) {
  auto slow = [](C2_MacroAssembler& masm, C2GeneralStub<Register>& stub) {
    __ bind(stub.entry());
    PerCpuAssembler::current_slot_slow(&masm, stub.data<0>());
    __ jmp(stub.continuation());
  };
  auto* stub = C2CodeStub::make<Register>(result, 32, slow);
  PerCpuAssembler::current_slot(masm, result, stub->entry());
  masm->bind(stub->continuation());
}

#endif // RSEQ_CRITICAL_SECTIONS

#undef __
