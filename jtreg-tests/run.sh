#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Runs the jtreg tests of this folder on a patched JDK.
set -euo pipefail

usage() {
    cat <<'END'
usage: run.sh GROUP|TEST...

  GROUP  tier1, stress, hotplug TEST  a test or a folder of tests, for example
                                      hotspot/registration or jdk/Contract.java
Settings (environment):
  JDK          patched JDK                (default build/jdk-release/images/jdk)
  SOURCE       patched source tree        (default build/source)
  BUILD        build folder               (default build)
  JTREG        jtreg's folder             (default jtreg in ~/.cache/percpu-jdk)
  BOOT_JDK     JDK that runs jtreg itself, and is compared with where a test
               does (default: the patched JDK)
  WORK         folder for test work       (default build/test)
  DEBUG_LEVEL  release or fastdebug       (default release)
  JOBS         tests run at a time        (default 2)
  TIMEOUT_FACTOR  jtreg's                 (default 4, fastdebug 10)
  RESULTS      folder for what ran, when and how it ended (default build/results);
               with RECORD=1 the Makefile makes it results/
  KEPT_ASM     emitted code to compare with (default results/asm)

The last line is "N passed, N failed, N skipped".
Exit code: 0 all passed or skipped, 1 failures or nothing ran, 2 cannot start.
END
}

die() {
    printf 'run.sh: %s\n' "$*" >&2
    exit 2
}

[ $# -gt 0 ] || { usage >&2; exit 2; }
case $1 in
    -h | --help) usage; exit 0 ;;
esac

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/.." && pwd)
DEBUG_LEVEL=${DEBUG_LEVEL:-release}
BUILD=${BUILD:-$top/build}
JDK=${JDK:-$BUILD/jdk-$DEBUG_LEVEL/images/jdk}
SOURCE=${SOURCE:-$BUILD/source}
JTREG=${JTREG:-${XDG_CACHE_HOME:-$HOME/.cache}/percpu-jdk/jtreg}
WORK=${WORK:-$BUILD/test}
RESULTS=${RESULTS:-$BUILD/results}
KEPT_ASM=${KEPT_ASM:-$top/results/asm}
JOBS=${JOBS:-2}
case $DEBUG_LEVEL in
    release) TIMEOUT_FACTOR=${TIMEOUT_FACTOR:-4} ;;
    *) TIMEOUT_FACTOR=${TIMEOUT_FACTOR:-10} ;;
esac

[ -x "$JDK/bin/java" ] || die "no bin/java in JDK=$JDK; run 'make jdk' or set JDK"
[ -d "$SOURCE/test/lib" ] || die "no test/lib in SOURCE=$SOURCE; run 'make source' or set SOURCE"
[ -f "$JTREG/lib/jtreg.jar" ] || die "no lib/jtreg.jar in JTREG=$JTREG; run 'make deps' or set JTREG"
JDK=$(cd "$JDK" && pwd)
SOURCE=$(cd "$SOURCE" && pwd)
JTREG=$(cd "$JTREG" && pwd)
BOOT_JDK=${BOOT_JDK:-$JDK}
[ -x "$BOOT_JDK/bin/java" ] || die "no bin/java in BOOT_JDK=$BOOT_JDK"
BOOT_JDK=$(cd "$BOOT_JDK" && pwd)
export BOOT_JDK
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)

# The root that jtreg sees: the tests, and beside them the tree with JDK's test libraries.
# The tests are copied, because jtreg follows links and looks for the tree beside the original.
root=$WORK/root
rm -rf "$root"
mkdir -p "$root/tests"
ln -s "$SOURCE" "$root/source"
for entry in "$here"/TEST.* "$here"/{hotspot,jdk,lib,adder,model,render,examples}; do
    [ -e "$entry" ] || continue
    cp -R "$entry" "$root/tests/"
done
# What one of them tests.
cp -R "$top/results/render" "$root/render"
# What the emitted code is compared with.
if [ -d "$KEPT_ASM" ]; then cp -R "$KEPT_ASM" "$root/tests/asm"; fi

native=$WORK/native
rm -rf "$native"
"$here/natives.sh" gcc "$JDK/include" "$native"

selection=()
for name in "$@"; do
    name=${name#"$here/"}
    name=${name#"$root/tests/"}
    name=${name#jtreg-tests/}
    if [ -e "$root/tests/${name%%#*}" ]; then
        selection+=("$root/tests/$name")
    elif grep -qE "^${name#:} *=" "$here/TEST.groups"; then
        selection+=("$root/tests:${name#:}")
    else
        die "neither a group nor a test: $name (groups: $(sed -n 's/^\([a-z0-9_]*\) *=.*/\1/p' "$here/TEST.groups" | tr '\n' ' '))"
    fi
done

label=$*
results=$WORK/results/$DEBUG_LEVEL-$(tr -c 'A-Za-z0-9\n' '_' <<<"$label" | head -n 1 | cut -c 1-60)
rm -rf "$results"
mkdir -p "$results"
log=$results/jtreg.log
: >"$log"

printf 'JDK:     %s\n' "$JDK"
"$JDK/bin/java" -version 2>&1 | sed 's/^/         /'
printf 'tests:   %s\nresults: %s\n' "$label" "$results"

start=$SECONDS
status=0
"$BOOT_JDK/bin/java" -jar "$JTREG/lib/jtreg.jar" \
    -agentvm -automatic -ignore:quiet -conc:"$JOBS" -timeoutFactor:"$TIMEOUT_FACTOR" \
    -retain:fail,error -verbose:summary,multi \
    -testjdk:"$JDK" -nativepath:"$native" \
    -e:PATH,BOOT_JDK,CACHE \
    -workDir:"$results/work" -reportDir:"$results/report" \
    "${selection[@]}" >"$log" 2>&1 &
jtreg=$!
# One line for each test as it ends, with the reason if it did not simply pass.
tail -n +1 --pid="$jtreg" -f "$log" 2>/dev/null |
    sed -un -e 's/^\(Passed\|FAILED\|Error\|Skipped\)\([:.]\) */\1\2 /p' || true
wait "$jtreg" || status=$?

summary=$results/report/text/summary.txt
[ -f "$summary" ] || {
    tail -n 30 "$log"
    die "jtreg did not get as far as a report (exit code $status); its log: $log"
}
skipped=$(grep -cE ' +Passed\. Skipped' "$summary" || true)
passed=$(($(grep -cE ' +Passed\.' "$summary" || true) - skipped))
failed=$(grep -cvE ' +Passed\.' "$summary" || true)
if [ "$skipped" -gt 0 ]; then
    printf '\nskipped:\n'
    sed -nE 's/ +Passed\. Skipped:?/: /p' "$summary" | sed 's/^/  /'
fi
if [ "$failed" -gt 0 ]; then
    printf '\nfailed:\n'
    grep -vE ' +Passed\.' "$summary" | sed 's/^/  /'
    printf 'Their output is in the .jtr files under %s/work, the log is %s\n' "$results" "$log"
fi
printf '\n%d minutes %d seconds\n' $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60))
if [ $((passed + failed)) -eq 0 ]; then
    printf 'run.sh: no test ran; the log is %s\n' "$log" >&2
    [ "$skipped" -gt 0 ] || status=1
elif [ "$failed" -gt 0 ]; then
    status=1
elif [ "$status" -ne 0 ]; then
    printf 'run.sh: jtreg ended with exit code %d; the log is %s\n' "$status" "$log" >&2
    status=1
fi
counts="$passed passed, $failed failed, $skipped skipped"
record=$RESULTS/tests/$(basename "$results").txt
commit=$(git -C "$top" rev-parse --short=12 HEAD 2>/dev/null) || commit=unknown
git -C "$top" diff --quiet HEAD -- jdk-build jdk-patch hotspot-intrinsics jtreg-tests 2>/dev/null || commit="$commit and changes on it"
mkdir -p "${record%/*}"
{
    printf '%s: %s on a %s JDK\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$label" "$DEBUG_LEVEL"
    printf '%s\n' "$counts"
    sed -nE 's/ +Passed\. Skipped:?/: skipped: /p' "$summary"
    grep -vE ' +Passed\.' "$summary" | sed -E 's/ +/: /' || true
    printf '%d min %d s, commit %s, Linux %s, %d CPUs\n' $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)) \
        "$commit" "$(uname -r)" "$(nproc)"
    "$JDK/bin/java" -version 2>&1
} >"$record.tmp"
mv "$record.tmp" "$record"
printf 'recorded in %s\n' "${record#"$top/"}"
printf '%s\n' "$counts"
exit "$status"
