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
 * @summary adders go over wherever code of the JDK or of others runs: while an agent transforms a class, in a class
 *          initializer that another thread waits for, in the common cleaner and the reference handler; and they keep
 *          all counts while their classes, and the class whose code updates them, are redefined
 * @requires os.family == "linux"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu java.base/jdk.internal.ref
 *          java.instrument
 * @build percpu.lib.* Anywhere
 * @run driver Anywhere
 */

import java.io.InputStream;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

import jdk.internal.ref.CleanerFactory;
import jdk.test.lib.util.JarUtils;
import percpu.lib.Check;
import percpu.lib.Contention;
import percpu.lib.Raw;
import percpu.lib.Vm;

public class Anywhere {
    public static void main(String[] args) throws Exception {
        Path jar = Path.of("agent.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", Agent.class.getName());
        attributes.putValue("Can-Redefine-Classes", "true");
        attributes.putValue("Can-Retransform-Classes", "true");
        JarUtils.createJarFile(jar, manifest, Path.of(System.getProperty("test.classes")),
                Path.of("Anywhere$Agent.class"));
        for (String compiler : new String[] {"-XX:+TieredCompilation", "-XX:-TieredCompilation", "-Xint"}) {
            new Vm().with(compiler, "-javaagent:" + jar, "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED")
                    .pass(Places.class);
        }
    }

    /** Counts what it is asked to transform, with an adder of its own for each class. */
    public static class Agent implements ClassFileTransformer {
        private static final ConcurrentHashMap<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

        private static volatile Instrumentation instrumentation;

        public static void premain(String arguments, Instrumentation inst) {
            instrumentation = inst;
        }

        @Override
        public byte[] transform(ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain,
                                byte[] bytes) {
            if (name != null && name.startsWith("Anywhere$Loaded")) {
                LongAdder count = new LongAdder();
                Contention.contend(count);
                count.increment();
                COUNTS.put(name, count);
            }
            return null;
        }
    }

    private static class Loaded1 {}

    private static class Loaded2 {}

    private static class Initialized {
        private static final LongAdder COUNT = new LongAdder();

        static {
            // The other thread waits for this.
            Contention.contend(COUNT);
            COUNT.increment();
        }
    }

    /** Redefined while it is used. */
    private static class Updates {
        private static final LongAdder LONGS = new LongAdder();
        private static final DoubleAdder DOUBLES = new DoubleAdder();
        private static final ConcurrentHashMap<Object, Object> MAP = new ConcurrentHashMap<>();

        private static void update(Object key) {
            for (int i = 0; i < 1000; i++) {
                LONGS.increment();
                DOUBLES.add(1);
                MAP.put(key, key);
                MAP.remove(key);
            }
        }
    }

    public static class Places {
        private static final int REDEFINITIONS = 40;

        public static void main(String[] args) throws Exception {
            // Its work in a transformer is not to load classes.
            over(new LongAdder(), "an adder");
            transformer();
            initializer();
            cleaner();
            referenceHandler();
            redefinition();
        }

        private static void over(LongAdder adder, String what) {
            Contention.contend(adder);
            adder.increment();
            has(adder, 1, what);
        }

        private static void has(LongAdder adder, long sum, String what) {
            Check.that(Raw.hasVariable(adder), what + " has no variable");
            Check.equal(adder.sum(), sum, what);
        }

        private static void transformer() {
            Agent agent = new Agent();
            Agent.instrumentation.addTransformer(agent, true);
            try {
                new Loaded1();
                new Loaded2();
            } finally {
                Agent.instrumentation.removeTransformer(agent);
            }
            Check.equal(Agent.COUNTS.size(), 2, "classes that were transformed");
            Agent.COUNTS.forEach((name, count) -> has(count, 1, name));
        }

        private static void initializer() throws Exception {
            Runnable use = () -> has(Initialized.COUNT, 1, "an adder of a class initializer");
            together(use);
        }

        private static void together(Runnable work) throws Exception {
            Throwable[] thrown = new Throwable[1];
            Thread other = new Thread(work);
            other.setUncaughtExceptionHandler((thread, e) -> thrown[0] = e);
            other.start();
            work.run();
            other.join();
            if (thrown[0] != null) {
                throw new AssertionError("the other thread failed", thrown[0]);
            }
        }

        // The thread that frees variables, too.
        private static void cleaner() throws Exception {
            CountDownLatch done = new CountDownLatch(1);
            LongAdder adder = new LongAdder();
            CleanerFactory.cleaner().register(new Object(), () -> {
                Contention.contend(adder);
                adder.increment();
                done.countDown();
            });
            collectUntil(done, "the common cleaner");
            has(adder, 1, "an adder of the common cleaner");
        }

        private static void referenceHandler() throws Exception {
            Class<?> cleaners;
            try {
                cleaners = Class.forName("jdk.internal.ref.Cleaner");
            } catch (ClassNotFoundException e) {
                System.out.println("skipped: the reference handler of this JDK runs no cleaner");
                return;
            }
            CountDownLatch done = new CountDownLatch(1);
            LongAdder adder = new LongAdder();
            Thread[] handler = new Thread[1];
            Object dies = new Object();
            Runnable clean = () -> {
                handler[0] = Thread.currentThread();
                Contention.contend(adder);
                adder.increment();
                done.countDown();
            };
            Object cleaner = cleaners.getMethod("create", Object.class, Runnable.class).invoke(null, dies, clean);
            dies = null;
            collectUntil(done, "the reference handler");
            Reference.reachabilityFence(cleaner);
            Check.that(handler[0].getName().equals("Reference Handler"), "it ran in " + handler[0]);
            has(adder, 1, "an adder of the reference handler");
        }

        private static void collectUntil(CountDownLatch done, String who) throws InterruptedException {
            for (int collections = 0; collections < 100; collections++) {
                System.gc();
                if (done.await(1, TimeUnit.SECONDS)) {
                    return;
                }
            }
            throw new AssertionError(who + " did nothing after 100 collections");
        }

        private static void redefinition() throws Exception {
            byte[] bytes;
            try (InputStream in = Anywhere.class.getResourceAsStream("Anywhere$Updates.class")) {
                bytes = in.readAllBytes();
            }
            Contention.contend(Updates.LONGS);
            Contention.contend(Updates.DOUBLES);
            Contention.contend(Updates.MAP);
            long[] rounds = new long[3];
            boolean[] stop = new boolean[1];
            CountDownLatch running = new CountDownLatch(rounds.length);
            Thread[] threads = new Thread[rounds.length];
            for (int i = 0; i < threads.length; i++) {
                int number = i;
                Object key = new Object();
                threads[i] = new Thread(() -> {
                    long count = 0;
                    while (!isSet(stop)) {
                        Updates.update(key);
                        if (++count == 1) {
                            running.countDown();
                        }
                    }
                    rounds[number] = count;
                });
                threads[i].start();
            }
            running.await();
            try {
                for (int i = 0; i < REDEFINITIONS; i++) {
                    Agent.instrumentation.redefineClasses(new ClassDefinition(Updates.class, bytes));
                    Agent.instrumentation.retransformClasses(LongAdder.class, DoubleAdder.class,
                            LongAdder.class.getSuperclass(), ConcurrentHashMap.class);
                }
            } finally {
                synchronized (stop) {
                    stop[0] = true;
                }
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            long all = 0;
            for (long count : rounds) {
                all += count * 1000;
            }
            has(Updates.LONGS, all, "LongAdder beside redefinitions");
            Check.equal((long) Updates.DOUBLES.sum(), all, "DoubleAdder beside redefinitions");
            Check.equal(Updates.MAP.mappingCount(), 0, "a map beside redefinitions");
            System.out.println(all + " updates beside " + REDEFINITIONS + " redefinitions");
        }

        private static boolean isSet(boolean[] stop) {
            synchronized (stop) {
                return stop[0];
            }
        }
    }
}
