#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make test-patches: series + new files == the patched tree, and the ways in which the scripts of this folder
# can fail, on a JDK of five files. Ends with a line `N passed, N failed[, N skipped]`.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0 skipped=0

# check NAME COMMAND...: passes if the command, run in a subshell, succeeds; skipped if that ends with 77. In the command a
# line has one condition: of `a && b` in the middle, set -e does not see that a is false.
check() {
  local name=$1 status
  shift
  set +e  # so that set -e holds inside: a condition would switch it off
  (set -e; "$@") > "$scratch/check.out" 2>&1
  status=$?
  set -e
  if [ $status = 0 ]; then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$name"
  elif [ $status = 77 ]; then
    skipped=$((skipped + 1))
    printf 'skipped %s: %s\n' "$name" "$(tail -n 1 "$scratch/check.out")"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n' "$name"
    sed 's/^/        /' "$scratch/check.out"
  fi
}

# shellcheck source=tests/tree.sh source-path=SCRIPTDIR
. "$SCRIPTS/tests/tree.sh"
# shellcheck source=tests/workflow.sh source-path=SCRIPTDIR
. "$SCRIPTS/tests/workflow.sh"
# shellcheck source=tests/fetch.sh source-path=SCRIPTDIR
. "$SCRIPTS/tests/fetch.sh"
# shellcheck source=tests/dist.sh source-path=SCRIPTDIR
. "$SCRIPTS/tests/dist.sh"
# shellcheck source=tests/results.sh source-path=SCRIPTDIR
. "$SCRIPTS/tests/results.sh"
# shellcheck source=tests/upstream.sh source-path=SCRIPTDIR
. "$SCRIPTS/tests/upstream.sh"
# shellcheck source=tests/parts.sh source-path=SCRIPTDIR
. "$SCRIPTS/tests/parts.sh"

if [ $skipped = 0 ]; then printf '%d passed, %d failed\n' $passed $failed
else printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped; fi
[ $failed = 0 ]
