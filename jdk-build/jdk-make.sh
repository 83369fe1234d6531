# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# configure and make of the JDK, with the settings that all of our builds have. Sourced after lib.sh, never run.

version_opt=percpu
if [ -n "$SERIES" ]; then version_opt=unpatched; fi
# Debian's tarball leaves out the bundled C libraries, hence `system`. No -g: it takes gigabytes.
CONFIGURE=(
  --with-debug-level="$DEBUG_LEVEL"
  --enable-ccache
  --enable-headless-only=yes
  --with-zlib=system --with-libjpeg=system --with-giflib=system --with-libpng=system
  --with-lcms=system --with-harfbuzz=system --with-freetype=system
  --with-extra-cflags=-I/usr/include/PCSC
  --with-native-debug-symbols=none
  --with-version-build="${VERSION##*+}" --with-version-pre= --with-version-opt="$version_opt"
  --with-source-date="$SOURCE_DATE"
)
# Space separated, as everywhere in make.
# shellcheck disable=SC2206
CONFIGURE+=($CONFIGURE_ARGS)
# shellcheck disable=SC2034 # for the key of an image
compiler=gcc
if is_cross; then
  CONFIGURE+=(--openjdk-target="$TARGET-linux-gnu")
  # shellcheck disable=SC2034
  compiler=$TARGET-linux-gnu-gcc
fi

# The settings of the caller that configure and the compilers would listen to.
clean_env() {
  env -u JAVA_HOME -u CLASSPATH -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS -u _JAVA_OPTIONS -u CFLAGS -u CXXFLAGS \
      -u CPPFLAGS -u LDFLAGS -u CC -u CXX -u DEBUG_LEVEL -u TARGET -u JOBS -u CACHE -u CONFIGURE_ARGS -u DISTFILES -u JDK_SRC \
      -u BOOT_JDK -u OF_JDK -u SERIES -u UNPATCHED -u SOURCE_DATE_EPOCH CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-10G}" "$@"
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

# configure TREE FOLDER: once for the same settings.
configure() {
  local tree=$1 work=$2 boot_jdk args
  local -a places
  boot_jdk=$(find_boot_jdk) || die "there is no JDK $JDK_MAJOR to build with: run make deps$OF, or name one by BOOT_JDK=folder"
  places=(--with-boot-jdk="$boot_jdk")
  if is_cross; then places+=(--with-build-jdk="$(build_jdk)"); fi
  args="${places[*]} ${CONFIGURE[*]}"
  mkdir -p "$work"
  if [ -f "$work/spec.gmk" ] && [ "$(cat "$work/.percpu-configured" 2> /dev/null)" = "$args" ]; then return; fi
  say "configuring $work (the log is $work.configure.log)"
  rm -f "$work/.percpu-configured"
  if ! (cd "$work" && clean_env bash "$tree/configure" "${places[@]}" "${CONFIGURE[@]}") \
      > "$work.configure.log" 2>&1 < /dev/null 9>&-; then
    die_log "$work.configure.log" "configure failed; make deps$OF installs what it may be missing"
  fi
  printf '%s\n' "$args" > "$work/.percpu-configured"
}

# A compiler that was killed leaves an empty object, which make takes for a finished one.
# The JDK's make leaves a compile server behind for a while: it must not keep our lock (9>&-).
# run_make FOLDER HOW-LONG TARGET...
run_make() {
  local work=$1 how_long=$2
  shift 2
  find "$work" -name '*.o' -empty -delete
  say "building $* in $work: $how_long (the log is $work.build.log)"
  clean_env make --no-print-directory -C "$work" LOG=info ${JOBS:+JOBS="$JOBS"} "$@" < /dev/null 2>&1 9>&- |
    tee "$work.build.log" | progress ||
    die_log "$work.build.log" "the build failed; mend it and run make ${OUR_TARGET:-jdk}$OF again, it goes on from there"
}
