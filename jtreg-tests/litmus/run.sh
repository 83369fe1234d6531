#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# run.sh [compile|run]: compiles the litmus tests into $WORK/litmus/target and runs them with jcstress, or one of both: a guest
# only runs them. Ends with "N passed, N failed, N skipped".
# Settings (environment): JDK, BUILD, WORK (all by jdk-build/with-jdk.sh), MODE (jcstress's: sanity, quick, default, tough),
# ONE_WAY=1 (one way to compile each actor, and not nine).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$root/build}
JDK=${JDK:-$BUILD/images/release/jdk}
WORK=${WORK:-$BUILD/test/release}/litmus
MODE=${MODE:-quick}

die() {
    printf 'litmus: %s\n' "$*" >&2
    exit 1
}

compile() {
    [ -x "$JDK/bin/javac" ] || die "no JDK in JDK=$JDK; run 'make jdk' or set JDK to an image"
    command -v mvn >/dev/null || die "mvn not found; run 'make deps' (Debian's package is maven)"
    printf 'compiling the litmus tests\n'
    # The JDK that was built has no certificates but the public ones: take what the system trusts.
    local trusted=/etc/ssl/certs/java/cacerts maven_opts=${MAVEN_OPTS:-}
    [ ! -f "$trusted" ] || maven_opts="-Djavax.net.ssl.trustStore=$trusted $maven_opts"
    rm -rf "$WORK/target"
    JAVA_HOME=$JDK MAVEN_OPTS=$maven_opts mvn -q -B -Dstyle.color=never -f "$here/pom.xml" "-Dwork.directory=$WORK/target" \
        process-classes >"$WORK/maven.log" 2>&1 ||
        die "Maven failed, its output is in $WORK/maven.log (it needs Maven Central once, for jcstress)"
}

run() {
    local opens=java.base/java.util.concurrent status=0 counts planned passed
    local options=(-m "$MODE" -r "$WORK/results" -jvmArgs "--add-opens $opens=ALL-UNNAMED --add-opens $opens.atomic=ALL-UNNAMED")
    [ -z "${ONE_WAY:-}" ] || options+=(-sc false)
    rm -rf "$WORK/results"
    mkdir -p "$WORK/results"
    cd "$WORK/results"
    printf 'running them: some minutes (the log is %s)\n' "$WORK/jcstress.log"
    "$JDK/bin/java" -cp "$WORK/target/classes:$WORK/target/lib/*" org.openjdk.jcstress.Main "${options[@]}" \
        >"$WORK/jcstress.log" 2>&1 || status=$?
    # Each test in several JVMs, with other flags each.
    counts=$(grep -oE '[0-9]+ planned; [0-9]+ passed, [0-9]+ failed, [0-9]+ soft errs, [0-9]+ hard errs' "$WORK/jcstress.log" |
        tail -n 1)
    [ -n "$counts" ] || die "jcstress ended with $status and no result; its output is in $WORK/jcstress.log"
    read -r planned passed <<<"$(sed -E 's/^([0-9]+) planned; ([0-9]+) .*/\1 \2/' <<<"$counts")"
    if [ "$status" -ne 0 ] || [ "$passed" -ne "$planned" ]; then
        sed -n '/^RUN RESULTS/,$p' "$WORK/jcstress.log" | head -n 60 >&2
    fi
    printf '%d passed, %d failed, 0 skipped\n' "$passed" $((planned - passed))
    [ "$status" -eq 0 ] && [ "$passed" -eq "$planned" ] && [ "$planned" -ne 0 ]
}

mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
case ${1:-} in
    compile) compile ;;
    run) run ;;
    '')
        if [ "$(nproc)" -lt 2 ]; then
            printf 'skipped: two threads do not run at the same time on one CPU\n0 passed, 0 failed, 1 skipped\n'
            exit 0
        fi
        compile
        run
        ;;
    *) die "run.sh knows compile and run, not $1" ;;
esac
