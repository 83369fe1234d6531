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
#include "logging/log.hpp"
#include "logging/logStream.hpp"
#include "nmt/memTracker.hpp"
#include "os_linux.hpp"
#include "rseqFlaws_linux.hpp"
#include "runtime/atomicAccess.hpp"
#include "runtime/globals.hpp"
#include "runtime/globals_extension.hpp"
#include "runtime/java.hpp"
#include "runtime/javaThread.hpp"
#include "runtime/mutexLocker.hpp"
#include "runtime/os.hpp"
#include "runtime/rseq.hpp"
#include "runtime/threadSMR.inline.hpp"
#include "utilities/align.hpp"
#include "utilities/debug.hpp"
#include "utilities/macros.hpp"
#include "utilities/ostream.hpp"
#include "utilities/vmError.hpp"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifdef RSEQ_CRITICAL_SECTIONS

#include CPU_HEADER(rseq)

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

// linux/magic.h
static const long SYSFS_FILESYSTEM = 0x62656572;

// Entries of the auxiliary vector, kernel 6.3
static const int AUXV_RSEQ_FEATURE_SIZE = 27;
static const int AUXV_RSEQ_ALIGN        = 28;

Rseq::Source Rseq::_source = Rseq::Source::none;
const char*  Rseq::_reason = "not initialized";
int          Rseq::_reason_errno = 0;
int          Rseq::_area_offset = 0;
int          Rseq::_index_offset = 0;
int          Rseq::_slots = 2;
volatile int Rseq::_membarrier = 0;
int          Rseq::_flaws = 0;
uint64_t     Rseq::_aborts_of_exited = 0;
uint64_t     Rseq::_overflows_of_exited = 0;

static int rseq_syscall(address area, uint32_t size, int flags) {
#ifdef SYS_rseq
  return (int)::syscall(SYS_rseq, area, size, flags, RseqPD::signature);
#else
  errno = ENOSYS;
  return -1;
#endif
}

static address thread_local_storage(int offset) {
  return RseqPD::thread_pointer() + offset;
}

static int32_t cpu_id_of(address area) {
  return *(volatile int32_t*)(area + CPU_ID_OFFSET);
}

// The area of the current thread, which may be somebody's or our own.
address Rseq::current_area() {
  return area_is_in_java_thread() ? JavaThread::current()->rseq()->area() : thread_local_storage(_area_offset);
}

bool Rseq::adopt_glibc() {
  const ptrdiff_t* offset = (const ptrdiff_t*)::dlsym(RTLD_DEFAULT, "__rseq_offset");
  const unsigned int* size = (const unsigned int*)::dlsym(RTLD_DEFAULT, "__rseq_size");
  if (offset == nullptr || size == nullptr || *size == 0 || *offset != (int)*offset) {
    return false;
  }
  if (cpu_id_of(thread_local_storage((int)*offset)) < 0) {
    return false;
  }
  _area_offset = (int)*offset;
  _source = Source::glibc;
  return true;
}

static void* symbol_offset_here(void* result) {
  const void* symbol = ::dlsym(RTLD_DEFAULT, "__rseq_abi");
  const intptr_t distance = (address)symbol - RseqPD::thread_pointer();
  *(int*)result = (symbol != nullptr && distance == (int)distance) ? (int)distance : 0;
  return nullptr;
}

// An early adopter's library defines the symbol and registers its threads. Only
// thread-local storage of the initial-exec model serves: another thread must
// find its own area at the same distance.
bool Rseq::adopt_symbol() {
  int offset = 0;
  symbol_offset_here(&offset);
  if (offset == 0 || cpu_id_of(thread_local_storage(offset)) < 0) {
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
  // The kernel kills a thread whose abort handlers have another signature than
  // the area was registered with. It tells by how it refuses to register the
  // area again. Never more than the original size: other words may follow it.
  if (rseq_syscall(thread_local_storage(offset), ORIGINAL_SIZE, 0) == 0) {
    rseq_syscall(thread_local_storage(offset), ORIGINAL_SIZE, RSEQ_FLAG_UNREGISTER_THREAD);
    log_info(rseq)("__rseq_abi has a CPU in it but is not registered, not adopted");
    return false;
  }
  if (errno != EBUSY) {
    log_info(rseq)("__rseq_abi is registered with another %s (%s), not adopted",
                   errno == EPERM ? "signature" : "address or size", os::errno_name(errno));
    return false;
  }
  _area_offset = offset;
  _source = Source::symbol;
  return true;
}

// What the VM registers of its own areas: all that the kernel can fill, if they
// have room for it, else what every kernel takes.
static uint32_t own_area_size() {
  const unsigned long size = ::getauxval(AUXV_RSEQ_FEATURE_SIZE);
  const bool fits = size <= RseqThreadLocal::area_size &&
                    ::getauxval(AUXV_RSEQ_ALIGN) <= RseqThreadLocal::alignment;
  return fits ? MAX2((uint32_t)size, ORIGINAL_SIZE) : ORIGINAL_SIZE;
}

bool Rseq::register_own() {
  // There is no JavaThread yet. Static, because the kernel writes to it until
  // it is unregistered.
  alignas(RseqThreadLocal::alignment) static u1 probe[RseqThreadLocal::area_size];
  if (rseq_syscall(probe, own_area_size(), 0) != 0) {
    const int error = errno;
    disable(error == ENOSYS ? "the kernel has no rseq, or a filter hides it" :
            error == EPERM  ? "the rseq system call is not permitted" :
            error == EINVAL || error == EBUSY ? "somebody else registered this thread" :
                              "the rseq system call failed", error);
    return false;
  }
  if (rseq_syscall(probe, own_area_size(), RSEQ_FLAG_UNREGISTER_THREAD) != 0) {
    disable("the kernel does not unregister threads", errno);
    return false;
  }
  _area_offset = align_up(in_bytes(JavaThread::rseq_offset() + RseqThreadLocal::room_offset()),
                          (int)RseqThreadLocal::alignment);
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
  } else if ((_flaws & RseqFlaws::shared_mm_cid) != 0) {
    mm_cid = false;
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
  if (strcmp(RseqFence, "auto") == 0 && (_flaws & RseqFlaws::lost_membarrier) != 0) {
    _membarrier = -1;
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
    AtomicAccess::store(&_membarrier, -1);
    return false;
  }
  AtomicAccess::store(&_membarrier, 1);
  return true;
}

bool Rseq::are_atomics_slow() {
  return RseqPD::are_atomics_slow();
}

bool Rseq::fence() {
  const int state = AtomicAccess::load(&_membarrier);
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

static const size_t stride = (size_t)1 << Rseq::stride_shift;

// How far an index of 16 bits leads.
static const size_t full_reach = stride << 16;

// An arena, and how far the address space from its slot 0 on is set aside. Never freed, so
// that print_fault_on needs no lock. Those without an arena are used again.
struct RseqArena {
  volatile address slot0;
  volatile size_t reach;
  RseqArena* next;
};

static RseqArena* volatile arenas = nullptr;

static bool remember_arena(address slot0, size_t reach) {
  RseqArena* arena = AtomicAccess::load_acquire(&arenas);
  while (arena != nullptr && (AtomicAccess::load(&arena->slot0) != nullptr ||
                              AtomicAccess::cmpxchg(&arena->slot0, (address)nullptr, slot0) != nullptr)) {
    arena = arena->next;
  }
  if (arena == nullptr) {
    arena = (RseqArena*)os::malloc(sizeof(RseqArena), mtPerCpu);
    if (arena == nullptr) {
      return false;
    }
    arena->slot0 = slot0;
    do {
      arena->next = AtomicAccess::load(&arenas);
    } while (AtomicAccess::cmpxchg(&arenas, arena->next, arena) != arena->next);
  }
  AtomicAccess::store(&arena->reach, reach);
  return true;
}

// How far it reached.
static size_t forget_arena(address slot0) {
  RseqArena* arena = AtomicAccess::load_acquire(&arenas);
  while (AtomicAccess::load(&arena->slot0) != slot0) {
    arena = arena->next;
  }
  const size_t reach = AtomicAccess::load(&arena->reach);
  AtomicAccess::store(&arena->slot0, (address)nullptr);
  return reach;
}

// Where so much address space cannot be had, there is less behind an arena.
address Rseq::reserve_arena() {
  const size_t size = _slots * stride;
  size_t reach = is_enabled() ? full_reach : size - stride;
  char* base;
  while ((base = os::reserve_memory(stride + reach, mtPerCpu)) == nullptr) {
    reach >>= 1;
    if (reach < size) {
      return nullptr;
    }
    log_info(rseq)("An arena has address space for %zu indices only", reach / stride);
  }
  const address slot0 = (address)base + stride;
  if (!commit_arena(base, size) || !remember_arena(slot0, reach)) {
    os::release_memory(base, stride + reach);
    return nullptr;
  }
  // A debugger would write all of it to a core file.
  if (stride + reach > size && ::madvise(base + size, stride + reach - size, MADV_DONTDUMP) != 0) {
    log_debug(rseq)("madvise(MADV_DONTDUMP): %s", os::strerror(errno));
  }
  return slot0;
}

void Rseq::release_arena(address slot0) {
  const size_t reach = forget_arena(slot0);
  os::release_memory((char*)slot0 - stride, stride + reach);
}

// An index above the last slot leads behind an arena.
static void print_arena_fault_on(outputStream* st, address fault) {
  for (RseqArena* arena = AtomicAccess::load_acquire(&arenas); arena != nullptr; arena = arena->next) {
    const address slot0 = AtomicAccess::load(&arena->slot0);
    const size_t distance = fault - slot0;
    if (slot0 != nullptr && distance >= (Rseq::slots() - 1) * stride && distance < AtomicAccess::load(&arena->reach)) {
      st->print_cr("rseq: index %zu is above the last slot, %d: this machine has more CPUs than the one that "
                   "the VM started on, or the kernel is broken; nothing was written",
                   distance / stride, Rseq::slots() - 2);
      return;
    }
  }
}

void Rseq::print_fault_on(outputStream* st, const void* siginfo, const void* context) {
  if (!is_enabled()) {
    return;
  }
  const siginfo_t* const si = (const siginfo_t*)siginfo;
  if (si != nullptr && si->si_signo == SIGSEGV) {
    print_arena_fault_on(st, (address)si->si_addr);
  }
  if (context != nullptr) {
    RseqDescriptors::print_pc_on(st, os::Posix::ucontext_get_pc((const ucontext_t*)context));
  }
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
  FreeHeap(mask);
  if (count == 0) {
    count = limit;
  }
  return MAX3(count, (int)::sysconf(_SC_NPROCESSORS_CONF), (int)RseqPossibleCPUs);
}

// A kernel that does not abort sections is not used, unless somebody asks for it.
bool Rseq::is_trusted() {
  return (_flaws & RseqFlaws::missed_abort) == 0 || FLAG_IS_CMDLINE(UseRseq);
}

void Rseq::initialize() {
  _flaws = RseqFlaws::flaws();
  if (!has_mm_cid()) {
    _flaws &= ~RseqFlaws::shared_mm_cid;
  }
  _slots = MIN2(possible_cpus(), (int)RseqSlotLimit) + 1;
  choose_index();
  if (!UseRseq) {
    disable("-XX:-UseRseq", 0);
  } else if (!is_trusted()) {
    disable("this kernel does not abort every section", 0);
  } else if (_slots * stride > full_reach) {
    disable("too many possible CPUs", 0);
  } else if (!adopt_glibc() && !adopt_symbol()) {
    register_own();
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
  RseqThreadLocal* const local = JavaThread::current()->rseq();
  const address area = current_area();
  const uint32_t size = area_is_in_java_thread() ? own_area_size() : ORIGINAL_SIZE;
  int error = 0;
  if (_source != Source::glibc && !local->registered_by_vm()) {
    if (rseq_syscall(area, size, 0) == 0) {
      // Somebody else's area stays registered when its thread leaves the VM: its
      // owner may have come to rely on it.
      local->set_registered_by_vm(area_is_in_java_thread());
      log_debug(rseq)("Thread %d: area of %u bytes at " PTR_FORMAT, (int)os::Linux::gettid(), size, p2i(area));
    } else {
      error = errno; // EBUSY: the same area, by its other owner
    }
  }
  const int32_t cpu_id = cpu_id_of(area);
  if (cpu_id >= 0) {
    log_debug(rseq)("Thread %d registered, on CPU %d", (int)os::Linux::gettid(), cpu_id);
  } else {
    log_debug(rseq)("Thread %d not registered (%s), it uses the overflow slot", (int)os::Linux::gettid(),
                    error == 0 ? "by whom it should have been" : os::errno_name(error));
  }
}

void Rseq::detach_current_thread() {
  RseqThreadLocal* const local = JavaThread::current()->rseq();
  if (local->registered_by_vm()) {
    // EINVAL: somebody else has unregistered it.
    if (rseq_syscall(local->area(), own_area_size(), RSEQ_FLAG_UNREGISTER_THREAD) == 0 || errno == EINVAL) {
      local->clear_area();
      log_debug(rseq)("Thread %d unregistered", (int)os::Linux::gettid());
    } else {
      // A filter that came later. The kernel may write to the area until the thread ends.
      log_info(rseq)("Thread %d can not be unregistered (%s), its memory is not used again",
                     (int)os::Linux::gettid(), os::errno_name(errno));
      RseqThreadLocal::keep_thread(JavaThread::current());
    }
    local->set_registered_by_vm(false);
  }
  if (local->aborts() != 0 || local->overflows() != 0) {
    MutexLocker ml(Threads_lock);
    _aborts_of_exited += local->aborts();
    _overflows_of_exited += local->overflows();
    local->clear_counts();
  }
}

int Rseq::cpu_id_offset()  { return _area_offset + CPU_ID_OFFSET; }
int Rseq::rseq_cs_offset() { return _area_offset + RSEQ_CS_OFFSET; }
int Rseq::index_offset()   { return _area_offset + _index_offset; }
bool Rseq::index_is_cpu_id() { return _index_offset == CPU_ID_OFFSET; }

// A thread that exits hands its counts over under the lock, so none is missed and
// none is taken twice. The VM that dies reports without it.
void Rseq::count(uint64_t* aborts, uint64_t* overflows) {
  const bool alone = Threads_lock == nullptr || VMError::is_error_reported() || Threads_lock->owned_by_self();
  ConditionalMutexLocker ml(Threads_lock, !alone);
  *aborts = _aborts_of_exited;
  *overflows = _overflows_of_exited;
  const ThreadsList* const threads = ThreadsSMRSupport::get_java_thread_list();
  for (uint i = 0; i < threads->length(); i++) {
    const RseqThreadLocal* const local = threads->thread_at(i)->rseq();
    *aborts += local->aborts();
    *overflows += local->overflows();
  }
}

bool Rseq::is_address_space_limited() {
  struct rlimit limit;
  return ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
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

void Rseq::print_flaws_on(outputStream* st) {
  int avoided = 0;
  if (!is_enabled()) {
    avoided |= RseqFlaws::missed_abort | RseqFlaws::shared_mm_cid | RseqFlaws::lost_membarrier;
  }
  if (index_is_cpu_id()) {
    avoided |= RseqFlaws::shared_mm_cid;
  }
  if (_membarrier < 0) {
    avoided |= RseqFlaws::lost_membarrier;
  }
  RseqFlaws::print_on(st, _flaws, avoided);
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
      print_flaws_on(st);
      return;
    case Source::glibc:  st->print("registered by glibc"); break;
    case Source::symbol: st->print("registered by the owner of __rseq_abi"); break;
    case Source::jvm:    st->print("registered by the JVM"); break;
  }
  uint64_t aborts;
  uint64_t overflows;
  count(&aborts, &overflows);
  st->print(", area at %d%s, index %s, %d slots with the overflow slot, stride " PROPERFMT ", fence %s"
            ", " UINT64_FORMAT " aborts, " UINT64_FORMAT " operations on the overflow slot",
            _area_offset, area_is_in_java_thread() ? " of each JavaThread" : "", index_is_cpu_id() ? "cpu_id" : "mm_cid", _slots,
            PROPERFMTARGS((size_t)1 << stride_shift), _membarrier < 0 ? "handshake" : "membarrier",
            aborts, overflows);
  print_flaws_on(st);
}

#endif // RSEQ_CRITICAL_SECTIONS
