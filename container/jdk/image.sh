#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make image-jdk: localhost/percpu-jdk, a Debian with what programs commonly need of the patched JDK, and a demo.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"
# shellcheck source=../lib.sh source-path=SCRIPTDIR
. "$TOP/container/lib.sh"

# All but desktop programs, compilers and tools.
MODULES=java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.sql,java.xml
MODULES+=,jdk.crypto.cryptoki,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs,jdk.incubator.percpu
LIMIT_MB=150

"$TOP/container/base.sh"
jdk=$BUILD/images/$DEBUG_LEVEL/jdk
[ -d "$jdk/jmods" ] || die "there is no JDK in $jdk: run make jdk$OF"
context=$BUILD/container/jdk
rm -rf "$context"
mkdir -p "$context"
"$jdk/bin/jlink" --module-path "$jdk/jmods" --add-modules "$MODULES" --strip-java-debug-attributes --no-header-files \
  --no-man-pages --compress zip-6 --output "$context/jdk" 2>&1 | grep -v -i '^warning' >&2 || true
[ -x "$context/jdk/bin/java" ] || die "jlink failed: see above"
# Half of what starting takes. Not jlink's option for it, which adds a second archive for heaps above 32 GB.
"$context/jdk/bin/java" -Xshare:dump > "$context/dump.log" 2>&1 || die "java -Xshare:dump failed: see $context/dump.log"
rm "$context/dump.log"
"$jdk/bin/javac" -nowarn -Xlint:none --add-modules jdk.incubator.percpu -d "$context/demo" "$TOP/container/jdk/Demo.java" \
  2>&1 | grep -v '^warning\|^1 warning' >&2 || true
cp "$TOP/container/jdk/Containerfile" "$context/"
image=localhost/percpu-jdk:$OF_TAG$DEBUG_LEVEL
build_image "$image" "$context"

# What it says, run as it will be; and what it weighs.
container=$(buildah from "$image")
trap 'buildah rm "$container" > /dev/null 2>&1 || true' EXIT
mapfile -t command < <(sed -n 's/^CMD \[\(.*\)\]$/\1/p' "$context/Containerfile" | tr ',' '\n' | sed 's/^ *"//; s/" *$//')
buildah run --isolation "${BUILDAH_ISOLATION:-chroot}" "$container" -- "${command[@]}"
megabytes=$(buildah run --user 0 --isolation "${BUILDAH_ISOLATION:-chroot}" "$container" -- du -smx / | cut -f1)
say "image: $image, $megabytes MB; docker run or podman run starts the same demo"
[ "$megabytes" -lt $LIMIT_MB ] || die "the image has $megabytes MB, it should have less than $LIMIT_MB"
