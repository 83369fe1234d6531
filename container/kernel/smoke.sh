#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make test-kernel-smoke: one guest of the other CPU and some of its tests, where all that it takes is at hand, and
# guests that must end in a failure. Nothing is built for it but the guest.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"

arch=aarch64
[ "$MACHINE" != "$arch" ] || skip "this is an $arch machine, make test$OF is the test"
for tool in "$arch-linux-gnu-gcc" buildah mmdebstrap; do
  command -v "$tool" > /dev/null || skip "$tool is not here; make deps TARGET=$arch IMAGES=1$OF installs it"
done
cached_jdk "$arch" "$arch JDK"
"$SCRIPTS/build.sh" > /dev/null
"$SCRIPTS/source.sh"

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# counted COMMAND...: runs it and adds the line of counts that it ends with
counted() {
  local status=0 counts
  "$@" 2>&1 | tee "$log" || status=$?
  counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1 || true)
  # shellcheck disable=SC2086
  set -- ${counts//[^0-9]/ }
  passed=$((passed + ${1:-0})) skipped=$((skipped + ${3:-0}))
  if [ $status != 0 ] && [ "${2:-0}" = 0 ]; then failed=$((failed + 1)); else failed=$((failed + ${2:-0})); fi
}

export MILLIS=500 LIMIT=900
counted "$TOP/container/kernel/test.sh" 6.12 "$arch" registration-glibc registration-jvm \
  operations-preempted-int-mm_cid operations-preempted-C1-cpu_id operations-preempted-C2-mm_cid operations-C2 \
  emitted-code-mm_cid listing-mm_cid structure-stack-C2 structure-list-int structure-adders-C2 \
  structure-histogram-C1 structure-pool-C2 sum-beside-updates
counted "$TOP/container/kernel/failures.sh" 6.12 "$arch"
printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
[ $failed = 0 ] && [ $passed != 0 ]
