#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make docs: docs/api in the build folder, the javadoc of the module jdk.incubator.percpu. Fails if doclint or javadoc has
# anything to say. Called by with-jdk.sh.

set -euo pipefail

: "${JDK:?}" "${SOURCE:?}" "${BUILD:?}"
top=$(cd "$(dirname "$0")/.." && pwd)
out=$BUILD/docs/api
new=$out.tmp.$$
tags=$new.tags
trap 'rm -rf "$new" "$tags"' EXIT
mkdir -p "$new" "$tags"

# The tags that only the JDK's own documentation has.
taglets=$SOURCE/make/jdk/src/classes
"$JDK/bin/javac" -nowarn -d "$tags" -sourcepath "$taglets" "$taglets"/build/tools/taglet/{Incubating,ModuleGraph}.java
"$JDK/bin/javadoc" -quiet -Xdoclint:all -Werror -d "$new" --module jdk.incubator.percpu \
  --module-source-path "jdk.incubator.percpu=$top/jdk-patch/src/jdk.incubator.percpu/share/classes" \
  -tag 'apiNote:a:API Note:' -tag 'implSpec:a:Implementation Requirements:' -tag 'implNote:a:Implementation Note:' \
  -tag param -tag return -tag throws -tag since -tag see \
  -taglet build.tools.taglet.Incubating -taglet build.tools.taglet.ModuleGraph -tagletpath "$tags"
rm -rf "$out"
mv "$new" "$out"
echo "docs: ${out#"$top/"}/index.html"
