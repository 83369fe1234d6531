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

#ifndef OS_LINUX_RSEQ_LINUX_HPP
#define OS_LINUX_RSEQ_LINUX_HPP

#include "memory/allStatic.hpp"
#include "utilities/globalDefinitions.hpp"

class outputStream;

// Restartable sequences (rseq(2)): the process decides once, before any code is
// generated, whose rseq area its threads use and what indexes per-CPU data.
// Every area lies at one distance from the thread pointer, or from the JavaThread
// if the VM registers it, so that compiled code reaches it with one constant.
class Rseq : public AllStatic {
  enum class Source {
    none,    // striped atomics
    glibc,   // glibc >= 2.35 registers every thread
    symbol,  // an early adopter's __rseq_abi
    jvm      // an area in each JavaThread
  };

  static Source _source;
  static const char* _reason;  // why there is none
  static int _reason_errno;
  static int _area_offset;
  static int _index_offset;    // of cpu_id or mm_cid, in the area
  static int _slots;
  static uint64_t _aborts_of_exited;
  static uint64_t _overflows_of_exited;
  static volatile int _membarrier;  // 1 registered, 0 not yet tried, -1 there is none
  static int _flaws;           // of the kernel: RseqFlaws

  static bool adopt_glibc();
  static bool adopt_symbol();
  static bool register_own();
  static bool has_mm_cid();
  static bool is_trusted();
  static void choose_index();
  static void choose_fence();
  static bool register_membarrier();
  static address current_area();
  static void print_flaws_on(outputStream* st);
  static void disable(const char* reason, int error);

 public:
  static const int stride_shift = 16;  // a slot's copy of an arena is 64 KiB

  static void initialize();
  static bool is_enabled() { return _source != Source::none; }

  // Each thread that may run Java calls these on itself. A thread whose
  // registration fails works on the overflow slot.
  static void attach_current_thread();
  static void detach_current_thread();

  // For the emitters: distances from the thread pointer or from the JavaThread.
  static bool area_is_in_java_thread() { return _source == Source::jvm; }
  static int area_offset() { return _area_offset; }
  static int cpu_id_offset();   // negative while the thread is not registered
  static int rseq_cs_offset();
  static int index_offset();    // valid only if cpu_id is not negative
  static bool index_is_cpu_id();

  // One for each possible CPU, and the overflow slot, which is the last.
  static int slots() { return _slots; }

  // Variables lie in arenas:
  //   overflow slot | slot 0 | slot 1 | ... | no access
  // The address of a variable is that of its copy in slot 0. A section finds its slot by
  // an index of 16 bits. Above the last slot it faults before it has changed anything.
  static int overflow_offset() { return -(1 << stride_shift); }

  // A variable's exclusive word is a long where the 64 bytes begin in which the variable
  // is. 0, or the sign bit: then critical sections keep off this slot of all variables
  // there.
  static const int group_size = 64;

  // The address of slot 0 of a new arena, zeroed; null if there is no memory.
  static address reserve_arena();
  static void release_arena(address slot0);

  // Makes every thread abort or leave the critical section that it is in, and
  // is a full memory barrier on all of them. False if the kernel can not: then a
  // handshake with all Java threads does it.
  static bool fence();

  // Whether an atomic instruction that nobody contends for costs this CPU
  // several times what a section does.
  static bool are_atomics_slow();

  // Whether the process may not have all addresses that it asks for: an arena takes 4 GB,
  // most of which nobody can use.
  static bool is_address_space_limited();

  // Makes reserved memory usable, such that each slot takes only the pages it
  // touches; false if there is none.
  static bool commit_arena(char* base, size_t size);

  // How many sections aborted, and how many operations went to the overflow slot.
  static void count(uint64_t* aborts, uint64_t* overflows);

  static void print_on(outputStream* st);

  // For hs_err: says so if the fault is that of a section whose index is above the
  // last slot.
  static void print_fault_on(outputStream* st, const void* siginfo, const void* context);
};

#endif // OS_LINUX_RSEQ_LINUX_HPP
