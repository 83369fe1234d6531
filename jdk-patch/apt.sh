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
  local suite=$1 type=$2 out=$3 codename
  codename=$(debian_codename)
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
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
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
  for file in /etc/apt/sources.list.d/*.sources; do
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

# foreign_apt SUITE TYPE(deb|deb-src) [ARCHITECTURE]: prepares the configuration, gets the package lists, sets
# FOREIGN_CONF.
foreign_apt() {
  local suite=$1 type=$2 architecture=${3:-$(dpkg --print-architecture)} dir log
  dir=$CACHE/apt/$suite-$type-$architecture
  FOREIGN_CONF=$dir/apt.conf
  mkdir -p "$dir/lists/partial" "$dir/archives/partial"
  if ! foreign_sources "$suite" "$type" "$dir/sources.list.d"; then
    say "  no Debian source in /etc/apt to derive $suite from"
    return 1
  fi
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
  log=$dir/update.log
  if ! apt-get -c "$FOREIGN_CONF" -q update > "$log" 2>&1 < /dev/null || grep -q '^[WE]: .*Failed to fetch' "$log"; then
    sed 's/^/  /' "$log" >&2
    return 1
  fi
}

# foreign_unpack SUITE FOLDER PACKAGE...: downloads (apt checks the signatures) and unpacks into FOLDER.
foreign_unpack() {
  local suite=$1 out=$2 debs=$2.debs deb log
  shift 2
  rm -rf "$debs"
  mkdir -p "$debs" "$out"
  log=$debs/log
  if ! (cd "$debs" && apt-get -c "$FOREIGN_CONF" -q download "$@" > "$log" 2>&1 < /dev/null); then
    sed 's/^/  /' "$log" >&2
    rm -rf "$debs"
    say "  $* cannot be had from Debian $suite"
    return 1
  fi
  for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$out"; done
  rm -rf "$debs"
}
