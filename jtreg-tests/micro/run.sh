#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Builds and runs the microbenchmarks of one page of results, then renders it.
# Fails only if it cannot measure; targets met or missed are in the page.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$root/build}
JDK=${JDK:-$BUILD/images/release/jdk}
WORK=${BENCH_WORK:-$BUILD/bench}
RESULTS=${RESULTS:-$BUILD/results}
of=
[ "${OF_JDK:-25}" = 25 ] || of="OF_JDK=$OF_JDK "
QUICK=${QUICK:-}
ONLY=${ONLY:-}

if [ "${1:-}" = -h ] || [ "${1:-}" = --help ]; then
    cat <<'END'
usage: run.sh [report|structures|ecosystem|adapters|programs] [measure|render]
  The page is report unless it is given. Without measure or render: measure, then render.
  Settings (environment):
  NAME        the run's folder under RESULTS (default the name of the page)
  BESIDE      a run to compare it with       (default "report" of results/, for another run of that page);
              looked for in RESULTS, then in results/ (for another JDK than the default one: in KEPT)
  JDK         the patched JDK's image       (default build/images/release/jdk)
  UNPATCHED   for ecosystem, adapters and programs: a JDK of the same version without the patch (default BOOT_JDK)
  BUILD       the build folder              (default build)
  BENCH_WORK  what is compiled, raw output  (default build/bench)
  RESULTS     folder for the results        (default build/results); with RECORD=1 the Makefile makes it results/,
              and then the pages that show them are rendered too
  KEPT        what RECORD=1 makes RESULTS   (default results/; results/N for JDK N, which no other page shows)
  ONLY        measure only what matches this regular expression, for a look; kept in BENCH_WORK/quick
  QUICK=1     some minutes, wide intervals; kept in BENCH_WORK/quick
END
    exit 0
fi

die() {
    printf 'bench: %s\n' "$*" >&2
    exit 1
}

# Major.minor.security: of a JDK's release file.
version() {
    sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$1/release"
}

page=report
case ${1:-} in
    report | structures | ecosystem | adapters | programs)
        page=$1
        shift
        ;;
esac
two_jdks=
case $page in
    ecosystem | adapters | programs) two_jdks=1 ;;
esac

[ -x "$JDK/bin/javac" ] || die "no JDK in JDK=$JDK; run 'make jdk' or set JDK to an image"
JDK=$(cd "$JDK" && pwd)
"$JDK/bin/java" --list-modules | grep -q '^jdk\.incubator\.percpu' ||
    die "$JDK has no module jdk.incubator.percpu; it is not the patched JDK"
UNPATCHED=${UNPATCHED:-${BOOT_JDK:-}}
if [ -n "$two_jdks" ] && [ "${1:-all}" != render ]; then
    [ -x "$UNPATCHED/bin/java" ] || die "no unpatched JDK to compare with; set UNPATCHED to one"
    ours=$(version "$JDK") theirs=$(version "$UNPATCHED")
    [ "$ours" = "$theirs" ] || die "UNPATCHED=$UNPATCHED is JDK $theirs, and the patched one is JDK $ours; set UNPATCHED to a JDK $ours"
fi
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
kept=${KEPT:-$root/results} others=$kept
[ -z "$QUICK$ONLY" ] || RESULTS=$WORK/quick others=$WORK/quick
pages=()
if [ "$RESULTS" = "$root/results" ]; then
    pages=("$kept/README.md")
    case $page in
        report) pages+=("$root/README.md") ;;
        structures) pages+=("$root/docs/structures.md") ;;
        ecosystem) pages+=("$root/README.md") ;;
    esac
fi
NAME=${NAME:-$page}
[[ $NAME =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || die "NAME=$NAME must be a plain folder name: letters, digits, . _ -"
out=$RESULTS/$NAME
[ ! -e "$out" ] || [ -f "$out/jmh.json" ] || die "NAME=$NAME: $out is there and is no run; choose another name"
beside=
if [ -n "${BESIDE:-}" ]; then
    beside=$RESULTS/$BESIDE
    [ -f "$beside/jmh.json" ] || beside=$others/$BESIDE
    [ -f "$beside/jmh.json" ] || die "BESIDE=$BESIDE: no measurement in $RESULTS/$BESIDE or $beside"
elif [ "$page" = report ] && [ "$out" != "$others/report" ] && [ -f "$others/report/jmh.json" ]; then
    beside=$others/report
fi
# Other pages show the run that has the page's own name.
[ "$NAME" = "$page" ] || pages=()

compile() {
    command -v mvn >/dev/null || die "mvn not found; run 'make deps' (Debian's package is maven)"
    local log=$WORK/maven.log
    printf 'compiling the benchmarks\n'
    # The JDK that was built has no certificates but the public ones: take what the system trusts.
    local trusted=/etc/ssl/certs/java/cacerts maven_opts=${MAVEN_OPTS:-}
    [ ! -f "$trusted" ] || maven_opts="-Djavax.net.ssl.trustStore=$trusted $maven_opts"
    # Before the measurement, not after it, is the time to tell that the pages' libraries are missing.
    "$root/results/render/libraries.sh" >/dev/null
    # Else an older version of a library would stay beside the new one.
    rm -rf "$WORK/target/lib" "$WORK/target/sources" "$WORK"/target/percpu-*
    if ! JAVA_HOME=$JDK MAVEN_OPTS=$maven_opts mvn -q -B -Dstyle.color=never -f "$here/reactor.xml" "-Dwork.directory=$WORK/target" \
        process-classes >"$log" 2>&1; then
        grep -E 'ERROR|Could not' "$log" | head -n 10 >&2 || true
        die "Maven failed, its output is in $log (it needs Maven Central once, for JMH and the libraries to compare with)"
    fi
    # Loops as short as these may cost 10% more where they lie across two lines of the instruction cache.
    gcc -std=gnu11 -O2 -falign-functions=64 -falign-loops=64 -Wall -Wextra -Wno-unused-parameter -Werror -shared -fPIC \
        -I"$JDK/include" -I"$JDK/include/linux" -o "$WORK/target/liblimits.so" "$here/src/main/c/limits.c" ||
        die "cannot compile limits.c"
    # For threads that the JVM has to register itself.
    printf '#!/bin/sh\nexec env GLIBC_TUNABLES=glibc.pthread.rseq=0 "%s/bin/java" "$@"\n' "$JDK" >"$WORK/target/java-unregistered"
    chmod +x "$WORK/target/java-unregistered"
}

libraries() {
    local -a jars
    local lib=$WORK/target/lib
    case $page in
        ecosystem) jars=("$lib"/{caffeine,guava,jackson-databind,jmh-core,metrics-core,micrometer-core,netty-buffer,opentelemetry-sdk-metrics,prometheus-metrics-core}-[0-9]*.jar) ;;
        adapters) jars=("$lib"/{caffeine,jackson-core,jmh-core,micrometer-core,netty-buffer,prometheus-metrics-core}-[0-9]*.jar) ;;
        structures) jars=("$lib"/{HdrHistogram,agrona,disruptor,jackson-core,jctools-core,jmh-core,micrometer-core,netty-common,opentelemetry-sdk-metrics,prometheus-metrics-core}-[0-9]*.jar) ;;
        programs) jars=("$lib"/{Saxon-HE,checkstyle,h2,jmh-core,lucene-core}-[0-9]*.jar "$WORK"/target/sources/*.jar) ;;
        *) jars=("$lib"/{agrona,disruptor,jackson-core,jctools-core,jmh-core,netty-common}-*.jar) ;;
    esac
    jars=("${jars[@]##*/}")
    printf 'libraries: %s\n' "${jars[*]%.jar}"
}

measure() {
    local mode=() compared adapters
    compile
    if [ -n "$QUICK" ]; then
        compared=$(render_java --compared "$page")
        mode=(quick "$compared")
    fi
    rm -rf "$WORK/run.new" && mkdir -p "$WORK/run.new"
    {
        printf 'page: %s\n' "$page"
        "$here/machine.sh" "$JDK"
        libraries
        if [ -n "$two_jdks" ]; then
            printf 'unpatched: %s\n' "$("$UNPATCHED/bin/java" -XshowSettings:properties -version 2>&1 |
                sed -n 's/^ *java\.vendor\.version = //p; s/^ *java\.runtime\.version = //p' | paste -s -d ' ')"
        fi
    } >"$WORK/run.new/machine.txt"
    if awk '{exit !($1 > 0.7)}' /proc/loadavg; then
        printf 'bench: the machine is busy (load %s); the intervals will show it\n' "$(cut -d' ' -f1-3 /proc/loadavg)" >&2
    fi
    adapters=$(printf '%s/classes:' "$WORK"/target/percpu-*)
    trap 'partial "interrupted"' INT TERM
    "$JDK/bin/java" --add-modules jdk.incubator.percpu --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \
        -Dpercpu.limits="$WORK/target/liblimits.so" -Dpercpu.java.unregistered="$WORK/target/java-unregistered" \
        -Dpercpu.java.unpatched="$UNPATCHED/bin/java" -Dpercpu.sources="$WORK/target/sources" \
        -Dpercpu.only="$ONLY" \
        -cp "$WORK/target/classes:$adapters$WORK/target/lib/*" percpu.micro.Main "$page" \
        "$WORK/run.new/jmh.json" "$WORK/jmh.log" "${mode[@]}" ||
        partial "the measurement failed; JMH's output is in $WORK/jmh.log"
    trap - INT TERM
    mkdir -p "$RESULTS"
    rm -rf "$WORK/run.old"
    [ ! -e "$out" ] || mv "$out" "$WORK/run.old"
    mv "$WORK/run.new" "$out"
}

# The rounds that are complete are kept beside the whole runs, where nothing takes them for one.
partial() {
    if [ -f "$WORK/run.new/jmh.json" ]; then
        rm -rf "$WORK/quick/$NAME-partial"
        mkdir -p "$WORK/quick"
        printf 'ended: early, when the rounds in here were complete\n' >>"$WORK/run.new/machine.txt"
        mv "$WORK/run.new" "$WORK/quick/$NAME-partial"
        if render_java "$WORK/quick/$NAME-partial" >/dev/null; then
            die "$1; the rounds that were complete are in $WORK/quick/$NAME-partial/README.md"
        fi
    fi
    die "$1"
}

render_java() {
    local render=$root/results/render libraries
    libraries=$("$render/libraries.sh") || exit 1
    # A verdict may have a character that the console's own encoding lacks.
    "$JDK/bin/java" -Dstdout.encoding=UTF-8 -cp "$libraries/*" "$render/Render.java" "$@"
}

render() {
    [ -f "$out/jmh.json" ] || die "no measurement in $out; measure first, or with RECORD=1 render what results/ has"
    render_java "$out" \
        ${beside:+--beside "$beside"} "${pages[@]}"
    if [ "$RESULTS" != "$kept" ] && [ -z "$QUICK$ONLY" ]; then
        printf 'To keep this run: '
        [ -d "$kept" ] || printf 'mkdir -p %s && ' "${kept#"$root/"}"
        printf 'cp -R %s %s/ && %sNAME=%s %sRECORD=1 jdk-build/with-jdk.sh jtreg-tests/micro/run.sh %s render\n' \
            "${out#"$root/"}" "${kept#"$root/"}" "$of" "$NAME" "${BESIDE:+BESIDE=$BESIDE }" "$page"
    fi
}

case ${1:-all} in
    measure) measure ;;
    render) render ;;
    all)
        measure
        render
        ;;
    *) die "unknown argument '$1' (report, structures, ecosystem, adapters or programs, then measure or render)" ;;
esac
