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

#include "asm/macroAssembler.inline.hpp"
#include "code/rseqDescriptors.hpp"
#include "perCpuAssembler_x86.hpp"
#include "runtime/globals.hpp"
#include "runtime/rseq.hpp"
#include "utilities/macros.hpp"

#define __ masm->

#ifdef LINUX

// The segment of the thread pointer. The prefix goes before the instruction.
static void thread_segment(MacroAssembler* masm) {
  masm->emit_int8(0x64);
}

static Address at_thread_pointer(int offset) {
  return Address(noreg, offset);
}

void RseqSection::begin(Register tmp) {
  MacroAssembler* masm = _masm;
  // The descriptor is known only when the section's length is.
  __ mov64(tmp, 0);
  _literal_offset = __ offset() - (int)sizeof(int64_t);
  // Arm: from here on, if this thread is preempted, migrated or gets a signal
  // while its pc is in the section, it goes on at abort_ip.
  thread_segment(masm);
  __ movq(at_thread_pointer(Rseq::rseq_cs_offset()), tmp);
  _start_offset = __ offset();
  delay(tmp);
}

void RseqSection::delay(Register tmp) {
  MacroAssembler* masm = _masm;
  if (RseqInjectDelay > 0) {
    Label loop;
    __ movl(tmp, (int32_t)RseqInjectDelay);
    __ bind(loop);
    __ decrementl(tmp);
    __ jcc(Assembler::notZero, loop);
  }
}

void RseqSection::check_registered(Label& unregistered) {
  MacroAssembler* masm = _masm;
  // mm_cid of a thread that is not registered is 0 and not negative, so ask
  // cpu_id. Inside the section: a signal handler might unregister the thread.
  thread_segment(masm);
  __ cmpl(at_thread_pointer(Rseq::cpu_id_offset()), 0);
  __ jcc(Assembler::negative, unregistered);
}

void RseqSection::load_index(Register index) {
  MacroAssembler* masm = _masm;
  thread_segment(masm);
  __ movl(index, at_thread_pointer(Rseq::index_offset()));
}

void RseqSection::load_slot_offset(Register offset) {
  MacroAssembler* masm = _masm;
  // Loads and scales in one instruction. 32 bits hold it: Rseq::initialize sees to that.
  thread_segment(masm);
  __ imull(offset, at_thread_pointer(Rseq::index_offset()), 1 << Rseq::stride_shift);
}

void RseqSection::add_address(Register offset, Register address) {
  MacroAssembler* masm = _masm;
  // Instead of an indexed address in the commit: CPUs that predict which store a
  // load gets its value from do so only where the address is a plain register.
  // Adds to one slot in a row take less than half of the time so.
  __ addq(offset, address);
}

RseqDescriptor* RseqSection::end() {
  MacroAssembler* masm = _masm;
  RseqDescriptor* descriptor = RseqDescriptors::allocate(__ offset() - _start_offset);
  if (descriptor != nullptr) {
    Bytes::put_native_u8(masm->addr_at(_literal_offset), (u8)(uintptr_t)descriptor);
    descriptor->set_start_offset(_start_offset);
  }
  return descriptor;
}

// load_add_store(v, delta):
//   arm
//   index = this thread's slot; not registered: slow
//   v[index] += delta                                      commit
RseqDescriptor* PerCpuAssembler::load_add_store(MacroAssembler* masm, bool scratch,
                                                Register address, RegisterOrConstant delta,
                                                Register index, Register tmp, Label& slow) {
  assert_different_registers(address, index, tmp, delta.register_or_noreg());
  RseqSection section(masm);
  section.begin(tmp);
  section.load_slot_offset(index);
  section.check_registered(slow);
  section.delay(tmp);
  section.add_address(index, address);
  // One instruction loads, adds and stores: the commit.
  if (delta.is_register()) {
    __ addq(Address(index, 0), delta.as_register());
  } else {
    __ addq(Address(index, 0), checked_cast<int32_t>(delta.as_constant()));
  }
  return scratch ? nullptr : section.end();
}

// get_and_add(v, delta):
//   arm
//   index = this thread's slot; not registered: slow
//   result = v[index]
//   v[index] = result + delta                              commit
RseqDescriptor* PerCpuAssembler::get_and_add(MacroAssembler* masm, bool scratch, Register result,
                                             Register address, Register delta,
                                             Register index, Register tmp, Label& slow) {
  assert_different_registers(result, address, delta, index, tmp);
  RseqSection section(masm);
  section.begin(tmp);
  section.load_slot_offset(index);
  section.check_registered(slow);
  section.delay(tmp);
  section.add_address(index, address);
  __ movq(result, Address(index, 0));
  section.delay(tmp);
  __ leaq(tmp, Address(result, delta, Address::times_1));
  __ movq(Address(index, 0), tmp);   // commit
  return scratch ? nullptr : section.end();
}

// compare_and_exchange(v, expect, newv):
//   arm
//   index = this thread's slot; not registered: slow
//   result = v[index]
//   if (result != expect) leave
//   v[index] = newv                                        commit
RseqDescriptor* PerCpuAssembler::compare_and_exchange(MacroAssembler* masm, bool scratch, Register result,
                                                      Register address, Register expect, Register newv,
                                                      Register index, Register tmp, Label& slow) {
  assert_different_registers(result, address, expect, index, tmp);
  assert_different_registers(result, address, newv, index, tmp);
  Label post_commit;
  RseqSection section(masm);
  section.begin(tmp);
  section.load_slot_offset(index);
  section.check_registered(slow);
  section.delay(tmp);
  section.add_address(index, address);
  __ movq(result, Address(index, 0));
  section.delay(tmp);
  __ cmpq(result, expect);
  __ jccb(Assembler::notEqual, post_commit);
  section.delay(tmp);
  __ movq(Address(index, 0), newv);  // commit
  __ bind(post_commit);
  return scratch ? nullptr : section.end();
}

// load_cbne_store(slot, v, expect, newv):
//   arm
//   index = this thread's slot; not registered: slow
//   if (index != slot) return moved
//   if (v[index] != expect) return not_equal
//   v[index] = newv                                        commit
//   return committed
RseqDescriptor* PerCpuAssembler::load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                                 Register slot, Register address, Register expect, Register newv,
                                                 Register index, Register tmp, Label& slow) {
  assert_different_registers(result, slot, address, expect, index, tmp);
  assert_different_registers(result, slot, address, newv, index, tmp);
  Label done;
  RseqSection section(masm);
  section.begin(tmp);
  section.load_index(index);
  section.check_registered(slow);
  section.delay(tmp);
  __ movl(result, moved);                   // what the first exit answers
  __ cmpl(index, slot);
  __ jccb(Assembler::notEqual, done);
  __ shlq(index, Rseq::stride_shift);
  section.add_address(index, address);
  __ movl(result, not_equal);               // what the second exit answers
  section.delay(tmp);
  __ cmpq(expect, Address(index, 0));
  __ jccb(Assembler::notEqual, done);
  section.delay(tmp);
  __ movq(Address(index, 0), newv);  // commit
  RseqDescriptor* descriptor = scratch ? nullptr : section.end();
  __ xorl(result, result);                  // committed
  __ bind(done);
  return descriptor;
}

// current_slot():
//   if (stalled or not registered) slow
//   return this thread's slot
void PerCpuAssembler::current_slot(MacroAssembler* masm, Register result, Label& slow) {
  thread_segment(masm);
  __ cmpl(at_thread_pointer(Rseq::stalled_offset()), 0);
  __ jcc(Assembler::notEqual, slow);
  // Without a section: nothing is done with the index that could be wrong. It
  // is loaded before the check and once: a signal handler may unregister the
  // thread in between, and cpu_id is negative from then on.
  thread_segment(masm);
  __ movl(result, at_thread_pointer(Rseq::index_offset()));
  if (Rseq::index_is_cpu_id()) {
    __ testl(result, result);
  } else {
    thread_segment(masm);
    __ cmpl(at_thread_pointer(Rseq::cpu_id_offset()), 0);
  }
  __ jcc(Assembler::negative, slow);
}

// current_slot_slow():
//   stalled = 0                  one operation on the overflow slot, then try again
//   return the overflow slot
void PerCpuAssembler::current_slot_slow(MacroAssembler* masm, Register result) {
  thread_segment(masm);
  __ movl(at_thread_pointer(Rseq::stalled_offset()), 0);
  __ movl(result, Rseq::slots() - 1);
}

void PerCpuAssembler::set_stalled(MacroAssembler* masm) {
  thread_segment(masm);
  __ movl(at_thread_pointer(Rseq::stalled_offset()), 1);
}

static void count(MacroAssembler* masm, volatile uint64_t* counter, Register tmp) {
  __ lea(tmp, ExternalAddress((address)counter));
  __ lock();
  __ addq(Address(tmp, 0), 1);
}

void PerCpuAssembler::count_abort(MacroAssembler* masm, Register tmp) {
  count(masm, &Rseq::_aborts, tmp);
}

void PerCpuAssembler::count_overflow(MacroAssembler* masm, Register tmp) {
  count(masm, &Rseq::_overflows, tmp);
}

#endif // LINUX

#undef __
