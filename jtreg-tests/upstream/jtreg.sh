# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# Runs tests that are in a JDK's tree with jtreg, as make/RunTests.gmk does. Sourced by upstream.sh and
# jdk-build/build-upstream.sh, which set:
#   SOURCE JTREG BOOT_JDK JOBS TIMEOUT_FACTOR   as upstream.sh's help says
#   JTREG_JAVA   the program java that runs jtreg
#   NATIVES      the folder of native code that natives.sh made, or TEST_NATIVES a test image
#   lock         the descriptor of a lock, which what jtreg leaves behind for a while must not keep
# A test is named by its path below SOURCE/test, and those of one call are of one suite, hotspot/jtreg or jdk.

: "${JOBS:?}" "${TIMEOUT_FACTOR:?}" "${lock:?}"

# run_jtreg HOME OPTIONS WORK REPORT TEST...
run_jtreg() {
    local jdk=$1 vm_options=$2 workdir=$3 report=$4 option
    shift 4
    local options_of=() launcher=() component=hotspot
    if [ "${1%%[/:]*}" = hotspot ]; then
        options_of+=("-exclude:$SOURCE/test/hotspot/jtreg/ProblemList.txt")
    else
        component=jdk
        options_of+=("-exclude:$SOURCE/test/jdk/ProblemList.txt" -vmoption:-Xmx768m -ea -esa)
        launcher+=(-Xmx768m)
    fi
    local natives
    if [ -n "${TEST_NATIVES:-}" ]; then natives=$TEST_NATIVES/$component/jtreg/native
    else
        # shellcheck disable=SC2153
        natives=$NATIVES/$component
        mkdir -p "$natives"
    fi
    for option in $vm_options; do
        options_of+=("-vmoption:$option")
    done
    mkdir -p "$workdir/tmp"
    "$JTREG_JAVA" "${launcher[@]}" -Dprogram=jtreg -jar "$JTREG/lib/jtreg.jar" \
        -agentvm -automatic -ignore:quiet -verbose:fail,error,summary -retain:fail,error \
        "-concurrency:$JOBS" "-timeoutFactor:$TIMEOUT_FACTOR" \
        -vmoption:-XX:MaxRAMPercentage=12 "-vmoption:-Djava.io.tmpdir=$workdir/tmp" \
        "-vmoption:-Dtest.boot.jdk=$BOOT_JDK" \
        "-nativepath:$natives" "${options_of[@]}" \
        "-testjdk:$jdk" "-dir:$SOURCE/test" "-workDir:$workdir" "-reportDir:$report" \
        -report:files "$@" {lock}>&-
}

# jtreg's own exit codes: 0 all passed, 1 none chosen (all of them excluded, say), 2 some failed, 3 some in error.
checked_jtreg() { # LOG HOME OPTIONS WORK REPORT TEST...
    local log=$1 code=0
    shift
    # Of the run before, only what asks a JDK for its properties.
    mkdir -p "$3"
    find "$3" -mindepth 1 -maxdepth 1 ! -name extraPropDefns -exec rm -rf {} +
    rm -rf "$4"
    run_jtreg "$@" >"$log" 2>&1 || code=$?
    if [ "$code" -gt 3 ]; then
        tail -n 20 "$log" >&2
        die "jtreg ended with exit code $code; its output is in $log"
    fi
    [ -s "$4/text/summary.txt" ] || die "jtreg found no test in ${*:5}; see $log"
}

# statuses REPORT TEST: lines "test status" of a run that this test was in.
statuses() {
    local prefix=jdk
    if [ "${2%%[/:]*}" = hotspot ]; then prefix=hotspot/jtreg; fi
    sed -nE -e "s,^([^ ]+) +Passed\. Skipped.*,$prefix/\1 Skipped,p" -e t \
        -e "s,^([^ ]+) +(Passed|Failed|Error|Not run)\..*,$prefix/\1 \2,p" "$1/text/summary.txt" | LC_ALL=C sort -u
}
