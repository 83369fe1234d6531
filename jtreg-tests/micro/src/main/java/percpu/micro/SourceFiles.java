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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The sources of jackson-databind, as Maven Central has them, in a folder: what compilers and the like work on. */
final class SourceFiles implements AutoCloseable {
    private static final String NAME = "jackson-databind-";
    private static final String PARENT = "com/fasterxml/jackson/databind/";

    private final TemporaryFolder folder = new TemporaryFolder();
    final List<File> files;

    /** @param packages names below that of the library */
    SourceFiles(String... packages) throws IOException {
        try (ZipFile zip = new ZipFile(archive().toFile())) {
            files = zip.stream().filter(e -> wanted(e.getName(), packages)).map(e -> extract(zip, e)).sorted().toList();
        }
        if (files.isEmpty()) {
            throw new IOException("no sources of " + String.join(", ", packages) + " in " + archive());
        }
    }

    private static boolean wanted(String name, String... packages) {
        return name.endsWith(".java") && Stream.of(packages).anyMatch(p -> name.startsWith(PARENT + p + "/"));
    }

    private static Path archive() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("percpu.sources")))) {
            return all.filter(p -> p.getFileName().toString().startsWith(NAME)).findFirst()
                    .orElseThrow(() -> new IOException("there are no sources " + NAME + "*"));
        }
    }

    private File extract(ZipFile zip, ZipEntry entry) {
        try (var in = zip.getInputStream(entry)) {
            Path file = folder.path.resolve(entry.getName());
            Files.createDirectories(file.getParent());
            Files.copy(in, file);
            return file.toFile();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
