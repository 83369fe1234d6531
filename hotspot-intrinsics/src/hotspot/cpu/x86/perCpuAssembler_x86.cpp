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
#include "asm/perCpuAssembler.hpp"
#include "code/relocInfo.hpp"
#include "code/rseqDescriptors.hpp"
#include "runtime/globals.hpp"
#include "runtime/javaThread.hpp"
#include "runtime/rseq.hpp"
#include "utilities/macros.hpp"

#define __ masm->

#ifdef RSEQ_CRITICAL_SECTIONS

// One critical section while it is emitted:
//
//   lea  tmp, [descriptor]      ; begin: arm
//   mov  [rseq_cs], tmp         ; fs:, or in the JavaThread
//   start:
//     ...                       ; the caller's; the last instruction is the commit
//   post_commit:                ; end
//
// The section may be left before the commit by a jump to post_commit or to
// anywhere else outside. It must not call, push, fault or poll.
class RseqSection : public StackObj {
  MacroAssembler* const _masm;
  const int _number;
  int _arm_offset;
  int _start_offset;
  int _commit_offset;

  void check_usable(Register words, Register slot_offset, Register tmp, Label& slow);

  // A value that is known when the code is where it stays, relative to the pc.
  static Address relative_literal(int section, rseq_Relocation::Literal literal);

 public:
  explicit RseqSection(MacroAssembler* masm)
    : _masm(masm), _number(masm->code()->rseq_section_count()), _arm_offset(-1), _start_offset(-1),
      _commit_offset(-1) {}

  // A value that is known when the code is where it stays.
  static void load_literal(MacroAssembler* masm, Register dst, int section, rseq_Relocation::Literal literal);

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
  void load_named_slot_offset(Register offset, Register slot, Register address, Register tmp, Label& moved, Label& slow);

  // offset = address of the variable in that slot
  void add_address(Register offset, Register address);

  // Before the commit; tmp must be free.
  void before_commit(Register tmp);

  // The next instruction is the commit.
  void commit_is_next();

  void commit(Address variable, Register newv);
  void commit(Address variable, XMMRegister newv);

  // After the commit. A descriptor that waits for its abort handler's offset and
  // is one of the code buffer's, or null if the code cache is full.
  RseqDescriptor* end();
};

// The rseq area is thread-local storage or part of the JavaThread. The prefix, for
// the segment of the thread pointer, goes before the instruction.
static void area_segment(MacroAssembler* masm) {
  if (!Rseq::area_is_in_java_thread()) {
    masm->emit_int8(0x64);
  }
}

static Address in_area(int offset) {
  return Address(Rseq::area_is_in_java_thread() ? r15_thread : noreg, offset);
}

// The VM's own words of the thread.
static Address in_java_thread(ByteSize offset) {
  return Address(r15_thread, JavaThread::rseq_offset() + offset);
}

void PerCpuAssembler::load_exclusive_word_address(MacroAssembler* masm, Register words, Register address) {
  __ movq(words, address);
  __ andq(words, -Rseq::group_size);
}

Address RseqSection::relative_literal(int section, rseq_Relocation::Literal literal) {
  Address address;
  address._rspec = rseq_Relocation::spec(section, literal);
  return address;
}

void RseqSection::load_literal(MacroAssembler* masm, Register dst, int section, rseq_Relocation::Literal literal) {
  __ relocate(rseq_Relocation::spec(section, literal), Assembler::imm_operand);
  // Not MacroAssembler's, which has a shorter instruction for 0: the literal needs all of this one.
  __ Assembler::mov64(dst, 0);
}

void RseqSection::begin(Register tmp) {
  MacroAssembler* masm = _masm;
  // The descriptor is known only when the section's length is, and how far it is when
  // the code is in its place. It is in the code cache, too, so 32 bits will do, which
  // take less room than mov64 in the code and in the CPU's cache of decoded instructions.
  __ leaq(tmp, relative_literal(_number, rseq_Relocation::descriptor));
  // Arm: from here on, if this thread is preempted, migrated or gets a signal
  // while its pc is in the section, it goes on at abort_ip.
  _arm_offset = __ offset();
  area_segment(masm);
  __ movq(in_area(Rseq::rseq_cs_offset()), tmp);
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

// The half of the word that has its sign.
static Address exclusive_half(Register words, Register slot_offset) {
  return Address(words, slot_offset, Address::times_1, (int)sizeof(int32_t));
}

// if (cpu_id < 0 || word[index] < 0) slow
//
// mm_cid of a thread that is not registered is 0 and not negative, so cpu_id is
// asked. In the section: a signal handler might unregister the thread, and a
// fence must find whoever has read the word before it was set. Before anything of
// the slot is loaded: x86 keeps the order of loads, so what is loaded after a
// word that is clear again is what its owner left.
void RseqSection::check_usable(Register words, Register slot_offset, Register tmp, Label& slow) {
  MacroAssembler* masm = _masm;
  if (Rseq::index_is_cpu_id()) {
    // The offset is nonsense if the index is negative: no load from there.
    area_segment(masm);
    __ cmpl(in_area(Rseq::cpu_id_offset()), 0);
    __ jcc(Assembler::negative, slow);
    __ cmpl(exclusive_half(words, slot_offset), 0);
  } else {
    // Both sign bits in one test.
    __ movl(tmp, exclusive_half(words, slot_offset));
    area_segment(masm);
    __ orl(tmp, in_area(Rseq::cpu_id_offset()));
  }
  __ jcc(Assembler::negative, slow);
}

void RseqSection::load_slot_offset(Register offset, Register words, Register tmp, Label& slow) {
  MacroAssembler* masm = _masm;
  // Loads and scales in one instruction. 32 bits hold it: Rseq::initialize sees to that.
  area_segment(masm);
  __ imull(offset, in_area(Rseq::index_offset()), 1 << Rseq::stride_shift);
  check_usable(words, offset, tmp, slow);
  delay(tmp);
}

void RseqSection::load_named_slot_offset(Register offset, Register slot, Register address, Register tmp,
                                         Label& moved, Label& slow) {
  MacroAssembler* masm = _masm;
  area_segment(masm);
  __ movl(offset, in_area(Rseq::index_offset()));
  delay(tmp);
  __ cmpl(offset, slot);
  __ jcc(Assembler::notEqual, moved);
  __ shlq(offset, Rseq::stride_shift);
  PerCpuAssembler::load_exclusive_word_address(masm, tmp, address);
  check_usable(tmp, offset, tmp, slow);
  delay(tmp);
}

void RseqSection::add_address(Register offset, Register address) {
  MacroAssembler* masm = _masm;
  // Instead of an indexed address in the commit: CPUs that predict which store a
  // load gets its value from do so only where the address is a plain register.
  // Adds to one slot in a row take less than half of the time so.
  __ addq(offset, address);
}

void RseqSection::before_commit(Register tmp) {
  MacroAssembler* masm = _masm;
  delay(tmp);
  if (RseqForceAbort) {
    // Where the kernel would send the thread.
    load_literal(masm, tmp, _number, rseq_Relocation::trampoline);
    __ jmp(tmp);
  }
}

void RseqSection::commit_is_next() {
  _commit_offset = _masm->offset();
}

void RseqSection::commit(Address variable, Register newv) {
  commit_is_next();
  _masm->movq(variable, newv);
}

void RseqSection::commit(Address variable, XMMRegister newv) {
  commit_is_next();
  _masm->movdbl(variable, newv);
}

RseqDescriptor* RseqSection::end() {
  MacroAssembler* masm = _masm;
  RseqDescriptor* descriptor = RseqDescriptors::allocate(__ offset() - _start_offset);
  if (descriptor != nullptr) {
    descriptor->info()->set_steps(_arm_offset, _start_offset, _commit_offset);
    masm->code()->add_rseq_section(descriptor);
  }
  return descriptor;
}

// What is written differs from all else. Inputs may be one register, if they have
// the same value.
template <size_t N>
static void assert_outputs(Register result, Register index, Register tmp, const Register (&inputs)[N]) {
#ifdef ASSERT
  for (Register input : inputs) {
    assert_different_registers(result, index, tmp, input);
  }
#endif
}

// load_add_store(v, delta):
//   arm
//   index = this thread's slot; not registered or exclusive: slow
//   v[index] += delta                                      commit
RseqDescriptor* PerCpuAssembler::load_add_store(MacroAssembler* masm, bool scratch,
                                                Register address, RegisterOrConstant delta,
                                                Register words, Register index, Register tmp, Label& slow) {
  assert_outputs(noreg, index, tmp, { address, delta.register_or_noreg(), words });
  RseqSection section(masm);
  section.begin(tmp);
  section.load_slot_offset(index, words, tmp, slow);
  section.add_address(index, address);
  section.before_commit(tmp);
  // One instruction loads, adds and stores.
  section.commit_is_next();
  if (delta.is_register()) {
    __ addq(Address(index, 0), delta.as_register());
  } else {
    __ addq(Address(index, 0), checked_cast<int32_t>(delta.as_constant()));
  }
  return scratch ? nullptr : section.end();
}

// load_add_double_store(v, delta):
//   sum = delta
//   arm
//   index = this thread's slot; not registered or exclusive: slow
//   sum += v[index]
//   v[index] = sum                                         commit
RseqDescriptor* PerCpuAssembler::load_add_double_store(MacroAssembler* masm, bool scratch,
                                                       Register address, Register delta,
                                                       Register words, Register index, Register tmp, Label& slow) {
  assert_outputs(noreg, index, tmp, { address, delta, words });
  const XMMRegister sum = xmm0;
  RseqSection section(masm);
  // Before the section, which is not to be longer than it must; whoever starts again comes by here.
  __ movdq(sum, delta);
  section.begin(tmp);
  section.load_slot_offset(index, words, tmp, slow);
  section.add_address(index, address);
  // Loads and adds. The value goes through no register but this: the next addition waits for the store.
  __ addsd(sum, Address(index, 0));
  section.before_commit(tmp);
  section.commit(Address(index, 0), sum);
  return scratch ? nullptr : section.end();
}

// get_and_add(v, delta):
//   arm
//   index = this thread's slot; not registered or exclusive: slow
//   result = v[index]
//   v[index] = result + delta                              commit
RseqDescriptor* PerCpuAssembler::get_and_add(MacroAssembler* masm, bool scratch, Register result,
                                             Register address, Register delta,
                                             Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { address, delta });
  RseqSection section(masm);
  load_exclusive_word_address(masm, result, address);
  section.begin(tmp);
  section.load_slot_offset(index, result, tmp, slow);
  section.add_address(index, address);
  __ movq(result, Address(index, 0));
  section.before_commit(tmp);
  __ leaq(tmp, Address(result, delta, Address::times_1));
  section.commit(Address(index, 0), tmp);
  return scratch ? nullptr : section.end();
}

// compare_and_exchange(v, expect, newv):
//   arm
//   index = this thread's slot; not registered or exclusive: slow
//   result = v[index]
//   if (result != expect) leave
//   v[index] = newv                                        commit
RseqDescriptor* PerCpuAssembler::compare_and_exchange(MacroAssembler* masm, bool scratch, Register result,
                                                      Register address, Register expect, Register newv,
                                                      Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { address, expect, newv });
  Label post_commit;
  RseqSection section(masm);
  load_exclusive_word_address(masm, result, address);
  section.begin(tmp);
  section.load_slot_offset(index, result, tmp, slow);
  section.add_address(index, address);
  __ movq(result, Address(index, 0));
  section.delay(tmp);
  __ cmpq(result, expect);
  __ jcc(Assembler::notEqual, post_commit);
  section.before_commit(tmp);
  section.commit(Address(index, 0), newv);
  __ bind(post_commit);
  return scratch ? nullptr : section.end();
}

// After the commit of an operation that answers a status. The other answers were
// written before the jumps to done that mean them.
RseqDescriptor* PerCpuAssembler::finish(MacroAssembler* masm, bool scratch, RseqSection& section,
                                        Register result, Label& done) {
  RseqDescriptor* descriptor = scratch ? nullptr : section.end();
  __ xorl(result, result);                  // committed
  __ bind(done);
  if (descriptor != nullptr) {
    descriptor->info()->set_done_offset(__ offset());
  }
  return descriptor;
}

// load_cbne_store(slot, v, expect, newv):
//   arm
//   index = this thread's slot
//   if (index != slot) return moved; not registered or exclusive: slow
//   if (v[index] != expect) return not_equal
//   v[index] = newv                                        commit
//   return committed
RseqDescriptor* PerCpuAssembler::load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                                 Register slot, Register address, Register expect, Register newv,
                                                 Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { slot, address, expect, newv });
  Label done;
  RseqSection section(masm);
  __ movl(result, moved);                   // what the first exit answers
  section.begin(tmp);
  section.load_named_slot_offset(index, slot, address, tmp, done, slow);
  section.add_address(index, address);
  __ movl(result, not_equal);               // what the second exit answers
  __ cmpq(expect, Address(index, 0));
  __ jcc(Assembler::notEqual, done);
  section.before_commit(tmp);
  section.commit(Address(index, 0), newv);
  return finish(masm, scratch, section, result, done);
}

// load_cbeq_store_add_load_store(slot, v, expect_not, next_offset):
//   arm
//   index = this thread's slot
//   if (index != slot) return moved_head; not registered or exclusive: slow
//   head = v[index]
//   if (head == expect_not) return head
//   v[index] = *(head + next_offset)                       commit
//   return head
// Nobody takes the head away and brings it back while its next is read: there is
// no ABA. What it points to must be readable as long as v can hold it.
RseqDescriptor* PerCpuAssembler::load_cbeq_store_add_load_store(MacroAssembler* masm, bool scratch, Register result,
                                                                Register slot, Register address,
                                                                Register expect_not, Register next_offset,
                                                                Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { slot, address, expect_not, next_offset });
  Label post_commit;
  RseqSection section(masm);
  __ movptr(result, moved_head);
  section.begin(tmp);
  section.load_named_slot_offset(index, slot, address, tmp, post_commit, slow);
  section.add_address(index, address);
  __ movq(result, Address(index, 0));
  section.delay(tmp);
  __ cmpq(result, expect_not);
  __ jcc(Assembler::equal, post_commit);
  section.before_commit(tmp);
  __ movq(tmp, Address(result, next_offset, Address::times_1));
  section.commit(Address(index, 0), tmp);
  __ bind(post_commit);
  return scratch ? nullptr : section.end();
}

// load_cbne_load_cbne_store(slot, v, expect, v2, expect2, newv):
//   arm
//   index = this thread's slot
//   if (index != slot) return moved; not registered or exclusive: slow
//   if (v[index] != expect || *v2 != expect2) return not_equal
//   v[index] = newv                                        commit
//   return committed
RseqDescriptor* PerCpuAssembler::load_cbne_load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                                           Register slot, Register address, Register expect,
                                                           Register address2, Register expect2, Register newv,
                                                           Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { slot, address, expect, address2, expect2, newv });
  Label done;
  RseqSection section(masm);
  __ movl(result, moved);
  section.begin(tmp);
  section.load_named_slot_offset(index, slot, address, tmp, done, slow);
  section.add_address(index, address);
  __ movl(result, not_equal);
  __ cmpq(expect, Address(index, 0));
  __ jcc(Assembler::notEqual, done);
  section.delay(tmp);
  __ cmpq(expect2, Address(address2, 0));
  __ jcc(Assembler::notEqual, done);
  section.before_commit(tmp);
  section.commit(Address(index, 0), newv);
  return finish(masm, scratch, section, result, done);
}

// x86 keeps the order of stores, those of a section included: the release forms are
// the same code.

// load_cbne_store_store(slot, v, expect, v2, newv2, newv):
//   arm
//   index = this thread's slot
//   if (index != slot) return moved; not registered or exclusive: slow
//   if (v[index] != expect) return not_equal
//   *v2 = newv2                    a try: who aborts after it has changed nothing that counts
//   v[index] = newv                                        commit
//   return committed
RseqDescriptor* PerCpuAssembler::load_cbne_store_store(MacroAssembler* masm, bool scratch, bool release, Register result,
                                                       Register slot, Register address, Register expect,
                                                       Register address2, Register newv2, Register newv,
                                                       Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { slot, address, expect, address2, newv2, newv });
  Label done;
  RseqSection section(masm);
  __ movl(result, moved);
  section.begin(tmp);
  section.load_named_slot_offset(index, slot, address, tmp, done, slow);
  section.add_address(index, address);
  __ movl(result, not_equal);
  __ cmpq(expect, Address(index, 0));
  __ jcc(Assembler::notEqual, done);
  section.delay(tmp);
  __ movq(Address(address2, 0), newv2);
  section.before_commit(tmp);
  section.commit(Address(index, 0), newv);
  return finish(masm, scratch, section, result, done);
}

// load_cbne_memcpy_store(slot, v, expect, dst, src, length, newv):
//   arm
//   index = this thread's slot
//   if (index != slot) return moved; not registered or exclusive: slow
//   if (v[index] != expect) return not_equal
//   copy length bytes from src to dst      a try, like the store above
//   v[index] = newv                                        commit
//   return committed
RseqDescriptor* PerCpuAssembler::load_cbne_memcpy_store(MacroAssembler* masm, bool scratch, bool release, Register result,
                                                        Register slot, Register address, Register expect,
                                                        Register dst, Register src, Register length, Register newv,
                                                        Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { slot, address, expect, dst, src, length, newv });
  Label done;
  RseqSection section(masm);
  __ movl(result, moved);
  section.begin(tmp);
  section.load_named_slot_offset(index, slot, address, tmp, done, slow);
  section.add_address(index, address);
  __ movl(result, not_equal);
  __ cmpq(expect, Address(index, 0));
  __ jcc(Assembler::notEqual, done);
  section.delay(tmp);
  copy(masm, dst, src, length, tmp);
  section.before_commit(tmp);
  section.commit(Address(index, 0), newv);
  return finish(masm, scratch, section, result, done);
}

// Copies length bytes and nothing beside them; dst, src and length are kept, for
// an abort starts again. From 16 bytes on:
//   the last 16 bytes
//   n = length - 1, rounded down to 16: what is left, from the start
//   a block of four registers at a time from the end while there are as many,
//   then 16 bytes
// Below, the two ends of 8 or 4 bytes, which may overlap, or bytes one by one.
void PerCpuAssembler::copy(MacroAssembler* masm, Register dst, Register src, Register length, Register tmp) {
  Label large, by_block, below_block, by_16, below_8, below_4, copied;
  const bool wide = UseAVX >= 2;
  const int block = wide ? 128 : 64;
  __ cmpq(length, 16);
  __ jcc(Assembler::aboveEqual, large);

  __ cmpl(length, 8);
  __ jccb(Assembler::below, below_8);
  __ movq(tmp, Address(src, 0));
  __ movq(Address(dst, 0), tmp);
  __ movq(tmp, Address(src, length, Address::times_1, -8));
  __ movq(Address(dst, length, Address::times_1, -8), tmp);
  __ jmp(copied);

  __ bind(below_8);
  __ cmpl(length, 4);
  __ jccb(Assembler::below, below_4);
  __ movl(tmp, Address(src, 0));
  __ movl(Address(dst, 0), tmp);
  __ movl(tmp, Address(src, length, Address::times_1, -4));
  __ movl(Address(dst, length, Address::times_1, -4), tmp);
  __ jmp(copied);

  __ bind(below_4);
  __ testl(length, length);
  __ jcc(Assembler::zero, copied);
  __ movzbl(tmp, Address(src, 0));
  __ movb(Address(dst, 0), tmp);
  __ movzbl(tmp, Address(src, length, Address::times_1, -1));
  __ movb(Address(dst, length, Address::times_1, -1), tmp);
  __ cmpl(length, 3);
  __ jcc(Assembler::notEqual, copied);
  __ movzbl(tmp, Address(src, 1));
  __ movb(Address(dst, 1), tmp);
  __ jmp(copied);

  __ bind(large);
  __ movdqu(xmm0, Address(src, length, Address::times_1, -16));
  __ movdqu(Address(dst, length, Address::times_1, -16), xmm0);
  __ leal(tmp, Address(length, -1));
  __ andl(tmp, -16);
  __ subl(tmp, block);
  __ jcc(Assembler::negative, below_block);
  __ bind(by_block);
  for (int i = 3; i >= 0; i--) {
    const Address from(src, tmp, Address::times_1, i * block / 4);
    if (wide) {
      __ vmovdqu(as_XMMRegister(i), from);
    } else {
      __ movdqu(as_XMMRegister(i), from);
    }
  }
  for (int i = 3; i >= 0; i--) {
    const Address to(dst, tmp, Address::times_1, i * block / 4);
    if (wide) {
      __ vmovdqu(to, as_XMMRegister(i));
    } else {
      __ movdqu(to, as_XMMRegister(i));
    }
  }
  __ subl(tmp, block);
  __ jcc(Assembler::positive, by_block);
  if (wide) {
    // The upper halves are clean again, as the code around expects; a vzeroupper
    // would clear those that others use.
    for (int i = 0; i < 4; i++) {
      __ vpxor(as_XMMRegister(i), as_XMMRegister(i), as_XMMRegister(i), Assembler::AVX_128bit);
    }
  }
  __ bind(below_block);
  __ addl(tmp, block);
  __ jccb(Assembler::zero, copied);
  __ bind(by_16);
  __ movdqu(xmm0, Address(src, tmp, Address::times_1, -16));
  __ movdqu(Address(dst, tmp, Address::times_1, -16), xmm0);
  __ subl(tmp, 16);
  __ jccb(Assembler::notZero, by_16);
  __ bind(copied);
}

// current_slot():
//   if (stalled or not registered) slow
//   index = this thread's slot; above the last one: slow
//   return index
void PerCpuAssembler::current_slot(MacroAssembler* masm, Register result, Label& slow) {
  __ cmpl(in_java_thread(RseqThreadLocal::stalled_offset()), 0);
  __ jcc(Assembler::notEqual, slow);
  // Without a section: nothing is done with the index that could be wrong. It
  // is loaded before the check and once: a signal handler may unregister the
  // thread in between, and cpu_id is negative from then on.
  area_segment(masm);
  __ movl(result, in_area(Rseq::index_offset()));
  if (!Rseq::index_is_cpu_id()) {
    area_segment(masm);
    __ cmpl(in_area(Rseq::cpu_id_offset()), 0);
    __ jcc(Assembler::negative, slow);
  }
  // Above or, unsigned, negative. Callers look things up by it before a section does.
  __ cmpl(result, Rseq::slots() - 1);
  __ jcc(Assembler::aboveEqual, slow);
}

// current_slot_slow():
//   stalled = 0                  one operation on the overflow slot, then try again
//   return the overflow slot
void PerCpuAssembler::current_slot_slow(MacroAssembler* masm, Register result) {
  __ movl(in_java_thread(RseqThreadLocal::stalled_offset()), 0);
  __ movl(result, Rseq::slots() - 1);
}

void PerCpuAssembler::set_stalled(MacroAssembler* masm, Register tmp) {
  __ movl(in_java_thread(RseqThreadLocal::stalled_offset()), 1);
}

// index = which stripe of a section's counts is this slot's. Any will do, if the index has changed.
static void load_stripe_offset(MacroAssembler* masm, Register index) {
  area_segment(masm);
  __ movl(index, in_area(Rseq::index_offset()));
  __ andl(index, RseqSectionInfo::stripes() - 1);
  __ shll(index, RseqSectionInfo::stripe_shift);
}

// The thread's own count, and the section's.
void PerCpuAssembler::count_abort(MacroAssembler* masm, RseqSectionInfo* section, Register index, Register tmp) {
  __ incrementq(in_java_thread(RseqThreadLocal::aborts_offset()));
  load_stripe_offset(masm, index);
  RseqSection::load_literal(masm, tmp, section->number(), rseq_Relocation::counts);
  __ lock();
  __ incrementq(Address(tmp, index, Address::times_1, in_bytes(RseqSectionInfo::aborts_offset())));
}

void PerCpuAssembler::set_section(MacroAssembler* masm, RseqSectionInfo* section, Register tmp) {
  RseqSection::load_literal(masm, tmp, section->number(), rseq_Relocation::info);
  __ movq(in_java_thread(RseqThreadLocal::section_offset()), tmp);
}

void PerCpuAssembler::clear_section(MacroAssembler* masm) {
  __ movq(in_java_thread(RseqThreadLocal::section_offset()), 0);
}

// tmp = the thread's section; if there is none, own
// tmp->stripes[index].given_up++
void PerCpuAssembler::count_given_up(MacroAssembler* masm, RseqSectionInfo* own, Register index, Register tmp) {
  Label called;
  __ movq(tmp, in_java_thread(RseqThreadLocal::section_offset()));
  __ testq(tmp, tmp);
  __ jccb(Assembler::notZero, called);
  RseqSection::load_literal(masm, tmp, own->number(), rseq_Relocation::info);
  __ bind(called);
  __ movq(tmp, Address(tmp, RseqSectionInfo::stripes_offset()));
  load_stripe_offset(masm, index);
  __ lock();
  __ incrementq(Address(tmp, index, Address::times_1, in_bytes(RseqSectionInfo::given_up_offset())));
}

void PerCpuAssembler::count_overflow(MacroAssembler* masm, Register tmp) {
  __ incrementq(in_java_thread(RseqThreadLocal::overflows_offset()));
}

#endif // RSEQ_CRITICAL_SECTIONS

#undef __
