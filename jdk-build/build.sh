#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make jdk: images/$FLAVOUR/jdk in the build folder, a link to the image, taken from the cache or built. The flavour is
# DEBUG_LEVEL, or TARGET-DEBUG_LEVEL for another CPU, and then the release image for this one is made first.
# With --cached nothing is built: it ends with 3 if the image is not in the cache.
# With --test-natives also images/$FLAVOUR/test, the JNI libraries of OpenJDK's own tests.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# shellcheck source=jdk-make.sh source-path=SCRIPTDIR
. "$SCRIPTS/jdk-make.sh"

IMAGES_KEPT=10
SPEED="20 to 45 minutes the first time on 2 CPUs, a few with a warm ccache"

work=$BUILD/jdk-$FLAVOUR
link=$BUILD/images/$FLAVOUR
only_cached=no
want=(jdk)
targets=(jdk-image)
case ${1:-} in
  '') ;;
  --test-natives) want+=(test); targets+=(test-image-hotspot-jtreg-native test-image-jdk-jtreg-native) ;;
  --cached) only_cached=yes ;;
  *) die "build.sh knows --cached and --test-natives only, not $1" ;;
esac

# ---- the cache --------------------------------------------------------------

# Everything that the bytes of the image depend on.
cache_inputs() {
  local ours path
  printf 'source %s\n' "$(series_hash)"
  new_files | while IFS=$'\t' read -r ours path; do
    printf 'new %s %s\n' "$path" "$(sha256 < "$TOP/$ours")"
  done
  printf 'configure %s\n' "${CONFIGURE[*]}"
  printf 'machine %s, %s, %s\n' "$TARGET" "$("$compiler" --version | head -n 1)" "$(getconf GNU_LIBC_VERSION)"
}

has_all() { # FOLDER: all that is wanted is in there
  local what
  for what in "${want[@]}"; do [ -d "$1/$what" ] || return 1; done
}

link_to() { # FOLDER that holds jdk, perhaps test
  mkdir -p "$BUILD/images"
  if [ -d "$link" ] && [ ! -L "$link" ]; then die "$link is a folder, not a link: remove it"; fi
  ln -sfnr "$1" "$link.tmp"
  mv -T "$link.tmp" "$link"
}

store() { # FOLDER of the cache: takes a copy of the images just built
  local entry=$1 what old
  for what in "${want[@]}"; do
    if [ -d "$entry/$what" ]; then continue; fi
    mkdir -p "$entry"
    rm -rf "$entry/$what".tmp.*
    cp -a "$work/images/$what" "$entry/$what.tmp.$$"
    mv "$entry/$what.tmp.$$" "$entry/$what"
  done
  printf '%s\n' "$inputs" > "$entry/inputs"
  touch "$entry"
  find "$CACHE/images" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | tail -n +$((IMAGES_KEPT + 1)) |
    while read -r _ old; do rm -rf "$old"; done
}

# -----------------------------------------------------------------------------

build() {
  configure "$SOURCE" "$work"
  run_make "$work" "$SPEED" "${targets[@]}"
  has_all "$work/images" || die "the build made no image in $work/images"
}

lock_build
SECONDS=0

# A tree with work that is not in the series is built as it is and never cached.
own_tree=no
if [ -n "$JDK_SRC" ]; then
  "$SCRIPTS/source.sh"
  own_tree="from JDK_SRC=$JDK_SRC"
elif [ -d "$SOURCE/.git" ]; then
  origin=$(stamp_get origin)
  if [ "${origin:-pinned}" != pinned ]; then
    own_tree="from a copy of $origin"
  elif tree_has_work; then
    own_tree="from $OUR_SOURCE as it is; make export$OF brings its changes into the series"
  fi
fi

if [ "$own_tree" != no ]; then
  if [ "$only_cached" = yes ]; then exit 3; fi
  "$SCRIPTS/source.sh"
  build
  link_to "$work/images"
  how="built in $SECONDS s $own_tree"
else
  inputs=$(cache_inputs)
  entry=$CACHE/images/$(sha256 <<< "$inputs")
  if has_all "$entry"; then
    touch "$entry"
    how="from the cache, $entry"
  else
    if [ "$only_cached" = yes ]; then exit 3; fi
    "$SCRIPTS/source.sh"
    build
    store "$entry"
    how="built in $SECONDS s"
  fi
  link_to "$entry"
fi

say "jdk: ${OTHER_JDK:+JDK $OTHER_JDK, }${SERIES:+unpatched, }$FLAVOUR, $how"
printf '%s\n' "$link/jdk/bin/java"
