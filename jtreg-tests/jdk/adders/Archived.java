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


/*
 * @test
 * @summary adders and maps that were contended before an archive of the heap was made: no address gets into it
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu jdk.jartool
 * @build percpu.lib.*
 * @run driver Archived
 */

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Jar;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class Archived {
    public static void main(String[] args) throws Exception {
        String jar = Jar.ofTestClasses("app.jar");
        // A whole archive of classes and heap objects, made by a VM of its own.
        vm(jar).with("-Xshare:dump", "-XX:SharedArchiveFile=static.jsa").pass(Contended.class);
        vm(jar).with("-Xshare:on", "-XX:SharedArchiveFile=static.jsa").pass(Contended.class, "may");
        // On top of it, made by this VM at its end, after what main did.
        vm(jar).with("-XX:ArchiveClassesAtExit=dynamic.jsa").pass(Contended.class, "may");
        vm(jar).with("-Xshare:on", "-XX:SharedArchiveFile=dynamic.jsa").pass(Contended.class, "may");
        // The AOT cache: recorded while the program runs, and made by another VM.
        // 27 archives some heap objects with what it records, so that no adder may.
        vm(jar).with("-XX:AOTMode=record", "-XX:AOTConfiguration=app.aotconf")
                .pass(Contended.class, Runtime.version().feature() < 27 ? "may" : "must not");
        vm(jar).with("-XX:AOTMode=create", "-XX:AOTConfiguration=app.aotconf", "-XX:AOTCache=app.aot").pass(Contended.class);
        Check.that(Files.size(Path.of("app.aot")) > 0, "no AOT cache");
        vm(jar).with("-XX:AOTMode=on", "-XX:AOTCache=app.aot").pass(Contended.class, "may");
    }

    private static Vm vm(String jar) {
        return new Vm().with("-cp", jar);
    }

    public static class Contended {
        public static void main(String[] args) throws Exception {
            boolean may = args[0].equals("may");
            Check.that(Raw.usesAdders() == may, may ? "adders do not count per CPU" : "adders count per CPU");
            if (!may) {
                return;
            }
            LongAdder adder = new LongAdder();
            Contention.contend(adder);
            adder.add(5);
            ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
            Contention.contend(map);
            map.put("a", "b");
            Check.that(Raw.hasVariable(adder) && Raw.hasVariable(map), "no variable");
            Check.equal(adder.sum(), 5, "sum");
            Check.equal(map.size(), 1, "size");
        }
    }
}
