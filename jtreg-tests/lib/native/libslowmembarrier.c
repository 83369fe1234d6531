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

// A library for LD_PRELOAD on whose kernel membarrier takes long: until somebody has
// written to the fifo MEMBARRIER_LEAVE. Before it waits it writes to the fifo
// MEMBARRIER_ENTER.

#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { QUERY = 0 };

// One byte; opening a fifo waits for the other side.
static void pass(const char* variable, int flags) {
  const char* fifo = getenv(variable);
  char byte = 'm';
  int fd = fifo == NULL ? -1 : open(fifo, flags);
  if (fd < 0 || (flags == O_WRONLY ? write(fd, &byte, 1) : read(fd, &byte, 1)) != 1) {
    perror("slowmembarrier");
    abort();
  }
  close(fd);
}

__attribute__((visibility("default")))
long syscall(long number, ...) {
  typedef long (*syscall_t)(long, ...);
  static syscall_t real;
  if (real == NULL) {
    real = (syscall_t)dlsym(RTLD_NEXT, "syscall");
  }
  long arguments[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) {
    arguments[i] = va_arg(list, long);
  }
  va_end(list);
  if (number == SYS_membarrier && (int)arguments[0] != QUERY) {
    pass("MEMBARRIER_ENTER", O_WRONLY);
    pass("MEMBARRIER_LEAVE", O_RDONLY);
  }
  return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
