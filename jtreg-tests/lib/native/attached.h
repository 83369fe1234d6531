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

#ifndef PERCPU_TEST_ATTACHED_H
#define PERCPU_TEST_ATTACHED_H

#include <jni.h>

// Attaches this thread, runs the Runnable and detaches. Negative: attaching failed (-1),
// the task threw (-2), detaching failed (-3).
static inline int run_attached(JavaVM* vm, jobject task) {
  JNIEnv* env;
  JavaVMAttachArgs args = { JNI_VERSION_10, "native-worker", 0 };
  if ((*vm)->AttachCurrentThread(vm, (void**)&env, &args) != JNI_OK) {
    return -1;
  }
  int error = 0;
  jclass runnable = (*env)->GetObjectClass(env, task);
  jmethodID run = (*env)->GetMethodID(env, runnable, "run", "()V");
  if (run) {
    (*env)->CallVoidMethod(env, task, run);
  }
  if ((*env)->ExceptionCheck(env)) {
    (*env)->ExceptionDescribe(env);
    error = -2;
  }
  if ((*vm)->DetachCurrentThread(vm) != JNI_OK) {
    error = -3;
  }
  return error;
}

#endif // PERCPU_TEST_ATTACHED_H
