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

#ifndef SHARE_CODE_RSEQSECTIONS_HPP
#define SHARE_CODE_RSEQSECTIONS_HPP

#include "memory/allocation.hpp"
#include "utilities/globalDefinitions.hpp"
#include "utilities/growableArray.hpp"

class nmethod;
class outputStream;
class RseqDescriptor;
class rseq_Relocation;

// The critical sections of one piece of code, by their numbers in it. It owns their
// descriptors.
//
//   CodeBuffer   adds them while their code is emitted
//   nmethod      takes them over; its literals (rseq_Relocation) are written when the
//                code comes to it, and the sections are bound when it is in its place
//   copy         another nmethod with the same code: sections of its own, which count
//                from 0
class RseqSections : public CHeapObj<mtCode> {
  GrowableArrayCHeap<RseqDescriptor*, mtCode> _descriptors;

  NONCOPYABLE(RseqSections);

 public:
  RseqSections() : _descriptors() {}

  // No thread is or will be in one of them, and their code is reused only after this.
  ~RseqSections();

  int length() const { return _descriptors.length(); }
  RseqDescriptor* at(int number) const { return _descriptors.at(number); }
  void add(RseqDescriptor* descriptor);

  // For a copy of the code; null if the code cache is full. The caller holds CodeCache_lock.
  RseqSections* copy() const;

  // What is to be written where that relocation is.
  address literal(const rseq_Relocation* relocation) const;

  // Lets them take effect, in code that starts there and has its literals.
  void bind(address code_begin) const;
  static void bind(const nmethod* nm);

  // Stops the VM if code arms anything but its own sections.
  static void verify(nmethod* nm);

  // For a disassembly: what is in [from, to).
  static void print_labels_on(outputStream* st, const nmethod* nm, address from, address to);
};

#endif // SHARE_CODE_RSEQSECTIONS_HPP
