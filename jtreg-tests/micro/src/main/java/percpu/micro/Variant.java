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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** How a JVM is started; every one but USUAL is named in the results, by a property. */
enum Variant {
    /** Compiled in the foreground, or many threads would leave the compiler no CPU and what is measured is the interpreter. */
    USUAL("", "-Xbatch"),

    /** With compilers in the background, as users have them. */
    AS_STARTED(""),

    CPU_ID("cpu_id", "-Xbatch", "-XX:RseqIndex=cpu_id"),
    ATOMICS("atomics", "-Xbatch", "-XX:-UseRseq"),
    INTERPRETER("interpreter", "-Xint"),
    C1("c1", "-Xbatch", "-XX:TieredStopAtLevel=1"),
    LATENCY("latency", "-Xbatch"),
    HANDSHAKE("handshake", "-Xbatch", "-XX:+UnlockDiagnosticVMOptions", "-XX:RseqFence=handshake"),

    /** As on a machine that may have 256 CPUs. */
    POSSIBLE_256("possible256", "-Xbatch", "-XX:+UnlockDiagnosticVMOptions", "-XX:RseqPossibleCPUs=256"),

    /** The JVM registers threads with rseq(2), because glibc was told not to. */
    JVM("jvm", "-Xbatch"),

    /** Nobody registers threads. */
    NOBODY("nobody", "-Xbatch", "-XX:-UseRseq"),

    /** This JDK as it is, in which java.util.concurrent counts per CPU. In all others it is a rival and does not. */
    ADDERS("adders", "-Xbatch"),

    /** The same with our module, so that adapters of libraries count and pool per CPU. */
    ADAPTERS("adapters", "-Xbatch", "--add-modules", "jdk.incubator.percpu"),

    /** As ADDERS, with debug information for each instruction, for a profile. */
    PROFILED("profiled", "-Xbatch", "-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints"),

    /** A JDK of the same version without the patch. */
    UNPATCHED("unpatched", "-Xbatch");

    private static final Set<Variant> ADDING = EnumSet.of(ADDERS, ADAPTERS, PROFILED, UNPATCHED);

    private final String label;
    private final List<String> arguments;

    Variant(String label, String... arguments) {
        this.label = label;
        this.arguments = List.of(arguments);
    }

    String label() {
        return label;
    }

    /** {@return for the JVM, before all others} */
    String[] arguments() {
        Stream<String> name = label.isEmpty() ? Stream.empty() : Stream.of("-Dpercpu.variant=" + label);
        Stream<String> adders = ADDING.contains(this) ? Stream.empty() : Stream.of("-XX:-UsePerCpuAdders");
        return Stream.of(arguments.stream(), adders, name).flatMap(s -> s).toArray(String[]::new);
    }

    /** {@return the program to start, null for the one that runs this} */
    String java() {
        return switch (this) {
            case JVM, NOBODY -> System.getProperty("percpu.java.unregistered");
            case UNPATCHED -> System.getProperty("percpu.java.unpatched");
            default -> null;
        };
    }

    /** {@return whether the JDK that it starts has the module} */
    boolean hasModule(String module) {
        Path home = java() == null ? Path.of(System.getProperty("java.home")) : Path.of(java(), "..", "..");
        Path release = home.resolve("release").normalize();
        try {
            return Files.exists(release) && Files.readString(release).contains(module);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
