#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# Prints the folder of the libraries that Render.java is run with: below the cache, and fetched by Maven if it is not there.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/percpu-jdk}

wanted=$(sha256sum < "$here/pom.xml")
folder=$CACHE/render/${wanted:0:16}
if [ ! -d "$folder" ]; then
  command -v mvn > /dev/null || { echo "render: mvn not found; run 'make deps' (Debian's package is maven)" >&2; exit 1; }
  part=$folder.tmp.$$
  trap 'rm -rf "$part" "$part.log"' EXIT
  mkdir -p "$part"
  if ! mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$part" \
      > "$part.log" 2>&1 < /dev/null; then
    grep -E 'ERROR|Could not' "$part.log" | head -n 3 >&2 || true
    echo "render: Maven cannot fetch Jackson and Commons Statistics (it needs Maven Central once)" >&2
    exit 1
  fi
  # Another run may have been faster.
  mv -T "$part" "$folder" 2> /dev/null || [ -d "$folder" ]
fi
printf '%s\n' "$folder"
