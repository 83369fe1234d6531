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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;

/**
 * The listings of critical sections that are kept in results/asm, those of another JDK than 25 in a folder of its own
 * below it. Arguments: a folder, into which those that this machine can make are written.
 */
public final class Listings {
    /** What is kept for this CPU: by index, and on x86-64 also what older CPUs get, which copy by smaller registers. */
    public static final List<String> NAMES = Cpu.AARCH64 ? List.of("mm_cid", "cpu_id")
            : List.of("mm_cid", "cpu_id", "without-avx");

    // What the code would otherwise have of the machine.
    private static final List<String> PINNED = Cpu.AARCH64 ? List.of("UseLSE=true") : List.of("OptoScheduling=false");

    private static final int OTHER_JDK = Runtime.version().feature() == 25 ? 0 : Runtime.version().feature();

    // Where they are kept, and what the command that makes them is given.
    private static final String FOLDER = "results/asm/" + (OTHER_JDK == 0 ? "" : OTHER_JDK + "/");
    private static final String SETTINGS = (Cpu.AARCH64 ? " TARGET=aarch64" : "") + (OTHER_JDK == 0 ? "" : " JDK=" + OTHER_JDK);

    private Listings() {}

    public static void main(String[] args) throws Exception {
        int made = 0;
        for (String name : NAMES) {
            try {
                String listing = make(name);
                Path part = Path.of(args[0], file(name) + ".part");
                Files.writeString(part, listing);
                Files.move(part, Path.of(args[0], file(name)));
                made++;
            } catch (SkippedException e) {
                System.out.println(file(name) + " is not made: " + e.getMessage());
            }
        }
        Check.that(made > 0, "no listing could be made");
    }

    /** The name of the file. */
    public static String file(String name) {
        return (Cpu.AARCH64 ? "aarch64-" : "x86_64-") + name + ".txt";
    }

    /** Compiles the operations in a VM of its own. Skips if this machine cannot. */
    public static String make(String name) throws Exception {
        boolean plain = name.equals("without-avx");
        List<String> pinned = new ArrayList<>(PINNED);
        pinned.add("RseqIndex=" + (plain ? "cpu_id" : name));
        if (!Cpu.AARCH64) {
            pinned.add("UseAVX=" + (plain ? 0 : 2));
        }
        Path file = Path.of(file(name)).toAbsolutePath();
        Files.deleteIfExists(file);
        List<String> arguments = new ArrayList<>(List.of(file.toString()));
        arguments.addAll(pinned);
        OutputAnalyzer output = new Vm().withWhiteBox().with("-Xbatch", "-XX:-TieredCompilation", "-XX:+UseSerialGC")
                .with(pinned.stream().map(Listings::option).toArray(String[]::new))
                .pass(WriteListing.class, arguments.toArray(String[]::new));
        if (!Files.exists(file)) {
            throw new SkippedException(output.firstMatch(WriteListing.NOT_HERE + "(.*)", 1));
        }
        return title(name, pinned) + Files.readString(file);
    }

    private static String option(String pinned) {
        return "-XX:" + (pinned.endsWith("=true") ? "+" + pinned.substring(0, pinned.indexOf('='))
                : pinned.endsWith("=false") ? "-" + pinned.substring(0, pinned.indexOf('=')) : pinned);
    }

    private static String title(String name, List<String> pinned) {
        return """
                Critical sections as C2 emits them: %s, %s

                Made by `make asm%s` and compared by the test hotspot/sections/KeptListings.java: a change of the
                code changes this file. Each operation is compiled in a small method, without a profile, by
                  java -XX:-TieredCompilation -XX:+UseSerialGC %s
                and what lies in memory then is taken apart by objdump. Registers, instructions and offsets are as they
                are; what differs from process to process has a name:

                  rseq             this thread's struct rseq, found from the thread pointer (%s)
                  descriptor       struct rseq_cs and behind it what HotSpot adds, in memory that is never freed
                  word             the variable's exclusive word: negative in a slot where somebody uses it exclusively
                  aborts           the thread's count of aborts, in the JavaThread
                  counts           the section's counts of aborts, in stripes: a cache line for each slot, or for some
                  section          what HotSpot knows of the section; and the thread's word, in the JavaThread, that tells
                                   the part out of line whose it is
                  slow_stub        the part out of line: tries again, then uses the overflow slot

                  start            here offsets count from; until post_commit the kernel lets a thread that is
                                   preempted, migrated or signalled go on at abort_ip, which leads to handler
                  slow             where a section leaves for if the thread is not registered or the slot is not to
                                   be used; done is where all ways meet

                Answers of the operations that name their slot: 0 committed, 1 not equal, 2 moved; of the one that
                takes a head off: the head, or -1 for moved.
                """.formatted(Cpu.AARCH64 ? "aarch64" : "x86-64", name.equals("without-avx")
                        ? "slots by cpu_id, on a CPU without AVX" : "slots by " + name,
                SETTINGS,
                String.join(" ", pinned.stream().map(Listings::option).toList()),
                Cpu.AARCH64 ? "tpidr_el0" : "fs");
    }

    /** Fails if the listing is not the one that is kept, and says where they differ. */
    public static void compare(String name, String listing) throws IOException, InterruptedException {
        Path kept = Path.of(System.getProperty("test.root"), "asm", file(name));
        String command = "`make asm RECORD=1" + SETTINGS + "` keeps what is emitted now";
        Check.that(Files.exists(kept), "there is no " + FOLDER + file(name) + ": " + command);
        if (!Files.readString(kept).equals(listing)) {
            Path found = Path.of("found-" + file(name));
            Files.writeString(found, listing);
            new ProcessBuilder("diff", "-u", "-L", FOLDER + file(name), "-L", "emitted now", kept.toString(),
                    found.toString()).redirectErrorStream(true).start()
                    .inputReader().lines().forEach(System.out::println);
            throw new AssertionError("the emitted code is not that of " + FOLDER + file(name) + ", whose "
                    + difference(Files.readAllLines(kept), listing.lines().toList())
                    + "; if it is meant to change, " + command);
        }
    }

    private static String difference(List<String> kept, List<String> found) {
        int i = 0;
        while (i < kept.size() && i < found.size() && kept.get(i).equals(found.get(i))) {
            i++;
        }
        return "line " + (i + 1) + " is " + line(kept, i) + " and now " + line(found, i);
    }

    private static String line(List<String> lines, int i) {
        return i < lines.size() ? "'" + lines.get(i).strip().replaceAll("\\s+", " ") + "'" : "none";
    }
}
