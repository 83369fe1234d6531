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

#ifndef SHARE_SERVICES_PERCPUDCMD_HPP
#define SHARE_SERVICES_PERCPUDCMD_HPP

#include "services/diagnosticArgument.hpp"
#include "services/diagnosticFramework.hpp"

// Beside Compiler.codelist: what it tells of is code, its sections.
class PerCpuDCmd : public DCmd {
 public:
  PerCpuDCmd(outputStream* output, bool heap) : DCmd(output, heap) {}
  static const char* name()        { return "Compiler.percpu"; }
  static const char* description() {
    return "Print how per-CPU data is updated, and the restartable sequences of all code, most aborted first";
  }
  static const char* impact()      { return "Medium: Depends on the number of sections."; }
  virtual void execute(DCmdSource source, TRAPS);
};

#endif // SHARE_SERVICES_PERCPUDCMD_HPP
