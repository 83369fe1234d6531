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

// foreignvm libjvm.so [VM options...] -- class [arguments...]: registers an rseq area of its own
// for the thread that then creates the VM, so that the VM cannot register that thread.

#include <dlfcn.h>
#include <jni.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rseqarea.h"

static __thread volatile struct rseq_area own_area = { .cpu_id = (uint32_t)-1 };

typedef jint (JNICALL *create_vm_t)(JavaVM**, void**, void*);

int main(int argc, char** argv) {
  int dashes = 2;
  while (dashes < argc && strcmp(argv[dashes], "--") != 0) {
    dashes++;
  }
  if (dashes + 1 >= argc) {
    fprintf(stderr, "usage: foreignvm libjvm.so [VM options...] -- class [arguments...]\n");
    return 2;
  }
  int error = rseq_call(&own_area, TEST_RSEQ_LEN, 0);
  if (error != 0) {
    fprintf(stderr, "foreignvm: cannot register an rseq area: %s\n", strerror(error));
    return 77;
  }
  printf("foreignvm: this thread has a foreign rseq area\n");
  fflush(stdout);

  void* jvm = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  if (jvm == NULL) {
    fprintf(stderr, "foreignvm: %s\n", dlerror());
    return 3;
  }
  create_vm_t create_vm = (create_vm_t)dlsym(jvm, "JNI_CreateJavaVM");
  int option_count = dashes - 2;
  JavaVMOption* options = calloc((size_t)option_count + 1, sizeof(JavaVMOption));
  if (create_vm == NULL || options == NULL) {
    fprintf(stderr, "foreignvm: no JNI_CreateJavaVM, or no memory\n");
    return 3;
  }
  for (int i = 0; i < option_count; i++) {
    options[i].optionString = argv[2 + i];
  }
  JavaVMInitArgs vm_args = { JNI_VERSION_10, option_count, options, JNI_FALSE };
  JavaVM* vm;
  JNIEnv* env;
  if (create_vm(&vm, (void**)&env, &vm_args) != JNI_OK) {
    fprintf(stderr, "foreignvm: JNI_CreateJavaVM failed\n");
    return 3;
  }

  char* name = argv[dashes + 1];
  for (char* c = name; *c != '\0'; c++) {
    if (*c == '.') {
      *c = '/';
    }
  }
  int count = argc - dashes - 2;
  int status = 1;
  jclass main_class = (*env)->FindClass(env, name);
  jclass string_class = main_class == NULL ? NULL : (*env)->FindClass(env, "java/lang/String");
  jmethodID main_method = string_class == NULL ? NULL
      : (*env)->GetStaticMethodID(env, main_class, "main", "([Ljava/lang/String;)V");
  jobjectArray args = main_method == NULL ? NULL
      : (*env)->NewObjectArray(env, count, string_class, NULL);
  if (args != NULL) {
    for (int i = 0; i < count; i++) {
      (*env)->SetObjectArrayElement(env, args, i, (*env)->NewStringUTF(env, argv[dashes + 2 + i]));
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
