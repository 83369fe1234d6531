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

#ifndef SHARE_RUNTIME_RSEQTHREADLOCAL_HPP
#define SHARE_RUNTIME_RSEQTHREADLOCAL_HPP

#include "memory/allocation.hpp"
#include "utilities/align.hpp"
#include "utilities/globalDefinitions.hpp"
#include "utilities/sizes.hpp"

class RseqSectionInfo;

// What a JavaThread holds for restartable sequences. It is part of the JavaThread
// and not thread-local storage of libjvm, which the C library has little of: a
// process may load many libraries before ours.
//
// The area is used only where nobody else has one. The kernel wants it aligned,
// and emitted code wants it at one distance from every JavaThread: so JavaThreads
// are aligned.
class RseqThreadLocal {
 public:
  static const size_t area_size = 64;
  static const size_t alignment = 64;

 private:
  u1       _room[area_size + alignment - sizeof(uint64_t)];
  uint64_t _aborts;
  uint64_t _overflows;
  RseqSectionInfo* _section;
  uint32_t _stalled;
  bool     _registered_by_vm;

 public:
  RseqThreadLocal() : _aborts(0), _overflows(0), _section(nullptr), _stalled(0), _registered_by_vm(false) {
    clear_area();
  }

  address area() { return align_up((address)_room, alignment); }

  // As the kernel leaves it at unregistration: cpu_id is -1, which keeps emitted
  // code off.
  void clear_area() {
    memset(area(), 0, area_size);
    ((int32_t*)area())[1] = -1;
  }

  // What this thread did off the fast path. Emitted code adds to them.
  uint64_t aborts() const    { return _aborts; }
  uint64_t overflows() const { return _overflows; }
  void clear_counts()        { _aborts = 0; _overflows = 0; }

  bool registered_by_vm() const           { return _registered_by_vm; }
  void set_registered_by_vm(bool by_vm)   { _registered_by_vm = by_vm; }

  static ByteSize room_offset()      { return byte_offset_of(RseqThreadLocal, _room); }
  static ByteSize aborts_offset()    { return byte_offset_of(RseqThreadLocal, _aborts); }
  static ByteSize overflows_offset() { return byte_offset_of(RseqThreadLocal, _overflows); }
  // The section that an operation's stub is called in place of, or null.
  static ByteSize section_offset()   { return byte_offset_of(RseqThreadLocal, _section); }
  // Not 0 if the thread's next currentSlot() must answer the overflow slot.
  static ByteSize stalled_offset()   { return byte_offset_of(RseqThreadLocal, _stalled); }

  // Memory for a JavaThread, aligned. Before it is what malloc returned.
  static void* allocate_thread(size_t size) {
    void* const raw = AllocateHeap(size + sizeof(void*) + alignment, mtThread);
    void** const thread = align_up((void**)raw + 1, alignment);
    thread[-1] = raw;
    return thread;
  }

  static void free_thread(void* thread) {
    if (thread != nullptr) {
      FreeHeap(((void**)thread)[-1]);  // nothing, if it is kept
    }
  }

  // It will not be freed: the kernel may still write to it.
  static void keep_thread(void* thread) { ((void**)thread)[-1] = nullptr; }
};

#endif // SHARE_RUNTIME_RSEQTHREADLOCAL_HPP
