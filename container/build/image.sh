#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make image-build: localhost/percpu-build, a Debian with everything that make deps installs. It is of this machine's
# release, so that the JDK it builds is the one that is built here.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"
IMAGE_SUITE=$(debian_codename)
# shellcheck source=../lib.sh source-path=SCRIPTDIR
. "$TOP/container/lib.sh"

export IMAGE_SUITE
"$TOP/container/base.sh"
context=$BUILD/container/build
rm -rf "$context"
mkdir -p "$context/percpu"
cp -a "$TOP/Makefile" "$TOP/jdk-build" "$TOP/jdk-patch" "$context/percpu/"
cp "$TOP/container/build/Containerfile" "$context/"
build_image localhost/percpu-build "$context"
