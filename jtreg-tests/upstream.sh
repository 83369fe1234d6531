#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Runs OpenJDK's own tests on the patched JDK and on an unpatched one, part by part, compares them test by test and writes a
# page of that. What a part gave is kept in the cache, so that the next run goes on where this one ended.
# Exit code 1: a test passes on the unpatched JDK and fails on the patched one, or differs and nobody wrote down why.
set -euo pipefail
shopt -s inherit_errexit

usage() {
    cat <<'END'
usage: upstream.sh [upstream|tier1]

  upstream  folders of tests around what we changed, each a part (the default)
  tier1     OpenJDK's groups hotspot:tier1 and jdk:tier1, cut into parts

A part is run again when its JDK, any file of OpenJDK's tests, or an option has changed.
Settings (environment):
  SLICE        minutes; no part is begun that would end later (default 60 for tier1,
               no end for upstream). 0 runs nothing and writes the page of what is kept
  JDK          patched JDK            (default build/images/release/jdk)
  UNPATCHED    unpatched JDK          (default: BOOT_JDK, JAVA_HOME or a JDK
                                       under /usr/lib/jvm, if of the same version)
  SOURCE       patched source tree    (default build/source)
  JTREG        jtreg's folder         (default: jtreg in the cache)
  CACHE        keeps finished parts   (default ~/.cache/percpu-jdk)
  BUILD        build folder           (default build)
  UPSTREAM_WORK  folder for test work (default upstream or tier1 in BUILD)
  RESULTS      folder for results     (default build/results); with RECORD=1 the
                                      Makefile makes it results/
  KEPT         where results are kept, and beside them the reasons for
               differences: upstream/reasons.txt or tier1/reasons.txt (default results)
  SUBSET       other test folders, tests or groups, e.g. "hotspot/jtreg/compiler/unsafe jdk:jdk_lang"
  PATCHED_OPTIONS  options for the patched JDK only, e.g. -XX:-UsePerCpuAdders
  PART_TESTS   how many tests of a group are a part (default 60)
  JOBS         tests run at a time    (default 2)
  TIMEOUT_FACTOR  jtreg's             (default 8)
  RETRIES      how often a test that differs is run again (default 3)
  TEST_NATIVES JDK test image with native libraries; without it they are
               compiled here with gcc
END
}

say() { printf '%s\n' "$*"; }
die() {
    printf 'upstream.sh: %s\n' "$*" >&2
    exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
set=${1:-upstream}
case $set in
    upstream) subset="hotspot/jtreg/compiler/unsafe hotspot/jtreg/compiler/intrinsics
        hotspot/jtreg/compiler/codecache hotspot/jtreg/runtime/Thread
        hotspot/jtreg/serviceability/dcmd/compiler jdk/java/util/concurrent
        jdk/java/lang/management/ManagementFactory jdk/jdk/jfr/event/metadata jdk/jdk/jfr/tool" ;;
    tier1)
        subset="hotspot/jtreg:tier1 jdk:tier1"
        SLICE=${SLICE:-60}
        ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

BUILD=${BUILD:-$root/build}
JDK=${JDK:-$BUILD/images/release/jdk}
SOURCE=${SOURCE:-$BUILD/source}
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/percpu-jdk}
JTREG=${JTREG:-$CACHE/jtreg}
WORK=${UPSTREAM_WORK:-$BUILD/$set}
RESULTS=${RESULTS:-$BUILD/results}
KEPT=${KEPT:-$root/results}
PART_TESTS=${PART_TESTS:-60}
JOBS=${JOBS:-2}
TIMEOUT_FACTOR=${TIMEOUT_FACTOR:-8}
RETRIES=${RETRIES:-3}
SLICE=${SLICE:-}
PATCHED_OPTIONS=${PATCHED_OPTIONS:-}
read -r -a subset <<<"$(tr '\n' ' ' <<<"${SUBSET:-$subset}")"
KEPT_PARTS=$CACHE/$set
JDKS_KEPT=10

[[ $SLICE =~ ^(0|[1-9][0-9]*)?$ ]] || die "SLICE=$SLICE: it must be a number of minutes"
[ -d "$SOURCE/test" ] || SOURCE=$(dirname "$SOURCE")
[ -f "$SOURCE/test/jdk/TEST.ROOT" ] ||
    die "no JDK tests under SOURCE=$SOURCE; run 'make source' first"
[ -f "$JTREG/lib/jtreg.jar" ] ||
    die "no lib/jtreg.jar in JTREG=$JTREG; run 'make deps' or set JTREG"
[ -x "$JDK/bin/java" ] || die "no bin/java in JDK=$JDK; run 'make jdk' or set JDK"
SOURCE=$(cd "$SOURCE" && pwd)
mkdir -p "$WORK" "$RESULTS" "$KEPT_PARTS"
WORK=$(cd "$WORK" && pwd)

# One at a time: two would run the same parts. What jtreg leaves behind for a while must not keep the lock.
exec {lock}>"$KEPT_PARTS/.lock"
if ! flock -n "$lock"; then
    say "another make test-$set is at work in $KEPT_PARTS; waiting for it"
    flock "$lock"
    SECONDS=0
fi
# What was stopped left these.
find "$KEPT_PARTS" -mindepth 2 -maxdepth 3 -name '*.tmp' -prune -exec rm -rf {} +

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
BOOT_JDK=${BOOT_JDK:-$UNPATCHED}

# ---- what a result depends on -----------------------------------------------

sha() { sha256sum | cut -c 1-64; }
files_in() { # FOLDER FILE-OR-FOLDER...: their names and contents
    (cd "$1" && shift && find -L "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

# The tests, their libraries and how they are chosen and compiled. All of them: which library a test uses is not looked at.
tests_key() { files_in "$SOURCE" test make/test | sha; }

half_key() { # HOME OPTIONS
    {
        files_in "$1" .
        cat "$BOOT_JDK/release"
        if [ -n "${TEST_NATIVES:-}" ]; then files_in "$TEST_NATIVES" .
        else "$here/upstream/natives.sh" --made-by; fi
        sha <"$JTREG/lib/jtreg.jar"
        declare -f run_jtreg statuses
        printf '%s\n' "$tests" "$2" "$TIMEOUT_FACTOR"
    } | sha
}

declare -A home=([unpatched]=$UNPATCHED [patched]=$JDK) options=([unpatched]='' [patched]=$PATCHED_OPTIONS) key

# ---- jtreg ------------------------------------------------------------------

build_natives() {
    if [ -n "${TEST_NATIVES:-}" ] || [ -n "${natives_built:-}" ]; then return; fi
    say "compiling the native code of the tests"
    JOBS=$JOBS "$here/upstream/natives.sh" "$SOURCE" "$UNPATCHED" "$NATIVES" ||
        die "the native code of the tests could not be compiled; see above"
    natives_built=yes
}

# shellcheck disable=SC2034
NATIVES=$WORK/native JTREG_JAVA=${JTREG_JAVA:-$UNPATCHED/bin/java}
# shellcheck source=upstream/jtreg.sh source-path=SCRIPTDIR
. "$here/upstream/jtreg.sh"

# jtreg_of LOG HALF WORK REPORT TEST...
jtreg_of() { checked_jtreg "$1" "${home[$2]}" "${options[$2]}" "${@:3}"; }

# ---- parts ------------------------------------------------------------------

names=() tests_of=() counts=() ids=()

# All tests of a group, those that are excluded too: no test has this keyword.
list_group() { # SUITE:GROUP
    local list=$KEPT_PARTS/${key[unpatched]}/tests-${1//[^[:alnum:]]/-}
    if [ ! -s "$list" ]; then
        printf 'looking for the tests of %s\n' "$1" >&2
        jtreg_of "$WORK/list.log" unpatched "$WORK/list" "$WORK/list-report" -k:none_of_them "$1"
        statuses "$WORK/list-report" "$1" | sed 's/ .*//' >"$list.tmp"
        [ -s "$list.tmp" ] || die "$1 has no tests; see $WORK/list.log"
        mv "$list.tmp" "$list"
    fi
    cat "$list"
}

# cut_list SUITE: lines "name<TAB>tests" of tests on stdin, a folder's together where they fit.
cut_list() {
    awk '{ folder = $1; sub("/[^/]*$", "", folder); print folder "\t" $1 }' | LC_ALL=C sort |
        awk -F '\t' -v suite="$1" -v most="$PART_TESTS" '
            function flush() {
                if (count == 0) return
                number[area]++
                folders = substr(first, length(suite) + 2)
                if (last != first) folders = folders " to " substr(last, length(suite) + 2)
                printf "%s %02d: %s\t%s\n", area, number[area], folders, line
                count = 0
                line = ""
            }
            function add(i) {
                if (count == most) flush()
                if (count == 0) first = held_folder
                last = held_folder
                line = line (count++ ? " " : "") held[i]
            }
            function next_folder(    i, its_area, rest) {
                if (n == 0) return
                rest = substr(held_folder, length(suite) + 2)
                sub("/.*", "", rest)
                its_area = suite "/" rest
                if (its_area != area || count + n > most) flush()
                area = its_area
                for (i = 1; i <= n; i++) add(i)
                n = 0
            }
            $1 != held_folder { next_folder(); held_folder = $1 }
            { held[++n] = $2 }
            END { next_folder(); flush() }'
}

make_plan() {
    local entry suite name its_tests
    for entry in "${subset[@]}"; do
        case $entry in
            *:*)
                suite=${entry%%:*}
                list_group "$entry" >"$WORK/group"
                cut_list "$suite" <"$WORK/group"
                ;;
            *) printf '%s\t%s\n' "$entry" "$entry" ;;
        esac
    done >"$WORK/plan"
    while IFS=$'\t' read -r name its_tests; do
        names+=("$name")
        tests_of+=("$its_tests")
        counts+=("$(wc -w <<<"$its_tests")")
        ids+=("$(sha <<<"$name $its_tests" | cut -c 1-16)")
    done <"$WORK/plan"
}

# These are called often, and so set variables rather than print.
find_half() { dir=$KEPT_PARTS/${key[$1]}/${ids[$2]}; }  # HALF INDEX: sets dir
is_kept() { [ -f "$KEPT_PARTS/${key[$1]}/${ids[$2]}/finished" ]; }
# A part is done when both halves are, and tests that differ have been run again. INDEX: sets file
find_again() { file=$KEPT_PARTS/${key[patched]}/${ids[$1]}/again-${key[unpatched]:0:16}; }

# The tests of a part that ran on both and ended differently.
differing() { # INDEX
    local dir ours
    find_half patched "$1"
    ours=$dir
    find_half unpatched "$1"
    LC_ALL=C join -t ' ' <(sed 's/ Not run$/ -/' "$dir/status") <(sed 's/ Not run$/ -/' "$ours/status") |
        awk '$2 != $3 && $2 != "-" && $3 != "-" { print $1 }'
}

run_half() { # HALF INDEX
    local half=$1 dir new begin at=$WORK/$1 t status suite jtr missing
    local -a its_tests
    find_half "$half" "$2"
    new=$KEPT_PARTS/${key[$half]}/new.tmp
    read -r -a its_tests <<<"${tests_of[$2]}"
    build_natives
    begin=$SECONDS
    mkdir -p "$at"
    suite=jdk
    if [ "${its_tests[0]%%/*}" = hotspot ]; then suite=hotspot/jtreg; fi
    jtreg_of "$at/jtreg.log" "$half" "$at/JTwork-${suite%%/*}" "$at/JTreport" "${its_tests[@]}"
    rm -rf "$new" && mkdir -p "$new"
    statuses "$at/JTreport" "${its_tests[0]}" >"$new/status"
    [ -s "$new/status" ] || die "jtreg says of no test of ${names[$2]} how it ended; see $at/jtreg.log"
    if [ "${its_tests[*]}" != "${names[$2]}" ]; then
        missing=$(LC_ALL=C comm -13 <(cut -d ' ' -f 1 "$new/status") <(printf '%s\n' "${its_tests[@]}" | LC_ALL=C sort))
        [ -z "$missing" ] || die "jtreg does not say how these ended; see $at/jtreg.log: ${missing//$'\n'/ }"
    fi
    # What is needed to find out why.
    while IFS=' ' read -r t status; do
        case $status in Failed | Error) ;; *) continue ;; esac
        jtr=$(sed -E 's,\.[a-z]+(#|$),\1,; s,#,_,' <<<"${t#"$suite"/}").jtr
        if [ -f "$at/JTwork-${suite%%/*}/$jtr" ]; then
            mkdir -p "$new/jtr/$suite/$(dirname "$jtr")"
            cp "$at/JTwork-${suite%%/*}/$jtr" "$new/jtr/$suite/$jtr"
        fi
    done <"$new/status"
    printf '%s\n' "${names[$2]}" >"$new/name"
    printf '%s\n' "$((SECONDS - begin))" >"$new/seconds"
    date -u +%Y-%m-%dT%H:%MZ >"$new/finished"
    rm -rf "$dir" && mv "$new" "$dir"
    say "    $(cut -d ' ' -f 2- "$dir/status" | LC_ALL=C sort | uniq -c |
        awk '{ n = $1; $1 = ""; printf "%s%s%s", separator, n, tolower($0); separator = ", " }'), in $(cat "$dir/seconds") s"
}

# Each test that differs runs RETRIES times more, alone, on both JDKs; when very
# many differ, something is broken that no repetition explains.
run_again() { # INDEX
    local t i half file at=$WORK/again
    local -a those
    find_again "$1"
    mapfile -t those < <(differing "$1")
    : >"$file.tmp"
    if [ "${#those[@]}" -gt 20 ]; then
        say "    ${#those[@]} tests differ, too many to run again"
        those=()
    fi
    for t in "${those[@]}"; do
        for half in unpatched patched; do
            for ((i = 1; i <= RETRIES; i++)); do
                say "    again $i of $RETRIES on the $half JDK: $t"
                build_natives
                mkdir -p "$at"
                JOBS=1 jtreg_of "$at/jtreg.log" "$half" "$at/JTwork-${t%%/*}" "$at/JTreport" "$t"
                statuses "$at/JTreport" "$t" | head -n 1 | sed "s,^[^ ]* ,$t $half ," >>"$file.tmp"
            done
        done
    done
    mv "$file.tmp" "$file"
}

# ---- progress ---------------------------------------------------------------

# Seconds that the half of a part takes: as the other half did, else by the number of tests. Sets seconds.
estimate() { # HALF INDEX
    local other=patched dir
    if [ "$1" = patched ]; then other=unpatched; fi
    if is_kept "$other" "$2"; then
        find_half "$other" "$2"
        read -r seconds <"$dir/seconds"
    elif [ "$kept_tests" -gt 0 ]; then seconds=$((kept_seconds * counts[$2] / kept_tests))
    else seconds=$((counts[$2] * 5)); fi
}

# Sets done_halves, kept_seconds and kept_tests, and seconds_to_go.
count_up() {
    local i half dir seconds
    done_halves=0 kept_seconds=0 kept_tests=0 seconds_to_go=0
    for i in "${!names[@]}"; do
        for half in unpatched patched; do
            is_kept "$half" "$i" || continue
            find_half "$half" "$i"
            read -r seconds <"$dir/seconds"
            done_halves=$((done_halves + 1)) kept_seconds=$((kept_seconds + seconds)) kept_tests=$((kept_tests + counts[i]))
        done
    done
    for i in "${!names[@]}"; do
        for half in unpatched patched; do
            is_kept "$half" "$i" && continue
            estimate "$half" "$i"
            seconds_to_go=$((seconds_to_go + seconds))
        done
    done
}

hours() { awk -v s="$1" 'BEGIN { if (s < 5400) printf "%d min", (s + 59) / 60; else printf "%.1f h", s / 3600 }'; }

# has_room SECONDS: whether what takes so long still ends within the slice. The first one is begun in any case.
has_room() {
    if [ -z "$SLICE" ]; then return 0; fi
    if [ "$SLICE" = 0 ]; then return 1; fi
    [ "$begun" = 0 ] || [ $((SECONDS + $1)) -le $((SLICE * 60)) ]
}

run_all() {
    local i half those file seconds
    begun=0
    for i in "${!names[@]}"; do
        for half in unpatched patched; do
            is_kept "$half" "$i" && continue
            count_up
            estimate "$half" "$i"
            has_room "$seconds" || return 0
            say "$done_halves of $((2 * ${#names[@]})) done, $((SECONDS / 60))${SLICE:+ of $SLICE} min used, about" \
                "$(hours "$seconds_to_go") to go: $half, ${names[i]}"
            run_half "$half" "$i"
            begun=$((begun + 1))
        done
        find_again "$i"
        [ ! -f "$file" ] || continue
        # A test takes a minute with jtreg's start, more or less.
        those=$(differing "$i" | wc -l)
        [ "$those" = 0 ] || has_room $((those * 2 * RETRIES * 60)) || return 0
        run_again "$i"
        begun=$((begun + those))
    done
}

# ---- the page ---------------------------------------------------------------

# Lines "name tests unpatched patched again", "-" for what is not there, separated by tabs.
parts_for_page() {
    local i file dir theirs
    for i in "${!names[@]}"; do
        find_again "$i"
        find_half unpatched "$i"
        theirs=$dir
        find_half patched "$i"
        if [ -f "$file" ]; then
            printf '%s\t%s\t%s\t%s\t%s\n' "${names[i]}" "${counts[i]}" "$theirs" "$dir" "$file"
        else
            printf '%s\t%s\t-\t-\t-\n' "${names[i]}" "${counts[i]}"
        fi
    done
}

tests=$(tests_key)
for half in unpatched patched; do
    key[$half]=$(half_key "${home[$half]}" "${options[$half]}")
    mkdir -p "$KEPT_PARTS/${key[$half]}"
    {
        cat "${home[$half]}/release"
        printf 'OPTIONS="%s"\n' "${options[$half]}"
    } >"$KEPT_PARTS/${key[$half]}/release"
    touch "$KEPT_PARTS/${key[$half]}"
done
find "$KEPT_PARTS" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | tail -n +$((JDKS_KEPT + 1)) |
    while read -r _ old; do rm -rf "$old"; done
make_plan
run_all
count_up

parts_for_page >"$WORK/parts"
# Another setting has a page of its own.
out=$set${PATCHED_OPTIONS//[^[:alnum:]+-]/-}
mkdir -p "$RESULTS/$out"
code=0
"$UNPATCHED/bin/java" "$here/upstream/Compare.java" "$set" "$WORK/parts" "$SOURCE/test" "$KEPT/$set/reasons.txt" "$RESULTS/$out" \
    "${SUBSET:-}" || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || die "the comparison could not be made"
say "comparison: $RESULTS/$out/README.md"
finished=$(cut -f 5 "$WORK/parts" | grep -cv '^-$' || true)
if [ "$finished" != "${#names[@]}" ]; then
    say "$finished of ${#names[@]} parts are done, about $(hours "$seconds_to_go") to go; make test-$set goes on, with the same" \
        "settings"
fi
[ "$code" -eq 0 ] || exit 1
