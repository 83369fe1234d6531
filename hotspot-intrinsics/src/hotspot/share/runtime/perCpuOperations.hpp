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

#ifndef SHARE_RUNTIME_PERCPUOPERATIONS_HPP
#define SHARE_RUNTIME_PERCPUOPERATIONS_HPP

// The operations on per-CPU data, by all their names: what jdk.internal.percpu.Rseq calls them, their stubs,
// and their C2 nodes. What the operations do is in asm/perCpuAssembler.hpp.

// f(method, stub)
#define PERCPU_OPERATIONS_DO(f)                                                                                        \
  f(loadAddStore, load_add_store)                                                                                      \
  f(loadAddDoubleStore, load_add_double_store)                                                                         \
  f(getAndAdd, get_and_add)                                                                                            \
  f(compareAndExchange, compare_and_exchange)                                                                          \
  f(loadCbneStore, load_cbne_store)                                                                                    \
  f(loadCbeqStoreAddLoadStore, load_cbeq_store_add_load_store)                                                         \
  f(loadCbneLoadCbneStore, load_cbne_load_cbne_store)                                                                  \
  f(loadCbneStoreStore, load_cbne_store_store)                                                                         \
  f(loadCbneStoreStoreRelease, load_cbne_store_store_release)                                                          \
  f(loadCbneMemcpyStore, load_cbne_memcpy_store)                                                                       \
  f(loadCbneMemcpyStoreRelease, load_cbne_memcpy_store_release)

// Nodes that have an owner, and all.
#define PERCPU_LOAD_STORE_NODES_DO(f)                                                                                  \
  f(PerCpuAdd)                                                                                                         \
  f(PerCpuAddDouble)                                                                                                   \
  f(PerCpuGetAndAdd)                                                                                                   \
  f(PerCpuCompareAndExchange)                                                                                          \
  f(PerCpuCbneStore)                                                                                                   \
  f(PerCpuCbeqStoreAddLoadStore)                                                                                       \
  f(PerCpuCbneCbneStore)                                                                                               \
  f(PerCpuCbneStoreStore)                                                                                              \
  f(PerCpuCbneMemcpyStore)

#define PERCPU_NODES_DO(f)                                                                                             \
  PERCPU_LOAD_STORE_NODES_DO(f)                                                                                        \
  f(PerCpuCurrentSlot)

#define PERCPU_NODE_CASE(node) case Op_##node:

// For VM_INTRINSICS_DO. vmIntrinsics::is_percpu depends on the first and the last one.
#define PERCPU_INTRINSICS_DO(do_intrinsic, do_class, do_name, do_signature, do_alias)                                  \
  do_class(jdk_internal_percpu_Rseq, "jdk/internal/percpu/Rseq")                                                       \
  do_intrinsic(_percpu_loadAddStore, jdk_internal_percpu_Rseq,                                                         \
               percpu_loadAddStore_name, percpu_loadAddStore_signature, F_SN)                                          \
   do_name(percpu_loadAddStore_name, "loadAddStore")                                                                   \
   do_alias(percpu_loadAddStore_signature, putLong_signature)                                                          \
  do_intrinsic(_percpu_loadAddDoubleStore, jdk_internal_percpu_Rseq,                                                   \
               percpu_loadAddDoubleStore_name, percpu_loadAddStore_signature, F_SN)                                    \
   do_name(percpu_loadAddDoubleStore_name, "loadAddDoubleStore")                                                       \
  do_intrinsic(_percpu_getAndAdd, jdk_internal_percpu_Rseq,                                                            \
               percpu_getAndAdd_name, percpu_getAndAdd_signature, F_SN)                                                \
   do_name(percpu_getAndAdd_name, "getAndAdd")                                                                         \
   do_alias(percpu_getAndAdd_signature, getAndAddLong_signature)                                                       \
  do_intrinsic(_percpu_compareAndExchange, jdk_internal_percpu_Rseq,                                                   \
               percpu_compareAndExchange_name, percpu_compareAndExchange_signature, F_SN)                              \
   do_name(percpu_compareAndExchange_name, "compareAndExchange")                                                       \
   do_alias(percpu_compareAndExchange_signature, compareAndExchangeLong_signature)                                     \
  do_intrinsic(_percpu_loadCbneStore, jdk_internal_percpu_Rseq,                                                        \
               percpu_loadCbneStore_name, percpu_loadCbneStore_signature, F_SN)                                        \
   do_name(percpu_loadCbneStore_name, "loadCbneStore")                                                                 \
   do_signature(percpu_loadCbneStore_signature, "(Ljava/lang/Object;IJJJ)I")                                           \
  do_intrinsic(_percpu_loadCbeqStoreAddLoadStore, jdk_internal_percpu_Rseq,                                            \
               percpu_loadCbeqStoreAddLoadStore_name, percpu_loadCbeqStoreAddLoadStore_signature, F_SN)                \
   do_name(percpu_loadCbeqStoreAddLoadStore_name, "loadCbeqStoreAddLoadStore")                                         \
   do_signature(percpu_loadCbeqStoreAddLoadStore_signature, "(Ljava/lang/Object;IJJJ)J")                               \
  do_intrinsic(_percpu_loadCbneLoadCbneStore, jdk_internal_percpu_Rseq,                                                \
               percpu_loadCbneLoadCbneStore_name, percpu_loadCbneLoadCbneStore_signature, F_SN)                        \
   do_name(percpu_loadCbneLoadCbneStore_name, "loadCbneLoadCbneStore")                                                 \
   do_signature(percpu_loadCbneLoadCbneStore_signature, "(Ljava/lang/Object;IJJJJJ)I")                                 \
  do_intrinsic(_percpu_loadCbneStoreStore, jdk_internal_percpu_Rseq,                                                   \
               percpu_loadCbneStoreStore_name, percpu_loadCbneLoadCbneStore_signature, F_SN)                           \
   do_name(percpu_loadCbneStoreStore_name, "loadCbneStoreStore")                                                       \
  do_intrinsic(_percpu_loadCbneStoreStoreRelease, jdk_internal_percpu_Rseq,                                            \
               percpu_loadCbneStoreStoreRelease_name, percpu_loadCbneLoadCbneStore_signature, F_SN)                    \
   do_name(percpu_loadCbneStoreStoreRelease_name, "loadCbneStoreStoreRelease")                                         \
  do_intrinsic(_percpu_loadCbneMemcpyStore, jdk_internal_percpu_Rseq,                                                  \
               percpu_loadCbneMemcpyStore_name, percpu_loadCbneMemcpyStore_signature, F_SN)                            \
   do_name(percpu_loadCbneMemcpyStore_name, "loadCbneMemcpyStore")                                                     \
   do_signature(percpu_loadCbneMemcpyStore_signature, "(Ljava/lang/Object;IJJJJJJ)I")                                  \
  do_intrinsic(_percpu_loadCbneMemcpyStoreRelease, jdk_internal_percpu_Rseq,                                           \
               percpu_loadCbneMemcpyStoreRelease_name, percpu_loadCbneMemcpyStore_signature, F_SN)                     \
   do_name(percpu_loadCbneMemcpyStoreRelease_name, "loadCbneMemcpyStoreRelease")                                       \
  do_intrinsic(_percpu_currentSlot, jdk_internal_percpu_Rseq, percpu_currentSlot_name, void_int_signature, F_SN)       \
   do_name(percpu_currentSlot_name, "currentSlot")

// The slow ones are what C2's out-of-line code calls.
// f(stub)
#define PERCPU_STUBS_DO(f)                                                                                             \
  f(load_add_store)                                                                                                    \
  f(load_add_double_store)                                                                                             \
  f(get_and_add)                                                                                                       \
  f(compare_and_exchange)                                                                                              \
  f(load_cbne_store)                                                                                                   \
  f(load_cbeq_store_add_load_store)                                                                                    \
  f(load_cbne_load_cbne_store)                                                                                         \
  f(load_cbne_store_store)                                                                                             \
  f(load_cbne_store_store_release)                                                                                     \
  f(load_cbne_memcpy_store)                                                                                            \
  f(load_cbne_memcpy_store_release)                                                                                    \
  f(current_slot)                                                                                                      \
  f(call)                                                                                                              \
  f(slow_load_add_store)                                                                                               \
  f(slow_load_add_double_store)                                                                                        \
  f(slow_get_and_add)                                                                                                  \
  f(slow_compare_and_exchange)                                                                                         \
  f(slow_load_cbne_store)                                                                                              \
  f(slow_load_cbeq_store_add_load_store)                                                                               \
  f(slow_load_cbne_load_cbne_store)                                                                                    \
  f(slow_load_cbne_store_store)                                                                                        \
  f(slow_load_cbne_memcpy_store)

#endif // SHARE_RUNTIME_PERCPUOPERATIONS_HPP
