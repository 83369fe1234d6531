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

#include "asm/macroAssembler.inline.hpp"
#include "asm/perCpuAssembler.hpp"
#include "code/rseqDescriptors.hpp"
#include "runtime/globals.hpp"
#include "runtime/perCpuStubs.hpp"
#include "runtime/rseq.hpp"
#include "runtime/stubCodeGenerator.hpp"
#include "utilities/macros.hpp"

#define __ _masm->

#ifdef RSEQ_CRITICAL_SECTIONS

// The stubs have the C calling convention, which C1 and the interpreter's
// native methods use, and want the thread in its register. They write r0, the
// scratch registers, r10 to r13, the flags and, where data is copied, v0 to v3, where
// doubles are added, v0 and v1, and nothing else, and make no calls; the slow stubs below rely on that. All have frames
// that begin with the frame pointer, which those who walk a stack by it need to find
// the caller.
static const Register result   = r10;   // not r0: an abort starts again with all arguments
static const Register index_   = r11;
static const Register tmp      = r12;
static const Register attempts = r13;

static const Register argument_registers[] = { c_rarg0, c_rarg1, c_rarg2, c_rarg3, c_rarg4, c_rarg5, c_rarg6 };

// Agents are told a stub's name without its group.
static const char* const group = "PerCpuStubs";
static const char* const prefix = "percpu_";

class PerCpuStubGenerator : public StackObj {
  StubCodeGenerator* const _generator;
  MacroAssembler* const _masm;

  template <typename Section, typename Slow>
  address generate(const char* name, Section section, Slow slow_path);
  template <typename Section, typename Overflow>
  address generate_unnamed(const char* name, Section section, Overflow overflow);
  template <typename Section>
  address generate_named(const char* name, int moved, Section section);
  address generate_slow(const char* name, address stub, int arguments);
  address generate_call();
  address generate_current_slot();

 public:
  explicit PerCpuStubGenerator(StubCodeGenerator* generator)
    : _generator(generator), _masm(generator->assembler()) {}
  void generate_all();
};

// The stub of one operation:
//   attempts = RseqAbortLimit
//   retry: section -> return
//   abort: if (--attempts != 0) goto retry
//   slow:  what is done without a section
template <typename Section, typename Slow>
address PerCpuStubGenerator::generate(const char* name, Section section, Slow slow_path) {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, name);
  address start = __ pc();

  Label retry, slow;
  __ enter();
  __ movw(attempts, (uint32_t)RseqAbortLimit);
  __ bind(retry);
  RseqDescriptor* descriptor = section(slow);
  guarantee(descriptor != nullptr, "no room for the descriptor of a stub");
  __ mov(r0, result);
  __ leave();
  __ ret(lr);

  RseqSectionInfo* const info = descriptor->info();
  info->set_abort_offset(__ offset());
  PerCpuAssembler::count_abort(_masm, info, index_, tmp);
  __ subsw(attempts, attempts, 1);
  __ br(Assembler::NE, retry);

  __ bind(slow);
  info->set_slow_offset(__ offset());
  PerCpuAssembler::count_given_up(_masm, info, index_, tmp);
  slow_path();
  __ mov(r0, result);
  __ leave();
  __ ret(lr);

  info->set_origin(name + strlen(prefix), nullptr, -1);
  return start;
}

// For an operation that finds its slot itself: it is done on the overflow slot,
// with real atomics, which threads that can not use rseq share.
template <typename Section, typename Overflow>
address PerCpuStubGenerator::generate_unnamed(const char* name, Section section, Overflow overflow) {
  return generate(name, section, [&] () {
    PerCpuAssembler::count_overflow(_masm, tmp);
    __ sub(tmp, c_rarg0, -Rseq::overflow_offset());
    overflow();
  });
}

// For an operation that names its slot: it answers that the thread has moved, and
// the thread's next currentSlot() is the overflow slot, where the caller does
// without a section.
template <typename Section>
address PerCpuStubGenerator::generate_named(const char* name, int moved, Section section) {
  return generate(name, section, [&] () {
    PerCpuAssembler::set_stalled(_masm, tmp);
    __ mov(result, (int64_t)moved);
  });
}

// The same operation for C2's out-of-line code, which has its arguments on the
// stack, the first on top, and all registers live, but the scratch registers, lr,
// v0 to v3 if the operation copies, and v0 and v1 if it adds doubles:
//   first argument = stub(arguments)
address PerCpuStubGenerator::generate_slow(const char* name, address stub, int arguments) {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, name);
  address start = __ pc();

  RegSet saved = RegSet::of(r0, result, index_, tmp) + RegSet::of(attempts);
  for (int i = 0; i < arguments; i++) {
    saved += RegSet::of(argument_registers[i]);
  }
  const int first = 2 * wordSize;   // behind the frame pointer and lr
  __ enter();
  __ push(saved, sp);
  for (int i = 0; i < arguments; i++) {
    __ ldr(argument_registers[i], Address(rfp, first + i * wordSize));
  }
  __ lea(rscratch1, RuntimeAddress(stub));
  __ blr(rscratch1);
  __ str(r0, Address(rfp, first));
  __ pop(saved, sp);
  __ leave();
  __ ret(lr);
  return start;
}

// For C++, where no register holds the thread:
//   long (thread, stub, words): the answer of stub(words[0], ... words[6])
address PerCpuStubGenerator::generate_call() {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, "percpu_call");
  address start = __ pc();

  __ enter();
  __ str(rthread, Address(__ pre(sp, -2 * wordSize)));
  __ mov(rthread, c_rarg0);
  __ mov(rscratch1, c_rarg1);
  __ mov(rscratch2, c_rarg2);
  STATIC_ASSERT(PerCpuAssembler::max_arguments == (int)ARRAY_SIZE(argument_registers));
  for (int i = 0; i < PerCpuAssembler::max_arguments; i++) {
    __ ldr(argument_registers[i], Address(rscratch2, i * wordSize));
  }
  __ blr(rscratch1);
  __ ldr(rthread, Address(__ post(sp, 2 * wordSize)));
  __ leave();
  __ ret(lr);
  return start;
}

address PerCpuStubGenerator::generate_current_slot() {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, "percpu_current_slot");
  address start = __ pc();

  Label slow;
  __ enter();
  PerCpuAssembler::current_slot(_masm, r0, slow);
  __ leave();
  __ ret(lr);
  __ bind(slow);
  PerCpuAssembler::current_slot_slow(_masm, r0);
  __ leave();
  __ ret(lr);
  return start;
}

void PerCpuStubGenerator::generate_all() {
  // void (address, delta)
  PerCpuStubs::_load_add_store =
    generate_unnamed("percpu_load_add_store", [&] (Label& slow) {
      PerCpuAssembler::load_exclusive_word_address(_masm, result, c_rarg0);
      return PerCpuAssembler::load_add_store(_masm, false, c_rarg0, c_rarg1, result, index_, tmp, slow);
    }, [&] () {
      __ atomic_addal(noreg, c_rarg1, tmp);
    });

  // void (address, delta)
  PerCpuStubs::_load_add_double_store =
    generate_unnamed("percpu_load_add_double_store", [&] (Label& slow) {
      PerCpuAssembler::load_exclusive_word_address(_masm, result, c_rarg0);
      return PerCpuAssembler::load_add_double_store(_masm, false, c_rarg0, c_rarg1, result, index_, tmp, slow);
    }, [&] () {
      // do { result = v; index_ = result + delta } while (v is not result any more)
      Label again;
      __ fmovd(v0, c_rarg1);
      __ bind(again);
      __ ldr(result, Address(tmp));
      __ fmovd(v1, result);
      __ faddd(v1, v1, v0);
      __ fmovd(index_, v1);
      __ cmpxchg(tmp, result, index_, Assembler::xword, /*acquire*/ true, /*release*/ true, /*weak*/ false, noreg);
      __ br(Assembler::NE, again);
    });

  // value before (address, delta)
  PerCpuStubs::_get_and_add =
    generate_unnamed("percpu_get_and_add", [&] (Label& slow) {
      return PerCpuAssembler::get_and_add(_masm, false, result, c_rarg0, c_rarg1, index_, tmp, slow);
    }, [&] () {
      __ atomic_addal(result, c_rarg1, tmp);
    });

  // witness (address, expect, newv)
  PerCpuStubs::_compare_and_exchange =
    generate_unnamed("percpu_compare_and_exchange", [&] (Label& slow) {
      return PerCpuAssembler::compare_and_exchange(_masm, false, result, c_rarg0, c_rarg1, c_rarg2,
                                                   index_, tmp, slow);
    }, [&] () {
      __ cmpxchg(tmp, c_rarg1, c_rarg2, Assembler::xword, /*acquire*/ true, /*release*/ true, /*weak*/ false, result);
    });

  // status (slot, address, expect, newv)
  PerCpuStubs::_load_cbne_store =
    generate_named("percpu_load_cbne_store", PerCpuAssembler::moved, [&] (Label& slow) {
      return PerCpuAssembler::load_cbne_store(_masm, false, result, c_rarg0, c_rarg1, c_rarg2, c_rarg3,
                                              index_, tmp, slow);
    });

  // head (slot, address, expect_not, next_offset)
  PerCpuStubs::_load_cbeq_store_add_load_store =
    generate_named("percpu_load_cbeq_store_add_load_store", PerCpuAssembler::moved_head,
                   [&] (Label& slow) {
      return PerCpuAssembler::load_cbeq_store_add_load_store(_masm, false, result, c_rarg0, c_rarg1, c_rarg2, c_rarg3,
                                                             index_, tmp, slow);
    });

  // status (slot, address, expect, address2, expect2, newv)
  PerCpuStubs::_load_cbne_load_cbne_store =
    generate_named("percpu_load_cbne_load_cbne_store", PerCpuAssembler::moved, [&] (Label& slow) {
      return PerCpuAssembler::load_cbne_load_cbne_store(_masm, false, result, c_rarg0, c_rarg1, c_rarg2,
                                                        c_rarg3, c_rarg4, c_rarg5, index_, tmp, slow);
    });

  // status (slot, address, expect, address2, newv2, newv)
  auto store_store = [&] (bool release) {
    return [&, release] (Label& slow) {
      return PerCpuAssembler::load_cbne_store_store(_masm, false, release, result, c_rarg0, c_rarg1, c_rarg2,
                                                    c_rarg3, c_rarg4, c_rarg5, index_, tmp, slow);
    };
  };
  PerCpuStubs::_load_cbne_store_store =
    generate_named("percpu_load_cbne_store_store", PerCpuAssembler::moved, store_store(false));
  PerCpuStubs::_load_cbne_store_store_release =
    generate_named("percpu_load_cbne_store_store_release", PerCpuAssembler::moved, store_store(true));

  // status (slot, address, expect, dst, src, length, newv)
  auto memcpy_store = [&] (bool release) {
    return [&, release] (Label& slow) {
      return PerCpuAssembler::load_cbne_memcpy_store(_masm, false, release, result, c_rarg0, c_rarg1, c_rarg2,
                                                     c_rarg3, c_rarg4, c_rarg5, c_rarg6, index_, tmp, slow);
    };
  };
  PerCpuStubs::_load_cbne_memcpy_store =
    generate_named("percpu_load_cbne_memcpy_store", PerCpuAssembler::moved, memcpy_store(false));
  PerCpuStubs::_load_cbne_memcpy_store_release =
    generate_named("percpu_load_cbne_memcpy_store_release", PerCpuAssembler::moved, memcpy_store(true));

  PerCpuStubs::_current_slot = generate_current_slot();

  PerCpuStubs::_call = generate_call();

#ifdef COMPILER2
  PerCpuStubs::_slow_load_add_store =
    generate_slow("percpu_slow_load_add_store", PerCpuStubs::_load_add_store, 2);
  PerCpuStubs::_slow_load_add_double_store =
    generate_slow("percpu_slow_load_add_double_store", PerCpuStubs::_load_add_double_store, 2);
  PerCpuStubs::_slow_get_and_add =
    generate_slow("percpu_slow_get_and_add", PerCpuStubs::_get_and_add, 2);
  PerCpuStubs::_slow_compare_and_exchange =
    generate_slow("percpu_slow_compare_and_exchange", PerCpuStubs::_compare_and_exchange, 3);
  PerCpuStubs::_slow_load_cbne_store =
    generate_slow("percpu_slow_load_cbne_store", PerCpuStubs::_load_cbne_store, 4);
  PerCpuStubs::_slow_load_cbeq_store_add_load_store =
    generate_slow("percpu_slow_load_cbeq_store_add_load_store", PerCpuStubs::_load_cbeq_store_add_load_store, 4);
  PerCpuStubs::_slow_load_cbne_load_cbne_store =
    generate_slow("percpu_slow_load_cbne_load_cbne_store", PerCpuStubs::_load_cbne_load_cbne_store, 6);
  PerCpuStubs::_slow_load_cbne_store_store =
    generate_slow("percpu_slow_load_cbne_store_store", PerCpuStubs::_load_cbne_store_store_release, 6);
  PerCpuStubs::_slow_load_cbne_memcpy_store =
    generate_slow("percpu_slow_load_cbne_memcpy_store", PerCpuStubs::_load_cbne_memcpy_store_release, 7);
#endif // COMPILER2
}

const int PerCpuStubs::code_size = 16 * K;

void PerCpuStubs::generate(StubCodeGenerator* generator) {
  PerCpuStubGenerator(generator).generate_all();
}

#endif // RSEQ_CRITICAL_SECTIONS

#undef __
