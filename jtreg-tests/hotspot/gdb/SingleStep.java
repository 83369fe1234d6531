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
 * @summary gdb steps through a section instruction by instruction: the thread gets on and nothing is lost
 * @requires os.family == "linux" & os.arch == "amd64"
 * @library /test/lib /lib
 * @modules jdk.incubator.percpu java.base/jdk.internal.misc java.base/jdk.internal.percpu
 * @build percpu.lib.* jdk.test.whitebox.WhiteBox
 * @run driver jdk.test.lib.helpers.ClassFileInstaller jdk.test.whitebox.WhiteBox
 * @run driver SingleStep
 */

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import percpu.lib.Check;
import percpu.lib.Debuggee;
import percpu.lib.Stepped;

public class SingleStep {
    public static void main(String[] args) throws Exception {
        try (Debuggee target = Stepped.start(false)) {
            String output = target.debug(commands(target.get("arm"), target.get("start")));
            // Said to the target even if gdb failed: it must end.
            target.end();
            Matcher rounds = Pattern.compile("rounds=(\\d+) steps=(\\d+) inside=(\\d+)").matcher(output);
            Check.that(rounds.find(), "gdb did not get to the end of its script");
            Check.equal(Long.parseLong(rounds.group(1)), 3, "times that the stepped thread came round again");
            Check.that(Long.parseLong(rounds.group(3)) > 0, "no step was inside the section");
            Matcher hits = Pattern.compile("breakpoint hits=(\\d+)").matcher(output);
            Check.that(hits.find(), "gdb did not get to the end of its script");
            Check.equal(Long.parseLong(hits.group(1)), 100, "hits of a breakpoint inside the section");
        }
    }

    private static List<String> commands(long arm, long start) {
        return List.of(
                "break *" + arm,
                "continue",
                "delete",
                "set scheduler-locking on",
                "set $rounds = 0",
                "set $steps = 0",
                "set $inside = 0",
                "while $rounds < 3 && $steps < 20000",
                "  stepi",
                "  set $steps = $steps + 1",
                "  if $pc == " + start,
                "    set $inside = $inside + 1",
                "  end",
                "  if $pc == " + arm,
                "    set $rounds = $rounds + 1",
                "  end",
                "end",
                "printf \"rounds=%d steps=%d inside=%d\\n\", $rounds, $steps, $inside",
                "break *" + start,
                "set $hits = 0",
                "while $hits < 100",
                "  continue",
                "  if $pc != " + start,
                "    printf \"stopped at %p\\n\", $pc",
                "    detach",
                "    quit 1",
                "  end",
                "  set $hits = $hits + 1",
                "end",
                "delete",
                "printf \"breakpoint hits=%d\\n\", $hits");
    }
}
