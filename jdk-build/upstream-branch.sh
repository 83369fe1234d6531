#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make upstream: upstream-branch in the build folder = the pristine source as a git tree with the branch `percpu`, on which
# the series, the new files and the tests are commits as they would be reviewed. jdk-patch/steps/list says what belongs to
# which, and where tests go to. The result without tests is the series and the new files, or this fails.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

STEPS=$TOP/jdk-patch/steps
OUR_LIST=jdk-patch/steps/list
BRANCH=$BUILD/upstream-branch
NEW=$BRANCH.tmp.$$
BRANCH_STAMP=.git/percpu-stamp

# ---- the list ---------------------------------------------------------------

# The lines that give something to a step, or say that it stays: what it is, of which step, which file or pattern, where to
# or why; whether there was such a file, and the text for messages.
kind=() of_step=() what=() to=() used=() text=()
steps=()
declare -A title issue message

add_line() { # KIND STEP WHAT TO
  kind+=("$1") of_step+=("$2") what+=("$3") to+=("$4") used+=(no) text+=("$OUR_LIST:$number: $line")
}

read_list() {
  local word rest step='' number=0 line
  [ -f "$STEPS/list" ] || die "there is no $OUR_LIST"
  while IFS= read -r line; do
    number=$((number + 1))
    word=${line%% *} rest=${line#"$word"}
    rest=${rest# }
    case $word in
      '' | '#'*) continue ;;
      step | stay) ;;
      *) [ -n "$step" ] || die "$OUR_LIST:$number: a line before the first step: $line" ;;
    esac
    case $word in
      step)
        step=${rest%% *}
        [ -z "${title[$step]:-}" ] || die "$OUR_LIST:$number: there is a step $step already"
        steps+=("$step")
        title[$step]=${rest#* } issue[$step]=0000000 message[$step]=
        ;;
      '|') message[$step]+=$rest$'\n' ;;
      issue) issue[$step]=$rest ;;
      patch)
        case $rest in
          *' '*) add_line patch "$step" "${rest%% *}/${rest#* }" '' ;;
          *) add_line patch "$step" "$rest/*" '' ;;
        esac
        ;;
      new | edit) add_line "$word" "$step" "$rest" '' ;;
      test | micro)
        case $rest in *' to '*) ;; *) die "$OUR_LIST:$number: no \" to FOLDER\": $line" ;; esac
        add_line "$word" "$step" "${rest% to *}" "${rest##* to }"
        ;;
      stay) add_line stay '' "${rest%% *}" "${rest#* }" ;;
      *) die "$OUR_LIST:$number: no such kind of line: $line" ;;
    esac
  done < "$STEPS/list"
}

# line_for KINDS PATH: sets found to the line that the path belongs to; false if there is none. One that names it exactly
# goes before patterns.
line_for() {
  local i exact=() patterns=()
  for i in "${!kind[@]}"; do
    case " $1 " in *" ${kind[i]} "*) ;; *) continue ;; esac
    # shellcheck disable=SC2053
    if [ "$2" = "${what[i]}" ]; then exact+=("$i"); elif [[ $2 == ${what[i]} ]]; then patterns+=("$i"); fi
  done
  if [ ${#exact[@]} = 0 ]; then exact=("${patterns[@]}"); fi
  [ ${#exact[@]} != 0 ] || return 1
  [ ${#exact[@]} = 1 ] || die "$2 is in two lines: ${text[exact[0]]}; ${text[exact[1]]}"
  found=${exact[0]}
  used[found]=yes
}

# ---- what there is ----------------------------------------------------------

# New files of the other JDKs, too: lines of the list are about all.
new_files_of_all() {
  (cd "$TOP" && find jdk-patch/src hotspot-intrinsics -type f -path '*src/*' -printf '%p\n') | sed 's,^.*/src/,src/,; s,^src/src/,src/,' | sort -u
}
our_tests() { (cd "$TOP/jtreg-tests" && find . -type f ! -name '.*' ! -name '*~' -printf '%P\n') | sort; }
files_of_patch() { sed -n 's,^+++ b/,,p' "$1"; }

# Where each file goes: lines of "what", one file for each step.
assign() {
  local name path ours missing=()
  for name in $(series); do
    while read -r path; do
      if line_for patch "${name%%-*}/$path"; then
        printf '%s\n' "$path" >> "$plan/${of_step[found]}.$name"
      else missing+=("$path of $OUR_PATCHES/$name"); fi
    done < <(files_of_patch "$PATCHES/$name")
  done
  while IFS=$'\t' read -r ours path; do
    if line_for new "$path"; then printf '%s\t%s\n' "$ours" "$path" >> "$plan/${of_step[found]}.new"
    else missing+=("$ours"); fi
  done < <(new_files)
  while read -r path; do line_for new "$path" || true; done < <(new_files_of_all)
  while read -r path; do
    if ! line_for 'test micro stay' "$path"; then missing+=("jtreg-tests/$path"); continue; fi
    case ${kind[found]} in
      stay) ;;
      *) printf '%s\t%s\t%s\n' "${kind[found]}" "$path" "${to[found]}/${path##*/}" >> "$plan/${of_step[found]}.tests" ;;
    esac
  done < <(our_tests)
  for path in "$STEPS"/*.patch; do
    [ -f "$path" ] || continue
    if line_for edit "${path##*/}"; then printf '%s\n' "$path" >> "$plan/${of_step[found]}.edits"
    else missing+=("jdk-patch/steps/${path##*/}"); fi
  done
  [ ${#missing[@]} = 0 ] ||
    die "in no step: ${missing[*]}; say in $OUR_LIST which commit brings it, or that it stays"
  for i in "${!kind[@]}"; do
    [ "${used[i]}" = yes ] || die "there is nothing for ${text[i]}"
  done
}

# ---- tests in the JDK's places ----------------------------------------------

# The library is among HotSpot's, where both roots find it.
move_test() { # KIND FROM TO
  local folder=${3%/*} library=/test/hotspot/jtreg/testlibrary/percpu jtreg=/test/hotspot/jtreg
  mkdir -p "$stage/$folder"
  case $1:$3 in
    micro:*.java)
      folder=${folder#test/micro/}
      sed "s,\\<percpu\\.micro\\>,${folder//\//.},g" "$TOP/jtreg-tests/$2" > "$stage/$3"
      ;;
    test:*.java)
      case $folder in test/hotspot/jtreg/*) library=/testlibrary/percpu jtreg=/ ;; esac
      sed -E "/^ \* @library /{ s,( )/lib( |\$),\1$library\2,; s,( )/test/hotspot/jtreg( |\$),\1$jtreg\2,; }" \
        "$TOP/jtreg-tests/$2" > "$stage/$3"
      ;;
    *) cp "$TOP/jtreg-tests/$2" "$stage/$3" ;;
  esac
}

# ---- commits ----------------------------------------------------------------

in_new() { git_plain -C "$NEW" "$@"; }
apply() { # PATCH [OPTION...]
  in_new apply --cached --whitespace=nowarn "${@:2}" "$1" 2> "$plan/apply" && return 0
  sed 's/^/  /' "$plan/apply" >&2
  return 1
}

commit_step() {
  local step=$1 name path ours kind files tree clash stage=$NEW.stage
  local -a include staged
  for name in $(series); do
    [ -f "$plan/$step.$name" ] || continue
    include=()
    while read -r path; do include+=("--include=$path"); done < "$plan/$step.$name"
    apply "$PATCHES/$name" "${include[@]}" ||
      die "what $OUR_LIST takes from $OUR_PATCHES/$name for step $step does not apply after the steps before it"
  done
  mkdir "$stage"
  if [ -f "$plan/$step.new" ]; then
    while IFS=$'\t' read -r ours path; do
      mkdir -p "$stage/${path%/*}"
      cp "$TOP/$ours" "$stage/$path"
    done < "$plan/$step.new"
  fi
  if [ -f "$plan/$step.tests" ]; then
    while IFS=$'\t' read -r kind ours path; do
      [ ! -e "$stage/$path" ] || die "two files of jtreg-tests would be $path"
      move_test "$kind" "$ours" "$path"
    done < "$plan/$step.tests"
  fi
  (cd "$stage" && find . -type f -printf '%P\n') | sort > "$plan/staged"
  mapfile -t staged < "$plan/staged"
  clash=
  if [ ${#staged[@]} != 0 ]; then clash=$(in_new ls-files -- "${staged[@]}" | tr '\n' ' '); fi
  [ -z "$clash" ] || die "step $step would replace files that are there already: $clash"
  cat "$plan/staged" >> "$plan/added"
  if [ -s "$plan/staged" ]; then
    git_plain --git-dir="$NEW/.git" --work-tree="$stage" -C "$stage" add --no-all --force -- .
  fi
  rm -rf "$stage"
  if [ -f "$plan/$step.edits" ]; then
    while read -r path; do
      apply "$path" || die "jdk-patch/steps/${path##*/} does not apply to jdk-$VERSION"
      files_of_patch "$path" >> "$plan/added"
    done < "$plan/$step.edits"
  fi
  tree=$(in_new write-tree)
  [ "$tree" != "$(in_new rev-parse "$commit^{tree}")" ] || die "step $step changes nothing"
  files=$(in_new diff-tree -r --name-only "$commit" "$tree" | wc -l)
  commit=$(printf '%s: %s\n\n%s' "${issue[$step]}" "${title[$step]}" "${message[$step]}" |
    GIT_AUTHOR_NAME="PerCpu project" GIT_AUTHOR_EMAIL="percpu@localhost" \
    GIT_AUTHOR_DATE="@$SOURCE_DATE +0000" GIT_COMMITTER_DATE="@$SOURCE_DATE +0000" in_new commit-tree -p "$commit" "$tree")
  say "$(printf '  %-15s %3s files, %6s lines: %s' "$step" "$files" \
    "$(in_new diff --shortstat "$commit~" "$commit" | sed -n 's/.* \([0-9]*\) insertion.*/+\1/p')" "${title[$step]}")"
}

# The commits are a way to what make source builds, and to nothing else.
check_result() {
  local differ
  differ=$(in_new diff --name-only "$series_commit" "$commit" | grep -vxFf "$plan/added" | tr '\n' ' ' || true)
  [ -z "$differ" ] || die "after all steps these are not as the series makes them: $differ"
}

# -----------------------------------------------------------------------------

lock_build
[ -d "$SOURCE/.git" ] || die "there is no $OUR_SOURCE to start from: run make source$OF"
if [ -d "$BRANCH/.git" ]; then
  head=$(git_plain -C "$BRANCH" rev-parse HEAD)
  if [ "$head" != "$(sed -n 's/^head=//p' "$BRANCH/$BRANCH_STAMP" 2> /dev/null)" ] ||
     [ -n "$(git_plain -C "$BRANCH" status --porcelain | head -n 1)" ]; then
    die "${BRANCH#"$TOP/"} holds work that make upstream$OF did not make: put it into jdk-patch, hotspot-intrinsics or" \
        "jtreg-tests, and remove the folder"
  fi
fi
find "$BUILD" -maxdepth 1 -name 'upstream-branch.tmp.*' -exec rm -rf {} +
plan=$(mktemp -d)
trap 'rm -rf "$plan" "$NEW" "$NEW.stage"' EXIT
: > "$plan/added"

read_list
assign
say "making ${BRANCH#"$TOP/"}: jdk-$VERSION and ${#steps[@]} commits"
series_commit=$(commit_series "$SOURCE")
git_plain clone --quiet --no-checkout --no-tags "$SOURCE" "$NEW"
in_new remote remove origin
in_new config core.autocrlf false
in_new tag upstream "$(git_plain -C "$SOURCE" rev-parse 'upstream^{commit}')"
in_new symbolic-ref HEAD refs/heads/percpu
commit=$(in_new rev-parse upstream)
in_new read-tree upstream
for step in "${steps[@]}"; do commit_step "$step"; done
check_result
in_new for-each-ref --format='delete %(refname)' refs/heads | in_new update-ref --stdin
in_new update-ref refs/heads/percpu "$commit"
in_new reset --quiet --hard percpu
printf 'head=%s\n' "$commit" > "$NEW/$BRANCH_STAMP"
rm -rf "$BRANCH"
mv "$NEW" "$BRANCH"
say "not moved:"
for i in "${!kind[@]}"; do
  if [ "${kind[i]}" = stay ]; then say "  jtreg-tests/${what[i]}: ${to[i]}"; fi
done
say "branch percpu in $BRANCH, ${#steps[@]} commits after the tag upstream; make check-upstream$OF tests their form"
