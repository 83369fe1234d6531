# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# The scripts of jdk-build on a JDK of five files, without a network. Sourced by test-patches.sh, before the files beside
# it that use the same JDK.

: "${scratch:?}"       # test-patches.sh's folder, removed when it ends
fake=$scratch/fake   # the stub programs, the tarball and its pin
mkdir -p "$fake/bin" "$fake/dist" "$fake/jdk/src/base" "$fake/jdk/make/conf"

stub() { # NAME: a program that stands before the real one in PATH; its text comes on stdin
  { printf '#!/bin/bash\n'; cat; } > "$fake/bin/$1"
  chmod +x "$fake/bin/$1"
}
stub apt-get <<< 'echo "E: Could not resolve the mirror" >&2; exit 100'
stub apt-cache <<< 'exit 100'

printf 'one\ntwo\nthree\n' > "$fake/jdk/src/base/A.java"
printf 'uno\ndue\ntre\n' > "$fake/jdk/src/base/B.java"
printf '*.orig\n' > "$fake/jdk/.gitignore"
printf 'kept although ignored\n' > "$fake/jdk/src/base/C.orig"
printf 'DEFAULT_VERSION_FEATURE=25\nDEFAULT_VERSION_INTERIM=0\nDEFAULT_VERSION_UPDATE=3\n' \
  > "$fake/jdk/make/conf/version-numbers.conf"
# Its configure and make do what build.sh relies on, and count how often they ran.
cat > "$fake/jdk/configure" <<'EOF'
[ ! -e "$FAKE_CONFIGURE_FAILS" ] || { echo "configure: error: no compiler"; exit 1; }
[ -z "${OF_JDK:-}" ] || { echo "configure: error: OF_JDK is set"; exit 1; }
echo configure >> "$FAKE_RUNS"
source=$(cd "$(dirname "$0")" && pwd)
touch spec.gmk
cat > Makefile <<END
.RECIPEPREFIX := >
jdk-image:
> @bash $source/make/image.sh $source
test-image-hotspot-jtreg-native test-image-jdk-jtreg-native: jdk-image
> @mkdir -p images/test
hotspot:
> @bash $source/make/hotspot.sh $source
END
EOF
cat > "$fake/jdk/make/image.sh" <<'EOF'
echo make >> "$FAKE_RUNS"
if [ -e "$FAKE_MAKE_FAILS" ]; then echo "A.java: error: no such thing"; exit 1; fi
for i in 1 2 3; do echo "Compiling f$i.cpp (for libjvm.so)"; done
mkdir -p images/jdk/bin
cat "$1"/src/base/*.java > images/jdk/content
printf '#!/bin/sh\necho fake\n' > images/jdk/bin/java
chmod +x images/jdk/bin/java
printf 'JAVA_RUNTIME_VERSION="25.0.3+9-fake"\n' > images/jdk/release
mkdir -p images/jdk/legal/java.base images/jdk/legal/jdk.incubator.percpu
for notice in LICENSE ASSEMBLY_EXCEPTION ADDITIONAL_LICENSE_INFO; do
  echo "$notice" > images/jdk/legal/java.base/$notice
  ln -sf ../java.base/$notice images/jdk/legal/jdk.incubator.percpu/$notice
done
EOF
# It is up to date as long as no file is newer than what was built.
cat > "$fake/jdk/make/hotspot.sh" <<'EOF'
! grep -rn "does not compile" "$1/src" || exit 1
for file in "$1"/src/base/*.java; do
  if [ ! -e hotspot.built ] || [ "$file" -nt hotspot.built ]; then echo "hotspot ${file##*/}" >> "$FAKE_RUNS"; fi
done
touch hotspot.built
EOF
tar -C "$fake" --transform 's,^jdk,jdk-25-pristine,' -cJf "$fake/dist/fake.tar.xz" jdk
mkdir -p "$fake/boot/bin"
printf 'JAVA_VERSION="25.0.3"\n' > "$fake/boot/release"
printf '#!/bin/sh\nexit 0\n' | tee "$fake/boot/bin/java" > "$fake/boot/bin/javac"
chmod +x "$fake/boot/bin/java" "$fake/boot/bin/javac"

checkout() { # NAME: a checkout of this project without its series and new files, pinned to the fake tarball
  local at=$scratch/$1
  mkdir -p "$at/jdk-build" "$at/jdk-patch/25" "$at/jdk-patch/src/base" "$at/hotspot-intrinsics/src/hotspot"
  cp "$SCRIPTS"/*.sh "$at/jdk-build"
  cat > "$at/jdk-patch/25/upstream" <<EOF
VERSION=25.0.3+9
TARBALL=fake.tar.xz
SHA256=$(sha256 < "$fake/dist/fake.tar.xz")
TREE=none
SOURCE_PACKAGE=fake
SOURCE_VERSION=25.0.3+9
SUITES=(trixie sid)
SNAPSHOT_URL=file:/nowhere/at/all
GIT_URL=file:///nowhere/at/all
GIT_TAG=jdk-25.0.3+9
GIT_SURPLUS=(surplus 'src/base/lib/*' ':!src/base/lib/kept')
SOURCE_DATE=1774000000
EOF
  printf 'class New {}\n' > "$at/jdk-patch/src/base/New.java"
  printf '// rseq\n' > "$at/hotspot-intrinsics/src/hotspot/rseq.hpp"
  printf '%s' "$at"
}

# run CHECKOUT "SCRIPT [ARGUMENT]" [VARIABLE=VALUE...]: with the stubs, a cache of its own and no other setting of ours.
run() {
  local at=$1
  local -a script
  read -ra script <<< "$2"
  shift 2
  env -u PERCPU_BUILD_LOCKED -u DEBUG_LEVEL -u OF_JDK -u SERIES -u UNPATCHED PATH="$fake/bin:$PATH" CACHE="$scratch/cache" DISTFILES= JDK_SRC= \
    JOBS= CONFIGURE_ARGS= BOOT_JDK="$fake/boot" FAKE_RUNS="$scratch/runs" \
    FAKE_CONFIGURE_FAILS="$scratch/configure-fails" FAKE_MAKE_FAILS="$scratch/make-fails" \
    "$@" "$at/jdk-build/${script[0]}" "${script[@]:1}"
}
source_of() { run "$1" source.sh DISTFILES="$fake/dist" "${@:2}"; }
commit_all() { git_plain -C "$1/build/source" -c user.name=Dev -c user.email=dev@example.org commit --quiet --all --message "$2"; }
edit() { sed -i "$3" "$1/build/source/$2"; }

# fails_with PATTERN COMMAND...: the command fails and says so in one line that the pattern matches.
fails_with() {
  local pattern=$1 status=0
  shift
  "$@" > "$scratch/out" 2>&1 || status=$?
  cat "$scratch/out"
  [ $status != 0 ] || { echo "it did not fail"; return 1; }
  [ "$(grep -c '^error: ' "$scratch/out")" = 1 ] || { echo "wanted one line 'error: ...'"; return 1; }
  grep -qE "^error: .*$pattern" "$scratch/out" || { echo "wanted: $pattern"; return 1; }
}
# prints PATTERN COMMAND...: the command succeeds and prints such a line.
prints() {
  local pattern=$1
  shift
  "$@" > "$scratch/out" 2>&1 || { cat "$scratch/out"; return 1; }
  cat "$scratch/out"
  grep -qE -e "$pattern" "$scratch/out" || { echo "wanted: $pattern"; return 1; }
}
said_once() { # PATTERN...: each is in one line of what the last command said
  local pattern
  for pattern in "$@"; do
    [ "$(grep -cE -e "$pattern" "$scratch/out")" = 1 ] || { cat "$scratch/out"; echo "wanted once: $pattern"; return 1; }
  done
}
ends_with() { # STATUS COMMAND...
  local wanted=$1 status=0
  shift
  "$@" > "$scratch/out" 2>&1 || status=$?
  [ $status = "$wanted" ] || { cat "$scratch/out"; echo "it ended with $status, wanted $wanted"; return 1; }
}
nothing_left() { # nothing but the lock in build/
  [ -z "$(find "$1/build" -mindepth 1 ! -name .lock)" ] || { find "$1/build" -maxdepth 2; return 1; }
}
no_temporary() { [ -z "$(find "$1/build" "$1/jdk-patch" "$scratch/cache" -name '*.tmp*')" ]; }

source_makes_a_tree() {
  local at tree
  at=$(checkout first)
  source_of "$at"
  tree=$at/build/source
  [ "$(git_plain -C "$tree" rev-parse --abbrev-ref HEAD)" = percpu ]
  [ "$(git_plain -C "$tree" rev-parse HEAD)" = "$(git_plain -C "$tree" rev-parse 'upstream^{commit}')" ]
  [ -z "$(git_plain -C "$tree" status --porcelain)" ]
  git_plain -C "$tree" ls-files | grep -qx src/base/C.orig
  cmp "$tree/src/base/New.java" "$at/jdk-patch/src/base/New.java"
  [ "$(readlink "$tree/src/hotspot/rseq.hpp")" = ../../../../hotspot-intrinsics/src/hotspot/rseq.hpp ]
  no_temporary "$at"
}

source_is_reproducible() {
  local other
  other=$(checkout second)
  source_of "$other"
  [ "$(git_plain -C "$scratch/first/build/source" rev-parse HEAD)" = "$(git_plain -C "$other/build/source" rev-parse HEAD)" ]
}

source_again_does_nothing() {
  local before
  before=$(find "$scratch/first/build/source" -path '*/.git' -prune -o -printf '%p %T@\n')
  source_of "$scratch/first"
  [ "$before" = "$(find "$scratch/first/build/source" -path '*/.git' -prune -o -printf '%p %T@\n')" ]
}

wrong_hash() {
  local at
  at=$(checkout hash)
  mkdir "$scratch/bad"
  printf 'not the tarball\n' > "$scratch/bad/fake.tar.xz"
  fails_with 'has sha256 .* wants ' run "$at" source.sh DISTFILES="$scratch/bad"
  nothing_left "$at"
  source_of "$at"
}

damaged_tarball() {
  local at
  at=$(checkout damaged)
  mkdir "$scratch/short"
  head -c 200 "$fake/dist/fake.tar.xz" > "$scratch/short/fake.tar.xz"
  sed -i "s/^SHA256=.*/SHA256=$(sha256 < "$scratch/short/fake.tar.xz")/" "$at/jdk-patch/25/upstream"
  fails_with 'does not unpack' run "$at" source.sh DISTFILES="$scratch/short"
  nothing_left "$at"
}

no_network() {
  local at
  at=$(checkout offline)
  fails_with 'no network\?.*DISTFILES=' run "$at" source.sh
  nothing_left "$at"
  fails_with 'DISTFILES=.* is not a folder' run "$at" source.sh DISTFILES="$scratch/not-there"
  nothing_left "$at"
  source_of "$at"
}

interrupted() {
  local at
  at=$(checkout interrupted)
  mkdir -p "$at/build/source.tmp.1/src" "$at/build/fetch.tmp.1"
  source_of "$at"
  no_temporary "$at"
}

made_by_hand() {
  local at
  at=$(checkout hand)
  source_of "$at"
  rm "$at/build/source/.git/percpu-stamp" "$at/build/source/.git/info/exclude" "$at/build/source/.git/percpu-links"
  edit "$at" src/base/A.java 's/one/ICHI/'
  prints 'taken as it is' source_of "$at"
  grep -q ICHI "$at/build/source/src/base/A.java"
  fails_with 'not committed' run "$at" export.sh
  commit_all "$at" "By hand"
  run "$at" export.sh
  source_of "$at"
}

own_checkout() {
  local at before own=$scratch/own
  at=$(checkout ours)
  cp -r "$fake/jdk" "$own"
  git_plain init --quiet "$own"
  git_plain -C "$own" add --all --force .
  git_plain -C "$own" -c user.name=U -c user.email=u@example.org commit --quiet --message own
  before=$(cd "$own" && find . -printf '%p %T@ %s\n' | sort)
  fails_with 'is not a folder' run "$at" source.sh JDK_SRC="$scratch/not-there"
  fails_with 'holds no OpenJDK source' run "$at" source.sh JDK_SRC="$fake/dist"
  nothing_left "$at"
  run "$at" source.sh JDK_SRC="$own"
  cmp "$own/src/base/A.java" "$at/build/source/src/base/A.java"
  [ "$before" = "$(cd "$own" && find . -printf '%p %T@ %s\n' | sort)" ] || { echo "JDK_SRC was changed"; return 1; }
  at=$(checkout ours2)
  git_plain -C "$own" tag jdk-25.0.2+1
  fails_with 'is at jdk-25.0.2' run "$at" source.sh JDK_SRC="$own"
  sed -i 's/UPDATE=3/UPDATE=2/' "$own/make/conf/version-numbers.conf"
  fails_with 'is OpenJDK 25.0.2' run "$at" source.sh JDK_SRC="$own"
  nothing_left "$at"
}

export_writes_the_series() {
  local at=$scratch/first
  edit "$at" src/base/A.java 's/two/TWO/'; commit_all "$at" "Change A"
  edit "$at" src/base/B.java 's/due/DUE/'; commit_all "$at" "Change B"
  run "$at" export.sh
  [ "$(cat "$at/jdk-patch/25/series")" = $'0001-Change-A.patch\n0002-Change-B.patch' ]
  prints '2 patches' source_of "$at"
  no_temporary "$at"
}

export_ignores_the_users_settings() {
  local at=$scratch/first
  cat > "$scratch/gitconfig" <<'EOF'
[diff]
  noprefix = true
  context = 9
  algorithm = patience
  renames = copies
  mnemonicPrefix = true
[core]
  abbrev = 5
[format]
  signature = mine
  numbered = true
  pretty = oneline
  attach = x
  subjectPrefix = MINE
  useAutoBase = true
  coverLetter = true
[user]
  name = Someone Else
EOF
  rm "$at"/jdk-patch/25/*.patch "$at/jdk-patch/25/series"
  git_plain -C "$at/build/source" -c user.name=x -c user.email=x@example.org commit --quiet --amend --no-edit
  run "$at" export.sh
  cp -r "$at/jdk-patch" "$scratch/plain"
  rm "$at"/jdk-patch/25/*.patch "$at/jdk-patch/25/series"
  run "$at" export.sh GIT_CONFIG_GLOBAL="$scratch/gitconfig" GIT_CONFIG_SYSTEM="$scratch/gitconfig" LC_ALL=C.UTF-8 TZ=Asia/Tokyo
  diff -r "$scratch/plain" "$at/jdk-patch"
}

series_makes_the_same_tree_elsewhere() {
  local at=$scratch/second
  cp "$scratch/first/jdk-patch"/25/*.patch "$scratch/first/jdk-patch/25/series" "$at/jdk-patch/25"
  touch -d 2020-01-01 "$at/build/source/src/base/C.orig"
  source_of "$at"
  [ "$(git_plain -C "$at/build/source" rev-parse 'HEAD^{tree}')" = "$(git_plain -C "$scratch/first/build/source" rev-parse 'HEAD^{tree}')" ]
  grep -q TWO "$at/build/source/src/base/A.java"
  no_temporary "$at"
}

changed_series_leaves_other_files_alone() {
  local at=$scratch/second
  touch -d 2020-01-01 "$at/build/source/src/base/A.java"
  sed -i 's/DUE/ZWEI/' "$at/jdk-patch/25/0002-Change-B.patch"
  source_of "$at"
  grep -q ZWEI "$at/build/source/src/base/B.java"
  [ "$(date -r "$at/build/source/src/base/A.java" +%Y)" = 2020 ] || { echo "a file that no patch changed was rewritten"; return 1; }
  [ -z "$(git_plain -C "$at/build/source" status --porcelain)" ]
}

bad_patch() {
  local at before
  at=$(checkout conflict)
  cp "$scratch/first/jdk-patch"/25/*.patch "$scratch/first/jdk-patch/25/series" "$at/jdk-patch/25"
  sed -i 's/^-due/-nowhere/' "$at/jdk-patch/25/0002-Change-B.patch"
  fails_with '0002-Change-B.patch does not apply' source_of "$at"
  nothing_left "$at"
  cp "$scratch/first/jdk-patch"/25/*.patch "$at/jdk-patch/25"
  source_of "$at"
  # The same in a tree that is there: it stays as it was.
  before=$(git_plain -C "$at/build/source" rev-parse HEAD)
  sed -i 's/^-two/-nowhere/' "$at/jdk-patch/25/0001-Change-A.patch"
  fails_with '0001-Change-A.patch does not apply' source_of "$at"
  [ "$before" = "$(git_plain -C "$at/build/source" rev-parse HEAD)" ]
  [ -z "$(git_plain -C "$at/build/source" status --porcelain)" ]
  no_temporary "$at"
  printf '0009-gone.patch\n' >> "$at/jdk-patch/25/series"
  fails_with 'names 0009-gone.patch, which is not' source_of "$at"
}

local_work_is_safe() {
  local at=$scratch/second
  edit "$at" src/base/A.java 's/three/THREE/'
  sed -i 's/ZWEI/DEUX/' "$at/jdk-patch/25/0002-Change-B.patch"
  fails_with 'make export' source_of "$at"
  commit_all "$at" "Local"
  fails_with 'make clean' source_of "$at"
  grep -q THREE "$at/build/source/src/base/A.java"
  run "$at" export.sh
  source_of "$at"
  grep -q THREE "$at/build/source/src/base/A.java"
}

export_refuses() {
  local at=$scratch/first tree=$scratch/first/build/source before
  before=$(cat "$at"/jdk-patch/25/*.patch | sha256)
  edit "$at" src/base/A.java 's/one/ONE/'
  fails_with 'not committed' run "$at" export.sh
  commit_all "$at" "fixup! Change A"
  fails_with 'autosquash' run "$at" export.sh
  git_plain -C "$tree" reset --quiet --hard HEAD~1
  printf 'x\n' > "$tree/src/base/Stray.java"
  fails_with 'Stray.java' run "$at" export.sh
  git_plain -C "$tree" add src/base/Stray.java
  commit_all "$at" "New file"
  fails_with 'Stray.java' run "$at" export.sh
  git_plain -C "$tree" reset --quiet --hard HEAD~1
  [ "$before" = "$(cat "$at"/jdk-patch/25/*.patch | sha256)" ]
  git_plain -C "$tree" reset --quiet --hard HEAD~1
  run "$at" export.sh
  [ "$(cat "$at/jdk-patch/25/series")" = 0001-Change-A.patch ]
  [ ! -e "$at/jdk-patch/25/0002-Change-B.patch" ]
  no_temporary "$at"
}

new_files_come_and_go() {
  local at=$scratch/first tree=$scratch/first/build/source
  mkdir -p "$at/jdk-patch/src/deep/er"
  printf 'x\n' > "$at/jdk-patch/src/deep/er/more.gmk"
  printf 'x\n' > "$at/jdk-patch/src/deep/er/More.java"
  source_of "$at"
  [ "$tree/src/deep/er/more.gmk" -ef "$at/jdk-patch/src/deep/er/more.gmk" ]
  cmp "$tree/src/deep/er/More.java" "$at/jdk-patch/src/deep/er/More.java"
  printf 'y\n' > "$at/jdk-patch/src/deep/er/More.java"
  source_of "$at"
  cmp "$tree/src/deep/er/More.java" "$at/jdk-patch/src/deep/er/More.java"
  rm -r "$at/jdk-patch/src/deep"
  source_of "$at"
  [ ! -e "$tree/src/deep" ]
}

another_branch() {
  local at=$scratch/second
  printf 'x\n' > "$at/jdk-patch/src/base/OfOneBranch.java"
  source_of "$at"
  rm "$at/jdk-patch/src/base/OfOneBranch.java"
  sed -i 's/ZWEI/DEUX/' "$at/jdk-patch/25/0002-Change-B.patch"
  source_of "$at"
  grep -q DEUX "$at/build/source/src/base/B.java"
  [ ! -e "$at/build/source/src/base/OfOneBranch.java" ]
}

edited_in_the_tree() {
  local at=$scratch/first tree=$scratch/first/build/source path
  for path in src/base/New.java src/hotspot/rseq.hpp; do
    rm "$tree/$path"
    printf 'by an editor that renames\n' > "$tree/$path"
    touch -d '+2 seconds' "$tree/$path"
    fails_with "$path was edited" source_of "$at"
    fails_with "$path was edited" run "$at" export.sh
    grep -q 'by an editor' "$tree/$path"
    rm "$tree/$path"
    source_of "$at"
  done
  printf 'x\n' > "$at/jdk-patch/src/base/A.java"
  fails_with 'files of OpenJDK itself.*A.java' source_of "$at"
  rm "$at/jdk-patch/src/base/A.java"
  source_of "$at"
}

runs() { grep -c "^$1$" "$scratch/runs" 2> /dev/null || true; }

image_is_built_once() {
  local at
  at=$(checkout image)
  prints "^$at/build/images/release/jdk/bin/java\$" run "$at" build.sh DISTFILES="$fake/dist"
  [ "$("$at/build/images/release/jdk/bin/java")" = fake ]
  prints '^jdk: release, from the cache' run "$at" build.sh
  [ "$(runs make)" = 1 ]
  [ "$(runs configure)" = 1 ]
  no_temporary "$at"
}

image_is_shared() {
  local at
  at=$(checkout image2)
  prints 'from the cache' run "$at" build.sh
  [ ! -e "$at/build/source" ]
  [ "$(runs make)" = 1 ]
}

image_follows_its_inputs() {
  local at=$scratch/image
  printf 'class New { int x; }\n' > "$at/jdk-patch/src/base/New.java"
  prints 'built in' run "$at" build.sh
  grep -q 'int x' "$at/build/images/release/jdk/content"
  [ "$(runs make)" = 2 ]
  [ "$(runs configure)" = 1 ]
  prints 'fastdebug, built in' run "$at" build.sh DEBUG_LEVEL=fastdebug
  [ -x "$at/build/images/fastdebug/jdk/bin/java" ]
  [ -x "$at/build/images/release/jdk/bin/java" ]
  prints 'built in' run "$at" build.sh CONFIGURE_ARGS="--with-x --with-y"
  [ "$(runs configure)" = 3 ]
  fails_with 'it must be release' run "$at" build.sh DEBUG_LEVEL=quick
}

own_work_is_built_but_not_kept() {
  local at=$scratch/image kept
  kept=$(ls "$scratch/cache/images")
  edit "$at" src/base/A.java 's/one/EINS/'
  prints 'as it is' run "$at" build.sh
  grep -q EINS "$at/build/images/release/jdk/content"
  [ "$kept" = "$(ls "$scratch/cache/images")" ]
  git_plain -C "$at/build/source" checkout --quiet -- .
  prints 'from the cache' run "$at" build.sh
  grep -q one "$at/build/images/release/jdk/content"
}

failed_builds() {
  local at=$scratch/image
  printf 'class New { int y; }\n' > "$at/jdk-patch/src/base/New.java"
  touch "$scratch/make-fails"
  fails_with 'the build failed.*; the whole log is .*/build/jdk-release.build.log$' run "$at" build.sh
  grep -q '^  A.java: error: no such thing$' "$scratch/out"
  rm "$scratch/make-fails"
  touch "$scratch/configure-fails"
  fails_with 'configure failed.*; the whole log is .*/build/jdk-release.configure.log$' run "$at" build.sh CONFIGURE_ARGS=--with-z
  grep -q '^  configure: error: no compiler$' "$scratch/out"
  rm "$scratch/configure-fails"
  prints 'built in' run "$at" build.sh
  no_temporary "$at"
}

cache_stays_small() {
  local at=$scratch/image n
  for n in 1 2 3 4 5 6 7 8 9 10 11; do
    printf 'class New { int z%s; }\n' $n > "$at/jdk-patch/src/base/New.java"
    run "$at" build.sh 2> /dev/null
  done
  [ "$(find "$scratch/cache/images" -mindepth 1 -maxdepth 1 | wc -l)" = 10 ]
  [ -x "$at/build/images/release/jdk/bin/java" ]
}

test_natives_are_added() {
  local at=$scratch/image before
  run "$at" build.sh
  before=$(runs make)
  run "$at" "build.sh --test-natives"
  [ -d "$at/build/images/release/test" ]
  [ "$(runs make)" = $((before + 1)) ]
  run "$at" "build.sh --test-natives"
  [ "$(runs make)" = $((before + 1)) ]
}

# two_jdks NAME: a checkout with another JDK beside 25, of the same five files but the version, without a series.
two_jdks() {
  local at tree=$fake/jdk27
  at=$(checkout "$1")
  if [ ! -d "$tree" ]; then
    cp -r "$fake/jdk" "$tree"
    sed -i 's/FEATURE=25/FEATURE=27/; s/UPDATE=3/UPDATE=0/' "$tree/make/conf/version-numbers.conf"
    sed -i 's/25\.0\.3+9/27+34/' "$tree/make/image.sh"
    tar -C "$fake" --transform 's,^jdk27,jdk-27-pristine,' -cJf "$fake/dist/fake27.tar.xz" jdk27
    cp -r "$fake/boot" "$fake/boot27"
    printf 'JAVA_VERSION="27"\n' > "$fake/boot27/release"
  fi
  mkdir -p "$at/jdk-patch/27" "$at/hotspot-intrinsics/only-25/src/hotspot"
  sed -e 's/25\.0\.3+9/27+34/; s/^TARBALL=.*/TARBALL=fake27.tar.xz/' \
    -e "s/^SHA256=.*/SHA256=$(sha256 < "$fake/dist/fake27.tar.xz")/" "$at/jdk-patch/25/upstream" > "$at/jdk-patch/27/upstream"
  printf '// what 27 has\n' > "$at/hotspot-intrinsics/only-25/src/hotspot/forward.hpp"
  printf '%s' "$at"
}
run27() { run "$1" "$2" OF_JDK=27 DISTFILES="$fake/dist" BOOT_JDK="$fake/boot27" "${@:3}"; }

another_jdk() {
  local at own=$scratch/own27
  at=$(two_jdks two)
  prints 'jdk-25.0.3.9, 0 patches, 3 new files' source_of "$at"
  prints "$at/build/27/source .jdk-27.34, 0 patches, 2 new files" run27 "$at" source.sh
  [ "$(readlink "$at/build/source/src/hotspot/forward.hpp")" = ../../../../hotspot-intrinsics/only-25/src/hotspot/forward.hpp ]
  [ ! -e "$at/build/27/source/src/hotspot/forward.hpp" ]
  [ "$(readlink "$at/build/27/source/src/hotspot/rseq.hpp")" = ../../../../../hotspot-intrinsics/src/hotspot/rseq.hpp ]
  cmp "$at/build/27/source/src/base/New.java" "$at/jdk-patch/src/base/New.java"
  # Each has its series.
  edit "$at" ../27/source/src/base/A.java 's/two/TWO/'
  fails_with 'build/27/source has changes .*make export JDK=27' run27 "$at" export.sh
  git_plain -C "$at/build/27/source" -c user.name=Dev -c user.email=dev@example.org commit --quiet --all --message "Change A"
  prints '1 patches in jdk-patch/27' run27 "$at" export.sh
  [ "$(ls "$at/jdk-patch/27")" = $'0001-Change-A.patch\nseries\nupstream' ]
  [ "$(ls "$at/jdk-patch/25")" = upstream ]
  prints '0 patches' source_of "$at"
  grep -q two "$at/build/source/src/base/A.java"
  # Each has its image, and the cache has both.
  prints '^jdk: release, built' run "$at" build.sh
  prints "^$at/build/27/images/release/jdk/bin/java\$" run27 "$at" build.sh
  said_once '^jdk: JDK 27, release, built'
  grep -q TWO "$at/build/27/images/release/jdk/content"
  grep -q two "$at/build/images/release/jdk/content"
  prints '^jdk: JDK 27, release, from the cache' run27 "$at" build.sh
  # What JAVA27_HOME names and what make deps fetched is found, too.
  prints '^jdk: JDK 27, release, built' run27 "$at" build.sh BOOT_JDK="$fake/boot" JAVA27_HOME="$fake/boot27" \
    CONFIGURE_ARGS=--with-named
  cp -r "$fake/boot27" "$scratch/cache/boot-jdk-27"
  prints '^jdk: JDK 27, release, built' run27 "$at" build.sh BOOT_JDK="$fake/boot" CONFIGURE_ARGS=--with-another
  run27 "$at" build.sh
  [ "$(run27 "$at" dist.sh | sed 's/-[0-9a-f]\{8\}-.*//')" = "$at/build/27/dist/jdk-27+34-fake" ]
  # A header that is in both folders is in neither's way, and so it is told.
  printf 'x\n' > "$at/hotspot-intrinsics/only-25/src/hotspot/rseq.hpp"
  fails_with 'there are two, in hotspot-intrinsics/only-25 .*: src/hotspot/rseq.hpp' source_of "$at"
  run27 "$at" source.sh
  rm "$at/hotspot-intrinsics/only-25/src/hotspot/rseq.hpp"
  # A checkout says 27.0.0 where the pin says 27.
  cp -r "$fake/jdk27" "$own"
  at=$(two_jdks two-own)
  fails_with 'is OpenJDK 27, but the series is for 25' run "$at" source.sh JDK_SRC="$own"
  run27 "$at" source.sh JDK_SRC="$own"
  # What is removed is the chosen one's.
  source_of "$at"
  run "$at" clean.sh
  [ "$(ls -A "$at/build")" = 27 ]
  source_of "$at"
  run27 "$at" clean.sh
  [ -d "$at/build/source" ]
  [ ! -e "$at/build/27" ]
  run "$at" clean.sh
  [ ! -e "$at/build" ]
}

# What to compare with: the pristine source by the same compiler, beside the patched one.
without_the_series() {
  local at script
  at=$(checkout none)
  source_of "$at" > /dev/null 2>&1
  edit "$at" src/base/A.java 's/two/TWO/'
  commit_all "$at" "Change A"
  run "$at" export.sh
  prints "$at/build/unpatched/source .jdk-25.0.3.9, 0 patches, 0 new files" source_of "$at" SERIES=none
  grep -qx two "$at/build/unpatched/source/src/base/A.java"
  [ ! -e "$at/build/unpatched/source/src/base/New.java" ]
  [ -z "$(git_plain -C "$at/build/unpatched/source" status --porcelain)" ]
  prints '^jdk: release, built' run "$at" build.sh
  prints "^$at/build/unpatched/images/release/jdk/bin/java\$" run "$at" build.sh SERIES=none
  said_once '^jdk: unpatched, release, built'
  grep -qx TWO "$at/build/images/release/jdk/content"
  grep -qx two "$at/build/unpatched/images/release/jdk/content"
  if grep -q 'class New' "$at/build/unpatched/images/release/jdk/content"; then echo "it has new files"; return 1; fi
  # A change of ours does not build it again.
  printf 'class New { int none; }\n' > "$at/jdk-patch/src/base/New.java"
  prints '^jdk: unpatched, release, from the cache' run "$at" build.sh SERIES=none
  prints '^jdk: release, built' run "$at" build.sh
  grep -q 'version-opt=unpatched' "$(readlink -f "$at/build/unpatched/images/release")/inputs"
  grep -q 'version-opt=percpu' "$(readlink -f "$at/build/images/release")/inputs"
  # Nothing of ours can be exported from it, or tested on it.
  for script in export.sh upstream-branch.sh check-upstream.sh build-upstream.sh dist.sh "with-jdk.sh true"; do
    fails_with 'SERIES=none is for make source, jdk and clean only: leave it out' run "$at" "$script" SERIES=none
  done
  [ "$(cat "$at/jdk-patch/25/series")" = 0001-Change-A.patch ]
  fails_with 'SERIES=all: it must be none or nothing' run "$at" source.sh SERIES=all
  # As UNPATCHED=build it is what tests and benchmarks compare with.
  make_jtreg_for "$at"
  prints "^$at/build/unpatched/images/release/jdk\$" run "$at" "with-jdk.sh printenv UNPATCHED" UNPATCHED=build JTREG="$at/jtreg"
  prints "^/of/another\$" run "$at" "with-jdk.sh printenv UNPATCHED" UNPATCHED=/of/another JTREG="$at/jtreg"
  run "$at" clean.sh SERIES=none
  [ ! -e "$at/build/unpatched" ]
  [ -d "$at/build/source" ]
  fails_with 'build/unpatched/images/release/jdk is not built: run make jdk SERIES=none$' \
    run "$at" "with-jdk.sh true" UNPATCHED=build JTREG="$at/jtreg"
  run "$at" build.sh SERIES=none
  run "$at" clean.sh
  [ ! -e "$at/build" ]
}
make_jtreg_for() { # CHECKOUT: its jtreg is a jtreg 8 as far as is looked at
  mkdir -p "$1/jtreg/lib" "$1/jtreg/META-INF"
  printf 'jtreg-VersionString: 8-fake\n' > "$1/jtreg/META-INF/MANIFEST.MF"
  (cd "$1/jtreg" && zip -q lib/jtreg.jar META-INF/MANIFEST.MF)
}

unknown_jdk() {
  local at number
  at=$(two_jdks two-unknown)
  mkdir "$at/jdk-patch/9"
  cp "$at/jdk-patch/25/upstream" "$at/jdk-patch/9"
  # Also what is a part of a number, a pattern or a path of one that is there.
  for number in 26 5 2. ../jdk-patch/25; do
    fails_with "JDK=$number: there is no jdk-patch/$number/upstream; JDK must be one of these: 9 25 27\$" \
      run "$at" source.sh OF_JDK="$number"
  done
  [ ! -e "$at/build" ]
}

# What make says to the scripts: never the number by the name that means a home to them.
make_names_the_jdk() {
  local at
  at=$(two_jdks two-make)
  cp "$TOP/Makefile" "$at"
  cat > "$at/jdk-build/source.sh" <<'EOF'
#!/bin/sh
echo "of $OF_JDK, JDK ${JDK-not set}"
EOF
  prints '^of 25, JDK not set$' env -u JDK -u OF_JDK make -C "$at" source
  prints '^of 27, JDK not set$' env -u JDK OF_JDK=25 make -C "$at" source JDK=27
  prints '^of 27, JDK not set$' env JDK=27 make -C "$at" source
  prints '^of 27, JDK not set$' env JDK=/home/of/jdk make -C "$at" source JDK=27
  prints '^of 25, JDK not set$' env JDK=/home/of/jdk make -C "$at" source
  prints '^of 25, JDK not set$' env JDK=/home/of/jdk OF_JDK=27 make -e -C "$at" source
  # Who types a path gets what the scripts say of it.
  prints '^of /home/of/jdk, JDK not set$' env -u JDK make -C "$at" source JDK=/home/of/jdk
  # A target that calls make hands the number on.
  mkdir -p "$at/container/kernel"
  tee "$at/jdk-build/deps.sh" "$at/jdk-build/build.sh" < "$at/jdk-build/source.sh" > "$at/container/kernel/test.sh"
  chmod +x "$at/container/kernel/test.sh"
  prints '^of 27, JDK not set$' env JDK=27 make -C "$at" test-kernels
  if grep -q '^of 25' "$scratch/out"; then echo "a make that make calls has the default"; return 1; fi
  # make clean removes the folder of the chosen one only.
  mkdir -p "$at/build/source" "$at/build/27"
  make -C "$at" clean JDK=27
  [ -d "$at/build/source" ]
  [ ! -e "$at/build/27" ]
}

# What is compared with is built where it is wanted, and SERIES=none is nothing that could be tested.
make_builds_what_it_compares_with() {
  local at
  at=$(checkout make-unpatched)
  cp "$TOP/Makefile" "$at"
  tee "$at/jdk-build/deps.sh" "$at/jdk-build/source.sh" > "$at/jdk-build/build.sh" <<'EOF'
#!/bin/sh
echo "${0##*/}, SERIES=$SERIES"
EOF
  cat > "$at/jdk-build/with-jdk.sh" <<'EOF'
#!/bin/sh
echo "with SLICE=$SLICE UNPATCHED=$UNPATCHED: $*"
EOF
  prints '^build.sh, SERIES=none$' make_in "$at" test-tier1 UNPATCHED=build SLICE=15
  said_once '^build.sh, SERIES=$' '^source.sh, SERIES=$' '^with SLICE=15 UNPATCHED=build: jtreg-tests/upstream.sh tier1$'
  prints '^with SLICE= UNPATCHED=/of/another: jtreg-tests/upstream.sh upstream$' make_in "$at" test-upstream UNPATCHED=/of/another
  if grep -q 'SERIES=none' "$scratch/out"; then echo "it builds another one"; return 1; fi
  prints '^build.sh, SERIES=none$' make_in "$at" jdk SERIES=none
  ends_with 2 make_in "$at" test-tier1 SERIES=none
  said_once 'SERIES=none is for make source, jdk and clean only: leave it out'
  if grep -q '^build.sh' "$scratch/out"; then echo "it builds first"; return 1; fi
}
make_in() { env -u SERIES -u SLICE -u UNPATCHED make -C "$@"; }  # CHECKOUT ARGUMENT...

cached_is_tested() {
  local at
  at=$(two_jdks two-cached)
  prints '^0 passed, 0 failed, 1 skipped$' run27 "$at" test-cached.sh CACHE="$scratch/cache27"
  said_once '^skipped: no JDK 27 for these inputs in .*/cache27; make jdk JDK=27 makes one'
  run27 "$at" build.sh CACHE="$scratch/cache27"
  rm -r "$at/build"
  mkdir "$at/jtreg-tests"
  cat > "$at/jtreg-tests/run.sh" <<'EOF'
#!/bin/sh
cd "$SOURCE" || exit
echo "run.sh $* of $OF_JDK on $JDK"
echo "1 passed, 0 failed, 0 skipped"
EOF
  chmod +x "$at/jtreg-tests/run.sh"
  make_jtreg_for "$at"
  prints '^1 passed, 0 failed, 0 skipped$' run27 "$at" test-cached.sh CACHE="$scratch/cache27" JTREG="$at/jtreg"
  said_once "^run.sh tier1 of 27 on $at/build/27/images/release/jdk\$"
  # What else may be missing. A jtreg that unzip cannot read is none.
  skips27() { # WHY [VARIABLE=VALUE...]
    prints '^0 passed, 0 failed, 1 skipped$' run27 "$at" test-cached.sh CACHE="$scratch/cache27" JTREG="$at/jtreg" "${@:2}"
    said_once "^skipped: $1"
  }
  mkdir "$at/bin"
  ln -s /bin/false "$at/bin/unzip"
  skips27 'jtreg 8 is not here; make deps JDK=27 gets it$' PATH="$at/bin:$fake/bin:$PATH"
  if [ "$MACHINE" != aarch64 ]; then skips27 'a JDK for aarch64 does not run on this machine$' TARGET=aarch64; fi
  # An error is no reason to skip.
  rm "$at/build/27/images/release"
  mkdir "$at/build/27/images/release"
  ends_with 1 run27 "$at" test-cached.sh CACHE="$scratch/cache27" JTREG="$at/jtreg"
  said_once '^error: looking for the JDK 27 ended with 1: see above$'
  # No machine has a JDK 99 to compare with.
  rm -r "$at/build"
  sed -i 's/^VERSION=.*/VERSION=99+1/' "$at/jdk-patch/27/upstream"
  cp -r "$fake/boot" "$at/boot99"
  printf 'JAVA_VERSION="99"\n' > "$at/boot99/release"
  run27 "$at" build.sh CACHE="$scratch/cache27" BOOT_JDK="$at/boot99"
  skips27 'no JDK 99 to compare with; make deps JDK=27 gets one$'
}

stub_dpkg_without_zip_and_gdb() {
  stub dpkg-query <<'EOF'
case ${*: -1} in gdb|zip) exit 1 ;; *) echo installed ;; esac
EOF
}

deps_without_root() {
  local at
  at=$(checkout deps)
  stub id <<< 'echo 1000'
  stub_dpkg_without_zip_and_gdb
  run "$at" deps.sh > "$scratch/out" 2>&1 && { echo "it did not fail"; return 1; }
  cat "$scratch/out"
  grep -qx '  apt-get update && apt-get install -y --no-install-recommends zip gdb' "$scratch/out"
}

deps_without_network() {
  local at
  at=$(checkout deps2)
  stub id <<< 'echo 0'
  stub_dpkg_without_zip_and_gdb
  fails_with 'apt-get update failed.*; the whole log is .*/build/deps.log$' run "$at" deps.sh
  grep -q '^  E: Could not resolve the mirror$' "$scratch/out"
}

# What apt says is in the log; the terminal shows what is done and how far it is.
deps_are_quiet() {
  local at
  at=$(checkout deps3)
  stub id <<< 'echo 0'
  stub_dpkg_without_zip_and_gdb
  stub apt-get <<'EOF'
echo "Reading package lists..."
case "$*" in
  *update*) printf 'dlstatus:1:%s:Retrieving file 1 of 1\n' 0.0000 35.1 100.0000 >&3 ;;
  *install*) printf 'pmstatus:libx11-6:arm64:%s:Unpacking libx11-6\n' 0 12.5 20.0 99.9 >&3 ;;
  *) exit 100 ;;
esac
EOF
  run "$at" deps.sh > "$scratch/out" 2>&1 || true  # with zip and gdb, but no jtreg
  cat "$scratch/out"
  grep -qx 'missing, and installed now: zip gdb' "$scratch/out"
  grep -qx '  package lists: fetched 30% 100%, done in [0-9]* s' "$scratch/out"
  grep -qx '  these packages (2) and what they need: installed 10% 20% 90%, done in [0-9]* s' "$scratch/out"
  grep -qx 'packages: all [0-9]* there' "$scratch/out"
  if grep -q '^Reading' "$scratch/out"; then echo "apt's output is on the terminal"; return 1; fi
  [ "$(cat "$at/build/deps.log")" = $'Reading package lists...\nReading package lists...' ]
}

check "make source: tree, tag, branch, links" source_makes_a_tree
check "make source: the same commit for everyone" source_is_reproducible
check "make source again: nothing to do" source_again_does_nothing
check "make source: wrong hash" wrong_hash
check "make source: damaged tarball" damaged_tarball
check "make source: no tarball and no network" no_network
check "make source: after a run that was killed" interrupted
check "make source: a tree made by hand" made_by_hand
check "make source: JDK_SRC" own_checkout
check "make export: one patch a commit" export_writes_the_series
check "make export: whatever the user's git settings" export_ignores_the_users_settings
check "make source: the series gives the same tree elsewhere" series_makes_the_same_tree_elsewhere
check "make source: a changed series, other files keep their times" changed_series_leaves_other_files_alone
check "make source: a patch that does not apply" bad_patch
check "make source: work that is not in the series is safe" local_work_is_safe
check "make export: what it refuses" export_refuses
check "make source: new files come and go" new_files_come_and_go
check "make source: another branch, with another series and other new files" another_branch
check "make source: new files edited in the tree" edited_in_the_tree
check "make jdk: built once, then from the cache" image_is_built_once
check "make jdk: a fresh clone needs no build" image_is_shared
check "make jdk: builds again when an input changed" image_follows_its_inputs
check "make jdk: work that is not in the series is built, not cached" own_work_is_built_but_not_kept
check "make jdk: configure or make fails" failed_builds
check "make jdk: the cache keeps ten images" cache_stays_small
check "build.sh --test-natives: added to the image" test_natives_are_added
check "JDK=27: its own folder, series and image" another_jdk
check "SERIES=none: the source as it is, beside the patched one" without_the_series
check "JDK=26: refused, with a list of those that there are" unknown_jdk
check "JDK=27: make says it to the scripts by another name" make_names_the_jdk
check "UNPATCHED=build: make builds what it compares with" make_builds_what_it_compares_with
check "make test-cached: tests, or says why not" cached_is_tested
check "make deps: without root it says what to run" deps_without_root
check "make deps: no network" deps_without_network
check "make deps: apt's output is in a log" deps_are_quiet
stub apt-get <<< 'echo "E: Could not resolve the mirror" >&2; exit 100'
