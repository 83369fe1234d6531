#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make deps: finds, or installs, what the other targets need. Quick and silent about what is there.

# shellcheck source=lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh source-path=SCRIPTDIR
. "$SCRIPTS/apt.sh"

# To build the JDK.
LIBRARIES=(libcups2-dev libfontconfig-dev libasound2-dev libpng-dev libjpeg62-turbo-dev libgif-dev liblcms2-dev
  libharfbuzz-dev libfreetype-dev zlib1g-dev libpcsclite-dev
  libx11-dev libxext-dev libxrender-dev libxrandr-dev libxtst-dev libxt-dev libxi-dev)
PACKAGES=(build-essential g++ make ccache autoconf zip unzip file cpio patch git xz-utils ca-certificates
  "${LIBRARIES[@]}")
# To build it for another CPU: Debian's name of that, its compiler, and its libraries beside this CPU's.
ARCHITECTURE=
if is_cross; then
  case $TARGET in aarch64) ARCHITECTURE=arm64 ;; esac
  PACKAGES+=("crossbuild-essential-$ARCHITECTURE" "${LIBRARIES[@]/%/:$ARCHITECTURE}")
fi
# To test and measure it.
PACKAGES+=(binutils gdb gnuplot-nox maven shellcheck)
# To build images and boot them.
if [ -n "${IMAGES:-}" ]; then PACKAGES+=(buildah crun netavark mmdebstrap); fi

# The Debian release to take jtreg 8 from where this machine's own does not have it. SUITES are those for the JDK.
JTREG_SUITE=trixie

log=$BUILD/deps.log
apt_is_fresh=no
as_root() { # PACKAGE...
  if [ "$(id -u)" != 0 ]; then
    say "missing: $*"
    say "Run this as root, then make deps$OF again:"
    say "  ${ARCHITECTURE:+dpkg --add-architecture $ARCHITECTURE && }apt-get update && apt-get install -y --no-install-recommends $*"
    exit 1
  fi
  if [ -n "$ARCHITECTURE" ]; then dpkg --add-architecture "$ARCHITECTURE"; fi
  say "missing, and installed now: $*"
  if [ $apt_is_fresh = no ]; then
    mkdir -p "$BUILD"
    : > "$log"
    apt_step "  package lists" "$log" apt-get -q update ||
      die_log "$log" "apt-get update failed; without a network, install these by hand: $*"
    apt_is_fresh=yes
  fi
  apt_step "  these packages ($#) and what they need" "$log" apt-get -q install -y --no-install-recommends "$@" ||
    die_log "$log" "apt-get could not install these: $*"
}

installed() { # PACKAGE...: those that are not installed, one a line
  local package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2> /dev/null | head -n 1)" != installed ]; then
      printf '%s\n' "$package"
    fi
  done
}

find_packages() {
  local -a missing
  if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
    for missing in gcc g++ make autoconf ccache zip unzip file patch git xz; do
      command -v "$missing" > /dev/null ||
        die "$missing is missing and this system has no apt-get; install by hand what these Debian packages hold: ${PACKAGES[*]}"
    done
    say "packages: no apt-get here, so the libraries are left for configure to find"
    return
  fi
  mapfile -t missing < <(installed "${PACKAGES[@]}")
  if [ ${#missing[@]} != 0 ]; then as_root "${missing[@]}"; fi
  say "packages: all ${#PACKAGES[@]} there"
}

has_candidate() {
  local candidate
  candidate=$(apt-cache policy "$1" 2> /dev/null | sed -n 's/^ *Candidate: //p')
  [ -n "$candidate" ] && [ "$candidate" != "(none)" ]
}

# Debian's package keeps its settings under /etc, as absolute links: make the copy stand alone.
settle_links() { # UNPACKED-ROOT HOME
  local link target
  find "$2" -type l -lname '/*' | while read -r link; do
    target=$1$(readlink "$link")
    rm "$link"
    if [ -f "$target" ]; then cp -L "$target" "$link"; fi
  done
}

# A JDK of a newer Debian may ask for a newer C library than this machine has. Give it that library,
# by its programs' own headers, so that no other process sees it.
own_c_library() { # SUITE UNPACKED-ROOT HOME FINAL-HOME
  local suite=$1 root=$2 home=$3 final=$4 program lib
  lib=$root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
  [ -n "$(installed patchelf)" ] && as_root patchelf
  foreign_unpack "$suite" "$root" libc6 libgcc-s1 libstdc++6 zlib1g || return 1
  mkdir "$home/lib/own"
  cp -L "$lib"/{libc,libm,libdl,libpthread,librt,libgcc_s,libstdc++,libz}.so.* "$lib"/ld-linux-*.so.* "$home/lib/own"
  for program in "$home"/bin/* "$home/lib/jspawnhelper"; do
    patchelf --set-interpreter "$final/lib/own/$(basename "$lib"/ld-linux-*.so.*)" \
      --force-rpath --set-rpath "$final/lib:$final/lib/own" "$program"
  done
}

make_boot_jdk() {
  local package=openjdk-$JDK_MAJOR-jdk-headless root=$FETCHED_JDK.tmp.$$ home suite found=no
  if has_candidate "$package"; then as_root "$package"; return; fi
  say "JDK $JDK_MAJOR to build with: fetching Debian's $package (400 MB) into $FETCHED_JDK"
  trap 'rm -rf "$root" "$root.debs" "$root.home"' EXIT
  mkdir -p "$CACHE"
  for suite in "${SUITES[@]}"; do
    if foreign_apt "$suite" deb && foreign_unpack "$suite" "$root" "$package" "openjdk-$JDK_MAJOR-jre-headless"; then
      found=yes
      break
    fi
  done
  [ $found = yes ] || die "no JDK $JDK_MAJOR here and none to be had; install one and name it by BOOT_JDK=folder"
  home=$(find "$root/usr/lib/jvm" -maxdepth 1 -type d -name "java-$JDK_MAJOR-openjdk-*" | head -n 1)
  [ -n "$home" ] || die "$package of $suite is not laid out as expected; install a JDK $JDK_MAJOR and name it by BOOT_JDK=folder"
  settle_links "$root" "$home"
  mv "$home" "$root.home"
  if ! "$root.home/bin/java" -version > /dev/null 2>&1; then
    own_c_library "$suite" "$root" "$root.home" "$FETCHED_JDK" || die "that JDK needs a newer C library, which is not to be had; install a JDK $JDK_MAJOR and name it by BOOT_JDK=folder"
  fi
  rm -rf "$FETCHED_JDK"
  mv "$root.home" "$FETCHED_JDK"
  rm -rf "$root"
  trap - EXIT
}

make_jtreg() {
  local root=$CACHE/jtreg.tmp.$$
  if has_candidate jtreg8 && [ "$(id -u)" = 0 ]; then as_root jtreg8; return; fi
  say "jtreg 8: fetching Debian's jtreg8 from $JTREG_SUITE (10 MB) into $CACHE/jtreg"
  trap 'rm -rf "$root" "$root.debs"' EXIT
  mkdir -p "$CACHE"
  # The package holds every jar that jtreg needs to run; what it depends on is for jtreg's own window.
  if ! foreign_apt "$JTREG_SUITE" deb || ! foreign_unpack "$JTREG_SUITE" "$root" jtreg8; then
    die "no jtreg 8 here and none to be had; unpack one and name it by JTREG=folder"
  fi
  rm -rf "$CACHE/jtreg"
  mv "$root/usr/share/jtreg" "$CACHE/jtreg"
  rm -rf "$root"
  trap - EXIT
}

find_packages
# What the user names must be it; nothing else is taken in its place.
if [ -n "${BOOT_JDK:-}" ]; then is_boot_jdk "$BOOT_JDK" || die "BOOT_JDK=$BOOT_JDK is no JDK $JDK_MAJOR that runs here"; fi
if [ -n "${JTREG:-}" ]; then is_jtreg "$JTREG" || die "JTREG=$JTREG is no jtreg 8 or newer (no lib/jtreg.jar that says so)"; fi

boot_jdk=$(find_boot_jdk) || {
  make_boot_jdk
  boot_jdk=$(find_boot_jdk) || die "the JDK $JDK_MAJOR just installed does not run: $FETCHED_JDK or /usr/lib/jvm"
}
jtreg=$(find_jtreg) || {
  make_jtreg
  jtreg=$(find_jtreg) || die "the jtreg just installed is not usable: $CACHE/jtreg"
}
version=$("$boot_jdk/bin/java" -jar "$jtreg/lib/jtreg.jar" -version 2> /dev/null | head -n 1) ||
  die "jtreg does not run: $boot_jdk/bin/java -jar $jtreg/lib/jtreg.jar"

say "boot JDK: $boot_jdk ($(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$boot_jdk/release"))"
say "jtreg:    $jtreg (${version#jtreg })"
