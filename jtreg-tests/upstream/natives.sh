#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# natives.sh SOURCE JDK OUT: compiles the native code of OpenJDK's tests in SOURCE with the headers and libraries of JDK, in
# the way of make/test/JtregNative*.gmk, to OUT/hotspot and OUT/jdk. What is there and newer than its source stays. A file that
# does not compile is named and left out.
# natives.sh --made-by: prints what the result depends on, beside SOURCE.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

made_by() {
    { gcc --version && g++ --version; } 2>&1 | grep -F '(' || true
    sha256sum <"$here/natives.gmk"
}
if [ "${1:-}" = --made-by ]; then
    made_by
    exit
fi
source=$1 jdk=$2 out=$3

if [ "$(cat "$out/made-by" 2>/dev/null)" != "$(made_by)" ]; then rm -rf "$out"; fi
mkdir -p "$out/gmk"
made_by >"$out/made-by"
cp "$here/natives.gmk" "$out/gmk/TestFilesCompilation.gmk"
touch "$out"/gmk/{MakeFileStart,CopyFiles,MakeFileEnd}.gmk
for component in hotspot jdk; do
    mkdir -p "$out/$component"
    makefile=$source/make/test/JtregNative${component^}.gmk
    [ -f "$makefile" ] || { printf 'natives.sh: there is no %s\n' "$makefile" >&2; exit 1; }
    make --no-print-directory --silent ${JOBS:+-j "$JOBS"} -I "$out/gmk" -f "$makefile" TOPDIR="$source" OUTPUTDIR="$out/gmk" \
        TEST_IMAGE_DIR="$out/gmk" OPENJDK_TARGET_OS=linux OPENJDK_TARGET_OS_TYPE=unix NATIVES="$out/$component" \
        INCLUDES_OF="$jdk" "build-test-$component-jtreg-native" >&2
done
