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

#include "jni.h"
#include "jvm.h"
#include "logging/log.hpp"
#include "nmt/memTag.hpp"
#include "runtime/atomic.hpp"
#include "runtime/interfaceSupport.inline.hpp"
#include "runtime/os.hpp"
#include "runtime/rseq.hpp"
#include "runtime/stubRoutines.hpp"
#include "utilities/globalDefinitions.hpp"
#include "utilities/ostream.hpp"

// Native methods of jdk.internal.misc.PerCpu: its raw operations as the
// interpreter sees them, through the stubs that C1 calls too, and the arenas.

#define PERCPU_LEAF(result_type, header) \
  JVM_LEAF(static result_type, header)

// What a caller of a raw operation must have asked first.
static void check_enabled() {
  guarantee(StubRoutines::percpu_load_add_store() != nullptr,
            "raw per-CPU operation without rseq: ask PerCpu.isEnabled() first");
}

PERCPU_LEAF(void, PerCpu_LoadAddStore(JNIEnv* env, jclass cls, jobject owner, jlong addr, jlong delta)) {
  check_enabled();
  typedef void (*Stub)(jlong, jlong);
  CAST_TO_FN_PTR(Stub, StubRoutines::percpu_load_add_store())(addr, delta);
} JVM_END

PERCPU_LEAF(jlong, PerCpu_GetAndAdd(JNIEnv* env, jclass cls, jobject owner, jlong addr, jlong delta)) {
  check_enabled();
  typedef jlong (*Stub)(jlong, jlong);
  return CAST_TO_FN_PTR(Stub, StubRoutines::percpu_get_and_add())(addr, delta);
} JVM_END

PERCPU_LEAF(jlong, PerCpu_CompareAndExchange(JNIEnv* env, jclass cls, jobject owner, jlong addr,
                                             jlong expect, jlong newv)) {
  check_enabled();
  typedef jlong (*Stub)(jlong, jlong, jlong);
  return CAST_TO_FN_PTR(Stub, StubRoutines::percpu_compare_and_exchange())(addr, expect, newv);
} JVM_END

PERCPU_LEAF(jint, PerCpu_LoadCbneStore(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr,
                                       jlong expect, jlong newv)) {
  check_enabled();
  typedef jint (*Stub)(jint, jlong, jlong, jlong);
  return CAST_TO_FN_PTR(Stub, StubRoutines::percpu_load_cbne_store())(slot, addr, expect, newv);
} JVM_END

PERCPU_LEAF(jint, PerCpu_CurrentSlot(JNIEnv* env, jclass cls)) {
  check_enabled();
  typedef jint (*Stub)();
  return CAST_TO_FN_PTR(Stub, StubRoutines::percpu_current_slot())();
} JVM_END

PERCPU_LEAF(jboolean, PerCpu_IsEnabled0(JNIEnv* env, jclass cls)) {
  return StubRoutines::percpu_load_add_store() != nullptr;
} JVM_END

PERCPU_LEAF(jint, PerCpu_Slots0(JNIEnv* env, jclass cls)) {
  return Rseq::slots();
} JVM_END

PERCPU_LEAF(jint, PerCpu_StrideShift0(JNIEnv* env, jclass cls)) {
  return Rseq::stride_shift;
} JVM_END

static volatile size_t _arenas = 0;

static size_t arena_size() {
  return (size_t)Rseq::slots() << Rseq::stride_shift;
}

JVM_ENTRY(static jlong, PerCpu_AllocateArena0(JNIEnv* env, jclass cls)) {
  const size_t size = arena_size();
  char* base = os::reserve_memory(size, mtPerCpu);
  if (base == nullptr) {
    return 0;
  }
  if (!Rseq::commit_arena(base, size)) {
    os::release_memory(base, size);
    return 0;
  }
  Atomic::inc(&_arenas);
  log_debug(rseq)("Arena of %zu bytes at " PTR_FORMAT, size, p2i(base));
  return (jlong)(uintptr_t)base;
} JVM_END

JVM_ENTRY(static void, PerCpu_FreeArena0(JNIEnv* env, jclass cls, jlong base)) {
  log_debug(rseq)("Arena at " PTR_FORMAT " released", (intptr_t)base);
  os::release_memory((char*)(uintptr_t)base, arena_size());
  Atomic::dec(&_arenas);
} JVM_END

// The constants of the same order are in jdk.internal.misc.PerCpu.
PERCPU_LEAF(jlong, PerCpu_Statistic0(JNIEnv* env, jclass cls, jint which)) {
  switch (which) {
    case 0: return (jlong)Rseq::aborts();
    case 1: return (jlong)Rseq::overflows();
    case 2: return (jlong)Atomic::load(&_arenas);
    case 3: return (jlong)(Atomic::load(&_arenas) * arena_size());
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
#define OBJ "Ljava/lang/Object;"

static JNINativeMethod jdk_internal_misc_PerCpu_methods[] = {
  { CC "loadAddStore",       CC "(" OBJ "JJ)V",   FN_PTR(PerCpu_LoadAddStore) },
  { CC "getAndAdd",          CC "(" OBJ "JJ)J",   FN_PTR(PerCpu_GetAndAdd) },
  { CC "compareAndExchange", CC "(" OBJ "JJJ)J",  FN_PTR(PerCpu_CompareAndExchange) },
  { CC "loadCbneStore",      CC "(" OBJ "IJJJ)I", FN_PTR(PerCpu_LoadCbneStore) },
  { CC "currentSlot",        CC "()I",            FN_PTR(PerCpu_CurrentSlot) },
  { CC "isEnabled0",         CC "()Z",            FN_PTR(PerCpu_IsEnabled0) },
  { CC "slots0",             CC "()I",            FN_PTR(PerCpu_Slots0) },
  { CC "strideShift0",       CC "()I",            FN_PTR(PerCpu_StrideShift0) },
  { CC "allocateArena0",     CC "()J",            FN_PTR(PerCpu_AllocateArena0) },
  { CC "freeArena0",         CC "(J)V",           FN_PTR(PerCpu_FreeArena0) },
  { CC "statistic0",         CC "(I)J",           FN_PTR(PerCpu_Statistic0) },
  { CC "describe0",          CC "()Ljava/lang/String;", FN_PTR(PerCpu_Describe0) },
};

#undef OBJ
#undef FN_PTR
#undef CC

// Exported to nativeLookup.cpp.
extern "C" {
JVM_ENTRY(void, JVM_RegisterPerCpuMethods(JNIEnv* env, jclass percpuclass)) {
  ThreadToNativeFromVM ttnfv(thread);
  const int ok = env->RegisterNatives(percpuclass, jdk_internal_misc_PerCpu_methods,
                                      (jint)ARRAY_SIZE(jdk_internal_misc_PerCpu_methods));
  guarantee(ok == 0, "register jdk.internal.misc.PerCpu natives");
} JVM_END
}
