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
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/*
 * The loops that percpu.micro.Limits measures: what a CPU takes for an increment when no Java
 * is involved.
 *
 * HotSpot's section is the one of add_in_section with other registers, and it has constants where
 * C has registers: PerCpuAssembler::load_add_store.
 */

#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#endif

#define CPU_ID  4    // fields of struct rseq
#define RSEQ_CS 8
#define MM_CID  24

#define STRIDE_SHIFT 16
#define MAX_SLOTS    4096
#define WORDS        8      // of each slot, incremented in turn
#define GROUP        64     // bytes: an exclusive word and seven more, as in HotSpot's arenas

// Of a word in its slot: the first one of each group is the exclusive word.
#define OFFSET_OF(word) ((word) / 7 * GROUP + ((word) % 7 + 1) * sizeof(jlong))

// Below 2 GB, where an instruction can hold a whole address.
#define LOW_DESCRIPTORS 0x10000000
#define LOW_EXCLUSIVE   0x10001000
#define LOW_EXCLUSIVE_SIZE ((size_t)MAX_SLOTS << STRIDE_SHIFT)

// glibc 2.35 has it; with an older one the loops of sections refuse to run.
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

static char* slots;                 // the first one's words
static ptrdiff_t index_offset;
static bool mm_cids;                // number the slots, not cpu_ids

// As a Java program has its counters: a field refers to an object, and a field of that to the word.
typedef struct {
    jlong header;
    char* address;
} Counter;

static Counter counters[WORDS];
static Counter* fields[WORDS];

// Memory at that address, or anywhere if it is null; null if there is none.
static char* map(void* where, size_t size) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (where == NULL ? 0 : MAP_FIXED_NOREPLACE);
    char* const memory = mmap(where, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED || (where != NULL && memory != where)) {
        return NULL;
    }
    madvise(memory, size, MADV_NOHUGEPAGE);
    return memory;
}

// What the sections with short addresses leave here: where their descriptor has to be, and what it says.
typedef struct {
    uint64_t* descriptor;
    uint64_t start_ip;
    uint64_t post_commit_offset;
    uint64_t abort_ip;
} Short;

extern Short __start_percpu_short[];
extern Short __stop_percpu_short[];

JNIEXPORT jstring JNICALL Java_percpu_micro_Limits_init(JNIEnv* env, jclass ignored) {
    if (&__rseq_size == NULL || __rseq_size == 0) {
        return (*env)->NewStringUTF(env, "glibc has not registered this thread with rseq(2)");
    }
    mm_cids = getauxval(AT_RSEQ_FEATURE_SIZE) >= MM_CID + 4;
    index_offset = __rseq_offset + (mm_cids ? MM_CID : CPU_ID);
    char* const memory = map(NULL, (size_t)MAX_SLOTS << STRIDE_SHIFT);
    if (memory == NULL) {
        return (*env)->NewStringUTF(env, "no memory for the slots");
    }
    slots = memory;
    for (size_t word = 0; word < WORDS; word++) {
        counters[word].address = slots + OFFSET_OF(word);
        fields[word] = &counters[word];
    }
    if (map((void*)LOW_DESCRIPTORS, 4096) == NULL || map((void*)LOW_EXCLUSIVE, LOW_EXCLUSIVE_SIZE) == NULL) {
        return (*env)->NewStringUTF(env, "no memory below 2 GB, for sections with short addresses");
    }
    for (Short* s = __start_percpu_short; s < __stop_percpu_short; s++) {
        if (s->descriptor[3] != 0) {
            return (*env)->NewStringUTF(env, "the compiler made two sections of one, with one descriptor");
        }
        s->descriptor[0] = 0;   // version, flags
        s->descriptor[1] = s->start_ip;
        s->descriptor[2] = s->post_commit_offset;
        s->descriptor[3] = s->abort_ip;
    }
    return NULL;
}

JNIEXPORT jlong JNICALL Java_percpu_micro_Limits_sum(JNIEnv* env, jclass ignored) {
    jlong sum = 0;
    for (size_t slot = 0; slot < MAX_SLOTS; slot++) {
        for (size_t word = 0; word < WORDS; word++) {
            sum += *(volatile jlong*)(slots + (slot << STRIDE_SHIFT) + OFFSET_OF(word));
        }
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

// Eight words in turn: plain adds.
JNIEXPORT void JNICALL Java_percpu_micro_Limits_plainEight(JNIEnv* env, jclass ignored, jlong n) {
    jlong words[WORDS] __attribute__((aligned(64))) = { 0 };
    for (jlong i = 0; i < n; i++) {
        __asm__ volatile(
            "addq   $1, (%0)\n\t"
            "addq   $1, 8(%0)\n\t"
            "addq   $1, 16(%0)\n\t"
            "addq   $1, 24(%0)\n\t"
            "addq   $1, 32(%0)\n\t"
            "addq   $1, 40(%0)\n\t"
            "addq   $1, 48(%0)\n\t"
            "addq   $1, 56(%0)"
            : : "r"(words) : "memory", "cc");
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
            "imull  %[stride], %%fs:(%[index]), %%edx\n\t"  // where this thread's slot begins
            "addq   %[slots], %%rdx\n\t"                    // its address
            "addq   $1, (%%rdx)"                            // v[index] += 1
            :
            : [index] "r"(index), [slots] "r"(base), [stride] "i"(1 << STRIDE_SHIFT)
            : "rdx", "memory", "cc");
    }
}

// What HotSpot has as constants; in registers, all through a loop.
typedef struct {
    char* base;
    ptrdiff_t area;
    ptrdiff_t index;
} Constants;

#define ABORT_HANDLER                                                                                     \
    ".pushsection .text.unlikely, \"ax\"\n\t"                                                             \
    ".byte  0x0f, 0xb9, 0x3d\n\t"                              /* ud1, so that a disassembler goes on after it */\
    ".long  0x53053053\n"                                      /* what abort_ip must stand behind */      \
    "4:\n\t"                                                                                              \
    "jmp    5f\n\t"                                            /* again */                                \
    ".popsection\n"

#define DESCRIPTOR                                                                                        \
    ".pushsection __rseq_cs, \"aw\"\n\t"                                                                  \
    ".balign 32\n"                                                                                        \
    "3:\n\t"                                                                                              \
    ".long  0, 0\n\t"                                          /* version, flags */                       \
    ".quad  1f, 2f - 1f, 4f\n\t"                               /* start_ip, post_commit_offset, abort_ip */\
    ".popsection\n\t"                                                                                     \
    ABORT_HANDLER "5:\n\t"                                                                                \
    "leaq   3b(%%rip), %%rax\n\t"

#define ARM                                                                                               \
    DESCRIPTOR                                                                                            \
    "movq   %%rax, %%fs:%c[rseq_cs](%[area])\n"                /* arm */

#define ARM_SHORT                                                                                         \
    ".pushsection percpu_short, \"aw\"\n\t"                                                               \
    ".balign 8\n\t"                                                                                      \
    ".quad  %c[low], 1f, 2f - 1f, 4f\n\t"                                                                 \
    ".popsection\n\t"                                                                                     \
    ABORT_HANDLER "5:\n\t"                                                                                \
    "movq   %[low], %%fs:%c[rseq_cs](%[area])\n"               /* arm */

#define SLOT                                                                                              \
    "imull  %[stride], %%fs:(%[index]), %%edx\n\t"             /* where this thread's slot begins */

#define FIND "1:\n\t" SLOT

// again:
//   start: rseq_cs is this section's descriptor? else rseq_cs = it, out of line, and go on at start
// The question is part of the section, so that nothing comes between it and the commit. Whoever was preempted,
// migrated or signalled before start_ip is not armed any more, and finds that out here.
#define ARM_IF_NOT_ARMED                                                                                  \
    DESCRIPTOR                                                                                            \
    "1:\n\t"                                                                                              \
    "cmpq   %%rax, %%fs:%c[rseq_cs](%[area])\n\t"              /* still armed, and by this section? */    \
    "jne    6f\n\t"                                                                                       \
    ".pushsection .text.unlikely, \"ax\"\n"                                                               \
    "6:\n\t"                                                                                              \
    "movq   %%rax, %%fs:%c[rseq_cs](%[area])\n\t"              /* arm */                                  \
    "jmp    1b\n\t"                                            /* asks again, in the section */           \
    ".popsection\n\t"

#define CHECK                                                                                             \
    "movl   4(%[exclusive], %%rdx), %%eax\n\t"                 /* its sign: the slot is somebody's */     \
    "orl    %%fs:%c[cpu_id](%[area]), %%eax\n\t"               /* its sign: not registered */             \
    "js     %l[unusable]\n\t"

#define CHECK_CPU_ID                                                                                      \
    "cmpl   $0, %%fs:%c[cpu_id](%[area])\n\t"                  /* the offset is nonsense if negative */   \
    "js     %l[unusable]\n\t"                                                                            \
    "cmpl   $0, 4(%[exclusive], %%rdx)\n\t"                                                              \
    "js     %l[unusable]\n\t"

#define CHECK_SHORT                                                                                       \
    "movl   4 + %c[low_exclusive](%%rdx), %%eax\n\t"                                                      \
    "orl    %%fs:%c[cpu_id](%[area]), %%eax\n\t"                                                          \
    "js     %l[unusable]\n\t"

#define CHECK_SHORT_CPU_ID                                                                                \
    "cmpl   $0, %%fs:%c[cpu_id](%[area])\n\t"                                                            \
    "js     %l[unusable]\n\t"                                                                            \
    "cmpl   $0, 4 + %c[low_exclusive](%%rdx)\n\t"                                                        \
    "js     %l[unusable]\n\t"

#define COMMIT                                                                                            \
    "addq   %[address], %%rdx\n\t"                             /* of the variable in this slot */         \
    "addq   $1, (%%rdx)\n"                                     /* commit */                               \
    "2:"

#define OPERANDS                                                                                          \
    : [index] "r"(c->index), [area] "r"(c->area), [address] "r"(address),                                 \
      [exclusive] "r"(exclusive), [stride] "i"(1 << STRIDE_SHIFT), [rseq_cs] "i"(RSEQ_CS),             \
      [cpu_id] "i"(CPU_ID), [low] "i"(low), [low_exclusive] "i"(LOW_EXCLUSIVE)                            \
    : "rax", "rdx", "memory", "cc"

enum {
    CHECKED  = 1,  // whether the thread is registered, and the slot nobody's exclusively
    SHORT    = 2,  // whole addresses in the instructions: for the store that arms, and for the exclusive words
    DISARM   = 4,  // afterwards, as a section would that tidies up after itself
    CPU_IDS  = 8,  // slots are numbered so: cpu_id is asked before its slot is looked at, as HotSpot does
    ONCE     = 16, // armed only if it is not armed any more, or another section is
    FIELDS   = 32  // finds the word's address by two loads, each time, as Java does where nothing is constant
};

// load_add_store(v, 1):
//   arm
//   index = this thread's slot; not registered or exclusive: leave
//   v[index] += 1                                          commit
//   disarm
// `low` is where the descriptor is if addresses are short, another one for each section of the program.
// Answers whether it was done.
static inline __attribute__((always_inline)) bool add_in_section(const Constants* c, int word, int how, uintptr_t low) {
    char* const address = (how & FIELDS) != 0
            ? *(char* volatile*)&(*(Counter* volatile*)&fields[word])->address
            : c->base + OFFSET_OF(word);
    char* const exclusive = (char*)((uintptr_t)address & -GROUP);
    if ((how & SHORT) != 0 && (how & CHECKED) != 0 && (how & CPU_IDS) != 0) {
        __asm__ goto(ARM_SHORT FIND CHECK_SHORT_CPU_ID COMMIT : OPERANDS : unusable);
    } else if ((how & SHORT) != 0 && (how & CHECKED) != 0) {
        __asm__ goto(ARM_SHORT FIND CHECK_SHORT COMMIT : OPERANDS : unusable);
    } else if ((how & SHORT) != 0) {
        __asm__ volatile(ARM_SHORT FIND COMMIT : OPERANDS);
    } else if ((how & ONCE) != 0 && (how & CPU_IDS) != 0) {
        __asm__ goto(ARM_IF_NOT_ARMED SLOT CHECK_CPU_ID COMMIT : OPERANDS : unusable);
    } else if ((how & ONCE) != 0) {
        __asm__ goto(ARM_IF_NOT_ARMED SLOT CHECK COMMIT : OPERANDS : unusable);
    } else if ((how & CHECKED) != 0 && (how & CPU_IDS) != 0) {
        __asm__ goto(ARM FIND CHECK_CPU_ID COMMIT : OPERANDS : unusable);
    } else if ((how & CHECKED) != 0) {
        __asm__ goto(ARM FIND CHECK COMMIT : OPERANDS : unusable);
    } else {
        __asm__ volatile(ARM FIND COMMIT : OPERANDS);
    }
    if ((how & DISARM) != 0) {
        __asm__ volatile("movq $0, %%fs:%c[rseq_cs](%[area])" : : [area] "r"(c->area), [rseq_cs] "i"(RSEQ_CS) : "memory");
    }
    return true;
unusable: __attribute__((cold));
    return false;
}

// n increments, or n times eight in turn. Return how many were not done.
static inline __attribute__((always_inline)) jlong one(jlong n, int how, uintptr_t low) {
    const Constants c = { slots, __rseq_offset, index_offset };
    for (jlong i = 0; i < n; i++) {
        if (!add_in_section(&c, 0, how, low)) {
            return n - i;
        }
    }
    return 0;
}

static inline __attribute__((always_inline)) jlong eight(jlong n, int how, uintptr_t low) {
    const Constants c = { slots, __rseq_offset, index_offset };
    for (jlong i = 0; i < n; i++) {
        if (!add_in_section(&c, 0, how, low + 32) || !add_in_section(&c, 1, how, low + 64) ||
            !add_in_section(&c, 2, how, low + 96) || !add_in_section(&c, 3, how, low + 128) ||
            !add_in_section(&c, 4, how, low + 160) || !add_in_section(&c, 5, how, low + 192) ||
            !add_in_section(&c, 6, how, low + 224) || !add_in_section(&c, 7, how, low + 256)) {
            return WORDS * (n - i);
        }
    }
    return 0;
}

#define LOOPS_OF_SECTIONS(name, how, low)                                                                 \
    JNIEXPORT jlong JNICALL Java_percpu_micro_Limits_##name(JNIEnv* env, jclass ignored, jlong n) {        \
        return mm_cids ? one(n, how, low) : one(n, (how) | CPU_IDS, (low) + 512);                         \
    }                                                                                                     \
                                                                                                          \
    JNIEXPORT jlong JNICALL Java_percpu_micro_Limits_##name##Eight(JNIEnv* env, jclass ignored, jlong n) { \
        return mm_cids ? eight(n, how, low) : eight(n, (how) | CPU_IDS, (low) + 512);                     \
    }

LOOPS_OF_SECTIONS(section,               CHECKED,             0)
LOOPS_OF_SECTIONS(sectionDisarm,         CHECKED | DISARM,    0)
LOOPS_OF_SECTIONS(sectionOnce,           CHECKED | ONCE,      0)
LOOPS_OF_SECTIONS(sectionFields,         CHECKED | FIELDS,    0)
LOOPS_OF_SECTIONS(sectionUnchecked,      0,                   0)
LOOPS_OF_SECTIONS(sectionShort,          CHECKED | SHORT,     LOW_DESCRIPTORS)
LOOPS_OF_SECTIONS(sectionShortUnchecked, SHORT,               LOW_DESCRIPTORS + 1024)
