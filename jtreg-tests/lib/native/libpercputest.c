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

// JNI side of percpu.lib.Native.

#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <jni.h>
#include <jvmti.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include "attached.h"
#include "glibcarea.h"
#include "rseqarea.h"

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_percpu_lib_Native_##name

static JavaVM* the_vm;

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void* reserved) {
  the_vm = vm;
  return JNI_VERSION_10;
}

NATIVE(jint, gettid)(JNIEnv* env, jclass cls) {
  return (jint)syscall(SYS_gettid);
}

// ---- CPUs

#define MAX_CPUS 8192

NATIVE(jintArray, allowedCpus)(JNIEnv* env, jclass cls) {
  cpu_set_t* set = CPU_ALLOC(MAX_CPUS);
  size_t size = CPU_ALLOC_SIZE(MAX_CPUS);
  jint* cpus = malloc(MAX_CPUS * sizeof(jint));
  jintArray result = NULL;
  if (set != NULL && cpus != NULL && sched_getaffinity(0, size, set) == 0) {
    jint count = 0;
    for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
      if (CPU_ISSET_S(cpu, size, set)) {
        cpus[count++] = cpu;
      }
    }
    result = (*env)->NewIntArray(env, count);
    if (result != NULL) {
      (*env)->SetIntArrayRegion(env, result, 0, count, cpus);
    }
  }
  free(cpus);
  CPU_FREE(set);
  return result;
}

NATIVE(jint, setAffinity)(JNIEnv* env, jclass cls, jint tid, jintArray cpus) {
  cpu_set_t* set = CPU_ALLOC(MAX_CPUS);
  size_t size = CPU_ALLOC_SIZE(MAX_CPUS);
  if (set == NULL) {
    return ENOMEM;
  }
  CPU_ZERO_S(size, set);
  jsize count = (*env)->GetArrayLength(env, cpus);
  jint* elements = (*env)->GetIntArrayElements(env, cpus, NULL);
  for (jsize i = 0; i < count; i++) {
    CPU_SET_S((size_t)elements[i], size, set);
  }
  (*env)->ReleaseIntArrayElements(env, cpus, elements, JNI_ABORT);
  int error = sched_setaffinity(tid, size, set) == 0 ? 0 : errno;
  CPU_FREE(set);
  return error;
}

// ---- signals

static atomic_long handled_signals;
static atomic_int storm_stop;
static pthread_t storm_thread;

struct storm {
  int* tids;
  int count;
  int pause_micros;
  int millis;
};

static int storm_signal(void) {
  return SIGRTMIN + 5;
}

static void on_signal(int sig, siginfo_t* info, void* context) {
  atomic_fetch_add_explicit(&handled_signals, 1, memory_order_relaxed);
}

static long now_millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

static void* storm_main(void* opaque) {
  struct storm* storm = opaque;
  struct timespec pause = { 0, storm->pause_micros * 1000L };
  pid_t pid = getpid();
  // Workers must not keep this thread from running. Not being allowed to is no error.
  setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), -10);
  // Whoever wants to stop it may be waiting for a safepoint that the targets, busy with signals, do not come to.
  long end = now_millis() + storm->millis;
  while (!atomic_load(&storm_stop) && now_millis() < end) {
    for (int i = 0; i < storm->count; i++) {
      // Nor is a target that has ended meanwhile.
      syscall(SYS_tgkill, pid, storm->tids[i], storm_signal());
    }
    if (storm->pause_micros > 0) {
      nanosleep(&pause, NULL);
    }
  }
  free(storm->tids);
  free(storm);
  return NULL;
}

NATIVE(jint, startStorm)(JNIEnv* env, jclass cls, jintArray tids, jint pause_micros, jint millis) {
  struct sigaction action;
  struct sigaction old;
  if (sigaction(storm_signal(), NULL, &old) != 0) {
    return errno;
  }
  if (old.sa_handler != SIG_DFL && old.sa_sigaction != on_signal) {
    return EBUSY;
  }
  memset(&action, 0, sizeof(action));
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  if (sigaction(storm_signal(), &action, NULL) != 0) {
    return errno;
  }
  jsize count = (*env)->GetArrayLength(env, tids);
  struct storm* storm = malloc(sizeof(*storm));
  int* copy = malloc(sizeof(int) * (size_t)(count + 1));
  if (storm == NULL || copy == NULL || count == 0) {
    free(storm);
    free(copy);
    return count == 0 ? EINVAL : ENOMEM;
  }
  (*env)->GetIntArrayRegion(env, tids, 0, count, copy);
  storm->tids = copy;
  storm->count = count;
  storm->pause_micros = pause_micros;
  storm->millis = millis;
  atomic_store(&storm_stop, 0);
  return pthread_create(&storm_thread, NULL, storm_main, storm);
}

NATIVE(jlong, stopStorm)(JNIEnv* env, jclass cls) {
  atomic_store(&storm_stop, 1);
  pthread_join(storm_thread, NULL);
  return atomic_exchange(&handled_signals, 0);
}

// ---- threads made outside Java

static __thread volatile struct rseq_area foreign_area = { .cpu_id = (uint32_t)-1 };

struct native_thread {
  jobject task;
  int foreign;
  int rounds;
  int error;
};

static void* native_main(void* opaque) {
  struct native_thread* self = opaque;
  if (self->foreign) {
    self->error = rseq_call(&foreign_area, TEST_RSEQ_LEN, 0);
    if (self->error != 0) {
      return NULL;
    }
  }
  for (int i = 0; i < self->rounds && self->error == 0; i++) {
    self->error = run_attached(the_vm, self->task);
  }
  if (self->foreign && self->error == 0) {
    self->error = rseq_call(&foreign_area, TEST_RSEQ_LEN, TEST_RSEQ_UNREGISTER);
  }
  return NULL;
}

NATIVE(jint, runNative)(JNIEnv* env, jclass cls, jobject task, jint threads, jint rounds, jboolean foreign) {
  pthread_t* ids = calloc((size_t)threads, sizeof(pthread_t));
  struct native_thread* args = calloc((size_t)threads, sizeof(struct native_thread));
  jobject global = (*env)->NewGlobalRef(env, task);
  int error = ids == NULL || args == NULL || global == NULL ? ENOMEM : 0;
  int started = 0;
  while (error == 0 && started < threads) {
    args[started].task = global;
    args[started].foreign = foreign;
    args[started].rounds = rounds;
    error = pthread_create(&ids[started], NULL, native_main, &args[started]);
    if (error == 0) {
      started++;
    }
  }
  for (int i = 0; i < started; i++) {
    pthread_join(ids[i], NULL);
    if (error == 0) {
      error = args[i].error;
    }
  }
  (*env)->DeleteGlobalRef(env, global);
  free(ids);
  free(args);
  return error;
}

// ---- the registration that glibc made for this thread

static atomic_int registered_length;

// glibc does not tell the length it registered with: __rseq_size is the length in use.
static int unregister(char* area) {
  int error = EINVAL;
  for (uint32_t length = TEST_RSEQ_LEN; length <= 256 && error == EINVAL; length++) {
    error = rseq_call(area, length, TEST_RSEQ_UNREGISTER);
    if (error == 0) {
      atomic_store(&registered_length, (int)length);
    }
  }
  return error;
}

NATIVE(jint, unregisterSelf)(JNIEnv* env, jclass cls) {
  char* area = glibc_area();
  return area == NULL ? ENOTSUP : unregister(area);
}

NATIVE(jint, registerSelf)(JNIEnv* env, jclass cls) {
  char* area = glibc_area();
  return area == NULL ? ENOTSUP : rseq_call(area, (uint32_t)atomic_load(&registered_length), 0);
}

NATIVE(jint, registeredLength)(JNIEnv* env, jclass cls) {
  char* area = glibc_area();
  if (area == NULL) {
    return -ENOTSUP;
  }
  int error = unregister(area);
  if (error == 0) {
    error = rseq_call(area, (uint32_t)atomic_load(&registered_length), 0);
  }
  return error == 0 ? atomic_load(&registered_length) : -error;
}

NATIVE(jint, forgeIndex)(JNIEnv* env, jclass cls, jboolean mm_cid, jint index) {
  volatile struct rseq_area* area = (volatile struct rseq_area*)glibc_area();
  if (area == NULL) {
    return ENOTSUP;
  }
  if (mm_cid) {
    area->mm_cid = (uint32_t)index;
  } else {
    area->cpu_id = (uint32_t)index;
  }
  return 0;
}

// ---- asynchronous exceptions

// Above all errors of JVMTI.
#define NO_JVMTI 1000

static jvmtiEnv* the_jvmti;

NATIVE(jint, stopThread)(JNIEnv* env, jclass cls, jobject thread, jthrowable exception) {
  if (the_jvmti == NULL) {
    jvmtiCapabilities capabilities;
    jvmtiEnv* jvmti;
    if ((*the_vm)->GetEnv(the_vm, (void**)&jvmti, JVMTI_VERSION_11) != JNI_OK) {
      return NO_JVMTI;
    }
    memset(&capabilities, 0, sizeof(capabilities));
    capabilities.can_signal_thread = 1;
    jvmtiError error = (*jvmti)->AddCapabilities(jvmti, &capabilities);
    if (error != JVMTI_ERROR_NONE) {
      return (jint)error;
    }
    the_jvmti = jvmti;
  }
  return (jint)(*the_jvmti)->StopThread(the_jvmti, thread, exception);
}

// ---- limits

static jint limit_resource(int resource, jlong bytes) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0) {
    return errno;
  }
  limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)bytes;
  return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

NATIVE(jint, limitAddressSpace)(JNIEnv* env, jclass cls, jlong bytes) {
  return limit_resource(RLIMIT_AS, bytes);
}

NATIVE(jint, limitData)(JNIEnv* env, jclass cls, jlong bytes) {
  return limit_resource(RLIMIT_DATA, bytes);
}

// ---- memory

NATIVE(jlong, mapZeros)(JNIEnv* env, jclass cls, jlong length) {
  void* mapped = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mapped == MAP_FAILED ? -errno : (jlong)mapped;
}

NATIVE(jint, unmap)(JNIEnv* env, jclass cls, jlong address, jlong length) {
  return munmap((void*)address, (size_t)length) == 0 ? 0 : errno;
}

NATIVE(jint, mapFile)(JNIEnv* env, jclass cls, jstring file, jlong address, jlong length) {
  const char* name = (*env)->GetStringUTFChars(env, file, NULL);
  const int fd = name == NULL ? -1 : open(name, O_RDWR);
  jint result = -errno;
  if (fd >= 0) {
    void* mapped = mmap((void*)address, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    result = mapped == MAP_FAILED ? -errno : 0;
    close(fd);
  }
  if (name != NULL) {
    (*env)->ReleaseStringUTFChars(env, file, name);
  }
  return result;
}
