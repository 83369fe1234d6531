#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make build-upstream: whether each commit of upstream-branch in the build folder, which make upstream makes, builds: HotSpot
# only, by `git rebase --exec` in a clone of its own, so that each build takes over what the one before made. make
# test-commits, which calls this with --tests: whether each commit passes the tests that it brings, on a JDK that is built of
# it. Which trees are done is kept in the cache; the next run goes on after them. With --one it does so for the commit that is
# checked out, as the rebase calls it.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source=jdk-make.sh source-path=SCRIPTDIR
. "$SCRIPTS/jdk-make.sh"

BRANCH=$BUILD/upstream-branch
PLACE=$BUILD/upstream-build
TREE=$PLACE/source
RUNNER=$TOP/jtreg-tests/upstream/jtreg.sh
# shellcheck disable=SC2034 # for messages of run_make
OUR_TARGET=build-upstream

in_tree() { git_plain -C "$TREE" "$@"; }
tree_of() { git_plain -C "$BRANCH" rev-parse "$1^{tree}"; }
# What a tree was built with: other settings and another compiler are another build.
built_with() { printf 'configure %s\ncompiler %s\n' "${CONFIGURE[*]}" "$("$compiler" --version | head -n 1)"; }

# number_of COMMIT: "N of ALL: TITLE"
number_of() {
  printf '%s of %s: %s' "$(git_plain -C "$BRANCH" rev-list --count "upstream..$1")" \
    "$(git_plain -C "$BRANCH" rev-list --count upstream..percpu)" "$(git_plain -C "$BRANCH" log -1 --format=%s "$1")"
}

# The tests that the commit that is checked out brings, below test/, but for those that take minutes each and are in no tier1.
new_tests() {
  in_tree diff-tree -r --no-commit-id --name-only --diff-filter=A HEAD -- test/hotspot/jtreg test/jdk |
    while read -r path; do
      case $path in
        */stress/long/*) ;;
        *.java) if grep -q '^ \* @test' "$TREE/$path"; then printf '%s\n' "${path#test/}"; fi ;;
      esac
    done
}

# run_tests JDK TEST...: sets counts.
# shellcheck disable=SC2034 # for jtreg.sh
run_tests() {
  local jdk=$1 suite failed passed skipped
  local SOURCE=$TREE NATIVES=$PLACE/native TEST_NATIVES='' TIMEOUT_FACTOR=8 JOBS=${JOBS:-2} lock=9
  local -a of_suite
  shift
  BOOT_JDK=$(find_boot_jdk) || die "there is no JDK $JDK_MAJOR to run jtreg: run make deps$OF"
  JTREG=$(find_jtreg) || die "jtreg 8 is not here: run make deps$OF"
  JTREG_JAVA=${JTREG_JAVA:-$BOOT_JDK/bin/java}
  # shellcheck source=../jtreg-tests/upstream/jtreg.sh source-path=SCRIPTDIR
  . "$RUNNER"
  "$TOP/jtreg-tests/upstream/natives.sh" "$TREE" "$jdk" "$NATIVES"
  : > "$PLACE/status"
  for suite in hotspot/jtreg jdk; do
    mapfile -t of_suite < <(printf '%s\n' "$@" | grep "^$suite/")
    [ ${#of_suite[@]} != 0 ] || continue
    say "running ${#of_suite[@]} files of test/$suite (the log is $PLACE/jtreg.log)"
    checked_jtreg "$PLACE/jtreg.log" "$jdk" '' "$PLACE/JTwork-${suite%%/*}" "$PLACE/JTreport" "${of_suite[@]}"
    statuses "$PLACE/JTreport" "$suite/" >> "$PLACE/status"
  done
  failed=$(grep -E ' (Failed|Error)$' "$PLACE/status" || true)
  [ -z "$failed" ] || die "tests that this commit brings failed; their output is in $PLACE/JTwork-*:"$'\n'"$failed"
  passed=$(grep -c ' Passed$' "$PLACE/status" || true) skipped=$(grep -c ' Skipped$' "$PLACE/status" || true)
  [ $((passed + skipped)) != 0 ] || die "of the tests that this commit brings none ran: $*"
  counts="$passed passed, 0 failed, $skipped skipped"
}

do_one() {
  local commit counts='' new='' work=$PLACE/jdk-$FLAVOUR
  local -a tests
  commit=$(in_tree rev-parse HEAD)
  if was_done "$commit"; then
    say "commit $(number_of "$commit"), done before"
    return
  fi
  say "commit $(number_of "$commit")"
  if [ $with_tests = no ]; then
    configure "$TREE" "$work"
    run_make "$work" "20 minutes for the first, less for what changes less" hotspot
  else
    new=$(new_tests)
    counts="no test"
    if [ -n "$new" ]; then
      mapfile -t tests <<< "$new"
      configure "$TREE" "$work"
      run_make "$work" "40 minutes for the first, less for what changes less" jdk-image
      run_tests "$work/images/jdk" "${tests[@]}"
    fi
    say "  $counts"
  fi
  mkdir -p "${finished%/*}"
  printf '%s%s\n' "$(tree_of "$commit")" "${counts:+ $counts}" >> "$finished"
}

with_tests=no says=builds what="builds, HotSpot only" record=$RESULTS/tests/upstream-commits.txt
finished=$CACHE/built-trees/$(built_with | sha256)
if [ "${1:-}" = --tests ]; then
  shift
  # shellcheck disable=SC2034
  OUR_TARGET=test-commits
  with_tests=yes says="passes its tests" what="passes the tests that it brings" record=$RESULTS/tests/upstream-commits-tests.txt
  finished=$CACHE/tested-trees/$({ built_with; cat "$0" "$RUNNER" "${RUNNER%/*}"/natives.*; } | sha256)
fi
was_done() { grep -qsE "^$(tree_of "$1")( |\$)" "$finished"; }

lock_build
SECONDS=0
[ -d "$BRANCH/.git" ] || die "there is no ${BRANCH#"$TOP/"} to build: run make upstream$OF"
again=("$SCRIPTS/build-upstream.sh")
if [ $with_tests = yes ]; then again+=(--tests); fi
again+=(--one)
case ${1:-} in
  '') ;;
  --one) do_one; exit ;;
  *) die "build-upstream.sh knows --tests and --one only, not $1" ;;
esac

mapfile -t commits < <(git_plain -C "$BRANCH" rev-list --reverse upstream..percpu)
[ ${#commits[@]} != 0 ] || die "${BRANCH#"$TOP/"} has no commit after the tag upstream"
before=0
for commit in "${commits[@]}"; do
  was_done "$commit" || break
  before=$((before + 1))
done
say "${#commits[@]} commits, the first $before were done before"
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
  if [ "$start" = "$first" ]; then "${again[@]}" || ok=no; fi
  if [ $ok = yes ]; then
    in_tree checkout --quiet --detach "$start"
    in_tree rebase --quiet --exec "${again[*]@Q}" "$start" "${commits[-1]}" || ok=no
  fi
  if [ $ok = no ]; then
    failed=$(in_tree rev-parse HEAD)
    in_tree rebase --quit > /dev/null 2>&1 || true
    die "not every commit $says: not $(number_of "$failed"), see above; mend it in jdk-patch, hotspot-intrinsics or" \
      "jtreg-tests, then run make $OUR_TARGET$OF"
  fi
fi
for commit in "${commits[@]}"; do was_done "$commit" || die "commit $(number_of "$commit") was not done"; done

mkdir -p "${record%/*}"
{
  printf '%s: each commit of make upstream%s %s, %s, %s\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$OF" "$what" \
    "$FLAVOUR" "$("$compiler" --version | head -n 1)"
  for commit in "${commits[@]}"; do
    printf 'tree %s: %s\n' "$(grep -m1 "^$(tree_of "$commit")" "$finished")" "$(git_plain -C "$BRANCH" log -1 --format=%s "$commit")"
  done
} > "$record.tmp"
mv "$record.tmp" "$record"
say "recorded in ${record#"$TOP/"}"
say "each of ${#commits[@]} commits $says: $((${#commits[@]} - before)) now, in $((SECONDS / 60)) min, $before before"
