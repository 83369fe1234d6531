#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# boot.sh [TEST...]: boots the guest beside this file, streams what its console says and exits with the tests' status;
# 2 if there is none: a panic, a hang, no memory. Without arguments all tests run.
# In the environment: MILLIS (of each workload), LIMIT (seconds, for all), VCPUS, MEMORY, PARAMETERS (more for the kernel).

set -euo pipefail
cd "$(dirname "$0")"
# ARCH, PACKAGE and COMMIT, from whoever made the image.
# shellcheck source=/dev/null
. ./settings

: "${MILLIS:=1000}" "${LIMIT:=3000}" "${VCPUS:=3}" "${MEMORY:=3G}" "${PARAMETERS:=}"

# One host thread for all CPUs of an x86_64 guest: with one for each, QEMU 10.0 now and then executes what was at an
# address before the JVM compiled there (4 of 160 runs of an unpatched JDK crashed). The guest's kernel preempts and
# migrates as before, at any instruction at which an interrupt comes.
case $ARCH in
  x86_64) machine=(qemu-system-x86_64 -M q35 -cpu max -accel "tcg,thread=single") console=ttyS0 ;;
  aarch64) machine=(qemu-system-aarch64 -M virt -cpu neoverse-n1 -accel "tcg,thread=multi") console=ttyAMA0 ;;
  *) printf 'boot: no machine for ARCH=%s\n' "$ARCH" >&2; exit 2 ;;
esac
command -v "${machine[0]}" > /dev/null || { printf 'boot: %s is not here\n' "${machine[0]}" >&2; exit 2; }

# An oops is a panic, and a panic ends QEMU: nothing goes on after the kernel found something wrong. rseq_debug
# makes the kernels that have it check all that sections hand to them.
append="console=$console quiet loglevel=5 panic=-1 oops=panic rseq_debug=1 percpu.millis=$MILLIS percpu.tests=$(IFS=,; printf '%s' "$*") $PARAMETERS"

printf 'fact package=%s\nfact commit=%s\nfact vcpus=%s\nfact millis=%s\n' "$PACKAGE" "$COMMIT" "$VCPUS" "$MILLIS"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
timeout --foreground --kill-after=10 "$LIMIT" "${machine[@]}" -smp "$VCPUS" -m "$MEMORY" \
  -nodefaults -display none -serial stdio -no-reboot -kernel vmlinuz -initrd initramfs -append "$append" \
  < /dev/null 2>&1 | sed -u 's/\r//g' | tee "$log" || status=$?

tests=$(sed -n 's/^guest: status \([0-9]*\)$/\1/p' "$log" | tail -n 1)
complaint=$(grep -m 1 -E 'Kernel panic|BUG:|Oops|Out of memory:|WARNING: CPU' "$log" || true)
if [ "$status" = 0 ] && [ -z "$complaint" ] && [ -n "$tests" ] && grep -qE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log"; then
  exit "$tests"
fi
case $status in
  0) printf 'boot: the guest ended %s' "${complaint:+after its kernel said "$complaint"}"
     if [ -z "$complaint" ]; then printf 'without a status of its tests'; fi ;;
  124|137) printf 'boot: the guest was not done after %s s' "$LIMIT" ;;
  *) printf 'boot: %s ended with %s' "${machine[0]}" "$status" ;;
esac
printf '; the last lines of its console were:\n'
tail -n 20 "$log" | sed 's/^/  | /'
exit 2
