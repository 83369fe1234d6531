#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make export: rewrites series and NNNN-*.patch of the chosen JDK, in jdk-patch/25 or beside it, from the commits of its
# patched tree.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

lock_build
[ -d "$SOURCE/.git" ] || die "there is no $OUR_SOURCE to export: run make source$OF"

# New files live in this checkout; what is in the tree must not be newer.
while IFS=$'\t' read -r ours path; do check_new_file "$TOP/$ours" "$SOURCE/$path"; done < <(new_files)
strays=$(git_plain -C "$SOURCE" status --porcelain --untracked-files=all | sed -n 's/^?? //p')
[ -z "$strays" ] ||
  die "new files in $OUR_SOURCE belong into jdk-patch/src or hotspot-intrinsics/src (make source$OF puts them in):" "${strays//$'\n'/ }"
! tree_is_dirty || die "$OUR_SOURCE has changes that are not committed: commit them there (git -C $OUR_SOURCE commit --all), then make export$OF"

merges=$(git_plain -C "$SOURCE" log --merges --format=%h upstream..HEAD)
[ -z "$merges" ] || die "the series must be a straight line, but these are merges: ${merges//$'\n'/ }"
fixups=$(git_plain -C "$SOURCE" log --format='%h %s' upstream..HEAD | grep -E '^[0-9a-f]+ (fixup|squash|amend)! ' || true)
[ -z "$fixups" ] || die "fold the fixups first: git -C $OUR_SOURCE rebase -i --autosquash upstream"
added=$(git_plain -C "$SOURCE" log --no-renames --diff-filter=A --format= --name-only upstream..HEAD | sort -u)
[ -z "$added" ] ||
  die "patches may only change files that OpenJDK has; put these into jdk-patch/src or hotspot-intrinsics/src and take them out of the commits:" "${added//$'\n'/ }"

new=$PATCHES/export.tmp.$$
trap 'rm -rf "$new" "$new.series"' EXIT
mkdir "$new"
write_patches "$SOURCE" "$new"

written=0 removed=0
for path in "$PATCHES"/[0-9][0-9][0-9][0-9]-*.patch; do
  if [ -f "$path" ] && [ ! -f "$new/${path##*/}" ]; then rm "$path"; removed=$((removed + 1)); fi
done
for path in "$new"/*.patch "$new/series"; do
  [ -f "$path" ] || continue
  if ! cmp -s "$path" "$PATCHES/${path##*/}"; then mv "$path" "$PATCHES/"; written=$((written + 1)); fi
done
origin=$(stamp_get origin)
write_stamp "$SOURCE" "${origin:-pinned}"
say "series: $(series | wc -l) patches in $OUR_PATCHES ($written files written, $removed removed)"
