#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# record.sh KERNEL ARCH STATUS SECONDS CONSOLE: keeps what a guest printed of itself and its tests and renders a page of
# all that are there: in kernels/ of the folder of results, and with RECORD=1 in docs/guests.md, whose guests have the
# default JDK.
# record.sh without arguments only renders.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"

results=$RESULTS/kernels
mkdir -p "$results"

if [ $# != 0 ]; then
  {
    printf 'fact date=%s\nfact status=%s\nfact seconds=%s\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$3" "$4"
    grep -E '^(fact|test) |^[0-9]+ passed, ' "$5" || true
    if [ "$3" != 0 ] && [ "$3" != 1 ]; then sed -n '/^boot: /,$p' "$5"; fi
  } > "$results/$1-$2.txt.$$.part"
  mv "$results/$1-$2.txt.$$.part" "$results/$1-$2.txt"
fi

fact() { # FILE NAME
  sed -n "s/^fact $2=//p" "$1" | tail -n 1
}

denied() { # FILE OUTCOME: how many of the tests with a filter in place of a kernel without rseq ended so
  grep -cE "^test registration-denied-[A-Z]+ \([0-9]+ s\) $2" "$1" || true
}

table() { # FOLDER of the files, as a link
  local kernel arch file counts
  cat <<'EOF'
| kernel | CPU | registration | own | index | fence | own area | debug checks | passed | failed | skipped | s |
|---|---|---|---|---|---|---|---|---|---|---|---|
EOF
  for kernel in 5.10 6.1 6.12 7.2; do
    for arch in x86_64 aarch64; do
      file=$results/$kernel-$arch.txt
      [ -f "$file" ] || continue
      counts=
      case $(fact "$file" status) in 0|1) counts=$(grep -E '^[0-9]+ passed' "$file" | tail -n 1 || true) ;; esac
      # shellcheck disable=SC2086
      set -- "$1" ${counts//[^0-9]/ }
      printf '| [%s](%s) | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' \
        "$kernel" "$1$kernel-$arch.txt" "$arch" "$(fact "$file" registration)" \
        "$(fact "$file" own-registration)" "$(fact "$file" index)" "$(fact "$file" fence)" \
        "$(fact "$file" own-area)" "$(fact "$file" rseq-debug)" \
        "${2:-none}" "${3:-no result}" "${4:-none}" "$(fact "$file" seconds)"
    done
  done
  for arch in x86_64 aarch64; do
    file=$results/6.12-$arch.txt
    [ -f "$file" ] || continue
    printf '| 6.12, rseq denied by a filter | %s | %s | %s | %s | %s | none | none | %s | %s | %s | |\n' "$arch" \
      "$(fact "$file" denied-registration)" "$(fact "$file" denied-registration)" "$(fact "$file" denied-index)" \
      "$(fact "$file" denied-fence)" "$(denied "$file" PASSED)" "$(denied "$file" FAILED)" "$(denied "$file" SKIPPED)"
  done
}

page=$results/README.md
{
  cat <<EOF
# Kernels and CPUs${OTHER_JDK:+, JDK $OTHER_JDK}

What the guests of \`make test-kernels$OF\` printed, each with its own kernel of Debian's, emulated by QEMU, 3 CPUs. No
number is typed by hand. "Own" is what the JVM chooses where glibc has not registered. No kernel of Debian's is without
rseq, and no parameter turns it off: a seccomp filter that answers ENOSYS, or EPERM, stands in.

EOF
  table ''
  printf '\nThe runs:\n\n'
  for file in "$results"/*-*.txt; do
    [ -f "$file" ] || continue
    name=${file##*/}
    printf -- '- %s: %s, commit %s, %s; %s, the kernel says of rseq: size %s, alignment %s\n' "${name%.txt}" \
      "$(fact "$file" date)" "$(fact "$file" commit)" "$(fact "$file" package)" "$(fact "$file" cpu)" \
      "$(fact "$file" rseq-feature-size)" "$(fact "$file" rseq-align)"
  done
  printf '\nSkipped, failed and without a result, with the reason:\n\n'
  for file in "$results"/*-*.txt; do
    [ -f "$file" ] || continue
    name=${file##*/}
    { grep -hE '^test [^ ]+ \([0-9]+ s\) (SKIPPED|FAILED)|^boot: ' "$file" || true; } | sed "s/^/- ${name%.txt}: /"
  done
} > "$page.$$.part"
mv "$page.$$.part" "$page"
say "results: $page"
if [ "$RECORD" != 1 ] || [ -n "$OTHER_JDK" ]; then exit; fi

# The same table in the page on guests, between its marks.
part=$results/table.$$.part
guests=$TOP/docs/guests.md
table ../results/kernels/ > "$part"
awk -v table="$part" '
  /^<!-- end of kernels -->$/ { skip = 0 }
  !skip { print }
  /^<!-- kernels: rendered, do not edit -->$/ { while ((getline line < table) > 0) print line; skip = 1 }' \
  "$guests" > "$part.page"
cat "$part.page" > "$guests"
rm "$part" "$part.page"
