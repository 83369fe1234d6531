#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make test-cached: the regression tests, group tier1, on a JDK that is in the cache, where all that it takes is at hand.
# Nothing is built or fetched for it but the source. Ends with a line `N passed, N failed, N skipped`.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

skip() {
  say "skipped: $*"
  printf '0 passed, 0 failed, 1 skipped\n'
  exit 0
}

! is_cross || skip "a JDK for $TARGET does not run on this machine"
status=0
"$SCRIPTS/build.sh" --cached > /dev/null || status=$?
case $status in
  0) ;;
  3) skip "no JDK $JDK_MAJOR for these inputs in $CACHE; make jdk$OF makes one, in 40 minutes" ;;
  *) die "looking for the JDK $JDK_MAJOR ended with $status: see above" ;;
esac
find_boot_jdk > /dev/null || skip "no JDK $JDK_MAJOR to compare with; make deps$OF gets one"
find_jtreg > /dev/null || skip "jtreg 8 is not here; make deps$OF gets it"
"$SCRIPTS/source.sh"
exec "$SCRIPTS/with-jdk.sh" "$TOP/jtreg-tests/run.sh" tier1
