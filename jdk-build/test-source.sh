#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make test-source: looks for the pinned source as make source does on a fresh machine, with an empty cache and without
# DISTFILES. Skipped if no place has it. Ends with a line `N passed, N failed[, N skipped]`.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh source-path=SCRIPTDIR
. "$SCRIPTS/apt.sh"

lock_build
scratch=$(mktemp -d "$BUILD/fetch.tmp.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
# shellcheck disable=SC2034 # fetch.sh looks there
CACHE=$scratch/cache DISTFILES=''
# shellcheck source=fetch.sh source-path=SCRIPTDIR
. "$SCRIPTS/fetch.sh"

say "looking for $TARBALL, the source of OpenJDK $VERSION, in"
if find_tarball; then
  [ "$(sha256 < "$tarball")" = "$SHA256" ] || die "$tarball is not the pinned one"
  printf '1 passed, 0 failed\n'
elif from_git "$scratch/tree"; then
  printf '1 passed, 0 failed\n'
elif [ $other_bytes = yes ]; then
  say "FAILED: a place has something else in its stead"
  printf '0 passed, 1 failed\n'
  exit 1
else
  say "skipped: no place that this machine reaches has it"
  printf '0 passed, 0 failed, 1 skipped\n'
fi
