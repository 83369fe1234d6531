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

#include "code/rseqDescriptors.hpp"
#include "macroAssembler_x86.hpp"
#include "perCpuAssembler_x86.hpp"
#include "runtime/globals.hpp"
#include "runtime/rseq.hpp"
#include "stubGenerator_x86_64.hpp"

#define __ _masm->

#ifdef LINUX

// The stubs have the C calling convention, which C1 and the interpreter's
// native methods use. They write rax, r8, r9 and r10 and nothing else, and make
// no calls; the slow stubs below rely on that.
static const Register result   = rax;
static const Register tmp      = r8;
static const Register index_   = r9;
static const Register attempts = r10;

// The stub of one operation:
//   attempts = RseqAbortLimit
//   retry: section -> return
//   abort: if (--attempts != 0) goto retry
//   slow:  the operation on the overflow slot, with real atomics, which threads
//          that can not use rseq share
template <typename Section, typename Overflow>
address StubGenerator::generate_percpu_stub(StubGenStubId stub_id, Section section, Overflow overflow) {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(this, stub_id);
  address start = __ pc();

  Label retry, slow;
  __ movl(attempts, (int32_t)RseqAbortLimit);
  __ bind(retry);
  RseqDescriptor* descriptor = section(slow);
  guarantee(descriptor != nullptr, "no room for the descriptor of a stub");
  __ ret(0);

  const int abort_offset = __ offset();
  PerCpuAssembler::count_abort(_masm, tmp);
  __ decrementl(attempts);
  __ jcc(Assembler::notZero, retry);

  __ bind(slow);
  PerCpuAssembler::count_overflow(_masm, tmp);
  overflow();
  __ ret(0);

  // This code stays where it is: bind at once.
  descriptor->set_abort_offset(abort_offset);
  RseqDescriptors::bind(descriptor, _masm->code_section()->start());
  return start;
}

// The same operation for C2's out-of-line code, which has its arguments on the
// stack, the first on top, and all registers live:
//   first argument = stub(arguments)
address StubGenerator::generate_percpu_slow_stub(StubGenStubId stub_id, address stub, int arguments) {
  static const Register argument_registers[] = { c_rarg0, c_rarg1, c_rarg2, c_rarg3 };
  static const Register saved[] = { result, tmp, index_, attempts };
  const int saved_count = (int)ARRAY_SIZE(saved) + arguments;
  const int return_address = 1;

  __ align(CodeEntryAlignment);
  StubCodeMark mark(this, stub_id);
  address start = __ pc();

  for (Register r : saved) {
    __ push(r);
  }
  for (int i = 0; i < arguments; i++) {
    __ push(argument_registers[i]);
  }
  const int first = (saved_count + return_address) * wordSize;
  for (int i = 0; i < arguments; i++) {
    __ movq(argument_registers[i], Address(rsp, first + i * wordSize));
  }
  __ call(RuntimeAddress(stub));
  __ movq(Address(rsp, first), result);
  for (int i = arguments - 1; i >= 0; i--) {
    __ pop(argument_registers[i]);
  }
  for (int i = (int)ARRAY_SIZE(saved) - 1; i >= 0; i--) {
    __ pop(saved[i]);
  }
  __ ret(0);
  return start;
}

address StubGenerator::generate_percpu_current_slot() {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(this, StubGenStubId::percpu_current_slot_id);
  address start = __ pc();

  Label slow;
  PerCpuAssembler::current_slot(_masm, result, slow);
  __ ret(0);
  __ bind(slow);
  PerCpuAssembler::current_slot_slow(_masm, result);
  __ ret(0);
  return start;
}

void StubGenerator::generate_percpu_stubs() {
  if (!Rseq::is_enabled()) {
    return;
  }
  const int overflow_offset = checked_cast<int>(Rseq::overflow_offset());

  // void (address, delta)
  StubRoutines::_percpu_load_add_store =
    generate_percpu_stub(StubGenStubId::percpu_load_add_store_id, [&] (Label& slow) {
      return PerCpuAssembler::load_add_store(_masm, false, c_rarg0, c_rarg1, index_, tmp, slow);
    }, [&] () {
      __ lock();
      __ addq(Address(c_rarg0, overflow_offset), c_rarg1);
    });

  // value before (address, delta)
  StubRoutines::_percpu_get_and_add =
    generate_percpu_stub(StubGenStubId::percpu_get_and_add_id, [&] (Label& slow) {
      return PerCpuAssembler::get_and_add(_masm, false, result, c_rarg0, c_rarg1, index_, tmp, slow);
    }, [&] () {
      __ movq(result, c_rarg1);
      __ lock();
      __ xaddq(Address(c_rarg0, overflow_offset), result);
    });

  // witness (address, expect, newv)
  StubRoutines::_percpu_compare_and_exchange =
    generate_percpu_stub(StubGenStubId::percpu_compare_and_exchange_id, [&] (Label& slow) {
      return PerCpuAssembler::compare_and_exchange(_masm, false, result, c_rarg0, c_rarg1, c_rarg2,
                                                   index_, tmp, slow);
    }, [&] () {
      assert(result == rax, "cmpxchg");
      __ movq(result, c_rarg1);
      __ lock();
      __ cmpxchgq(c_rarg2, Address(c_rarg0, overflow_offset));
    });

  // status (slot, address, expect, newv). There is no overflow slot for an
  // operation that names its slot: its caller asks currentSlot() again.
  StubRoutines::_percpu_load_cbne_store =
    generate_percpu_stub(StubGenStubId::percpu_load_cbne_store_id, [&] (Label& slow) {
      return PerCpuAssembler::load_cbne_store(_masm, false, result, c_rarg0, c_rarg1, c_rarg2, c_rarg3,
                                              index_, tmp, slow);
    }, [&] () {
      PerCpuAssembler::set_stalled(_masm);
      __ movl(result, PerCpuAssembler::moved);
    });

  StubRoutines::_percpu_current_slot = generate_percpu_current_slot();

#ifdef COMPILER2
  StubRoutines::x86::_percpu_slow_load_add_store =
    generate_percpu_slow_stub(StubGenStubId::percpu_slow_load_add_store_id,
                              StubRoutines::_percpu_load_add_store, 2);
  StubRoutines::x86::_percpu_slow_get_and_add =
    generate_percpu_slow_stub(StubGenStubId::percpu_slow_get_and_add_id,
                              StubRoutines::_percpu_get_and_add, 2);
  StubRoutines::x86::_percpu_slow_compare_and_exchange =
    generate_percpu_slow_stub(StubGenStubId::percpu_slow_compare_and_exchange_id,
                              StubRoutines::_percpu_compare_and_exchange, 3);
  StubRoutines::x86::_percpu_slow_load_cbne_store =
    generate_percpu_slow_stub(StubGenStubId::percpu_slow_load_cbne_store_id,
                              StubRoutines::_percpu_load_cbne_store, 4);
#endif // COMPILER2
}

#else

void StubGenerator::generate_percpu_stubs() {}

#endif // LINUX

#undef __
