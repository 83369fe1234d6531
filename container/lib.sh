# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# What the scripts of this folder share, beside jdk-build/lib.sh. Sourced, never run.

# The Debian that images are made of: its QEMU is 10. An older one, 7.2, crashes x86 guests now and then.
: "${IMAGE_SUITE:=trixie}"

: "${BASE:=}"

need() { command -v "$1" > /dev/null || die "$1 is not here: run make deps IMAGES=1$OF"; }

# Images of another JDK than the default one have its number in their tags.
# shellcheck disable=SC2034
OF_TAG=${OTHER_JDK:+$OTHER_JDK-}

base_image() { printf '%s\n' "${BASE:-localhost/percpu-base:$IMAGE_SUITE}"; }

image_exists() { buildah inspect --type image "$1" > /dev/null 2>&1; }

# build_image NAME FOLDER: from FOLDER/Containerfile. Isolated by chroot, which works where namespaces do not.
build_image() {
  local name=$1 folder=$2 log=$2.log old
  need buildah
  say "image: $name"
  old=$(buildah images -q "$name" 2> /dev/null || true)
  buildah bud -q --layers --isolation "${BUILDAH_ISOLATION:-chroot}" --build-arg BASE="$(base_image)" -t "$name" "$folder" \
    > "$log" 2>&1 < /dev/null || die_log "$log" "the image $name was not built"
  # The one that had the name.
  if [ -n "$old" ] && [ "$old" != "$(buildah images -q "$name")" ]; then buildah rmi "$old" > /dev/null 2>&1 || true; fi
}
