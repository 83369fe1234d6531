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

// JNI side of percpu.lib.Armed: threads whose rseq_cs tells of a section that they are not in.

#define _GNU_SOURCE 1
#include <jni.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "glibcarea.h"
#include "rseqarea.h"

#define ARMED(type, name) JNIEXPORT type JNICALL Java_percpu_lib_Armed_##name

// struct rseq_cs
struct descriptor {
  uint32_t version;
  uint32_t flags;
  uint64_t start_ip;
  uint64_t post_commit_offset;
  uint64_t abort_ip;
};

static volatile struct rseq_area* volatile watched_area;
static const struct descriptor* volatile watched;
static volatile uint64_t watched_start;
static volatile uint64_t watched_length;
static atomic_long hits;
static atomic_long handled;

static void arm(volatile struct rseq_area* area, const struct descriptor* descriptor) {
  area->rseq_cs = (uint64_t)(uintptr_t)descriptor;
}

// One that HotSpot does not use, and that does not queue up.
enum { WATCH_SIGNAL = SIGURG };

static uint64_t pc_of(const ucontext_t* context) {
#if defined(__x86_64__)
  return (uint64_t)context->uc_mcontext.gregs[REG_RIP];
#else
  return context->uc_mcontext.pc;
#endif
}

// The kernel has looked at rseq_cs before it came here.
static void on_signal(int sig, siginfo_t* info, void* context) {
  const struct descriptor* descriptor = watched;
  uint64_t pc = pc_of(context);
  if (pc == descriptor->abort_ip) {
    static const char message[] = "armed: diverted to the abort handler of a section that is gone\n";
    ssize_t written = write(STDOUT_FILENO, message, sizeof(message) - 1);
    _exit(written > 0 ? 3 : 4);
  }
  if (pc - watched_start < watched_length) {
    atomic_fetch_add_explicit(&hits, 1, memory_order_relaxed);
  }
  arm(watched_area, descriptor);
  atomic_fetch_add(&handled, 1);
}

ARMED(jint, watch)(JNIEnv* env, jclass cls, jlong descriptor, jlong start, jlong length) {
  struct sigaction action;
  watched_area = (volatile struct rseq_area*)glibc_area();
  if (watched_area == NULL) {
    return ENOTSUP;
  }
  memset(&action, 0, sizeof(action));
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  watched = (const struct descriptor*)(uintptr_t)descriptor;
  watched_start = (uint64_t)start;
  watched_length = (uint64_t)length;
  atomic_store(&hits, 0);
  arm(watched_area, watched);
  return sigaction(WATCH_SIGNAL, &action, NULL) == 0 ? 0 : errno;
}

ARMED(jint, signal)(JNIEnv* env, jclass cls, jint tid) {
  long before = atomic_load(&handled);
  if (syscall(SYS_tgkill, getpid(), tid, WATCH_SIGNAL) != 0) {
    return errno;
  }
  while (atomic_load(&handled) == before) {
    sched_yield();
  }
  return 0;
}

ARMED(jlong, hits)(JNIEnv* env, jclass cls) {
  return atomic_load(&hits);
}

static int parking[2];

ARMED(jint, preparePark)(JNIEnv* env, jclass cls) {
  return pipe(parking) == 0 ? 0 : errno;
}

ARMED(jint, park)(JNIEnv* env, jclass cls, jlong descriptor) {
  volatile struct rseq_area* area = (volatile struct rseq_area*)glibc_area();
  char byte;
  if (area == NULL) {
    return ENOTSUP;
  }
  arm(area, (const struct descriptor*)(uintptr_t)descriptor);
  return read(parking[0], &byte, 1) == 1 ? 0 : errno;
}

ARMED(jint, unpark)(JNIEnv* env, jclass cls) {
  return write(parking[1], "", 1) == 1 ? 0 : errno;
}
