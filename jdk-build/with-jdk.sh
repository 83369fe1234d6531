#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# with-jdk.sh COMMAND...: runs it, in the top folder, with the places of what was built and installed:
#   JDK  the image     TEST_NATIVES  JNI libraries of OpenJDK's tests, if build.sh --test-natives made them
#   JTREG  jtreg's home     BOOT_JDK  an unpatched JDK of the same number     SOURCE  the patched tree
#   BUILD  the build folder     WORK  a folder to work in, per DEBUG_LEVEL
#   RESULTS  where results go: below BUILD, or with RECORD=1 to KEPT, which is results/ or for another JDK below it
#   UNPATCHED  if the caller says so, the JDK to compare with: UNPATCHED=build becomes that which make jdk SERIES=none built
#   KEPT_ASM  the emitted code to compare with     OF_JDK  the number of the JDK

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

BOOT_JDK=$(find_boot_jdk) || die "there is no JDK $JDK_MAJOR to compare with: run make deps$OF"
JTREG=$(find_jtreg) || die "jtreg 8 is not here: run make deps$OF"
is_cross && die "a JDK for $TARGET does not run on this machine: leave TARGET out"
JDK=$BUILD/images/$DEBUG_LEVEL/jdk
if [ -d "$BUILD/images/$DEBUG_LEVEL/test" ]; then export TEST_NATIVES=$BUILD/images/$DEBUG_LEVEL/test; fi
WORK=$BUILD/test/$DEBUG_LEVEL
[ -x "$JDK/bin/java" ] || die "$JDK is not built: run make jdk$OF"
if [ "${UNPATCHED:-}" = build ]; then
  UNPATCHED=$BUILD/unpatched/images/$DEBUG_LEVEL/jdk
  [ -x "$UNPATCHED/bin/java" ] || die "$UNPATCHED is not built: run make jdk$OF SERIES=none"
  export UNPATCHED
fi
mkdir -p "$WORK"
export BOOT_JDK JTREG JDK BUILD WORK SOURCE DEBUG_LEVEL CACHE RESULTS KEPT KEPT_ASM
cd "$TOP"
exec "$@"
