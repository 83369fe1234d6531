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

#ifndef SHARE_CODE_RSEQSECTIONINFO_HPP
#define SHARE_CODE_RSEQSECTIONINFO_HPP

#include "utilities/globalDefinitions.hpp"
#include "utilities/sizes.hpp"

class Method;
class outputStream;
class RseqDescriptor;

// What belongs to a descriptor's section and what neither the kernel nor the
// CPU has to do with: where it leads to, whose it is, and how it fared.
class RseqSectionInfo {
  friend class RseqDescriptor;
  friend class RseqDescriptors;
  friend class VMStructs;

  // Emitted code adds to these counts where nothing is fast any more. Threads on some CPUs share
  // a stripe, which is a cache line: one for all would make aborts on many CPUs slower.
  struct Stripe {
    volatile uint64_t aborts;
    volatile uint64_t given_up;  // how often the operation was done without a section
  };

  static int _stripe_count;
  address _stripes;             // never changes

  const char* _operation;
  Method*  _method;             // that has the bytecode and lives as long as the section's code; null in a stub
  int      _bci;

  // In the code buffer, and in the code from the same begin on; negative if there is none.
  int _arm_offset;      // of the instruction that arms it
  int _start_offset;
  int _commit_offset;   // of the instruction that commits
  int _abort_offset;    // of the abort handler
  int _slow_offset;     // where the section is left that can not be used
  int _done_offset;     // where it is left with an answer before its commit, if not for its end

  int _number;            // among the sections of its code
  RseqDescriptor* _next;  // of the free ones

  void clear();
  uint64_t sum(ByteSize count) const;

 public:
  void set_origin(const char* operation, Method* method, int bci) {
    _operation = operation;
    _method = method;
    _bci = bci;
  }

  address stripes_address() const     { return _stripes; }

  void set_steps(int arm_offset, int start_offset, int commit_offset) {
    _arm_offset = arm_offset;
    _start_offset = start_offset;
    _commit_offset = commit_offset;
  }
  void set_abort_offset(int offset)   { _abort_offset = offset; }
  void set_slow_offset(int offset)    { _slow_offset = offset; }
  void set_done_offset(int offset)    { _done_offset = offset; }
  void set_number(int number)         { _number = number; }
  int number() const                  { return _number; }

  // The same section in a copy of the code: all but the counts and the number.
  void set_like(const RseqSectionInfo* other);

  uint64_t aborts() const   { return sum(aborts_offset()); }
  uint64_t given_up() const { return sum(given_up_offset()); }

  // The operation, and of which method.
  void print_on(outputStream* st) const;

  // The stripe of a slot is the index's lowest bits.
  static const int stripe_shift = 6;
  static int stripes();

  static ByteSize stripes_offset()  { return byte_offset_of(RseqSectionInfo, _stripes); }
  static ByteSize aborts_offset()   { return byte_offset_of(Stripe, aborts); }
  static ByteSize given_up_offset() { return byte_offset_of(Stripe, given_up); }
};

#endif // SHARE_CODE_RSEQSECTIONINFO_HPP
