#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make image-base: localhost/percpu-base, a Debian to build the other images on where no registry can be reached.
# It is made from the package sources of this machine; BASE= names another image instead.

# shellcheck source=../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../jdk-build/lib.sh"
# shellcheck source=../jdk-build/apt.sh source-path=SCRIPTDIR
. "$SCRIPTS/apt.sh"
# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$TOP/container/lib.sh"

name=$(base_image)
# A name from the user is for buildah to find, or to fetch.
if [ -n "$BASE" ]; then exit; fi
if image_exists "$name"; then
  say "base: $name is there"
  exit
fi
need mmdebstrap
need buildah
work=$BUILD/container/base
mkdir -p "$work"
foreign_sources "$IMAGE_SUITE" deb "$work/sources" || die "no Debian source in /etc/apt to make $name from: name one with BASE=image"
say "base: $name, from this machine's sources (about a minute)"
# As Debian's own images for containers: the least that there is, without documentation.
mmdebstrap --variant=minbase --components=main --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  "$IMAGE_SUITE" "$work/base.part.tar" "$work"/sources/* > "$work/log" 2>&1 ||
  die_log "$work/log" "mmdebstrap failed"
container=$(buildah from scratch)
trap 'buildah rm "$container" > /dev/null 2>&1 || true' EXIT
buildah add -q "$container" "$work/base.part.tar" / > /dev/null
buildah config --env DEBIAN_FRONTEND=noninteractive "$container"
buildah commit -q "$container" "$name" > /dev/null
rm -f "$work/base.part.tar"
say "base: $name, made"
