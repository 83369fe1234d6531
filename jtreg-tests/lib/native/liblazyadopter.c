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

// A library for LD_PRELOAD, and the JNI side of percpu.lib.LazyAdopter. It uses rseq as
// allocators do that came before glibc registered: with an __rseq_abi in the second half
// of a cache line, registered when a thread first needs it, and with data of its own in
// cpu_id_start, which the kernel overwrites where a thread may have moved.
//
// LAZYADOPTER=creator: the first thread that is created, which creates the VM, needs it at once.

#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <jni.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attached.h"
#include "rseqarea.h"

#define ADOPTER(type, name) JNIEXPORT type JNICALL Java_percpu_lib_LazyAdopter_##name

#define UNINITIALIZED (-1)
#define UNSUPPORTED (-2)

enum { MAX_CPUS = 8192, CANARY = 0x5ca1ab1e, CACHED = 0x7fffffff, SECTION_DELAY = 2000 };

// As long as struct rseq was before Linux 6.3, and as the kernel still takes it.
struct old_area {
  uint32_t cpu_id_start;
  int32_t cpu_id;
  uint64_t rseq_cs;
  uint32_t flags;
  uint32_t words[3];
};

struct block {
  uint32_t before[8];
  volatile struct old_area area;
  uint32_t behind[16];
};

__attribute__((visibility("default"), tls_model("initial-exec"), aligned(64), used))
__thread struct block lazyadopter_block = {
  .before = { CANARY }, .area = { .cpu_id = UNINITIALIZED }, .behind = { CANARY }
};
__asm__(".globl __rseq_abi\n"
        ".type __rseq_abi, %tls_object\n"
        ".size __rseq_abi, 32\n"
        ".set __rseq_abi, lazyadopter_block + 32\n");

#define own_area lazyadopter_block.area

// Whether this thread was told that it may use the area.
static __thread int relied_on;

static JavaVM* the_vm;
static atomic_int eager_threads;
static struct { volatile long value; long pad[7]; } counts[MAX_CPUS];
static atomic_long counted_otherwise;
static atomic_long aborts;

__attribute__((constructor))
static void read_mode(void) {
  const char* mode = getenv("LAZYADOPTER");
  atomic_store(&eager_threads, mode != NULL && strcmp(mode, "creator") == 0 ? 1 : 0);
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void* reserved) {
  the_vm = vm;
  return JNI_VERSION_10;
}

// Whoever registered this area, it serves.
static int adopt(void) {
  int error = own_area.cpu_id >= 0 ? 0 : rseq_call(&own_area, sizeof(struct old_area), 0);
  relied_on = error == 0;
  if (error != 0) {
    own_area.cpu_id = UNSUPPORTED;
  }
  return error;
}

// 0 if the kernel has this thread's area, as registered with its length and signature.
static int check_registered(void) {
  int error = rseq_call(&own_area, sizeof(struct old_area), 0);
  return error == EBUSY ? 0 : error == 0 ? ENOENT : error;
}

static int check(void) {
  if (lazyadopter_block.before[0] != CANARY || lazyadopter_block.behind[0] != CANARY) {
    fprintf(stderr, "lazyadopter: somebody wrote beside the area\n");
    return EFAULT;
  }
  int error = relied_on ? check_registered() : 0;
  if (error != 0) {
    fprintf(stderr, "lazyadopter: somebody else unregistered the area: %s\n", strerror(error));
  }
  return error;
}

// ---- counting with sections of its own

// False if it was aborted.
static int add_one(void) {
#if defined(__x86_64__)
  __asm__ __volatile__ goto (
      ".pushsection adopter_cs, \"aw\"\n"
      ".balign 32\n"
      "3: .long 0, 0\n"
      ".quad 1f, 2f - 1f, 4f\n"
      ".popsection\n"
      ".pushsection adopter_abort, \"ax\"\n"
      ".long %c[signature]\n"
      "4: jmp %l[aborted]\n"
      ".popsection\n"
      "leaq 3b(%%rip), %%rax\n"
      "movq %%rax, %[cs]\n"
      "1: movl %[delay], %%eax\n"
      "5: decl %%eax\n"
      "jnz 5b\n"
      "movl %[cpu], %%eax\n"
      "shlq $6, %%rax\n"
      "addq $1, (%[counts], %%rax)\n"
      "2:\n"
      : : [signature] "i" (TEST_RSEQ_SIG), [cs] "m" (own_area.rseq_cs), [cpu] "m" (own_area.cpu_id),
          [delay] "i" (SECTION_DELAY), [counts] "r" (counts)
      : "rax", "cc", "memory" : aborted);
#elif defined(__aarch64__)
  __asm__ __volatile__ goto (
      ".pushsection adopter_cs, \"aw\"\n"
      ".balign 32\n"
      "3: .long 0, 0\n"
      ".quad 1f, 2f - 1f, 4f\n"
      ".popsection\n"
      ".pushsection adopter_abort, \"ax\"\n"
      ".inst %c[signature]\n"
      "4: b %l[aborted]\n"
      ".popsection\n"
      "adrp x9, 3b\n"
      "add x9, x9, :lo12:3b\n"
      "str x9, [%[area], 8]\n"
      "1: mov w9, %[delay]\n"
      "5: subs w9, w9, 1\n"
      "b.ne 5b\n"
      "ldr w9, [%[area], 4]\n"
      "add x9, %[counts], x9, lsl 6\n"
      "ldr x10, [x9]\n"
      "add x10, x10, 1\n"
      "str x10, [x9]\n"
      "2:\n"
      : : [signature] "i" (TEST_RSEQ_SIG), [area] "r" (&own_area), [delay] "i" (SECTION_DELAY), [counts] "r" (counts)
      : "x9", "x10", "cc", "memory" : aborted);
#endif
  return 1;
aborted:
  return 0;
}

ADOPTER(void, count)(JNIEnv* env, jclass cls, jint n) {
  if (own_area.cpu_id < 0) {
    atomic_fetch_add(&counted_otherwise, n);
    return;
  }
  for (jint i = 0; i < n; i++) {
    own_area.cpu_id_start = CACHED;
    while (!add_one()) {
      atomic_fetch_add_explicit(&aborts, 1, memory_order_relaxed);
    }
  }
}

ADOPTER(jlong, countedInSections)(JNIEnv* env, jclass cls) {
  long sum = 0;
  for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
    sum += counts[cpu].value;
  }
  return sum;
}

ADOPTER(jlong, countedOtherwise)(JNIEnv* env, jclass cls) {
  return atomic_load(&counted_otherwise);
}

ADOPTER(jlong, aborts)(JNIEnv* env, jclass cls) {
  return atomic_load(&aborts);
}

// ---- threads

ADOPTER(jint, adopt)(JNIEnv* env, jclass cls) {
  return adopt();
}

ADOPTER(jint, check)(JNIEnv* env, jclass cls) {
  return check();
}

struct attaching {
  jobject task;
  int first;
  int again;
  int rounds;
  int error;
};

static void* attach_and_detach(void* opaque) {
  struct attaching* self = opaque;
  if (self->first) {
    self->error = adopt();
  }
  for (int i = 0; i < self->rounds && self->error == 0; i++) {
    self->error = run_attached(the_vm, self->task);
    if (self->error == 0) {
      self->error = check();
    }
    // The VM has left this thread: if it had an area of its own, that is in nobody's way now.
    if (self->error == 0 && self->again) {
      self->error = adopt();
    }
  }
  return NULL;
}

ADOPTER(jint, runNative)(JNIEnv* env, jclass cls, jobject task, jint rounds, jboolean first, jboolean again) {
  struct attaching self = { (*env)->NewGlobalRef(env, task), first, again, rounds, 0 };
  pthread_t thread;
  if (self.task == NULL) {
    return ENOMEM;
  }
  int error = pthread_create(&thread, NULL, attach_and_detach, &self);
  if (error == 0) {
    pthread_join(thread, NULL);
    error = self.error;
  }
  (*env)->DeleteGlobalRef(env, self.task);
  return error;
}

struct start {
  void* (*routine)(void*);
  void* argument;
};

static void* run_adopted(void* opaque) {
  struct start start = *(struct start*)opaque;
  free(opaque);
  adopt();
  return start.routine(start.argument);
}

typedef int (*pthread_create_t)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

__attribute__((visibility("default")))
int pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*routine)(void*), void* argument) {
  pthread_create_t real = (pthread_create_t)dlsym(RTLD_NEXT, "pthread_create");
  if (real == NULL) {
    return EAGAIN;
  }
  struct start* start = NULL;
  if (atomic_load(&eager_threads) > 0 && atomic_fetch_sub(&eager_threads, 1) > 0) {
    start = malloc(sizeof(*start));
  }
  if (start == NULL) {
    return real(thread, attr, routine, argument);
  }
  start->routine = routine;
  start->argument = argument;
  int error = real(thread, attr, run_adopted, start);
  if (error != 0) {
    free(start);
  }
  return error;
}
