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

#ifndef SHARE_CODE_RSEQDESCRIPTORS_HPP
#define SHARE_CODE_RSEQDESCRIPTORS_HPP

#include "code/rseqSectionInfo.hpp"
#include "memory/allStatic.hpp"
#include "utilities/checkedCast.hpp"
#include "utilities/globalDefinitions.hpp"

class Method;
class outputStream;
template <typename E> class GrowableArray;
template <typename E> class GrowableArrayView;

// A critical section's descriptor together with its abort trampoline.
//
// The kernel clears a thread's rseq_cs pointer lazily: a thread may point to
// the descriptor of a section that it left long ago, and whenever it is
// preempted the kernel reads that descriptor, follows abort_ip, and kills the
// process if what it finds is not well-formed. It does so without holding
// anything that user space could wait for: it may have read the pointer, or
// half of the descriptor, before the thread was itself descheduled in the
// kernel. So descriptors and the signature before the abort handler can not
// share the fate of an nmethod, whose memory is reused.
//
// They live here instead, in code blobs that are never freed, and stay
// well-formed for ever:
//
//   version, flags, post_commit_offset, abort_ip, signature   never change
//   start_ip                          one 8-byte store each time
//   target, where the trampoline goes one 8-byte store each time
//
// A descriptor is bound to a section when its nmethod is in place and unbound,
// start_ip pointing where no code ever runs, before the nmethod's memory can be
// reused. Free descriptors are kept by their post_commit_offset, and used again
// only for a section of the same length. Whatever mixture of old and new the
// kernel reads, it is then the extent of some section S of an nmethod that was
// alive while the kernel had the thread. If the thread's pc lies in S, the
// thread has a frame in S's nmethod and has armed S; if not, nothing happens.
// No thread's rseq_cs needs to be looked at, not even that of a thread that has
// detached from the VM since.
//
// What else belongs to a section, and what is counted for it, is in its
// RseqSectionInfo: emitted code writes to that, and writes beside code are slow.
class RseqDescriptor {
  friend class RseqDescriptors;
  friend class VMStructs;

  // struct rseq_cs of linux/rseq.h
  uint32_t _version;
  uint32_t _flags;
  volatile uint64_t _start_ip;
  uint64_t _post_commit_offset;
  uint64_t _abort_ip;

  volatile address _target;    // where the trampoline jumps to once bound
  uint32_t _signature;         // must be directly before the trampoline
  u1       _trampoline[8];     // abort_ip
  RseqSectionInfo* _info;      // never changes

  RseqDescriptor* next() const { return _info->_next; }
  void set_next(RseqDescriptor* next) { _info->_next = next; }

 public:
  int length() const { return checked_cast<int>(_post_commit_offset); }
  uint64_t start_ip() const { return _start_ip; }
  uint64_t abort_ip() const { return _abort_ip; }
  RseqSectionInfo* info() const { return _info; }
};

// At the beginning of each chunk of descriptors. Chunks are linked for those who look
// for all of them, a debugger among them, and are never freed.
class RseqChunk {
  friend class RseqDescriptors;
  friend class VMStructs;

  RseqChunk* _next;
  RseqDescriptor* _first;
  int _count;
};

// A section and its counts at one time. The methods may be unloaded once the thread
// that asked has been at a safepoint.
struct RseqSectionCounts {
  address start;
  address end;
  const char* operation;
  Method* method;       // null in a stub, and so is the next
  int bci;
  Method* compiled_in;
  uint64_t aborts;
  uint64_t given_up;
};

class RseqDescriptors : public AllStatic {
  friend class VMStructs;

  static RseqChunk* _chunks;
  static address _nowhere;   // a range of max_length bytes where no code ever runs

  static void add_chunk();
  static bool has_section(const RseqDescriptor* descriptor);
  static RseqDescriptor* pop_free(int length);
  static void release_locked(const GrowableArrayView<RseqDescriptor*>& descriptors);

 public:
  static const int max_length = 512; // of a section, in bytes

  // A descriptor for a section of that many bytes, unbound; null if the code
  // cache is full. The second is for those who hold CodeCache_lock.
  static RseqDescriptor* allocate(int length);
  static RseqDescriptor* allocate_locked(int length);

  // Lets the section take effect, whose code now starts at code_begin.
  static void bind(RseqDescriptor* descriptor, address code_begin);

  // Makes the descriptors available again. The caller guarantees that no
  // thread is or will be in one of their sections, and reuses their code only
  // after this.
  static void release(const GrowableArrayView<RseqDescriptor*>& descriptors);

  // Where a thread is that was found at pc: in the section, if pc is in its
  // trampoline, where a signal puts it. For those who look for the frame. Takes no
  // locks.
  static address code_pc(address pc);

  // What pc has to do with a section, if anything. For hs_err: takes no locks.
  static void print_pc_on(outputStream* st, address pc);

  // For a disassembly of the code that has the section: what is in [from, to).
  static void print_labels_on(outputStream* st, const RseqDescriptor* descriptor, address from, address to);

  // The sections that code has now, but for code that is being unloaded, most aborted
  // first. Take CodeCache_lock.
  static void count_sections(GrowableArray<RseqSectionCounts>* sections);
  static void print_sections_on(outputStream* st);

  // How often operations were done without a section so far. Takes CodeCache_lock.
  static uint64_t given_up();

  static int allocated();  // descriptors in use
  static int capacity();   // descriptors in all
};

#endif // SHARE_CODE_RSEQDESCRIPTORS_HPP
