#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make test-cached: the regression tests, group tier1, on a JDK that is in the cache, where all that it takes is at hand.
# Nothing is built or fetched for it but the source. Ends with a line `N passed, N failed, N skipped`.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

! is_cross || skip "a JDK for $TARGET does not run on this machine"
cached_jdk "$MACHINE" "JDK $JDK_MAJOR"
find_boot_jdk > /dev/null || skip "no JDK $JDK_MAJOR to compare with; make deps$OF gets one"
find_jtreg > /dev/null || skip "jtreg 8 is not here; make deps$OF gets it"
"$SCRIPTS/source.sh"
exec "$SCRIPTS/with-jdk.sh" "$TOP/jtreg-tests/run.sh" tier1
