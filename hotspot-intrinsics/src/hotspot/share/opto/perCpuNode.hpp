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

// Operations of jdk.internal.percpu.Rseq: load-stores on the raw memory slice,
// like GetAndAddL on an off-heap address. Memory ordering is relaxed.
//
// The owner is the object whose reachability keeps the memory at the address
// alive. It is an input and so is live, and in every safepoint's oop map, until
// the operation is done. Nothing is emitted for it. Without this edge the load
// of the address out of the owner could move over a safepoint, where the owner
// dies and its memory is given to somebody else.
//
// The method and the index of the bytecode that it is done for are constants,
// which people who look at the section are told.

class PerCpuLoadStoreNode : public LoadStoreNode {
 public:
  enum {
    Owner = MemNode::ValueIn + 1,
    SiteMethod,
    SiteBci,
    Extra1,
    Extra2,
    Extra3,
    Extra4,
    Extra5
  };

  PerCpuLoadStoreNode(Node* c, Node* mem, Node* adr, Node* val, Node* owner, const Type* t, uint required)
    : LoadStoreNode(c, mem, adr, val, TypeRawPtr::BOTTOM, t, required) {
    init_class_id(Class_PerCpuLoadStore);
    init_req(Owner, owner);
  }
  virtual uint size_of() const { return sizeof(*this); }

  Node* owner() const { return in(Owner); }

  // Before it is transformed.
  void set_site(Node* method, Node* bci) {
    init_req(SiteMethod, method);
    init_req(SiteBci, bci);
  }

  // For the matcher, whose trees are binary: all inputs from ValueIn on become one.
  void pack_inputs_for_matching();
};

// v[this slot] += value
// The address of the exclusive word in slot 0 is an input so that it is computed once for
// the rounds of a loop, and at compile time if the variable is a constant.
class PerCpuAddNode : public PerCpuLoadStoreNode {
 public:
  PerCpuAddNode(Node* c, Node* mem, Node* adr, Node* delta, Node* owner, Node* exclusive_word)
    : PerCpuLoadStoreNode(c, mem, adr, delta, owner, TypeLong::LONG, Extra1 + 1) {
    init_req(Extra1, exclusive_word);
  }
  virtual int Opcode() const;
};

// v[this slot] += value, where both are the bits of doubles
class PerCpuAddDoubleNode : public PerCpuAddNode {
 public:
  PerCpuAddDoubleNode(Node* c, Node* mem, Node* adr, Node* delta, Node* owner, Node* exclusive_word)
    : PerCpuAddNode(c, mem, adr, delta, owner, exclusive_word) {}
  virtual int Opcode() const;
};

// The value before; v[this slot] += value
class PerCpuGetAndAddNode : public PerCpuLoadStoreNode {
 public:
  PerCpuGetAndAddNode(Node* c, Node* mem, Node* adr, Node* delta, Node* owner)
    : PerCpuLoadStoreNode(c, mem, adr, delta, owner, TypeLong::LONG, SiteBci + 1) {}
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

// The operations below name a slot; the answer is committed, not equal or moved
// unless they say something else.
class PerCpuNamedSlotNode : public PerCpuLoadStoreNode {
 protected:
  static const Type* status_type() { return TypeInt::make(0, 2, Type::WidenMin); }

 public:
  PerCpuNamedSlotNode(Node* c, Node* mem, Node* adr, Node* slot, Node* expect, Node* value, Node* owner,
                      const Type* t, uint required)
    : PerCpuLoadStoreNode(c, mem, adr, value, owner, t, required) {
    init_req(Extra1, expect);
    init_req(Extra2, slot);
  }
};

// v[slot] = value if it was expect
class PerCpuCbneStoreNode : public PerCpuNamedSlotNode {
 public:
  PerCpuCbneStoreNode(Node* c, Node* mem, Node* adr, Node* slot, Node* expect, Node* newv, Node* owner)
    : PerCpuNamedSlotNode(c, mem, adr, slot, expect, newv, owner, status_type(), Extra2 + 1) {}
  virtual int Opcode() const;
};

// The head v[slot] and, if it is not expect_not, v[slot] = *(head + next_offset)
class PerCpuCbeqStoreAddLoadStoreNode : public PerCpuNamedSlotNode {
 public:
  PerCpuCbeqStoreAddLoadStoreNode(Node* c, Node* mem, Node* adr, Node* slot, Node* expect_not, Node* next_offset,
                                  Node* owner)
    : PerCpuNamedSlotNode(c, mem, adr, slot, expect_not, next_offset, owner, TypeLong::LONG, Extra2 + 1) {}
  virtual int Opcode() const;
};

// v[slot] = value if it was expect and *address2 is expect2
class PerCpuCbneCbneStoreNode : public PerCpuNamedSlotNode {
 public:
  PerCpuCbneCbneStoreNode(Node* c, Node* mem, Node* adr, Node* slot, Node* expect, Node* address2, Node* expect2,
                          Node* newv, Node* owner)
    : PerCpuNamedSlotNode(c, mem, adr, slot, expect, newv, owner, status_type(), Extra4 + 1) {
    init_req(Extra3, address2);
    init_req(Extra4, expect2);
  }
  virtual int Opcode() const;
};

// *address2 = newv2 and v[slot] = value if it was expect
class PerCpuCbneStoreStoreNode : public PerCpuNamedSlotNode {
 public:
  PerCpuCbneStoreStoreNode(Node* c, Node* mem, Node* adr, Node* slot, Node* expect, Node* address2, Node* newv2,
                           Node* newv, Node* owner)
    : PerCpuNamedSlotNode(c, mem, adr, slot, expect, newv, owner, status_type(), Extra4 + 1) {
    init_req(Extra3, address2);
    init_req(Extra4, newv2);
  }
  virtual int Opcode() const;
};

// length bytes from src to dst and v[slot] = value if it was expect
class PerCpuCbneMemcpyStoreNode : public PerCpuNamedSlotNode {
 public:
  PerCpuCbneMemcpyStoreNode(Node* c, Node* mem, Node* adr, Node* slot, Node* expect, Node* dst, Node* src,
                            Node* length, Node* newv, Node* owner)
    : PerCpuNamedSlotNode(c, mem, adr, slot, expect, newv, owner, status_type(), Extra5 + 1) {
    init_req(Extra3, dst);
    init_req(Extra4, src);
    init_req(Extra5, length);
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
