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

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jdk.internal.percpu.Rseq;
import jdk.test.whitebox.WhiteBox;
import jdk.test.whitebox.code.NMethod;

/**
 * Writes a listing of what C2 makes of the operations in this VM. Arguments: the file, and options of the VM that must
 * have taken effect.
 */
public final class WriteListing {
    private static final int C2 = 4;

    /** How a listing is not made, and why. */
    static final String NOT_HERE = "no such code here: ";

    // Method, name and what it is in the API, whether an instruction before the section is its own: of an answer, or a sum.
    private record Operation(String method, String words, boolean prepares) {}

    private static final List<Operation> OPERATIONS = List.of(
            new Operation("opAddConstant", "load_add_store: PerCpu.add(v, 1)", false),
            new Operation("opAdd", "load_add_store: PerCpu.add(v, delta)", false),
            new Operation("opIncrement", "load_add_store: PerCpuCounter.increment()", false),
            new Operation("opAddDouble", "load_add_double_store", true),
            new Operation("opGetAndAdd", "get_and_add: PerCpu.getAndAdd(v, delta)", false),
            new Operation("opCmpxchg", "compare_and_exchange: PerCpu.cmpxchg(v, expected, value)", false),
            new Operation("opCmpxchgInSlot", "load_cbne_store: PerCpu.weakCompareAndSet(v, slot, expected, value)",
                    true),
            new Operation("opPopHead", "load_cbeq_store_add_load_store", true),
            new Operation("opTwoCompares", "load_cbne_load_cbne_store", true),
            new Operation("opTwoStores", "load_cbne_store_store", true),
            new Operation("opTwoStoresRelease", "load_cbne_store_store_release", true),
            new Operation("opCopy", "load_cbne_memcpy_store", true),
            new Operation("opCopyRelease", "load_cbne_memcpy_store_release", true));

    private WriteListing() {}

    public static void main(String[] args) throws Exception {
        String missing = missing(List.of(args).subList(1, args.length));
        if (missing != null) {
            System.out.println(NOT_HERE + missing);
            return;
        }
        Path part = Path.of(args[0] + ".part");
        Files.writeString(part, text());
        Files.move(part, Path.of(args[0]));
    }

    private static String missing(List<String> options) throws InterruptedException {
        if (!Disassembly.available()) {
            return "objdump is not installed";
        }
        if (!Rseq.isEnabled()) {
            return Raw.describe();
        }
        for (String option : options) {
            String[] words = option.split("=");
            Object value = WhiteBox.getWhiteBox().getVMFlag(words[0]);
            if (words[0].equals("RseqIndex") ? !Raw.describe().contains("index " + words[1])
                    : !words[1].equals(String.valueOf(value))) {
                return "-XX:" + option + " is not to be had, " + words[0] + " is " + value + "; " + Raw.describe();
            }
        }
        return null;
    }

    private static String text() throws Exception {
        Map<String, String> byText = new HashMap<>();
        StringBuilder text = new StringBuilder();
        for (Operation operation : OPERATIONS) {
            String listing = Listing.of(compiled(operation.method), operation.prepares);
            String same = byText.putIfAbsent(listing, operation.words.split(":")[0]);
            text.append("\n\n").append(operation.words).append('\n').append("-".repeat(operation.words.length()))
                    .append('\n').append(same == null ? listing
                            : listing.lines().findFirst().orElseThrow() + ": the same as " + same + '\n');
        }
        return text.toString();
    }

    // Without a profile, which is not the same twice: a call initializes what the method uses, then it is compiled.
    private static NMethod compiled(String name) throws Exception {
        Method method = CompiledOperations.method(name);
        CompiledOperations.call(method, 1);
        WhiteBox.getWhiteBox().enqueueMethodForCompilation(method, C2);
        NMethod code = NMethod.get(method, false);
        Check.that(code != null && code.comp_level == C2, name + " was not compiled by C2: " + code);
        return code;
    }
}
