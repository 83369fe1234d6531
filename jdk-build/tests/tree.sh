# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# The series, the new files and the patched tree say the same. Sourced by test-patches.sh.

: "${scratch:?}"  # test-patches.sh's folder, removed when it ends

no_work_outside_the_series() {
  if tree_is_dirty; then
    git_plain -C "$SOURCE" status --short
    echo "$OUR_SOURCE has changes that are not committed"
    return 1
  fi
}

series_makes_the_tree() {
  local commit
  commit=$(commit_series "$SOURCE")
  [ "$(git_plain -C "$SOURCE" rev-parse "$commit^{tree}")" = "$(git_plain -C "$SOURCE" rev-parse 'HEAD^{tree}')" ] || {
    git_plain -C "$SOURCE" diff --stat "$commit" HEAD
    echo "the tree differs from the series: make export$OF, or make clean$OF"
    return 1
  }
}

export_is_reproducible() {
  local commit
  commit=$(commit_series "$SOURCE")
  write_patches "$SOURCE" "$scratch/export1" "$commit"
  write_patches "$SOURCE" "$scratch/export2" "$commit"
  diff -r "$scratch/export1" "$scratch/export2"
  same_series "$scratch/export1" || { echo "make export$OF would write other bytes than $OUR_PATCHES holds"; return 1; }
}

series_lists_all_patches() {
  local path
  for path in "$PATCHES"/*.patch; do
    [ -e "$path" ] || continue
    series | grep -qFx "${path##*/}" || { echo "${path##*/} is not in $OUR_PATCHES/series"; return 1; }
  done
}

patches_touch_old_files_only() {
  local name path
  for name in $(series); do
    if grep -n '^new file mode' "$PATCHES/$name"; then echo "$name makes a new file"; return 1; fi
    while read -r path; do
      git_plain -C "$SOURCE" cat-file -e "upstream:$path" || { echo "$name: $path is not in OpenJDK"; return 1; }
    done < <(sed -n 's,^+++ b/,,p' "$PATCHES/$name")
  done
}

patches_add_no_stray_space() {
  local name bad=0
  for name in $(series); do
    awk -v name="$name" '
      /^\+\+\+ / { make = /\.gmk$|Makefile$/; next }
      /^\+.*[ \t]$/ { print name ":" NR ": trailing space: " $0; bad = 1 }
      /^\+.*\t/ && !make { print name ":" NR ": tab: " $0; bad = 1 }
      END { exit bad }' "$PATCHES/$name" || bad=1
  done
  return $bad
}

new_files_have_no_stray_space() {
  local -a files
  mapfile -t files < <(find "$TOP" -path "$TOP/build" -prune -o -path "$TOP/.git" -prune -o -type f \
    \( -name '*.java' -o -name '*.[ch]pp' -o -name '*.[ch]' -o -name '*.ad' -o -name '*.sh' \) -print)
  if grep -nE '[[:space:]]+$' "${files[@]}"; then return 1; fi
  if grep -nP '\t' "${files[@]}"; then return 1; fi
}

new_files_have_a_licence() {
  local ours bad=0
  while IFS=$'\t' read -r ours _; do
    head -n 25 "$TOP/$ours" | grep -q 'GNU General Public License\|SPDX-License-Identifier' ||
      { echo "$ours: no licence header"; bad=1; }
  done < <(new_files)
  return $bad
}

new_files_are_in_place() {
  local ours path
  while IFS=$'\t' read -r ours path; do
    cmp "$SOURCE/$path" "$TOP/$ours"
    if is_copied "$path"; then [ ! -L "$SOURCE/$path" ] || { echo "$path must not be a link"; return 1; }; continue; fi
    [ -L "$SOURCE/$path" ] || { echo "$path is no link to $ours"; return 1; }
    case $(readlink "$SOURCE/$path") in /*) echo "$path is an absolute link"; return 1 ;; esac
  done < <(new_files)
  diff <(new_files) "$SOURCE/.git/percpu-links"
}

scripts_are_clean() {
  local -a scripts
  mapfile -t scripts < <(find "$TOP" -path "$TOP/build" -prune -o -path "$TOP/.git" -prune -o -type f -name '*.sh' -print)
  shellcheck -x "$TOP/.ci/run" "${scripts[@]}"
}

[ -d "$SOURCE/.git" ] || die "there is no $OUR_SOURCE to test: run make source$OF"
check "$OUR_SOURCE has no work that is not committed" no_work_outside_the_series
check "series applied to the pristine source gives $OUR_SOURCE" series_makes_the_tree
check "export gives the bytes of $OUR_PATCHES, twice" export_is_reproducible
check "series names every patch" series_lists_all_patches
check "patches change files of OpenJDK only" patches_touch_old_files_only
check "patches add no tabs and no trailing space" patches_add_no_stray_space
check "new files hold no tabs and no trailing space" new_files_have_no_stray_space
check "new files carry a licence" new_files_have_a_licence
check "every new file is in place, and nothing else" new_files_are_in_place
check "shellcheck finds nothing" scripts_are_clean
