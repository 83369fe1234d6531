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

#include "c1/c1_Compilation.hpp"
#include "c1/c1_FrameMap.hpp"
#include "c1/c1_Instruction.hpp"
#include "c1/c1_LIRAssembler.hpp"
#include "c1/c1_LIRGenerator.hpp"
#include "c1/c1_ValueStack.hpp"
#include "classfile/vmIntrinsics.hpp"
#include "runtime/perCpuOperations.hpp"
#include "runtime/perCpuStubs.hpp"

#ifdef ASSERT
#define __ gen()->lir(__FILE__, __LINE__)->
#else
#define __ gen()->lir()->
#endif

static address stub_of(vmIntrinsics::ID id) {
  switch (id) {
#define PERCPU_CASE(method, stub) case vmIntrinsics::_percpu_##method: return PerCpuStubs::stub();
  PERCPU_OPERATIONS_DO(PERCPU_CASE)
#undef PERCPU_CASE
  default:
    ShouldNotReachHere();
    return nullptr;
  }
}

// An operation of jdk.internal.percpu.Rseq: a leaf call of its stub with all
// arguments but the first, which is the owner of the memory. The owner is on the
// expression stack of the state before, so every safepoint up to here has it in
// its debug information, and an intrinsic that is pinned does not move.
void LIRGenerator::do_percpu(Intrinsic* x) {
  if (x->id() == vmIntrinsics::_percpu_currentSlot) {
    do_RuntimeCall(PerCpuStubs::current_slot(), x);
    return;
  }
  LIRItem owner(x->argument_at(0), this);
  owner.load_item();

  BasicTypeList signature;
  LIRItemList items;
  for (int i = 1; i < x->number_of_arguments(); i++) {
    items.append(new LIRItem(x->argument_at(i), this));
    signature.append(as_BasicType(x->argument_at(i)->type()));
  }
  CallingConvention* cc = frame_map()->c_calling_convention(&signature);
  for (int i = 0; i < items.length(); i++) {
    LIR_Opr loc = cc->at(i);
    if (loc->is_address()) {
      items.at(i)->load_item();
      __ move(items.at(i)->result(), loc->as_address_ptr());
    } else {
      items.at(i)->load_item_force(loc);
    }
  }
  const bool has_result = !x->type()->is_void();
  const LIR_Opr result_reg = has_result ? result_register_for(x->type()) : LIR_OprFact::illegalOpr;
  __ call_runtime_leaf(stub_of(x->id()), getThreadTemp(), result_reg, cc->args());
  if (has_result) {
    __ move(result_reg, rlock_result(x));
  } else {
    set_no_result(x);
  }
}

#undef __
