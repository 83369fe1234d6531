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


#ifndef OS_LINUX_RSEQFLAWS_LINUX_HPP
#define OS_LINUX_RSEQFLAWS_LINUX_HPP

#include "memory/allStatic.hpp"

class outputStream;

// Kernels whose restartable sequences are not safe to use as they are, and what
// each lacks. A table of commits and versions: see the .cpp file.
class RseqFlaws : public AllStatic {
 public:
  enum Flaw {
    lost_membarrier = 1 << 0,  // a fence may return while a section goes on
    shared_mm_cid   = 1 << 1,  // two running threads may have one mm_cid
    missed_abort    = 1 << 2   // a thread may be preempted in a section that goes on
  };

  // The flaws of a kernel of which uname(2) says this. They are looked up by its
  // version, as far as that is told: a distributor's release like 6.8.0-45-generic
  // hides the stable number, and counts as the first release of its series.
  static int flaws_of(const char* release, const char* version, const char* machine);

  // Those of the running kernel, or of the one that -XX:RseqKernel names.
  static int flaws();

  // For each flaw: what it is, and what the VM does instead if it avoids it.
  static void print_on(outputStream* st, int flaws, int avoided);
};

#endif // OS_LINUX_RSEQFLAWS_LINUX_HPP
