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

#include "code/codeBlob.hpp"
#include "code/codeCache.hpp"
#include "code/rseqDescriptors.hpp"
#include "logging/log.hpp"
#include "runtime/atomic.hpp"
#include "runtime/icache.hpp"
#include "runtime/interfaceSupport.inline.hpp"
#include "runtime/mutexLocker.hpp"
#include "runtime/rseq.hpp"
#include "utilities/align.hpp"
#include "utilities/macros.hpp"

#ifdef RSEQ_CRITICAL_SECTIONS

#include CPU_HEADER(rseq)

static const size_t chunk_size = 16 * K;
static const size_t descriptor_alignment = 32;  // the kernel's ABI asks for it

// All under CodeCache_lock, which nmethods are installed and purged with.
static RseqDescriptor* _free[RseqDescriptors::max_length + 1];
static RseqDescriptor* _fresh;     // never used: of no length yet
static int _allocated;
static int _capacity;

static const char* const blob_name = "rseq descriptors";

// A range of max_length bytes where no code ever runs.
static address _nowhere;

STATIC_ASSERT(sizeof(RseqDescriptor) == 64);
STATIC_ASSERT(sizeof(RseqDescriptor) % descriptor_alignment == 0);
STATIC_ASSERT(RseqPD::trampoline_size <= 8);

static address chunk_base(const CodeBlob* blob) {
  return align_up(blob->content_begin(), descriptor_alignment);
}

// A chunk's descriptors, linked; its first max_length bytes are left alone.
RseqDescriptor* RseqDescriptors::new_chunk() {
  BufferBlob* blob = BufferBlob::create(blob_name, chunk_size);
  if (blob == nullptr) {
    return nullptr;
  }
  address base = chunk_base(blob);
  address end = blob->content_end();
  memset(base, 0, end - base);
  RseqDescriptor* list = nullptr;
  int count = 0;
  for (address p = base + max_length; p + sizeof(RseqDescriptor) <= end; p += sizeof(RseqDescriptor)) {
    RseqDescriptor* d = (RseqDescriptor*)p;
    d->_abort_ip = (uint64_t)(uintptr_t)&d->_trampoline;
    d->_signature = RseqPD::signature;
    RseqPD::write_trampoline((address)&d->_trampoline, (address)&d->_target);
    d->_next = list;
    list = d;
    count++;
  }
  ICache::invalidate_range(base, (int)(end - base));
  MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
  if (_nowhere == nullptr) {
    _nowhere = base;
  }
  _capacity += count;
  log_debug(rseq)("New chunk of %d descriptors, %d in use of %d", count, _allocated, _capacity);
  return list;
}

RseqDescriptor* RseqDescriptors::pop_free(int length) {
  assert_lock_strong(CodeCache_lock);
  RseqDescriptor* d = _free[length];
  if (d != nullptr) {
    _free[length] = d->_next;
    assert(d->length() == length, "a length never changes");
  } else if (_fresh != nullptr) {
    d = _fresh;
    _fresh = d->_next;
    d->_start_ip = (uint64_t)(uintptr_t)_nowhere;
    d->_post_commit_offset = length;
  } else {
    return nullptr;
  }
  d->_next = nullptr;
  d->_literal_offset = -1;
  _allocated++;
  return d;
}

RseqDescriptor* RseqDescriptors::allocate(int length) {
  guarantee(length > 0 && length <= max_length, "a section of %d bytes", length);
  // Compilers come here in native state and may block on the lock.
  ThreadInVMfromUnknown tiv;
  for (;;) {
    {
      MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
      RseqDescriptor* d = pop_free(length);
      if (d != nullptr) {
        return d;
      }
    }
    RseqDescriptor* chunk = new_chunk();
    if (chunk == nullptr) {
      return nullptr;
    }
    MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
    while (chunk != nullptr) {
      RseqDescriptor* next = chunk->_next;
      chunk->_next = _fresh;
      _fresh = chunk;
      chunk = next;
    }
  }
}

void RseqDescriptors::bind(RseqDescriptor* list, address code_begin) {
  for (RseqDescriptor* d = list; d != nullptr; d = d->_next) {
    const int start_offset = d->_pending._start_offset;
    const int abort_offset = d->_pending._abort_offset;
    assert(abort_offset < start_offset || abort_offset >= start_offset + d->length(),
           "abort handler at %d inside its section at %d", abort_offset, start_offset);
    if (d->_literal_offset >= 0) {
      RseqPD::write_distance(code_begin + d->_literal_offset, (address)d);
    }
    // The target first: an abort can come as soon as start_ip is there.
    Atomic::store(&d->_target, code_begin + abort_offset);
    Atomic::release_store(&d->_start_ip, (uint64_t)(uintptr_t)(code_begin + start_offset));
  }
}

void RseqDescriptors::release_locked(RseqDescriptor* list) {
  assert_lock_strong(CodeCache_lock);
  while (list != nullptr) {
    RseqDescriptor* next = list->_next;
    Atomic::store(&list->_start_ip, (uint64_t)(uintptr_t)_nowhere);
    const int length = list->length();
    list->_next = _free[length];
    _free[length] = list;
    _allocated--;
    list = next;
  }
  // No core may see the section's code reused while it still sees the old start_ip.
  OrderAccess::fence();
}

void RseqDescriptors::release(RseqDescriptor* list) {
  if (list == nullptr) {
    return;
  }
  if (CodeCache_lock->owned_by_self()) {
    release_locked(list);
  } else {
    ThreadInVMfromUnknown tiv;
    MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
    release_locked(list);
  }
}

address RseqDescriptors::code_pc(address pc) {
  const CodeBlob* const blob = CodeCache::find_blob(pc);
  if (blob == nullptr || blob->name() != blob_name) {
    return pc;
  }
  const address first = chunk_base(blob) + max_length;
  const RseqDescriptor* const d = (RseqDescriptor*)(pc - (size_t)(pc - first) % sizeof(RseqDescriptor));
  if (pc < first || (address)(d + 1) > blob->content_end()) {
    return pc;
  }
  const address trampoline = (address)(uintptr_t)d->abort_ip();
  const bool in_trampoline = trampoline <= pc && pc < trampoline + RseqPD::trampoline_size;
  return in_trampoline ? (address)(uintptr_t)d->start_ip() : pc;
}

int RseqDescriptors::allocated() {
  return Atomic::load(&_allocated);
}

int RseqDescriptors::capacity() {
  return Atomic::load(&_capacity);
}

#else

// No code has sections.
address RseqDescriptors::code_pc(address pc)                         { return pc; }
void RseqDescriptors::bind(RseqDescriptor* list, address code_begin) { assert(list == nullptr, "sections"); }
void RseqDescriptors::release(RseqDescriptor* list)                  { assert(list == nullptr, "sections"); }

#endif // RSEQ_CRITICAL_SECTIONS
