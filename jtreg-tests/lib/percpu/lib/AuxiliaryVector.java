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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel tells every process of itself. */
public final class AuxiliaryVector {
    public static final long RSEQ_FEATURE_SIZE = 27;
    public static final long RSEQ_ALIGN = 28;

    private AuxiliaryVector() {}

    /** An entry of this process; 0 if there is none, as getauxval(3) has it. */
    public static long entry(long type) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv"))).order(ByteOrder.nativeOrder());
        while (all.remaining() >= 16) {
            long found = all.getLong();
            long value = all.getLong();
            if (found == type) {
                return value;
            }
        }
        return 0;
    }

    public static String text(long type) throws IOException {
        long value = entry(type);
        return value == 0 ? "no entry" : Long.toString(value);
    }
}
