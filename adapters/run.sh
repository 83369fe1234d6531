#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Builds the adapters' jars on the patched JDK, and tests them there and on stock ones. Ends with
# "N passed, N failed, N skipped".
# Settings (environment): JDK, BOOT_JDK, BUILD, WORK (all by jdk-build/with-jdk.sh), JDK_17 (the home of a JDK 17, if
# /usr/lib/jvm has none), NETTY_SRC (a checkout of Netty, whose tests of buffers and allocators are run, too), ONLY (modules
# to test, default all).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
BUILD=${BUILD:-$root/build}
JDK=${JDK:-$BUILD/images/release/jdk}
WORK=${WORK:-$BUILD/test/release}/adapters
ONLY=${ONLY:-common caffeine jackson micrometer netty prometheus}
MODULE=jdk.incubator.percpu
NETTY_TESTS=buffer/src/test/java

die() {
    printf 'adapters: %s\n' "$*" >&2
    exit 1
}

has_module() { # HOME
    "$1/bin/java" --list-modules | grep "^$MODULE@" >/dev/null
}

find_jdk_17() {
    local home
    for home in "${JDK_17:-}" /usr/lib/jvm/*/; do
        if [ -n "$home" ] && [ -x "$home/bin/java" ] && grep -Eq '^JAVA_VERSION="17[."]' "$home/release" 2>/dev/null; then
            printf '%s\n' "${home%/}"
            return
        fi
    done
    return 1
}

[ -x "$JDK/bin/javac" ] || die "no JDK in JDK=$JDK; run 'make jdk' or set JDK to an image"
has_module "$JDK" || die "$JDK has no module $MODULE; it is not the patched JDK"
[ -x "${BOOT_JDK:-}/bin/java" ] || die "no stock JDK to test on; set BOOT_JDK to one"
! has_module "$BOOT_JDK" || die "BOOT_JDK=$BOOT_JDK has the module $MODULE; it is no stock JDK"
[ -z "${NETTY_SRC:-}" ] || [ -d "$NETTY_SRC/$NETTY_TESTS" ] ||
    die "NETTY_SRC=$NETTY_SRC is no checkout of Netty: there is no $NETTY_TESTS in it"
command -v mvn >/dev/null || die "mvn not found; run 'make deps' (Debian's package is maven)"
mkdir -p "$WORK"
WORK=$(cd "$WORK" && pwd)

printf 'building the jars\n'
# The JDK that was built has no certificates but the public ones: take what the system trusts.
trusted=/etc/ssl/certs/java/cacerts maven_opts=${MAVEN_OPTS:-}
[ ! -f "$trusted" ] || maven_opts="-Djavax.net.ssl.trustStore=$trusted $maven_opts"
rm -rf "$WORK/target"
JAVA_HOME=$JDK MAVEN_OPTS=$maven_opts mvn -q -B -Dstyle.color=never -f "$here/pom.xml" "-Dwork.directory=$WORK/target" \
    package >"$WORK/maven.log" 2>&1 ||
    die "Maven failed, its output is in $WORK/maven.log (it needs Maven Central once, for the libraries and JUnit)"

passed=0 failed=0 skipped=0

count() { # WHAT LOG: the sum of lines "[ N WHAT ]", with which JUnit ends
    sed -nE "s/^\[ +([0-9]+) $1 +\]\$/\1/p" "$2" | awk '{ sum += $1 } END { print sum + 0 }'
}

run_classes() { # NAME HOME MODULE CLASSES OPTION...: the tests in a folder of classes
    local name=$1 home=$2 module=$3 classes=$4 target log status=0 good bad left
    shift 4
    target=$WORK/target/percpu-$module
    log=$WORK/${name//[, ]/-}-$module.log
    "$home/bin/java" "$@" -cp "$target/percpu-$module-1.jar:$classes:$target/lib/*" \
        org.junit.platform.console.ConsoleLauncher execute "--scan-classpath=$classes" \
        --config=junit.jupiter.execution.timeout.default=5m \
        --details=tree --details-theme=ascii --disable-banner --disable-ansi-colors --fail-if-no-tests \
        >"$log" 2>&1 || status=$?
    # A class that cannot be set up is a container that failed.
    good=$(count 'tests successful' "$log")
    bad=$(count '[a-z]+ failed' "$log")
    left=$(count 'tests (skipped|aborted)' "$log")
    if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ "$good" = 0 ]; }; then bad=1; fi
    printf '%-23s %-11s %d passed, %d failed, %d skipped\n' "$name" "$module" "$good" "$bad" "$left"
    [ "$bad" = 0 ] || printf '  its output is in %s\n' "$log"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
}

run() { # NAME HOME EXPECTED OPTION...: the tests of all modules; EXPECTED is what CountingTest looks for
    local name=$1 home=$2 expected=$3 module
    shift 3
    for module in $ONLY; do
        run_classes "$name" "$home" "$module" "$WORK/target/percpu-$module/test-classes" \
            "$@" "-Dpercpu.adapters.expected=$expected"
    done
}

# Netty does not publish its tests of buffers and allocators, so they are compiled from its source.
run_netty_tests() {
    local target=$WORK/target/percpu-netty
    "$JDK/bin/javac" -nowarn -d "$target/netty-tests" -cp "$target/percpu-netty-1.jar:$target/lib/*" \
        -sourcepath "$NETTY_SRC/$NETTY_TESTS" "$here"/netty/src/netty-tests/java/percpu/adapters/netty/*.java >"$WORK/netty-tests.log" 2>&1 ||
        die "Netty's tests do not compile, the output is in $WORK/netty-tests.log"
    run_classes "patched, Netty tests" "$JDK" netty "$target/netty-tests" --add-modules "$MODULE"
}

run 'patched' "$JDK" percpu --add-modules "$MODULE"
run 'patched without rseq' "$JDK" module --add-modules "$MODULE" -XX:-UseRseq
run 'patched without module' "$JDK" stock
run 'stock' "$BOOT_JDK" stock
if old=$(find_jdk_17); then
    run 'stock 17' "$old" stock
else
    printf 'skipped: there is no JDK 17 in /usr/lib/jvm (JDK_17 names one)\n'
    skipped=$((skipped + 1))
fi

if [ -n "${NETTY_SRC:-}" ]; then
    run_netty_tests
else
    printf 'skipped: Netty has no jar of its tests of buffers and allocators (NETTY_SRC names a checkout of Netty)\n'
    skipped=$((skipped + 1))
fi

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -ne 0 ]
