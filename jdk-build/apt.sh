# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# Packages of another Debian release without installing them: an apt configuration of our own under
# $CACHE/apt, whose sources are this machine's with the suite replaced. Needs no root. Sourced.

# foreign_sources SUITE TYPE: this machine's apt sources for SUITE, in the one-line and the deb822 style.
# Entries that are not of a Debian release (a vendor's repository) are left out; a plain release has no
# -updates or -security if SUITE is sid.
foreign_sources() {
  local suite=$1 type=$2 out=$3 codename LIST='' PARTS=''
  codename=$(debian_codename)
  eval "$(apt-config shell LIST Dir::Etc::sourcelist/f PARTS Dir::Etc::sourceparts/d 2> /dev/null)"
  mkdir -p "$out"
  rm -f "$out"/*
  local program='
    function renamed(word,    rest) {
      if (word !~ "^(" codename "|oldstable|stable|testing|unstable|sid)(-updates|-security|/updates)?$") return ""
      rest = word; sub("^[a-z]+", "", rest)
      if (rest == "/updates") rest = "-security"
      if (suite == "sid" && rest != "") return ""
      return suite rest
    }'
  local file
  for file in "$LIST" "${PARTS%/}"/*.list; do
    [ -f "$file" ] || continue
    awk -v suite="$suite" -v type="$type" -v codename="${codename:-sid}" "$program"'
      $1 == "deb" {
        # For another architecture, too.
        gsub(/ *arch=[^] ]*/, ""); sub(/\[ *\] */, "")
        uri = 2
        if ($2 ~ /^\[/) { while (uri <= NF && $uri !~ /\]$/) uri++; uri++ }
        suite_at = uri + 1; $suite_at = renamed($suite_at); $1 = type
        if ($suite_at != "") print
      }' "$file" >> "$out/here.list"
  done
  for file in "${PARTS%/}"/*.sources; do
    [ -f "$file" ] || continue
    awk -v suite="$suite" -v type="$type" -v codename="${codename:-sid}" "$program"'
      function flush() {
        if (deb && on && suites != "") printf "Types: %s\nSuites:%s\n%s\n", type, suites, rest
        deb = 0; on = 1; suites = ""; rest = ""; field = ""
      }
      BEGIN { on = 1 }
      /^#/ { next }
      /^[ \t]*$/ { flush(); next }
      /^[^ \t]/ { field = tolower($1); sub(":.*", "", field) }
      field == "types" { for (i = 1; i <= NF; i++) if ($i == "deb") deb = 1; next }
      field == "enabled" { if (tolower($2) == "no") on = 0; next }
      field == "architectures" { next }
      field == "suites" {
        for (i = ($1 ~ /:$/) ? 2 : 1; i <= NF; i++) { r = renamed($i); if (r != "") suites = suites " " r }
        next
      }
      { rest = rest $0 "\n" }
      END { flush() }' "$file" >> "$out/here.sources"
  done
  find "$out" -type f -empty -delete
  [ -n "$(ls -A "$out")" ]
}

# show_percent: of apt's status lines on stdin, each new tenth of what is fetched and installed, onto the line begun.
show_percent() {
  local kind percent what='' shown=0
  while read -r kind percent; do
    if [ "$kind" != "$what" ]; then shown=0; fi
    percent=$((percent / 10 * 10))
    if [ $percent -gt $shown ]; then
      if [ "$kind" != "$what" ]; then printf ' %s' "$kind" >&2; fi
      what=$kind shown=$percent
      printf ' %d%%' "$percent" >&2
    fi
  done < <(sed -un -e 's/^dlstatus:[0-9]*:\([0-9]*\)[.:].*/fetched \1/p' \
    -e 's/^pmstatus:.*:\([0-9]*\)\(\.[0-9]*\)\{0,1\}:.*/installed \1/p')
  if [ -n "$what" ]; then printf ',' >&2; fi
}

# apt_quiet SECONDS LOG PROGRAM ARGUMENT...: a program of apt's, for so long at most; what it says goes into LOG.
apt_quiet() {
  local seconds=$1 log=$2 program=$3
  shift 3
  DEBIAN_FRONTEND=noninteractive timeout --foreground --kill-after=5 "$seconds" \
    "$program" -o APT::Status-Fd=3 "$@" 3>&1 >> "$log" 2>&1 < /dev/null | show_percent
}

# apt_step WHAT LOG PROGRAM ARGUMENT...: the same as a line that says what is done and how it ended; for an hour at most.
apt_step() {
  local start=$SECONDS
  begin "$1"
  if ! apt_quiet 3600 "${@:2}"; then end failed; return 1; fi
  end "done in $((SECONDS - start)) s"
}

# foreign_conf SUITE TYPE(deb|deb-src) [ARCHITECTURE]: prepares the configuration; sets FOREIGN_CONF and FOREIGN_LOG.
foreign_conf() {
  local suite=$1 type=$2 architecture=${3:-$(dpkg --print-architecture)} dir
  dir=$CACHE/apt/$suite-$type-$architecture
  FOREIGN_CONF=$dir/apt.conf FOREIGN_LOG=$dir/log
  mkdir -p "$dir/lists/partial" "$dir/archives/partial"
  foreign_sources "$suite" "$type" "$dir/sources.list.d" || return 1
  cat > "$FOREIGN_CONF" <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$dir/sources.list.d";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "/dev/null";
Dir::Cache "$dir";
Dir::Cache::archives "$dir/archives";
APT::Sandbox::User "";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "2";
Debug::NoLocking "true";
EOF
}

# foreign_update SECONDS [OPTION...]: gets the package lists; false, with the reason in FOREIGN_LOG, if not all came.
foreign_update() {
  local seconds=$1
  shift
  : > "$FOREIGN_LOG"
  apt_quiet "$seconds" "$FOREIGN_LOG" apt-get -c "$FOREIGN_CONF" -q "$@" update || return
  ! grep -q '^[WE]: .*Failed to fetch' "$FOREIGN_LOG"
}

# foreign_apt SUITE TYPE [ARCHITECTURE]: both of these, for people to see.
foreign_apt() {
  if ! foreign_conf "$@"; then say "  no Debian source in /etc/apt to derive $1 from"; return 1; fi
  begin "  package lists of Debian $1"
  if ! foreign_update 600; then end failed; log_end "$FOREIGN_LOG"; return 1; fi
  end "done"
}

# foreign_unpack SUITE FOLDER PACKAGE...: downloads (apt checks the signatures) and unpacks into FOLDER.
foreign_unpack() {
  local suite=$1 out=$2 debs=$2.debs deb what
  shift 2
  what=$*
  if [ $# -gt 9 ]; then what="$# packages"; fi
  rm -rf "$debs"
  mkdir -p "$debs" "$out"
  if ! (cd "$debs" && apt_step "  $what of Debian $suite" "$debs/log" apt-get -c "$FOREIGN_CONF" -q download "$@"); then
    log_end "$debs/log"
    rm -rf "$debs"
    return 1
  fi
  for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$out"; done
  rm -rf "$debs"
}

# foreign_needs PACKAGE...: prints these and all that they depend on.
foreign_needs() {
  apt-get -c "$FOREIGN_CONF" -q --simulate install "$@" | sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}
