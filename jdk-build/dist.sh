#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make dist: dist/jdk-VERSION-INPUTS-linux-CPU.tar.gz and its .sha256 in the build folder. INPUTS are the first 8 digits of the
# sha256 of what the image was made from, which built-from.txt in the tarball lists: series, new files, configure, compiler.
#
# The same image gives the same bytes here, whoever packs it. The image is the same if it is built again from the same
# inputs, as far as these go: the JDK that compiles and the libraries and headers of the system are not among them. An
# image of work that is not in the series has the name local and no such list.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

image=$(readlink -m "$BUILD/images/$FLAVOUR")
[ -x "$image/jdk/bin/java" ] || die "there is no JDK in $BUILD/images/$FLAVOUR: run make jdk$OF"
for notice in legal/java.base/{LICENSE,ASSEMBLY_EXCEPTION,ADDITIONAL_LICENSE_INFO} legal/jdk.incubator.percpu/LICENSE; do
  [ -s "$image/jdk/$notice" ] || die "$image/jdk has no $notice: no tarball without the legal notices"
done
version=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "$image/jdk/release")
[ -n "$version" ] || die "$image/jdk/release does not say JAVA_RUNTIME_VERSION"

what=(jdk) inputs=local
if [ -f "$image/inputs" ]; then
  what+=(inputs)
  inputs=$(sha256 < "$image/inputs")
fi
folder=jdk-$version
if [ "$DEBUG_LEVEL" != release ]; then folder+=-$DEBUG_LEVEL; fi
name=$folder-${inputs:0:8}-linux-$TARGET.tar.gz
dist=$BUILD/dist
part=$dist/$name.tmp.$$
trap 'rm -f "$part" "$part.sha256"' EXIT
mkdir -p "$dist"

say "packing $name"
tar -C "$image" --create --format=gnu --sort=name --mtime="@$SOURCE_DATE" --owner=0 --group=0 --numeric-owner \
  --mode=u=rwX,go=rX --hard-dereference --transform="flags=rS;s,^jdk,$folder,;s,^inputs\$,$folder/built-from.txt," \
  "${what[@]}" | gzip -9 --no-name > "$part" || die "$name was not packed: see above; is the disk full?"
printf '%s  %s\n' "$(sha256 < "$part")" "$name" > "$part.sha256"
mv "$part" "$dist/$name"
mv "$part.sha256" "$dist/$name.sha256"
say "dist: $(($(stat -c %s "$dist/$name") / 1000000)) MB, sha256 $(cut -d' ' -f1 "$dist/$name.sha256")"
printf '%s\n' "$dist/$name"
