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

#ifndef SHARE_RUNTIME_PERCPUSTUBS_HPP
#define SHARE_RUNTIME_PERCPUSTUBS_HPP

#include "memory/allStatic.hpp"
#include "runtime/perCpuOperations.hpp"
#include "utilities/globalDefinitions.hpp"

class RseqSections;
class StubCodeGenerator;

// The stubs of the operations on per-CPU data: null without rseq.
//
// They are in a blob of their own. Those of StubRoutines may be stored for another
// process, with what ours know only of this one: addresses of descriptors, the distance
// of the rseq area from the thread pointer, how many slots there are.
class PerCpuStubs : public AllStatic {
  friend class PerCpuStubGenerator;

#define PERCPU_STUB_ENTRY(stub) static address _##stub;
  PERCPU_STUBS_DO(PERCPU_STUB_ENTRY)
#undef PERCPU_STUB_ENTRY

  static RseqSections* _sections;

  // The CPU's.
  static const int code_size;
  static void generate(StubCodeGenerator* generator);

 public:
  static void initialize();

#define PERCPU_STUB_ENTRY(stub) static address stub() { return _##stub; }
  PERCPU_STUBS_DO(PERCPU_STUB_ENTRY)
#undef PERCPU_STUB_ENTRY
};

#endif // SHARE_RUNTIME_PERCPUSTUBS_HPP
