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


#include "jvm_io.h"
#include "rseqFlaws_linux.hpp"
#include "runtime/globals.hpp"
#include "runtime/java.hpp"
#include "runtime/rseq.hpp"
#include "utilities/globalDefinitions.hpp"
#include "utilities/ostream.hpp"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#ifdef RSEQ_CRITICAL_SECTIONS

// A version of Linux in one number, so that versions compare.
static constexpr int linux_version(int version, int patchlevel, int stable) {
  return (version << 20) | (patchlevel << 10) | stable;
}

static constexpr int series_of(int version) {
  return version >> 10;
}

struct KnownFlaw {
  RseqFlaws::Flaw flaw;
  const char* machine;        // null if all have it
  int since;                  // the first version with it; 0 if older kernels have it where a distributor
                              // took what it is a flaw of
  int fixed;                  // the first version of Linus Torvalds' without it
  int fixed_in[5];            // the first releases of stable series without it, up to 0
  const char* what;
  const char* instead;
};

static const KnownFlaw known_flaws[] = {
  // 6eb350a22331 "rseq: Protect event mask against membarrier IPI", fixes 2a36ab717e8f
  // of 5.10. rseq_need_restart() reads and clears a thread's event mask with
  // interrupts on. The bit that the IPI sets in between is lost, and a section that
  // should have been aborted commits. 5.10.y and 5.15.y do not have the fix.
  { RseqFlaws::lost_membarrier, nullptr,
    0, linux_version(6, 18, 0),
    { linux_version(6, 1, 157), linux_version(6, 6, 113), linux_version(6, 12, 54), linux_version(6, 17, 4), 0 },
    "an IPI of membarrier may be lost (6eb350a22331 mends it)",
    "fences are handshakes" },

  // fe90f3967bdb "sched: Add missing memory barrier in switch_mm_cid", fixes
  // 223baf9d17f2 of 6.4. The mm_cid of a running thread may be given to another. On
  // x86 the write of CR3 is the barrier.
  { RseqFlaws::shared_mm_cid, "aarch64",
    0, linux_version(6, 9, 0),
    { linux_version(6, 6, 29), linux_version(6, 8, 8), 0 },
    "two running threads may have one mm_cid (fe90f3967bdb mends it)",
    "the index is cpu_id" },

  // 411c1cf43039 "arm64/entry: Fix arm64-specific rseq brokenness", fixes 39a167560a61
  // and 2fc0e4b4126c of 6.19. A thread that is preempted, or interrupted by
  // membarrier, is not looked at when it returns to user mode on the same CPU. No
  // release of 6.19.y has the fix.
  { RseqFlaws::missed_abort, "aarch64",
    linux_version(6, 19, 0), linux_version(7, 1, 0),
    { linux_version(7, 0, 14), 0 },
    "a section may go on after preemption (411c1cf43039 mends it)",
    "no sections" },
};

// What a release says of its version: 6.1.90 of 6.1.90-99.173.amzn2023.x86_64. A
// release candidate may or may not have what its version has: it lies between two.
struct ReleaseNumbers {
  int oldest;
  int newest;                 // 0 if it says nothing
};

static ReleaseNumbers parse_release(const char* release) {
  int version;
  int patchlevel;
  int stable = 0;
  if (::sscanf(release, "%d.%d.%d", &version, &patchlevel, &stable) < 2 ||
      version <= 0 || version > 1000 || patchlevel < 0 || patchlevel > 1000 || stable < 0) {
    return { 0, 0 };
  }
  const int number = linux_version(version, patchlevel, MIN2(stable, 1000));
  const bool candidate = ::strstr(release, "-rc") != nullptr || ::strstr(release, ".rc") != nullptr;
  return { candidate ? linux_version(version, MAX2(patchlevel - 1, 0), 0) : number, number };
}

// Debian's release names the ABI, as 6.1.0-42-amd64. Its version has the stable
// number, as in "#1 SMP PREEMPT_DYNAMIC Debian 6.1.159-1 (2025-12-30)", perhaps
// after an epoch, as in "Debian 1:6.12.75-1+rpt1".
static int parse_debian(const char* version) {
  static const char* const name = "Debian ";
  const char* number = ::strstr(version, name);
  if (number == nullptr) {
    return 0;
  }
  number += ::strlen(name);
  const size_t epoch = ::strspn(number, "0123456789");
  return parse_release(number[epoch] == ':' ? number + epoch + 1 : number).newest;
}

static bool is_fixed(const KnownFlaw& known, int number) {
  if (number >= known.fixed) {
    return true;
  }
  for (const int* fixed = known.fixed_in; *fixed != 0; fixed++) {
    if (series_of(number) == series_of(*fixed) && number >= *fixed) {
      return true;
    }
  }
  return false;
}

int RseqFlaws::flaws_of(const char* release, const char* version, const char* machine) {
  ReleaseNumbers numbers = parse_release(release);
  const int debian = parse_debian(version);
  if (debian > numbers.newest && series_of(debian) == series_of(numbers.oldest)) {
    numbers = { debian, debian };
  }
  int flaws = 0;
  for (const KnownFlaw& known : known_flaws) {
    if (known.machine != nullptr && ::strcmp(known.machine, machine) != 0) {
      continue;
    }
    // A kernel that does not tell its version has them all.
    if (numbers.newest == 0 || (numbers.newest >= known.since && !is_fixed(known, numbers.oldest))) {
      flaws |= known.flaw;
    }
  }
  return flaws;
}

// In the form of uname -rvm: only the version, in the middle, has spaces.
static int flaws_of_line(const char* line) {
  char buffer[256];
  jio_snprintf(buffer, sizeof(buffer), "%s", line);
  char* const first = ::strchr(buffer, ' ');
  char* const last = ::strrchr(buffer, ' ');
  if (first == nullptr || first == last) {
    vm_exit_during_initialization("-XX:RseqKernel must be what uname -rvm prints", line);
  }
  *first = '\0';
  *last = '\0';
  return RseqFlaws::flaws_of(buffer, first + 1, last + 1);
}

int RseqFlaws::flaws() {
  if (RseqKernel != nullptr) { // -XX:RseqKernel=
    return flaws_of_line(RseqKernel);
  }
  struct utsname name;
  if (::uname(&name) != 0) {
    return lost_membarrier | shared_mm_cid | missed_abort;
  }
  return flaws_of(name.release, name.version, name.machine);
}

void RseqFlaws::print_on(outputStream* st, int flaws, int avoided) {
  for (const KnownFlaw& known : known_flaws) {
    if ((flaws & known.flaw) != 0) {
      st->print("; this kernel has a flaw: %s; %s", known.what,
                (avoided & known.flaw) != 0 ? known.instead : "not avoided, by a flag");
    }
  }
}

#endif // RSEQ_CRITICAL_SECTIONS
