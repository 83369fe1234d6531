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

#include "cds/cdsConfig.hpp"
#include "code/rseqDescriptors.hpp"
#include "jni.h"
#include "jvm.h"
#include "logging/log.hpp"
#include "nmt/memTag.hpp"
#include "prims/perCpuServices.hpp"
#include "runtime/atomicAccess.hpp"
#include "runtime/globals.hpp"
#include "runtime/handshake.hpp"
#include "runtime/interfaceSupport.inline.hpp"
#include "runtime/javaThread.inline.hpp"
#include "runtime/os.hpp"
#include "runtime/rseq.hpp"
#include "runtime/stackOverflow.hpp"
#include "utilities/align.hpp"
#include "utilities/globalDefinitions.hpp"
#include "utilities/ostream.hpp"
#include "utilities/powerOfTwo.hpp"

// Native methods of jdk.internal.percpu.VMServices.

// --- Exclusive use of a slot

static volatile uint64_t _fences = 0;
static volatile uint64_t _fence_nanos = 0;

// Critical sections have no safepoint and no handshake in them: a thread that
// took part is in none that began before.
class LeaveSectionsClosure : public HandshakeClosure {
 public:
  LeaveSectionsClosure() : HandshakeClosure("LeaveCriticalSections") {}
  void do_thread(Thread* thread) {}
};

JVM_ENTRY(static void, PerCpu_Fence0(JNIEnv* env, jclass cls)) {
  const jlong start = os::javaTimeNanos();
  bool done;
  {
    // The kernel may take milliseconds, for the first one. A safepoint does not
    // wait for that.
    ThreadBlockInVM tbivm(thread);
    done = Rseq::fence();
  }
  if (!done) {
    LeaveSectionsClosure leave;
    Handshake::execute(&leave);
  }
  AtomicAccess::inc(&_fences);
  AtomicAccess::add(&_fence_nanos, (uint64_t)(os::javaTimeNanos() - start));
} JVM_END

// How much of the stack Java frames can still take.
JVM_LEAF(static jlong, PerCpu_StackRoom0(JNIEnv* env, jclass cls)) {
  const StackOverflow* state = JavaThread::thread_from_jni_environment(env)->stack_overflow_state();
  return (jlong)(os::current_stack_pointer() - state->shadow_zone_safe_limit());
} JVM_END

// --- Layout

JVM_LEAF(static jint, PerCpu_Slots0(JNIEnv* env, jclass cls)) {
  return Rseq::slots();
} JVM_END

JVM_LEAF(static jint, PerCpu_StrideShift0(JNIEnv* env, jclass cls)) {
  return Rseq::stride_shift;
} JVM_END

// --- Memory

static volatile size_t _arenas = 0;
static volatile size_t _arena_bytes = 0;

// 0 where an overflow makes it nonsense.
static size_t in_pages(jlong bytes) {
  const size_t page = os::vm_page_size();
  return (bytes > 0 && (julong)bytes <= (julong)max_intx - page) ? align_up((size_t)bytes, page) : 0;
}

static jlong count_reserved(address base, size_t size) {
  if (base != nullptr) {
    AtomicAccess::inc(&_arenas);
    AtomicAccess::add(&_arena_bytes, size);
    log_debug(rseq)("%zu bytes at " PTR_FORMAT, size, p2i(base));
  }
  return (jlong)(uintptr_t)base;
}

static void count_released(jlong base, size_t size) {
  log_debug(rseq)("Memory at " PTR_FORMAT " released", (intptr_t)base);
  AtomicAccess::dec(&_arenas);
  AtomicAccess::sub(&_arena_bytes, size);
}

static size_t arena_size() {
  return (size_t)Rseq::slots() << Rseq::stride_shift;
}

JVM_ENTRY(static jlong, PerCpu_ReserveArena0(JNIEnv* env, jclass cls)) {
  return count_reserved(Rseq::reserve_arena(), arena_size());
} JVM_END

JVM_ENTRY(static void, PerCpu_ReleaseArena0(JNIEnv* env, jclass cls, jlong slot0)) {
  Rseq::release_arena((address)(uintptr_t)slot0);
  count_released(slot0, arena_size());
} JVM_END

JVM_ENTRY(static jlong, PerCpu_ReserveMemory0(JNIEnv* env, jclass cls, jlong bytes)) {
  const size_t size = in_pages(bytes);
  char* base = (size == 0) ? nullptr : os::reserve_memory(size, mtPerCpu);
  if (base != nullptr && !Rseq::commit_arena(base, size)) {
    os::release_memory(base, size);
    base = nullptr;
  }
  return count_reserved((address)base, size);
} JVM_END

JVM_ENTRY(static void, PerCpu_ReleaseMemory0(JNIEnv* env, jclass cls, jlong base, jlong bytes)) {
  const size_t size = in_pages(bytes);
  os::release_memory((char*)(uintptr_t)base, size);
  count_released(base, size);
} JVM_END

JVM_ENTRY(static void, PerCpu_DiscardMemory0(JNIEnv* env, jclass cls, jlong base, jlong bytes)) {
  os::disclaim_memory((char*)(uintptr_t)base, in_pages(bytes));
} JVM_END

// --- Adders: jdk.internal.percpu.Adders

static volatile size_t _adders = 0;

// Why no adder counts per CPU, once that was asked. Null if they may.
static const char* volatile _no_adders = nullptr;

static const char* why_no_adders() {
  if (!UsePerCpuAdders) {
    return "-XX:-UsePerCpuAdders";
  }
  if (!Rseq::is_enabled()) {
    return "no rseq";
  }
  if (CDSConfig::is_dumping_heap()) {
    return "heap objects are archived, which outlive this process";
  }
  if (Rseq::is_address_space_limited()) {
    return "address space is limited";
  }
  return nullptr;
}

JVM_ENTRY(static jboolean, PerCpu_UsesAdders0(JNIEnv* env, jclass cls)) {
  const char* const reason = why_no_adders();
  AtomicAccess::store(&_no_adders, reason);
  if (reason != nullptr) {
    log_info(rseq)("No adder counts per CPU: %s", reason);
  }
  return reason == nullptr;
} JVM_END

JVM_LEAF(static jboolean, PerCpu_AreAtomicsSlow0(JNIEnv* env, jclass cls)) {
  return Rseq::are_atomics_slow();
} JVM_END

JVM_ENTRY(static void, PerCpu_CountAdders0(JNIEnv* env, jclass cls, jint more)) {
  const size_t adders = AtomicAccess::add(&_adders, (size_t)(ssize_t)more);
  if (more > 0 && is_power_of_2(adders)) {
    log_info(rseq)("Adders that count per CPU: %zu", adders);
  }
} JVM_END

void PerCpuServices::print_on(outputStream* st) {
  const char* const reason = AtomicAccess::load(&_no_adders);
  st->print("per-CPU memory: %zu blocks of %zu KB in all; adders: ", AtomicAccess::load(&_arenas), AtomicAccess::load(&_arena_bytes) / K);
  if (reason == nullptr) {
    st->print("%zu count per CPU", AtomicAccess::load(&_adders));
  } else {
    st->print("none counts per CPU (%s)", reason);
  }
}

// --- For people and tests

// The constants of the same order are in jdk.internal.percpu.Statistics.
JVM_ENTRY(static jlong, PerCpu_Statistic0(JNIEnv* env, jclass cls, jint which)) {
  uint64_t aborts;
  uint64_t overflows;
  Rseq::count(&aborts, &overflows);
  switch (which) {
    case 0: return (jlong)aborts;
    case 1: return (jlong)overflows;
    case 2: return (jlong)AtomicAccess::load(&_arenas);
    case 3: return (jlong)AtomicAccess::load(&_arena_bytes);
    case 4: return (jlong)AtomicAccess::load(&_fences);
    case 5: return (jlong)AtomicAccess::load(&_adders);
    case 6: return (jlong)AtomicAccess::load(&_fence_nanos);
    case 7: return (jlong)RseqDescriptors::given_up();
    default: return -1;
  }
} JVM_END

JVM_ENTRY(static jstring, PerCpu_Describe0(JNIEnv* env, jclass cls)) {
  char buffer[512];
  stringStream st(buffer, sizeof(buffer));
  Rseq::print_on(&st);
  ThreadToNativeFromVM ttn(thread);
  return env->NewStringUTF(buffer);
} JVM_END

#define CC (char*)  /* cast a literal from (const char*) */
#define FN_PTR(f) CAST_FROM_FN_PTR(void*, &f)

static JNINativeMethod services[] = {
  { CC "fence0",             CC "()V",            FN_PTR(PerCpu_Fence0) },
  { CC "stackRoom0",         CC "()J",            FN_PTR(PerCpu_StackRoom0) },
  { CC "slots0",             CC "()I",            FN_PTR(PerCpu_Slots0) },
  { CC "strideShift0",       CC "()I",            FN_PTR(PerCpu_StrideShift0) },
  { CC "reserveArena0",      CC "()J",            FN_PTR(PerCpu_ReserveArena0) },
  { CC "releaseArena0",      CC "(J)V",           FN_PTR(PerCpu_ReleaseArena0) },
  { CC "reserveMemory0",     CC "(J)J",           FN_PTR(PerCpu_ReserveMemory0) },
  { CC "releaseMemory0",     CC "(JJ)V",          FN_PTR(PerCpu_ReleaseMemory0) },
  { CC "discardMemory0",     CC "(JJ)V",          FN_PTR(PerCpu_DiscardMemory0) },
  { CC "usesAdders0",        CC "()Z",            FN_PTR(PerCpu_UsesAdders0) },
  { CC "areAtomicsSlow0",    CC "()Z",            FN_PTR(PerCpu_AreAtomicsSlow0) },
  { CC "countAdders0",       CC "(I)V",           FN_PTR(PerCpu_CountAdders0) },
  { CC "statistic0",         CC "(I)J",           FN_PTR(PerCpu_Statistic0) },
  { CC "describe0",          CC "()Ljava/lang/String;", FN_PTR(PerCpu_Describe0) },
};

#undef FN_PTR
#undef CC

// Exported to nativeLookup.cpp.
extern "C" {
JVM_ENTRY(void, JVM_RegisterPerCpuServices(JNIEnv* env, jclass cls)) {
  ThreadToNativeFromVM ttnfv(thread);
  const int ok = env->RegisterNatives(cls, services, (jint)ARRAY_SIZE(services));
  guarantee(ok == 0, "register jdk.internal.percpu.VMServices natives");
} JVM_END
}
