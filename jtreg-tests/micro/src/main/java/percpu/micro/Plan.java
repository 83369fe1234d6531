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

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.InternalProfiler;

/** What each page of results is made of. */
final class Plan {
    /** A parameter of a question, with one of its values. */
    record Parameter(String name, String value) {
        /** {@return all values of the question's parameter} Null alone if it has none. */
        static List<Parameter> of(Class<?> question) {
            List<Parameter> all = Arrays.stream(question.getDeclaredClasses())
                    .flatMap(state -> Arrays.stream(state.getDeclaredFields()))
                    .filter(f -> f.isAnnotationPresent(Param.class))
                    .flatMap(f -> Arrays.stream(f.getAnnotation(Param.class).value()).map(v -> new Parameter(f.getName(), v)))
                    .toList();
            if (all.stream().map(Parameter::name).distinct().count() > 1) {
                throw new IllegalArgumentException(question + " has more than one parameter");
            }
            return all.isEmpty() ? Collections.singletonList(null) : all;
        }
    }

    /** What is compared with each other: contenders that run next to each other, with as many threads. */
    record Group(Class<?> question, Parameter parameter, int threads, Variant variant, Mode mode,
                 Class<? extends InternalProfiler> profiler, List<String> methods, int rounds) {
        /** {@return whether only the JVM differs} Another JDK may have some of the calls only. */
        boolean isBeside(Group other) {
            return question == other.question && Objects.equals(parameter, other.parameter) && threads == other.threads
                    && mode == other.mode && (methods.equals(other.methods)
                    || !Objects.equals(variant.java(), other.variant.java())
                    && (methods.containsAll(other.methods) || other.methods.containsAll(methods)));
        }

        /** {@return what the renderer of the pages calls it} */
        String measurement(String method) {
            return question.getSimpleName() + (parameter == null ? "" : "/" + parameter.value())
                    + (variant.label().isEmpty() ? "" : "@" + variant.label()) + "." + method + "/" + threads;
        }

        @Override
        public String toString() {
            return question.getSimpleName() + (parameter == null ? "" : " " + parameter.value())
                    + (variant.label().isEmpty() ? "" : " " + variant.label());
        }
    }

    private static final int ROUNDS_OF_VARIANTS = 3;
    private static final int ROUNDS_OF_PROGRAMS = 20;
    private static final List<Integer> ONE = List.of(1);
    private static final int CONNECTIONS = 16;
    private static final List<Integer> TO_SIXTEEN = List.of(1, 2, 16);
    // How the calls that need our adapters are named.
    private static final String ADAPTER = "perCpu";
    private static final Set<String> ALL = Set.of();
    private static final Set<String> OURS = Set.of("perCpuAdd", "perCpuCounter");
    private static final Set<String> COUNTERS = Set.of("plainOpaque", "perCpuAdd", "perCpuCounter", "longAdder");
    private static final Set<String> COMPARED_LIMITS = Set.of("cPlain", "cSection", "cEightSections",
            "cEightSectionsFields");
    private static final Set<String> OTHER_LIMITS = benchmarks(Limits.class)
            .filter(name -> !COMPARED_LIMITS.contains(name)).collect(Collectors.toSet());
    private static final Set<String> LIMITS = Set.of("cPlain", "cLockAdd", "cFindAndAdd", "cSection");
    // Whoever drains Guava's queue of reads does not come to an end while many threads fill it.
    private static final Set<String> ENDING = benchmarks(Libraries.class)
            .filter(name -> !name.equals("guavaGetIfPresent")).collect(Collectors.toSet());

    /** What wants two threads on two CPUs. */
    static final List<Class<?>> ACROSS = List.of(HandOver.class, HandBack.class);

    static final Map<String, Plan> PAGES = Map.of(
            "report", new Plan().counters().conditions().structures(3),
            "structures", new Plan().structures(Integer.MAX_VALUE).moreStructures(),
            "ecosystem", new Plan().ecosystem(),
            "adapters", new Plan().adapters(),
            "programs", new Plan().programs());

    private final List<Group> groups = new ArrayList<>();

    private Plan() {}

    List<Group> groups() {
        return groups;
    }

    private Plan counters() {
        for (int threads : new int[] {1, 2, 4, 16, 64}) {
            add(OneCounter.class, List.of(threads), Variant.USUAL, Mode.Throughput, Disturbances.class, ALL);
            if (threads == 1) {
                // Next to each other what a target compares.
                add(Limits.class, ONE, Variant.USUAL, Mode.Throughput, null, COMPARED_LIMITS);
                add(Loops.class, ONE);
                add(Limits.class, ONE, Variant.USUAL, Mode.Throughput, null, OTHER_LIMITS);
            } else if (threads == 2 || threads == 64) {
                add(Limits.class, List.of(threads), Variant.USUAL, Mode.Throughput, null, LIMITS);
            }
        }
        add(EightCounters.class, List.of(1, 2));
        add(SixtyFourCounters.class, List.of(1, 2));
        add(OwnCounter.class, List.of(2));
        return this;
    }

    private Plan conditions() {
        add(OneCounter.class, List.of(1, 2), Variant.CPU_ID, Mode.Throughput, Disturbances.class, OURS);
        add(OneCounter.class, List.of(1, 2), Variant.ATOMICS, Mode.Throughput, Disturbances.class, OURS);
        add(OneCounter.class, ONE, Variant.INTERPRETER, Mode.Throughput, Disturbances.class, COUNTERS);
        add(OneCounter.class, ONE, Variant.C1, Mode.Throughput, Disturbances.class, COUNTERS);
        add(FirstSecond.class, ONE, Variant.AS_STARTED, Mode.Throughput, null, COUNTERS);
        for (Variant variant : new Variant[] {Variant.USUAL, Variant.POSSIBLE_256}) {
            add(Memory.class, ONE, variant, Mode.SingleShotTime, Footprint.class, ALL);
        }
        for (Variant variant : new Variant[] {Variant.USUAL, Variant.JVM, Variant.NOBODY}) {
            add(ThreadStart.class, ONE, variant, Mode.Throughput, null, ALL);
        }
        for (Variant variant : new Variant[] {Variant.USUAL, Variant.HANDSHAKE}) {
            add(Fence.class, ONE, variant, Mode.Throughput, null, ALL);
        }
        for (int threads : new int[] {2, 16}) {
            add(Stacks.class, List.of(threads), Variant.LATENCY, Mode.SampleTime, null, ALL);
            add(Nothing.class, List.of(threads), Variant.LATENCY, Mode.SampleTime, null, ALL);
        }
        return this;
    }

    // A page of its own has more rounds of them.
    private Plan structures(int mostRounds) {
        for (int threads : TO_SIXTEEN) {
            for (Class<?> question : List.of(Stacks.class, Rings.class, Locks.class)) {
                add(question, threads, Variant.USUAL, Mode.Throughput, Allocation.class, ALL, mostRounds);
            }
        }
        return this;
    }

    private Plan moreStructures() {
        for (Class<?> question : List.of(Pools.class, DataStacks.class, CounterArrays.class, DoubleSums.class, Accumulators.class,
                Histograms.class, SlotObjects.class)) {
            add(question, TO_SIXTEEN, Variant.USUAL, Mode.Throughput, Allocation.class, ALL);
        }
        for (Class<?> question : ACROSS) {
            add(question, ONE, Variant.USUAL, Mode.Throughput, Allocation.class, ALL);
        }
        for (Variant variant : new Variant[] {Variant.USUAL, Variant.POSSIBLE_256}) {
            add(AllSlots.class, ONE, variant, Mode.Throughput, null, ALL);
        }
        add(StealStorm.class, ONE);
        return this;
    }

    // The same on both JDKs.
    private Plan ecosystem() {
        for (int threads : TO_SIXTEEN) {
            for (Class<?> question : List.of(JavaAdders.class, Libraries.class)) {
                Set<String> selection = question == Libraries.class && threads > 2 ? ENDING : ALL;
                for (Variant variant : new Variant[] {Variant.UNPATCHED, Variant.ADDERS}) {
                    add(question, threads, variant, Mode.Throughput, null, selection, Integer.MAX_VALUE);
                }
            }
            add(OneCounter.class, threads, Variant.ADDERS, Mode.Throughput, null, Set.of("perCpuCounter"), Integer.MAX_VALUE);
        }
        for (Variant variant : new Variant[] {Variant.UNPATCHED, Variant.ADDERS}) {
            add(Service.class, CONNECTIONS, variant, Mode.Throughput, ServiceCpu.class, ALL, Integer.MAX_VALUE);
            add(Startup.class, 1, variant, Mode.Throughput, null, ALL, Integer.MAX_VALUE);
        }
        add(Libraries.class, 2, Variant.PROFILED, Mode.Throughput, HotMethods.class, ALL, 1);
        // It looks into our module; without per-CPU adders the classes are those of an unpatched JDK.
        for (Variant variant : new Variant[] {Variant.USUAL, Variant.ADDERS}) {
            add(Memory.class, 1, variant, Mode.SingleShotTime, Footprint.class, Set.of("longAdder"), Integer.MAX_VALUE);
        }
        return this;
    }

    // The libraries' own on both JDKs, and on ours beside them the adapters.
    private Plan adapters() {
        for (int threads : TO_SIXTEEN) {
            addAdapted(Metrics.class, threads, null);
            addAdapted(JacksonPools.class, threads, Allocation.class);
            addAdapted(NettyBuffers.class, threads, Allocation.class);
        }
        addAdapted(JacksonVirtualThreads.class, 1, Allocation.class);
        addAdapted(NettyVirtualThreads.class, 1, Allocation.class);
        // Where pools are the libraries' own, the JDK makes no difference.
        add(PoolMemory.class, 1, Variant.ADAPTERS, Mode.SingleShotTime, Footprint.class, ALL, Integer.MAX_VALUE);
        return this;
    }

    private void addAdapted(Class<?> question, int threads, Class<? extends InternalProfiler> profiler) {
        Set<String> own = benchmarks(question).filter(name -> !name.startsWith(ADAPTER)).collect(Collectors.toSet());
        add(question, threads, Variant.UNPATCHED, Mode.Throughput, profiler, own, Integer.MAX_VALUE);
        add(question, threads, Variant.ADAPTERS, Mode.Throughput, profiler, ALL, Integer.MAX_VALUE);
    }

    // The third is our JDK without per-CPU adders.
    private Plan programs() {
        for (Class<?> question : List.of(Javac.class, Checkstyle.class, Database.class, TextSearch.class, Stylesheet.class,
                VmCosts.class)) {
            addProgram(question, Mode.SingleShotTime);
        }
        addProgram(Startup.class, Mode.Throughput);
        addProgram(ThreadStart.class, Mode.Throughput);
        return this;
    }

    private void addProgram(Class<?> question, Mode mode) {
        for (Variant variant : new Variant[] {Variant.UNPATCHED, Variant.ADDERS, Variant.USUAL}) {
            addRounds(question, 1, variant, mode, Costs.class, question == VmCosts.class ? vmCosts() : ALL, ROUNDS_OF_PROGRAMS);
        }
    }

    private static Set<String> vmCosts() {
        Set<String> all = benchmarks(VmCosts.class).collect(Collectors.toSet());
        if (!Variant.UNPATCHED.hasModule(VmCosts.MODULE)) {
            all.remove("sections");
        }
        return all;
    }

    private static Stream<String> benchmarks(Class<?> question) {
        return Arrays.stream(question.getMethods()).filter(m -> m.isAnnotationPresent(Benchmark.class)).map(Method::getName);
    }

    private void add(Class<?> question, List<Integer> threads) {
        add(question, threads, Variant.USUAL, Mode.Throughput, null, ALL);
    }

    private void add(Class<?> question, List<Integer> threads, Variant variant, Mode mode,
            Class<? extends InternalProfiler> profiler, Set<String> selection) {
        int mostRounds = variant == Variant.USUAL && mode != Mode.SampleTime ? Integer.MAX_VALUE : ROUNDS_OF_VARIANTS;
        threads.forEach(t -> add(question, t, variant, mode, profiler, selection, mostRounds));
    }

    private void add(Class<?> question, int threads, Variant variant, Mode mode,
            Class<? extends InternalProfiler> profiler, Set<String> selection, int mostRounds) {
        addRounds(question, threads, variant, mode, profiler, selection,
                Math.min(question.getAnnotation(Fork.class).value(), mostRounds));
    }

    private void addRounds(Class<?> question, int threads, Variant variant, Mode mode,
            Class<? extends InternalProfiler> profiler, Set<String> selection, int rounds) {
        List<String> methods = benchmarks(question).filter(m -> selection.isEmpty() || selection.contains(m)).sorted().toList();
        for (Parameter parameter : Parameter.of(question)) {
            groups.add(new Group(question, parameter, threads, variant, mode, profiler, methods, rounds));
        }
    }
}
