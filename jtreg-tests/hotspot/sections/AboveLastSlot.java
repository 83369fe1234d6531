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
 * @test id=limit
 * @summary -XX:RseqSlotLimit: CPUs whose index is above the last slot never make a section write outside a variable
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run main/othervm --enable-native-access=ALL-UNNAMED AboveLastSlot limit
 */

/*
 * @test id=forged
 * @summary an index above the last slot in the rseq area never makes a section write outside a variable
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.*
 * @run main/othervm --enable-native-access=ALL-UNNAMED AboveLastSlot forged
 */

import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;
import jdk.test.lib.process.OutputAnalyzer;
import jtreg.SkippedException;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.Raw;
import percpu.lib.Vm;

/**
 * The VM has fewer slots than there are CPUs, as after a checkpoint that is restored on a larger machine. What it
 * does with a thread on one of the CPUs above is its choice: exact totals, or it stops and says why. An arena of the
 * VM's is replaced by a file, so that the memory is still there when the VM is not.
 */
public class AboveLastSlot {
    /** What hs_err says where the VM stops. */
    private static final Pattern STOPPED = Pattern.compile("rseq: index (\\d+) is above the last slot");

    // The kernel leaves the section before it lets anybody know of the fault.
    private static final Pattern WHERE = Pattern.compile(
            "rseq: pc is on the way to the abort handler of the section \\[0x\\p{XDigit}+, 0x\\p{XDigit}+\\), "
            + "aborted \\d+ times: \\w+");

    private static final int ORIGINAL_LENGTH = 32;
    private static final int MOST_CPUS = 8192;
    private static final String[] INDEXES = {"cpu_id", "mm_cid"};
    private static final int MANY = 400_000;
    private static final String C1 = "-XX:TieredStopAtLevel=1";
    private static final String C2 = "-XX:-TieredCompilation";

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "limit" -> limit();
            case "forged" -> forged();
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void limit() throws Exception {
        int[] cpus = Native.allowedCpus();
        int highest = cpus[cpus.length - 1];
        if (cpus.length < 2) {
            throw new SkippedException("only one CPU may be used here");
        }
        // A slot for the lowest CPU at least. With the other limit the highest CPU has the overflow slot's number.
        for (int limit : new LinkedHashSet<>(List.of(cpus[0] + 1, highest))) {
            for (String tier : new String[] {"-Xint", C1, C2}) {
                for (String index : INDEXES) {
                    for (String work : new String[] {"alone", "beside-atomics", "many"}) {
                        System.out.println("== slots for " + limit + " CPUs, " + tier + ", " + index + ", " + work);
                        run(new Vm().with("-XX:+UnlockDiagnosticVMOptions", "-XX:RseqSlotLimit=" + limit,
                                "-XX:RseqIndex=" + index, tier), limit + 1, limit, highest, work, "all",
                                tier.equals("-Xint") ? MANY / 10 : MANY);
                    }
                }
            }
        }
    }

    // The kernel is not asked: the thread itself writes the index to its area, and uses it before the kernel
    // writes the right one.
    private static void forged() throws Exception {
        int length = Native.registeredLength();
        if (length < 0) {
            throw new SkippedException("glibc did not register this thread");
        }
        if (length > ORIGINAL_LENGTH) {
            throw new SkippedException("areas of " + length + " bytes are registered, the kernel may check them");
        }
        int slots = Slots.count();
        for (int forged : new int[] {slots - 1, slots, MOST_CPUS - 1}) {
            for (String tier : new String[] {C1, C2}) {
                for (String index : INDEXES) {
                    for (int operation = 0; operation < Memory.VARIABLES; operation++) {
                        System.out.println("== index " + forged + ", " + tier + ", " + index + ", operation "
                                + operation);
                        run(new Vm().with("-XX:RseqIndex=" + index, tier), slots, forged, forged,
                                index + "=" + forged, Integer.toString(operation), MANY);
                    }
                }
            }
        }
    }

    private static void run(Vm vm, int slots, int least, int most, String work, String operation, int times)
            throws Exception {
        Path file = Path.of("slots.bin");
        Path error = Path.of("hs_err.log");
        Files.deleteIfExists(file);
        Files.deleteIfExists(error);
        OutputAnalyzer output = vm.with("-XX:ErrorFile=" + error)
                .run(Work.class, file.toString(), work, operation, Integer.toString(times));
        boolean stopped = output.getExitValue() != 0;
        if (stopped) {
            Check.that(Files.exists(error), "exit code " + output.getExitValue() + " without " + error);
            String said = Files.readString(error);
            Matcher why = STOPPED.matcher(said);
            Check.that(why.find(), error + " does not say: " + STOPPED);
            System.out.println(error + ": " + why.group());
            Check.that(WHERE.matcher(said).find(), error + " does not say: " + WHERE);
            int found = Integer.parseInt(why.group(1));
            Check.that(found >= least && found <= most, "the index was said to be " + found);
        } else {
            output.shouldContain("all done");
        }
        // Either way nothing was written that should not have been.
        try (Arena arena = Arena.ofConfined(); Memory memory = new Memory(file, slots, arena)) {
            memory.check(stopped, operation);
        }
    }

    /** An arena in a file: the overflow slot, the other slots, and behind them what each thread has done. */
    private static final class Memory implements AutoCloseable {
        private static final Unsafe U = Unsafe.getUnsafe();
        private static final long STRIDE = Slots.stride();
        private static final int GROUP = 64;
        private static final long CANARY = 0x5ca1ab1e5ca1ab1eL;
        // The first ones of an arena. Before them is their exclusive word.
        private static final int VARIABLES = 4;
        private static final int THREADS = 8;

        private final FileChannel channel;
        private final int slots;
        private final long base;

        Memory(Path file, int slots, Arena arena) throws Exception {
            this.slots = slots;
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            base = channel.map(FileChannel.MapMode.READ_WRITE, 0, STRIDE * (slots + 1), arena).address();
        }

        @Override
        public void close() throws Exception {
            channel.close();
        }

        void clear() {
            for (long offset = 0; offset < STRIDE * slots; offset += 8) {
                U.putLong(base + offset, isUsed(offset) ? 0 : CANARY);
            }
        }

        private static boolean isUsed(long offset) {
            return offset % STRIDE < 8 * (1 + VARIABLES) || offset % GROUP == 0;
        }

        private static boolean isVariable(long offset) {
            return offset % STRIDE >= 8 && offset % STRIDE < 8 * (1 + VARIABLES);
        }

        /** Where a variable is in the first slot of the file. */
        private long variable(int number) {
            return base + 8 * (1 + number);
        }

        static boolean isWanted(String operation, int number) {
            return operation.equals("all") || Integer.parseInt(operation) == number;
        }

        /** Where a thread says how often it has changed a variable. */
        long done(int thread, int number) {
            return base + STRIDE * slots + 8 * (VARIABLES * thread + number);
        }

        void check(boolean stopped, String operation) {
            for (long offset = 0; offset < STRIDE * slots; offset += 8) {
                if (!isVariable(offset)) {
                    Check.equal(U.getLong(base + offset), isUsed(offset) ? 0 : CANARY, "what is at " + offset % STRIDE
                            + " in slot " + offset / STRIDE + " of " + slots + ", outside all variables");
                }
            }
            long most = 0;
            for (int number = 0; number < VARIABLES; number++) {
                long sum = 0;
                for (int slot = 0; slot < slots; slot++) {
                    sum += U.getLong(variable(number) + slot * STRIDE);
                }
                long done = 0;
                for (int thread = 0; thread < THREADS; thread++) {
                    done += U.getLong(done(thread, number));
                }
                // Of those that worked when the VM stopped each may have done one thing that it had not yet said.
                long unsaid = sum - done;
                Check.that(unsaid >= 0 && (!stopped ? unsaid == 0 : unsaid < THREADS),
                        "variable " + number + ": the slots hold " + sum + ", done were " + done);
                most += unsaid;
                // It may have stopped before anything was done.
                Check.that(done > 0 ? isWanted(operation, number) : stopped || !isWanted(operation, number),
                        "variable " + number + " was changed " + done + " times");
            }
            Check.that(most < THREADS, most + " operations were done unsaid");
        }
    }

    public static class Work {
        private static final Unsafe U = Unsafe.getUnsafe();
        // To the end of the VM: what is freed is zeroed, in the file.
        private static final Object OWNER = new Object();

        private final int times;
        private final long[] variables;
        private final Memory memory;
        private final String operation;
        private final int[] cpus = Native.allowedCpus();
        private final int highest = cpus[cpus.length - 1];
        private final List<Runnable> tasks = new ArrayList<>();
        private final AtomicInteger ready = new AtomicInteger();

        private Work(int times, long[] variables, Memory memory, String operation) {
            this.times = times;
            this.variables = variables;
            this.memory = memory;
            this.operation = operation;
        }

        public static void main(String[] args) throws Exception {
            if (!Rseq.isEnabled()) {
                throw new AssertionError("no rseq: " + Raw.describe());
            }
            long[] variables = new long[Memory.VARIABLES];
            for (int number = 0; number < variables.length; number++) {
                variables[number] = jdk.internal.percpu.Memory.allocateVariable(OWNER);
                Check.equal(variables[number] - variables[0], 8 * number, "distance of two variables");
            }
            long arenaBegin = variables[0] - 8 - Memory.STRIDE;
            Check.equal(arenaBegin % 4096, 0, "beginning of the arena");
            try (Arena arena = Arena.ofShared(); Memory memory = new Memory(Path.of(args[0]), Slots.count(), arena)) {
                memory.clear();
                Check.success(Native.mapFile(args[0], arenaBegin, Memory.STRIDE * Slots.count()), "mapping the file");
                new Work(Integer.parseInt(args[3]), variables, memory, args[2]).run(args[1]);
            }
            System.out.println("all done, " + Raw.describe());
        }

        private void run(String work) throws Exception {
            // Compiled before there is an index that has no slot.
            tasks.add(() -> work(0, cpus[0]));
            runTasks();
            switch (work) {
                case "alone" -> tasks.add(() -> work(1, highest));
                case "beside-atomics" -> {
                    tasks.add(() -> work(1, highest));
                    tasks.add(() -> unregistered(2, cpus[0]));
                }
                case "many" -> {
                    for (int i = 1; i < Memory.THREADS; i++) {
                        int thread = i;
                        tasks.add(() -> work(thread, cpus[thread % cpus.length]));
                    }
                }
                default -> {
                    String[] parts = work.split("=");
                    int index = Integer.parseInt(parts[1]);
                    tasks.add(() -> forge(1, highest, parts[0].equals("mm_cid"), index));
                    tasks.add(() -> unregistered(2, cpus[0]));
                }
            }
            runTasks();
        }

        private void runTasks() throws Exception {
            ready.set(0);
            List<Thread> threads = new ArrayList<>();
            for (Runnable task : tasks) {
                Thread thread = new Thread(task);
                thread.setUncaughtExceptionHandler((t, e) -> {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(9);
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            tasks.clear();
        }

        // All at the same time.
        private void begin(int cpu) {
            Check.success(Native.setAffinity(0, new int[] {cpu}), "binding to CPU " + cpu);
            ready.incrementAndGet();
            while (ready.get() < tasks.size()) {
                Thread.onSpinWait();
            }
        }

        private void work(int thread, int cpu) {
            begin(cpu);
            for (int i = 0; i < times; i++) {
                once(thread);
            }
        }

        // Such a thread uses the overflow slot, with atomics.
        private void unregistered(int thread, int cpu) {
            Check.success(Native.unregisterSelf(), "taking back the registration");
            work(thread, cpu);
            Check.success(Native.registerSelf(), "registering again");
        }

        private void forge(int thread, int cpu, boolean mmCid, int index) {
            begin(cpu);
            for (int i = 0; i < times; i++) {
                Check.success(Native.forgeIndex(mmCid, index), "forging the index");
                once(thread);
            }
        }

        private void once(int thread) {
            for (int number = 0; number < Memory.VARIABLES; number++) {
                if (Memory.isWanted(operation, number)) {
                    change(number, variables[number], memory.done(thread, number));
                }
            }
        }

        private static void change(int number, long v, long done) {
            switch (number) {
                case 0 -> Rseq.loadAddStore(null, v, 1);
                case 1 -> Rseq.getAndAdd(null, v, 1);
                case 2 -> compareAndExchange(v);
                default -> {
                    if (!loadCbneStore(v)) {
                        return;
                    }
                }
            }
            U.putLong(done, U.getLong(done) + 1);
        }

        private static void compareAndExchange(long v) {
            long expect = U.getLong(v);
            // Of another slot, perhaps: then it is told what this slot has.
            for (long found; (found = Rseq.compareAndExchange(null, v, expect, expect + 1)) != expect; ) {
                expect = found;
            }
        }

        private static boolean loadCbneStore(long v) {
            int slot = Rseq.currentSlot();
            Check.that(slot >= 0 && slot < Slots.count(), "currentSlot() is " + slot);
            long expect = Slots.get(slot, v);
            if (slot == Slots.overflow()) {
                return U.compareAndSetLong(null, Slots.address(v, slot), expect, expect + 1);
            }
            return Rseq.loadCbneStore(null, slot, v, expect, expect + 1) == Rseq.COMMITTED;
        }
    }
}
