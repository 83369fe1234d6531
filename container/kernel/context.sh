#!/usr/bin/env bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# context.sh KERNEL ARCH: makes container/kernel-KERNEL-ARCH in the build folder, where the Containerfile beside this is
# built: a kernel of Debian's, and an initramfs with the JDK, its tests and what they need of Debian.

# shellcheck source=../../jdk-build/lib.sh source-path=SCRIPTDIR
. "$(dirname "$0")/../../jdk-build/lib.sh"
# shellcheck source=../../jdk-build/apt.sh source-path=SCRIPTDIR
. "$SCRIPTS/apt.sh"

kernel=$1
arch=$2
here=$TOP/container/kernel
case $kernel in
  5.10) suite=bullseye ;;
  6.1)  suite=bookworm ;;
  6.12) suite=trixie ;;
  7.2)  suite=sid ;;
  *) die "KERNEL=$kernel: it must be 5.10, 6.1, 6.12 or 7.2" ;;
esac
case $arch in
  x86_64)  debian=amd64 ;;
  aarch64) debian=arm64 ;;
  *) die "ARCH=$arch: it must be x86_64 or aarch64" ;;
esac
flavour=$DEBUG_LEVEL compiler=gcc
if [ "$arch" != "$MACHINE" ]; then flavour=$arch-$DEBUG_LEVEL compiler=$arch-linux-gnu-gcc; fi
jdk=$BUILD/images/$flavour/jdk
own_jdk=$BUILD/images/$DEBUG_LEVEL/jdk
[ -x "$jdk/bin/java" ] || die "there is no JDK in $jdk: run make jdk TARGET=$arch DEBUG_LEVEL=$DEBUG_LEVEL$OF"
[ -x "$own_jdk/bin/javac" ] || die "there is no JDK in $own_jdk: run make jdk DEBUG_LEVEL=$DEBUG_LEVEL$OF"
[ -d "$SOURCE/test/lib" ] || die "there is no JDK source in $SOURCE: run make source$OF"

context=$BUILD/container/kernel-$kernel-$arch
part=$context.part
rm -rf "$part"
mkdir -p "$part"

# What is tested: a commit, or more than that.
commit=$(git_plain -C "$TOP" rev-parse --short=12 HEAD 2> /dev/null || printf 'no git')
if [ -n "$(git_plain -C "$TOP" status --porcelain -- ':!results' ':!README.md' ':!docs/guests.md' 2> /dev/null)" ]; then
  commit="$commit and changes on it"
fi

# ---- The kernel: the image for clouds, which has all that is needed built in.

# The packages of that kernel, best first: what Debian has, then what was fetched before.
kernel_packages() {
  if [ "$reached" = yes ]; then
    apt-cache -c "$FOREIGN_CONF" pkgnames "linux-image-$kernel." | grep -E -- "[0-9]-cloud-$debian\$" | sort -rV || true
  fi
  find "$CACHE/kernels" -maxdepth 1 -name "linux-image-$kernel.*-cloud-$debian" -printf '%f\n' 2> /dev/null | sort -rV || true
}

fetch_kernel() { # PACKAGE: puts its vmlinuz into $kernels
  local part=$kernels.part image
  foreign_unpack "$suite" "$part" "$1" || { rm -rf "$part"; return 1; }
  image=$(find "$part" -name 'vmlinuz-*' -type f | head -n 1)
  if [ -z "$image" ]; then
    # Newer ones are in a package of their own.
    foreign_unpack "$suite" "$part" "${1/linux-image-/linux-binary-}" || return 1
    image=$(find "$part" -name 'vmlinuz*' -type f | head -n 1)
  fi
  if [ -z "$image" ]; then say "  there is no vmlinuz in $1"; return 1; fi
  mkdir -p "$kernels"
  cp "$image" "$kernels/vmlinuz.part"
  mv "$kernels/vmlinuz.part" "$kernels/vmlinuz"
  rm -rf "$part"
}

reached=no
if foreign_apt "$suite" deb "$debian"; then reached=yes; fi
mapfile -t candidates < <(kernel_packages)
package=
for candidate in "${candidates[@]}"; do
  kernels=$CACHE/kernels/$candidate
  # An archive may name a package that it has no more.
  if [ -f "$kernels/vmlinuz" ] || { say "kernel: $candidate"; fetch_kernel "$candidate"; }; then
    package=$candidate
    break
  fi
done
[ -n "$package" ] || die "no Linux $kernel for $debian in Debian $suite (${candidates[*]:-none that can be reached}) or in $CACHE/kernels"
cp "$kernels/vmlinuz" "$part/vmlinuz"

# ---- What the JDK and the tests need of Debian: of the release that the JDK was built on.
own_suite=$(debian_codename)
packages=(bash busybox-static binutils libstdc++6 zlib1g)
what='C library, bash, busybox, objdump'
# The other CPU's debugger cannot be tried on this machine.
if [ "$arch" != "$MACHINE" ]; then
  packages+=(gdb)
  what+=', gdb'
fi
# Another list is another folder.
libraries=$CACHE/guest-$own_suite-$debian-$(printf '%s\n' "${packages[@]}" | sha256sum | cut -c1-8)
if [ ! -d "$libraries" ]; then
  say "guest: $what of Debian $own_suite for $debian"
  foreign_apt "$own_suite" deb "$debian" || die "no packages of Debian $own_suite for $debian"
  mapfile -t needed < <(foreign_needs "${packages[@]}")
  [ ${#needed[@]} -gt 0 ] || die "Debian $own_suite for $debian has not all of: ${packages[*]}"
  foreign_unpack "$own_suite" "$libraries.part" "${needed[@]}" || exit 1
  # Of that gdb wants its Python.
  find "$libraries.part/usr/share" -mindepth 1 -maxdepth 1 ! -name gdb -exec rm -rf {} +
  # As base-files has it: some packages name these folders, newer ones only those in usr.
  for folder in bin sbin lib lib64; do
    mkdir -p "$libraries.part/usr/$folder" "$libraries.part/$folder"
    if [ ! -L "$libraries.part/$folder" ]; then cp -a "$libraries.part/$folder/." "$libraries.part/usr/$folder/"; fi
    rm -rf "${libraries:?}.part/$folder"
    ln -s "usr/$folder" "$libraries.part/$folder"
  done
  mv "$libraries.part" "$libraries"
fi

# ---- The root of the guest.
root=$part/root
mkdir -p "$root"/{proc,sys,dev,tmp,etc,tests/work,tests/native,tests/classes,jdk}
cp -a "$libraries/." "$root/"
cp "$here/init.sh" "$root/init"
for file in bin conf lib release; do cp -aL "$jdk/$file" "$root/jdk/"; done
rm -rf "$root"/jdk/lib/{src.zip,ct.sym} "$root"/jdk/lib/*.a
if [ -d "$BUILD/jdk-$flavour" ]; then rm -f "$root"/jdk/lib/server/*.debuginfo "$root"/jdk/lib/*.debuginfo; fi

say "guest: tests"
# An older one moves no code.
moved=$TOP/jtreg-tests/hotspot/codecache/MovedCode.java
if [ "$OF_JDK" = 25 ]; then moved=; fi
"$own_jdk/bin/javac" -nowarn -proc:none -Xlint:none -d "$root/tests/classes" \
  --add-modules jdk.incubator.percpu,java.management --add-exports java.base/jdk.internal.misc=ALL-UNNAMED \
  --add-exports java.base/jdk.internal.percpu=ALL-UNNAMED \
  -sourcepath "$TOP/jtreg-tests/lib:$SOURCE/test/lib:$SOURCE/test/hotspot/jtreg" \
  "$TOP"/jtreg-tests/guest/*.java \
  "$TOP"/jtreg-tests/hotspot/registration/{RegistrationModes,RegisteredArea,ReadUnusedSlots}.java \
  "$TOP"/jtreg-tests/hotspot/{operations/Operations,sections/EmittedSection,tiers/ManySections,ir/PerCpuNodes,gdb/RseqCommands}.java \
  "$TOP"/jtreg-tests/hotspot/observed/{Disassembly,PerfMap,SectionCounts}.java \
  "$TOP"/jtreg-tests/hotspot/hotplug/{Hotplug,CpusetChanges}.java "$TOP/jtreg-tests/jdk/adders/SumBesideUpdates.java" \
  "$TOP/jtreg-tests/hotspot/aot/OthersCache.java" ${moved:+"$moved"} 2>&1 | grep -v '^warning\|^1 warning\|^Note:' >&2 || true
[ -f "$root/tests/classes/GuestTests.class" ] || die "the guest's tests do not compile: see above"
# For the tests that want WhiteBox, which asks for it on the boot class path.
mkdir -p "$root/tests/work/jdk/test"
cp -a "$root/tests/classes/jdk/test/whitebox" "$root/tests/work/jdk/test/"
# What the emitted code is compared with.
if [ -d "$KEPT_ASM" ]; then cp -R "$KEPT_ASM" "$root/tests/asm"; fi
"$TOP/jtreg-tests/natives.sh" "$compiler" "$own_jdk/include" "$root/tests/native"

# make test-litmus has it compiled.
if [ -n "${LITMUS:-}" ]; then
  mkdir "$root/tests/litmus"
  cp -R "$LITMUS" "$TOP/jtreg-tests/litmus/run.sh" "$root/tests/litmus/"
fi

say "guest: initramfs"
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio --null --create --format=newc --owner=0:0 --quiet) \
  > "$part/initramfs"
rm -rf "$root"
printf 'ARCH=%s\nPACKAGE=%s\nCOMMIT="%s"\n' "$arch" "$package" "$commit" > "$part/settings"
cp "$here/boot.sh" "$here/Containerfile" "$part/"
rm -rf "$context"
mv "$part" "$context"
say "guest: $context, $(du -sh "$context/initramfs" | cut -f1) of initramfs, $package"
