#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# test.sh KERNEL ARCH [TEST...]: builds the image of that kernel and CPU, boots it, keeps what it printed in
# build/container and, if all tests ran, a row of results/kernels. Exits with the tests' status.

# shellcheck source=../../jdk-patch/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-patch/lib.sh"
# shellcheck source=../lib.sh source-path=SCRIPTDIR
. "$TOP/container/lib.sh"

kernel=$1
arch=$2
shift 2
"$TOP/container/base.sh"
"$TOP/container/kernel/context.sh" "$kernel" "$arch"
context=$BUILD/container/kernel-$kernel-$arch
image=localhost/percpu-kernel:$kernel-$arch
build_image "$image" "$context"

log=$context.console
container=$(buildah from "$image")
trap 'buildah rm "$container" > /dev/null 2>&1 || true' EXIT
say "boot: Linux $kernel on $arch, emulated; all it prints is kept in $log"
start=$SECONDS
status=0
# buildah's run and not docker's: it needs no daemon and no namespaces.
settings=()
for name in MILLIS LIMIT VCPUS MEMORY PARAMETERS; do
  if [ -n "${!name:-}" ]; then settings+=(--env "$name=${!name}"); fi
done
buildah run --isolation "${BUILDAH_ISOLATION:-chroot}" "${settings[@]}" "$container" -- /guest/boot.sh "$@" \
  < /dev/null 2>&1 | tee "$log" | grep --line-buffered -E '^(guest|boot|fact|test|failed:|  \|)|passed, ' || status=${PIPESTATUS[0]}
seconds=$((SECONDS - start))
grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1 || printf '0 passed, 1 failed, 0 skipped\n'
if [ $# = 0 ]; then
  "$TOP/container/kernel/record.sh" "$kernel" "$arch" "$status" "$seconds" "$log"
fi
exit "$status"
