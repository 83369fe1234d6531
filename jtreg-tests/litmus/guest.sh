#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make test-litmus TARGET=aarch64: the litmus tests in a guest of that CPU, Linux KERNEL.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"

arch=$TARGET
export TARGET=
IMAGES=1 TARGET=$arch "$SCRIPTS/deps.sh"
# Its javac compiles what runs in the guest.
"$SCRIPTS/build.sh" > /dev/null
"$SCRIPTS/source.sh"
"$SCRIPTS/with-jdk.sh" "$TOP/jtreg-tests/litmus/run.sh" compile
LITMUS=$BUILD/test/$DEBUG_LEVEL/litmus/target "$TOP/container/kernel/test.sh" "$KERNEL" "$arch" litmus
