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

#include "classfile/vmIntrinsics.hpp"
#include "opto/addnode.hpp"
#include "opto/library_call.hpp"
#include "opto/memnode.hpp"
#include "opto/movenode.hpp"
#include "opto/mulnode.hpp"
#include "opto/perCpuNode.hpp"
#include "runtime/rseq.hpp"

// C2 has no load-store but between memory barriers: loop transformations take
// one apart from its memory projection otherwise (partial peeling does), and
// Shenandoah's barrier expansion loses its way. This one orders raw memory only, so
// that loads of fields still move, and emits nothing.
void LibraryCallKit::percpu_barrier() {
  insert_mem_bar_volatile(Op_MemBarCPUOrder, Compile::AliasIdxRaw);
}

// Of interest is whose bytecode an operation is done for, and not what is inlined between.
static JVMState* caller_of_library(JVMState* jvms) {
  static const char* const library[] = { "jdk/internal/percpu/", "jdk/incubator/percpu/", "java/util/concurrent/" };
  for (; jvms->caller() != nullptr; jvms = jvms->caller()) {
    ciSymbol* const holder = jvms->method()->holder()->name();
    bool in_library = false;
    for (const char* package : library) {
      in_library = in_library || holder->starts_with(package, (int)strlen(package));
    }
    if (!in_library) {
      break;
    }
  }
  return jvms;
}

//----------------------------inline_percpu------------------------------------
// static operations of jdk.internal.percpu.Rseq:
//   void loadAddStore(Object owner, long address, long delta)
//   void loadAddDoubleStore(Object owner, long address, long delta)
//   long getAndAdd(Object owner, long address, long delta)
//   long compareAndExchange(Object owner, long address, long expect, long newv)
// and, with (Object owner, int slot, long address ...) before the rest,
//   int  loadCbneStore(long expect, long newv)
//   long loadCbeqStoreAddLoadStore(long expectNot, long nextOffset)
//   int  loadCbneLoadCbneStore(long expect, long address2, long expect2, long newv)
//   int  loadCbneStoreStore[Release](long expect, long address2, long newv2, long newv)
//   int  loadCbneMemcpyStore[Release](long expect, long dst, long src, long length, long newv)
bool LibraryCallKit::inline_percpu(vmIntrinsics::ID id) {
  assert(callee()->is_static(), "no receiver");
  if (id == vmIntrinsics::_percpu_currentSlot) {
    return inline_percpu_current_slot();
  }
  Node* owner = argument(0);
  const bool names_slot = callee()->signature()->type_at(1)->basic_type() == T_INT;
  const int at = names_slot ? 2 : 1;
  Node* slot = names_slot ? argument(1) : nullptr;
  Node* adr = basic_plus_adr(top(), _gvn.transform(new CastX2PNode(ConvL2X(argument(at)))), MakeConX(0));
  switch (id) {
    case vmIntrinsics::_percpu_loadCbneStoreStoreRelease:
    case vmIntrinsics::_percpu_loadCbneMemcpyStoreRelease:
      // What these publish may be anywhere. The commit is a store-release.
      insert_mem_bar(Op_MemBarCPUOrder);
      break;
    default:
      break;
  }
  percpu_barrier();
  Node* mem = memory(Compile::AliasIdxRaw);

  PerCpuLoadStoreNode* op = nullptr;
  switch (id) {
    case vmIntrinsics::_percpu_loadAddStore:
      op = new PerCpuAddNode(control(), mem, adr, argument(at + 2), owner,
                             _gvn.transform(new AndLNode(argument(at), longcon(-Rseq::group_size))));
      break;
    case vmIntrinsics::_percpu_loadAddDoubleStore:
      op = new PerCpuAddDoubleNode(control(), mem, adr, argument(at + 2), owner,
                                   _gvn.transform(new AndLNode(argument(at), longcon(-Rseq::group_size))));
      break;
    case vmIntrinsics::_percpu_getAndAdd:
      op = new PerCpuGetAndAddNode(control(), mem, adr, argument(at + 2), owner);
      break;
    case vmIntrinsics::_percpu_compareAndExchange:
      op = new PerCpuCompareAndExchangeNode(control(), mem, adr, argument(at + 2), argument(at + 4), owner);
      break;
    case vmIntrinsics::_percpu_loadCbneStore:
      op = new PerCpuCbneStoreNode(control(), mem, adr, slot, argument(at + 2), argument(at + 4), owner);
      break;
    case vmIntrinsics::_percpu_loadCbeqStoreAddLoadStore:
      op = new PerCpuCbeqStoreAddLoadStoreNode(control(), mem, adr, slot, argument(at + 2), argument(at + 4), owner);
      break;
    case vmIntrinsics::_percpu_loadCbneLoadCbneStore:
      op = new PerCpuCbneCbneStoreNode(control(), mem, adr, slot, argument(at + 2), argument(at + 4),
                                       argument(at + 6), argument(at + 8), owner);
      break;
    case vmIntrinsics::_percpu_loadCbneStoreStore:
    case vmIntrinsics::_percpu_loadCbneStoreStoreRelease:
      op = new PerCpuCbneStoreStoreNode(control(), mem, adr, slot, argument(at + 2), argument(at + 4),
                                        argument(at + 6), argument(at + 8), owner);
      break;
    case vmIntrinsics::_percpu_loadCbneMemcpyStore:
    case vmIntrinsics::_percpu_loadCbneMemcpyStoreRelease:
      op = new PerCpuCbneMemcpyStoreNode(control(), mem, adr, slot, argument(at + 2), argument(at + 4),
                                         argument(at + 6), argument(at + 8), argument(at + 10), owner);
      break;
    default:
      fatal_unexpected_iid(id);
  }
  JVMState* const site = caller_of_library(jvms());
  op->set_site(_gvn.makecon(TypeMetadataPtr::make(site->method())), intcon(site->bci()));
  Node* result = _gvn.transform(op);
  set_memory(_gvn.transform(new SCMemProjNode(result)), Compile::AliasIdxRaw);
  percpu_barrier();
  if (callee()->return_type()->basic_type() != T_VOID) {
    set_result(result);
  }
  return true;
}

// static int currentSlot()
bool LibraryCallKit::inline_percpu_current_slot() {
  Node* thread = _gvn.transform(new ThreadLocalNode());
  percpu_barrier();
  Node* mem = memory(Compile::AliasIdxRaw);
  Node* result = _gvn.transform(new PerCpuCurrentSlotNode(control(), mem, thread, intcon(0)));
  set_memory(_gvn.transform(new SCMemProjNode(result)), Compile::AliasIdxRaw);
  percpu_barrier();
  set_result(result);
  return true;
}
