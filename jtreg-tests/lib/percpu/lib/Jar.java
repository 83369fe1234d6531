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

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/** Archives take classes from jars only. */
public final class Jar {
    private Jar() {}

    /** A jar of what is on the test's class path; answers where it is. */
    public static String ofTestClasses(String name) {
        String jar = Path.of(name).toAbsolutePath().toString();
        List<String> arguments = new ArrayList<>(List.of("--create", "--file", jar));
        for (String folder : System.getProperty("test.class.path").split(File.pathSeparator)) {
            if (Files.isDirectory(Path.of(folder))) {
                arguments.addAll(List.of("-C", folder, "."));
            }
        }
        Check.equal(ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err,
                arguments.toArray(String[]::new)), 0, "exit code of jar");
        return jar;
    }
}
