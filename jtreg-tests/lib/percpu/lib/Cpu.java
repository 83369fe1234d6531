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

/** What the tests on emitted code need to know of this CPU. */
public final class Cpu {
    public static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");

    /** Before each abort handler; what glibc registers with. */
    public static final int SIGNATURE = AARCH64 ? 0xd428bc00 : 0x53053053;

    private Cpu() {}

    /** A number that differs. */
    public static int either(int x64, int aarch64) {
        return AARCH64 ? aarch64 : x64;
    }
}
