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

// Counting (3 instructions and, of the section, 16), the section (4 and 1), making
// room on the stack and taking it back, two for each argument, the call (4), the
// result, the jump.
int C2PerCpuStub::max_size() const {
  return (3 + 16 + 4 + 1 + 2 + 2 * max_arguments + 4 + 1 + 1) * Assembler::instruction_size;
}

void C2PerCpuStub::emit(C2_MacroAssembler& masm) {
  const int bytes = align_up(_argument_count, 2) * wordSize;  // sp stays aligned
  _section->set_abort_offset(__ offset());
  PerCpuAssembler::count_abort(&masm, _section, _index, _tmp);
  __ bind(entry());
  _section->set_slow_offset(__ offset());
  PerCpuAssembler::set_section(&masm, _section, _tmp);
  __ sub(sp, sp, bytes);
  for (int i = 0; i < _argument_count; i++) {
    Register argument = rscratch1;
    if (_arguments[i].is_register()) {
      argument = _arguments[i].as_register();
    } else {
      __ mov(argument, (int64_t)_arguments[i].as_constant());
    }
    __ str(argument, Address(sp, i * wordSize));
  }
  __ lea(rscratch1, RuntimeAddress(_slow_stub));
  __ blr(rscratch1);
  PerCpuAssembler::clear_section(&masm);
  if (_result != noreg) {
    __ ldr(_result, Address(sp));
  }
  __ add(sp, sp, bytes);
  __ b(continuation());
}

void C2PerCpu::current_slot(C2_MacroAssembler* masm, Register result) {
  auto slow = [](C2_MacroAssembler& masm, C2GeneralStub<Register>& stub) {
    __ bind(stub.entry());
    PerCpuAssembler::current_slot_slow(&masm, stub.data<0>());
    __ b(stub.continuation());
  };
  auto* stub = C2CodeStub::make<Register>(result, 8 * Assembler::instruction_size, slow);
  PerCpuAssembler::current_slot(masm, result, stub->entry());
  masm->bind(stub->continuation());
}

#endif // RSEQ_CRITICAL_SECTIONS

#undef __
