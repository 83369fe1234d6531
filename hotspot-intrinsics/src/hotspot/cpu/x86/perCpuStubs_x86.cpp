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
// native methods use, and want the thread in its register. They write rax, r10,
// r11, the flags and, where data is copied, xmm0 to xmm3, where doubles are added, xmm0
// and xmm1, and nothing else, and make no calls; the slow stubs below rely on that. All have frames that begin with
// the frame pointer, which those who walk a stack by it need to find the caller.
static const Register result   = rax;
static const Register index_   = r10;
static const Register tmp      = r11;
static const Register attempts = rbx;   // saved
static const Register seventh  = r13;   // saved; the argument that C passes on the stack

static const Register argument_registers[] = { c_rarg0, c_rarg1, c_rarg2, c_rarg3, c_rarg4, c_rarg5 };
static const int max_register_arguments = (int)ARRAY_SIZE(argument_registers);

// Between rbp and what the caller pushed: its rbp, and where it goes on.
static const int frame_words = 2;

// Agents are told a stub's name without its group.
static const char* const group = "PerCpuStubs";
static const char* const prefix = "percpu_";

class PerCpuStubGenerator : public StackObj {
  StubCodeGenerator* const _generator;
  MacroAssembler* const _masm;

  template <typename Section, typename Slow>
  address generate(const char* name, int arguments, Section section, Slow slow_path);
  template <typename Section, typename Overflow>
  address generate_unnamed(const char* name, Section section, Overflow overflow);
  template <typename Section>
  address generate_named(const char* name, int arguments, int moved, Section section);
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
address PerCpuStubGenerator::generate(const char* name, int arguments, Section section, Slow slow_path) {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, name);
  address start = __ pc();

  const bool on_stack = arguments > max_register_arguments;
  auto leave_and_return = [&] () {
    if (on_stack) {
      __ pop(seventh);
    }
    __ pop(attempts);
    __ leave();
    __ ret(0);
  };

  Label retry, slow;
  __ enter();
  __ push(attempts);
  if (on_stack) {
    __ push(seventh);
    __ movq(seventh, Address(rbp, frame_words * wordSize));
  }
  __ movl(attempts, (int32_t)RseqAbortLimit);
  __ bind(retry);
  RseqDescriptor* descriptor = section(slow);
  guarantee(descriptor != nullptr, "no room for the descriptor of a stub");
  leave_and_return();

  RseqSectionInfo* const info = descriptor->info();
  info->set_abort_offset(__ offset());
  PerCpuAssembler::count_abort(_masm, info, index_, tmp);
  __ decrementl(attempts);
  __ jcc(Assembler::notZero, retry);

  __ bind(slow);
  info->set_slow_offset(__ offset());
  PerCpuAssembler::count_given_up(_masm, info, index_, tmp);
  slow_path();
  leave_and_return();

  info->set_origin(name + strlen(prefix), nullptr, -1);
  return start;
}

// For an operation that finds its slot itself: it is done on the overflow slot,
// with real atomics, which threads that can not use rseq share.
template <typename Section, typename Overflow>
address PerCpuStubGenerator::generate_unnamed(const char* name, Section section, Overflow overflow) {
  return generate(name, 0, section, [&] () {
    PerCpuAssembler::count_overflow(_masm, tmp);
    overflow();
  });
}

// For an operation that names its slot: it answers that the thread has moved, and
// the thread's next currentSlot() is the overflow slot, where the caller does
// without a section.
template <typename Section>
address PerCpuStubGenerator::generate_named(const char* name, int arguments, int moved, Section section) {
  return generate(name, arguments, section, [&] () {
    PerCpuAssembler::set_stalled(_masm, tmp);
    __ movptr(result, moved);
  });
}

// The same operation for C2's out-of-line code, which has its arguments on the
// stack, the first on top, and all registers live, but xmm0 to xmm3
// if the operation copies, and xmm0 and xmm1 if it adds doubles:
//   first argument = stub(arguments)
address PerCpuStubGenerator::generate_slow(const char* name, address stub, int arguments) {
  static const Register written[] = { result, index_, tmp };
  const int in_registers = MIN2(arguments, max_register_arguments);
  const int first = frame_words * wordSize;

  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, name);
  address start = __ pc();

  __ enter();
  for (Register r : written) {
    __ push(r);
  }
  for (int i = 0; i < in_registers; i++) {
    __ push(argument_registers[i]);
  }
  for (int i = 0; i < in_registers; i++) {
    __ movq(argument_registers[i], Address(rbp, first + i * wordSize));
  }
  for (int i = in_registers; i < arguments; i++) {
    assert(i == max_register_arguments, "one at most");
    __ movq(tmp, Address(rbp, first + i * wordSize));
    __ push(tmp);
  }
  __ call(RuntimeAddress(stub));
  if (arguments > in_registers) {
    __ addptr(rsp, wordSize);
  }
  __ movq(Address(rbp, first), result);
  for (int i = in_registers - 1; i >= 0; i--) {
    __ pop(argument_registers[i]);
  }
  for (int i = (int)ARRAY_SIZE(written) - 1; i >= 0; i--) {
    __ pop(written[i]);
  }
  __ leave();
  __ ret(0);
  return start;
}

// For C++, where no register holds the thread:
//   long (thread, stub, words): the answer of stub(words[0], ... words[6])
address PerCpuStubGenerator::generate_call() {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, "percpu_call");
  address start = __ pc();

  const Register stub = r11;
  const Register words = r10;
  __ enter();
  __ push(r15_thread);
  __ movq(r15_thread, c_rarg0);
  __ movq(stub, c_rarg1);
  __ movq(words, c_rarg2);
  for (int i = 0; i < max_register_arguments; i++) {
    __ movq(argument_registers[i], Address(words, i * wordSize));
  }
  STATIC_ASSERT(PerCpuAssembler::max_arguments == max_register_arguments + 1);
  __ pushq(Address(words, max_register_arguments * wordSize));
  __ call(stub);
  __ addptr(rsp, wordSize);
  __ pop(r15_thread);
  __ leave();
  __ ret(0);
  return start;
}

address PerCpuStubGenerator::generate_current_slot() {
  __ align(CodeEntryAlignment);
  StubCodeMark mark(_generator, group, "percpu_current_slot");
  address start = __ pc();

  Label slow;
  __ enter();
  PerCpuAssembler::current_slot(_masm, result, slow);
  __ leave();
  __ ret(0);
  __ bind(slow);
  PerCpuAssembler::current_slot_slow(_masm, result);
  __ leave();
  __ ret(0);
  return start;
}

void PerCpuStubGenerator::generate_all() {
  const int overflow_offset = checked_cast<int>(Rseq::overflow_offset());

  // void (address, delta)
  PerCpuStubs::_load_add_store =
    generate_unnamed("percpu_load_add_store", [&] (Label& slow) {
      PerCpuAssembler::load_exclusive_word_address(_masm, result, c_rarg0);
      return PerCpuAssembler::load_add_store(_masm, false, c_rarg0, c_rarg1, result, index_, tmp, slow);
    }, [&] () {
      __ lock();
      __ addq(Address(c_rarg0, overflow_offset), c_rarg1);
    });

  // void (address, delta)
  PerCpuStubs::_load_add_double_store =
    generate_unnamed("percpu_load_add_double_store", [&] (Label& slow) {
      PerCpuAssembler::load_exclusive_word_address(_masm, result, c_rarg0);
      return PerCpuAssembler::load_add_double_store(_masm, false, c_rarg0, c_rarg1, result, index_, tmp, slow);
    }, [&] () {
      // result = v; do { tmp = result + delta } while (v changed, result = v)
      assert(result == rax, "cmpxchg");
      Label again;
      __ movdq(xmm0, c_rarg1);
      __ movq(result, Address(c_rarg0, overflow_offset));
      __ bind(again);
      __ movdq(xmm1, result);
      __ addsd(xmm1, xmm0);
      __ movdq(tmp, xmm1);
      __ lock();
      __ cmpxchgq(tmp, Address(c_rarg0, overflow_offset));
      __ jcc(Assembler::notEqual, again);
    });

  // value before (address, delta)
  PerCpuStubs::_get_and_add =
    generate_unnamed("percpu_get_and_add", [&] (Label& slow) {
      return PerCpuAssembler::get_and_add(_masm, false, result, c_rarg0, c_rarg1, index_, tmp, slow);
    }, [&] () {
      __ movq(result, c_rarg1);
      __ lock();
      __ xaddq(Address(c_rarg0, overflow_offset), result);
    });

  // witness (address, expect, newv)
  PerCpuStubs::_compare_and_exchange =
    generate_unnamed("percpu_compare_and_exchange", [&] (Label& slow) {
      return PerCpuAssembler::compare_and_exchange(_masm, false, result, c_rarg0, c_rarg1, c_rarg2,
                                                   index_, tmp, slow);
    }, [&] () {
      assert(result == rax, "cmpxchg");
      __ movq(result, c_rarg1);
      __ lock();
      __ cmpxchgq(c_rarg2, Address(c_rarg0, overflow_offset));
    });

  // status (slot, address, expect, newv)
  PerCpuStubs::_load_cbne_store =
    generate_named("percpu_load_cbne_store", 4, PerCpuAssembler::moved, [&] (Label& slow) {
      return PerCpuAssembler::load_cbne_store(_masm, false, result, c_rarg0, c_rarg1, c_rarg2, c_rarg3,
                                              index_, tmp, slow);
    });

  // head (slot, address, expect_not, next_offset)
  PerCpuStubs::_load_cbeq_store_add_load_store =
    generate_named("percpu_load_cbeq_store_add_load_store", 4, PerCpuAssembler::moved_head, [&] (Label& slow) {
      return PerCpuAssembler::load_cbeq_store_add_load_store(_masm, false, result, c_rarg0, c_rarg1, c_rarg2, c_rarg3,
                                                             index_, tmp, slow);
    });

  // status (slot, address, expect, address2, expect2, newv)
  PerCpuStubs::_load_cbne_load_cbne_store =
    generate_named("percpu_load_cbne_load_cbne_store", 6, PerCpuAssembler::moved, [&] (Label& slow) {
      return PerCpuAssembler::load_cbne_load_cbne_store(_masm, false, result, c_rarg0, c_rarg1, c_rarg2,
                                                        c_rarg3, c_rarg4, c_rarg5, index_, tmp, slow);
    });

  // status (slot, address, expect, address2, newv2, newv)
  auto store_store = [&] (Label& slow) {
    return PerCpuAssembler::load_cbne_store_store(_masm, false, true, result, c_rarg0, c_rarg1, c_rarg2,
                                                  c_rarg3, c_rarg4, c_rarg5, index_, tmp, slow);
  };
  PerCpuStubs::_load_cbne_store_store =
    generate_named("percpu_load_cbne_store_store", 6, PerCpuAssembler::moved, store_store);
  PerCpuStubs::_load_cbne_store_store_release =
    generate_named("percpu_load_cbne_store_store_release", 6, PerCpuAssembler::moved, store_store);

  // status (slot, address, expect, dst, src, length, newv)
  auto memcpy_store = [&] (Label& slow) {
    return PerCpuAssembler::load_cbne_memcpy_store(_masm, false, true, result, c_rarg0, c_rarg1, c_rarg2,
                                                   c_rarg3, c_rarg4, c_rarg5, seventh, index_, tmp, slow);
  };
  PerCpuStubs::_load_cbne_memcpy_store =
    generate_named("percpu_load_cbne_memcpy_store", 7, PerCpuAssembler::moved, memcpy_store);
  PerCpuStubs::_load_cbne_memcpy_store_release =
    generate_named("percpu_load_cbne_memcpy_store_release", 7, PerCpuAssembler::moved, memcpy_store);

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
