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

#ifndef SHARE_CODE_VMSTRUCTS_RSEQ_HPP
#define SHARE_CODE_VMSTRUCTS_RSEQ_HPP

#include "code/rseqDescriptors.hpp"
#include "code/rseqSectionInfo.hpp"
#include "runtime/rseq.hpp"

// For debuggers, which find all sections by it in a process or a core file: where each
// starts, ends and leads to. See libjvm.so-gdb.py.

#ifdef RSEQ_CRITICAL_SECTIONS

#define VM_STRUCTS_RSEQ(nonstatic_field, volatile_nonstatic_field, static_field)   \
  static_field(RseqDescriptors, _chunks, RseqChunk*)                               \
  static_field(RseqDescriptors, _nowhere, address)                                 \
  nonstatic_field(RseqChunk, _next, RseqChunk*)                                    \
  nonstatic_field(RseqChunk, _first, RseqDescriptor*)                              \
  nonstatic_field(RseqChunk, _count, int)                                          \
  volatile_nonstatic_field(RseqDescriptor, _start_ip, uint64_t)                    \
  nonstatic_field(RseqDescriptor, _post_commit_offset, uint64_t)                   \
  nonstatic_field(RseqDescriptor, _abort_ip, uint64_t)                             \
  volatile_nonstatic_field(RseqDescriptor, _target, address)                       \
  nonstatic_field(RseqDescriptor, _info, RseqSectionInfo*)                         \
  static_field(RseqSectionInfo, _stripe_count, int)                                \
  nonstatic_field(RseqSectionInfo, _stripes, address)                              \
  nonstatic_field(RseqSectionInfo, _operation, const char*)                        \
  nonstatic_field(RseqSectionInfo, _method, Method*)                               \
  nonstatic_field(RseqSectionInfo, _bci, int)                                      \
  nonstatic_field(RseqSectionInfo, _arm_offset, int)                               \
  nonstatic_field(RseqSectionInfo, _start_offset, int)                             \
  nonstatic_field(RseqSectionInfo, _commit_offset, int)                            \
  nonstatic_field(RseqSectionInfo, _slow_offset, int)                              \
  nonstatic_field(RseqSectionInfo, _done_offset, int)

#define VM_TYPES_RSEQ(declare_toplevel_type)                                       \
  declare_toplevel_type(RseqDescriptors)                                           \
  declare_toplevel_type(RseqChunk)                                                 \
  declare_toplevel_type(RseqChunk*)                                                \
  declare_toplevel_type(RseqDescriptor)                                            \
  declare_toplevel_type(RseqDescriptor*)                                           \
  declare_toplevel_type(RseqSectionInfo)                                           \
  declare_toplevel_type(RseqSectionInfo*)

#else

#define VM_STRUCTS_RSEQ(nonstatic_field, volatile_nonstatic_field, static_field)
#define VM_TYPES_RSEQ(declare_toplevel_type)

#endif // RSEQ_CRITICAL_SECTIONS

#endif // SHARE_CODE_VMSTRUCTS_RSEQ_HPP
