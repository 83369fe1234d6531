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

import java.io.IOException;

import com.puppycrawl.tools.checkstyle.Checker;
import com.puppycrawl.tools.checkstyle.ConfigurationLoader;
import com.puppycrawl.tools.checkstyle.PropertiesExpander;
import com.puppycrawl.tools.checkstyle.api.AuditEvent;
import com.puppycrawl.tools.checkstyle.api.AuditListener;
import com.puppycrawl.tools.checkstyle.api.CheckstyleException;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Checkstyle looks at a part of Jackson, with the checks that come with it; the result is where it found what. */
public class Checkstyle extends Program {
    @State(Scope.Benchmark)
    public static class Input {
        private SourceFiles sources;

        @Setup
        public void extract() throws IOException {
            sources = SourceFiles.ofJackson("type", "node");
        }

        @TearDown
        public void delete() throws IOException {
            sources.close();
        }
    }

    private static final class Findings implements AuditListener {
        private long hash;

        @Override
        public void addError(AuditEvent event) {
            hash = 31 * hash + event.getLine();
            hash = 31 * hash + event.getColumn();
            hash = 31 * hash + event.getSourceName().hashCode();
        }

        @Override
        public void addException(AuditEvent event, Throwable e) {
            throw new IllegalStateException(e);
        }

        @Override
        public void auditStarted(AuditEvent event) {}

        @Override
        public void auditFinished(AuditEvent event) {}

        @Override
        public void fileStarted(AuditEvent event) {}

        @Override
        public void fileFinished(AuditEvent event) {}
    }

    @Benchmark
    public void check(Input input) throws CheckstyleException {
        Findings findings = new Findings();
        Checker checker = new Checker();
        checker.setModuleClassLoader(Checker.class.getClassLoader());
        checker.configure(ConfigurationLoader.loadConfiguration("/sun_checks.xml",
                new PropertiesExpander(System.getProperties())));
        checker.addListener(findings);
        if (checker.process(input.sources.files) == 0) {
            throw new IllegalStateException("it found nothing");
        }
        checker.destroy();
        Costs.result(findings.hash & 0xFFFF_FFFFL);
    }
}
