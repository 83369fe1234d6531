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

// A library for LD_PRELOAD that behaves as the users of rseq did before glibc registered:
// it owns the TLS symbol __rseq_abi and registers it for every thread.

#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rseqarea.h"

// What it finds before its own abort handlers, if it has any.
#ifndef ADOPTER_SIGNATURE
#define ADOPTER_SIGNATURE TEST_RSEQ_SIG
#endif

__attribute__((visibility("default"), tls_model("initial-exec")))
__thread volatile struct rseq_area __rseq_abi = { .cpu_id = (uint32_t)-1 };

struct start {
  void* (*routine)(void*);
  void* argument;
};

static int register_thread(void) {
  return rseq_call_signed(&__rseq_abi, TEST_RSEQ_LEN, 0, ADOPTER_SIGNATURE);
}

static void* run_registered(void* opaque) {
  struct start start = *(struct start*)opaque;
  free(opaque);
  int error = register_thread();
  if (error != 0) {
    fprintf(stderr, "earlyadopter: thread not registered: %s\n", strerror(error));
    abort();
  }
  return start.routine(start.argument);
}

typedef int (*pthread_create_t)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

__attribute__((visibility("default")))
int pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*routine)(void*), void* argument) {
  pthread_create_t real = (pthread_create_t)dlsym(RTLD_NEXT, "pthread_create");
  struct start* start = malloc(sizeof(*start));
  if (real == NULL || start == NULL) {
    return EAGAIN;
  }
  start->routine = routine;
  start->argument = argument;
  int error = real(thread, attr, run_registered, start);
  if (error != 0) {
    free(start);
  }
  return error;
}

__attribute__((constructor))
static void adopt(void) {
  int error = register_thread();
  fprintf(stderr, error == 0 ? "earlyadopter: registered\n" : "earlyadopter: not registered: %s\n",
          strerror(error));
}
