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

#include "asm/perCpuAssembler.hpp"
#include "jni.h"
#include "jvm.h"
#include "runtime/interfaceSupport.inline.hpp"
#include "runtime/javaThread.inline.hpp"
#include "runtime/perCpuStubs.hpp"
#include "utilities/globalDefinitions.hpp"

// Native methods of jdk.internal.percpu.Rseq: the operations as the interpreter
// sees them, through the stubs that C1 calls too.

// A thread in a critical section must not count as being in native code: a fence
// that is a handshake would not wait for it.
#define PERCPU_SECTION(result_type, header) \
  JVM_ENTRY(static result_type, header)

// Calls a stub as compiled code does: with the thread in its register.
template <typename... Arguments>
static jlong call_stub(JavaThread* thread, address stub, Arguments... arguments) {
  guarantee(stub != nullptr, "raw per-CPU operation without rseq: ask Rseq.isEnabled() first");
  typedef jlong (*Call)(JavaThread*, address, const jlong*);
  const jlong words[PerCpuAssembler::max_arguments] = { (jlong)arguments... };
  return CAST_TO_FN_PTR(Call, PerCpuStubs::call())(thread, stub, words);
}

PERCPU_SECTION(void, PerCpu_LoadAddStore(JNIEnv* env, jclass cls, jobject owner, jlong addr, jlong delta)) {
  call_stub(thread, PerCpuStubs::load_add_store(), addr, delta);
} JVM_END

PERCPU_SECTION(void, PerCpu_LoadAddDoubleStore(JNIEnv* env, jclass cls, jobject owner, jlong addr, jlong delta)) {
  call_stub(thread, PerCpuStubs::load_add_double_store(), addr, delta);
} JVM_END

PERCPU_SECTION(jlong, PerCpu_GetAndAdd(JNIEnv* env, jclass cls, jobject owner, jlong addr, jlong delta)) {
  return call_stub(thread, PerCpuStubs::get_and_add(), addr, delta);
} JVM_END

PERCPU_SECTION(jlong, PerCpu_CompareAndExchange(JNIEnv* env, jclass cls, jobject owner, jlong addr, jlong expect,
                                                jlong newv)) {
  return call_stub(thread, PerCpuStubs::compare_and_exchange(), addr, expect, newv);
} JVM_END

PERCPU_SECTION(jint, PerCpu_LoadCbneStore(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr, jlong expect,
                                          jlong newv)) {
  return (jint)call_stub(thread, PerCpuStubs::load_cbne_store(), slot, addr, expect, newv);
} JVM_END

PERCPU_SECTION(jlong, PerCpu_LoadCbeqStoreAddLoadStore(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr,
                                                       jlong expect_not, jlong next_offset)) {
  return call_stub(thread, PerCpuStubs::load_cbeq_store_add_load_store(), slot, addr, expect_not,
                   next_offset);
} JVM_END

PERCPU_SECTION(jint, PerCpu_LoadCbneLoadCbneStore(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr,
                                                  jlong expect, jlong addr2, jlong expect2, jlong newv)) {
  return (jint)call_stub(thread, PerCpuStubs::load_cbne_load_cbne_store(), slot, addr, expect, addr2, expect2,
                         newv);
} JVM_END

PERCPU_SECTION(jint, PerCpu_LoadCbneStoreStore(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr,
                                               jlong expect, jlong addr2, jlong newv2, jlong newv)) {
  return (jint)call_stub(thread, PerCpuStubs::load_cbne_store_store(), slot, addr, expect, addr2, newv2,
                         newv);
} JVM_END

PERCPU_SECTION(jint, PerCpu_LoadCbneStoreStoreRelease(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr,
                                                      jlong expect, jlong addr2, jlong newv2, jlong newv)) {
  return (jint)call_stub(thread, PerCpuStubs::load_cbne_store_store_release(), slot, addr, expect, addr2,
                         newv2, newv);
} JVM_END

PERCPU_SECTION(jint, PerCpu_LoadCbneMemcpyStore(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr,
                                                jlong expect, jlong dst, jlong src, jlong length, jlong newv)) {
  return (jint)call_stub(thread, PerCpuStubs::load_cbne_memcpy_store(), slot, addr, expect, dst, src, length,
                         newv);
} JVM_END

PERCPU_SECTION(jint, PerCpu_LoadCbneMemcpyStoreRelease(JNIEnv* env, jclass cls, jobject owner, jint slot, jlong addr,
                                                       jlong expect, jlong dst, jlong src, jlong length,
                                                       jlong newv)) {
  return (jint)call_stub(thread, PerCpuStubs::load_cbne_memcpy_store_release(), slot, addr, expect, dst, src,
                         length, newv);
} JVM_END

JVM_LEAF(static jint, PerCpu_CurrentSlot(JNIEnv* env, jclass cls)) {
  return (jint)call_stub(JavaThread::thread_from_jni_environment(env), PerCpuStubs::current_slot());
} JVM_END

JVM_LEAF(static jboolean, PerCpu_IsEnabled0(JNIEnv* env, jclass cls)) {
  return PerCpuStubs::load_add_store() != nullptr;
} JVM_END

#define CC (char*)  /* cast a literal from (const char*) */
#define FN_PTR(f) CAST_FROM_FN_PTR(void*, &f)
#define OBJ "Ljava/lang/Object;"

static JNINativeMethod operations[] = {
  { CC "loadAddStore",       CC "(" OBJ "JJ)V",   FN_PTR(PerCpu_LoadAddStore) },
  { CC "loadAddDoubleStore", CC "(" OBJ "JJ)V",   FN_PTR(PerCpu_LoadAddDoubleStore) },
  { CC "getAndAdd",          CC "(" OBJ "JJ)J",   FN_PTR(PerCpu_GetAndAdd) },
  { CC "compareAndExchange", CC "(" OBJ "JJJ)J",  FN_PTR(PerCpu_CompareAndExchange) },
  { CC "loadCbneStore",      CC "(" OBJ "IJJJ)I", FN_PTR(PerCpu_LoadCbneStore) },
  { CC "loadCbeqStoreAddLoadStore",  CC "(" OBJ "IJJJ)J",    FN_PTR(PerCpu_LoadCbeqStoreAddLoadStore) },
  { CC "loadCbneLoadCbneStore",      CC "(" OBJ "IJJJJJ)I",  FN_PTR(PerCpu_LoadCbneLoadCbneStore) },
  { CC "loadCbneStoreStore",         CC "(" OBJ "IJJJJJ)I",  FN_PTR(PerCpu_LoadCbneStoreStore) },
  { CC "loadCbneStoreStoreRelease",  CC "(" OBJ "IJJJJJ)I",  FN_PTR(PerCpu_LoadCbneStoreStoreRelease) },
  { CC "loadCbneMemcpyStore",        CC "(" OBJ "IJJJJJJ)I", FN_PTR(PerCpu_LoadCbneMemcpyStore) },
  { CC "loadCbneMemcpyStoreRelease", CC "(" OBJ "IJJJJJJ)I", FN_PTR(PerCpu_LoadCbneMemcpyStoreRelease) },
  { CC "currentSlot",        CC "()I",            FN_PTR(PerCpu_CurrentSlot) },
  { CC "isEnabled0",         CC "()Z",            FN_PTR(PerCpu_IsEnabled0) },
};

#undef OBJ
#undef FN_PTR
#undef CC

// Exported to nativeLookup.cpp.
extern "C" {
JVM_ENTRY(void, JVM_RegisterPerCpuOperations(JNIEnv* env, jclass cls)) {
  ThreadToNativeFromVM ttnfv(thread);
  const int ok = env->RegisterNatives(cls, operations, (jint)ARRAY_SIZE(operations));
  guarantee(ok == 0, "register jdk.internal.percpu.Rseq natives");
} JVM_END
}
