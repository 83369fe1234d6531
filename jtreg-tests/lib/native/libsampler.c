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

// An agent that samples one thread as profilers do: a timer on the thread's CPU time sends
// SIGPROF, whose handler calls AsyncGetCallTrace, and also follows the frame pointers, as perf
// does. And the JNI side of percpu.lib.Sampler.

#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <errno.h>
#include <jni.h>
#include <jvmti.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define SAMPLER(type, name) JNIEXPORT type JNICALL Java_percpu_lib_Sampler_##name

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { MAX_SAMPLES = 20000, MAX_FRAMES = 16 };

// As in HotSpot's forte.cpp, which has no header.
struct call_frame {
  jint bci;
  jmethodID method;
};

struct call_trace {
  JNIEnv* env;
  jint frame_count;   // or why there are none
  struct call_frame* frames;
};

typedef void (*async_get_call_trace_t)(struct call_trace*, jint, void*);

static struct sample {
  jint frame_count;
  struct call_frame frames[MAX_FRAMES];
  jint address_count;
  uintptr_t addresses[MAX_FRAMES];   // where it was, and where each caller goes on
} samples[MAX_SAMPLES];
static atomic_int sample_count;

static async_get_call_trace_t async_get_call_trace;
static jvmtiEnv* jvmti;
static JNIEnv* sampled_env;
static timer_t timer;
static uintptr_t stack_end;

// ---- the agent. AsyncGetCallTrace has no frames without class loading events from the start,
// and no names for methods that nobody has asked for an id.

static void JNICALL on_class_load(jvmtiEnv* env, JNIEnv* jni, jthread thread, jclass cls) {
}

static void make_ids(jclass cls) {
  jint count;
  jmethodID* methods;
  if ((*jvmti)->GetClassMethods(jvmti, cls, &count, &methods) == JVMTI_ERROR_NONE) {
    (*jvmti)->Deallocate(jvmti, (unsigned char*)methods);
  }
}

static void JNICALL on_class_prepare(jvmtiEnv* env, JNIEnv* jni, jthread thread, jclass cls) {
  make_ids(cls);
}

static void JNICALL on_vm_init(jvmtiEnv* env, JNIEnv* jni, jthread thread) {
  jint count;
  jclass* classes;
  if ((*jvmti)->GetLoadedClasses(jvmti, &count, &classes) == JVMTI_ERROR_NONE) {
    for (jint i = 0; i < count; i++) {
      make_ids(classes[i]);
      (*jni)->DeleteLocalRef(jni, classes[i]);
    }
    (*jvmti)->Deallocate(jvmti, (unsigned char*)classes);
  }
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM* vm, char* options, void* reserved) {
  jvmtiEventCallbacks callbacks;
  memset(&callbacks, 0, sizeof(callbacks));
  callbacks.ClassLoad = on_class_load;
  callbacks.ClassPrepare = on_class_prepare;
  callbacks.VMInit = on_vm_init;
  async_get_call_trace = (async_get_call_trace_t)dlsym(RTLD_DEFAULT, "AsyncGetCallTrace");
  if (async_get_call_trace == NULL
      || (*vm)->GetEnv(vm, (void**)&jvmti, JVMTI_VERSION_11) != JNI_OK
      || (*jvmti)->SetEventCallbacks(jvmti, &callbacks, sizeof(callbacks)) != JVMTI_ERROR_NONE
      || (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_CLASS_LOAD, NULL) != JVMTI_ERROR_NONE
      || (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_CLASS_PREPARE, NULL) != JVMTI_ERROR_NONE
      || (*jvmti)->SetEventNotificationMode(jvmti, JVMTI_ENABLE, JVMTI_EVENT_VM_INIT, NULL) != JVMTI_ERROR_NONE) {
    fprintf(stderr, "sampler: no AsyncGetCallTrace or no JVMTI events\n");
    return JNI_ERR;
  }
  return JNI_OK;
}

// ---- sampling

// A frame pointer points to the caller's, above which is the return address.
static void follow_frame_pointers(struct sample* sample, const ucontext_t* context) {
#if defined(__x86_64__)
  uintptr_t pc = context->uc_mcontext.gregs[REG_RIP];
  uintptr_t sp = context->uc_mcontext.gregs[REG_RSP];
  uintptr_t fp = context->uc_mcontext.gregs[REG_RBP];
#elif defined(__aarch64__)
  uintptr_t pc = context->uc_mcontext.pc;
  uintptr_t sp = context->uc_mcontext.sp;
  uintptr_t fp = context->uc_mcontext.regs[29];
#endif
  int count = 0;
  sample->addresses[count++] = pc;
  while (count < MAX_FRAMES && fp >= sp && fp % sizeof(void*) == 0 && fp + 2 * sizeof(void*) <= stack_end) {
    const uintptr_t* frame = (const uintptr_t*)fp;
    sample->addresses[count++] = frame[1];
    sp = fp + 2 * sizeof(void*);
    fp = frame[0];
  }
  sample->address_count = count;
}

static void on_profiling_signal(int sig, siginfo_t* info, void* context) {
  int saved_errno = errno;
  int number = atomic_load(&sample_count);
  if (number < MAX_SAMPLES) {
    struct sample* sample = &samples[number];
    struct call_trace trace = { sampled_env, 0, sample->frames };
    async_get_call_trace(&trace, MAX_FRAMES, context);
    sample->frame_count = trace.frame_count;
    follow_frame_pointers(sample, context);
    atomic_store(&sample_count, number + 1);
  }
  errno = saved_errno;
}

SAMPLER(jint, start)(JNIEnv* env, jclass cls, jint micros) {
  struct sigaction action;
  struct sigevent event;
  struct itimerspec interval = { { 0, micros * 1000L }, { 0, micros * 1000L } };
  pthread_attr_t attributes;
  void* stack;
  size_t stack_size;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
    return errno;
  }
  pthread_attr_getstack(&attributes, &stack, &stack_size);
  pthread_attr_destroy(&attributes);
  stack_end = (uintptr_t)stack + stack_size;
  memset(&action, 0, sizeof(action));
  memset(&event, 0, sizeof(event));
  action.sa_sigaction = on_profiling_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
  sampled_env = env;
  atomic_store(&sample_count, 0);
  if (sigaction(SIGPROF, &action, NULL) != 0
      || timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0) {
    return errno;
  }
  return timer_settime(timer, 0, &interval, NULL) == 0 ? 0 : errno;
}

SAMPLER(jint, stop)(JNIEnv* env, jclass cls) {
  return timer_delete(timer) == 0 ? 0 : errno;
}

SAMPLER(jint, count)(JNIEnv* env, jclass cls) {
  return atomic_load(&sample_count);
}

// Class.method, as far as there is room.
static void append_name(char* text, size_t size, jmethodID method) {
  size_t length = strlen(text);
  jclass cls = NULL;
  char* signature = NULL;
  char* name = NULL;
  if (method != NULL
      && (*jvmti)->GetMethodDeclaringClass(jvmti, method, &cls) == JVMTI_ERROR_NONE
      && (*jvmti)->GetClassSignature(jvmti, cls, &signature, NULL) == JVMTI_ERROR_NONE
      && (*jvmti)->GetMethodName(jvmti, method, &name, NULL, NULL) == JVMTI_ERROR_NONE) {
    // Without the L and the semicolon around the class.
    snprintf(text + length, size - length, "%.*s.%s", (int)strlen(signature) - 2, signature + 1, name);
  } else {
    snprintf(text + length, size - length, "unknown");
  }
  (*jvmti)->Deallocate(jvmti, (unsigned char*)signature);
  (*jvmti)->Deallocate(jvmti, (unsigned char*)name);
}

SAMPLER(jstring, stack)(JNIEnv* env, jclass cls, jint number) {
  char text[4096] = "";
  const struct sample* sample = &samples[number];
  for (jint i = 0; i < sample->frame_count; i++) {
    if (i > 0 && strlen(text) + 1 < sizeof(text)) {
      strcat(text, ";");
    }
    append_name(text, sizeof(text), sample->frames[i].method);
  }
  if (sample->frame_count <= 0) {
    snprintf(text, sizeof(text), "none (%d)", (int)sample->frame_count);
  }
  return (*env)->NewStringUTF(env, text);
}

SAMPLER(jlongArray, addresses)(JNIEnv* env, jclass cls, jint number) {
  const struct sample* sample = &samples[number];
  jlong words[MAX_FRAMES];
  for (jint i = 0; i < sample->address_count; i++) {
    words[i] = (jlong)sample->addresses[i];
  }
  jlongArray addresses = (*env)->NewLongArray(env, sample->address_count);
  if (addresses != NULL) {
    (*env)->SetLongArrayRegion(env, addresses, 0, sample->address_count, words);
  }
  return addresses;
}
