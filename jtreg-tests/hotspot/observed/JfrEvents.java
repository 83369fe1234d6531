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
 * @summary Flight Recorder's events on per-CPU data: exclusive use above the threshold, statistics that agree with
 *          what was done, and the sections that were aborted most
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu jdk.jfr
 *          java.management jdk.management
 * @build percpu.lib.*
 * @run driver JfrEvents
 */

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.incubator.percpu.PerCpuMXBean;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.test.lib.JDKToolFinder;
import jdk.test.lib.process.OutputAnalyzer;
import jdk.test.lib.process.ProcessTools;
import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class JfrEvents {
    private static final Path FILE = Path.of("percpu.jfr");

    public static void main(String[] args) throws Exception {
        new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:+RseqForceAbort", "-XX:-TieredCompilation", "-Xbatch",
                "-XX:CompileCommand=quiet", "-XX:CompileCommand=dontinline,JfrEvents$Recorded::update")
                .pass(Recorded.class, FILE.toString());
        view("percpu-section-aborts", "load_add_store", "JfrEvents$Recorded.update");
        view("percpu-statistics", "Given Up", "Exclusive Uses");
        new Vm().with("-XX:-UseRseq").pass(Recorded.class, "without.jfr");
    }

    private static void view(String name, String... expected) throws Exception {
        OutputAnalyzer output = ProcessTools.executeProcess(JDKToolFinder.getJDKTool("jfr"), "view", "--width", "160",
                name, FILE.toString());
        System.out.println(output.getOutput());
        output.shouldHaveExitValue(0);
        for (String text : expected) {
            output.shouldContain(text);
        }
    }

    public static class Recorded {
        private static final int UPDATES = 100_000;
        private static final int USES = 3;
        private static final long NANOS = 1_000_000;   // of each
        private static final PerCpuLong V = new PerCpuLong();
        private static final PerCpuLong W = new PerCpuLong();

        private static void update() {
            PerCpu.add(V, 1);
        }

        public static void main(String[] args) throws Exception {
            boolean sections = PerCpu.isSupported();
            Path file = Path.of(args[0]);
            LongAdder adder = new LongAdder();
            Contention.contend(adder);
            long uses = 0;
            try (Recording recording = new Recording()) {
                recording.enable("jdk.PerCpuExclusive").withThreshold(Duration.ZERO).withStackTrace();
                recording.enable("jdk.PerCpuStatistics").with("period", "endChunk");
                recording.enable("jdk.PerCpuSectionAborts").with("period", "endChunk");
                recording.start();
                for (int i = 0; i < UPDATES; i++) {
                    update();
                }
                for (; uses < USES; uses++) {
                    int slot = (int) uses % PerCpu.slots();
                    PerCpu.exclusive(List.of(V, W, V), slot, () -> spin(slot));
                }
                recording.stop();
                recording.dump(file);
            }
            exclusive(RecordingFile.readAllEvents(file).stream().filter(e -> is(e, "PerCpuExclusive")).toList());
            List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                    .filter(e -> is(e, "PerCpuStatistics")).toList();
            Check.that(!events.isEmpty(), "no statistics");
            RecordedEvent last = events.get(events.size() - 1);
            System.out.println(last);
            Check.equal(last.getLong("aborts"), Raw.aborts(), "aborts");
            Check.that(sections == (last.getLong("aborts") >= UPDATES), "aborts of forced ones");
            Check.equal(last.getLong("overflowOperations"), Raw.overflowOperations(), "overflow operations");
            Check.that(!sections || last.getLong("givenUp") >= UPDATES, "times given up");
            Check.equal(last.getLong("transactions"), Raw.slowCommits() - Raw.overflowOperations(), "transactions");
            Check.that(last.getLong("transactions") >= 2 * USES, "transactions of exclusive uses");
            Check.equal(last.getLong("fences"), Raw.fences(), "fences");
            Check.that(!sections || last.getDuration("fenceTime").toNanos() > 0, "fences take no time");
            Check.equal(last.getLong("exclusiveUses"), uses, "exclusive uses");
            Check.that(last.getDuration("exclusiveTime").toNanos() >= USES * NANOS, "time of exclusive uses");
            // The JDK's own may go over at any time.
            Check.that(Raw.usesAdders() == (last.getLong("adders") > 0), "adders");
            Check.that(last.getLong("arenas") > 0 && last.getLong("reserved") > 0, "no memory");
            aborts(RecordingFile.readAllEvents(file).stream().filter(e -> is(e, "PerCpuSectionAborts")).toList(),
                    sections);
            bean(last);
            Reference.reachabilityFence(adder);
        }

        private static boolean is(RecordedEvent event, String name) {
            return event.getEventType().getName().equals("jdk." + name);
        }

        private static int spin(int slot) {
            for (long start = System.nanoTime(); System.nanoTime() - start < NANOS; ) {
                Thread.onSpinWait();
            }
            return slot;
        }

        private static void exclusive(List<RecordedEvent> events) {
            Check.equal(events.size(), USES, "exclusive uses");
            for (int i = 0; i < USES; i++) {
                RecordedEvent event = events.get(i);
                System.out.println(event);
                Check.equal(event.getInt("slot"), i % PerCpu.slots(), "slot");
                Check.equal(event.getInt("variables"), 2, "variables");
                Check.that(event.getDuration().toNanos() >= NANOS, "it took " + event.getDuration());
                Check.that(event.getThread().getJavaThreadId() == Thread.currentThread().threadId(), "another thread");
                Check.that(event.getStackTrace().getFrames().get(0).getMethod().getType().getName()
                        .startsWith("jdk.incubator.percpu."), "internals in " + event.getStackTrace());
            }
        }

        private static void aborts(List<RecordedEvent> events, boolean sections) {
            if (!sections) {
                Check.equal(events.size(), 0, "sections");
                return;
            }
            RecordedEvent inline = events.stream().filter(e -> e.getValue("method") != null).findFirst().orElseThrow();
            System.out.println(inline);
            Check.that(inline.getString("operation").equals("load_add_store"), "the operation");
            Check.that(inline.getLong("aborts") > UPDATES / 2 && inline.getLong("aborts") <= UPDATES, "aborts");
            Check.that(inline.getLong("givenUp") == inline.getLong("aborts"), "times given up");
        }

        private static void bean(RecordedEvent last) throws Exception {
            PerCpuMXBean bean = ManagementFactory.getPlatformMXBean(PerCpuMXBean.class);
            Check.that(bean.isSupported() == PerCpu.isSupported(), "supported");
            Check.equal(bean.getSlotCount(), PerCpu.slots(), "slots");
            Check.equal(bean.getAbortCount(), Raw.aborts(), "aborts");
            Check.equal(bean.getSlowCommitCount(), Raw.slowCommits(), "slow commits");
            Check.equal(bean.getGivenUpCount(), last.getLong("givenUp"), "times given up");
            Check.equal(bean.getExclusiveUseCount(), last.getLong("exclusiveUses"), "exclusive uses");
            Check.equal(bean.getExclusiveUseTime(), last.getDuration("exclusiveTime").toMillis(), "their time");
            Check.equal(bean.getFenceTime(), last.getDuration("fenceTime").toMillis(), "time of fences");
            Check.equal(bean.getFenceCount(), Raw.fences(), "fences");
            Check.that(Raw.usesAdders() == (bean.getAdderCount() > 0), "adders");
            Check.equal(bean.getReservedMemory(), last.getLong("reserved"), "reserved memory");
            Check.that(bean.getDescription().startsWith("rseq: "), bean.getDescription());
            Object aborts = ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(bean.getObjectName(), "AbortCount");
            Check.that(aborts.equals(bean.getAbortCount()), "AbortCount is " + aborts);
        }
    }
}
