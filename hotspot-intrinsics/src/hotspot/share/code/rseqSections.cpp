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
#include "code/codeBlob.hpp"
#include "code/codeCache.hpp"
#include "code/nmethod.hpp"
#include "code/relocInfo.hpp"
#include "code/rseqDescriptors.hpp"
#include "code/rseqSections.hpp"
#include "runtime/mutexLocker.hpp"
#include "utilities/debug.hpp"
#include "utilities/ostream.hpp"

RseqSections::~RseqSections() {
  RseqDescriptors::release(_descriptors);
}

void RseqSections::add(RseqDescriptor* descriptor) {
  descriptor->info()->set_number(length());
  _descriptors.append(descriptor);
}

RseqSections* RseqSections::copy() const {
  assert_lock_strong(CodeCache_lock);
  RseqSections* const sections = new RseqSections();
  for (const RseqDescriptor* original : _descriptors) {
    RseqDescriptor* const descriptor = RseqDescriptors::allocate_locked(original->length());
    if (descriptor == nullptr) {
      delete sections;
      return nullptr;
    }
    descriptor->info()->set_like(original->info());
    sections->add(descriptor);
  }
  return sections;
}

address RseqSections::literal(const rseq_Relocation* relocation) const {
  RseqDescriptor* const descriptor = at(relocation->section());
  switch (relocation->literal()) {
    case rseq_Relocation::descriptor: return (address)descriptor;
    case rseq_Relocation::trampoline: return (address)(uintptr_t)descriptor->abort_ip();
    case rseq_Relocation::counts:     return descriptor->info()->stripes_address();
    case rseq_Relocation::info:       return (address)descriptor->info();
  }
  ShouldNotReachHere();
  return nullptr;
}

void RseqSections::bind(address code_begin) const {
  for (RseqDescriptor* descriptor : _descriptors) {
    RseqDescriptors::bind(descriptor, code_begin);
  }
}

void RseqSections::bind(const nmethod* nm) {
  if (nm->rseq_sections() != nullptr) {
    nm->rseq_sections()->bind(nm->code_begin());
  }
}

void RseqSections::verify(nmethod* nm) {
  RelocIterator iter(nm);
  while (iter.next()) {
    if (iter.type() == relocInfo::rseq_type) {
      iter.rseq_reloc()->verify(nm);
    }
  }
}

void RseqSections::print_labels_on(outputStream* st, const nmethod* nm, address from, address to) {
  if (nm->rseq_sections() != nullptr) {
    for (const RseqDescriptor* descriptor : nm->rseq_sections()->_descriptors) {
      RseqDescriptors::print_labels_on(st, descriptor, from, to);
    }
  }
}

// ---- the relocation of a section's literal

// Null in a buffer.
static const nmethod* nmethod_at(address pc) {
  const CodeBlob* const blob = CodeCache::find_blob(pc);
  return (blob == nullptr) ? nullptr : blob->as_nmethod_or_null();
}

void rseq_Relocation::pack_data_to(CodeSection* dest) {
  short* p = (short*)dest->locs_end();
  p = pack_1_int_to(p, (_section << literal_width) | _literal);
  dest->set_locs_end((relocInfo*)p);
}

void rseq_Relocation::unpack_data() {
  const jint data = unpack_1_int();
  _section = data >> literal_width;
  _literal = (Literal)(data & right_n_bits(literal_width));
}

const RseqSections* rseq_Relocation::sections_of(const nmethod* nm) const {
  const RseqSections* const sections = nm->rseq_sections();
  guarantee(sections != nullptr && _section < sections->length(),
            "code at " PTR_FORMAT " came without its section %d", p2i(nm->code_begin()), _section);
  return sections;
}

address rseq_Relocation::value() {
  return sections_of(nmethod_at(addr()))->literal(this);
}

void rseq_Relocation::fix_relocation_after_move(const CodeBuffer* src, CodeBuffer* dest) {
  const nmethod* const nm = nmethod_at(addr());
  assert(nm != nullptr || dest->blob() != nullptr, "no blob but an nmethod is moved with its sections");
  if (nm != nullptr) {
    set_value(sections_of(nm)->literal(this));
  }
}

void rseq_Relocation::verify(const nmethod* nm) {
  const RseqSections* const sections = sections_of(nm);
  const address start = (address)(uintptr_t)sections->at(_section)->start_ip();
  guarantee(nm->code_contains(start), "section %d of the code at " PTR_FORMAT " starts at " PTR_FORMAT,
            _section, p2i(nm->code_begin()), p2i(start));
  const address found = pd_get_address_from_code();
  guarantee(found == sections->literal(this), "literal %d of section %d is " PTR_FORMAT " and not " PTR_FORMAT,
            (int)_literal, _section, p2i(found), p2i(sections->literal(this)));
}
