#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Runs the litmus tests with jcstress. Ends with "N passed, N failed, N skipped".
# run.sh compile: only makes $WORK/litmus/target, with classes and libraries, for a guest.
# Settings (environment): JDK, BUILD, WORK (all by jdk-build/with-jdk.sh), MODE (jcstress's: sanity, quick, default, tough).
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

[ -x "$JDK/bin/javac" ] || die "no JDK in JDK=$JDK; run 'make jdk' or set JDK to an image"
command -v mvn >/dev/null || die "mvn not found; run 'make deps' (Debian's package is maven)"
if [ "${1:-}" != compile ] && [ "$(nproc)" -lt 2 ]; then
    printf 'skipped: two threads do not run at the same time on one CPU\n0 passed, 0 failed, 1 skipped\n'
    exit 0
fi
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)
printf 'compiling the litmus tests\n'
# The JDK that was built has no certificates but the public ones: take what the system trusts.
trusted=/etc/ssl/certs/java/cacerts maven_opts=${MAVEN_OPTS:-}
[ ! -f "$trusted" ] || maven_opts="-Djavax.net.ssl.trustStore=$trusted $maven_opts"
rm -rf "$WORK/target" "$WORK/results"
JAVA_HOME=$JDK MAVEN_OPTS=$maven_opts mvn -q -B -Dstyle.color=never -f "$here/pom.xml" "-Dwork.directory=$WORK/target" \
    process-classes >"$WORK/maven.log" 2>&1 ||
    die "Maven failed, its output is in $WORK/maven.log (it needs Maven Central once, for jcstress)"
if [ "${1:-}" = compile ]; then exit 0; fi
mkdir -p "$WORK/results"
cd "$WORK/results"
printf 'running them: some minutes (the log is %s)\n' "$WORK/jcstress.log"
status=0
"$JDK/bin/java" -cp "$WORK/target/classes:$WORK/target/lib/*" org.openjdk.jcstress.Main -m "$MODE" -r "$WORK/results" \
    -jvmArgs "--add-opens java.base/java.util.concurrent=ALL-UNNAMED --add-opens java.base/java.util.concurrent.atomic=ALL-UNNAMED" \
    >"$WORK/jcstress.log" 2>&1 || status=$?
# Each test in several JVMs, with other flags each.
counts=$(grep -oE '[0-9]+ planned; [0-9]+ passed, [0-9]+ failed, [0-9]+ soft errs, [0-9]+ hard errs' "$WORK/jcstress.log" | tail -n 1)
[ -n "$counts" ] || die "jcstress ended with $status and no result; its output is in $WORK/jcstress.log"
read -r planned passed <<<"$(sed -E 's/^([0-9]+) planned; ([0-9]+) .*/\1 \2/' <<<"$counts")"
if [ "$status" -ne 0 ] || [ "$passed" -ne "$planned" ]; then
    sed -n '/^RUN RESULTS/,$p' "$WORK/jcstress.log" | head -n 60 >&2
fi
printf '%d passed, %d failed, 0 skipped\n' "$passed" $((planned - passed))
[ "$status" -eq 0 ] && [ "$passed" -eq "$planned" ] && [ "$planned" -ne 0 ]
