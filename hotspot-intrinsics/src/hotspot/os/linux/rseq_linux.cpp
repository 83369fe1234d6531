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

#include "logging/log.hpp"
#include "logging/logStream.hpp"
#include "nmt/memTracker.hpp"
#include "os_linux.hpp"
#include "runtime/atomic.hpp"
#include "runtime/globals.hpp"
#include "runtime/globals_extension.hpp"
#include "runtime/java.hpp"
#include "runtime/os.hpp"
#include "runtime/rseq.hpp"
#include "utilities/align.hpp"
#include "utilities/debug.hpp"
#include "utilities/macros.hpp"
#include "utilities/ostream.hpp"

#include CPU_HEADER(rseq)

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

// Kernel 4.18; the build machine's headers may be older.
#ifndef SYS_rseq
  #if defined(AMD64)
  #define SYS_rseq 334
  #elif defined(AARCH64)
  #define SYS_rseq 293
  #endif
#endif

// Kernel 4.3
#ifndef SYS_membarrier
  #if defined(AMD64)
  #define SYS_membarrier 324
  #elif defined(AARCH64)
  #define SYS_membarrier 283
  #endif
#endif

// linux/membarrier.h, kernel 5.10
static const int MEMBARRIER_QUERY                           = 0;
static const int MEMBARRIER_PRIVATE_EXPEDITED_RSEQ          = 1 << 7;
static const int MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_RSEQ = 1 << 8;

// struct rseq and flags of linux/rseq.h
static const int CPU_ID_OFFSET  = 4;
static const int RSEQ_CS_OFFSET = 8;
static const int MM_CID_OFFSET  = 24;
static const uint32_t ORIGINAL_SIZE = 32;
static const int RSEQ_FLAG_UNREGISTER_THREAD = 1;
static const int32_t CPU_ID_UNREGISTERED = -1;

// linux/magic.h
static const long SYSFS_FILESYSTEM = 0x62656572;

// Entries of the auxiliary vector, kernel 6.3
static const int AUXV_RSEQ_FEATURE_SIZE = 27;
static const int AUXV_RSEQ_ALIGN        = 28;

static const uint32_t OWN_AREA_SIZE      = 128;
static const uint32_t OWN_AREA_ALIGNMENT = 64;

// What every C library gives the thread-local words of a library that is loaded
// late. Glibc does not load one that wants more than its threads have: 64 on x86,
// less on aarch64.
static const uint32_t ROOM_ALIGNMENT = 16;

// The VM's own words of each thread. The area is somewhere in the room, aligned
// to what AT_RSEQ_ALIGN says, at one distance from the thread pointer. So thread
// pointers must be alike, which they are if stacks begin on pages, as those of
// pthread_create do. A thread that is not (it may be the primordial one) does not
// get registered and uses the overflow slot.
struct RseqThreadLocal {
  int32_t  room[(OWN_AREA_SIZE + OWN_AREA_ALIGNMENT - ROOM_ALIGNMENT) / sizeof(int32_t)];
  uint32_t stalled;
  bool     registered_by_vm;
};

#ifdef RSEQ_CRITICAL_SECTIONS
// The initial-exec model puts it at one distance from every thread's pointer, and
// takes it out of what the C library sets aside for libraries that are loaded late.
// Wherever the area begins its cpu_id is negative, which keeps emitted code off,
// and its mm_cid is 0.
static __thread RseqThreadLocal _rseq_tls
    __attribute__((aligned(ROOM_ALIGNMENT), tls_model("initial-exec"))) =
    { { 0, CPU_ID_UNREGISTERED, 0, 0, 0, CPU_ID_UNREGISTERED, 0, 0,
        0, CPU_ID_UNREGISTERED, 0, 0, 0, CPU_ID_UNREGISTERED, 0, 0 }, 0, false };
STATIC_ASSERT(OWN_AREA_ALIGNMENT == 4 * ROOM_ALIGNMENT);

static RseqThreadLocal* thread_local_words() { return &_rseq_tls; }
#else
static RseqThreadLocal* thread_local_words() { ShouldNotReachHere(); return nullptr; }
#endif

Rseq::Source Rseq::_source = Rseq::Source::none;
const char*  Rseq::_reason = "not initialized";
int          Rseq::_reason_errno = 0;
int          Rseq::_area_offset = 0;
int          Rseq::_index_offset = 0;
int          Rseq::_slots = 2;
address      Rseq::_exclusive_words = nullptr;
volatile int Rseq::_membarrier = 0;
volatile uint64_t Rseq::_aborts = 0;
volatile uint64_t Rseq::_overflows = 0;

static int rseq_syscall(address area, uint32_t size, int flags) {
#ifdef SYS_rseq
  return (int)::syscall(SYS_rseq, area, size, flags, RseqPD::signature);
#else
  errno = ENOSYS;
  return -1;
#endif
}

// Registers this thread; false with errno.
static bool register_area(address area, uint32_t size) {
  if (rseq_syscall(area, size, 0) != 0) {
    return false;
  }
  thread_local_words()->registered_by_vm = true;
  log_debug(rseq)("Thread %d: area of %u bytes at " PTR_FORMAT, (int)os::Linux::gettid(), size, p2i(area));
  return true;
}

static bool offset_from_thread_pointer(const void* p, int* result) {
  const intptr_t distance = (address)p - RseqPD::thread_pointer();
  *result = (int)distance;
  return distance == (intptr_t)*result;
}

static int32_t current_cpu_id(int area_offset) {
  return *(volatile int32_t*)(RseqPD::thread_pointer() + area_offset + CPU_ID_OFFSET);
}

static uint32_t registered_size() {
  return MAX2((uint32_t)::getauxval(AUXV_RSEQ_FEATURE_SIZE), ORIGINAL_SIZE);
}

bool Rseq::adopt_glibc() {
  const ptrdiff_t* offset = (const ptrdiff_t*)::dlsym(RTLD_DEFAULT, "__rseq_offset");
  const unsigned int* size = (const unsigned int*)::dlsym(RTLD_DEFAULT, "__rseq_size");
  if (offset == nullptr || size == nullptr || *size == 0 || *offset != (int)*offset) {
    return false;
  }
  if (current_cpu_id((int)*offset) < 0) {
    return false;
  }
  _area_offset = (int)*offset;
  _source = Source::glibc;
  return true;
}

static void* symbol_offset_here(void* result) {
  const void* area = ::dlsym(RTLD_DEFAULT, "__rseq_abi");
  if (area == nullptr || !offset_from_thread_pointer(area, (int*)result)) {
    *(int*)result = 0;
  }
  return nullptr;
}

// An early adopter's library defines the symbol and registers its threads. Only
// thread-local storage of the initial-exec model serves: another thread must
// find its own area at the same distance.
bool Rseq::adopt_symbol() {
  int offset = 0;
  symbol_offset_here(&offset);
  if (offset == 0 || current_cpu_id(offset) < 0) {
    return false;
  }
  int offset_there = 0;
  pthread_t probe;
  if (::pthread_create(&probe, nullptr, symbol_offset_here, &offset_there) != 0) {
    return false;
  }
  ::pthread_join(probe, nullptr);
  if (offset_there != offset) {
    log_info(rseq)("__rseq_abi is not in static thread-local storage, not adopted");
    return false;
  }
  _area_offset = offset;
  _source = Source::symbol;
  return true;
}

// The distance of the own area, as it would be on this thread; 0 if there is none.
static int own_area_offset(uint32_t alignment) {
  int offset;
  const address area = align_up((address)thread_local_words()->room, alignment);
  return offset_from_thread_pointer(area, &offset) ? offset : 0;
}

static bool register_own_area(address area, uint32_t size) {
  memset(area, 0, OWN_AREA_SIZE);
  ((int32_t*)area)[CPU_ID_OFFSET / sizeof(int32_t)] = CPU_ID_UNREGISTERED;
  return register_area(area, size);
}

struct OwnArea {
  const uint32_t alignment;
  const uint32_t size;
  int offset;
  int error;
};

// On a thread like all others.
static void* probe_own_area(void* result) {
  OwnArea* const own = (OwnArea*)result;
  own->offset = own_area_offset(own->alignment);
  const address area = RseqPD::thread_pointer() + own->offset;
  if (own->offset != 0) {
    if (rseq_syscall(area, own->size, 0) != 0) {
      own->error = errno;
    } else {
      rseq_syscall(area, own->size, RSEQ_FLAG_UNREGISTER_THREAD);
    }
  }
  return nullptr;
}

bool Rseq::register_own() {
  const uint32_t size = registered_size();
  const uint32_t alignment = MAX2((uint32_t)::getauxval(AUXV_RSEQ_ALIGN), ORIGINAL_SIZE);
  if (size > OWN_AREA_SIZE || alignment > OWN_AREA_ALIGNMENT) {
    log_info(rseq)("The kernel wants an area of %u bytes aligned to %u, the VM has %u aligned to %u",
                   size, alignment, OWN_AREA_SIZE, OWN_AREA_ALIGNMENT);
    disable("the kernel wants a larger area than this VM has", 0);
    return false;
  }
  OwnArea other = { alignment, size, 0, 0 };
  pthread_t probe;
  if (::pthread_create(&probe, nullptr, probe_own_area, &other) != 0) {
    disable("no thread to try rseq on", errno);
    return false;
  }
  ::pthread_join(probe, nullptr);
  _area_offset = other.offset;
  if (_area_offset == 0) {
    disable("thread-local storage is out of reach", 0);
    return false;
  }
  int error = other.error;
  if (error == 0 && own_area_offset(alignment) != _area_offset) {
    log_info(rseq)("The thread that creates the VM is not aligned as others are, it uses the overflow slot");
  } else if (error == 0 && !register_own_area(RseqPD::thread_pointer() + _area_offset, size)) {
    error = errno;
  }
  if (error != 0) {
    disable(error == ENOSYS ? "the kernel has no rseq, or a filter hides it" :
            error == EPERM  ? "the rseq system call is not permitted" :
            error == EINVAL || error == EBUSY ? "somebody else registered this thread" :
                              "the rseq system call failed", error);
    return false;
  }
  _source = Source::jvm;
  return true;
}

void Rseq::disable(const char* reason, int error) {
  _source = Source::none;
  _reason = reason;
  _reason_errno = error;
}

bool Rseq::has_mm_cid() {
  // Not what the area's owner says: glibc 2.36 says 20 for an area that the
  // kernel fills up to and including mm_cid.
  return ::getauxval(AUXV_RSEQ_FEATURE_SIZE) >= (unsigned long)MM_CID_OFFSET + 4;
}

void Rseq::choose_index() {
  bool mm_cid = has_mm_cid();
  if (RseqIndex == nullptr) { // -XX:RseqIndex=
    vm_exit_during_initialization("-XX:RseqIndex must be auto, cpu_id or mm_cid", "(empty)");
  } else if (strcmp(RseqIndex, "cpu_id") == 0) {
    mm_cid = false;
  } else if (strcmp(RseqIndex, "mm_cid") == 0) {
    if (!mm_cid) {
      warning("-XX:RseqIndex=mm_cid: this kernel has no mm_cid, cpu_id is used");
    }
  } else if (strcmp(RseqIndex, "auto") != 0) {
    vm_exit_during_initialization("-XX:RseqIndex must be auto, cpu_id or mm_cid", RseqIndex);
  }
  _index_offset = mm_cid ? MM_CID_OFFSET : CPU_ID_OFFSET;
}

static long membarrier(int command) {
#ifdef SYS_membarrier
  return ::syscall(SYS_membarrier, command, 0, 0);
#else
  errno = ENOSYS;
  return -1;
#endif
}

void Rseq::choose_fence() {
  if (RseqFence == nullptr) { // -XX:RseqFence=
    vm_exit_during_initialization("-XX:RseqFence must be auto, membarrier or handshake", "(empty)");
  } else if (strcmp(RseqFence, "handshake") == 0) {
    _membarrier = -1;
  } else if (strcmp(RseqFence, "auto") != 0 && strcmp(RseqFence, "membarrier") != 0) {
    vm_exit_during_initialization("-XX:RseqFence must be auto, membarrier or handshake", RseqFence);
  }
  if (_membarrier == 0) {
    const long commands = membarrier(MEMBARRIER_QUERY);
    if (commands < 0 || (commands & MEMBARRIER_PRIVATE_EXPEDITED_RSEQ) == 0) {
      _membarrier = -1;
      if (strcmp(RseqFence, "membarrier") == 0) {
        warning("-XX:RseqFence=membarrier: this kernel has no membarrier for rseq, handshakes are used");
      }
    }
  }
}

// At the first fence and not at startup: in a process with threads the kernel
// waits for a grace period of RCU, which takes milliseconds.
bool Rseq::register_membarrier() {
  if (membarrier(MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_RSEQ) != 0) {
    log_info(rseq)("membarrier can not be registered (%s), fences are handshakes", os::errno_name(errno));
    Atomic::store(&_membarrier, -1);
    return false;
  }
  Atomic::store(&_membarrier, 1);
  return true;
}

bool Rseq::fence() {
  const int state = Atomic::load(&_membarrier);
  if (state < 0 || (state == 0 && !register_membarrier())) {
    return false;
  }
  if (membarrier(MEMBARRIER_PRIVATE_EXPEDITED_RSEQ) != 0) {
    // A filter that came later, or no memory for a mask of CPUs.
    log_info(rseq)("membarrier failed (%s), this fence is a handshake", os::errno_name(errno));
    return false;
  }
  return true;
}

bool Rseq::reserve_exclusive_words() {
  const int before = RseqPD::negative_cpu_ids;
  const size_t size = align_up((size_t)(before + _slots) << exclusive_shift(), os::vm_page_size());
  char* base = os::reserve_memory(size, mtPerCpu);
  if (base == nullptr) {
    return false;
  }
  if (!commit_arena(base, size)) {
    os::release_memory(base, size);
    return false;
  }
  _exclusive_words = (address)base + ((size_t)before << exclusive_shift());
  if (exclusive_shift() != stride_shift) {
    // What a slot's word holds beside the sign, where a section has to look it up.
    int64_t* const words = (int64_t*)_exclusive_words;
    for (int index = -before; index < _slots; index++) {
      words[index] = (index < 0) ? min_jlong : (int64_t)index << stride_shift;
    }
  }
  return true;
}

// The highest number in a list like 0-3,8-11, plus one; 0 if it is none.
static int count_of_cpu_list(const char* list) {
  int count = 0;
  const char* p = list;
  while (*p >= '0' && *p <= '9') {
    char* end;
    const long n = ::strtol(p, &end, 10);
    if (n >= max_jint / 2) {
      return 0;
    }
    count = MAX2(count, (int)n + 1);
    p = (*end == '-' || *end == ',') ? end + 1 : end;
  }
  return (*p == '\n' || *p == '\0') ? count : 0;
}

// What the kernel says of possible CPUs; 0 if it does not. A container may hide
// the file, or show one that somebody made.
static int possible_cpus_of_sysfs() {
  FILE* f = os::fopen("/sys/devices/system/cpu/possible", "r");
  if (f == nullptr) {
    return 0;
  }
  int count = 0;
  char line[4096];
  struct statfs fs;
  if (::fstatfs(::fileno(f), &fs) == 0 && (long)fs.f_type == SYSFS_FILESYSTEM &&
      ::fgets(line, sizeof(line), f) != nullptr) {
    count = count_of_cpu_list(line);
  }
  ::fclose(f);
  return count;
}

// No cpu_id and no mm_cid is as high as this. The emitted code does not check.
static int possible_cpus() {
  int count = possible_cpus_of_sysfs();
  // The system call, unlike its glibc wrapper, returns how many bytes the
  // kernel's CPU masks have.
  static const size_t max_mask_size = 128 * K;
  uint8_t* mask = NEW_C_HEAP_ARRAY(uint8_t, max_mask_size, mtInternal);
  const long bytes = ::syscall(SYS_sched_getaffinity, 0, max_mask_size, mask);
  const int limit = bytes > 0 ? (int)bytes * BitsPerByte : 0;
  for (int cpu = count; cpu < limit && count != 0; cpu++) {
    if ((mask[cpu / BitsPerByte] & (1 << (cpu % BitsPerByte))) != 0) {
      count = 0; // a list that lacks a CPU of ours is not to be trusted
    }
  }
  FREE_C_HEAP_ARRAY(uint8_t, mask);
  if (count == 0) {
    count = limit;
  }
  return MAX3(count, (int)::sysconf(_SC_NPROCESSORS_CONF), (int)RseqPossibleCPUs);
}

void Rseq::initialize() {
  _slots = possible_cpus() + 1;
  choose_index();
  if (!UseRseq) {
    disable("-XX:-UseRseq", 0);
  } else if (!RseqPD::supported) {
    disable("no critical sections for this CPU or C library", 0);
  } else if (overflow_offset() > (size_t)max_jint) {
    disable("too many possible CPUs", 0);
  } else if (!adopt_glibc() && !adopt_symbol()) {
    register_own();
  }
  if (is_enabled() && !reserve_exclusive_words()) {
    disable("no memory", 0);
  }
  choose_fence();
  if (!is_enabled()) {
    FLAG_SET_ERGO(UseRseq, false);
  }
  LogTarget(Info, rseq) lt;
  if (lt.is_enabled()) {
    LogStream ls(lt);
    print_on(&ls);
    ls.cr();
  }
}

void Rseq::attach_current_thread() {
  if (!is_enabled()) {
    return;
  }
  int error = 0;
  if (_source != Source::glibc && !thread_local_words()->registered_by_vm) {
    const address area = RseqPD::thread_pointer() + _area_offset;
    const bool registered = (_source == Source::jvm) ? register_own_area(area, registered_size())
                                                     : register_area(area, ORIGINAL_SIZE);
    if (!registered) {
      error = errno; // EBUSY: the same area, by its other owner
    }
  }
  const int32_t cpu_id = current_cpu_id(_area_offset);
  if (cpu_id >= 0) {
    log_debug(rseq)("Thread %d registered, on CPU %d", (int)os::Linux::gettid(), cpu_id);
  } else {
    log_debug(rseq)("Thread %d not registered (%s), it uses the overflow slot", (int)os::Linux::gettid(),
                    error == 0 ? "by whom it should have been" : os::errno_name(error));
  }
}

void Rseq::detach_current_thread() {
  if (is_enabled() && thread_local_words()->registered_by_vm) {
    const uint32_t size = (_source == Source::jvm) ? registered_size() : ORIGINAL_SIZE;
    rseq_syscall(RseqPD::thread_pointer() + _area_offset, size, RSEQ_FLAG_UNREGISTER_THREAD);
    thread_local_words()->registered_by_vm = false;
    log_debug(rseq)("Thread %d unregistered", (int)os::Linux::gettid());
  }
}

int Rseq::exclusive_shift() { return RseqPD::exclusive_shift; }

int Rseq::cpu_id_offset()  { return _area_offset + CPU_ID_OFFSET; }
int Rseq::rseq_cs_offset() { return _area_offset + RSEQ_CS_OFFSET; }
int Rseq::index_offset()   { return _area_offset + _index_offset; }
bool Rseq::index_is_cpu_id() { return _index_offset == CPU_ID_OFFSET; }

int Rseq::stalled_offset() {
  int offset;
  const bool in_reach = offset_from_thread_pointer(&thread_local_words()->stalled, &offset);
  assert(in_reach, "static thread-local storage");
  return offset;
}

bool Rseq::commit_arena(char* base, size_t size) {
  // os::commit_memory would end the VM where there is no memory, and have the
  // kernel account for slots that no CPU will ever touch.
  if (!os::protect_memory(base, size, os::MEM_PROT_RW)) {
    return false;
  }
  MemTracker::record_virtual_memory_commit(base, size, CALLER_PC);
#ifdef MADV_NOHUGEPAGE
  // One huge page would make all slots within it resident.
  if (::madvise(base, size, MADV_NOHUGEPAGE) != 0) {
    log_debug(rseq)("madvise(MADV_NOHUGEPAGE): %s", os::strerror(errno));
  }
#endif
  return true;
}

void Rseq::print_on(outputStream* st) {
  st->print("rseq: ");
  switch (_source) {
    case Source::none:
      st->print("none: %s", _reason);
      if (_reason_errno != 0) {
        st->print(" (%s)", os::errno_name(_reason_errno));
      }
      st->print("; striped atomics, %d slots", _slots);
      return;
    case Source::glibc:  st->print("registered by glibc"); break;
    case Source::symbol: st->print("registered by the owner of __rseq_abi"); break;
    case Source::jvm:    st->print("registered by the JVM"); break;
  }
  st->print(", area at %d, index %s, %d slots with the overflow slot, stride " PROPERFMT ", fence %s"
            ", " UINT64_FORMAT " aborts, " UINT64_FORMAT " operations on the overflow slot",
            _area_offset, index_is_cpu_id() ? "cpu_id" : "mm_cid", _slots,
            PROPERFMTARGS((size_t)1 << stride_shift), _membarrier < 0 ? "handshake" : "membarrier",
            _aborts, _overflows);
}
