/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.
 *
 * This code is distributed in the hope that it will be useful, but WITHOUT
 * ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or
 * FITNESS FOR A PARTICULAR PURPOSE.  See the GNU General Public License
 * version 2 for more details (a copy is included in the LICENSE file that
 * accompanied this code).
 *
 * You should have received a copy of the GNU General Public License version
 * 2 along with this work; if not, write to the Free Software Foundation,
 * Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301 USA.
 */


package percpu.lib;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;

/** What is resident of single mappings. The whole process's would say more about what the compilers need just then. */
public final class Resident {
    private static final Unsafe U = Unsafe.getUnsafe();
    private static final long PROBE = 64 << 20;
    private static final Pattern MAPPING = Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) .*?^Rss: +(\\d+) kB",
            Pattern.MULTILINE | Pattern.DOTALL);

    private Resident() {}

    /** Returns how many bytes are resident of the mappings that the variables lie in. */
    public static long of(PerCpuLong[] variables) throws Exception {
        NavigableSet<Long> addresses = new TreeSet<>();
        for (PerCpuLong v : variables) {
            addresses.add(Raw.address(v));
        }
        return of(addresses);
    }

    /**
     * Returns how many of 64 MB become resident by being read: about none, where the kernel maps them to its page of
     * zeros. Some kernels of virtual machines do not.
     */
    public static long ofProbeByReading() throws Exception {
        // A fastdebug build writes to what it allocates.
        long memory = Native.mapZeros(PROBE);
        Check.that(memory > 0, "no memory: errno " + -memory);
        try {
            NavigableSet<Long> address = new TreeSet<>(List.of(memory));
            long before = of(address);
            long sum = 0;
            for (long i = 0; i < PROBE; i += U.pageSize()) {
                sum += U.getByteVolatile(null, memory + i);
            }
            Check.equal(sum, 0, "bytes that nobody wrote");
            return of(address) - before;
        } finally {
            Check.equal(Native.unmap(memory, PROBE), 0, "errno");
        }
    }

    private static long of(NavigableSet<Long> addresses) throws Exception {
        long resident = 0;
        for (Matcher m = MAPPING.matcher(Files.readString(Path.of("/proc/self/smaps"))); m.find(); ) {
            Long first = addresses.ceiling(Long.parseUnsignedLong(m.group(1), 16));
            if (first != null && first < Long.parseUnsignedLong(m.group(2), 16)) {
                resident += 1024 * Long.parseLong(m.group(3));
            }
        }
        return resident;
    }
}
