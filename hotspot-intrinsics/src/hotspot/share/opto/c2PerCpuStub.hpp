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

#ifndef SHARE_OPTO_C2PERCPUSTUB_HPP
#define SHARE_OPTO_C2PERCPUSTUB_HPP

#include "asm/perCpuAssembler.hpp"
#include "opto/c2_CodeStubs.hpp"

class RseqDescriptor;
class RseqSectionInfo;

// Whose operation it is: the bytecode that calls the library, a node's constants.
class C2PerCpuSite {
  Metadata* const _method;
  const int _bci;

 public:
  C2PerCpuSite(intptr_t method, int bci) : _method((Metadata*)method), _bci(bci) {}
  Metadata* method() const { return _method; }
  int bci() const          { return _bci; }
};

// What happens off the fast path of a per-CPU operation, after the method's code:
//   abort handler: count
//   entry:         push the arguments; call the slow stub; take its result
// One try is made inline; the retries, the limit and the overflow slot are the
// slow stub's.
class C2PerCpuStub : public C2CodeStub {
  static const int max_arguments = PerCpuAssembler::max_arguments;

  const char* const _operation;
  const C2PerCpuSite _site;
  const address _slow_stub;
  const Register _result;    // noreg if there is none
  const Register _index;     // free
  const Register _tmp;       // free
  RegisterOrConstant _arguments[max_arguments];
  int _argument_count;
  RseqSectionInfo* _section;

 public:
  C2PerCpuStub(const char* operation, const C2PerCpuSite& site, address slow_stub, Register result, Register index,
               Register tmp)
    : _operation(operation), _site(site), _slow_stub(slow_stub),
      _result(result), _index(index), _tmp(tmp), _argument_count(0), _section(nullptr) {}

  C2PerCpuStub* with(RegisterOrConstant argument) {
    assert(_argument_count < max_arguments, "too many arguments");
    _arguments[_argument_count++] = argument;
    return this;
  }

  static bool in_scratch();

  // Makes it part of the method, unless the code is only measured.
  void add(C2_MacroAssembler* masm, RseqDescriptor* descriptor);

  // The CPU's.
  int max_size() const;
  void emit(C2_MacroAssembler& masm);
};

// What the nodes of percpu_<cpu>.ad are encoded with.
class C2PerCpu : public AllStatic {
 public:
  // A constant that the compiled method keeps alive, without an instruction.
  static void keep(C2_MacroAssembler* masm, jobject owner);

  static void load_add_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                             Register address, RegisterOrConstant delta,
                             Register words, Register index, Register tmp);
  static void load_add_double_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                    Register address, Register delta,
                                    Register words, Register index, Register tmp);

  static void get_and_add(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                          Register result, Register address, Register delta,
                          Register index, Register tmp);
  static void compare_and_exchange(C2_MacroAssembler* masm, const C2PerCpuSite& site, Register result, Register address,
                                   Register expect, Register newv, Register index, Register tmp);
  static void load_cbne_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                              Register result, Register slot, Register address,
                              Register expect, Register newv, Register index, Register tmp);
  static void load_cbeq_store_add_load_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                             Register result, Register slot,
                                             Register address, Register expect_not, Register next_offset,
                                             Register index, Register tmp);
  static void load_cbne_load_cbne_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                        Register result, Register slot, Register address,
                                        Register expect, Register address2, Register expect2, Register newv,
                                        Register index, Register tmp);
  static void load_cbne_store_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                    Register result, Register slot, Register address,
                                    Register expect, Register address2, Register newv2, Register newv,
                                    Register index, Register tmp);
  static void load_cbne_memcpy_store(C2_MacroAssembler* masm, const C2PerCpuSite& site,
                                     Register result, Register slot, Register address,
                                     Register expect, Register dst, Register src, Register length, Register newv,
                                     Register index, Register tmp);
  static void current_slot(C2_MacroAssembler* masm, Register result);   // the CPU's
};

#endif // SHARE_OPTO_C2PERCPUSTUB_HPP
