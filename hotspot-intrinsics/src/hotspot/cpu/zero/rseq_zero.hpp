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

#ifndef CPU_ZERO_RSEQ_ZERO_HPP
#define CPU_ZERO_RSEQ_ZERO_HPP

#include "utilities/debug.hpp"
#include "utilities/globalDefinitions.hpp"

// No emitter of critical sections for this CPU: Rseq stays disabled.
class RseqPD {
 public:
  static const bool supported = false;
  static const uint32_t signature = 0;
  static const int exclusive_shift = 0;
  static const int negative_cpu_ids = 0;
  static const size_t exclusive_reach = 0;
  static const int exclusive_words = 0;
  static const int trampoline_size = 0;

  static void write_trampoline(address at, address target_word) { ShouldNotReachHere(); }
  static void write_distance(address at, address descriptor) { ShouldNotReachHere(); }
  static address thread_pointer() { ShouldNotReachHere(); return nullptr; }
};

#endif // CPU_ZERO_RSEQ_ZERO_HPP
