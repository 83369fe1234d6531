#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make source: source in the build folder = the pinned OpenJDK source as a git tree (pristine commit with tag `upstream`,
# then one commit per patch on branch `percpu`) with the new files of this checkout put in.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh source-path=SCRIPTDIR
. "$SCRIPTS/apt.sh"

NEW=$BUILD/source.tmp.$$
scratch=$BUILD/fetch.tmp.$$
# shellcheck source=fetch.sh source-path=SCRIPTDIR
. "$SCRIPTS/fetch.sh"

# ---- the tarball ------------------------------------------------------------

check_tarball() {
  local found
  found=$(sha256 < "$1")
  [ "$found" = "$SHA256" ] ||
    die "$1 has sha256 $found, but $OUR_PATCHES/upstream wants $SHA256; remove it or replace it by the right one, then run make source$OF again"
}

unpack_tarball() {
  check_tarball "$1"
  say "unpacking $1"
  mkdir -p "$NEW"
  tar -C "$NEW" --strip-components=1 --no-same-owner -xf "$1" ||
    die "$1 does not unpack, though its sha256 is right: is the disk full, or xz missing (make deps$OF)?"
}

# ---- the user's own checkout ------------------------------------------------

version_of() { # TREE: as far as the tree itself tells
  local numbers=$1/make/conf/version-numbers.conf feature interim update
  [ -f "$numbers" ] || die "JDK_SRC=$JDK_SRC holds no OpenJDK source (no make/conf/version-numbers.conf)"
  feature=$(sed -n 's/^DEFAULT_VERSION_FEATURE=//p' "$numbers")
  interim=$(sed -n 's/^DEFAULT_VERSION_INTERIM=//p' "$numbers")
  update=$(sed -n 's/^DEFAULT_VERSION_UPDATE=//p' "$numbers")
  # As java.lang.Runtime.Version writes it: 27, not 27.0.0.
  case $interim.$update in
    0.0) printf '%s' "$feature" ;;
    *) printf '%s.%s.%s' "$feature" "$interim" "$update" ;;
  esac
}

copy_checkout() {
  local version tags
  version=$(version_of "$JDK_SRC")
  [ "$version" = "${VERSION%%+*}" ] ||
    die "JDK_SRC=$JDK_SRC is OpenJDK $version, but the series is for $VERSION; check out $GIT_TAG there"
  mkdir -p "$NEW"
  if git_plain --no-optional-locks -C "$JDK_SRC" rev-parse --git-dir > /dev/null 2>&1 && [ -e "$JDK_SRC/.git" ]; then
    tags=$(git_plain --no-optional-locks -C "$JDK_SRC" tag --points-at HEAD 'jdk-*')
    case " ${tags//$'\n'/ } " in
      '  '|*" $GIT_TAG "*) ;;
      *) die "JDK_SRC=$JDK_SRC is at ${tags//$'\n'/ }, but the series is for $GIT_TAG; check that out there" ;;
    esac
    if [ -n "$(git_plain --no-optional-locks -C "$JDK_SRC" status --porcelain | head -n 1)" ]; then
      say "note: the changes in $JDK_SRC that are not committed are left out"
    fi
    say "copying the last commit of $JDK_SRC"
    git_plain --no-optional-locks -C "$JDK_SRC" archive HEAD | tar -C "$NEW" -x
  else
    say "copying $JDK_SRC"
    tar -C "$JDK_SRC" --exclude=./build --exclude=./.git -c . | tar -C "$NEW" --no-same-owner -x
  fi
}

# ---- the patched tree -------------------------------------------------------

# Finds the source, in the order that README.md gives; leaves it unpacked in $NEW and sets origin.
# Ends the script with 3 if no place has it, with 1 if a place has something else in its stead.
get_pristine() {
  origin=pinned
  if [ -n "$JDK_SRC" ]; then origin=$JDK_SRC; copy_checkout; return; fi
  if [ -n "$DISTFILES" ] && [ ! -d "$DISTFILES" ]; then die "DISTFILES=$DISTFILES is not a folder"; fi
  say "looking for $TARBALL, the source of OpenJDK $VERSION, in"
  if find_tarball; then unpack_tarball "$tarball"; return; fi
  if from_git "$NEW"; then return; fi
  say "error: the source of OpenJDK $VERSION is not to be had (no network?): put $TARBALL into a folder and run" \
    "make source$OF DISTFILES=that-folder, or name a checkout of $GIT_TAG by JDK_SRC="
  if [ $other_bytes = yes ]; then exit 1; else exit 3; fi
}

make_tree() {
  local origin
  get_pristine
  say "making the git tree"
  git_plain init --quiet --initial-branch=percpu "$NEW"
  git_plain -C "$NEW" config user.name "PerCpu developer"
  git_plain -C "$NEW" config user.email "percpu@localhost"
  git_plain -C "$NEW" config gc.auto 0
  git_plain -C "$NEW" config core.autocrlf false
  git_plain -C "$NEW" add --all --force .
  GIT_AUTHOR_NAME="OpenJDK" GIT_AUTHOR_EMAIL="percpu@localhost" \
  GIT_AUTHOR_DATE="@$SOURCE_DATE +0000" GIT_COMMITTER_DATE="@$SOURCE_DATE +0000" \
    git_plain -C "$NEW" commit --quiet --allow-empty --message "upstream jdk-$VERSION"
  git_plain -C "$NEW" tag upstream
  apply_series "$NEW"
  write_stamp "$NEW" "$origin"
}

# The series changed and the tree is as the last `make source` left it: move it on.
update_tree() {
  local head
  say "the series changed: updating $OUR_SOURCE"
  head=$(commit_series "$SOURCE")
  git_plain -C "$SOURCE" reset --quiet --hard "$head"
  write_stamp "$SOURCE" "$(o=$(stamp_get origin); printf '%s' "${o:-pinned}")"
}

refuse() {
  die "$1 changed, but $OUR_SOURCE holds work that is not in the series (git -C $OUR_SOURCE log upstream..;" \
      "git -C $OUR_SOURCE status): keep it with make export$OF, or drop it with make clean$OF"
}

# ---- the new files ----------------------------------------------------------

# place_new_file OURS AT: false if it was in place already.
place_new_file() {
  local ours=$1 at=$2
  if is_copied "$ours"; then
    if [ ! -L "$at" ] && cmp -s "$at" "$ours"; then return 1; fi
  elif [ -L "$at" ] && [ "$at" -ef "$ours" ]; then return 1; fi
  check_new_file "$ours" "$at"
  mkdir -p "$(dirname "$at")"
  if is_copied "$ours"; then
    cp -p "$ours" "$at.tmp"
    mv -T "$at.tmp" "$at"
  else
    ln -srfn "$ours" "$at"
  fi
}

link_new_files() {
  local list=$SOURCE/.git/percpu-links ours path at clash made=0 dropped=0
  local -a paths
  new_files > "$list.tmp"
  mapfile -t paths < <(cut -f2 "$list.tmp")
  clash=$(cut -f2 "$list.tmp" | sort | uniq -d | tr '\n' ' ')
  [ -z "$clash" ] || die "of these new files there are two, in hotspot-intrinsics/only-$JDK_MAJOR and outside of it: $clash"
  if [ ${#paths[@]} != 0 ]; then
    clash=$(git_plain -C "$SOURCE" ls-files -- "${paths[@]}" | tr '\n' ' ')
    [ -z "$clash" ] ||
      die "these are files of OpenJDK itself; a new file needs another name, an old one is changed by a patch: $clash"
  fi
  if [ -f "$list" ]; then
    while IFS=$'\t' read -r _ path; do
      at=$SOURCE/$path
      if [ -L "$at" ] || [ -f "$at" ]; then
        rm "$at"
        rmdir -p --ignore-fail-on-non-empty "$(dirname "$at")" 2> /dev/null || true
        dropped=$((dropped + 1))
      fi
    done < <(comm -23 <(sort "$list") <(sort "$list.tmp"))
  fi
  while IFS=$'\t' read -r ours path; do
    at=$SOURCE/$path
    if place_new_file "$TOP/$ours" "$at"; then made=$((made + 1)); fi
  done < "$list.tmp"
  exclude_new_files
  mv "$list.tmp" "$list"
  if [ $((made + dropped)) != 0 ]; then say "new files: $made linked or copied, $dropped dropped"; fi
}

# -----------------------------------------------------------------------------

lock_build
command -v git > /dev/null || die "git is not installed: run make deps$OF"
trap 'rm -rf "$NEW" "$scratch"' EXIT
find "$BUILD" -maxdepth 1 \( -name 'source.tmp.*' -o -name 'fetch.tmp.*' -o -name 'series.tmp.*' \) -exec rm -rf {} +

wanted=$(series_hash)
if [ -d "$SOURCE/.git" ]; then
  if [ ! -f "$STAMP" ] && tree_has_work; then
    say "$OUR_SOURCE was made by hand: it is taken as it is"
    write_stamp "$SOURCE" pinned upstream
  fi
  had=$(stamp_get upstream)
  from=$(stamp_get origin)
  if [ -n "$JDK_SRC" ] && [ "$from" != "$JDK_SRC" ]; then
    if tree_has_work; then refuse "JDK_SRC"; fi
    make_tree
  elif [ -n "$had" ] && [ "$had" != "$SHA256" ]; then
    if tree_has_work; then refuse "$OUR_PATCHES/upstream"; fi
    make_tree
  elif [ "$(stamp_get series)" != "$wanted" ]; then
    if tree_has_work; then refuse "the series"; fi
    if [ "$(stamp_get series)" != "$wanted" ]; then update_tree; fi
  fi
  if [ -d "$NEW" ]; then
    mv "$SOURCE" "$BUILD/source.tmp.old"
    mv "$NEW" "$SOURCE"
    rm -rf "$BUILD/source.tmp.old"
  fi
elif [ -e "$SOURCE" ]; then
  die "$OUR_SOURCE is there but is no git tree: remove it, then run make source$OF again"
else
  make_tree
  mv "$NEW" "$SOURCE"
fi
link_new_files
say "source: $SOURCE (jdk-$VERSION, $(series | wc -l) patches, $(wc -l < "$SOURCE/.git/percpu-links") new files)"
