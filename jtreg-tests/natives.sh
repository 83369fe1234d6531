#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# natives.sh COMPILER INCLUDE OUT: compiles what the tests have in C. INCLUDE is a JDK's.

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
compile rseqdeny "$sources/rseqdeny.c"
compile foreignvm "$sources/foreignvm.c"
compile tlsvm "$sources/tlsvm.c"
for bytes in 16 32 64 128 256 512 1024; do
    compile "libstatictls$bytes.so" -shared -fPIC "-DTAKEN_BYTES=$bytes" "$sources/statictls.c"
done
compile libearlyadopter.so -shared -fPIC "$sources/earlyadopter.c"
compile libothersignature.so -shared -fPIC -DADOPTER_SIGNATURE=0x12345678 "$sources/earlyadopter.c"
compile libslowmembarrier.so -shared -fPIC "$sources/slowmembarrier.c"
compile libarmed.so -shared -fPIC "$sources/armed.c"
compile liblazyadopter.so -shared -fPIC "$sources/lazyadopter.c"
compile libsampler.so -shared -fPIC "$sources/sampler.c"
compile libpercputest.so -shared -fPIC "$sources/libpercputest.c"
