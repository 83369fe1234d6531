#!/bin/bash
# Copyright (c) 2026, PerCpu project authors. All rights reserved.
# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0
#
# machine.sh <JDK>: prints "key: value" lines that describe this machine and JDK.
set -euo pipefail
jdk=$1

first() {
    head -n 1 || true
}

line() {
    printf '%s: %s\n' "$1" "${2:-unknown}"
}

release() {
    sed -n "s/^$1=\"\(.*\)\"/\1/p" "$jdk/release" | first
}

governor=/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor
line date "$(date -u +%Y-%m-%dT%H:%MZ)"
line cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | first)"
line cpus "$(nproc)"
line frequency "$(sed -n 's/^cpu MHz[^:]*: //p' /proc/cpuinfo | first) MHz"
line governor "$(cat "$governor" 2>/dev/null || printf 'not visible')"
line virtual "$(grep -qw hypervisor /proc/cpuinfo && printf yes || printf no)"
line memory "$(awk '/^MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)"
line kernel "$(uname -sr)"
line glibc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
line load-at-start "$(cut -d' ' -f1-3 /proc/loadavg)"
line jdk "$("$jdk/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.runtime\.version = //p' | first)"
line jdk-implementor "$(release IMPLEMENTOR)"
line jdk-source "$(release SOURCE)"
line libjvm-sha256 "$(sha256sum <"$jdk/lib/server/libjvm.so" | cut -c1-16)"
line rseq "$("$jdk/bin/java" -Xlog:disable -Xlog:rseq=info:stdout:none -version 2>/dev/null | grep -v '^\(openjdk\|OpenJDK\)' | first)"
line gc "$("$jdk/bin/java" -Xms512m -Xmx512m -Xlog:gc=info:stdout:none -version 2>/dev/null | sed -n 's/^Using //p' | first)"
