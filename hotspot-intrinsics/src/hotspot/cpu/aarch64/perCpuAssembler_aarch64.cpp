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
#include "memory/allocation.hpp"
#include "runtime/globals.hpp"
#include "runtime/javaThread.hpp"
#include "runtime/rseq.hpp"
#include "utilities/macros.hpp"

#define __ masm->

#ifdef RSEQ_CRITICAL_SECTIONS

// One critical section while it is emitted:
//
//   mrs  area, tpidr_el0        ; begin; not if the area is in the JavaThread
//   add  area, area, #distance of the rseq area
//   mov  tmp, descriptor        ; arm
//   str  tmp, [area, rseq_cs]
//   start:
//     ...                       ; the caller's; the last instruction is the commit
//   post_commit:                ; end
//
// The section may be left before the commit by a jump to post_commit or to
// anywhere else outside. It must not call, push, fault or poll. The scratch
// registers are its own; the abort trampoline writes rscratch1.
class RseqSection : public StackObj {
  MacroAssembler* const _masm;
  const int _number;
  int _arm_offset;
  int _start_offset;
  int _commit_offset;

  static Address in_area(int offset_from_thread_pointer) {
    return Address(area, offset_from_thread_pointer - Rseq::area_offset());
  }

  void load_index(Register index);
  void check_usable(Register index, Register words, Register address, Register tmp, Label& slow);

 public:
  static const Register scratch;
  static const Register area;

  explicit RseqSection(MacroAssembler* masm)
    : _masm(masm), _number(masm->code()->rseq_section_count()), _arm_offset(-1), _start_offset(-1),
      _commit_offset(-1) {}

  // A value that is known when the code is where it stays.
  static void load_literal(MacroAssembler* masm, Register dst, int section, rseq_Relocation::Literal literal);

  static void load_area(MacroAssembler* masm);

  void begin(Register tmp);
  void delay(Register tmp);
  void load_slot_address(Register result, Register words, Register address, Register tmp, Label& slow);
  void load_named_slot_address(Register result, Register slot, Register address, Register tmp,
                               Label& moved, Label& slow);
  void before_commit(Register tmp);
  void commit(Register newv, Register address, bool release);
  void commit(FloatRegister newv, Register address);
  RseqDescriptor* end();
};

const Register RseqSection::scratch = rscratch1;
const Register RseqSection::area    = rscratch2;

// The rseq area is thread-local storage or part of the JavaThread. Loads and stores
// have room for the distances of the area's fields from its start, but perhaps not
// from the thread pointer: glibc's area is before that.
void RseqSection::load_area(MacroAssembler* masm) {
  const int64_t distance = Rseq::area_offset();
  Register base = area;
  if (Rseq::area_is_in_java_thread()) {
    base = rthread;
  } else {
    __ mrs(0b011, 0b1101, 0b0000, 0b010, area);   // tpidr_el0
  }
  if (Assembler::operand_valid_for_add_sub_immediate(distance)) {
    __ add(area, base, distance);
  } else {
    __ mov(rscratch1, distance);
    __ add(area, base, rscratch1);
  }
}

// The VM's own words of the thread.
static Address in_java_thread(ByteSize offset) {
  return Address(rthread, JavaThread::rseq_offset() + offset);
}

void PerCpuAssembler::load_exclusive_word_address(MacroAssembler* masm, Register words, Register address) {
  __ andr(words, address, -Rseq::group_size);
}

void RseqSection::load_literal(MacroAssembler* masm, Register dst, int section, rseq_Relocation::Literal literal) {
  __ relocate(rseq_Relocation::spec(section, literal));
  __ movptr(dst, 0);
}

void RseqSection::begin(Register tmp) {
  MacroAssembler* masm = _masm;
  load_area(masm);
  // The descriptor is known only when the section's length is.
  load_literal(masm, tmp, _number, rseq_Relocation::descriptor);
  // Arm: from here on, if this thread is preempted, migrated or gets a signal
  // while its pc is in the section, it goes on at abort_ip.
  _arm_offset = __ offset();
  __ str(tmp, in_area(Rseq::rseq_cs_offset()));
  _start_offset = __ offset();
  delay(tmp);
}

void RseqSection::delay(Register tmp) {
  MacroAssembler* masm = _masm;
  if (RseqInjectDelay > 0) {
    Label loop;
    __ movw(tmp, (uint32_t)RseqInjectDelay);
    __ bind(loop);
    __ subsw(tmp, tmp, 1);
    __ br(Assembler::NE, loop);
  }
}

void RseqSection::load_index(Register index) {
  MacroAssembler* masm = _masm;
  __ ldrw(index, in_area(Rseq::index_offset()));
}

// if (cpu_id < 0 || word[index] < 0) slow
// index = address + (index << stride_shift)
//
// Of the index 16 bits are taken: so the offset has 32 bits, as far as memory is set
// aside behind the last slot, whatever the kernel says. Without tbnz: slow may be at
// the other end of a method of more than 32 KiB.
//
// mm_cid of a thread that is not registered is 0 and not negative, so cpu_id is
// asked. In the section: a signal handler might unregister the thread, and a
// fence must find whoever has read the word before it was set.
//
// A word that is clear is 0, and is added to the address: so whatever of the slot is
// loaded afterwards is loaded from an address made of the word, and so after it. What
// is loaded after a word that is clear again is what its owner left. The word comes
// last, when all else is added: nothing but one addition waits for its load.
void RseqSection::check_usable(Register index, Register words, Register address, Register tmp, Label& slow) {
  MacroAssembler* masm = _masm;
  if (Rseq::index_is_cpu_id()) {
    __ cmpw(index, (u1)0);
    __ br(Assembler::LT, slow);
    __ ubfiz(index, index, Rseq::stride_shift, 16);
    __ ldr(tmp, Address(words, index));
    __ cmp(tmp, (u1)0);
  } else {
    __ ubfiz(index, index, Rseq::stride_shift, 16);
    __ ldr(tmp, Address(words, index));
    // Both signs in one test: the sum is negative if one of them is, since the word is
    // 0 or the smallest number. LT is right if it overflows too.
    __ ldrw(scratch, in_area(Rseq::cpu_id_offset()));
    __ cmn(tmp, scratch, Assembler::LSL, 32);
  }
  __ br(Assembler::LT, slow);
  __ add(index, address, index);
  __ add(index, index, tmp);
}

void RseqSection::load_slot_address(Register result, Register words, Register address, Register tmp, Label& slow) {
  load_index(result);
  check_usable(result, words, address, tmp, slow);
  delay(tmp);
}

void RseqSection::load_named_slot_address(Register result, Register slot, Register address, Register tmp,
                                          Label& moved, Label& slow) {
  MacroAssembler* masm = _masm;
  load_index(result);
  delay(tmp);
  __ cmpw(result, slot);
  __ br(Assembler::NE, moved);
  PerCpuAssembler::load_exclusive_word_address(masm, scratch, address);
  check_usable(result, scratch, address, tmp, slow);
  delay(tmp);
}

void RseqSection::before_commit(Register tmp) {
  MacroAssembler* masm = _masm;
  delay(tmp);
  if (RseqForceAbort) {
    // Where the kernel would send the thread.
    load_literal(masm, tmp, _number, rseq_Relocation::trampoline);
    __ br(tmp);
  }
}

void RseqSection::commit(Register newv, Register address, bool release) {
  MacroAssembler* masm = _masm;
  _commit_offset = __ offset();
  if (release) {
    __ stlr(newv, address);
  } else {
    __ str(newv, Address(address));
  }
}

void RseqSection::commit(FloatRegister newv, Register address) {
  MacroAssembler* masm = _masm;
  _commit_offset = __ offset();
  __ strd(newv, Address(address));
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
    assert_different_registers(result, index, tmp, RseqSection::scratch, RseqSection::area, input);
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
  section.load_slot_address(index, words, address, tmp, slow);
  section.before_commit(tmp);
  __ ldr(tmp, Address(index));
  if (delta.is_register()) {
    __ add(tmp, tmp, delta.as_register());
  } else {
    __ add(tmp, tmp, delta.as_constant());
  }
  section.commit(tmp, index, false);
  return scratch ? nullptr : section.end();
}

// load_add_double_store(v, delta):
//   sum = delta
//   arm
//   index = this thread's slot; not registered or exclusive: slow
//   old = v[index]; sum += old
//   v[index] = sum                                         commit
RseqDescriptor* PerCpuAssembler::load_add_double_store(MacroAssembler* masm, bool scratch,
                                                       Register address, Register delta,
                                                       Register words, Register index, Register tmp, Label& slow) {
  assert_outputs(noreg, index, tmp, { address, delta, words });
  const FloatRegister sum = v0;
  const FloatRegister old = v1;
  RseqSection section(masm);
  // Before the section, which is not to be longer than it must; whoever starts again comes by here.
  __ fmovd(sum, delta);
  section.begin(tmp);
  section.load_slot_address(index, words, address, tmp, slow);
  __ ldrd(old, Address(index));
  __ faddd(sum, old, sum);
  section.before_commit(tmp);
  section.commit(sum, index);
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
  section.load_slot_address(index, result, address, tmp, slow);
  __ ldr(result, Address(index));
  section.before_commit(tmp);
  __ add(tmp, result, delta);
  section.commit(tmp, index, false);
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
  section.load_slot_address(index, result, address, tmp, slow);
  __ ldr(result, Address(index));
  section.delay(tmp);
  __ cmp(result, expect);
  __ br(Assembler::NE, post_commit);
  section.before_commit(tmp);
  section.commit(newv, index, false);
  __ bind(post_commit);
  return scratch ? nullptr : section.end();
}

// After the commit of an operation that answers a status. The other answers were
// written before the jumps to done that mean them.
RseqDescriptor* PerCpuAssembler::finish(MacroAssembler* masm, bool scratch, RseqSection& section,
                                        Register result, Label& done) {
  RseqDescriptor* descriptor = scratch ? nullptr : section.end();
  __ movw(result, committed);
  __ bind(done);
  if (descriptor != nullptr) {
    descriptor->info()->set_done_offset(__ offset());
  }
  return descriptor;
}

// The beginning of the operations that name their slot and compare:
//   arm
//   index = this thread's slot
//   if (index != slot) return moved; not registered or exclusive: slow
//   if (v[index] != expect) return not_equal
// index is v[index]'s address then. Where something is loaded afterwards that is
// not found through v, acquire: or it might be loaded before the exclusive word.
void PerCpuAssembler::begin_named(MacroAssembler* masm, RseqSection& section, Register result, Register slot,
                                  Register address, Register expect, Register index, Register tmp,
                                  bool acquire, Label& done, Label& slow) {
  __ movw(result, moved);                   // what the first exit answers
  section.begin(tmp);
  section.load_named_slot_address(index, slot, address, tmp, done, slow);
  __ movw(result, not_equal);               // what the second exit answers
  if (acquire) {
    __ ldar(tmp, index);
  } else {
    __ ldr(tmp, Address(index));
  }
  __ cmp(tmp, expect);
  __ br(Assembler::NE, done);
}

// load_cbne_store(slot, v, expect, newv):
//   as begin_named
//   v[index] = newv                                        commit
//   return committed
RseqDescriptor* PerCpuAssembler::load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                                 Register slot, Register address, Register expect, Register newv,
                                                 Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { slot, address, expect, newv });
  Label done;
  RseqSection section(masm);
  begin_named(masm, section, result, slot, address, expect, index, tmp, false, done, slow);
  section.before_commit(tmp);
  section.commit(newv, index, false);
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
  __ mov(result, (int64_t)moved_head);
  section.begin(tmp);
  section.load_named_slot_address(index, slot, address, tmp, post_commit, slow);
  __ ldr(result, Address(index));
  section.delay(tmp);
  __ cmp(result, expect_not);
  __ br(Assembler::EQ, post_commit);
  section.before_commit(tmp);
  __ ldr(tmp, Address(result, next_offset));
  section.commit(tmp, index, false);
  __ bind(post_commit);
  return scratch ? nullptr : section.end();
}

// load_cbne_load_cbne_store(slot, v, expect, v2, expect2, newv):
//   as begin_named, and if (*v2 != expect2) return not_equal
//   v[index] = newv                                        commit
//   return committed
RseqDescriptor* PerCpuAssembler::load_cbne_load_cbne_store(MacroAssembler* masm, bool scratch, Register result,
                                                           Register slot, Register address, Register expect,
                                                           Register address2, Register expect2, Register newv,
                                                           Register index, Register tmp, Label& slow) {
  assert_outputs(result, index, tmp, { slot, address, expect, address2, expect2, newv });
  Label done;
  RseqSection section(masm);
  begin_named(masm, section, result, slot, address, expect, index, tmp, true, done, slow);
  section.delay(tmp);
  __ ldr(tmp, Address(address2));
  __ cmp(tmp, expect2);
  __ br(Assembler::NE, done);
  section.before_commit(tmp);
  section.commit(newv, index, false);
  return finish(masm, scratch, section, result, done);
}

// load_cbne_store_store(slot, v, expect, v2, newv2, newv):
//   as begin_named
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
  begin_named(masm, section, result, slot, address, expect, index, tmp, false, done, slow);
  section.delay(tmp);
  __ str(newv2, Address(address2));
  section.before_commit(tmp);
  section.commit(newv, index, release);
  return finish(masm, scratch, section, result, done);
}

// load_cbne_memcpy_store(slot, v, expect, dst, src, length, newv):
//   as begin_named
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
  begin_named(masm, section, result, slot, address, expect, index, tmp, true, done, slow);
  section.delay(tmp);
  copy(masm, dst, src, length, tmp);
  section.before_commit(tmp);
  section.commit(newv, index, release);
  return finish(masm, scratch, section, result, done);
}

// Copies length bytes and nothing beside them; dst, src and length are kept, for
// an abort starts again. From 16 bytes on:
//   the last 16 bytes
//   n = length - 1, rounded down to 16: what is left, from the start
//   64 bytes at a time from the end while there are as many, then 16 bytes
// Below, the two ends of 8 or 4 bytes, which may overlap, or bytes one by one.
// Nothing of the area is needed any more: its register and the other one are the
// ends of what is left.
void PerCpuAssembler::copy(MacroAssembler* masm, Register dst, Register src, Register length, Register tmp) {
  const Register src_end = RseqSection::scratch;
  const Register dst_end = RseqSection::area;
  const int block = 64;
  Label large, by_block, below_block, by_16, below_8, below_4, copied;
  __ add(src_end, src, length);
  __ add(dst_end, dst, length);
  __ cmp(length, (u1)16);
  __ br(Assembler::HS, large);

  __ tbz(length, 3, below_8);
  __ ldr(tmp, Address(src));
  __ str(tmp, Address(dst));
  __ ldr(tmp, Address(src_end, -8));
  __ str(tmp, Address(dst_end, -8));
  __ b(copied);

  __ bind(below_8);
  __ tbz(length, 2, below_4);
  __ ldrw(tmp, Address(src));
  __ strw(tmp, Address(dst));
  __ ldrw(tmp, Address(src_end, -4));
  __ strw(tmp, Address(dst_end, -4));
  __ b(copied);

  __ bind(below_4);
  __ cbz(length, copied);
  __ ldrb(tmp, Address(src));
  __ strb(tmp, Address(dst));
  __ ldrb(tmp, Address(src_end, -1));
  __ strb(tmp, Address(dst_end, -1));
  __ cmp(length, (u1)3);
  __ br(Assembler::NE, copied);
  __ ldrb(tmp, Address(src, 1));
  __ strb(tmp, Address(dst, 1));
  __ b(copied);

  __ bind(large);
  __ ldrq(v0, Address(src_end, -16));
  __ strq(v0, Address(dst_end, -16));
  __ sub(tmp, length, 1);
  __ andr(tmp, tmp, -16);
  __ add(src_end, src, tmp);
  __ add(dst_end, dst, tmp);
  __ subs(tmp, tmp, block);
  __ br(Assembler::LT, below_block);
  __ bind(by_block);
  __ ldpq(v0, v1, Address(src_end, -32));
  __ ldpq(v2, v3, Address(__ pre(src_end, -block)));
  __ stpq(v0, v1, Address(dst_end, -32));
  __ stpq(v2, v3, Address(__ pre(dst_end, -block)));
  __ subs(tmp, tmp, block);
  __ br(Assembler::GE, by_block);
  __ bind(below_block);
  __ adds(tmp, tmp, block);
  __ br(Assembler::EQ, copied);
  __ bind(by_16);
  __ ldrq(v0, Address(__ pre(src_end, -16)));
  __ strq(v0, Address(__ pre(dst_end, -16)));
  __ subs(tmp, tmp, 16);
  __ br(Assembler::NE, by_16);
  __ bind(copied);
}

// current_slot():
//   if (stalled or not registered) slow
//   index = this thread's slot; above the last one: slow
//   return index
void PerCpuAssembler::current_slot(MacroAssembler* masm, Register result, Label& slow) {
  __ ldrw(rscratch1, in_java_thread(RseqThreadLocal::stalled_offset()));
  __ cbnzw(rscratch1, slow);
  // Without a section: nothing is done with the index that could be wrong. It
  // is loaded before the check and once: a signal handler may unregister the
  // thread in between, and cpu_id is negative from then on.
  RseqSection::load_area(masm);
  __ ldrw(result, Address(RseqSection::area, Rseq::index_offset() - Rseq::area_offset()));
  if (!Rseq::index_is_cpu_id()) {
    __ ldrw(rscratch1, Address(RseqSection::area, Rseq::cpu_id_offset() - Rseq::area_offset()));
    __ cmpw(rscratch1, 0u);
    __ br(Assembler::LT, slow);   // no tbnz, as above
  }
  // Above or, unsigned, negative. Callers look things up by it before a section does.
  __ movw(rscratch1, (uint32_t)(Rseq::slots() - 1));
  __ cmpw(result, rscratch1);
  __ br(Assembler::HS, slow);
}

// current_slot_slow():
//   stalled = 0                  one operation on the overflow slot, then try again
//   return the overflow slot
void PerCpuAssembler::current_slot_slow(MacroAssembler* masm, Register result) {
  __ strw(zr, in_java_thread(RseqThreadLocal::stalled_offset()));
  __ movw(result, Rseq::slots() - 1);
}

void PerCpuAssembler::set_stalled(MacroAssembler* masm, Register tmp) {
  __ movw(tmp, 1);
  __ strw(tmp, in_java_thread(RseqThreadLocal::stalled_offset()));
}

// Nobody else writes to the thread's own counts.
static void count(MacroAssembler* masm, ByteSize counter, Register tmp) {
  __ ldr(tmp, in_java_thread(counter));
  __ add(tmp, tmp, 1);
  __ str(tmp, in_java_thread(counter));
}

// tmp = the stripe of a section's counts that is this slot's. Any will do, if the index has changed.
static void add_stripe_offset(MacroAssembler* masm, Register tmp, Register index) {
  RseqSection::load_area(masm);
  __ ldrw(index, Address(RseqSection::area, Rseq::index_offset() - Rseq::area_offset()));
  __ andw(index, index, RseqSectionInfo::stripes() - 1);
  __ add(tmp, tmp, index, Assembler::LSL, RseqSectionInfo::stripe_shift);
}

// The thread's own count, and the section's.
void PerCpuAssembler::count_abort(MacroAssembler* masm, RseqSectionInfo* section, Register index, Register tmp) {
  count(masm, RseqThreadLocal::aborts_offset(), tmp);
  assert(in_bytes(RseqSectionInfo::aborts_offset()) == 0, "first in a stripe");
  RseqSection::load_literal(masm, tmp, section->number(), rseq_Relocation::counts);
  add_stripe_offset(masm, tmp, index);
  __ atomic_add(noreg, 1, tmp);
}

void PerCpuAssembler::set_section(MacroAssembler* masm, RseqSectionInfo* section, Register tmp) {
  RseqSection::load_literal(masm, tmp, section->number(), rseq_Relocation::info);
  __ str(tmp, in_java_thread(RseqThreadLocal::section_offset()));
}

void PerCpuAssembler::clear_section(MacroAssembler* masm) {
  __ str(zr, in_java_thread(RseqThreadLocal::section_offset()));
}

// tmp = the thread's section; if there is none, own
// tmp->stripes[index].given_up++
void PerCpuAssembler::count_given_up(MacroAssembler* masm, RseqSectionInfo* own, Register index, Register tmp) {
  Label called;
  __ ldr(tmp, in_java_thread(RseqThreadLocal::section_offset()));
  __ cbnz(tmp, called);
  RseqSection::load_literal(masm, tmp, own->number(), rseq_Relocation::info);
  __ bind(called);
  __ ldr(tmp, Address(tmp, RseqSectionInfo::stripes_offset()));
  __ add(tmp, tmp, in_bytes(RseqSectionInfo::given_up_offset()));
  add_stripe_offset(masm, tmp, index);
  __ atomic_add(noreg, 1, tmp);
}

void PerCpuAssembler::count_overflow(MacroAssembler* masm, Register tmp) {
  count(masm, RseqThreadLocal::overflows_offset(), tmp);
}

#endif // RSEQ_CRITICAL_SECTIONS

#undef __
