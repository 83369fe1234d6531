#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# test.sh KERNEL ARCH [TEST...]: builds the image of that kernel and CPU, boots it and keeps what it printed in
# container/ of the build folder. If all tests were asked for and nothing was set otherwise, the run is a row of kernels/ in the
# folder of results, any other is a file of tests/ there. Exits with the tests' status.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"
# shellcheck source=../lib.sh source-path=SCRIPTDIR
. "$TOP/container/lib.sh"

kernel=$1
arch=$2
shift 2
settings=()
for name in MILLIS LIMIT VCPUS MEMORY PARAMETERS; do
  if [ -n "${!name:-}" ]; then settings+=(--env "$name=${!name}"); fi
done
whole=no
if [ $# = 0 ] && [ ${#settings[@]} = 0 ] && [ "$DEBUG_LEVEL" = release ]; then whole=yes; fi

context=$BUILD/container/kernel-$kernel-$arch
log=$context.console
container='' status=2
# shellcheck disable=SC2317 # finish calls it
keep() { # FILE
  mkdir -p "${1%/*}"
  {
    printf '%s: a guest, Linux %s on %s, %s JDK\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$kernel" "$arch" "$DEBUG_LEVEL"
    grep -E '^[0-9]+ passed, |^boot: ' "$log" || true
    grep -E '^test |^fact (package|commit)=' "$log" || true
  } > "$1.$$.part"
  mv "$1.$$.part" "$1"
}

# However it ends, no row of an earlier run is left as if it were this one's.
# shellcheck disable=SC2317 # the trap calls it
finish() {
  if [ -n "$container" ]; then buildah rm "$container" > /dev/null 2>&1 || true; fi
  if [ "$whole" = yes ]; then "$TOP/container/kernel/record.sh" "$kernel" "$arch" "$status" "$SECONDS" "$log"
  else keep "$RESULTS/tests/$DEBUG_LEVEL-guest-$kernel-$arch.txt"; fi
}
trap finish EXIT
mkdir -p "$BUILD/container"
printf 'boot: the guest was not made\n' > "$log"
"$TOP/container/base.sh"
"$TOP/container/kernel/context.sh" "$kernel" "$arch"
image=localhost/percpu-kernel:$OF_TAG$kernel-$arch
build_image "$image" "$context"

container=$(buildah from "$image")
say "boot: Linux $kernel on $arch, emulated; all it prints is kept in $log"
# buildah's run and not docker's: it needs no daemon and no namespaces.
if buildah run --isolation "${BUILDAH_ISOLATION:-chroot}" "${settings[@]}" "$container" -- /guest/boot.sh "$@" \
  < /dev/null 2>&1 | tee "$log" | grep --line-buffered -E '^(guest|boot|fact|test|failed:|  \|)|passed, '; then
  status=0
else
  status=${PIPESTATUS[0]}
fi
grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1 || printf '0 passed, 1 failed, 0 skipped\n'
exit "$status"
