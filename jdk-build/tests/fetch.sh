# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# Every place that make source looks in, and every way in which a place can fail: mirrors in folders and on a server
# of our own. Sourced by test-patches.sh, after workflow.sh.

: "${scratch:?}" "${fake:?}"
mkdir -p "$fake/apt/none"

# ---- Mirrors.

# mirror FOLDER VERSION [POOL-FOLDER]: a Debian whose index has that version of the source package; the tarball is in
# the pool folder, if there is one.
mirror() {
  local at=$scratch/$1 suite dist
  mkdir -p "$at"
  if [ $# = 3 ]; then
    mkdir -p "$at/$3"
    cp "$fake/dist/fake.tar.xz" "$at/$3"
  fi
  for suite in trixie trixie-security sid; do
    dist=$at/dists/$suite
    mkdir -p "$dist/main/source"
    cat > "$dist/main/source/Sources" <<EOF
Package: fake
Format: 3.0 (quilt)
Binary: fake
Architecture: any
Version: $2
Directory: pool/main/f/fake
Files:
 $(md5sum < "$fake/dist/fake.tar.xz" | cut -d' ' -f1) $(stat -c %s "$fake/dist/fake.tar.xz") fake.tar.xz
Checksums-Sha256:
 $(sha256 < "$fake/dist/fake.tar.xz") $(stat -c %s "$fake/dist/fake.tar.xz") fake.tar.xz
EOF
    cat > "$dist/Release" <<EOF
Suite: $suite
Codename: $suite
Components: main
SHA256:
 $(sha256 < "$dist/main/source/Sources") $(stat -c %s "$dist/main/source/Sources") main/source/Sources
EOF
  done
}

# apt_sources NAME: this machine's apt, if its sources were what comes on stdin.
apt_sources() {
  mkdir -p "$fake/apt/parts"
  rm -f "$fake/apt/parts"/*
  cat > "$fake/apt/parts/$1"
  cat > "$fake/apt/conf" <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$fake/apt/parts";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$fake/apt/none";
Acquire::http::Proxy "DIRECT";
EOF
}

# look CHECKOUT [VARIABLE=VALUE...]: make source with a cache of its own, the real apt and those sources.
look() {
  local at=$1
  shift
  run "$at" source.sh PATH="$PATH" APT_CONFIG="$fake/apt/conf" CACHE="$at/cache" no_proxy='*' "$@"
}
pin() { sed -i "s|^$2=.*|$2=$3|" "$1/jdk-patch/25/upstream"; }
# The cache holds the pinned tarball, or no tarball and nothing of one.
cache_is() { # CHECKOUT full|empty
  local found
  found=$(find "$1/cache" -path '*/distfiles/*' -type f)
  case $2 in
    full) [ "$found" = "$1/cache/distfiles/fake.tar.xz" ] && cmp "$found" "$fake/dist/fake.tar.xz" ;;
    empty) [ -z "$found" ] ;;
  esac || { echo "in the cache: $found"; return 1; }
  [ -z "$(find "$1/build" -name 'fetch.tmp*' -o -name 'source.tmp*')" ] || { echo "something is left in build/"; return 1; }
}
# serve: a server on $port until the test ends. Paths begin with what it does: ok/, missing/, silent/ (no answer for two
# minutes), half/ (half of the file, then the end), drip/ (a byte a second, for a minute), other/ (other bytes); the rest
# is a file's.
serve() {
  local said
  exec {said}< <(exec perl -MIO::Socket::INET -e '
    $| = 1;
    setpgrp;
    $SIG{CHLD} = "IGNORE";
    my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;
    print "$$ ", $server->sockport, "\n";
    while (my $client = $server->accept) {
      next if fork;
      $client->autoflush(1);
      while (my $request = <$client>) {
        my ($does, $path) = $request =~ m{^GET /([a-z]+)/(\S+)} or last;
        while (<$client>) { last if /^\r?\n$/ }
        $path =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
        my $body;
        if (open my $file, "<", "$ARGV[0]/$path") { local $/; $body = <$file> }
        $body = "other bytes" if $does eq "other";
        if ($does eq "silent") { sleep 120; last }
        if (!defined $body || $does eq "missing") { print $client "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"; next }
        print $client "HTTP/1.1 200 OK\r\nContent-Length: ", length $body, "\r\n\r\n";
        if ($does eq "half") { print $client substr $body, 0, length($body) / 2; last }
        if ($does eq "drip") { for my $byte (split //, substr $body, 0, 60) { print $client $byte; sleep 1 } last }
        print $client $body;
      }
      exit;
    }' "$scratch")
  read -r server port <&"$said"
  # The test is a subshell: this is its own end.
  trap 'kill -- "-$server"' EXIT
}

# ---- What is found.

found_by_the_index() {
  local at
  at=$(checkout fetch-index)
  mirror fetch-index.mirror 25.0.3+9-1 pool/main/f/fake
  apt_sources here.list <<< "deb [trusted=yes] file:$scratch/fetch-index.mirror stable main"
  prints 'source index, trixie: .* fetched 100%, found, ' look "$at"
  cache_is "$at" full
  # Debian's number of it and the releases are what the pin says.
  rm -rf "$at/build" "$at/cache" "$scratch/fetch-index.mirror"
  pin "$at" SOURCE_VERSION 25.0.3~9ea
  pin "$at" SUITES '(sid)'
  mirror fetch-index.mirror 25.0.3~9ea-1 pool/main/f/fake
  prints 'source index, sid: .* fetched 100%, found, ' look "$at"
  cache_is "$at" full
  # Then nothing is looked for any more.
  rm -rf "$at/build" "$scratch/fetch-index.mirror"
  prints 'cache/distfiles: found$' look "$at"
}

found_in_the_pool() {
  local at
  at=$(checkout fetch-pool)
  pin "$at" SOURCE_VERSION 25.0.3~9
  mirror fetch-pool.empty 25.0.5+8-1
  mirror fetch-pool.mirror 25.0.5+8-1 pool/main/f/fake
  apt_sources here.list <<EOF
deb [trusted=yes] file:$scratch/fetch-pool.empty stable main
deb [trusted=yes] file:$scratch/fetch-pool.mirror stable main
deb [trusted=yes] file:$scratch/vendor packages main
EOF
  ends_with 0 look "$at"
  said_once 'cache/distfiles: not there$' 'source index, trixie:.* no 25\.0\.3~9, only 25\.0\.5\+8-1' \
    'source index, sid: .* no 25\.0\.3~9, only 25\.0\.5\+8-1' \
    'file:.*/fetch-pool\.empty/pool/main/f/fake/:.* Failed to stat|file:.*/fetch-pool\.empty/pool/main/f/fake/:.* No such file' \
    'file:.*/fetch-pool\.mirror/pool/main/f/fake/:.* found, '
  if grep -E 'vendor|nowhere' "$scratch/out"; then echo "looked where it should not"; return 1; fi
  cache_is "$at" full
}

found_in_the_security_archive() {
  local at
  at=$(checkout fetch-security)
  mirror fetch-security.mirror 25.0.5+8-1 pool/updates/main/f/fake
  apt_sources here.sources <<EOF
Types: deb
URIs: file:$scratch/fetch-security.mirror
Suites: stable stable-security
Components: main
Trusted: yes
EOF
  prints '/fetch-security.mirror/pool/updates/main/f/fake/:.* found, ' look "$at"
  cache_is "$at" full
}

found_by_a_list_of_mirrors() {
  local at
  at=$(checkout fetch-list)
  mirror fetch-list.mirror 25.0.5+8-1 pool/main/f/fake
  printf '# ours\nfile:%s/fetch-list.empty\tpriority:1\nfile:%s/fetch-list.mirror\n' "$scratch" "$scratch" > "$scratch/mirrors"
  apt_sources here.sources <<EOF
Types: deb
URIs: mirror+file:$scratch/mirrors
Suites: stable
Components: main
Trusted: yes
EOF
  prints '/fetch-list.mirror/pool/main/f/fake/:.* found, ' look "$at"
  said_once '/fetch-list.empty/pool/main/f/fake/:'
  cache_is "$at" full
}

found_in_the_archive() {
  local at
  at=$(checkout fetch-archive)
  serve
  mkdir -p "$scratch/file"
  cp "$fake/dist/fake.tar.xz" "$scratch/file/by-its-hash"
  pin "$at" SNAPSHOT_URL "http://localhost:$port/ok/file/by-its-hash"
  apt_sources here.list <<< "deb [trusted=yes] http://name:secret@localhost:$port/missing/debian stable main"
  ends_with 0 look "$at"
  said_once 'source index, trixie:.* 404' 'source index, sid:.* 404' \
    "http://localhost:$port/missing/debian/pool/main/f/fake/:.* 404 Not Found" "Debian's archive, .*by-its-hash:.* found, "
  if grep secret "$scratch/out"; then echo "it shows the user's password"; return 1; fi
  cache_is "$at" full
}

found_without_apt() {
  local at
  command -v curl > /dev/null || { echo "curl is not here"; return 77; }
  at=$(checkout fetch-curl)
  serve
  mkdir -p "$scratch/file"
  cp "$fake/dist/fake.tar.xz" "$scratch/file/by-its-hash"
  pin "$at" SNAPSHOT_URL "http://localhost:$port/missing/file/by-its-hash"
  apt_sources here.list < /dev/null
  ends_with 3 look "$at" APT_HELPER=
  said_once "Debian's archive, .*404"
  cache_is "$at" empty
  pin "$at" SNAPSHOT_URL "http://localhost:$port/ok/file/by-its-hash"
  prints "Debian's archive, .*found, " look "$at" APT_HELPER=
  cache_is "$at" full
}

# The tag has what the tarball has, and more; and then something else.
found_as_git_tag() {
  local at tag=$scratch/fetch-tag
  cp -r "$fake/jdk" "$tag"
  git_plain init --quiet "$tag"
  mkdir -p "$tag/surplus" "$tag/src/base/lib"
  printf 'x\n' | tee "$tag/surplus/a" "$tag/src/base/lib/a.c" > /dev/null
  git_plain -C "$tag" add --all --force .
  git_plain -C "$tag" -c user.name=U -c user.email=u@example.org commit --quiet --message tag
  git_plain -C "$tag" tag jdk-25.0.3+9
  at=$(checkout fetch-git)
  apt_sources here.list < /dev/null
  pin "$at" GIT_URL "file://$tag"
  pin "$at" TREE "$(git_plain -C "$scratch/first/build/source" rev-parse 'upstream^{tree}')"
  prints "git tag jdk-25.0.3.9 of file://.*: found" look "$at"
  said_once "source index, trixie: no Debian source" "source index, sid: no Debian source" "Debian's archive, "
  [ "$(git_plain -C "$at/build/source" rev-parse upstream)" = "$(git_plain -C "$scratch/first/build/source" rev-parse upstream)" ]
  [ ! -e "$at/build/source/surplus" ]
  cache_is "$at" empty
  at=$(checkout fetch-git2)
  pin "$at" GIT_URL "file://$tag"
  ends_with 1 look "$at"
  said_once 'git tag .*: not taken: it is git tree [0-9a-f]{40}, jdk-patch/25/upstream wants none$'
  nothing_left "$at"
  pin "$at" GIT_TAG jdk-25.0.4+1
  ends_with 3 look "$at"
  said_once 'git tag jdk-25.0.4.1 .*: .*Remote branch jdk-25.0.4.1 not found'
  nothing_left "$at"
}

# ---- What is not.

nowhere() {
  local at
  at=$(checkout fetch-nowhere)
  mirror fetch-nowhere.mirror 25.0.5+8-1
  apt_sources here.list <<< "deb [trusted=yes] file:$scratch/fetch-nowhere.mirror stable main"
  mkdir -p "$scratch/empty"
  ends_with 3 look "$at" DISTFILES="$scratch/empty"
  said_once "^  $scratch/empty: not there$" 'cache/distfiles: not there$' 'source index, trixie:' 'source index, sid:' \
    '/pool/main/f/fake/:' "Debian's archive, " 'git tag ' '^error: .*no network.*DISTFILES='
  cache_is "$at" empty
  nothing_left "$at"
}

other_bytes_are_not_taken() {
  local at
  at=$(checkout fetch-other)
  serve
  mkdir -p "$scratch/file"
  cp "$fake/dist/fake.tar.xz" "$scratch/file/by-its-hash"
  pin "$at" SNAPSHOT_URL "http://localhost:$port/half/file/by-its-hash"
  apt_sources here.list <<< "deb [trusted=yes] http://localhost:$port/other/debian stable main"
  ends_with 1 look "$at"
  said_once '/pool/main/f/fake/:.* not taken: it has sha256 [0-9a-f]{64}, jdk-patch/25/upstream wants ' \
    "Debian's archive, .*(Connection|Hash|Error|unexpected)" '^error: '
  cache_is "$at" empty
  nothing_left "$at"
  # Another place may still have the right ones.
  pin "$at" SNAPSHOT_URL "http://localhost:$port/ok/file/by-its-hash"
  prints "Debian's archive, .* found, " look "$at"
  cache_is "$at" full
}

silence_ends() {
  local at
  at=$(checkout fetch-silent)
  serve
  pin "$at" SNAPSHOT_URL "http://localhost:$port/silent/x"
  pin "$at" GIT_URL "http://localhost:$port/silent/x"
  apt_sources here.list <<< "deb [trusted=yes] http://localhost:$port/silent/debian stable main"
  ends_with 3 look "$at" ANSWER_SECONDS=1 FETCH_SECONDS=60
  said_once 'source index, trixie: Connection' '/pool/main/f/fake/: Connection' "Debian's archive, .*: Connection" \
    'git tag .* too slow'
  nothing_left "$at"
}

slowness_ends() {
  local at
  at=$(checkout fetch-drip)
  serve
  mkdir -p "$scratch/file"
  cp "$fake/dist/fake.tar.xz" "$scratch/file/by-its-hash"
  pin "$at" SNAPSHOT_URL "http://localhost:$port/drip/file/by-its-hash"
  apt_sources here.list < /dev/null
  ends_with 3 look "$at" FETCH_SECONDS=3
  said_once "Debian's archive, .*: .*not done after 3 s"
  cache_is "$at" empty
  nothing_left "$at"
}

test_source() { # CHECKOUT
  run "$1" test-source.sh PATH="$PATH" APT_CONFIG="$fake/apt/conf" CACHE="$1/cache" DISTFILES="$fake/dist"
}

test_source_counts() {
  local at
  at=$(checkout fetch-test)
  mirror fetch-test.mirror 25.0.5+8-1 pool/main/f/fake
  apt_sources here.list <<< "deb [trusted=yes] file:$scratch/fetch-test.mirror stable main"
  prints '^1 passed, 0 failed$' test_source "$at"
  [ ! -e "$at/cache" ]
  nothing_left "$at"
  printf 'other\n' > "$scratch/fetch-test.mirror/pool/main/f/fake/fake.tar.xz"
  ends_with 1 test_source "$at"
  said_once '^0 passed, 1 failed$'
  rm -r "$scratch/fetch-test.mirror/pool"
  prints '^0 passed, 0 failed, 1 skipped$' test_source "$at"
  said_once '^skipped: '
  [ ! -e "$at/cache" ]
  nothing_left "$at"
}

check "the source: by Debian's source index" found_by_the_index
check "the source: in a mirror's pool folder, when its index has moved on" found_in_the_pool
check "the source: in the security archive's pool folder" found_in_the_security_archive
check "the source: on a mirror of apt's list of mirrors" found_by_a_list_of_mirrors
check "the source: in Debian's archive" found_in_the_archive
check "the source: without apt's downloader" found_without_apt
check "the source: a git tag with the tarball's files, and no other" found_as_git_tag
check "the source: nowhere" nowhere
check "the source: other bytes and half a file are not taken" other_bytes_are_not_taken
check "the source: places that do not answer" silence_ends
check "the source: a place that is too slow" slowness_ends
check "make test-source: passed, failed, skipped" test_source_counts
