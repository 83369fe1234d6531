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

#include "code/rseqSectionInfo.hpp"
#include "memory/resourceArea.hpp"
#include "oops/method.hpp"
#include "runtime/atomicAccess.hpp"
#include "runtime/rseq.hpp"
#include "utilities/ostream.hpp"
#include "utilities/powerOfTwo.hpp"

int RseqSectionInfo::_stripe_count = 0;

// A power of two, and not less than there are CPUs, up to a limit. Known once rseq is. At
// least two, because a mask of zero is no immediate of aarch64's.
int RseqSectionInfo::stripes() {
  if (_stripe_count == 0) {
    _stripe_count = round_up_power_of_2(clamp(Rseq::slots() - 1, 2, 8));
  }
  return _stripe_count;
}

void RseqSectionInfo::clear() {
  memset(_stripes, 0, (size_t)stripes() << stripe_shift);
  set_origin("?", nullptr, -1);
  set_steps(-1, -1, -1);
  _abort_offset = -1;
  _slow_offset = -1;
  _done_offset = -1;
  _number = -1;
  _next = nullptr;
}

void RseqSectionInfo::set_like(const RseqSectionInfo* other) {
  set_origin(other->_operation, other->_method, other->_bci);
  set_steps(other->_arm_offset, other->_start_offset, other->_commit_offset);
  _abort_offset = other->_abort_offset;
  _slow_offset = other->_slow_offset;
  _done_offset = other->_done_offset;
}

uint64_t RseqSectionInfo::sum(ByteSize count) const {
  uint64_t sum = 0;
  for (int i = 0; i < stripes(); i++) {
    sum += AtomicAccess::load((volatile uint64_t*)(_stripes + ((size_t)i << stripe_shift) + in_bytes(count)));
  }
  return sum;
}

void RseqSectionInfo::print_on(outputStream* st) const {
  st->print("%s", _operation);
  if (_method == nullptr) {
    st->print(" in PerCpuStubs");
  } else if (Method::is_valid_method(_method)) {
    ResourceMark rm;
    st->print(" in %s @ %d", _method->external_name(), _bci);
  }
}
