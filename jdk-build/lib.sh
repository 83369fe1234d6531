# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# What the scripts of this folder share. Sourced, never run.

set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034 # where the others find each other
SCRIPTS=$TOP/jdk-build
: "${CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/percpu-jdk}"
: "${DEBUG_LEVEL:=release}"
: "${DISTFILES:=}" "${JDK_SRC:=}" "${JOBS:=}" "${CONFIGURE_ARGS:=}"

# Whatever calls us (a hook, another make) must not steer git or the JDK's make.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
# A line in two parts: what is begun, and how it ended. What tells how far it is comes between.
begin() { printf '%s:' "$*" >&2; }
end() { printf ' %s\n' "$*" >&2; }
# What a program printed is in a log. These show the log's last lines; the second also ends with its name.
log_end() { tail -n 20 "$1" | sed 's/^/  /' >&2; }
die_log() { log_end "$1"; die "$2; the whole log is $1"; }

# Which OpenJDK: OF_JDK is the Makefile's JDK, a name that means the home of an image here. What belongs to the default
# one has no number in its name: OTHER_JDK is empty for it.
: "${OF_JDK:=25}"
export OF_JDK
OTHER_JDK=
if [ "$OF_JDK" != 25 ]; then OTHER_JDK=$OF_JDK; fi
known_jdks=$(find "$TOP/jdk-patch" -mindepth 2 -maxdepth 2 -path '*/[0-9]*/upstream' -printf '%P\n' | sed 's,/.*,,' | sort -n)
grep -qxFe "$OF_JDK" <<< "$known_jdks" ||
  die "JDK=$OF_JDK: there is no jdk-patch/$OF_JDK/upstream; JDK must be one of these: ${known_jdks//$'\n'/ }"
# SERIES=none is the same source without our patches and new files, in a build folder of its own: a JDK to compare with.
# Other scripts make no sense without them.
: "${SERIES:=}"
export SERIES
case $SERIES:${0##*/} in
  :* | none:deps.sh | none:source.sh | none:build.sh | none:clean.sh) ;;
  none:*) die "SERIES=none is for make source, jdk and clean only: leave it out" ;;
  *) die "SERIES=$SERIES: it must be none or nothing" ;;
esac
PATCHES=$TOP/jdk-patch/$OF_JDK
OUR_BUILD=build${OTHER_JDK:+/$OTHER_JDK}${SERIES:+/unpatched}
BUILD=$TOP/$OUR_BUILD
SOURCE=$BUILD/source
STAMP=$SOURCE/.git/percpu-stamp
# For messages: the same folders as seen from the checkout, and what a make command is to be given.
OUR_PATCHES=jdk-patch/$OF_JDK
# shellcheck disable=SC2034
OUR_SOURCE=$OUR_BUILD/source OF=${OTHER_JDK:+ JDK=$OTHER_JDK}${SERIES:+ SERIES=$SERIES}

# The pinned source: VERSION TARBALL SHA256 SOURCE_PACKAGE SOURCE_VERSION SUITES SNAPSHOT_URL GIT_URL GIT_TAG GIT_SURPLUS
# TREE SOURCE_DATE.
# shellcheck source=../jdk-patch/25/upstream source-path=SCRIPTDIR disable=SC2034
. "$PATCHES/upstream"
JDK_MAJOR=${VERSION%%[.+]*}

case $CACHE in /*) ;; *) CACHE=$TOP/$CACHE ;; esac
case $DISTFILES in ''|/*) ;; *) DISTFILES=$TOP/$DISTFILES ;; esac
case $JDK_SRC in ''|/*) ;; *) JDK_SRC=$TOP/$JDK_SRC ;; esac
[ -z "$JDK_SRC" ] || [ -d "$JDK_SRC" ] || die "JDK_SRC=$JDK_SRC is not a folder"
case $DEBUG_LEVEL in
  release|fastdebug|slowdebug) ;;
  *) die "DEBUG_LEVEL=$DEBUG_LEVEL: it must be release, fastdebug or slowdebug" ;;
esac

# What tests and measurements found: below the build folder, or where RECORD=1 keeps it. The emitted code of all JDKs is
# kept in one place.
KEPT=$TOP/results${OTHER_JDK:+/$OTHER_JDK}
# shellcheck disable=SC2034
KEPT_ASM=$TOP/results/asm${OTHER_JDK:+/$OTHER_JDK}
# shellcheck disable=SC2034
case ${RECORD:=} in
  '') RESULTS=$BUILD/results ;;
  1) RESULTS=$KEPT ;;
  *) die "RECORD=$RECORD: it must be 1 or nothing" ;;
esac

# Another CPU than this machine's: a cross build, in folders of its own.
MACHINE=$(uname -m)
: "${TARGET:=$MACHINE}"
# shellcheck disable=SC2034
case $TARGET in
  "$MACHINE") FLAVOUR=$DEBUG_LEVEL ;;
  aarch64) FLAVOUR=$TARGET-$DEBUG_LEVEL ;;
  *) die "TARGET=$TARGET: on this machine it must be $MACHINE$([ "$MACHINE" = aarch64 ] || printf ' or aarch64')" ;;
esac
is_cross() { [ "$TARGET" != "$MACHINE" ]; }

# Not sourced: its VERSION would hide ours.
debian_codename() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2> /dev/null || true; }

sha256() { sha256sum | cut -d' ' -f1; }

# One writer at a time in a build folder; a second `make` waits for the first.
lock_build() {
  mkdir -p "$BUILD"
  if [ -n "${PERCPU_BUILD_LOCKED:-}" ]; then return; fi
  exec 9> "$BUILD/.lock"
  if ! flock -n 9; then
    say "another make is at work in $BUILD; waiting for it"
    flock 9
  fi
  export PERCPU_BUILD_LOCKED=1
}

# ---- git on the patched tree ------------------------------------------------

# The user's own git settings must not change what we write.
git_plain() {
  GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_PAGER='' \
  GIT_COMMITTER_NAME="PerCpu project" GIT_COMMITTER_EMAIL="percpu@localhost" \
    ${GIT_SECONDS:+timeout --foreground --kill-after=5 "$GIT_SECONDS"} \
    git -c safe.directory='*' -c core.hooksPath=/dev/null -c commit.gpgSign=false \
        -c core.autocrlf=false -c core.quotePath=false -c gc.auto=0 -c advice.detachedHead=false "$@"
}

# Names of the patches, in order.
series() {
  if [ -n "$SERIES" ]; then return; fi
  if [ -f "$PATCHES/series" ]; then sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$PATCHES/series"; fi
}

# Changes when the pristine source or a patch changes.
series_hash() {
  local name
  {
    printf '%s %s\n' "$VERSION" "$SHA256"
    for name in $(series); do
      [ -f "$PATCHES/$name" ] || die "$OUR_PATCHES/series names $name, which is not in $OUR_PATCHES"
      sha256 < "$PATCHES/$name"
    done
  } | sha256
}

# apply_series TREE: `git am` of the whole series; on failure says which patch and leaves no am behind.
apply_series() {
  local tree=$1 name log
  log=$(mktemp)
  for name in $(series); do
    [ -f "$PATCHES/$name" ] || { rm -f "$log"; die "$OUR_PATCHES/series names $name, which is not in $OUR_PATCHES"; }
    if ! git_plain -C "$tree" am --quiet --committer-date-is-author-date "$PATCHES/$name" > "$log" 2>&1 < /dev/null; then
      git_plain -C "$tree" am --abort > /dev/null 2>&1 || true
      sed 's/^/  /' "$log" >&2
      rm -f "$log"
      die "patch $OUR_PATCHES/$name does not apply to jdk-$VERSION; mend it or take it out of $OUR_PATCHES/series, then run make source$OF again"
    fi
  done
  rm -f "$log"
}

# commit_series TREE: the series as commits on top of tag upstream, without touching TREE's files, so that
# files which do not change keep their times and builds stay incremental. Prints the commit.
commit_series() (
  whole=$1 side=$BUILD/series.tmp.$$
  trap 'rm -rf "$side"; git_plain -C "$whole" worktree prune' EXIT
  rm -rf "$side"
  git_plain -C "$whole" worktree prune
  git_plain -C "$whole" worktree add --quiet --detach --no-checkout "$side" upstream >&2
  git_plain -C "$side" read-tree HEAD
  for name in $(series); do
    { sed -n 's,^--- a/,,p' "$PATCHES/$name" 2> /dev/null || true; } | tr '\n' '\0'
  done | git_plain -C "$side" checkout-index --force --quiet -z --stdin || true  # a missing one: am will say
  apply_series "$side"
  git_plain -C "$side" rev-parse HEAD
)

# write_patches TREE FOLDER [COMMIT]: upstream..COMMIT (HEAD) as NNNN-*.patch and `series`, the same bytes for everyone.
write_patches() {
  local tree=$1 out=$2 end=${3:-HEAD}
  git_plain -C "$tree" -c diff.noprefix=false -c core.attributesFile=/dev/null format-patch --quiet \
    --output-directory "$out" --zero-commit --no-signature --no-numbered --no-thread --no-cover-letter \
    --no-attach --no-base --no-notes --no-stat --full-index --abbrev=40 --no-renames --no-color --no-ext-diff \
    --no-textconv --unified=3 --diff-algorithm=myers --no-indent-heuristic --src-prefix=a/ --dst-prefix=b/ \
    --subject-prefix=PATCH --filename-max-length=64 --encode-email-headers "upstream..$end"
  (cd "$out" && for name in *.patch; do if [ -e "$name" ]; then printf '%s\n' "$name"; fi; done) > "$out.series"
  mv "$out.series" "$out/series"
}

# same_series FOLDER: true if the folder holds exactly the series of this checkout.
same_series() {
  local name
  [ "$(cat "$1/series")" = "$(series)" ] || return 1
  for name in $(series); do cmp -s "$1/$name" "$PATCHES/$name" || return 1; done
}

stamp_get() { if [ -f "$STAMP" ]; then sed -n "s/^$1=//p" "$STAMP"; fi; }

# The stamp says what the patched tree was made from and which commit that gave.
write_stamp() { # TREE ORIGIN [COMMIT]
  {
    printf 'origin=%s\n' "$2"
    printf 'upstream=%s\n' "$SHA256"
    printf 'series=%s\n' "$(series_hash)"
    printf 'head=%s\n' "$(git_plain -C "$1" rev-parse "${3:-HEAD}^{commit}")"
  } > "$1/.git/percpu-stamp.tmp"
  mv "$1/.git/percpu-stamp.tmp" "$1/.git/percpu-stamp"
}

# The new files are nobody's changes.
exclude_new_files() {
  {
    printf '# Written by make source: the new files.\n'
    new_files | sed 's,^.*\t,/,'
    # Those of the branch that was checked out before, until link_new_files drops them.
    if [ -f "$SOURCE/.git/percpu-links" ]; then sed 's,^.*\t,/,' "$SOURCE/.git/percpu-links"; fi
  } > "$SOURCE/.git/info/exclude"
}

tree_is_dirty() {
  exclude_new_files
  [ -n "$(git_plain -C "$SOURCE" status --porcelain --untracked-files=normal | head -n 1)" ]
}

# tree_has_work: true if the patched tree holds something that neither its stamp nor the series knows.
tree_has_work() {
  local head out same
  if tree_is_dirty; then return 0; fi
  head=$(git_plain -C "$SOURCE" rev-parse HEAD)
  if [ "$head" = "$(stamp_get head)" ]; then return 1; fi
  out=$(mktemp -d)
  write_patches "$SOURCE" "$out"
  same=no
  if same_series "$out"; then same=yes; fi
  rm -rf "$out"
  if [ $same = yes ]; then
    write_stamp "$SOURCE" "$(o=$(stamp_get origin); printf '%s' "${o:-pinned}")"
    return 1
  fi
  # A tree of an interrupted or hand-made start: the pristine commit alone is nobody's work.
  [ "$head" != "$(git_plain -C "$SOURCE" rev-parse 'upstream^{commit}')" ]
}

# ---- new files --------------------------------------------------------------

# Lines "path-in-this-checkout<TAB>path-in-the-JDK-tree" of all new files: those of all JDKs, and those of this one only.
new_files() {
  local root
  if [ -n "$SERIES" ]; then return; fi
  for root in jdk-patch hotspot-intrinsics "hotspot-intrinsics/only-$JDK_MAJOR"; do
    if [ -d "$TOP/$root/src" ]; then
      (cd "$TOP/$root" && find src -type f ! -name '.*' ! -name '*~' ! -name '*.orig' ! -name '*.rej' -printf "$root/%p\t%p\n")
    fi
  done | sort
}

# javac looks through links and refuses a file that lies outside of its module, and what goes into the image as it is
# would go there as a link. So these new files are copied into the tree, with the time of the original; all others are
# linked.
is_copied() { case $1 in *.java | *.py) ;; *) return 1 ;; esac; }

# check_new_file OURS AT: dies if the file in the tree holds something that the original does not.
check_new_file() {
  if [ ! -f "$2" ] || [ -L "$2" ] || cmp -s "$1" "$2"; then return 0; fi
  if is_copied "$1" && [ ! "$2" -nt "$1" ]; then return 0; fi
  die "$2 was edited and differs from $1:" \
      "copy what you want to keep to the latter, remove the former, and run make source$OF again"
}

# ---- what a build needs -----------------------------------------------------

is_boot_jdk() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] &&
    grep -Eq "^JAVA_VERSION=\"$JDK_MAJOR(\"|\.)" "$1/release" && "$1/bin/java" -version > /dev/null 2>&1
}

# Where make deps puts a JDK that it has to fetch.
# shellcheck disable=SC2034
FETCHED_JDK=$CACHE/boot-jdk${OTHER_JDK:+-$OTHER_JDK}

# Prints the home of an unpatched JDK of the same number, to build with and to compare with; false if there is none.
find_boot_jdk() {
  local home named=JAVA${JDK_MAJOR}_HOME
  for home in "${BOOT_JDK:-}" "${!named:-}" /usr/lib/jvm/*/ "$FETCHED_JDK"; do
    home=${home%/}
    if [ -n "$home" ] && is_boot_jdk "$home"; then readlink -f "$home"; return 0; fi
  done
  return 1
}

is_jtreg() { # 8 or newer, as our tests ask for
  [ -f "$1/lib/jtreg.jar" ] &&
    unzip -p "$1/lib/jtreg.jar" META-INF/MANIFEST.MF 2> /dev/null | grep -Eq '^jtreg-VersionString: ([89]|[1-9][0-9])[.+-]'
}

find_jtreg() {
  local home
  for home in "${JTREG:-}" "$CACHE/jtreg" /usr/share/jtreg; do
    if [ -n "$home" ] && is_jtreg "$home"; then readlink -f "$home"; return 0; fi
  done
  return 1
}

# ---- tests of what is at hand -----------------------------------------------

# skip WHY...: ends the script, which counts as one test that was skipped.
skip() {
  say "skipped: $*"
  printf '0 passed, 0 failed, 1 skipped\n'
  exit 0
}

# cached_jdk CPU NAME: takes the image for that CPU from the cache, and skips the test if it is not there. NAME is for
# messages.
cached_jdk() {
  local status=0 target=
  if [ "$1" != "$MACHINE" ]; then target=" TARGET=$1"; fi
  TARGET=$1 "$SCRIPTS/build.sh" --cached > /dev/null || status=$?
  case $status in
    0) ;;
    3) skip "no $2 for these inputs in $CACHE; make jdk$target$OF makes one, in 40 minutes" ;;
    *) die "looking for the $2 ended with $status: see above" ;;
  esac
}
