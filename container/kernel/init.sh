#!/bin/busybox sh
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# shellcheck shell=dash
#
# The guest's first process: runs the tests and powers off.

/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin HOME=/tmp LC_ALL=C
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev 2> /dev/null
mkdir -p /dev/shm
mount -t tmpfs none /dev/shm
mount -t debugfs none /sys/kernel/debug
mount -t cgroup2 none /sys/fs/cgroup
# The IR framework's VMs talk by it.
ifconfig lo 127.0.0.1 up
# The debugger's test wants a core file, and gdb writes larger ones than there is room for.
ulimit -c unlimited
echo /dev/shm/core > /proc/sys/kernel/core_pattern

parameter() { sed -n "s/.*percpu\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

cd /tests/work || exit
printf 'guest: %s, %s CPUs, %s\n' "$(uname -rm)" "$(nproc)" "$(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
# shellcheck disable=SC2046
/jdk/bin/java --add-modules jdk.incubator.percpu --add-exports java.base/jdk.internal.misc=ALL-UNNAMED \
  --add-exports java.base/jdk.internal.percpu=ALL-UNNAMED \
  --enable-native-access=ALL-UNNAMED -Xmx256m -XX:TieredStopAtLevel=1 -Djdk.internal.percpu.slowAtomics=true \
  -Djava.library.path=/tests/native -Dtest.nativepath=/tests/native -Dtest.jdk=/jdk \
  -Dtest.class.path=/tests/classes -Dtest.root=/tests \
  -cp /tests/classes GuestTests "$(parameter millis)" $(parameter tests | tr , ' ') 2>&1
status=$?
for log in hs_err*.log; do
  [ -f "$log" ] || continue
  printf 'guest: %s begins\n' "$log"
  head -n 60 "$log"
done
printf 'guest: status %d\n' "$status"
poweroff -f
