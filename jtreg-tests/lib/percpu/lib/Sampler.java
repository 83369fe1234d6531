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

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Where a thread is whenever a profiler that uses AsyncGetCallTrace looks. The VM must run with the agent. */
public final class Sampler {
    private static final int PERIOD_MICROS = 1000;

    /** Whoever counts asks which of his own methods that was. */
    private static final Pattern LIBRARY = Pattern.compile("(jdk[./](internal|incubator)|java[./]util)[./].*");

    static {
        System.loadLibrary("sampler");
    }

    private Sampler() {}

    /** The option that makes a VM run with the agent. */
    public static String agent() {
        return "-agentpath:" + Vm.nativeFile("libsampler.so");
    }

    /** Runs the task again and again in this thread, until the thread was looked at so often. */
    public static Map<String, Integer> sample(Runnable task, int samples) {
        run(task, samples);
        Map<String, Integer> tops = new TreeMap<>();
        for (int i = 0; i < count(); i++) {
            tops.merge(top(stack(i).split(";")), 1, Integer::sum);
        }
        return tops;
    }

    /** The same by frame pointers: for each time where the thread was, and where its callers go on. */
    public static List<long[]> addresses(Runnable task, int samples) {
        run(task, samples);
        return IntStream.range(0, count()).mapToObj(Sampler::addresses).toList();
    }

    private static void run(Runnable task, int samples) {
        Check.success(start(PERIOD_MICROS), "starting the timer");
        while (count() < samples) {
            task.run();
        }
        Check.success(stop(), "stopping the timer");
    }

    /** The first of the frames that is not in the JDK. */
    public static String top(String... frames) {
        for (String frame : frames) {
            if (!LIBRARY.matcher(frame).matches()) {
                return frame;
            }
        }
        return "only " + String.join(";", frames);
    }

    private static native int start(int micros);

    private static native int stop();

    private static native int count();

    // Frames from the top, between semicolons, or why there are none.
    private static native String stack(int number);

    private static native long[] addresses(int number);
}
