#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# failures.sh KERNEL ARCH: boots the image of that kernel and CPU, made by test.sh, in ways that must end in a failure,
# each within its time and with the reason.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"
# shellcheck source=../lib.sh source-path=SCRIPTDIR
. "$TOP/container/lib.sh"

image=localhost/percpu-kernel:$OF_TAG$1-$2
image_exists "$image" || die "there is no image $image: run make test-kernel KERNEL=$1 ARCH=$2$OF"
container=$(buildah from "$image")
log=$BUILD/container/failures-$1-$2.console
trap 'buildah rm "$container" > /dev/null 2>&1 || true' EXIT
files=$(stat -c %s "$BUILD/container/kernel-$1-$2/initramfs")
passed=0 failed=0

# boots WHAT STATUS PATTERN [VARIABLE=VALUE...] [-- TEST...]: it must end so and say so
boots() {
  local what=$1 wanted=$2 pattern=$3 start=$SECONDS status=0 settings=()
  shift 3
  while [ $# != 0 ] && [ "$1" != -- ]; do settings+=(--env "$1"); shift; done
  if [ $# != 0 ]; then shift; fi
  buildah run --isolation "${BUILDAH_ISOLATION:-chroot}" "${settings[@]}" "$container" -- /guest/boot.sh "$@" \
    < /dev/null > "$log" 2>&1 || status=$?
  if [ $status = "$wanted" ] && grep -qE "$pattern" "$log"; then
    say "$what: ended with $status after $((SECONDS - start)) s: $(grep -E "$pattern" "$log" | tail -n 1)"
    passed=$((passed + 1))
  else
    say "FAILED: $what: ended with $status after $((SECONDS - start)) s, wanted $wanted and a line like '$pattern'; it said:"
    tail -n 15 "$log" | sed 's/^/  | /'
    failed=$((failed + 1))
  fi
}

boots 'a kernel that panics' 2 '^boot: .*Kernel panic' LIMIT=120 PARAMETERS=rdinit=/nowhere
# The files are loaded, 128 MB behind the kernel, but there is no room to unpack them.
boots 'a kernel without the memory for its files' 2 '^boot: .*(Kernel panic|Out of memory)' LIMIT=120 MEMORY=$((files / 1048576 + 192))M
boots 'a guest that does not come to an end' 2 '^boot: the guest was not done after 20 s' LIMIT=20
boots 'a test that there is not' 1 '^failed: no-such-test' LIMIT=300 -- no-such-test
printf '%d passed, %d failed, 0 skipped\n' $passed $failed
[ $failed = 0 ]
