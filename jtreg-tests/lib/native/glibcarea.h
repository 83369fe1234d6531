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

#ifndef PERCPU_TEST_GLIBCAREA_H
#define PERCPU_TEST_GLIBCAREA_H

#include <dlfcn.h>
#include <stddef.h>

// The area that glibc registered for this thread, or null.
static inline char* glibc_area(void) {
  ptrdiff_t* offset = dlsym(RTLD_DEFAULT, "__rseq_offset");
  unsigned int* size = dlsym(RTLD_DEFAULT, "__rseq_size");
  if (!offset || !size || *size == 0) {
    return 0;
  }
  return (char*)__builtin_thread_pointer() + *offset;
}

#endif // PERCPU_TEST_GLIBCAREA_H
