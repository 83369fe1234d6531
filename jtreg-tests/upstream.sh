#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Runs JDK's own tests of the parts we touch on the patched JDK and on an
# unpatched one, compares them test by test and writes a page of that.
# Exit code 1: a test passes on the unpatched JDK and fails on the patched one.
set -euo pipefail

usage() {
    cat <<'END'
usage: upstream.sh [all|unpatched|patched|compare]

  all        both halves, then the comparison (the default)
  unpatched  only the unpatched half     patched   only the patched half
  compare    only the comparison of two finished halves

A half that is finished is used again when neither its JDK nor its tests have
changed. Settings (environment):
  JDK          patched JDK            (default build/images/release/jdk)
  UNPATCHED    unpatched JDK          (default: BOOT_JDK, JAVA_HOME or a JDK
                                       under /usr/lib/jvm, if of the same version)
  SOURCE       patched source tree    (default build/source)
  JTREG        jtreg's folder         (default: jtreg in ~/.cache/percpu-jdk)
  UPSTREAM_WORK  folder for test work (default build/upstream)
  BUILD        build folder           (default build)
  RESULTS      folder for results     (default build/results); with RECORD=1 the
                                      Makefile makes it results/
  SUBSET       test folders or tests, e.g. "hotspot/jtreg/compiler/unsafe"
  PATCHED_OPTIONS  options for the patched JDK only, e.g. -XX:-UsePerCpuAdders
  JOBS         tests run at a time    (default 2)
  TIMEOUT_FACTOR  jtreg's             (default 8)
  RETRIES      how often a test that differs is run again (default 3)
  TEST_NATIVES JDK test image with native libraries; without it the libraries
               of the chosen folders are compiled here with gcc
END
}

die() {
    printf 'upstream.sh: %s\n' "$*" >&2
    exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
mode=${1:-all}
case $mode in
    all | unpatched | patched | compare) ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

BUILD=${BUILD:-$root/build}
JDK=${JDK:-$BUILD/images/release/jdk}
SOURCE=${SOURCE:-$BUILD/source}
JTREG=${JTREG:-${XDG_CACHE_HOME:-$HOME/.cache}/percpu-jdk/jtreg}
WORK=${UPSTREAM_WORK:-$BUILD/upstream}
RESULTS=${RESULTS:-$BUILD/results}
JOBS=${JOBS:-2}
TIMEOUT_FACTOR=${TIMEOUT_FACTOR:-8}
RETRIES=${RETRIES:-3}
SUBSET=${SUBSET:-hotspot/jtreg/compiler/unsafe hotspot/jtreg/compiler/intrinsics
    hotspot/jtreg/compiler/codecache hotspot/jtreg/runtime/Thread
    hotspot/jtreg/serviceability/dcmd/compiler jdk/java/util/concurrent
    jdk/java/lang/management/ManagementFactory jdk/jdk/jfr/event/metadata jdk/jdk/jfr/tool}
PATCHED_OPTIONS=${PATCHED_OPTIONS:-}
read -r -a tests <<<"$(tr '\n' ' ' <<<"$SUBSET")"

[ -d "$SOURCE/test" ] || SOURCE=$(dirname "$SOURCE")
[ -f "$SOURCE/test/jdk/TEST.ROOT" ] ||
    die "no JDK tests under SOURCE=$SOURCE; run 'make source' first"
[ -f "$JTREG/lib/jtreg.jar" ] ||
    die "no lib/jtreg.jar in JTREG=$JTREG; run 'make deps' or set JTREG"
SOURCE=$(cd "$SOURCE" && pwd)
mkdir -p "$WORK" "$RESULTS"
WORK=$(cd "$WORK" && pwd)

# The version of the source tree, e.g. 25.0.3+9.
version=$(sed -n 's/^VERSION=//p' "$root/jdk-patch/${OF_JDK:-25}/upstream")

release_value() {
    sed -n "s/^$2=\"\(.*\)\"/\1/p" "$1/release"
}

# Same version means the same source: the number and the build, vendor text aside. Early access, 27-ea+34, has both, too.
same_version() {
    [ -x "$1/bin/java" ] && [ -f "$1/release" ] || return 1
    local v
    v=$(release_value "$1" JAVA_RUNTIME_VERSION)
    v=${v/-ea+/+}
    [ "${v%%-*}" = "$version" ]
}

find_unpatched() {
    local home
    for home in "${BOOT_JDK:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        if [ -n "$home" ] && same_version "$home"; then
            printf '%s\n' "$home"
            return 0
        fi
    done
    return 1
}

if [ -z "${UNPATCHED:-}" ]; then
    UNPATCHED=$(find_unpatched) ||
        die "no unpatched JDK $version found; set UNPATCHED=<home of a JDK built from the same source>"
fi
[ -x "$UNPATCHED/bin/java" ] || die "no bin/java in UNPATCHED=$UNPATCHED"

# The native sources of the chosen folders, and those elsewhere that their tests load by name.
native_sources() {
    local folders=() t name
    for t in "${tests[@]}"; do
        t=$SOURCE/test/${t%%#*}
        [ -d "$t" ] || t=$(dirname "$t")
        folders+=("$t")
    done
    {
        find "${folders[@]}" "$SOURCE/test/lib/jdk" "$SOURCE/test/hotspot/jtreg/testlibrary" \
            \( -name 'lib*.c' -o -name 'lib*.cpp' \)
        grep -rhoE 'loadLibrary\("[^"]+|-agentlib:[A-Za-z0-9_]+' --include='*.java' "${folders[@]}" |
            sed 's/.*[":]//' | LC_ALL=C sort -u | while IFS= read -r name; do
            find "$SOURCE/test/hotspot/jtreg" "$SOURCE/test/jdk" -name "lib$name.c" -o -name "lib$name.cpp"
        done
    } | LC_ALL=C sort -u
}

# Compiles them in the way of make/test/JtregNativeHotspot.gmk.
build_natives() {
    local home=$1 out=$2 src name compiler folder
    local base=$SOURCE/test/hotspot/jtreg/vmTestbase
    local includes=("-I$home/include" "-I$home/include/linux" "-I$SOURCE/test/lib/native"
        "-I$SOURCE/test/lib/jdk/test/lib/jvmti" "-I$base/nsk/stress/jni" "-I$base/vm/mlvm/share")
    for folder in aod gc/lock/jni gc/lock/jniref jdi jni jvmti jvmti/agent_common jvmti/aod locks native; do
        includes+=("-I$base/nsk/share/$folder")
    done
    [ "$(cat "$out/done" 2>/dev/null)" != "${tests[*]}" ] || return 0
    rm -rf "$out" && mkdir -p "$out"
    while IFS= read -r src; do
        name=$(basename "$src")
        name=${name%.*}
        compiler=gcc
        [ "${src##*.}" = cpp ] && compiler=g++
        if ! $compiler -shared -fPIC -O1 -g -w -D_GNU_SOURCE "${includes[@]}" \
            -o "$out/$name.so" "$src" -lpthread -ldl 2>"$out/$name.log"; then
            printf 'upstream.sh: %s does not compile, tests that need it will fail on both JDKs: %s\n' \
                "${src#"$SOURCE"/}" "$(head -n 1 "$out/$name.log")" >&2
        else
            rm -f "$out/$name.log"
        fi
    done < <(native_sources)
    printf '%s\n' "${tests[*]}" >"$out/done"
}

# Everything a result depends on beside the options: the JDK's own bits, the tests.
jdk_key() {
    cat "$1/release"
    sha256sum <"$1/lib/server/libjvm.so"
    sha256sum <"$1/lib/modules"
}

tests_key() {
    printf '%s ' "$1"
    find -L "$SOURCE/test/${1%%#*}" -type f -print0 | LC_ALL=C sort -z | xargs -0 cat | sha256sum
}

# run_jtreg <home> <work folder> <report folder> <test>...: the options of make/RunTests.gmk.
run_jtreg() {
    local home=$1 workdir=$2 report=$3 option
    shift 3
    local options=() launcher=() natives component=${1%%/*}
    if [ "$component" = hotspot ]; then
        options+=("-exclude:$SOURCE/test/hotspot/jtreg/ProblemList.txt")
        natives=${TEST_NATIVES:-}/hotspot/jtreg/native
    else
        options+=("-exclude:$SOURCE/test/jdk/ProblemList.txt" -vmoption:-Xmx768m -ea -esa)
        launcher+=(-Xmx768m)
        natives=${TEST_NATIVES:-}/jdk/jtreg/native
    fi
    if [ -z "${TEST_NATIVES:-}" ] || [ ! -d "$natives" ]; then
        natives=$WORK/native
    fi
    if [ "$home" = "$JDK" ]; then
        for option in $PATCHED_OPTIONS; do
            options+=("-vmoption:$option")
        done
    fi
    mkdir -p "$workdir/tmp"
    "${JTREG_JAVA:-$UNPATCHED/bin/java}" "${launcher[@]}" -Dprogram=jtreg -jar "$JTREG/lib/jtreg.jar" \
        -agentvm -automatic -ignore:quiet -verbose:fail,error,summary -retain:fail,error \
        "-concurrency:$JOBS" "-timeoutFactor:$TIMEOUT_FACTOR" \
        -vmoption:-XX:MaxRAMPercentage=12 "-vmoption:-Djava.io.tmpdir=$workdir/tmp" \
        "-vmoption:-Dtest.boot.jdk=$UNPATCHED" \
        "-nativepath:$natives" "${options[@]}" \
        "-testjdk:$home" "-dir:$SOURCE/test" "-workDir:$workdir" "-reportDir:$report" \
        -report:files "$@"
}

# jtreg's own exit codes: 0 all passed, 1 none chosen, 2 some failed, 3 some in error.
checked_jtreg() {
    local log=$1 code=0
    shift
    run_jtreg "$@" >"$log" 2>&1 || code=$?
    if [ "$code" -gt 3 ]; then
        tail -n 20 "$log" >&2
        die "jtreg ended with exit code $code; its output is in $log"
    fi
    [ "$code" -ne 1 ] || die "jtreg chose no test in ${*:4}; see $log"
}

run_half() {
    local name=$1 home=$2 dir=$WORK/$1 t folder begin key extra=
    [ -x "$home/bin/java" ] || die "no bin/java in $home ($name JDK); run 'make jdk' or set JDK"
    mkdir -p "$dir"
    build_natives "$UNPATCHED" "$WORK/native"
    [ "$home" != "$JDK" ] || extra=$PATCHED_OPTIONS
    key="$(jdk_key "$home") $extra"
    {
        cat "$home/release"
        printf 'OPTIONS="%s"\n' "$extra"
    } >"$dir/release"
    for t in "${tests[@]}"; do
        folder=${t//\//_}
        printf '%s\n%s\n' "$key" "$(tests_key "$t")" >"$dir/key.new"
        if cmp -s "$dir/key-$folder" "$dir/key.new" && [ -f "$dir/done-$folder" ]; then
            printf '%s: %s was run before, kept\n' "$name" "$t"
            continue
        fi
        printf '%s: %s ...\n' "$name" "$t"
        rm -rf "$dir/done-$folder" "$dir/${t%%/*}/JTreport-$folder"
        mv "$dir/key.new" "$dir/key-$folder"
        begin=$SECONDS
        checked_jtreg "$dir/$folder.log" "$home" "$dir/${t%%/*}/JTwork" "$dir/${t%%/*}/JTreport-$folder" "$t"
        printf '%s\n' "$((SECONDS - begin))" >"$dir/seconds-$folder"
        date -u +%Y-%m-%dT%H:%MZ >"$dir/done-$folder"
        sed -n 's/^Test results: /    /p' "$dir/$folder.log"
    done
    rm -f "$dir/key.new"
    collect "$name"
}

# "component/test status" for every test of a half, sorted.
collect() {
    local dir=$WORK/$1 t folder prefix
    for t in "${tests[@]}"; do
        folder=${t//\//_}
        [ -f "$dir/done-$folder" ] || die "the $1 half of $t is not there; run 'upstream.sh $1'"
        prefix=jdk
        [ "${t%%/*}" = jdk ] || prefix=hotspot/jtreg
        sed -nE "s,^([^ ]+) +(Passed|Failed|Error|Not run)\..*,$prefix/\1 \2,p" \
            "$dir/${t%%/*}/JTreport-$folder/text/summary.txt"
    done | LC_ALL=C sort -u >"$dir/status.new"
    [ -s "$dir/status.new" ] || die "no test result of the $1 half in $dir"
    mv "$dir/status.new" "$dir/status"
}

compare_java() {
    "$UNPATCHED/bin/java" "$here/upstream/Compare.java" "$@"
}

# Each test that differs runs RETRIES times more, alone, on both JDKs; when very
# many differ, something is broken that no repetition explains.
run_again() {
    local t i name home component log
    : >"$WORK/again"
    local differing
    mapfile -t differing < <(compare_java differing "$WORK")
    if [ "${#differing[@]}" -gt 20 ]; then
        printf '%d tests differ, too many to run again\n' "${#differing[@]}"
        return 0
    fi
    for t in "${differing[@]}"; do
        for name in unpatched patched; do
            home=$UNPATCHED
            [ "$name" = patched ] && home=$JDK
            for ((i = 1; i <= RETRIES; i++)); do
                printf 'again %d of %d on the %s JDK: %s\n' "$i" "$RETRIES" "$name" "$t"
                component=${t%%/*}
                log=$WORK/$name/again/$i.log
                rm -rf "$WORK/$name/again/$component" && mkdir -p "$WORK/$name/again"
                JOBS=1 checked_jtreg "$log" "$home" "$WORK/$name/again/$component" "$WORK/$name/again/report" "$t"
                printf '%s %s %s\n' "$t" "$name" \
                    "$(sed -nE 's,^[^ ]+ +(Passed|Failed|Error)\..*,\1,p' "$WORK/$name/again/report/text/summary.txt" | head -n 1)" \
                    >>"$WORK/again"
            done
        done
    done
}

case $mode in
    unpatched) run_half unpatched "$UNPATCHED" ;;
    patched) run_half patched "$JDK" ;;
    *)
        if [ "$mode" = all ]; then
            run_half unpatched "$UNPATCHED"
            run_half patched "$JDK"
        else
            collect unpatched
            collect patched
            build_natives "$UNPATCHED" "$WORK/native"
        fi
        run_again
        # Another setting has a page of its own.
        out=$RESULTS/upstream${PATCHED_OPTIONS//[^[:alnum:]+-]/-}
        rm -rf "$out.new" && mkdir -p "$out.new"
        cp "$WORK/patched/status" "$out.new/patched.txt"
        cp "$WORK/unpatched/status" "$out.new/unpatched.txt"
        code=0
        compare_java page "$WORK" "$out.new/README.md" "${tests[@]}" || code=$?
        [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || die "the comparison could not be made"
        rm -rf "$out" && mv "$out.new" "$out"
        printf 'comparison: %s\n' "$out/README.md"
        [ "$code" -eq 0 ] || exit 1
        ;;
esac
