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

#ifndef SHARE_RUNTIME_RSEQ_HPP
#define SHARE_RUNTIME_RSEQ_HPP

#include "utilities/globalDefinitions.hpp"
#include "utilities/macros.hpp"

// Restartable sequences: whether this process can use them, and each thread's
// registration with the kernel. See os/linux/rseq_linux.hpp for the interface.

// What is known of an OS and of a CPU is there for these platforms. Not tried with musl.
#if defined(LINUX) && !defined(MUSL_LIBC) && !defined(ZERO) && (defined(AMD64) || defined(AARCH64))
#define RSEQ_CRITICAL_SECTIONS
#endif

#ifdef RSEQ_CRITICAL_SECTIONS
#include OS_HEADER(rseq)
#else

#include "memory/allStatic.hpp"
#include "runtime/os.hpp"
#include "utilities/ostream.hpp"

class Rseq : public AllStatic {
 public:
  static const int stride_shift = 16;

  static void initialize() {}
  static bool is_enabled() { return false; }
  static void attach_current_thread() {}
  static void detach_current_thread() {}
  static int slots() { return os::processor_count() + 1; }
  static int overflow_offset() { return -(1 << stride_shift); }
  static const int group_size = 64;
  static address reserve_arena();
  static void release_arena(address slot0);
  static bool fence() { return false; }
  static bool are_atomics_slow() { return false; }
  static bool is_address_space_limited() { return false; }
  static bool commit_arena(char* base, size_t size) { return os::commit_memory(base, size, !ExecMem); }
  static void count(uint64_t* aborts, uint64_t* overflows) { *aborts = 0; *overflows = 0; }
  static void print_on(outputStream* st) { st->print("rseq: none: no critical sections on this platform; striped atomics, %d slots", slots()); }
  static void print_fault_on(outputStream* st, const void* siginfo, const void* context) {}
};

inline address Rseq::reserve_arena() {
  const size_t size = (size_t)slots() << stride_shift;
  char* const base = os::reserve_memory(size, mtPerCpu);
  if (base == nullptr) {
    return nullptr;
  }
  if (!commit_arena(base, size)) {
    os::release_memory(base, size);
    return nullptr;
  }
  return (address)base - overflow_offset();
}

inline void Rseq::release_arena(address slot0) {
  os::release_memory((char*)slot0 + overflow_offset(), (size_t)slots() << stride_shift);
}

#endif // RSEQ_CRITICAL_SECTIONS

#endif // SHARE_RUNTIME_RSEQ_HPP
