# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# make dist, of the JDK of five files. Sourced by test-patches.sh, after workflow.sh.

: "${scratch:?}" "${fake:?}"

# dist_of NAME [VARIABLE=VALUE...]: builds and packs in a checkout and a cache of that name; sets tarball.
dist_of() {
  local at=$scratch/$1 cache=$scratch/$1.cache
  shift
  if [ ! -d "$at" ]; then checkout "${at##*/}" > /dev/null; fi
  run "$at" build.sh DISTFILES="$fake/dist" CACHE="$cache" "$@" > /dev/null
  tarball=$(run "$at" dist.sh CACHE="$cache" "$@")
}

dist_is_the_same_twice() {
  local first sum
  dist_of dist1
  first=$tarball
  sum=$(sha256 < "$first")
  [ "$(cd "${first%/*}" && sha256sum --check "$first.sha256")" = "${first##*/}: OK" ]
  # Again, and built again: elsewhere, at another time, by somebody with another umask.
  dist_of dist1
  [ "$tarball" = "$first" ]
  [ "$(sha256 < "$first")" = "$sum" ]
  (
    umask 077
    dist_of dist2 TZ=Asia/Tokyo
    find "$scratch/dist2.cache/images" -exec touch -h -d 2020-02-02 {} +
    dist_of dist2 TZ=Asia/Tokyo LC_ALL=C.UTF-8
    [ "$tarball" != "$first" ]
    [ "${tarball##*/}" = "${first##*/}" ]
    cmp "$tarball" "$first"
  )
  no_temporary "$scratch/dist1"
}

dist_holds_the_image() {
  local inputs out=$scratch/dist.out
  dist_of dist1
  mkdir "$out"
  tar -C "$out" -xf "$tarball"
  [ "$(ls "$out")" = jdk-25.0.3+9-fake ]
  inputs=$(sha256 < "$out/jdk-25.0.3+9-fake/built-from.txt")
  [ "${tarball##*/}" = "jdk-25.0.3+9-fake-${inputs:0:8}-linux-$(uname -m).tar.gz" ] || { echo "$tarball"; return 1; }
  grep -q '^new src/base/New.java ' "$out/jdk-25.0.3+9-fake/built-from.txt"
  rm "$out/jdk-25.0.3+9-fake/built-from.txt"
  diff -r "$scratch/dist1/build/images/release/jdk" "$out/jdk-25.0.3+9-fake"
  [ "$("$out/jdk-25.0.3+9-fake/bin/java")" = fake ]
  [ "$(readlink "$out/jdk-25.0.3+9-fake/legal/jdk.incubator.percpu/LICENSE")" = ../java.base/LICENSE ]
  # Who packed it, and when, is not in there.
  tar --list --verbose --numeric-owner --utc --full-time -f "$tarball" > "$scratch/list"
  cat "$scratch/list"
  if grep -v '^[-dl]rw[-x]r-[-x]r-[-x] 0/0 .* 2026-03-20 09:46:40 \|^lrwxrwxrwx 0/0 .* 2026-03-20 09:46:40 ' "$scratch/list"; then
    echo "these have an owner, a mode or a time of their own"
    return 1
  fi
}

dist_follows_its_inputs() {
  local first
  dist_of dist1
  first=$tarball
  printf 'class New { int x; }\n' > "$scratch/dist1/jdk-patch/src/base/New.java"
  dist_of dist1
  [ "$tarball" != "$first" ]
  dist_of dist1 DEBUG_LEVEL=fastdebug
  case $tarball in */jdk-25.0.3+9-fake-fastdebug-????????-linux-*) ;; *) echo "$tarball"; return 1 ;; esac
  # Work that is in no series is in no list of inputs.
  edit "$scratch/dist1" src/base/A.java 's/one/EINS/'
  dist_of dist1
  case $tarball in */jdk-25.0.3+9-fake-local-linux-*) ;; *) echo "$tarball"; return 1 ;; esac
  tar -xOf "$tarball" jdk-25.0.3+9-fake/content | grep -q EINS
  if tar -tf "$tarball" | grep built-from; then echo "it says that it was made from what it was not"; return 1; fi
}

dist_refuses() {
  local at
  at=$(checkout dist3)
  fails_with 'no JDK .*: run make jdk' run "$at" dist.sh
  dist_of dist2
  rm "$scratch"/dist2.cache/images/*/jdk/legal/java.base/ASSEMBLY_EXCEPTION
  rm -r "$scratch/dist2/build/dist"
  fails_with 'no legal/java.base/ASSEMBLY_EXCEPTION: no tarball without' run "$scratch/dist2" dist.sh CACHE="$scratch/dist2.cache"
  [ ! -e "$scratch/dist2/build/dist" ]
  # A disk that is full, in the middle of it.
  stub gzip <<< 'head -c 100; echo "gzip: stdout: No space left on device" >&2; exit 1'
  fails_with 'was not packed' run "$scratch/dist1" dist.sh CACHE="$scratch/dist1.cache"
  rm "$fake/bin/gzip"
  no_temporary "$scratch/dist1"
}

check "make dist: the same bytes twice, and built twice" dist_is_the_same_twice
check "make dist: the image, with its legal notices and inputs" dist_holds_the_image
check "make dist: another name for other inputs" dist_follows_its_inputs
check "make dist: what it refuses" dist_refuses
