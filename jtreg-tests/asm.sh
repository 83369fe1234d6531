#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# make asm: prints what C2 emits for each operation on this machine's CPU or, with TARGET, on another one's in a guest,
# and says how it differs from what results/asm has, or for JDK N results/asm/N, which the tests compare with. RECORD=1
# puts it there.

# shellcheck source=../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../jdk-build/lib.sh"

kept=$KEPT_ASM
shown=${kept#"$TOP/"}
out=$BUILD/results/asm
if [ "$RECORD" = 1 ]; then out=$kept; fi
work=$BUILD/asm
found=$work/found
rm -rf "$work"
mkdir -p "$out" "$found" "$work/classes" "$work/scratch/jdk/test"

list_here() {
  local jdk=$BUILD/images/$DEBUG_LEVEL/jdk log=$work/log
  local options=(--add-modules jdk.incubator.percpu --add-exports java.base/jdk.internal.misc=ALL-UNNAMED
    --add-exports java.base/jdk.internal.percpu=ALL-UNNAMED)
  "$jdk/bin/javac" -nowarn -proc:none -Xlint:none -d "$work/classes" "${options[@]}" \
    -sourcepath "$TOP/jtreg-tests/lib:$SOURCE/test/lib" "$TOP"/jtreg-tests/lib/percpu/lib/{Listings,WriteListing}.java \
    > "$log" 2>&1 || { cat "$log" >&2; die "the tests' classes do not compile: see above"; }
  # WhiteBox asks to be on the boot class path, which is the folder that the VM runs in.
  cp -R "$work/classes/jdk/test/whitebox" "$work/scratch/jdk/test/"
  (cd "$work/scratch" && "$jdk/bin/java" "${options[@]}" -Dtest.jdk="$jdk" -Dtest.class.path="$work/classes" \
    -cp "$work/classes" percpu.lib.Listings "$found") > "$log" 2>&1 ||
    { tail -n 40 "$log" >&2; die "no listing was made: see above, all of it is in $log"; }
  grep ' is not made: ' "$log" >&2 || true
}

list_in_guest() {
  local console=$BUILD/container/kernel-6.12-$TARGET.console name
  IMAGES=1 "$SCRIPTS/deps.sh"
  # Its javac compiles what runs in the guest.
  env TARGET= "$SCRIPTS/build.sh" > /dev/null
  # A listing that is not the kept one fails there, and is printed before. It is no test run to keep.
  env TARGET= RECORD= "$TOP/container/kernel/test.sh" 6.12 "$TARGET" listing-mm_cid listing-cpu_id >&2 || true
  for name in mm_cid cpu_id; do
    name=$TARGET-$name.txt
    grep -qx "listing $name ends" "$console" || die "the guest printed no $name: see $console"
    sed -n "/^listing $name begins\$/,/^listing $name ends\$/s/^| \{0,1\}//p" "$console" > "$found/$name"
  done
}

# Instructions and bytes of each operation, in all that is kept.
table() {
  local name
  local -a files=()
  for name in {x86_64,aarch64}-{mm_cid,cpu_id,without-avx}.txt; do
    if [ -f "$kept/$name" ]; then files+=("$name"); fi
  done
  (cd "$kept" && awk '
    FNR == 1 { head = head " [" substr(FILENAME, 1, length(FILENAME) - 4) "](" FILENAME ") |"; rule = rule "---|" }
    /^-+$/ { operation = before; if (!(operation in cells)) { order[++n] = operation } }
    /^[0-9]+ instructions, [0-9]+ bytes in the section/ { cells[operation] = cells[operation] " " $1 ", " $3 " |" }
    { before = $0 }
    END {
      print "| operation |" head "\n|---|" rule
      for (i = 1; i <= n; i++) { print "| " order[i] " |" cells[order[i]] }
    }' "${files[@]}")
}

page() {
  local top=../..${OTHER_JDK:+/..}
  cat <<EOF
# Emitted code${OTHER_JDK:+, JDK $OTHER_JDK}

The critical sections as C2 emits them, instruction by instruction, with their descriptors and abort handlers, for each
operation, CPU and way to number the slots. \`make asm RECORD=1$OF\` makes the files of the CPU it runs on, and this page;
\`make asm RECORD=1 TARGET=aarch64$OF\` those of the other CPU, in an emulated guest. \`make test$OF\` compares them with what it finds
([KeptListings.java]($top/jtreg-tests/hotspot/sections/KeptListings.java)), the guests of \`make test-kernels$OF\` do so too:
who changes the emitted code sees here what became of it, and commits that with the change.

Nothing in the files depends on the machine, the process or the build (release or fastdebug): what does has a name, which
the head of each file explains. What the operations mean is in
[perCpuAssembler.hpp]($top/hotspot-intrinsics/src/hotspot/share/asm/perCpuAssembler.hpp).

Instructions and bytes in the section:

EOF
  table
}

if is_cross; then list_in_guest; else list_here; fi
for file in "$found"/*.txt; do
  name=${file##*/}
  cat "$file"
  printf '\n\n'
  how="as in $shown"
  if ! diff -u -L "$shown/$name" -L 'emitted now' "$kept/$name" "$file" >&2; then
    how="not that of $shown"
    if [ "$RECORD" != 1 ]; then how+=", see above: if it is meant to change, make asm RECORD=1$OF puts it there"; fi
  fi
  cp "$file" "$out/$name.$$.part"
  mv "$out/$name.$$.part" "$out/$name"
  say "asm: ${out#"$TOP/"}/$name, $how"
done
if [ "$RECORD" = 1 ]; then
  page > "$kept/README.md.$$.part"
  mv "$kept/README.md.$$.part" "$kept/README.md"
fi
