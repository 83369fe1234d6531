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

#ifndef PERCPU_TEST_STARTVM_H
#define PERCPU_TEST_STARTVM_H

// What the launchers among the tests have in common: a VM in a process that did
// something before.

#include <dlfcn.h>
#include <jni.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef jint (JNICALL *create_vm_t)(JavaVM**, void**, void*);

// arguments: libjvm.so [VM options...] -- class [arguments...]. Returns the process' exit code.
static inline int start_vm(const char* launcher, int count, char** arguments) {
  int dashes = 1;
  while (dashes < count && strcmp(arguments[dashes], "--") != 0) {
    dashes++;
  }
  if (dashes + 1 >= count) {
    fprintf(stderr, "usage: %s ... libjvm.so [VM options...] -- class [arguments...]\n", launcher);
    return 2;
  }
  void* jvm = dlopen(arguments[0], RTLD_NOW | RTLD_GLOBAL);
  if (!jvm) {
    fprintf(stderr, "%s: %s\n", launcher, dlerror());
    return 3;
  }
  create_vm_t create_vm = (create_vm_t)dlsym(jvm, "JNI_CreateJavaVM");
  int option_count = dashes - 1;
  JavaVMOption* options = calloc((size_t)option_count + 1, sizeof(JavaVMOption));
  if (!create_vm || !options) {
    fprintf(stderr, "%s: no JNI_CreateJavaVM, or no memory\n", launcher);
    return 3;
  }
  for (int i = 0; i < option_count; i++) {
    options[i].optionString = arguments[1 + i];
  }
  JavaVMInitArgs vm_args = { JNI_VERSION_10, option_count, options, JNI_FALSE };
  JavaVM* vm;
  JNIEnv* env;
  if (create_vm(&vm, (void**)&env, &vm_args) != JNI_OK) {
    fprintf(stderr, "%s: JNI_CreateJavaVM failed\n", launcher);
    return 3;
  }

  char* name = arguments[dashes + 1];
  for (char* c = name; *c != '\0'; c++) {
    if (*c == '.') {
      *c = '/';
    }
  }
  int args_count = count - dashes - 2;
  int status = 1;
  jclass main_class = (*env)->FindClass(env, name);
  jclass string_class = !main_class ? 0 : (*env)->FindClass(env, "java/lang/String");
  jmethodID main_method = !string_class ? 0
      : (*env)->GetStaticMethodID(env, main_class, "main", "([Ljava/lang/String;)V");
  jobjectArray args = !main_method ? 0
      : (*env)->NewObjectArray(env, args_count, string_class, 0);
  if (args) {
    for (int i = 0; i < args_count; i++) {
      (*env)->SetObjectArrayElement(env, args, i, (*env)->NewStringUTF(env, arguments[dashes + 2 + i]));
    }
    (*env)->CallStaticVoidMethod(env, main_class, main_method, args);
    status = (*env)->ExceptionCheck(env) ? 1 : 0;
  }
  if ((*env)->ExceptionCheck(env)) {
    (*env)->ExceptionDescribe(env);
  }
  (*vm)->DestroyJavaVM(vm);
  return status;
}

#endif // PERCPU_TEST_STARTVM_H
