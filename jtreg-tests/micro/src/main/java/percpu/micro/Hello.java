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

package percpu.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@link VmCosts} runs: a program of one line, and what memory it took. */
public final class Hello {
    private Hello() {}

    public static void main(String[] args) throws IOException {
        System.out.println("Hello, world");
        String status = Files.readString(Path.of("/proc/self/status"));
        System.out.println("resident at most, kB: " + status.replaceAll("(?s).*VmHWM:\\s*(\\d+) kB.*", "$1"));
    }
}
