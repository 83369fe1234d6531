#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make check-upstream: whether the commits of upstream-branch in the build folder, which make upstream makes, have the form
# that OpenJDK asks for. Where its tree has a check of its own, that one is run: .jcheck/conf, the tests in
# test/hotspot/jtreg/sources, bin/blessed-modifier-order.sh, the licence in make/data. The rest is as jcheck does it. javac
# and javadoc of an unpatched JDK may not warn of the new classes. Prints FILE:LINE: RULE: WHAT for all that breaks a rule,
# and fails if there is any.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

BRANCH=$BUILD/upstream-branch
OUR_BRANCH=${BRANCH#"$TOP/"}
NO_ISSUE=0000000  # in make upstream's commits, until there is an issue

in_branch() { git_plain -C "$BRANCH" "$@"; }

# broken FILE:LINE RULE WHAT
broken() { printf '%s: %s: %s\n' "$1" "$2" "$3" | tee -a "$part/broken"; }
# The same for lines "FILE:LINE: WHAT" on stdin.
all_broken() { # RULE
  local line place
  while IFS= read -r line; do
    place=${line%%: *}
    broken "$place" "$1" "${line#"$place": }"
  done
}

# conf SECTION KEY: a value of the branch's .jcheck/conf, empty if there is none.
conf() {
  awk -v wanted="[$1]" -v key="$2=" '
    /^\[/ { in_section = $0 == wanted }
    in_section && index($0, key) == 1 { print substr($0, length(key) + 1) }' "$part/conf"
}

# ---- each commit, as jcheck ---------------------------------------------------

check_message() { # COMMIT
  local place pattern first=yes id
  place="commit $(in_branch rev-parse --short=12 "$1")"
  pattern=$(conf 'checks "issues"' pattern)
  in_branch log -1 --format=%B "$1" | sed -e '$d' > "$part/message"
  # One line or several name issues, an empty one follows, then paragraphs, and at the end who helped and who reviewed.
  awk '
    /[ \t\r]$/ { print "MESSAGE:" NR ": a space at the end" }
    /\t/ { print "MESSAGE:" NR ": a tab" }
    after && !/^$/ && !/^(Co-authored|Reviewed)-by: / { print "MESSAGE:" NR ": text after Reviewed-by: " $0 }
    /^Reviewed-by: / { after = 1 }' "$part/message" | sed "s,^MESSAGE,$place," | all_broken message
  number=0
  while IFS= read -r line; do
    number=$((number + 1))
    id=${line%%: *}
    if [ "$id" = "$NO_ISSUE" ]; then
      without_issue=$((without_issue + 1))
      line=8${line#?}
    fi
    if grep -qP -e "$pattern" <<< "$line"; then
      case $line in *.) broken "$place:$number" issuestitle "a period at the end of the title: $line" ;; esac
      if [ "$id" != "$NO_ISSUE" ]; then printf '%s\t%s\n' "$id" "$place:$number" >> "$part/issues"; fi
      first=no
    elif [ $first = yes ]; then
      broken "$place:$number" issues "the first line is not of the form $pattern: $line"
      break
    else
      [ -z "$line" ] || broken "$place:$number" message "an empty line is to follow the title: $line"
      break
    fi
  done < "$part/message"
  if [ -n "$(in_branch log -1 --format='%P' "$1" | grep ' ' || true)" ]; then broken "$place" merge "it is a merge"; fi
  if in_branch log -1 --format='%an%n%ae%n%cn%n%ce' "$1" | grep -qx ''; then
    broken "$place" author "author or committer has no name or no address"
  fi
}

check_files() { # COMMIT
  local of mode path files tabs
  of="in commit $(in_branch rev-parse --short=12 "$1")"
  in_branch diff-tree -r --no-renames --no-commit-id "$1" | sed 's/^://' | while IFS=$' \t' read -r _ mode _ _ _ path; do
    case $mode in
      100755) broken "$path:1" executable "it is executable, $of" ;;
      120000) broken "$path:1" symlink "it is a symbolic link, $of" ;;
    esac
  done
  in_branch diff-tree -r --no-renames --no-commit-id --numstat "$1" | sed -n 's/^-\t-\t//p' | while read -r path; do
    broken "$path:1" binary "it is binary, $of"
  done
  files=$(conf 'checks "whitespace"' files) tabs=$(conf 'checks "whitespace"' ignore-tabs)
  in_branch -c core.attributesFile=/dev/null diff-tree -p -r -U0 --no-renames --no-commit-id --no-color --no-ext-diff "$1" |
    awk -v of="$of" '
      /^\+\+\+ / { path = substr($0, 7); next }
      /^@@ / { split($3, at, ","); row = substr(at[1], 2) + 0; next }
      /^\+/ {
        if (/ $/) print path ":" row ": trailing space, " of
        if (/\t/) print path ":" row ": tab, " of
        if (/\r/) print path ":" row ": carriage return, " of
        row++
      }' > "$part/space"
  while IFS= read -r line; do
    path=${line%%:*}
    grep -qxP -e "$files" <<< "$path" || continue
    case $line in *": tab, "*) if [ -n "$tabs" ] && grep -qxP -e "$tabs" <<< "$path"; then continue; fi ;; esac
    all_broken whitespace <<< "$line"
  done < "$part/space"
}

# An issue that is fixed is in no list of tests that fail.
check_problem_lists() {
  local id place dirs
  IFS='|' read -ra dirs <<< "$(conf 'checks "problemlists"' dirs)"
  while IFS=$'\t' read -r id place; do
    { in_branch grep -n -w -e "$id" percpu -- "${dirs[@]/%/\/ProblemList*.txt}" || true; } |
      sed -n 's/^percpu:\([^:]*:[0-9]*\):[^#]*$/\1/p' |
      while read -r entry; do broken "$entry" problemlists "issue $id, which is fixed in $place"; done
  done < "$part/issues"
  # None of ours is listed under a name that is gone.
  { in_branch grep -n -i -e percpu percpu -- "${dirs[@]/%/\/ProblemList*.txt}" || true; } | sed -n 's/^percpu:\([^:]*:[0-9]*:[^#]\)/\1/p' |
    while IFS=: read -r list row entry; do
      entry=${entry%%[ #]*}
      in_branch cat-file -e "percpu:${list%/*}/$entry" 2> /dev/null ||
        broken "$list:$row" problemlists "no such test: $entry"
    done
}

# ---- what is there in the end -------------------------------------------------

# The text of a licence, without what is around it and in it for one author only.
licence() {
  sed -n 's,^[ *#/]*,,; /^This code is free software/,/^Inc\., 51 Franklin/p' "$1" | tr -s '\n ' ' ' |
    sed 's/ \(Oracle\|The PerCpu project authors\) designates\{0,1\} this particular/ OWNER designates this particular/; s/ as provided by Oracle in / as provided in /'
}

check_copyright() {
  local files locator validator path row
  files=$(conf 'checks "copyright"' files)
  locator=$(conf 'checks "copyright"' oracle_locator) validator=$(conf 'checks "copyright"' oracle_validator)
  for path in gpl-header gpl-cp-header; do
    [ ! -f "$BRANCH/make/data/license-templates/$path" ] || licence "$BRANCH/make/data/license-templates/$path"
    printf '\n'
  done > "$part/licences"
  while read -r path; do
    grep -qxP -e "$files" <<< "$path" || continue
    row=$(grep -m1 -nxP -e "$locator" "$BRANCH/$path" | cut -d: -f1 || true)
    if [ -n "$row" ] && ! sed -n "${row}p" "$BRANCH/$path" | grep -qxP -e "$validator"; then
      broken "$path:$row" copyright "not of the form $validator"
    fi
    grep -qxFe "$path" "$part/added" || continue
    if ! head -n 5 "$BRANCH/$path" | grep -qE 'Copyright \(c\) [0-9]{4}(, [0-9]{4})?, .*\. All rights reserved\.$'; then
      broken "$path:1" copyright "no copyright line in the first five lines"
    elif ! grep -qxFe "$(licence "$BRANCH/$path")" "$part/licences" || [ -z "$(licence "$BRANCH/$path")" ]; then
      broken "$path:1" copyright "the licence is none of make/data/license-templates"
    fi
  done < "$part/changed"
}

# first_difference FILE CHANGED: the line of FILE where it starts to differ.
first_difference() { { cmp "$1" "$2" || true; } | sed -n 's/.* line \([0-9]*\)$/\1/p'; }

# jdk_test NAME: a test of the tree that looks at the tree; what it says is in $part/NAME.
jdk_test() {
  local sources=$BRANCH/test/hotspot/jtreg/sources
  [ -f "$sources/$1.java" ] || die "$OUR_BRANCH has no test/hotspot/jtreg/sources/$1.java"
  "$boot_jdk/bin/java" -Dtest.src="$sources" "$sources/$1.java" > "$part/$1" 2>&1
}

check_includes() {
  local path copy=$part/includes known
  # Those folders that the JDK says are sorted.
  if ! jdk_test TestIncludesAreSorted; then
    known=$(grep -oE 'src/hotspot/[^ ]*\.[ch]pp$' "$part/TestIncludesAreSorted" | sort -u || true)
    [ -n "$known" ] || die_log "$part/TestIncludesAreSorted" "TestIncludesAreSorted found no file and failed"
  else known=; fi
  # And new files, wherever they are.
  { printf '%s\n' "$known"; grep '^src/hotspot/.*\.[ch]pp$' "$part/added" || true; } | sort -u | while read -r path; do
    [ -n "$path" ] || continue
    mkdir -p "$copy/${path%/*}"
    cp "$BRANCH/$path" "$copy/$path"
    printf '%s\n' "$path" >> "$part/sorted"
  done
  [ -f "$part/sorted" ] || return 0
  "$boot_jdk/bin/java" "$BRANCH/test/hotspot/jtreg/sources/SortIncludes.java" --update "$copy" > "$part/SortIncludes" 2>&1 ||
    die_log "$part/SortIncludes" "SortIncludes does not run"
  while read -r path; do
    cmp -s "$BRANCH/$path" "$copy/$path" ||
      broken "$path:$(first_difference "$BRANCH/$path" "$copy/$path")" includes "includes are not sorted: java test/hotspot/jtreg/sources/SortIncludes.java --update $path"
  done < "$part/sorted"
}

check_null() {
  if jdk_test TestNoNULL; then return 0; fi
  sed -n "s,^Error: 'NULL' found in $BRANCH/\(.*\) at line \([0-9]*\):\$,\1:\2: NULL instead of nullptr,p" "$part/TestNoNULL" \
    > "$part/null"
  [ -s "$part/null" ] || die_log "$part/TestNoNULL" "TestNoNULL found nothing and failed"
  all_broken null < "$part/null"
}

check_guards() {
  local path guard
  { grep '^src/hotspot/.*\.hpp$' "$part/added" || true; } | while read -r path; do
    guard=${path#src/hotspot/}
    guard=$(tr 'a-z/.' 'A-Z__' <<< "${guard}")
    if [ "$(grep -cE "^#(ifndef|define) $guard\$|^#endif // $guard\$" "$BRANCH/$path")" != 3 ]; then
      broken "$path:$(grep -n -m1 '^#ifndef' "$BRANCH/$path" | cut -d: -f1 || echo 1)" guard "the include guard is not $guard"
    fi
  done
}

check_modifiers() {
  local path copy=$part/modifiers
  { grep '\.java$' "$part/added" || true; } | while read -r path; do
    mkdir -p "$copy/${path%/*}"
    cp "$BRANCH/$path" "$copy/$path"
  done
  [ -d "$copy" ] || return 0
  bash "$BRANCH/bin/blessed-modifier-order.sh" "$copy"
  (cd "$copy" && find . -name '*.java' -printf '%P\n') | while read -r path; do
    cmp -s "$BRANCH/$path" "$copy/$path" ||
      broken "$path:$(first_difference "$BRANCH/$path" "$copy/$path")" modifiers "bin/blessed-modifier-order.sh orders them otherwise"
  done
}

# exports_to_module FILE MODULE: what a module-info.java says that it exports to the module, as options of javac.
exports_to_module() {
  tr -s ' \n' ' ' < "$1" | grep -oE 'exports [a-z.]+ to [^;]*;' | sed 's/[,;]/ /g' |
    awk -v exporter="$2" '{ for (i = 4; i <= NF; i++) if ($i == "jdk.incubator.percpu") print "--add-exports=" exporter "/" $2 "=" $i }'
}

# javac's and javadoc's warnings, by the unpatched JDK: the new classes of java.base are put into its own.
check_java() {
  local base=src/java.base/share/classes module=$BRANCH/src/jdk.incubator.percpu/share/classes taglets log=$part/java
  local -a ours options
  mapfile -t ours < <(grep "^$base/.*\\.java\$" "$part/added" || true)
  if [ ${#ours[@]} = 0 ] || [ ! -d "$module" ]; then return 0; fi
  # A copy, without the files that java.base has.
  tar -C "$BRANCH" -c "${ours[@]}" | tar -C "$part" -x
  taglets=$BRANCH/make/jdk/src/classes
  mapfile -t options < <(exports_to_module "$BRANCH/$base/module-info.java" java.base
    exports_to_module "$BRANCH/src/java.management/share/classes/module-info.java" java.management)
  options+=(--patch-module "java.base=$part/base" --module-source-path "jdk.incubator.percpu=$module")
  mkdir "$part/base" "$part/module" "$part/tags" "$part/api"
  {
    "$boot_jdk/bin/javac" -Xlint:all -d "$part/base" --patch-module "java.base=$part/$base" "${ours[@]/#/$part/}" &&
    "$boot_jdk/bin/javac" -Xlint:all -d "$part/module" "${options[@]}" --module jdk.incubator.percpu &&
    "$boot_jdk/bin/javac" -nowarn -d "$part/tags" -sourcepath "$taglets" "$taglets"/build/tools/taglet/{Incubating,ModuleGraph}.java &&
    "$boot_jdk/bin/javadoc" -quiet -Xdoclint:all -d "$part/api" --module jdk.incubator.percpu "${options[@]}" \
      -tag 'apiNote:a:API Note:' -tag 'implSpec:a:Implementation Requirements:' -tag 'implNote:a:Implementation Note:' \
      -tag param -tag return -tag throws -tag since -tag see \
      -taglet build.tools.taglet.Incubating -taglet build.tools.taglet.ModuleGraph -tagletpath "$part/tags"
  } > "$log" 2>&1 || true
  sed -n -e "s,^$part/,$BRANCH/," -e "s,^$BRANCH/\(.*\.java:[0-9]*\): \(\(warning\|error\): .*\),\1: \2,p" "$log" > "$part/lint"
  if [ ! -s "$part/lint" ] && [ -s "$log" ]; then die_log "$log" "javac and javadoc say something else than warnings"; fi
  all_broken java < "$part/lint"
}

# Nobody who reads the branch has this project's folders.
check_names() {
  { in_branch grep -nE '\b(jtreg-tests|jdk-patch|hotspot-intrinsics|jdk-build)/|\b(docs|results)/[a-z]+(/|\.md)' percpu -- || true; } |
    sed 's/^percpu://' > "$part/named"
  while IFS=: read -r path row line; do
    if grep -qxFe "$path" "$part/added"; then broken "$path:$row" names "a file of the project that the branch is made from: $line"; fi
  done < "$part/named"
}

# -----------------------------------------------------------------------------

lock_build
[ -d "$BRANCH/.git" ] || die "there is no $OUR_BRANCH to check: run make upstream$OF"
[ -z "$(in_branch status --porcelain | head -n 1)" ] || die "$OUR_BRANCH has changes that are not committed"
boot_jdk=$(find_boot_jdk) || die "there is no JDK $JDK_MAJOR to run OpenJDK's own checks: run make deps$OF, or name one by BOOT_JDK=folder"
part=$(mktemp -d)
trap 'rm -rf "$part"' EXIT
: > "$part/broken"; : > "$part/issues"
without_issue=0
in_branch show percpu:.jcheck/conf > "$part/conf" || die "$OUR_BRANCH has no .jcheck/conf"
in_branch diff --name-only --no-renames --diff-filter=d upstream percpu > "$part/changed"
in_branch diff --name-only --no-renames --diff-filter=A upstream percpu > "$part/added"
mapfile -t commits < <(in_branch rev-list --reverse upstream..percpu)
[ ${#commits[@]} != 0 ] || die "$OUR_BRANCH has no commit after the tag upstream"

for commit in "${commits[@]}"; do
  check_message "$commit"
  check_files "$commit"
done
check_problem_lists
check_copyright
check_includes
check_null
check_guards
check_modifiers
check_names
check_java

count=$(wc -l < "$part/broken")
say "checked: ${#commits[@]} commits, $(wc -l < "$part/changed") files, $(wc -l < "$part/added") of them new"
if [ $without_issue != 0 ]; then say "note: $without_issue commits have no issue yet: $OUR_BRANCH says $NO_ISSUE, which jcheck refuses"; fi
say "not checked here: whether a commit builds, which make build-upstream$OF tests, and passes its tests, make test-commits$OF; C++ warnings, which are errors in make jdk$OF"
[ "$count" = 0 ] || die "$count places in $OUR_BRANCH are not as OpenJDK asks for: see above"
