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

#include "code/rseqDescriptors.hpp"
#include "jfr/jfrEvents.hpp"
#include "jfr/periodic/jfrPerCpuEvents.hpp"
#include "memory/resourceArea.hpp"
#include "runtime/safepointVerifiers.hpp"
#include "utilities/growableArray.hpp"

// A program that aborts has few hot sections; the others are of no interest.
static const int most_sections = 32;

void JfrPerCpuEvents::send_section_aborts() {
  ResourceMark rm;
  GrowableArray<RseqSectionCounts> sections;
  // The methods cannot go away before this thread is at a safepoint.
  NoSafepointVerifier nsv;
  RseqDescriptors::count_sections(&sections);
  for (int i = 0; i < sections.length() && i < most_sections && sections.at(i).aborts > 0; i++) {
    const RseqSectionCounts& section = sections.at(i);
    EventPerCpuSectionAborts event;
    event.set_operation(section.operation);
    event.set_method(section.method);
    event.set_bci(section.bci);
    event.set_compiledMethod(section.compiled_in);
    event.set_address((u8)section.start);
    event.set_aborts(section.aborts);
    event.set_givenUp(section.given_up);
    event.commit();
  }
}
