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
 * @test id=released
 * @summary a thread is armed with a section whose code was replaced by other code: it is not sent to an abort handler
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm --enable-native-access=ALL-UNNAMED ReplacedSection released
 */

/*
 * @test id=can-fail
 * @summary the test above sees a thread that is sent to the abort handler of a section that is gone
 * @requires os.family == "linux" & (os.arch == "amd64" | os.arch == "aarch64")
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run main/othervm --enable-native-access=ALL-UNNAMED ReplacedSection can-fail
 */

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.test.lib.process.OutputAnalyzer;
import jdk.test.whitebox.WhiteBox;
import jdk.test.whitebox.code.NMethod;
import jtreg.SkippedException;
import percpu.lib.Armed;
import percpu.lib.Check;
import percpu.lib.Native;
import percpu.lib.Raw;
import percpu.lib.Section;
import percpu.lib.Vm;

/**
 * A method with sections is compiled, unloaded, and a method without sections is compiled to the same place. Threads
 * still point to the descriptors of what was there: one runs the new method, one waits in the kernel. The kernel
 * leaves such pointers for a while, by itself; here they are made, so that nothing depends on how long.
 */
public class ReplacedSection {
    // As the shell has it.
    private static final int KILLED_BY_SIGTRAP = 128 + 5;
    private static final int KILLED_BY_SIGSEGV = 128 + 11;

    public static void main(String[] args) throws Exception {
        if (Native.registeredLength() < 0) {
            throw new SkippedException("glibc did not register this thread");
        }
        boolean canFail = args[0].equals("can-fail");
        OutputAnalyzer output = new Vm().withWhiteBox()
                .with("-XX:+UseSerialGC", "-XX:-TieredCompilation", "-XX:ReservedCodeCacheSize=8m", "-Xbatch",
                        // For long expressions.
                        "-XX:MaxLabelRootDepth=5000",
                        // Nothing else may take the place.
                        "-XX:CompileCommand=quiet", "-XX:CompileCommand=compileonly,Generated::*")
                .run(Replacing.class, args);
        if (canFail) {
            // A signal tells at once. Who is preempted there goes on somewhere, and has a wrong result or crashes. What
            // fills the room between code on x86-64 raises SIGTRAP, of which the VM says nothing. Nor does it of a SIGSEGV
            // where the stack pointer is wrong, too: its handler has no other stack.
            output.shouldNotHaveExitValue(0).shouldContain("sections were replaced");
            if (output.getExitValue() != KILLED_BY_SIGTRAP && output.getExitValue() != KILLED_BY_SIGSEGV) {
                output.shouldMatch(
                    "diverted to the abort handler|result of code where a section was|fatal error has been detected");
            }
        } else {
            output.shouldHaveExitValue(0).shouldContain("not diverted");
        }
    }

    /** What is generated. */
    public interface Code {
        long run(PerCpuLong v, int n);
    }

    public static class Replacing {
        private static final WhiteBox WB = WhiteBox.getWhiteBox();
        private static final Unsafe U = Unsafe.getUnsafe();
        private static final int C2 = 4;
        // Together they leave a large hole, of which others may take some.
        private static final int OLD = 8;
        private static final int ADDS = 64;
        private static final int STEPS = 500;
        private static final int CALLS = 2000;
        private static final int TRIES = 100;
        private static final int LEAST_HITS = 10;
        private static final int WATCHED = 3;
        private static final long MAX_NANOS = 60_000_000_000L;
        private static final long FACTOR = 0x5deece66dL;

        private final PerCpuLong v = new PerCpuLong();
        private final boolean bound;
        private final List<Section> sections = new ArrayList<>();
        private long counted;
        private final List<Object> kept = new ArrayList<>();
        private volatile Throwable failure;

        private Replacing(boolean bound) {
            this.bound = bound;
        }

        public static void main(String[] args) throws Exception {
            Check.that(PerCpu.isSupported(), "no rseq: " + Raw.describe());
            new Replacing(args[0].equals("can-fail")).run();
        }

        private void run() throws Exception {
            List<WeakReference<?>> old = new ArrayList<>();
            for (int i = 0; i < OLD; i++) {
                old.add(compileAndUseSections());
            }
            Check.success(Armed.preparePark(), "making a pipe");
            Thread parked = start(() -> {
                Check.success(Armed.park(sections.get(0).descriptor()), "waiting in the kernel");
                for (int i = 0; i < CALLS; i++) {
                    PerCpu.add(v, 1);
                }
            });
            while (old.stream().anyMatch(reference -> reference.get() != null)) {
                WB.fullGC();
            }
            Code code = null;
            NMethod place = null;
            List<Section> replaced = List.of();
            for (int i = 0; i < TRIES && replaced.size() < WATCHED; i++) {
                code = compileBusy();
                place = NMethod.get(method(code), false);
                replaced = inside(place);
            }
            Check.that(replaced.size() >= WATCHED, "nothing was compiled to where the sections were");
            System.out.println(replaced.size() + " sections were replaced by " + place.insts.length + " bytes at "
                    + Long.toHexString(place.entry_point));
            if (bound) {
                // As if they had not been unbound.
                for (Section section : replaced) {
                    U.putLong(section.descriptor() + 8, section.start());
                }
            }
            for (int i = 0; i < WATCHED; i++) {
                runArmed(replaced.get((i + 1) * replaced.size() / (WATCHED + 1)), code);
            }
            Check.success(Armed.unpark(), "waking the one that waits");
            parked.join();
            if (failure != null) {
                throw new AssertionError("a thread failed", failure);
            }
            Check.equal(v.sum(), counted + CALLS, "sum");
            for (Section section : sections) {
                long start = U.getLong(section.descriptor() + 8);
                Check.that(sections.stream().noneMatch(s -> s.inSameCode(start)), section + " was not unbound");
            }
            System.out.println("not diverted");
        }

        // Apart, so that no frame keeps the class.
        private WeakReference<?> compileAndUseSections() throws Exception {
            Code code = load(b -> {
                for (int i = 0; i < ADDS; i++) {
                    b.aload(1).lconst_1().invokestatic(desc(PerCpu.class), "add",
                            MethodTypeDesc.of(ConstantDescs.CD_void, desc(PerCpuLong.class), ConstantDescs.CD_long));
                }
            });
            compile(code);
            NMethod compiled = NMethod.get(method(code), false);
            List<Section> found = Section.find(compiled);
            Check.that(found.size() >= ADDS, "only " + found.size() + " sections");
            sections.addAll(found);
            code.run(v, CALLS);
            counted += (long) CALLS * ADDS;
            Check.equal(v.sum(), counted, "sum");
            System.out.println(found.size() + " sections in " + compiled.size + " bytes at "
                    + Long.toHexString(compiled.entry_point));
            return new WeakReference<>(code.getClass());
        }

        private List<Section> inside(NMethod place) {
            long begin = place.entry_point;
            long end = begin + place.insts.length;
            return sections.stream().filter(s -> s.start() >= begin && s.start() + s.length() <= end).toList();
        }

        private void runArmed(Section section, Code code) throws Exception {
            long expected = busy(100);
            int tid = Native.gettid();
            boolean[] done = new boolean[1];
            Check.success(Armed.watch(section.descriptor(), section.start(), section.length()), "arming");
            Thread signals = start(() -> {
                while (!isDone(done)) {
                    Check.success(Armed.signal(tid), "sending a signal");
                }
            });
            long start = System.nanoTime();
            int rounds = 0;
            while (Armed.hits() < LEAST_HITS && System.nanoTime() - start < MAX_NANOS) {
                Check.equal(code.run(v, 100), expected, "result of code where a section was");
                rounds++;
            }
            synchronized (done) {
                done[0] = true;
            }
            signals.join();
            System.out.println(section + ": " + Armed.hits() + " signals in " + rounds + " rounds");
            Check.that(Armed.hits() >= LEAST_HITS, "only " + Armed.hits() + " signals came where the section was");
        }

        private static boolean isDone(boolean[] done) {
            synchronized (done) {
                return done[0];
            }
        }

        private Thread start(Runnable task) {
            Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {
                try {
                    task.run();
                } catch (Throwable t) {
                    failure = t;
                }
            });
            thread.start();
            return thread;
        }

        // ---- generated code

        private static long busy(int n) {
            long x = 1;
            for (int i = 0; i < n; i++) {
                for (int step = 0; step < STEPS; step++) {
                    x = x * FACTOR ^ step;
                }
            }
            return x;
        }

        private Code compileBusy() throws Exception {
            Code code = load(b -> {
                for (int step = 0; step < STEPS; step++) {
                    b.lload(3).ldc(FACTOR).lmul().ldc((long) step).lxor().lstore(3);
                }
            });
            compile(code);
            // Or its place is free again.
            kept.add(code);
            return code;
        }

        private static void compile(Code code) throws Exception {
            Method method = method(code);
            // Once, for what it calls to be resolved.
            code.run(new PerCpuLong(), 2);
            WB.enqueueMethodForCompilation(method, C2);
            Check.equal(WB.getMethodCompilationLevel(method), C2, "compilation level of what was generated");
        }

        private static Method method(Code code) throws Exception {
            return code.getClass().getMethod("run", PerCpuLong.class, int.class);
        }

        private static ClassDesc desc(Class<?> type) {
            return type.describeConstable().orElseThrow();
        }

        // class Generated: long run(PerCpuLong v, int n) { long x = 1; for (int i = 0; i < n; i++) body; return x; }
        private static Code load(Consumer<CodeBuilder> body) throws Exception {
            byte[] bytes = ClassFile.of().build(ClassDesc.of("Generated"), type -> type
                    .withInterfaceSymbols(desc(Code.class))
                    .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, ClassFile.ACC_PUBLIC, b -> b
                            .aload(0).invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME,
                                    ConstantDescs.MTD_void).return_())
                    .withMethodBody("run", MethodTypeDesc.of(ConstantDescs.CD_long, desc(PerCpuLong.class),
                            ConstantDescs.CD_int), ClassFile.ACC_PUBLIC, b -> {
                        Label loop = b.newLabel();
                        Label end = b.newLabel();
                        b.lconst_1().lstore(3).iconst_0().istore(5);
                        b.labelBinding(loop).iload(5).iload(2).if_icmpge(end);
                        body.accept(b);
                        b.iinc(5, 1).goto_(loop);
                        b.labelBinding(end).lload(3).lreturn();
                    }));
            ClassLoader loader = new ClassLoader(Replacing.class.getClassLoader()) {
                @Override
                protected Class<?> findClass(String name) {
                    return defineClass(name, bytes, 0, bytes.length);
                }
            };
            return (Code) loader.loadClass("Generated").getDeclaredConstructor().newInstance();
        }
    }
}
