#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Builds and runs the microbenchmarks, then renders results/first-numbers.
# Fails only if it cannot measure; targets met or missed are in the page.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
JDK=${JDK:-$root/build/images/release/jdk}
WORK=${BENCH_WORK:-$root/build/bench}
RESULTS=${RESULTS:-$root/results}
QUICK=${QUICK:-}

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    cat <<'END'
usage: run.sh [measure|render]
  With no argument: measure, then render. Settings (environment):
  JDK         the patched JDK's image       (default build/images/release/jdk)
  BENCH_WORK  what is compiled, raw output  (default build/bench)
  RESULTS     folder for the results        (default results)
  QUICK=1     two minutes, wide intervals; kept in BENCH_WORK/quick
END
    exit 0
fi

die() {
    printf 'bench: %s\n' "$*" >&2
    exit 1
}

[ -x "$JDK/bin/javac" ] || die "no JDK in JDK=$JDK; run 'make jdk' or set JDK to an image"
JDK=$(cd "$JDK" && pwd)
"$JDK/bin/java" --list-modules | grep -q '^jdk\.incubator\.percpu' ||
    die "$JDK has no module jdk.incubator.percpu; it is not the patched JDK"
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
pages=("$RESULTS/README.md" "$root/README.md")
if [ -n "$QUICK" ]; then
    RESULTS=$WORK/quick
    pages=()
fi
out=$RESULTS/first-numbers

compile() {
    command -v mvn >/dev/null || die "mvn not found; run 'make deps' (Debian's package is maven)"
    local log=$WORK/maven.log
    printf 'compiling the benchmarks\n'
    if ! JAVA_HOME=$JDK mvn -q -B -Dstyle.color=never -f "$here/pom.xml" "-Dwork.directory=$WORK/target" \
        process-classes >"$log" 2>&1; then
        grep -E 'ERROR|Could not' "$log" | head -n 10 >&2 || true
        die "Maven failed, its output is in $log (it needs Maven Central once, for JMH)"
    fi
    gcc -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Werror -shared -fPIC \
        -I"$JDK/include" -I"$JDK/include/linux" -o "$WORK/target/liblimits.so" "$here/src/main/c/limits.c" ||
        die "cannot compile limits.c"
}

measure() {
    local mode=()
    [ -z "$QUICK" ] || mode=(quick)
    compile
    rm -rf "$WORK/run.new" && mkdir -p "$WORK/run.new"
    "$here/machine.sh" "$JDK" >"$WORK/run.new/machine.txt"
    if awk '{exit !($1 > 0.7)}' /proc/loadavg; then
        printf 'bench: the machine is busy (load %s); the intervals will show it\n' "$(cut -d' ' -f1-3 /proc/loadavg)" >&2
    fi
    "$JDK/bin/java" --add-modules jdk.incubator.percpu --sun-misc-unsafe-memory-access=allow \
        -Dpercpu.limits="$WORK/target/liblimits.so" \
        -cp "$WORK/target/classes:$WORK/target/lib/*" percpu.micro.Main \
        "$WORK/run.new/jmh.json" "$WORK/jmh.log" "${mode[@]}" ||
        die "the measurement failed; JMH's output is in $WORK/jmh.log"
    rm -rf "$out" && mkdir -p "$RESULTS" && mv "$WORK/run.new" "$out"
}

render() {
    [ -f "$out/jmh.json" ] || die "no measurement in $out; run this without an argument first"
    "$JDK/bin/java" "$root/results/render/Render.java" "$out" "${pages[@]}"
}

case ${1:-all} in
    measure) measure ;;
    render) render ;;
    all)
        measure
        render
        ;;
    *) die "unknown argument '$1' (measure or render)" ;;
esac
