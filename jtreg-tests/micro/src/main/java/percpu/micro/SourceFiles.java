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

/** Sources that a JDK or Maven Central has in an archive, in a folder: what compilers and the like work on. */
final class SourceFiles implements AutoCloseable {
    private static final String JACKSON = "jackson-databind-";

    private final TemporaryFolder folder = new TemporaryFolder();
    final List<File> files;

    /** Those of jackson-databind, of packages below that of the library. */
    static SourceFiles ofJackson(String... packages) throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("percpu.sources")))) {
            Path archive = all.filter(p -> p.getFileName().toString().startsWith(JACKSON)).findFirst()
                    .orElseThrow(() -> new IOException("there are no sources " + JACKSON + "*"));
            return new SourceFiles(archive, "com/fasterxml/jackson/databind/", packages);
        }
    }

    /** Those of the javac of this JDK, of packages below that of javac. */
    static SourceFiles ofJavac(String... packages) throws IOException {
        return new SourceFiles(Path.of(System.getProperty("java.home"), "lib", "src.zip"),
                "jdk.compiler/com/sun/tools/javac/", packages);
    }

    private SourceFiles(Path archive, String parent, String... packages) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            files = zip.stream().filter(e -> wanted(e.getName(), parent, packages)).map(e -> extract(zip, e)).sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new IOException("no sources of " + String.join(", ", packages) + " in " + archive);
        }
    }

    private static boolean wanted(String name, String parent, String... packages) {
        return name.endsWith(".java") && Stream.of(packages).anyMatch(p -> name.startsWith(parent + p + "/"));
    }

    /** The folder that the names in the archive are relative to. */
    Path root() {
        return folder.path;
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
