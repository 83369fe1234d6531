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

#ifndef SHARE_OPTO_PERCPUNODE_HPP
#define SHARE_OPTO_PERCPUNODE_HPP

#include "opto/memnode.hpp"

// Operations of jdk.internal.misc.PerCpu: load-stores on the raw memory slice,
// like GetAndAddL on an off-heap address. Memory ordering is relaxed.
//
// The owner is the object whose reachability keeps the memory at the address
// alive. It is an input and so is live, and in every safepoint's oop map, until
// the operation is done. Nothing is emitted for it. Without this edge the load
// of the address out of the owner could move over a safepoint, where the owner
// dies and its memory is given to somebody else.

class PerCpuLoadStoreNode : public LoadStoreNode {
 public:
  enum {
    Owner = MemNode::ValueIn + 1,
    Extra1,
    Extra2
  };

  PerCpuLoadStoreNode(Node* c, Node* mem, Node* adr, Node* val, Node* owner, const Type* t, uint required)
    : LoadStoreNode(c, mem, adr, val, TypeRawPtr::BOTTOM, t, required) {
    init_req(Owner, owner);
  }
  virtual uint size_of() const { return sizeof(*this); }

  // For the matcher, whose trees are binary: all inputs from ValueIn on become one.
  void pack_inputs_for_matching();
};

// v[this slot] += value
class PerCpuAddNode : public PerCpuLoadStoreNode {
 public:
  PerCpuAddNode(Node* c, Node* mem, Node* adr, Node* delta, Node* owner)
    : PerCpuLoadStoreNode(c, mem, adr, delta, owner, TypeLong::LONG, Owner + 1) {}
  virtual int Opcode() const;
};

// The value before; v[this slot] += value
class PerCpuGetAndAddNode : public PerCpuLoadStoreNode {
 public:
  PerCpuGetAndAddNode(Node* c, Node* mem, Node* adr, Node* delta, Node* owner)
    : PerCpuLoadStoreNode(c, mem, adr, delta, owner, TypeLong::LONG, Owner + 1) {}
  virtual int Opcode() const;
};

// The witness; v[this slot] = value if it was expect
class PerCpuCompareAndExchangeNode : public PerCpuLoadStoreNode {
 public:
  PerCpuCompareAndExchangeNode(Node* c, Node* mem, Node* adr, Node* expect, Node* newv, Node* owner)
    : PerCpuLoadStoreNode(c, mem, adr, newv, owner, TypeLong::LONG, Extra1 + 1) {
    init_req(Extra1, expect);
  }
  virtual int Opcode() const;
};

// committed, not equal or moved; v[slot] = value if it was expect and this thread runs there
class PerCpuCbneStoreNode : public PerCpuLoadStoreNode {
 public:
  PerCpuCbneStoreNode(Node* c, Node* mem, Node* adr, Node* slot, Node* expect, Node* newv, Node* owner)
    : PerCpuLoadStoreNode(c, mem, adr, newv, owner, TypeInt::make(0, 2, Type::WidenMin), Extra2 + 1) {
    init_req(Extra1, expect);
    init_req(Extra2, slot);
  }
  virtual int Opcode() const;
};

// Where this thread runs. A load-store on the thread, so that no two of them
// are taken for the same and none moves out of a loop.
class PerCpuCurrentSlotNode : public LoadStoreNode {
 public:
  PerCpuCurrentSlotNode(Node* c, Node* mem, Node* thread, Node* zero)
    : LoadStoreNode(c, mem, thread, zero, TypeRawPtr::BOTTOM, TypeInt::POS, MemNode::ValueIn + 1) {}
  virtual int Opcode() const;
};

#endif // SHARE_OPTO_PERCPUNODE_HPP
