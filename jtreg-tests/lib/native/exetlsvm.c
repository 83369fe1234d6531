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

// tlsvm find libjvm.so: prints how much static thread-local storage others can take
// until that libjvm.so does not load any more.
// tlsvm BYTES libjvm.so [VM options...] -- class [arguments...]: takes as much and then
// runs Java.

#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "startvm.h"

enum { LEAST = 16, LARGEST = 1024, MOST = 2 * LARGEST - LEAST };

static char folder[4096];

static int find_folder(void) {
  ssize_t length = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
  char* slash = length > 0 ? strrchr(folder, '/') : NULL;
  if (slash == NULL) {
    return 0;
  }
  *slash = '\0';
  return 1;
}

// One library for each bit of the number.
static int take(int bytes) {
  for (int part = LARGEST; part >= LEAST; part /= 2) {
    if ((bytes & part) != 0) {
      char library[sizeof(folder) + 64];
      snprintf(library, sizeof(library), "%s/libstatictls%d.so", folder, part);
      if (dlopen(library, RTLD_NOW) == NULL) {
        fprintf(stderr, "tlsvm: %s\n", dlerror());
        return 0;
      }
    }
  }
  return 1;
}

// In a process of its own: what is loaded stays.
static int loads(const char* libjvm, int bytes) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    // Whoever looks for the limit knows these messages.
    if (freopen("/dev/null", "w", stderr) == NULL || !take(bytes)) {
      _exit(1);
    }
    _exit(dlopen(libjvm, RTLD_NOW | RTLD_GLOBAL) == NULL ? 1 : 0);
  }
  int status = -1;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
    fprintf(stderr, "tlsvm: cannot try %d bytes, wait status %d\n", bytes, status);
    exit(3);
  }
  return WEXITSTATUS(status) == 0;
}

static int find(const char* libjvm) {
  int loaded = -1;
  for (int bytes = 0; bytes <= MOST; bytes += LEAST) {
    if (!loads(libjvm, bytes)) {
      continue;
    }
    if (loaded != bytes - LEAST && bytes > 0) {
      fprintf(stderr, "tlsvm: loads with %d bytes taken, but not with %d\n", bytes, bytes - LEAST);
      return 3;
    }
    loaded = bytes;
  }
  if (loaded < 0) {
    fprintf(stderr, "tlsvm: %s does not load at all\n", libjvm);
    return 3;
  }
  printf("tlsvm: loads with %d bytes taken%s\n", loaded, loaded == MOST ? ", and perhaps with more" : "");
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 3 || !find_folder()) {
    fprintf(stderr, "usage: tlsvm find libjvm.so, tlsvm BYTES libjvm.so [VM options...] -- class [arguments...]\n");
    return 2;
  }
  if (strcmp(argv[1], "find") == 0) {
    return find(argv[2]);
  }
  int bytes = atoi(argv[1]);
  if (bytes < 0 || bytes > MOST || bytes % LEAST != 0 || !take(bytes)) {
    fprintf(stderr, "tlsvm: cannot take %s bytes\n", argv[1]);
    return 3;
  }
  printf("tlsvm: %d bytes of static thread-local storage are taken\n", bytes);
  fflush(stdout);
  return start_vm("tlsvm", argc - 2, argv + 2);
}
