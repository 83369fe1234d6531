#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make clean: removes the build folder. That of another JDK, which is below build/, stays unless it is the chosen one; with
# SERIES=none only what was made without our patches is removed.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

if [ -n "$OTHER_JDK$SERIES" ]; then
  rm -rf "$BUILD"
elif [ -d "$BUILD" ]; then
  find "$BUILD" -mindepth 1 -maxdepth 1 ! -name '[0-9]*' -exec rm -rf {} +
fi
if [ -d "$TOP/build" ]; then rmdir --ignore-fail-on-non-empty "$TOP/build"; fi
