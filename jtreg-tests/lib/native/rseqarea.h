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

#ifndef PERCPU_TEST_RSEQAREA_H
#define PERCPU_TEST_RSEQAREA_H

// What the tests need of the rseq system call, spelled out here so that they build
// with C libraries and kernel headers that do not know it.

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define TEST_NR_RSEQ 334
#define TEST_RSEQ_SIG 0x53053053U
#elif defined(__aarch64__)
#define TEST_NR_RSEQ 293
#define TEST_RSEQ_SIG 0xd428bc00U
#else
#error "no rseq signature known for this CPU"
#endif

#define TEST_RSEQ_UNREGISTER 1
#define TEST_RSEQ_LEN 32

struct rseq_area {
  uint32_t cpu_id_start;
  uint32_t cpu_id;
  uint64_t rseq_cs;
  uint32_t flags;
  uint32_t node_id;
  uint32_t mm_cid;
  uint32_t pad;
} __attribute__((aligned(64)));

// 0, or the errno of the system call.
static inline int rseq_call_signed(volatile void* area, uint32_t len, int flags, uint32_t signature) {
  return syscall(TEST_NR_RSEQ, area, len, flags, signature) == 0 ? 0 : errno;
}

static inline int rseq_call(volatile void* area, uint32_t len, int flags) {
  return rseq_call_signed(area, len, flags, TEST_RSEQ_SIG);
}

#endif // PERCPU_TEST_RSEQAREA_H
