#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make test-kernel-smoke: one guest of the other CPU and some of its tests, where all that it takes is at hand. Nothing
# is built for it but the guest.

# shellcheck source=../../jdk-patch/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-patch/lib.sh"

skip() {
  say "skipped: $*"
  printf '0 passed, 0 failed, 1 skipped\n'
  exit 0
}

arch=aarch64
[ "$MACHINE" != "$arch" ] || skip "this is an $arch machine, make test is the test"
for tool in "$arch-linux-gnu-gcc" buildah mmdebstrap; do
  command -v "$tool" > /dev/null || skip "$tool is not here; make deps TARGET=$arch IMAGES=1 installs it"
done
TARGET=$arch "$PATCHES/build.sh" --cached > /dev/null ||
  skip "no $arch JDK for these inputs in $CACHE; make jdk TARGET=$arch makes one, in 40 minutes"
"$TOP/container/base.sh" || skip "the image that the guest's is built on cannot be made here"
"$PATCHES/build.sh" > /dev/null
"$PATCHES/source.sh"
MILLIS=500 LIMIT=900 exec "$TOP/container/kernel/test.sh" 6.12 "$arch" registration-glibc registration-jvm adds-int-mm_cid \
  adds-C1-cpu_id adds-C2-mm_cid operations-C2 emitted-code-mm_cid structure-stack structure-list
