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

#include "asm/codeBuffer.hpp"
#include "asm/macroAssembler.hpp"
#include "code/codeBlob.hpp"
#include "code/relocInfo.hpp"
#include "code/rseqSections.hpp"
#include "memory/resourceArea.hpp"
#include "runtime/icache.hpp"
#include "runtime/perCpuStubs.hpp"
#include "runtime/rseq.hpp"
#include "runtime/stubCodeGenerator.hpp"
#include "utilities/debug.hpp"
#include "utilities/macros.hpp"

#define PERCPU_STUB_ENTRY(stub) address PerCpuStubs::_##stub = nullptr;
PERCPU_STUBS_DO(PERCPU_STUB_ENTRY)
#undef PERCPU_STUB_ENTRY

RseqSections* PerCpuStubs::_sections = nullptr;

#ifdef RSEQ_CRITICAL_SECTIONS

void PerCpuStubs::initialize() {
  if (!Rseq::is_enabled()) {
    return;
  }
  ResourceMark rm;
  BufferBlob* const blob = BufferBlob::create("PerCpuStubs", code_size);
  if (blob == nullptr) {
    vm_exit_out_of_memory(code_size, OOM_MALLOC_ERROR, "CodeCache: no room for PerCpuStubs");
  }
  CodeBuffer buffer(blob);
  short relocations[256];
  buffer.insts()->initialize_shared_locs((relocInfo*)relocations, sizeof(relocations) / sizeof(relocInfo));
  StubCodeGenerator generator(&buffer);
  generate(&generator);
  guarantee(buffer.insts_remaining() > 200, "increase PerCpuStubs::code_size");

  // They stay where they are. Until now their literals were 0, for those who have printed them, too.
  _sections = buffer.take_rseq_sections();
  RelocIterator iter(buffer.insts());
  while (iter.next()) {
    if (iter.type() == relocInfo::rseq_type) {
      iter.rseq_reloc()->set_value(_sections->literal(iter.rseq_reloc()));
    }
  }
  ICache::invalidate_range(buffer.insts()->start(), buffer.insts()->size());
  _sections->bind(buffer.insts()->start());
}

#else

void PerCpuStubs::initialize() {}

#endif // RSEQ_CRITICAL_SECTIONS

void percpu_stubs_init() {
  PerCpuStubs::initialize();
}
