# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# make test-tier1 and test-upstream on a JDK that has eleven tests and a jtreg that only says how they end: parts, slices,
# what is kept, the page. Sourced by test-patches.sh.

: "${scratch:?}" "${fake:?}"  # from test-patches.sh and workflow.sh
suite=$scratch/suite
suite_jdk=$(find_boot_jdk || true)

make_suite() {
  local test half
  mkdir -p "$suite/source/test/jdk/java/lang" "$suite/source/test/hotspot/jtreg/compiler/c1" \
    "$suite/source/test/hotspot/jtreg/compiler/c2" "$suite/source/test/hotspot/jtreg/gc" "$suite/source/make/test" \
    "$suite/jtreg/lib" "$suite/natives"
  : > "$suite/jtreg/lib/jtreg.jar"
  : > "$suite/source/test/jdk/TEST.ROOT"
  : > "$suite/source/make/test/JtregNativeJdk.gmk"
  for test in hotspot/jtreg/compiler/c1/{A,B}.java hotspot/jtreg/compiler/c2/{A,B,C}.java hotspot/jtreg/gc/{A,B}.java; do
    printf '/*\n * @test\n */\n' > "$suite/source/test/$test"
  done
  printf '/*\n * @test id=one\n * @requires vm.debug\n */\n/*\n * @test id=two\n * @requires vm.gc.Z &\n *   os.family == "windows"\n * @run main C\n */\n' \
    > "$suite/source/test/hotspot/jtreg/gc/C.java"
  printf '# why\ngc/C.java 8000001 windows-all\ngc/B.java 8123456 linux-all,macosx-all\n' > "$suite/source/test/hotspot/jtreg/ProblemList.txt"
  printf '/*\n * @test\n * @requires vm.flagless\n */\n' > "$suite/source/test/hotspot/jtreg/compiler/c1/A.java"
  printf '/* @test */\n' | tee "$suite/source/test/jdk/java/lang/A.java" > "$suite/source/test/jdk/java/lang/B.java"
  {
    (cd "$suite/source/test" && find . -name '*.java' ! -name C.java -printf '%P\n')
    printf 'hotspot/jtreg/%s\n' compiler/c2/C.java gc/C.java#one gc/C.java#two
  } | sort > "$suite/all"
  for half in unpatched patched; do
    mkdir -p "$suite/$half/bin" "$suite/$half/lib/server"
    printf 'IMPLEMENTOR="%s"\nJAVA_RUNTIME_VERSION="25.0.3+9"\n' "$half" > "$suite/$half/release"
    printf '%s\n' "$half" | tee "$suite/$half/lib/modules" > "$suite/$half/lib/server/libjvm.so"
    printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$suite_jdk" > "$suite/$half/bin/java"
    chmod +x "$suite/$half/bin/java"
  done
  cat > "$suite/java" <<'EOF'
#!/bin/bash
# A jtreg: how a test ends is in HALF.txt, "TEST STATUS", or in HALF-again.txt from its second run on; else it passes.
set -euo pipefail
here=$(dirname "$0") tests=() only=
for argument; do
  case $argument in
    -testjdk:*) half=$(basename "${argument#*:}") ;;
    -workDir:*) work=${argument#*:} ;;
    -reportDir:*) report=${argument#*:} ;;
    -k:*) only=none ;;
    -*:* | -*) ;;
    hotspot/* | jdk[:/]*) tests+=("$argument") ;;
  esac
done
printf '%s\n' "$half ${only:-run} ${tests[*]}" >> "$here/ran"
[ ! -e "$here/breaks" ] || { echo "jtreg breaks"; exit 5; }
mkdir -p "$report/text" "$work"
for test in "${tests[@]}"; do
  case $test in
    *:*) pattern="^${test%:*}/" ;;
    *) pattern="^$test(\$|[/#])" ;;
  esac
  { grep -E "$pattern" "$here/all" || true; } | while read -r name; do
    status=Passed.
    if [ -n "$only" ]; then status="Not run."
    elif [ "$name" = "$(cat "$here/forgets" 2> /dev/null)" ]; then continue
    else
      outcome=$here/$half.txt
      case $work in */again/*) outcome=$here/$half-again.txt ;; esac
      found=$(grep -F "$name " "$outcome" 2> /dev/null | head -n 1) || true
      [ -z "$found" ] || status=${found#* }.
    fi
    printf '%s   %s rest\n' "$(sed 's,^hotspot/jtreg/,,; s,^jdk/,,' <<< "$name")" "$status"
    case $status in Failed.)
      jtr=$work/$(sed -E 's,^(hotspot/jtreg|jdk)/,,; s,\.java(#|$),\1,; s,#,_,' <<< "$name").jtr
      mkdir -p "$(dirname "$jtr")"
      printf 'it failed\n%s\n' "$(cat "$here/crash" 2> /dev/null)" > "$jtr" ;;
    esac
  done
done > "$report/text/summary.txt"
if [ -n "$only" ]; then exit 1; fi
if grep -q 'Failed' "$report/text/summary.txt"; then exit 2; fi
EOF
  chmod +x "$suite/java"
}

# suite_fresh: nothing is kept and all tests pass; those that never run are as jtreg says it.
suite_fresh() {
  [ -n "$suite_jdk" ] || { echo "no JDK $JDK_MAJOR to write the page"; return 77; }
  rm -rf "$suite"/{cache,build,kept,ran,crash,breaks,forgets,patched-again.txt,unpatched-again.txt}
  mkdir -p "$suite/kept/tier1" "$suite/kept/upstream"
  printf '%s Not run\n' hotspot/jtreg/gc/{B.java,C.java#one,C.java#two} | tee "$suite/patched.txt" > "$suite/unpatched.txt"
}
ends() { printf '%s\n' "$2" > "$suite/rest"; grep -vF "${2% *} " "$suite/$1.txt" >> "$suite/rest" || true; mv "$suite/rest" "$suite/$1.txt"; }
upstream_sh() { # SET [VARIABLE=VALUE...]
  env -u SLICE -u SUBSET -u RECORD JTREG_JAVA="$suite/java" JTREG="$suite/jtreg" JDK="$suite/patched" UNPATCHED="$suite/unpatched" \
    SOURCE="$suite/source" CACHE="$suite/cache" BUILD="$suite/build" RESULTS="$suite/build/results" KEPT="$suite/kept" \
    TEST_NATIVES="$suite/natives" OF_JDK=25 PART_TESTS=3 PATCHED_OPTIONS= "${@:2}" "$TOP/jtreg-tests/upstream.sh" "$1"
}
tier1_page() { cat "$suite/build/results/tier1/README.md"; }
on_page() { tier1_page | grep -qE -e "$1" || { tier1_page; echo "wanted on the page: $1"; return 1; }; }
not_on_page() { if tier1_page | grep -E -e "$1"; then echo "not wanted on the page"; return 1; fi; }
halves_run() { grep -c "^${1:-.*} run" "$suite/ran" 2> /dev/null || true; }

# A slice that is over when it begins, so that it runs what it runs in any case.
one_half() {
  local before
  before=$(halves_run)
  upstream_sh tier1 SLICE=1 SECONDS=61 > "$scratch/out" 2>&1 || { cat "$scratch/out"; return 1; }
  [ "$(halves_run)" = $((before + 1)) ] || { cat "$scratch/out"; echo "not one half was run"; return 1; }
}

# Five parts: c1 with two tests, c2 with three, gc with three and with two, java/lang with two.
slices_go_on() {
  local n
  suite_fresh
  prints '^0 of 5 parts are done, about 2 min to go; make test-tier1 goes on, with the same settings$' upstream_sh tier1 SLICE=0
  [ "$(halves_run)" = 0 ]
  on_page '^\*\*Partial: 0 of 5 parts have run on both JDKs, with 0 of 11 tests\. '
  # Each has another build folder: nothing but the cache knows what was done.
  for n in 1 2 3; do
    rm -rf "$suite/build"
    one_half
    [ "$(halves_run)" = $n ]
  done
  said_once '^2 of 10 done, 1 of 1 min used, .*: unpatched, hotspot/jtreg/compiler 02: compiler/c2$' \
    '^1 of 5 parts are done, .*; make test-tier1 goes on, with the same settings$'
  on_page '^\*\*Partial: 1 of 5 parts have run on both JDKs, with 2 of 11 tests\. .make test-tier1. goes on\.\*\*$'
  on_page '^\| hotspot/jtreg/compiler \| 1 of 2 \| 2 passed \| 2 passed \|'
  on_page '^\| hotspot/jtreg/gc \| 0 of 2 \| – \| – \|'
  prints '^9 of 10 done' upstream_sh tier1
  if grep -q 'goes on' "$scratch/out"; then echo "all is done, but it says how to go on"; return 1; fi
  [ "$(halves_run)" = 10 ]
  [ "$(halves_run patched)" = 5 ]
  not_on_page Partial
  on_page '^\| all \| 5 of 5 \| 8 passed, 3 not run \| 8 passed, 3 not run \|'
  # Each test ran once on each JDK.
  sed -n 's/^[a-z]* run //p' "$suite/ran" | tr ' ' '\n' | sort > "$suite/those"
  sort "$suite/all" "$suite/all" | diff - "$suite/those"
  upstream_sh tier1 > /dev/null
  [ "$(halves_run)" = 10 ]
  fails_to_begin 'SLICE=an hour: it must be a number of minutes' SLICE="an hour"
  fails_to_begin 'SLICE=08: it must be a number of minutes' SLICE=08
}
# fails_to_begin MESSAGE [VARIABLE=VALUE...]
fails_to_begin() {
  ends_with 2 upstream_sh tier1 "${@:2}"
  said_once "^upstream.sh: $1"
}

# What a part needs is in its key: nothing old is taken for something new.
changes_run_again() {
  suite_fresh
  upstream_sh tier1 > /dev/null
  printf 'new bits\n' > "$suite/patched/lib/server/libjvm.so"
  upstream_sh tier1 > /dev/null
  [ "$(halves_run patched) $(halves_run unpatched)" = "10 5" ]
  upstream_sh tier1 PATCHED_OPTIONS=-XX:-UsePerCpuAdders > /dev/null
  [ "$(halves_run patched) $(halves_run unpatched)" = "15 5" ]
  [ -f "$suite/build/results/tier1-XX--UsePerCpuAdders/README.md" ]
  printf '// changed\n' >> "$suite/source/test/jdk/java/lang/A.java"
  upstream_sh tier1 > /dev/null
  [ "$(halves_run patched) $(halves_run unpatched)" = "20 10" ]
  printf 'patched\n' > "$suite/patched/lib/server/libjvm.so"
  upstream_sh tier1 > /dev/null
  [ "$(halves_run patched) $(halves_run unpatched)" = "25 10" ]
  printf 'new\n' > "$suite/patched/lib/libjava.so"
  upstream_sh tier1 > /dev/null
  [ "$(halves_run patched) $(halves_run unpatched)" = "30 10" ]
  printf 'new\n' > "$suite/natives/libnew.so"
  upstream_sh tier1 > /dev/null
  [ "$(halves_run patched) $(halves_run unpatched)" = "35 15" ]
  printf 'new\n' > "$suite/jtreg/lib/jtreg.jar"
  upstream_sh tier1 > /dev/null
  [ "$(halves_run patched) $(halves_run unpatched)" = "40 20" ]
}

one_at_a_time() {
  local line
  suite_fresh
  mkdir -p "$suite/cache/tier1"
  exec 7> "$suite/cache/tier1/.lock"
  flock 7
  mkfifo "$suite/said"
  upstream_sh tier1 > "$suite/said" 2>&1 7>&- &
  exec 6< "$suite/said"
  read -r line <&6
  [[ $line = "another make test-tier1 is at work in "*"; waiting for it" ]] || { echo "$line"; return 1; }
  [ ! -e "$suite/ran" ]
  exec 7>&-
  cat <&6
  wait $!
  [ "$(halves_run)" = 10 ]
}

what_breaks_is_not_kept() {
  suite_fresh
  one_half
  mkdir -p "$suite/cache/tier1/stopped/new.tmp"
  : > "$suite/breaks"
  fails_to_begin 'jtreg ended with exit code 5; its output is in '
  rm "$suite/breaks"
  [ -z "$(find "$suite/cache" -name '*.tmp')" ]
  # What jtreg says nothing of did not run.
  echo hotspot/jtreg/compiler/c2/B.java > "$suite/forgets"
  fails_to_begin 'jtreg does not say how these ended; see .*/jtreg.log: hotspot/jtreg/compiler/c2/B.java$'
  rm "$suite/forgets"
  prints '^2 of 10 done, .*: unpatched, hotspot/jtreg/compiler 02: ' upstream_sh tier1
  # A list that is not there is no list without tests.
  rm "$suite"/cache/tier1/*/tests-*
  : > "$suite/breaks"
  fails_to_begin 'jtreg ended with exit code 5; its output is in '
  rm "$suite/breaks"
  fails_to_begin 'jtreg found no test in .*hotspot/jtreg/none:tier1' SUBSET=hotspot/jtreg/none:tier1
}

differences_need_reasons() {
  local reasons=$suite/kept/tier1/reasons.txt test=hotspot/jtreg/compiler/c2/B.java
  suite_fresh
  # One that passes when it is run again.
  ends patched "$test Failed"
  ends_with 1 upstream_sh tier1
  said_once "^differs without a reason in $reasons: $test\$"
  [ "$(grep -c "again . of 3 on the patched JDK: $test" "$scratch/out")" = 3 ]
  [ "$(halves_run)" = 16 ]
  on_page "^\| $test \| Passed \| Failed \| Passed, Passed, Passed \| Passed, Passed, Passed \| failed once, [^|]* \|\$"
  on_page "^- $test: \*\*not known\*\*\$"
  printf '# by hand\n\n%s: 8123456, it waits for a second only\n' "$test" > "$reasons"
  prints '^comparison: ' upstream_sh tier1
  [ "$(halves_run)" = 16 ]
  on_page "^- $test: 8123456, it waits for a second only\$"
  on_page '^Why, from \[reasons.txt\]\(\.\./\.\./\.\./kept/tier1/reasons.txt\), which is kept by hand:$'
  # It is that for any options.
  prints '^comparison: .*/tier1-XX--UsePerCpuAdders/README.md$' upstream_sh tier1 PATCHED_OPTIONS=-XX:-UsePerCpuAdders
  # A reason for nothing is told; one that cannot be read stops it.
  printf 'jdk/java/lang/A.java: why\njdk/java/lang/Gone.java: why\n' >> "$reasons"
  prints "^note: $reasons explains what does not differ: jdk/java/lang/A.java\$" upstream_sh tier1
  said_once "^note: $reasons names no test: jdk/java/lang/Gone.java\$"
  printf 'no reason\n' >> "$reasons"
  fails_to_begin 'the comparison could not be made'
  # What only one of them runs, or skips by itself.
  suite_fresh
  ends patched "$test Not run"
  ends patched "jdk/java/lang/A.java Passed. Skipped: no such CPU"
  ends_with 1 upstream_sh tier1
  said_once "^differs without a reason in $reasons: $test\$" "^differs without a reason in $reasons: jdk/java/lang/A.java\$"
  on_page "^\| $test \| Passed \| Not run \|  \|  \| runs only on the unpatched JDK \|\$"
  on_page '^\| jdk/java/lang/A.java \| Passed \| Skipped \| .* \| skips itself on one JDK only \|'
}

# Tests that ask for a JVM without options need no reason not to run with some.
options_leave_tests_out() {
  local test=hotspot/jtreg/compiler/c1/A.java
  suite_fresh
  ends patched "$test Not run"
  ends_with 1 upstream_sh tier1
  said_once "^differs without a reason in .*: $test\$"
  prints '^comparison: ' upstream_sh tier1 PATCHED_OPTIONS=-XX:-UsePerCpuAdders
  grep -A 2 '^## Not run with the options of the patched JDK: ' \
    "$suite/build/results/tier1-XX--UsePerCpuAdders/README.md" | grep -qx -e "- $test"
}

# A reason makes a regression no better.
regressions_fail() {
  local test=hotspot/jtreg/compiler/c2/B.java
  suite_fresh
  printf '%s: we know\n' "$test" > "$suite/kept/tier1/reasons.txt"
  ends patched "$test Failed"
  ends patched-again "$test Failed"
  ends_with 1 upstream_sh tier1
  said_once "^passes unpatched, fails patched: $test\$"
  on_page '^\*\*Tests that pass on the unpatched JDK and fail on the patched one: 1\.\*\*$'
  on_page "^\| $test \| .* \| regression \|\$"
  # Unsteady on both.
  suite_fresh
  printf '%s: we know\n' "$test" > "$suite/kept/tier1/reasons.txt"
  ends patched "$test Failed"
  ends patched-again "$test Failed"
  ends unpatched-again "$test Failed"
  prints '^comparison: ' upstream_sh tier1
  on_page '\| unsteady on both JDKs when run again \|$'
  # One crash of the VM is enough.
  suite_fresh
  printf '%s: we know\n' "$test" > "$suite/kept/tier1/reasons.txt"
  ends patched "$test Failed"
  printf '# A fatal error has been detected by the Java Runtime Environment:\n' > "$suite/crash"
  ends_with 1 upstream_sh tier1
  on_page '\| regression: the patched JVM crashed \|'
  # What fails on both is on the page.
  suite_fresh
  ends patched "$test Failed"
  ends unpatched "$test Failed"
  prints '^comparison: ' upstream_sh tier1
  on_page "^- $test\$"
}

not_run_says_why() {
  suite_fresh
  upstream_sh tier1 > /dev/null
  on_page '^\| 1 \| in ProblemList.txt \|$'
  on_page '^\| 1 \| .@requires vm.debug. \|$'
  on_page '^\| 1 \| .@requires vm.gc.Z & os.family == "windows". \|$'
  diff - "$suite/build/results/tier1/not-run.txt" <<'EOF'
hotspot/jtreg/gc/B.java: in ProblemList.txt, 8123456
hotspot/jtreg/gc/C.java#one: @requires vm.debug
hotspot/jtreg/gc/C.java#two: @requires vm.gc.Z & os.family == "windows"
EOF
}

# The same for folders, which are parts as they are.
folders_are_parts() {
  suite_fresh
  prints '^comparison: ' upstream_sh upstream SUBSET="hotspot/jtreg/compiler/c2 jdk/java/lang"
  [ "$(halves_run)" = 4 ]
  grep -q '^| hotspot/jtreg/compiler/c2 | 3 passed | 3 passed |' "$suite/build/results/upstream/README.md"
  grep -q '^| all | 5 passed | 5 passed |' "$suite/build/results/upstream/README.md"
  grep -q '^\*\*Not the whole set, but .SUBSET="hotspot/jtreg/compiler/c2 jdk/java/lang".\.\*\*$' "$suite/build/results/upstream/README.md"
  [ "$(wc -l < "$suite/build/results/upstream/patched.txt")" = 5 ]
  [ ! -e "$suite/cache/tier1" ]
}

# Native code, as the JDK's make files say it, without a JDK that is configured.
natives_are_compiled() {
  local at=$scratch/native-tests out=$scratch/native-out name file group folder goal
  mkdir -p "$at/make/test" "$at/test/hotspot/jtreg/a/vmTestbase" "$at/test/jdk"
  for name in Hotspot:HOTSPOT_JTREG:hotspot/jtreg:hotspot Jdk:BUILD_JDK_JTREG:jdk:jdk; do
    IFS=: read -r file group folder goal <<< "$name"
    cat > "$at/make/test/JtregNative$file.gmk" <<EOF
include MakeFileStart.gmk
include CopyFiles.gmk
include TestFilesCompilation.gmk
ifeq (\$(call isTargetOs, linux), true)
  ${group}_LIBRARIES_CFLAGS_libwith := -DGIVEN=42
else
  ${group}_EXCLUDE := libwith.c
endif
${group}_EXCLUDE += libexcluded.c
${group}_CFLAGS := -DALL -DOTHER
ifneq (\$(filter build-test-$goal-jtreg-native, \$(MAKECMDGOALS)), )
  \$(eval \$(call SetupTestFilesCompilation, ${group}_LIBRARIES, \\
      TYPE := LIBRARY, \\
      SOURCE_DIRS := \$(TOPDIR)/test/$folder, \\
      OUTPUT_DIR := \$(OUTPUTDIR), \\
      EXCLUDE := \$(${group}_EXCLUDE), \\
      CFLAGS := \$(${group}_CFLAGS), \\
      LIBS := \$(LIBPTHREAD), \\
  ))
  \$(eval \$(call SetupTestFilesCompilation, ${group}_EXECUTABLES, \\
      TYPE := PROGRAM, \\
      SOURCE_DIRS := \$(TOPDIR)/test/$folder, \\
      OUTPUT_DIR := \$(OUTPUTDIR), \\
      CFLAGS := \$(${group}_CFLAGS), \\
  ))
endif
build-test-$goal-jtreg-native: \$(${group}_LIBRARIES) \$(${group}_EXECUTABLES)
\$(eval \$(call SetupCopyFiles, COPY, SRC := \$(OUTPUTDIR)))
include MakeFileEnd.gmk
EOF
  done
  printf '#if !defined(ALL) || GIVEN != 42\n#error not as the make file says\n#endif\nint given;\n' > "$at/test/hotspot/jtreg/a/libwith.c"
  printf 'int main() { return 7; }\n' > "$at/test/hotspot/jtreg/a/exeseven.cpp"
  printf '#error no\n' | tee "$at/test/hotspot/jtreg/a/libexcluded.c" "$at/test/hotspot/jtreg/a/vmTestbase/libmany.c" > "$at/test/jdk/libbroken.c"
  printf 'int good;\n' > "$at/test/jdk/libgood.c"
  prints '^test/jdk/libbroken.c does not compile: .*#error no$' "$TOP/jtreg-tests/upstream/natives.sh" "$at" "$fake/boot" "$out"
  [ "$(wc -l < "$scratch/out")" = 1 ]
  [ "$(cd "$out" && echo hotspot/* jdk/*.so)" = "hotspot/libwith.so hotspot/seven jdk/libgood.so" ]
  ends_with 7 "$out/hotspot/seven"
  # What is there is not compiled again.
  touch -r "$out/hotspot/seven" "$out/marker"
  "$TOP/jtreg-tests/upstream/natives.sh" "$at" "$fake/boot" "$out" 2> /dev/null
  [ ! "$out/hotspot/seven" -nt "$out/marker" ]
  # What no longer compiles is not there; nor is what another compiler made.
  touch -d '1 hour ago' "$out/jdk/libgood.so"
  printf '#error no\n' > "$at/test/jdk/libgood.c"
  "$TOP/jtreg-tests/upstream/natives.sh" "$at" "$fake/boot" "$out" 2> /dev/null
  [ ! -e "$out/jdk/libgood.so" ]
  printf 'another compiler\n' > "$out/made-by"
  cp -p "$out/marker" "$scratch/marker"
  "$TOP/jtreg-tests/upstream/natives.sh" "$at" "$fake/boot" "$out" 2> /dev/null
  [ "$out/hotspot/seven" -nt "$scratch/marker" ]
  # Make files that are not understood are no reason to go on without native code.
  printf 'not a rule\n' >> "$at/make/test/JtregNativeJdk.gmk"
  ends_with 2 "$TOP/jtreg-tests/upstream/natives.sh" "$at" "$fake/boot" "$out"
}

make_suite
check "make test-tier1: slices go on where the last one ended" slices_go_on
check "make test-tier1: a changed JDK, test or option runs again" changes_run_again
check "make test-tier1: one at a time" one_at_a_time
check "make test-tier1: what breaks is not kept" what_breaks_is_not_kept
check "make test-tier1: a difference needs a reason" differences_need_reasons
check "make test-tier1: options leave tests out" options_leave_tests_out
check "make test-tier1: a regression fails" regressions_fail
check "make test-tier1: what is not run, and why" not_run_says_why
check "make test-upstream: folders are parts" folders_are_parts
check "make test-tier1: native code of the tests" natives_are_compiled
