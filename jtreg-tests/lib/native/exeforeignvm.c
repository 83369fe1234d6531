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

// foreignvm libjvm.so [VM options...] -- class [arguments...]: registers an rseq area of its own
// for the thread that then creates the VM, so that the VM cannot register that thread.

#include <stdio.h>
#include <string.h>

#include "rseqarea.h"
#include "startvm.h"

static __thread volatile struct rseq_area own_area = { .cpu_id = (uint32_t)-1 };

int main(int argc, char** argv) {
  int error = rseq_call(&own_area, TEST_RSEQ_LEN, 0);
  if (error != 0) {
    fprintf(stderr, "foreignvm: cannot register an rseq area: %s\n", strerror(error));
    return 77;
  }
  printf("foreignvm: this thread has a foreign rseq area\n");
  fflush(stdout);
  return start_vm("foreignvm", argc - 1, argv + 1);
}
