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

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** javac compiles half of itself; the result is what the class files hold. */
public class Javac extends Program {
    /** Keeps class files in memory. */
    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, byte[]> classes = new TreeMap<>();

        private InMemory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind,
                FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    return new FilterOutputStream(bytes) {
                        @Override
                        public void write(byte[] b, int offset, int length) {
                            bytes.write(b, offset, length);
                        }

                        @Override
                        public void close() {
                            classes.put(name, bytes.toByteArray());
                        }
                    };
                }
            };
        }

        private long result() {
            CRC32 crc = new CRC32();
            classes.values().forEach(crc::update);
            return crc.getValue();
        }
    }

    @State(Scope.Benchmark)
    public static class Input {
        private SourceFiles sources;
        private String module;

        @Setup
        public void extract() throws IOException {
            // Nothing with a vendor in it: all JDKs of one version compile the same.
            sources = SourceFiles.ofJavac("code", "comp");
            module = "jdk.compiler=" + sources.root().resolve("jdk.compiler");
        }

        @TearDown
        public void delete() throws IOException {
            sources.close();
        }
    }

    @Benchmark
    public void compile(Input input) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                InMemory memory = new InMemory(files)) {
            List<String> options = List.of("-proc:none", "-implicit:none", "-nowarn", "--patch-module", input.module);
            StringWriter out = new StringWriter();
            var sources = files.getJavaFileObjectsFromFiles(input.sources.files);
            if (!javac.getTask(out, memory, null, options, null, sources).call()) {
                throw new IllegalStateException(out.toString());
            }
            Costs.result(memory.result());
        }
    }
}
