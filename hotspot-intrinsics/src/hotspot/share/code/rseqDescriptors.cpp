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
#include "code/nmethod.hpp"
#include "code/rseqDescriptors.hpp"
#include "logging/log.hpp"
#include "memory/allocation.hpp"
#include "memory/resourceArea.hpp"
#include "oops/method.hpp"
#include "runtime/atomicAccess.hpp"
#include "runtime/icache.hpp"
#include "runtime/interfaceSupport.inline.hpp"
#include "runtime/mutexLocker.hpp"
#include "runtime/rseq.hpp"
#include "runtime/safepointVerifiers.hpp"
#include "services/memoryService.hpp"
#include "utilities/align.hpp"
#include "utilities/growableArray.hpp"
#include "utilities/macros.hpp"
#include "utilities/ostream.hpp"

#ifdef RSEQ_CRITICAL_SECTIONS

#include CPU_HEADER(rseq)

static const size_t chunk_size = 16 * K;
static const size_t descriptor_alignment = 32;  // the kernel's ABI asks for it

// All under CodeCache_lock, which nmethods are installed and purged with.
static RseqDescriptor* _free[RseqDescriptors::max_length + 1];
static RseqDescriptor* _fresh;     // never used: of no length yet
static int _allocated;
static int _capacity;
static uint64_t _past_given_up;    // of sections that descriptors had before

static const char* const blob_name = "rseq descriptors";

RseqChunk* RseqDescriptors::_chunks;
address RseqDescriptors::_nowhere;

STATIC_ASSERT(sizeof(RseqChunk) <= (size_t)RseqDescriptors::max_length);
STATIC_ASSERT(sizeof(RseqDescriptor) % descriptor_alignment == 0);
STATIC_ASSERT(RseqPD::trampoline_size <= 8);

static address chunk_base(const CodeBlob* blob) {
  return align_up(blob->content_begin(), descriptor_alignment);
}

// Makes more fresh ones, if there is room; no code ever runs in a chunk's first max_length
// bytes. Not by BufferBlob::create, which takes the lock.
void RseqDescriptors::add_chunk() {
  assert_lock_strong(CodeCache_lock);
  const size_t most = chunk_size / sizeof(RseqDescriptor);
  const size_t stripes_size = (size_t)RseqSectionInfo::stripes() << RseqSectionInfo::stripe_shift;
  const size_t line = (size_t)1 << RseqSectionInfo::stripe_shift;
  const unsigned int blob_size = CodeBlob::align_code_offset(sizeof(BufferBlob)) + (unsigned int)chunk_size;
  RseqSectionInfo* const infos = NEW_C_HEAP_ARRAY_RETURN_NULL(RseqSectionInfo, most, mtCode);
  char* const stripes = NEW_C_HEAP_ARRAY_RETURN_NULL(char, most * stripes_size + line, mtCode);
  BufferBlob* const blob = (infos == nullptr || stripes == nullptr) ? nullptr :
      new (blob_size) BufferBlob(blob_name, CodeBlobKind::Buffer, (int)blob_size);
  if (blob == nullptr) {
    FreeHeap(infos);
    FreeHeap(stripes);
    return;
  }
  // Code has 48 bits of such an address on aarch64.
  guarantee(((uintptr_t)(infos + most) | (uintptr_t)stripes) >> 48 == 0, "an address of malloc's: " PTR_FORMAT,
            p2i(stripes));
  address base = chunk_base(blob);
  address end = blob->content_end();
  memset(base, 0, end - base);
  if (_nowhere == nullptr) {
    _nowhere = base;
  }
  int count = 0;
  for (address p = base + max_length; p + sizeof(RseqDescriptor) <= end; p += sizeof(RseqDescriptor)) {
    RseqDescriptor* d = (RseqDescriptor*)p;
    d->_abort_ip = (uint64_t)(uintptr_t)&d->_trampoline;
    d->_signature = RseqPD::signature;
    RseqPD::write_trampoline((address)&d->_trampoline, (address)&d->_target);
    d->_info = &infos[count];
    d->_info->_stripes = (address)align_up(stripes, line) + count * stripes_size;
    count++;
    d->_info->clear();
    d->set_next(_fresh);
    _fresh = d;
  }
  assert((size_t)count <= most, "%d descriptors in a chunk", count);
  ICache::invalidate_range(base, (int)(end - base));
  RseqChunk* const chunk = (RseqChunk*)base;
  chunk->_first = (RseqDescriptor*)(base + max_length);
  chunk->_count = count;
  chunk->_next = _chunks;
  AtomicAccess::release_store(&_chunks, chunk);
  _capacity += count;
  log_debug(rseq)("New chunk of %d descriptors, %d in use of %d", count, _allocated, _capacity);
}

RseqDescriptor* RseqDescriptors::pop_free(int length) {
  assert_lock_strong(CodeCache_lock);
  RseqDescriptor* d = _free[length];
  if (d != nullptr) {
    _free[length] = d->next();
    assert(d->length() == length, "a length never changes");
  } else if (_fresh != nullptr) {
    d = _fresh;
    _fresh = d->next();
    d->_start_ip = (uint64_t)(uintptr_t)_nowhere;
    d->_post_commit_offset = length;
  } else {
    return nullptr;
  }
  _past_given_up += d->info()->given_up();
  d->_info->clear();
  _allocated++;
  return d;
}

RseqDescriptor* RseqDescriptors::allocate_locked(int length) {
  guarantee(length > 0 && length <= max_length, "a section of %d bytes", length);
  RseqDescriptor* d = pop_free(length);
  if (d == nullptr) {
    // Even if there is no room: while the VM finds that out, it releases the lock.
    add_chunk();
    d = pop_free(length);
  }
  return d;
}

RseqDescriptor* RseqDescriptors::allocate(int length) {
  // Compilers come here in native state and may block on the lock.
  ThreadInVMfromUnknown tiv;
  RseqDescriptor* d;
  int before, after;
  {
    MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
    before = _capacity;
    d = allocate_locked(length);
    after = _capacity;
  }
  if (after != before) {
    MemoryService::track_code_cache_memory_usage();
  }
  return d;
}

void RseqDescriptors::bind(RseqDescriptor* descriptor, address code_begin) {
  const RseqSectionInfo* const info = descriptor->info();
  const int start_offset = info->_start_offset;
  const int abort_offset = info->_abort_offset;
  assert(start_offset >= 0 && abort_offset >= 0 && info->_slow_offset >= 0, "not complete");
  assert(abort_offset < start_offset || abort_offset >= start_offset + descriptor->length(),
         "abort handler at %d inside its section at %d", abort_offset, start_offset);
  // The target first: an abort can come as soon as start_ip is there.
  AtomicAccess::store(&descriptor->_target, code_begin + abort_offset);
  AtomicAccess::release_store(&descriptor->_start_ip, (uint64_t)(uintptr_t)(code_begin + start_offset));
}

void RseqDescriptors::release_locked(const GrowableArrayView<RseqDescriptor*>& descriptors) {
  assert_lock_strong(CodeCache_lock);
  for (RseqDescriptor* d : descriptors) {
    AtomicAccess::store(&d->_start_ip, (uint64_t)(uintptr_t)_nowhere);
    d->set_next(_free[d->length()]);
    _free[d->length()] = d;
    _allocated--;
  }
  // No core may see the section's code reused while it still sees the old start_ip.
  OrderAccess::fence();
}

void RseqDescriptors::release(const GrowableArrayView<RseqDescriptor*>& descriptors) {
  if (CodeCache_lock->owned_by_self()) {
    release_locked(descriptors);
  } else {
    ThreadInVMfromUnknown tiv;
    MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
    release_locked(descriptors);
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

// Others are free, or belong to code that is not in its place yet.
bool RseqDescriptors::has_section(const RseqDescriptor* descriptor) {
  const uint64_t start = AtomicAccess::load(&descriptor->_start_ip);
  return start != 0 && start != (uint64_t)(uintptr_t)_nowhere;
}

void RseqDescriptors::print_pc_on(outputStream* st, address pc) {
  for (const RseqChunk* chunk = AtomicAccess::load_acquire(&_chunks); chunk != nullptr; chunk = chunk->_next) {
    for (int i = 0; i < chunk->_count; i++) {
      const RseqDescriptor* const d = &chunk->_first[i];
      const address start = (address)(uintptr_t)d->start_ip();
      const address trampoline = (address)(uintptr_t)d->abort_ip();
      const address handler = AtomicAccess::load(&d->_target);
      if (!has_section(d)) {
        continue;
      } else if (start <= pc && pc < start + d->length()) {
        st->print("rseq: pc is %d of %d bytes into the section ", (int)(pc - start), d->length());
      } else if (trampoline <= pc && pc < trampoline + RseqPD::trampoline_size) {
        st->print("rseq: pc is on the way to the abort handler of the section ");
      } else if (pc == handler) {
        st->print("rseq: pc is at the abort handler of the section ");
      } else {
        continue;
      }
      st->print("[" PTR_FORMAT ", " PTR_FORMAT "), aborted " UINT64_FORMAT " times: ",
                p2i(start), p2i(start + d->length()), d->info()->aborts());
      d->info()->print_on(st);
      st->cr();
      return;
    }
  }
}

void RseqDescriptors::print_labels_on(outputStream* st, const RseqDescriptor* descriptor, address from, address to) {
  const RseqSectionInfo* const info = descriptor->info();
  const struct {
    int offset;
    const char* name;
  } steps[] = {
    { info->_arm_offset,                          "arm" },
    { info->_start_offset,                        "start" },
    { info->_commit_offset,                       "commit" },
    { info->_start_offset + descriptor->length(), "post_commit" },
    { info->_abort_offset,                        "abort handler" },
    { info->_slow_offset,                         "without a section" }
  };
  // Where the code begins that the offsets are in.
  const address begin = (address)(uintptr_t)descriptor->start_ip() - info->_start_offset;
  for (const auto& step : steps) {
    const address pc = begin + step.offset;
    if (step.offset >= 0 && from <= pc && pc < to) {
      st->bol();
      st->print("[rseq " PTR_FORMAT " %s at " PTR_FORMAT ": ", p2i(descriptor), step.name, p2i(pc));
      info->print_on(st);
      st->print_cr("]");
    }
  }
}

static int more_aborts_first(RseqSectionCounts* a, RseqSectionCounts* b) {
  return (a->aborts < b->aborts) ? 1 : (a->aborts > b->aborts) ? -1 : 0;
}

void RseqDescriptors::count_sections(GrowableArray<RseqSectionCounts>* sections) {
  MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
  for (const RseqChunk* chunk = _chunks; chunk != nullptr; chunk = chunk->_next) {
    for (int i = 0; i < chunk->_count; i++) {
      const RseqDescriptor* const d = &chunk->_first[i];
      if (has_section(d)) {
        const address start = (address)(uintptr_t)d->start_ip();
        CodeBlob* const blob = CodeCache::find_blob(start);
        nmethod* const nm = (blob == nullptr) ? nullptr : blob->as_nmethod_or_null();
        // Its methods may be gone while this thread does not look for a safepoint.
        if (nm != nullptr && nm->is_unloading()) {
          continue;
        }
        const RseqSectionInfo* const info = d->info();
        sections->append({ start, start + d->length(), info->_operation, info->_method, info->_bci,
                           nm == nullptr ? nullptr : nm->method(), info->aborts(), info->given_up() });
      }
    }
  }
  sections->sort(more_aborts_first);
}

uint64_t RseqDescriptors::given_up() {
  MutexLocker ml(CodeCache_lock, Mutex::_no_safepoint_check_flag);
  uint64_t sum = _past_given_up;
  for (const RseqChunk* chunk = _chunks; chunk != nullptr; chunk = chunk->_next) {
    for (int i = 0; i < chunk->_count; i++) {
      sum += chunk->_first[i].info()->given_up();
    }
  }
  return sum;
}

void RseqDescriptors::print_sections_on(outputStream* st) {
  ResourceMark rm;
  GrowableArray<RseqSectionCounts> sections(allocated());
  // The methods cannot go away before this thread is at a safepoint.
  NoSafepointVerifier nsv;
  count_sections(&sections);
  st->print_cr("%d sections", sections.length());
  st->print_cr("  aborts  given up  address range                             operation");
  for (const RseqSectionCounts& s : sections) {
    st->print("%8" PRIu64 "  %8" PRIu64 "  [" PTR_FORMAT ", " PTR_FORMAT ")  %s", s.aborts, s.given_up,
              p2i(s.start), p2i(s.end), s.operation);
    if (s.method == nullptr) {
      st->print(" in PerCpuStubs");
    } else {
      st->print(" in %s @ %d", s.method->external_name(), s.bci);
      if (s.compiled_in != s.method) {
        st->print(", compiled in %s", s.compiled_in->external_name());
      }
    }
    st->cr();
  }
}

int RseqDescriptors::allocated() {
  return AtomicAccess::load(&_allocated);
}

int RseqDescriptors::capacity() {
  return AtomicAccess::load(&_capacity);
}

#else

// No code has sections.
RseqDescriptor* RseqDescriptors::allocate(int length)                { ShouldNotReachHere(); return nullptr; }
RseqDescriptor* RseqDescriptors::allocate_locked(int length)         { ShouldNotReachHere(); return nullptr; }
address RseqDescriptors::code_pc(address pc)                         { return pc; }
void RseqDescriptors::print_pc_on(outputStream* st, address pc)      {}
void RseqDescriptors::print_sections_on(outputStream* st)            {}
uint64_t RseqDescriptors::given_up()                                 { return 0; }
void RseqDescriptors::count_sections(GrowableArray<RseqSectionCounts>* sections) {}
void RseqDescriptors::bind(RseqDescriptor* descriptor, address code_begin) { ShouldNotReachHere(); }
void RseqDescriptors::release(const GrowableArrayView<RseqDescriptor*>& descriptors) { ShouldNotReachHere(); }
void RseqDescriptors::print_labels_on(outputStream* st, const RseqDescriptor* descriptor, address from, address to) {}

#endif // RSEQ_CRITICAL_SECTIONS
