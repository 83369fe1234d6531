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

#ifndef CPU_AARCH64_RSEQ_AARCH64_HPP
#define CPU_AARCH64_RSEQ_AARCH64_HPP

#include "utilities/globalDefinitions.hpp"

// What restartable sequences need to know of this CPU, outside the assembler.
class RseqPD {
 public:
  // Stands before each abort handler; the same that glibc registers with. An
  // instruction (brk #0x45e0), so it does not depend on the byte order of data.
  static const uint32_t signature = 0xd428bc00;

  static const int trampoline_size = 8;

  // ldr x8, target; br x8: an abort goes on in the code that was aborted, whose
  // address may change while the trampoline's may not. Sections lose x8.
  static void write_trampoline(address at, address target_word) {
    const int64_t distance = target_word - at;
    assert(distance % 4 == 0 && -(1 << 20) <= distance && distance < (1 << 20), "a literal near it");
    const uint32_t code[] = { 0x58000008u | ((uint32_t)(distance / 4) & 0x7ffff) << 5, 0xd61f0100u };
    memcpy(at, code, sizeof(code));
  }

  // Not measured yet.
  static bool are_atomics_slow() { return false; }

  static address thread_pointer() {
    address tp;
    __asm__ ("mrs %0, tpidr_el0" : "=r" (tp));
    return tp;
  }
};

#endif // CPU_AARCH64_RSEQ_AARCH64_HPP
