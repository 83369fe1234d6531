#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# natives.sh COMPILER INCLUDE OUT: compiles what the tests have in C. INCLUDE is a JDK's. Names say what a file becomes, as
# in the JDK's own tests: libNAME.c a library, exeNAME.c the program NAME, all others are included by these.

set -euo pipefail
compiler=$1 include=$2 out=$3
sources=$(cd "$(dirname "$0")" && pwd)/lib/native
[ -d "$include" ] || { printf 'error: no include folder %s\n' "$include" >&2; exit 1; }
mkdir -p "$out"

compile() {
    local name=$1
    shift
    "$compiler" -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror -pthread \
        -I"$include" -I"$include/linux" -o "$out/$name" "$@" -ldl ||
        { printf 'error: cannot compile %s of the tests\n' "$name" >&2; exit 1; }
}
for source in "$sources"/lib*.c; do
    name=${source##*/}
    compile "${name%.c}.so" -shared -fPIC "$source"
done
for source in "$sources"/exe*.c; do
    name=${source##*/exe}
    compile "${name%.c}" "$source"
done
