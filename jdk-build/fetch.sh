# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# Where the pinned source comes from. Each place is one line, which says where it is and how it ended. A download ends
# after FETCH_SECONDS, and after ANSWER_SECONDS without an answer, which apt tries twice; it gives the pinned bytes or
# nothing. Sourced, after lib.sh and apt.sh. Uses $scratch, a folder that the caller names and removes.
# VERSION, TARBALL, TREE and SUITES come from upstream beside the series; tarball and other_bytes are for the caller.
# shellcheck disable=SC2153,SC2034

: "${scratch:?}"
: "${FETCH_SECONDS:=900}" "${ANSWER_SECONDS:=20}"
: "${APT_HELPER=$(PATH=$PATH:/usr/lib/apt command -v apt-helper || true)}"
apt_patience=(-o Acquire::Retries=1)
for place in http https ftp; do apt_patience+=(-o "Acquire::$place::Timeout=$ANSWER_SECONDS"); done

# A place with other bytes is a fault, a place with none is not.
other_bytes=no tarball=''

looking() { looking_since=$SECONDS; begin "  $*"; }

# reason STATUS LOG: why a program failed, in a few words.
reason() {
  local said
  case $1 in 124|137) printf 'not done after %s s' "$FETCH_SECONDS"; return ;; esac
  said=$(sed -n -e 's/^[EW]: Failed to fetch [^ ]* *//p' -e 's/^\(E\|Err\|fatal\|curl\): //p' "$2" | head -n 1)
  # Without the address that apt adds, and with one space where apt has two.
  said=$(sed -e 's/ *\[IP: [^]]*\]//' -e 's/  */ /g' <<< "${said:-$(tail -n 1 "$2")}")
  printf '%s' "${said:0:160}"
}

# keep FILE: copies it into the cache, if it is the pinned one, and sets tarball. From a mirror in a folder, apt makes a
# link.
keep() {
  local found kept=$CACHE/distfiles/$TARBALL
  found=$(sha256 < "$1")
  if [ "$found" != "$SHA256" ]; then
    rm -f "$1"
    other_bytes=yes
    end "not taken: it has sha256 $found, $OUR_PATCHES/upstream wants $SHA256"
    return 1
  fi
  if ! { mkdir -p "$CACHE/distfiles" && cp "$1" "$kept.tmp.$$" && mv "$kept.tmp.$$" "$kept"; }; then
    rm -f "$kept.tmp.$$"
    end "found, but $CACHE/distfiles cannot be written to"
    return 1
  fi
  tarball=$kept
  end "found, $(($(stat -c %s "$kept") / 1000000)) MB in $((SECONDS - looking_since)) s"
}

# ---- The source index: of whichever release still has this version.

from_index() { # SUITE
  local suite=$1 has version status=0
  looking "Debian's source index, $suite"
  if ! command -v apt-get > /dev/null; then end "no apt-get here"; return 1; fi
  if ! foreign_conf "$suite" deb-src; then end "no Debian source in /etc/apt"; return 1; fi
  foreign_update "$FETCH_SECONDS" "${apt_patience[@]}" || status=$?
  if [ $status != 0 ]; then end "$(reason $status "$FOREIGN_LOG")"; return 1; fi
  has=$(apt-cache -c "$FOREIGN_CONF" showsrc --only-source "$SOURCE_PACKAGE" 2> /dev/null | sed -n 's/^Version: //p' || true)
  version=$(awk -v v="$SOURCE_VERSION-" 'index($1, v) == 1 { print; exit }' <<< "$has")
  if [ -z "$version" ]; then end "no $SOURCE_VERSION, only ${has//$'\n'/, }"; return 1; fi
  # What counts is this one file: mirrors may have lost the package's other ones.
  : > "$scratch/log"
  (cd "$scratch" && apt_quiet "$FETCH_SECONDS" "$scratch/log" apt-get -c "$FOREIGN_CONF" -q "${apt_patience[@]}" \
    source --download-only --tar-only "$SOURCE_PACKAGE=$version") || status=$?
  if [ ! -f "$scratch/$TARBALL" ]; then end "$(reason $status "$scratch/log")"; return 1; fi
  keep "$scratch/$TARBALL"
}

# ---- Addresses.

# download URL FILE: by apt's own program, which knows this machine's proxies and certificates, else by curl.
download() {
  : > "$scratch/log"
  if [ -n "$APT_HELPER" ]; then
    apt_quiet "$FETCH_SECONDS" "$scratch/log" "$APT_HELPER" -o APT::Sandbox::User=root "${apt_patience[@]}" \
      download-file "$1" "$2"
  elif command -v curl > /dev/null; then
    curl --fail --silent --show-error --location --connect-timeout "$ANSWER_SECONDS" --speed-limit 1 \
      --speed-time "$ANSWER_SECONDS" --max-time "$FETCH_SECONDS" --output "$2" "$1" > "$scratch/log" 2>&1 < /dev/null
  else
    printf 'neither apt-helper nor curl is here\n' > "$scratch/log"
    return 1
  fi
}

without_password() { case $1 in *//*@*) printf '%s//%s' "${1%%//*}" "${1#*@}" ;; *) printf '%s' "$1" ;; esac; }

from_url() { # URL WHAT-IT-IS
  local status=0
  looking "$2"
  download "$1" "$scratch/$TARBALL" || status=$?
  if [ $status != 0 ]; then
    rm -f "$scratch/$TARBALL"*
    end "$(reason $status "$scratch/log")"
    return 1
  fi
  keep "$scratch/$TARBALL"
}

# The pool folders of the source package, on every Debian mirror that apt is configured with, one a line.
pool_folders() {
  local suite base list
  command -v apt-get > /dev/null && foreign_conf trixie deb-src || return 0
  apt-get -c "$FOREIGN_CONF" --print-uris update 2> /dev/null < /dev/null |
    sed -n "s,^'\([^']*\)/dists/\([^'/]*\)/.*,\2 \1,p" |
    while read -r suite base; do
      case $base in
        mirror+file:*) list=$(sed -e 's/[[:space:]].*//' -e '/^#/d' -e '/^$/d' "${base#mirror+file:}" 2> /dev/null || true) ;;
        *) list=$base ;;
      esac
      for base in $list; do
        case $suite in *-security) base=${base%/}/pool/updates ;; *) base=${base%/}/pool ;; esac
        printf '%s/main/%.1s/%s/\n' "$base" "$SOURCE_PACKAGE" "$SOURCE_PACKAGE"
      done
    done | awk '!seen[$0]++'
}

# ---- The git tag, without what the tarball does not have: then it is the same tree.

from_git() { # FOLDER: the files are put there
  local tree=$1 found status=0
  local -x GIT_TERMINAL_PROMPT=0 GIT_HTTP_LOW_SPEED_LIMIT=1 GIT_HTTP_LOW_SPEED_TIME=$ANSWER_SECONDS
  looking "git tag $GIT_TAG of $GIT_URL"
  GIT_SECONDS=$FETCH_SECONDS \
    git_plain clone --quiet --depth 1 --branch "$GIT_TAG" "$GIT_URL" "$tree" > "$scratch/log" 2>&1 < /dev/null || status=$?
  if [ $status != 0 ]; then
    rm -rf "$tree"
    end "$(reason $status "$scratch/log")"
    return 1
  fi
  git_plain -C "$tree" rm -r --quiet --ignore-unmatch -- "${GIT_SURPLUS[@]}"
  found=$(git_plain -C "$tree" write-tree)
  if [ "$found" != "$TREE" ]; then
    rm -rf "$tree"
    other_bytes=yes
    end "not taken: it is git tree $found, $OUR_PATCHES/upstream wants $TREE"
    return 1
  fi
  rm -rf "$tree/.git"
  end "found, in $((SECONDS - looking_since)) s"
}

# ---- All places but the last, which has no tarball.

# find_tarball: sets tarball; false if no place has it.
find_tarball() {
  local place
  for place in ${DISTFILES:+"$DISTFILES"} "$CACHE/distfiles"; do
    looking "$place"
    if [ -f "$place/$TARBALL" ]; then end found; tarball=$place/$TARBALL; return; fi
    end "not there"
  done
  mkdir -p "$scratch"
  for place in "${SUITES[@]}"; do
    if from_index "$place"; then return; fi
  done
  while read -r place; do
    if from_url "$place$TARBALL" "$(without_password "$place")"; then return; fi
  done < <(pool_folders)
  from_url "$SNAPSHOT_URL" "Debian's archive, $SNAPSHOT_URL"
}
