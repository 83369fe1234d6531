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
#include "ci/ciEnv.hpp"
#include "code/rseqDescriptors.hpp"
#include "opto/c2_MacroAssembler.hpp"
#include "opto/c2PerCpuStub.hpp"
#include "opto/compile.hpp"
#include "opto/output.hpp"
#include "runtime/perCpuStubs.hpp"
#include "runtime/rseq.hpp"
#include "utilities/macros.hpp"

#ifdef RSEQ_CRITICAL_SECTIONS

bool C2PerCpuStub::in_scratch() {
  return Compile::current()->output()->in_scratch_emit_size();
}

void C2PerCpuStub::add(C2_MacroAssembler* masm, RseqDescriptor* descriptor) {
  masm->bind(continuation());
  if (in_scratch()) {
    return;
  }
  if (descriptor == nullptr) {
    ciEnv::current()->record_failure("CodeCache is full");
    return;
  }
  _section = descriptor->info();
  // The method is in the code's table of metadata, and so lives as long.
  masm->oop_recorder()->find_index(_site.method());
  _section->set_origin(_operation, (Method*)_site.method(), _site.bci());
  Compile::current()->output()->add_stub(this);
}

static C2PerCpuStub* new_stub(const char* operation, const C2PerCpuSite& site, address slow_stub, Register result,
                              Register index, Register tmp) {
  return new (Compile::current()->comp_arena()) C2PerCpuStub(operation, site, slow_stub, result, index, tmp);
}

void C2PerCpu::keep(C2_MacroAssembler* masm, jobject owner) {
  // To be in the table of oops is enough, also for the unloading of code.
  masm->oop_recorder()->find_index(owner);
}

void C2PerCpu::load_add_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                              Register address, RegisterOrConstant delta,
                              Register words, Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("load_add_store", site, PerCpuStubs::slow_load_add_store(), noreg, index, tmp)
      ->with(address)->with(delta);
  stub->add(masm, PerCpuAssembler::load_add_store(masm, C2PerCpuStub::in_scratch(), address, delta,
                                                  words, index, tmp, stub->entry()));
}

void C2PerCpu::load_add_double_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                     Register address, Register delta,
                                     Register words, Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("load_add_double_store", site, PerCpuStubs::slow_load_add_double_store(), noreg,
                                index, tmp)
      ->with(address)->with(delta);
  stub->add(masm, PerCpuAssembler::load_add_double_store(masm, C2PerCpuStub::in_scratch(), address, delta,
                                                         words, index, tmp, stub->entry()));
}

void C2PerCpu::get_and_add(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                           Register result, Register address, Register delta,
                           Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("get_and_add", site, PerCpuStubs::slow_get_and_add(), result, index, tmp)
      ->with(address)->with(delta);
  stub->add(masm, PerCpuAssembler::get_and_add(masm, C2PerCpuStub::in_scratch(), result, address, delta,
                                               index, tmp, stub->entry()));
}

void C2PerCpu::compare_and_exchange(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                    Register result, Register address,
                                    Register expect, Register newv, Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("compare_and_exchange", site,
                                PerCpuStubs::slow_compare_and_exchange(), result, index, tmp)
      ->with(address)->with(expect)->with(newv);
  stub->add(masm, PerCpuAssembler::compare_and_exchange(masm, C2PerCpuStub::in_scratch(), result, address,
                                                        expect, newv, index, tmp, stub->entry()));
}

void C2PerCpu::load_cbne_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                               Register result, Register slot, Register address,
                               Register expect, Register newv, Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("load_cbne_store", site,
                                PerCpuStubs::slow_load_cbne_store(), result, index, tmp)
      ->with(slot)->with(address)->with(expect)->with(newv);
  stub->add(masm, PerCpuAssembler::load_cbne_store(masm, C2PerCpuStub::in_scratch(), result, slot, address,
                                                   expect, newv, index, tmp, stub->entry()));
}

void C2PerCpu::load_cbeq_store_add_load_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                              Register result, Register slot,
                                              Register address, Register expect_not, Register next_offset,
                                              Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("load_cbeq_store_add_load_store", site,
                                PerCpuStubs::slow_load_cbeq_store_add_load_store(), result, index, tmp)
      ->with(slot)->with(address)->with(expect_not)->with(next_offset);
  stub->add(masm, PerCpuAssembler::load_cbeq_store_add_load_store(masm, C2PerCpuStub::in_scratch(), result, slot,
                                                                  address, expect_not, next_offset,
                                                                  index, tmp, stub->entry()));
}

void C2PerCpu::load_cbne_load_cbne_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                         Register result, Register slot, Register address,
                                         Register expect, Register address2, Register expect2, Register newv,
                                         Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("load_cbne_load_cbne_store", site,
                                PerCpuStubs::slow_load_cbne_load_cbne_store(), result, index, tmp)
      ->with(slot)->with(address)->with(expect)->with(address2)->with(expect2)->with(newv);
  stub->add(masm, PerCpuAssembler::load_cbne_load_cbne_store(masm, C2PerCpuStub::in_scratch(), result, slot,
                                                             address, expect, address2, expect2, newv,
                                                             index, tmp, stub->entry()));
}

// One node for both forms, so the commit is always a release.
void C2PerCpu::load_cbne_store_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                     Register result, Register slot, Register address,
                                     Register expect, Register address2, Register newv2, Register newv,
                                     Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("load_cbne_store_store", site,
                                PerCpuStubs::slow_load_cbne_store_store(), result, index, tmp)
      ->with(slot)->with(address)->with(expect)->with(address2)->with(newv2)->with(newv);
  stub->add(masm, PerCpuAssembler::load_cbne_store_store(masm, C2PerCpuStub::in_scratch(), true, result, slot,
                                                         address, expect, address2, newv2, newv,
                                                         index, tmp, stub->entry()));
}

void C2PerCpu::load_cbne_memcpy_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                      Register result, Register slot, Register address,
                                      Register expect, Register dst, Register src, Register length, Register newv,
                                      Register index, Register tmp) {
  C2PerCpuStub* stub = new_stub("load_cbne_memcpy_store", site,
                                PerCpuStubs::slow_load_cbne_memcpy_store(), result, index, tmp)
      ->with(slot)->with(address)->with(expect)->with(dst)->with(src)->with(length)->with(newv);
  stub->add(masm, PerCpuAssembler::load_cbne_memcpy_store(masm, C2PerCpuStub::in_scratch(), true, result, slot, address,
                                                          expect, dst, src, length, newv, index, tmp, stub->entry()));
}

#else

void C2PerCpu::keep(C2_MacroAssembler*, jobject) { ShouldNotReachHere(); }
void C2PerCpu::load_add_store(C2_MacroAssembler*, const C2PerCpuSite&, Register, RegisterOrConstant, Register,
                              Register, Register) { ShouldNotReachHere(); }
void C2PerCpu::load_add_double_store(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register,
                                     Register, Register) { ShouldNotReachHere(); }
void C2PerCpu::get_and_add(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register, Register,
                           Register) { ShouldNotReachHere(); }
void C2PerCpu::compare_and_exchange(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register, Register,
                                    Register, Register) { ShouldNotReachHere(); }
void C2PerCpu::load_cbne_store(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register, Register,
                               Register, Register, Register) { ShouldNotReachHere(); }
void C2PerCpu::load_cbeq_store_add_load_store(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register,
                                              Register, Register, Register, Register) { ShouldNotReachHere(); }
void C2PerCpu::load_cbne_load_cbne_store(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register,
                                         Register, Register, Register, Register, Register,
                                         Register) { ShouldNotReachHere(); }
void C2PerCpu::load_cbne_store_store(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register, Register,
                                     Register, Register, Register, Register, Register) { ShouldNotReachHere(); }
void C2PerCpu::load_cbne_memcpy_store(C2_MacroAssembler*, const C2PerCpuSite&, Register, Register, Register,
                                      Register, Register, Register, Register, Register, Register,
                                      Register) { ShouldNotReachHere(); }
void C2PerCpu::current_slot(C2_MacroAssembler*, Register) { ShouldNotReachHere(); }

#endif // RSEQ_CRITICAL_SECTIONS
