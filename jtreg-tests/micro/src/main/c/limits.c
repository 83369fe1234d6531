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

#define _GNU_SOURCE

#include <jni.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/*
 * The loops that percpu.micro.Limits measures: what a CPU takes for an increment when no Java
 * is involved.
 *
 * HotSpot's section is the one of `section` with other registers: PerCpuAssembler::load_add_store.
 */

#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#endif

#define CPU_ID  4    // fields of struct rseq
#define RSEQ_CS 8
#define MM_CID  24

#define STRIDE_SHIFT 16
#define MAX_SLOTS    4096

// glibc 2.35 has it; with an older one the loops of sections refuse to run.
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

static char* slots;
static ptrdiff_t index_offset;

JNIEXPORT jstring JNICALL Java_percpu_micro_Limits_init(JNIEnv* env, jclass ignored) {
    if (&__rseq_size == NULL || __rseq_size == 0) {
        return (*env)->NewStringUTF(env, "glibc has not registered this thread with rseq(2)");
    }
    index_offset = __rseq_offset + (getauxval(AT_RSEQ_FEATURE_SIZE) >= MM_CID + 4 ? MM_CID : CPU_ID);
    slots = mmap(NULL, (size_t)MAX_SLOTS << STRIDE_SHIFT, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (slots == MAP_FAILED) {
        slots = NULL;
        return (*env)->NewStringUTF(env, "no memory for the slots");
    }
    madvise(slots, (size_t)MAX_SLOTS << STRIDE_SHIFT, MADV_NOHUGEPAGE);
    return NULL;
}

JNIEXPORT jlong JNICALL Java_percpu_micro_Limits_sum(JNIEnv* env, jclass ignored) {
    jlong sum = 0;
    for (size_t slot = 0; slot < MAX_SLOTS; slot++) {
        sum += *(volatile jlong*)(slots + (slot << STRIDE_SHIFT));
    }
    return sum;
}

// The same word each time: a plain add.
JNIEXPORT void JNICALL Java_percpu_micro_Limits_plain(JNIEnv* env, jclass ignored, jlong n) {
    char word[64] __attribute__((aligned(64))) = { 0 };
    for (jlong i = 0; i < n; i++) {
        __asm__ volatile("addq $1, (%0)" : : "r"(word) : "memory", "cc");
    }
}

// The same word each time: an atomic add.
JNIEXPORT void JNICALL Java_percpu_micro_Limits_lockAdd(JNIEnv* env, jclass ignored, jlong n) {
    char word[64] __attribute__((aligned(64))) = { 0 };
    for (jlong i = 0; i < n; i++) {
        __asm__ volatile("lock addq $1, (%0)" : : "r"(word) : "memory", "cc");
    }
}

// The section below without what makes it restartable: finds the slot, adds, and may lose updates.
JNIEXPORT void JNICALL Java_percpu_micro_Limits_findAndAdd(JNIEnv* env, jclass ignored, jlong n) {
    char* const base = slots;
    const ptrdiff_t index = index_offset;
    for (jlong i = 0; i < n; i++) {
        __asm__ volatile(
            "movl   %%fs:(%[index]), %%edx\n\t"     // index = this thread's slot
            "shlq   %[shift], %%rdx\n\t"
            "addq   %[slots], %%rdx\n\t"            // its address
            "addq   $1, (%%rdx)"                    // v[index] += 1
            :
            : [index] "r"(index), [slots] "r"(base), [shift] "i"(STRIDE_SHIFT)
            : "rdx", "memory", "cc");
    }
}

// load_add_store(v, 1):
//   arm
//   index = this thread's slot; not registered: leave
//   v[index] += 1                                          commit
// Returns how many of n were not done.
JNIEXPORT jlong JNICALL Java_percpu_micro_Limits_section(JNIEnv* env, jclass ignored, jlong n) {
    char* const base = slots;
    const ptrdiff_t index = index_offset;
    jlong i;
    for (i = 0; i < n; i++) {
        __asm__ goto(
            ".pushsection __rseq_cs, \"aw\"\n\t"
            ".balign 32\n"
            "3:\n\t"
            ".long  0, 0\n\t"                       // version, flags
            ".quad  1f, 2f - 1f, 4f\n\t"            // start_ip, post_commit_offset, abort_ip
            ".popsection\n\t"
            ".pushsection .text.unlikely, \"ax\"\n\t"
            ".byte  0x0f, 0xb9, 0x3d\n\t"           // ud1, so that a disassembler goes on after it
            ".long  0x53053053\n"                   // what abort_ip must stand behind
            "4:\n\t"
            "jmp    5f\n\t"                         // again
            ".popsection\n"
            "5:\n\t"
            "leaq   3b(%%rip), %%rax\n\t"
            "movq   %%rax, %%fs:%c[rseq_cs](%[area])\n"   // arm
            "1:\n\t"
            "movl   %%fs:(%[index]), %%edx\n\t"
            "cmpl   $0, %%fs:%c[cpu_id](%[area])\n\t"     // negative: not registered
            "js     %l[unregistered]\n\t"
            "shlq   %[shift], %%rdx\n\t"
            "addq   %[slots], %%rdx\n\t"
            "addq   $1, (%%rdx)\n"                  // commit
            "2:"
            :
            : [index] "r"(index), [area] "r"(__rseq_offset), [slots] "r"(base),
              [shift] "i"(STRIDE_SHIFT), [rseq_cs] "i"(RSEQ_CS), [cpu_id] "i"(CPU_ID)
            : "rax", "rdx", "memory", "cc"
            : unregistered);
    }
unregistered:
    return n - i;
}
