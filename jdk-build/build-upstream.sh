#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make build-upstream: whether each commit of upstream-branch in the build folder, which make upstream makes, builds: HotSpot
# only, by `git rebase --exec` in a clone of its own, so that each build takes over what the one before made. Which trees
# were built is kept in the cache; the next run goes on after them. With --one it builds the commit that is checked out, as
# the rebase calls it.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source=jdk-make.sh source-path=SCRIPTDIR
. "$SCRIPTS/jdk-make.sh"

BRANCH=$BUILD/upstream-branch
PLACE=$BUILD/upstream-build
TREE=$PLACE/source
# shellcheck disable=SC2034 # for messages of run_make
OUR_TARGET=build-upstream

in_tree() { git_plain -C "$TREE" "$@"; }
tree_of() { git_plain -C "$BRANCH" rev-parse "$1^{tree}"; }
# What a tree was built with: other settings and another compiler are another build.
built_with() { printf 'configure %s\ncompiler %s\n' "${CONFIGURE[*]}" "$("$compiler" --version | head -n 1)"; }
built=$CACHE/built-trees/$(built_with | sha256)
was_built() { grep -qsxFe "$(tree_of "$1")" "$built"; }

# number_of COMMIT: "N of ALL: TITLE"
number_of() {
  printf '%s of %s: %s' "$(git_plain -C "$BRANCH" rev-list --count "upstream..$1")" \
    "$(git_plain -C "$BRANCH" rev-list --count upstream..percpu)" "$(git_plain -C "$BRANCH" log -1 --format=%s "$1")"
}

build_one() {
  local commit
  commit=$(in_tree rev-parse HEAD)
  if was_built "$commit"; then
    say "commit $(number_of "$commit"), built before"
    return
  fi
  say "commit $(number_of "$commit")"
  configure "$TREE" "$PLACE/jdk-$FLAVOUR"
  run_make "$PLACE/jdk-$FLAVOUR" "20 minutes for the first, less for what changes less" hotspot
  mkdir -p "${built%/*}"
  tree_of "$commit" >> "$built"
}

lock_build
SECONDS=0
[ -d "$BRANCH/.git" ] || die "there is no ${BRANCH#"$TOP/"} to build: run make upstream$OF"
case ${1:-} in
  '') ;;
  --one) build_one; exit ;;
  *) die "build-upstream.sh knows --one only, not $1" ;;
esac

mapfile -t commits < <(git_plain -C "$BRANCH" rev-list --reverse upstream..percpu)
[ ${#commits[@]} != 0 ] || die "${BRANCH#"$TOP/"} has no commit after the tag upstream"
before=0
for commit in "${commits[@]}"; do
  was_built "$commit" || break
  before=$((before + 1))
done
say "${#commits[@]} commits, the first $before were built before"
if [ $before != ${#commits[@]} ]; then
  # Files that do not change keep their times, and so do objects: from what is checked out to where the rebase begins, and from
  # there on. A new upstream-branch gives commits to the same clone.
  first=${commits[before]}
  if [ ! -d "$TREE/.git" ]; then
    rm -rf "$PLACE"
    mkdir -p "$PLACE"
    git_plain clone --quiet --no-checkout --no-tags "$BRANCH" "$TREE.tmp"
    mv "$TREE.tmp" "$TREE"
    in_tree checkout --quiet --detach "$(git_plain -C "$BRANCH" rev-parse "$first~")"
  fi
  in_tree fetch --quiet --no-tags "$BRANCH" percpu
  in_tree rebase --quit > /dev/null 2>&1 || true
  in_tree reset --quiet --hard
  if [ "$(in_tree rev-parse HEAD)" = "$first" ]; then start=$first  # a build that was stopped goes on
  else start=$(git_plain -C "$BRANCH" rev-parse "$first~"); fi
  ok=yes
  if [ "$start" = "$first" ]; then "$SCRIPTS/build-upstream.sh" --one || ok=no; fi
  if [ $ok = yes ]; then
    in_tree checkout --quiet --detach "$start"
    in_tree rebase --quiet --exec "$(printf '%q --one' "$SCRIPTS/build-upstream.sh")" "$start" "${commits[-1]}" || ok=no
  fi
  if [ $ok = no ]; then
    failed=$(in_tree rev-parse HEAD)
    in_tree rebase --quit > /dev/null 2>&1 || true
    die "commit $(number_of "$failed") does not build, see above: mend it in jdk-patch or hotspot-intrinsics, then run" \
      "make upstream build-upstream$OF"
  fi
fi
for commit in "${commits[@]}"; do was_built "$commit" || die "commit $(number_of "$commit") was not built"; done

record=$RESULTS/tests/upstream-commits.txt
mkdir -p "${record%/*}"
{
  printf '%s: each commit of make upstream%s builds, HotSpot only, %s, %s\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$OF" "$FLAVOUR" \
    "$("$compiler" --version | head -n 1)"
  for commit in "${commits[@]}"; do
    printf 'tree %s: %s\n' "$(tree_of "$commit")" "$(git_plain -C "$BRANCH" log -1 --format=%s "$commit")"
  done
} > "$record.tmp"
mv "$record.tmp" "$record"
say "recorded in ${record#"$TOP/"}"
say "all ${#commits[@]} commits build: $((${#commits[@]} - before)) now, in $((SECONDS / 60)) min, $before before"
