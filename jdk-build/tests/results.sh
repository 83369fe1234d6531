# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
# shellcheck shell=bash
#
# Tests and measurements leave the checkout as it was, and with RECORD=1 keep what they found. The JDK, jtreg, Maven and
# guests are scripts that answer at once. Sourced by test-patches.sh, after workflow.sh.

: "${scratch:?}" "${fake:?}"

# ---- What the scripts run.

stub gcc <<'EOF'
while [ $# != 0 ]; do if [ "$1" = -o ]; then : > "$2"; fi; shift; done
EOF
stub mvn <<'EOF'
for argument; do case $argument in -Dwork.directory=*) mkdir -p "${argument#*=}" ;; esac; done
EOF
# A guest prints what its console file would hold.
stub buildah <<'EOF'
if [ "$1" = run ]; then
  printf 'guest: begins\nfact package=linux-image-fake\nfact commit=fake\nfact registration=by %s\n' "$FAKE_FOUND"
  printf 'test registration-glibc (1 s) PASSED\n1 passed, 0 failed, 0 skipped\n'
fi
EOF

answering=$fake/answering
mkdir -p "$answering/bin" "$answering/include" "$answering/lib/server" "$fake/jtreg/lib" "$fake/jtreg/META-INF"
touch "$answering/lib/server/libjvm.so" "$answering/lib/modules"
printf 'JAVA_VERSION="25.0.3"\nJAVA_RUNTIME_VERSION="25.0.3+9"\n' > "$answering/release"
cat > "$answering/bin/java" <<'EOF'
#!/bin/bash
# Each stands for the program it is named after, and finds $FAKE_FOUND.
report() { mkdir -p "$1/text" && printf 'jdk/A.java  Passed. %s\njava/A.java  Passed. %s\n' "$FAKE_FOUND" "$FAKE_FOUND" > "$1/text/summary.txt"; }
while [ $# != 0 ]; do
  case $1 in
    --list-modules) echo jdk.incubator.percpu ;;
    -version) echo "openjdk version $FAKE_FOUND" >&2 ;;
    -reportDir:*) report "${1#-reportDir:}" ;;
    percpu.micro.Main) echo "$FAKE_FOUND" > "$3" ;;
    percpu.lib.Listings) printf 'add\n---\n%s\n' "$FAKE_FOUND" > "$2/x86_64-mm_cid.txt" ;;
    */Compare.java)
      for file in README.md patched.txt unpatched.txt not-run.txt; do echo "$FAKE_FOUND" > "$6/$file"; done
      exit ;;
    */Render.java)
      shift
      out=$1
      cp "$out/jmh.json" "$out/README.md"
      shift
      if [ "${1:-}" = --beside ]; then printf 'beside %s\n' "${2##*/}" >> "$out/README.md"; shift 2; fi
      for page; do printf '%s\n' "$FAKE_FOUND" >> "$page"; done
      exit ;;
  esac
  shift
done
EOF
cat > "$answering/bin/javac" <<'EOF'
#!/bin/bash
while [ $# != 0 ]; do if [ "$1" = -d ]; then mkdir -p "$2/jdk/test/whitebox"; fi; shift; done
EOF
chmod +x "$answering/bin/java" "$answering/bin/javac"
printf 'jtreg-VersionString: 8-fake\n' > "$fake/jtreg/META-INF/MANIFEST.MF"
(cd "$fake/jtreg" && zip -q lib/jtreg.jar META-INF/MANIFEST.MF)

# ---- The checkout.

# tested NAME: a checkout with the tests and results of this one, and that JDK.
tested() {
  local at
  at=$(checkout "$1")
  cp -R "$TOP/container" "$TOP/docs" "$TOP/jtreg-tests" "$TOP/results" "$TOP/README.md" "$at"
  mkdir -p "$at/build/images/release" "$at/build/source/make/test" "$at/build/source/test/jdk/java" "$at/build/source/test/lib"
  touch "$at/build/source/test/jdk/TEST.ROOT"
  printf 'build-test-hotspot-jtreg-native:\n' > "$at/build/source/make/test/JtregNativeHotspot.gmk"
  printf 'build-test-jdk-jtreg-native:\n' > "$at/build/source/make/test/JtregNativeJdk.gmk"
  # Where nothing that is rendered is up to date, what is rendered shows.
  printf 'stale\n' | tee -a "$at"/results/{asm,kernels,upstream}/README.md > /dev/null
  cp -R "$answering" "$at/build/images/release/jdk"
  printf 'exit\n' > "$at/container/kernel/context.sh"
  printf '%s' "$at"
}
# found WHAT CHECKOUT COMMAND [VARIABLE=VALUE...]: a run that finds that.
found() {
  run "$2" "$3" BOOT_JDK="$answering" JTREG="$fake/jtreg" FAKE_FOUND="$1" SUBSET=jdk/java RETRIES=1 "${@:4}"
}
kept() { (cd "$1" && find README.md docs results -type f ! -path 'results/render/*' -exec sha256sum {} +) | sort -k 2; }
# changes CHECKOUT FILE...: these, and only these, changed or came since kept was written to $scratch/before.
changes() {
  local at=$1 changed wanted='' file
  shift
  for file; do wanted+=$file$'\n'; done
  changed=$(kept "$at" | sort | comm -13 <(sort "$scratch/before") - | sed 's/^[^ ]*  //')
  [ "$(sort <<< "$changed")" = "$(sort <<< "${wanted%$'\n'}")" ] || { printf 'changed:\n%s\n' "$changed"; return 1; }
}

# keeps_if_told NAME COMMAND BELOW FILE...: without RECORD the command changes nothing in a checkout of that name, and
# what it finds is in build/results/BELOW; with RECORD=1 it changes these files, and finds it in results/BELOW.
keeps_if_told() {
  local at command=$2 below=$3
  at=$(tested "$1")
  shift 3
  kept "$at" > "$scratch/before"
  found eleven "$at" "$command"
  changes "$at"
  grep -q eleven "$at/build/results/$below"
  rm -r "$at/build/results"
  found twelve "$at" "$command" RECORD=1
  grep -q twelve "$at/results/$below"
  changes "$at" "$@"
  [ ! -e "$at/build/results" ] || { echo "it is in build/results, too"; return 1; }
  fails_with 'RECORD=yes: it must be 1 or nothing' found none "$at" "$command" RECORD=yes
  [ -z "$(find "$at/results" "$at/docs" "$at/README.md" -name '*.part' -o -name '*.tmp*' -o -name '*.new')" ]
}

tests_are_kept() {
  keeps_if_told kept-tests "with-jdk.sh jtreg-tests/run.sh jdk" tests/release-jdk.txt results/tests/release-jdk.txt
}

upstream_is_kept() {
  keeps_if_told kept-upstream "with-jdk.sh jtreg-tests/upstream.sh upstream" upstream/README.md \
    results/upstream/{README.md,patched.txt,unpatched.txt,not-run.txt}
}

asm_is_kept() {
  keeps_if_told kept-asm ../jtreg-tests/asm.sh asm/x86_64-mm_cid.txt results/asm/{README.md,x86_64-mm_cid.txt}
  # Nothing to keep, and it says so.
  prints 'x86_64-mm_cid.txt, as in results/asm$' found twelve "$scratch/kept-asm" ../jtreg-tests/asm.sh
  prints 'not that of results/asm.*make asm RECORD=1' found eleven "$scratch/kept-asm" ../jtreg-tests/asm.sh
  grep -qx -- '-twelve' "$scratch/out"
  grep -qx -- '+eleven' "$scratch/out"
}

kernels_are_kept() {
  keeps_if_told kept-kernel "../container/kernel/test.sh 6.12 x86_64" kernels/6.12-x86_64.txt \
    results/kernels/{6.12-x86_64.txt,README.md} docs/guests.md
  grep -q '^| \[6.12\](../results/kernels/6.12-x86_64.txt) | x86_64 | by twelve |' "$scratch/kept-kernel/docs/guests.md"
  # The others' rows are as they were.
  [ "$(grep -c '^| \[' "$scratch/kept-kernel/docs/guests.md")" = "$(grep -c '^| \[' "$TOP/docs/guests.md")" ]
  # A part of the tests is no row.
  kept "$scratch/kept-kernel" > "$scratch/before"
  found thirteen "$scratch/kept-kernel" "../container/kernel/test.sh 6.12 x86_64 registration-glibc"
  changes "$scratch/kept-kernel"
  grep -q PASSED "$scratch/kept-kernel/build/results/tests/release-guest-6.12-x86_64.txt"
  found thirteen "$scratch/kept-kernel" "../container/kernel/test.sh 6.12 x86_64 registration-glibc" RECORD=1
  changes "$scratch/kept-kernel" results/tests/release-guest-6.12-x86_64.txt
}

# kept_by_command CHECKOUT BOOT_JDK: does what a measurement, whose output comes on stdin, says that keeps it.
kept_by_command() {
  env -C "$1" -u OF_JDK BOOT_JDK="$2" JTREG="$fake/jtreg" FAKE_FOUND=eleven CACHE="$scratch/cache" PATH="$fake/bin:$PATH" \
    bash -euc "$(sed -n 's/^To keep this run: //p')"
}

# Another JDK: in folders of its own, and on no page of the default one's.
another_jdks_are_kept() {
  local at=$scratch/kept27
  tested kept27 > /dev/null
  mkdir -p "$at/jdk-patch/27" "$at/build/27" "$at/results/asm/27"
  sed 's/25\.0\.3+9/27+34/' "$at/jdk-patch/25/upstream" > "$at/jdk-patch/27/upstream"
  mv "$at/build/images" "$at/build/source" "$at/build/27"
  printf 'JAVA_VERSION="27"\nJAVA_RUNTIME_VERSION="27-ea+34-fake"\n' > "$at/build/27/images/release/jdk/release"
  cp -R "$at/build/27/images/release/jdk" "$at/unpatched"
  kept "$at" > "$scratch/before"
  found27() { found "$1" "$at" "$2" OF_JDK=27 BOOT_JDK="$at/unpatched" "${@:3}"; }
  records27() {
    found27 "$1" "with-jdk.sh jtreg-tests/run.sh jdk" "${@:2}"
    found27 "$1" "with-jdk.sh jtreg-tests/upstream.sh upstream" "${@:2}"
    found27 "$1" ../jtreg-tests/asm.sh "${@:2}"
    prints '^image: localhost/percpu-kernel:27-6\.12-x86_64$' found27 "$1" "../container/kernel/test.sh 6.12 x86_64" "${@:2}"
    found27 "$1" "with-jdk.sh jtreg-tests/micro/run.sh report" "${@:2}"
  }
  records27 eleven
  changes "$at"
  [ "$(ls "$at/build/27/results")" = $'asm\nkernels\nreport\ntests\nupstream' ]
  # Not that of the default JDK.
  grep -qx '# Emitted code, JDK 27' "$at/build/27/test/release/root/tests/asm/README.md"
  prints 'not that of results/asm/27, .* make asm RECORD=1 JDK=27 puts it there$' found27 eleven ../jtreg-tests/asm.sh
  found27 eleven "with-jdk.sh jtreg-tests/micro/run.sh report" | kept_by_command "$at" "$at/unpatched"
  changes "$at" results/27/report/{README.md,jmh.json,machine.txt}
  records27 twelve RECORD=1
  changes "$at" results/27/tests/release-jdk.txt results/27/upstream/{README.md,patched.txt,unpatched.txt,not-run.txt} \
    results/asm/27/{README.md,x86_64-mm_cid.txt} results/27/kernels/{6.12-x86_64.txt,README.md} \
    results/27/report/{README.md,jmh.json,machine.txt}
  grep -q '](../../../jtreg-tests/hotspot/sections/KeptListings.java)' "$at/results/asm/27/README.md"
  grep -qx '# Emitted code, JDK 27' "$at/results/asm/27/README.md"
  grep -qx '# Kernels and CPUs, JDK 27' "$at/results/27/kernels/README.md"
  [ "$(ls -A "$at/build")" = $'.lock\n27' ] || [ "$(ls -A "$at/build")" = 27 ]
}

measurements_are_kept() {
  keeps_if_told kept-report "with-jdk.sh jtreg-tests/micro/run.sh report" report/jmh.json \
    results/report/{README.md,jmh.json,machine.txt} results/README.md README.md
  keeps_if_told kept-structures "with-jdk.sh jtreg-tests/micro/run.sh structures" structures/jmh.json \
    results/structures/{README.md,jmh.json,machine.txt} results/README.md docs/structures.md
}

measurements_have_names() {
  local at=$scratch/kept-names
  tested kept-names > /dev/null
  kept "$at" > "$scratch/before"
  # One that is not kept stands beside the one that is.
  found eleven "$at" "with-jdk.sh jtreg-tests/micro/run.sh report"
  grep -qx 'beside report' "$at/build/results/report/README.md"
  found eleven "$at" "with-jdk.sh jtreg-tests/micro/run.sh report" NAME=mine BESIDE=earlier
  grep -qx 'beside earlier' "$at/build/results/mine/README.md"
  found eleven "$at" "with-jdk.sh jtreg-tests/micro/run.sh report" NAME=mine BESIDE=mine
  grep -qx 'beside mine' "$at/build/results/mine/README.md"
  ends_with 1 found eleven "$at" "with-jdk.sh jtreg-tests/micro/run.sh report" BESIDE=nobody
  said_once 'BESIDE=nobody: no measurement in .*/build/results/nobody or .*/results/nobody$'
  # A look only is nowhere in results.
  rm -r "$at/build/results"
  found eleven "$at" "with-jdk.sh jtreg-tests/micro/run.sh report" QUICK=1 RECORD=1
  changes "$at"
  [ ! -e "$at/build/results" ]
  grep -q eleven "$at/build/bench/quick/report/jmh.json"
  # Another name is on no other page.
  found eleven "$at" "with-jdk.sh jtreg-tests/micro/run.sh report" NAME=host2 RECORD=1
  changes "$at" results/host2/{README.md,jmh.json,machine.txt}
}

# The command that a run which was not kept ends with keeps it.
measurements_are_kept_afterwards() {
  local at=$scratch/kept-after
  tested kept-after > /dev/null
  kept "$at" > "$scratch/before"
  found eleven "$at" "with-jdk.sh jtreg-tests/micro/run.sh report" | kept_by_command "$at" "$answering"
  changes "$at" results/report/{README.md,jmh.json,machine.txt} results/README.md README.md
}

check "RECORD: tests" tests_are_kept
check "RECORD: OpenJDK's own tests" upstream_is_kept
check "RECORD: emitted code" asm_is_kept
check "RECORD: guests" kernels_are_kept
check "RECORD: another JDK" another_jdks_are_kept
check "RECORD: measurements" measurements_are_kept
check "RECORD: measurements of another name, and looks only" measurements_have_names
check "RECORD: a measurement is kept afterwards" measurements_are_kept_afterwards
