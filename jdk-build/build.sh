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

# Debian's tarball leaves out the bundled C libraries, hence `system`. No -g: it takes gigabytes.
CONFIGURE=(
  --with-debug-level="$DEBUG_LEVEL"
  --enable-ccache
  --enable-headless-only=yes
  --with-zlib=system --with-libjpeg=system --with-giflib=system --with-libpng=system
  --with-lcms=system --with-harfbuzz=system --with-freetype=system
  --with-extra-cflags=-I/usr/include/PCSC
  --with-native-debug-symbols=none
  --with-version-build="${VERSION##*+}" --with-version-pre= --with-version-opt=percpu
  --with-source-date="$SOURCE_DATE"
)
# Space separated, as everywhere in make.
# shellcheck disable=SC2206
CONFIGURE+=($CONFIGURE_ARGS)
compiler=gcc
if is_cross; then
  CONFIGURE+=(--openjdk-target="$TARGET-linux-gnu")
  compiler=$TARGET-linux-gnu-gcc
fi
IMAGES_KEPT=10

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

# ---- the build --------------------------------------------------------------

# The settings of the caller that configure and the compilers would listen to.
clean_env() {
  env -u JAVA_HOME -u CLASSPATH -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS -u _JAVA_OPTIONS -u CFLAGS -u CXXFLAGS \
      -u CPPFLAGS -u LDFLAGS -u CC -u CXX -u DEBUG_LEVEL -u TARGET -u JOBS -u CACHE -u CONFIGURE_ARGS -u DISTFILES -u JDK_SRC \
      -u BOOT_JDK -u OF_JDK -u SOURCE_DATE_EPOCH CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-10G}" "$@"
}

# Of what make prints only how far it is: a line now and then, or on a terminal one that changes.
progress() {
  local line what='' total='' files=0 modules=0 due
  while IFS= read -r line; do
    due=no
    case $line in
      Creating\ */libjvm.so\ from\ *) total=" of ${line#* from }"; total=${total% file(s)}; continue ;;
      Compiling\ *\ '(for libjvm.so)')
        files=$((files + 1)) what="  libjvm.so: $files$total files compiled"
        if [ $((files % 50)) = 0 ]; then due=yes; fi ;;
      Compiling\ up\ to\ *\ for\ java.*|Compiling\ up\ to\ *\ for\ jdk.*)
        modules=$((modules + 1)) what="  Java: $modules modules compiled"
        if [ $((modules % 20)) = 0 ]; then due=yes; fi ;;
      Creating\ jdk\ image|Creating\ CDS*\ archive\ *) what="  $line" due=yes ;;
      *) continue ;;
    esac
    what+=", $((SECONDS / 60)) min"
    if [ -t 2 ]; then printf '\r%s\033[K' "$what" >&2
    elif [ $due = yes ]; then say "$what"; fi
  done
  if [ -t 2 ] && [ -n "$what" ]; then say ''; fi
}

# What compiles, links and packs another CPU's classes must be the same JDK, for this CPU.
build_jdk() {
  local java
  java=$(TARGET='' DEBUG_LEVEL=release "$SCRIPTS/build.sh") || exit 1
  readlink -f "${java%/bin/java}"
}

configure() {
  local boot_jdk args
  local -a places
  boot_jdk=$(find_boot_jdk) || die "there is no JDK $JDK_MAJOR to build with: run make deps$OF, or name one by BOOT_JDK=folder"
  places=(--with-boot-jdk="$boot_jdk")
  if is_cross; then places+=(--with-build-jdk="$(build_jdk)"); fi
  args="${places[*]} ${CONFIGURE[*]}"
  mkdir -p "$work"
  if [ -f "$work/spec.gmk" ] && [ "$(cat "$work/.percpu-configured" 2> /dev/null)" = "$args" ]; then return; fi
  say "configuring $work (the log is $work.configure.log)"
  rm -f "$work/.percpu-configured"
  if ! (cd "$work" && clean_env bash "$SOURCE/configure" "${places[@]}" "${CONFIGURE[@]}") \
      > "$work.configure.log" 2>&1 < /dev/null 9>&-; then
    die_log "$work.configure.log" "configure failed; make deps$OF installs what it may be missing"
  fi
  printf '%s\n' "$args" > "$work/.percpu-configured"
}

# A compiler that was killed leaves an empty object, which make takes for a finished one.
# The JDK's make leaves a compile server behind for a while: it must not keep our lock (9>&-).
run_make() {
  find "$work" -name '*.o' -empty -delete
  say "building ${targets[*]} in $work: 20 to 45 minutes the first time on 2 CPUs, a few with a warm ccache (the log is" \
    "$work.build.log)"
  clean_env make --no-print-directory -C "$work" LOG=info ${JOBS:+JOBS="$JOBS"} "${targets[@]}" < /dev/null 2>&1 9>&- |
    tee "$work.build.log" | progress ||
    die_log "$work.build.log" "the build failed; mend it and run make jdk$OF again, it goes on from there"
  has_all "$work/images" || die "the build made no image in $work/images"
}

build() {
  configure
  run_make
}

# -----------------------------------------------------------------------------

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

say "jdk: ${OTHER_JDK:+JDK $OTHER_JDK, }$FLAVOUR, $how"
printf '%s\n' "$link/jdk/bin/java"
