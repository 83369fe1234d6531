# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# make upstream and make check-upstream on a small JDK that has OpenJDK's own checks. Sourced by test-patches.sh.

: "${scratch:?}" "${fake:?}"  # from test-patches.sh and workflow.sh

# The licence as OpenJDK has it, in comments, with our line of copyright.
gpl() { # FIRST EACH LAST
  if [ -n "$1" ]; then printf '%s\n' "$1"; fi
  git_plain -C "$SOURCE" show upstream:make/data/license-templates/gpl-header |
    sed -e '1s/.*/Copyright (c) 2026, PerCpu project authors. All rights reserved./' -e '/^Please contact/,$d' -e '$d' |
    sed -e '${/^$/d}' -e "s,^,$2 ," -e 's/ $//'
  if [ -n "$3" ]; then printf '%s\n' "$3"; fi
}
c_file() { gpl '/*' ' *' ' */'; printf '\n'; cat; }

make_tree_with_checks() {
  local tree=$fake/checks folder
  mkdir -p "$tree"
  git_plain -C "$SOURCE" archive upstream .jcheck test/hotspot/jtreg/sources bin/blessed-modifier-order.sh \
    make/data/license-templates make/jdk/src/classes/build/tools/taglet | tar -C "$tree" -x
  for folder in java.base java.management; do
    mkdir -p "$tree/src/$folder/share/classes"
    printf 'module %s {\n  exports jdk.internal.percpu to\n    jdk.incubator.percpu;\n}\n' "$folder" > "$tree/src/$folder/share/classes/module-info.java"
  done
  cp -r "$fake/jdk/." "$tree"
  mkdir -p "$tree/make/test"
  printf 'build-test-hotspot-jtreg-native:\n' > "$tree/make/test/JtregNativeHotspot.gmk"
  printf 'build-test-jdk-jtreg-native:\n' > "$tree/make/test/JtregNativeJdk.gmk"
  for folder in share/c1 share/ci share/compiler share/jvmci os/linux os/posix; do
    mkdir -p "$tree/src/hotspot/$folder"
    printf '#include "a.hpp"\n#include "b.hpp"\n' > "$tree/src/hotspot/$folder/sorted.cpp"
  done
  mkdir -p "$tree/test/jdk"
  printf '# not about percpu\njava/Old.java 8123456 generic-all\n' > "$tree/test/jdk/ProblemList.txt"
  tar -C "$fake" --transform 's,^checks,jdk-25-checks,' -cJf "$fake/dist/checks.tar.xz" checks
}

# upstream_checkout NAME: a checkout whose series, new files and tests are two steps, which break no rule.
upstream_checkout() {
  local at
  at=$(checkout "$1")
  sed -i -e 's/^TARBALL=.*/TARBALL=checks.tar.xz/' -e "s/^SHA256=.*/SHA256=$(sha256 < "$fake/dist/checks.tar.xz")/" \
    "$at/jdk-patch/25/upstream"
  source_of "$at" > /dev/null 2>&1
  edit "$at" src/base/A.java 's/two/TWO/'
  commit_all "$at" "Change A"
  edit "$at" src/base/A.java 's/three/THREE/'
  edit "$at" src/base/B.java 's/due/DUE/'
  commit_all "$at" "Change A and B"
  run "$at" export.sh > /dev/null 2>&1
  c_file <<< 'class New {}' > "$at/jdk-patch/src/base/New.java"
  rm "$at/hotspot-intrinsics/src/hotspot/rseq.hpp"
  mkdir -p "$at/hotspot-intrinsics/src/hotspot/share" "$at/jdk-patch/steps" "$at/jtreg-tests/hotspot" "$at/jtreg-tests/jdk" \
    "$at/jtreg-tests/lib"
  c_file > "$at/hotspot-intrinsics/src/hotspot/share/rseq.hpp" <<'END'
#ifndef SHARE_RSEQ_HPP
#define SHARE_RSEQ_HPP

#include "a.hpp"
#include "b.hpp"

#endif // SHARE_RSEQ_HPP
END
  c_file <<< 'class Lib {}' > "$at/jtreg-tests/lib/Lib.java"
  c_file > "$at/jtreg-tests/hotspot/HotSpotTest.java" <<'END'
/*
 * @test
 * @library /test/lib /test/hotspot/jtreg /lib
 */
class HotSpotTest {}
END
  c_file > "$at/jtreg-tests/jdk/JdkTest.java" <<'END'
/*
 * @test
 * @library /test/lib /lib
 */
class JdkTest {}
END
  printf '# ours\n' > "$at/jtreg-tests/run.sh"
  cat > "$at/jdk-patch/steps/list" <<'END'
step first Change what A says
| Why it does.
|
| And a second paragraph.
patch 0001
patch 0002 src/base/B.java
new src/hotspot/*
step second Add the class New
patch 0002
new src/base/New.java
test hotspot/* to test/hotspot/jtreg/runtime/percpu
test jdk/* to test/jdk/percpu
test lib/* to test/hotspot/jtreg/testlibrary/percpu
stay run.sh it runs them
END
  printf '%s' "$at"
}
upstream_of() { run "$1" upstream-branch.sh; }
check_of() { run "$1" check-upstream.sh BOOT_JDK="$checks_jdk"; }
add_line_to_list() { printf '%s\n' "$2" >> "$1/jdk-patch/steps/list"; }

branch_is_made() {
  local at branch
  at=$(upstream_checkout up)
  branch=$at/build/upstream-branch
  prints '^  jtreg-tests/run.sh: it runs them$' upstream_of "$at"
  [ "$(git_plain -C "$branch" log --format=%s upstream..percpu)" = $'0000000: Add the class New\n0000000: Change what A says' ]
  [ "$(git_plain -C "$branch" log -1 --format=%b percpu~)" = $'Why it does.\n\nAnd a second paragraph.' ]
  [ "$(git_plain -C "$branch" diff --name-only upstream percpu~)" = $'src/base/A.java\nsrc/base/B.java\nsrc/hotspot/share/rseq.hpp' ]
  [ "$(git_plain -C "$branch" show percpu~:src/base/A.java)" = $'one\nTWO\nthree' ]
  [ "$(cat "$branch/src/base/A.java")" = $'one\nTWO\nTHREE' ]
  cmp "$branch/src/base/New.java" "$at/jdk-patch/src/base/New.java"
  grep -qx ' \* @library /test/lib / /testlibrary/percpu' "$branch/test/hotspot/jtreg/runtime/percpu/HotSpotTest.java"
  grep -qx ' \* @library /test/lib /test/hotspot/jtreg/testlibrary/percpu' "$branch/test/jdk/percpu/JdkTest.java"
  [ -z "$(git_plain -C "$branch" status --porcelain)" ]
  [ "$(git_plain -C "$branch" for-each-ref --format='%(refname)')" = $'refs/heads/percpu\nrefs/tags/upstream' ]
  no_temporary "$at"
}

branch_is_reproducible() {
  local before branch=$scratch/up/build/upstream-branch
  before=$(git_plain -C "$branch" rev-parse HEAD)
  upstream_of "$scratch/up"
  [ "$before" = "$(git_plain -C "$branch" rev-parse HEAD)" ]
}

work_on_the_branch_is_safe() {
  local at=$scratch/up
  printf 'mine\n' >> "$at/build/upstream-branch/src/base/A.java"
  fails_with 'holds work that make upstream did not make' upstream_of "$at"
  fails_with 'has changes that are not committed' check_of "$at"
  git_plain -C "$at/build/upstream-branch" -c user.name=U -c user.email=u@example.org commit --quiet --all --message mine
  fails_with 'holds work that make upstream did not make' upstream_of "$at"
  grep -q mine "$at/build/upstream-branch/src/base/A.java"
}

every_file_has_a_step() {
  local at list
  at=$(upstream_checkout up-list)
  list=$at/jdk-patch/steps/list
  cp "$list" "$at/list"
  c_file <<< 'class Other {}' > "$at/jdk-patch/src/base/Other.java"
  fails_with 'in no step: jdk-patch/src/base/Other.java; say in jdk-patch/steps/list which commit brings it' upstream_of "$at"
  [ ! -e "$at/build/upstream-branch" ]
  rm "$at/jdk-patch/src/base/Other.java"
  printf 'x\n' > "$at/jtreg-tests/Page.java"
  fails_with 'in no step: jtreg-tests/Page.java;' upstream_of "$at"
  rm "$at/jtreg-tests/Page.java"
  sed -i '/^patch 0002 src/d; s/^patch 0002$/patch 0002 src\/base\/A.java/' "$list"
  fails_with 'in no step: src/base/B.java of jdk-patch/25/0002-Change-A-and-B.patch;' upstream_of "$at"
  cp "$at/list" "$list"
  add_line_to_list "$at" 'new src/base/Gone.java'
  fails_with 'there is nothing for jdk-patch/steps/list:15: new src/base/Gone.java' upstream_of "$at"
  cp "$at/list" "$list"
  add_line_to_list "$at" 'new src/base/New.java'
  fails_with 'src/base/New.java is in two lines: jdk-patch/steps/list:' upstream_of "$at"
  cp "$at/list" "$list"
  add_line_to_list "$at" 'news src/base/New.java'
  fails_with 'jdk-patch/steps/list:15: no such kind of line' upstream_of "$at"
  cp "$at/list" "$list"
  add_line_to_list "$at" 'step third Nothing'
  fails_with 'step third changes nothing' upstream_of "$at"
  # A step that wants a hunk before that one which it stands on.
  sed -e 's/^patch 0001$/patch 0009/; s/^patch 0002$/patch 0001/; s/^patch 0009$/patch 0002/; /^patch 0002 src/d' "$at/list" > "$list"
  fails_with 'from jdk-patch/25/0002-Change-A-and-B.patch for step first does not apply' upstream_of "$at"
  [ ! -e "$at/build/upstream-branch" ]
  no_temporary "$at"
}

built_of() { run "$1" build-upstream.sh; }
runs_of_hotspot() { grep -c "^hotspot ${1:-A}.java\$" "$scratch/runs" 2> /dev/null || true; }

each_commit_is_built() {
  local at before before_b kept=$scratch/cache/built-trees
  at=$(upstream_checkout up-build)
  rm -rf "$kept"
  fails_with 'there is no build/upstream-branch to build: run make upstream$' built_of "$at"
  upstream_of "$at"
  before=$(runs_of_hotspot) before_b=$(runs_of_hotspot B)
  prints '^each of 2 commits builds: 2 now, in 0 min, 0 before$' built_of "$at"
  said_once '^2 commits, the first 0 were done before$' '^commit 1 of 2: 0000000: Change what A says$' \
    '^commit 2 of 2: 0000000: Add the class New$'
  # Only what changes is built again: the second commit does not change B.java.
  [ "$(runs_of_hotspot)" = $((before + 2)) ]
  [ "$(runs_of_hotspot B)" = $((before_b + 1)) ]
  [ "$(git_plain -C "$at/build/upstream-build/source" rev-parse HEAD)" = "$(git_plain -C "$at/build/upstream-branch" rev-parse percpu)" ]
  [ "$(wc -l < "$at/build/results/tests/upstream-commits.txt")" = 3 ]
  prints '^each of 2 commits builds: 0 now, in 0 min, 2 before$' built_of "$at"
  [ "$(runs_of_hotspot)" = $((before + 2)) ]
  # In another checkout with the same commits nothing is built, nor after make clean.
  rm -rf "$at/build/upstream-build"
  prints '^2 commits, the first 2 were done before$' built_of "$at"
  [ ! -e "$at/build/upstream-build" ]
  # Other settings are another build.
  prints '^2 commits, the first 0 were done before$' built_with_x "$at"
}
built_with_x() { run "$1" build-upstream.sh CONFIGURE_ARGS=--with-x; }

# A commit that does not build stops it; what comes before stays built, and a mended branch goes on there.
commit_that_does_not_build() {
  local at before new
  at=$(upstream_checkout up-broken)
  rm -rf "$scratch/cache/built-trees"
  new=$at/jdk-patch/src/base/New.java
  cp "$new" "$at/good"
  c_file <<< '// does not compile' > "$new"
  upstream_of "$at"
  ends_with 1 built_of "$at"
  said_once '^commit 1 of 2: ' '^commit 2 of 2: ' '^error: the build failed; mend it and run make build-upstream again' \
    '^error: not every commit builds: not 2 of 2: .*, see above; mend it in jdk-patch, hotspot-intrinsics or jtreg-tests, then run make build-upstream$'
  [ "$(cat "$scratch/cache/built-trees"/* | wc -l)" = 1 ]
  # Once more, from where it stands.
  before=$(runs_of_hotspot)
  ends_with 1 built_of "$at"
  said_once '^2 commits, the first 1 were done before$' '^commit 2 of 2: ' '^error: not every commit builds: not 2 of 2: '
  if grep -q '^commit 1 of 2: ' "$scratch/out"; then echo "the first commit was built again"; return 1; fi
  cp "$at/good" "$new"
  upstream_of "$at"
  prints '^each of 2 commits builds: 1 now, in 0 min, 1 before$' built_of "$at"
  [ "$(runs_of_hotspot)" = $((before + 1)) ]
  [ -z "$(git_plain -C "$at/build/upstream-branch" status --porcelain)" ]
}

# upstream_checkout NAME with what runs tests: a jtreg that only says how they end. That is in ends, "TEST STATUS"; else they
# pass.
tests_checkout() {
  local at
  at=$(upstream_checkout "$1")
  make_jtreg_for "$at"
  cp -r "$TOP/jtreg-tests/upstream" "$at/jtreg-tests"
  add_line_to_list "$at" 'stay upstream/* it runs them, too'
  cat > "$at/java" <<'END'
#!/bin/bash
set -euo pipefail
here=$(dirname "$0")
[ ! -e "$here/breaks" ] || { echo "jtreg breaks"; exit 5; }
for argument; do
  case $argument in
    -reportDir:*) mkdir -p "${argument#*:}/text"; exec > "${argument#*:}/text/summary.txt" ;;
    hotspot/jtreg/* | jdk/*)
      found=$(grep -F "$argument " "$here/ends" 2> /dev/null) || found="$argument Passed"
      printf '%s   %s. rest\n' "$(sed 's,^hotspot/jtreg/,,; s,^jdk/,,' <<< "$argument")" "${found#* }"
      echo "test $argument" >> "$FAKE_RUNS" ;;
  esac
done
END
  chmod +x "$at/java"
  printf '%s' "$at"
}
tested_of() { run "$1" "build-upstream.sh --tests" JTREG="$1/jtreg" JTREG_JAVA="$1/java"; }
runs_of_tests() { grep -c '^test ' "$scratch/runs" 2> /dev/null || true; }

each_commit_is_tested() {
  local at before kept
  at=$(tests_checkout up-tests)
  rm -rf "$scratch/cache/tested-trees"
  upstream_of "$at"
  before=$(runs_of_tests)
  prints '^each of 2 commits passes its tests: 2 now, in 0 min, 0 before$' tested_of "$at"
  said_once '^commit 1 of 2: 0000000: Change what A says$' '^  no test$' '^commit 2 of 2: 0000000: Add the class New$' \
    '^running 1 files of test/hotspot/jtreg ' '^running 1 files of test/jdk ' '^  2 passed, 0 failed, 0 skipped$'
  [ "$(runs_of_tests)" = $((before + 2)) ]
  kept=$at/build/results/tests/upstream-commits-tests.txt
  grep -qE '^tree [0-9a-f]+ no test: 0000000: Change what A says$' "$kept"
  grep -qE '^tree [0-9a-f]+ 2 passed, 0 failed, 0 skipped: 0000000: Add the class New$' "$kept"
  prints '^each of 2 commits passes its tests: 0 now, in 0 min, 2 before$' tested_of "$at"
  [ "$(runs_of_tests)" = $((before + 2)) ]
  # Whether each builds is another question.
  rm -rf "$scratch/cache/built-trees"
  prints '^2 commits, the first 0 were done before$' built_of "$at"
}

# A commit whose tests fail, whose jtreg breaks, or none of whose tests runs: none of that is kept.
commit_that_fails_its_tests() {
  local at kept
  at=$(tests_checkout up-tests-fail)
  rm -rf "$scratch/cache/tested-trees"
  upstream_of "$at"
  printf 'jdk/percpu/JdkTest.java Failed\n' > "$at/ends"
  ends_with 1 tested_of "$at"
  said_once '^error: tests that this commit brings failed; ' '^jdk/percpu/JdkTest.java Failed$' \
    '^error: not every commit passes its tests: not 2 of 2: .*, then run make test-commits$'
  printf '%s Not run\n' hotspot/jtreg/runtime/percpu/HotSpotTest.java jdk/percpu/JdkTest.java > "$at/ends"
  ends_with 1 tested_of "$at"
  said_once '^2 commits, the first 1 were done before$' '^error: of the tests that this commit brings none ran: '
  touch "$at/breaks"
  ends_with 1 tested_of "$at"
  said_once '^error: jtreg ended with exit code 5; '
  kept=$at/build/results/tests/upstream-commits-tests.txt
  [ ! -e "$kept" ]
  rm "$at/breaks"
  printf 'jdk/percpu/JdkTest.java Passed. Skipped: no kernel\n' > "$at/ends"
  prints '^each of 2 commits passes its tests: 1 now, in 0 min, 1 before$' tested_of "$at"
  said_once '^  1 passed, 0 failed, 1 skipped$'
}

good_branch_passes() {
  [ -n "$checks_jdk" ] || { echo "no JDK $JDK_MAJOR to run OpenJDK's own checks"; return 77; }
  local at
  at=$(upstream_checkout up-good)
  fails_with 'there is no build/upstream-branch to check: run make upstream$' check_of "$at"
  upstream_of "$at"
  prints '^note: 2 commits have no issue yet' check_of "$at"
  said_once '^checked: 2 commits, 7 files, 5 of them new$'
  # With issues there is nothing left to say.
  sed -i 's/^| Why.*/&\nissue 8100001/; s/^step second.*/&\nissue 8100002/' "$at/jdk-patch/steps/list"
  upstream_of "$at"
  prints '^checked: 2 commits' check_of "$at"
  if grep -q '^note:' "$scratch/out"; then echo "there is a note on issues"; return 1; fi
}

# All at once, each in a file of its own.
rules_are_seen_broken() {
  [ -n "$checks_jdk" ] || { echo "no JDK $JDK_MAJOR to run OpenJDK's own checks"; return 77; }
  local at new old first second
  at=$(upstream_checkout up-bad)
  new=$at/jdk-patch/src/base
  old=$at/hotspot-intrinsics/src/hotspot/share
  c_file <<< 'class Space {} ' > "$new/Space.java"
  c_file <<< $'class Tab {\t}' > "$new/Tab.java"
  c_file <<< $'class Return {}\r' > "$new/Return.java"
  c_file <<< 'class Executable {}' > "$new/Executable.java"
  chmod +x "$new/Executable.java"
  printf 'class Bare {}\n' > "$new/Bare.java"
  c_file <<< 'class Licence {}' | sed '/WARRANTY/d' > "$new/Licence.java"
  printf '// Copyright (c) 2026 Oracle and/or its affiliates. All rights reserved.\n' > "$new/Oracle.java"
  c_file <<< $'class Order {\n  final static int I = 0;\n}' > "$new/Order.java"
  c_file <<< '// see docs/adders.md' > "$new/Names.java"
  c_file <<< $'#include "b.hpp"\n#include "a.hpp"' > "$old/unsorted.cpp"
  c_file <<< 'void* p = NULL;' > "$old/null.cpp"
  c_file <<< $'#ifndef OTHER_HPP\n#define OTHER_HPP\n\n#endif // OTHER_HPP' > "$old/guard.hpp"
  # The series, too.
  printf 'percpu/Gone.java 8100009 generic-all\n' >> "$at/build/source/test/jdk/ProblemList.txt"
  edit "$at" src/base/B.java 's/DUE/DUE /'
  git_plain -C "$at/build/source" -c user.name=Dev -c user.email=dev@example.org commit --quiet --all --amend --no-edit
  run "$at" export.sh
  sed -i -e 's/^step first.*/step first Change what A says.\nissue 8123456/; s/^step second.*/&\nissue 12/' \
    -e 's,^new src/base/New.java,new src/base/*,' -e 's/^| Why it does\./&\t/' "$at/jdk-patch/steps/list"
  upstream_of "$at"
  fails_with '[0-9]* places in build/upstream-branch are not as OpenJDK asks for' check_of "$at"
  first=$(git_plain -C "$at/build/upstream-branch" rev-parse --short=12 percpu~)
  second=$(git_plain -C "$at/build/upstream-branch" rev-parse --short=12 percpu)
  said_once '^src/base/Space.java:20: whitespace: trailing space, in commit ' '^src/base/B.java:2: whitespace: trailing space' \
    '^src/base/Tab.java:20: whitespace: tab' '^src/base/Return.java:20: whitespace: carriage return' \
    '^src/base/Executable.java:1: executable: ' '^src/base/Bare.java:1: copyright: no copyright line' \
    '^src/base/Licence.java:1: copyright: the licence is none of make/data/license-templates' \
    '^src/base/Oracle.java:1: copyright: not of the form ' '^src/base/Order.java:21: modifiers: ' \
    '^src/base/Names.java:20: names: .*: // see docs/adders.md' '^src/hotspot/share/unsorted.cpp:20: includes: .*SortIncludes' \
    '^src/hotspot/share/null.cpp:20: null: ' '^src/hotspot/share/guard.hpp:20: guard: .* SHARE_GUARD_HPP$' \
    "^commit $first:1: issuestitle: a period" "^commit $first:3: message: a tab" \
    "^commit $second:1: issues: the first line is not of the form " \
    '^test/jdk/ProblemList.txt:3: problemlists: no such test: percpu/Gone.java$' \
    "^test/jdk/ProblemList.txt:2: problemlists: issue 8123456, which is fixed in commit $first"
  # What is not broken is not named.
  if grep -E '^[^:]*(New|HotSpotTest|JdkTest|Lib)\.java' "$scratch/out"; then return 1; fi
  # Commits by hand: a title without text after an empty line, a link, a merge.
  ln -s New.java "$at/build/upstream-branch/src/base/Link.java"
  git_plain -C "$at/build/upstream-branch" add src/base/Link.java
  git_plain -C "$at/build/upstream-branch" -c user.name=U -c user.email=u@example.org commit --quiet \
    --cleanup=verbatim --message $'8100003: Add a link\nand say more\n'
  fails_with 'places in build/upstream-branch' check_of "$at"
  second=$(git_plain -C "$at/build/upstream-branch" rev-parse --short=12 percpu)
  said_once '^src/base/Link.java:1: symlink: ' "^commit $second:2: message: an empty line is to follow the title: and say more"
}

# Includes are checked in the folders, too, that the JDK names, not in new files only.
old_includes_are_seen() {
  [ -n "$checks_jdk" ] || { echo "no JDK $JDK_MAJOR to run OpenJDK's own checks"; return 77; }
  local at
  at=$(upstream_checkout up-includes)
  edit "$at" src/hotspot/share/c1/sorted.cpp '1{h;d};2G'
  commit_all "$at" "Unsort"
  run "$at" export.sh
  sed -i 's/^patch 0001$/&\npatch 0003/' "$at/jdk-patch/steps/list"
  upstream_of "$at"
  fails_with '1 places in' check_of "$at"
  said_once '^src/hotspot/share/c1/sorted.cpp:1: includes: '
}

javac_and_javadoc_may_not_warn() {
  [ -n "$checks_jdk" ] || { echo "no JDK $JDK_MAJOR to run OpenJDK's own checks"; return 77; }
  local at src
  at=$(upstream_checkout up-java)
  src=$at/jdk-patch/src
  mkdir -p "$src/java.base/share/classes/jdk/internal/percpu" "$src/jdk.incubator.percpu/share/classes/jdk/incubator/percpu"
  c_file > "$src/java.base/share/classes/jdk/internal/percpu/Raw.java" <<'END'
package jdk.internal.percpu;
public class Raw {
    public static int size(java.util.List list) { return list.size(); }
}
END
  c_file <<< $'/** A module. {@incubating} */\nmodule jdk.incubator.percpu {\n    exports jdk.incubator.percpu;\n}' \
    > "$src/jdk.incubator.percpu/share/classes/module-info.java"
  c_file > "$src/jdk.incubator.percpu/share/classes/jdk/incubator/percpu/PerCpu.java" <<'END'
package jdk.incubator.percpu;
/** A class. */
public class PerCpu {
    private PerCpu() {}
    /** A method. */
    public static int size() { return jdk.internal.percpu.Raw.size(java.util.List.of()); }
}
END
  add_line_to_list "$at" 'step third Add a module'
  add_line_to_list "$at" 'new src/j*'
  upstream_of "$at"
  fails_with '2 places in build/upstream-branch' check_of "$at"
  said_once '^src/java.base/share/classes/jdk/internal/percpu/Raw.java:22: java: warning: .rawtypes. ' \
    '^src/jdk.incubator.percpu/share/classes/jdk/incubator/percpu/PerCpu.java:25: java: warning: no @return$'
  # A class that does not compile is no warning, and is said, too.
  sed -i 's/int size(/int length(/' "$src/java.base/share/classes/jdk/internal/percpu/Raw.java"
  upstream_of "$at"
  fails_with '2 places in build/upstream-branch' check_of "$at"
  said_once '/PerCpu.java:25: java: error: cannot find symbol$'
}

make_tree_with_checks
checks_jdk=$(find_boot_jdk || true)
check "make upstream: series, new files and tests as commits" branch_is_made
check "make upstream: the same commits for everyone" branch_is_reproducible
check "make upstream: work on the branch is safe" work_on_the_branch_is_safe
check "make upstream: every file is in one step, and each step applies" every_file_has_a_step
check "make build-upstream: each commit, once" each_commit_is_built
check "make build-upstream: a commit that does not build" commit_that_does_not_build
check "make test-commits: each commit, once" each_commit_is_tested
check "make test-commits: a commit that fails its tests" commit_that_fails_its_tests
check "make check-upstream: a branch that breaks no rule" good_branch_passes
check "make check-upstream: a change that breaks a rule is seen" rules_are_seen_broken
check "make check-upstream: javac and javadoc may not warn" javac_and_javadoc_may_not_warn
check "make check-upstream: includes of old files" old_includes_are_seen
