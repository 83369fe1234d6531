/*
 * Copyright (c) 2026, PerCpu project authors. All rights reserved.
 * DO NOT ALTER OR REMOVE COPYRIGHT NOTICES OR THIS FILE HEADER.
 *
 * This code is free software; you can redistribute it and/or modify it
 * under the terms of the GNU General Public License version 2 only, as
 * published by the Free Software Foundation.  The PerCpu project authors
 * designate this particular file as subject to the "Classpath" exception
 * as provided in the LICENSE file that accompanied this code.
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

package jdk.incubator.percpu.internal;

import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

import jdk.incubator.percpu.PerCpu;
import jdk.incubator.percpu.PerCpuMXBean;
import jdk.internal.percpu.Slots;
import jdk.internal.percpu.Statistics;
import jdk.internal.percpu.VMServices;
import sun.management.spi.PlatformMBeanProvider;

/** Tells java.management of {@link PerCpuMXBean}. */
public final class PerCpuMXBeanProvider extends PlatformMBeanProvider {

    private static final class Bean implements PerCpuMXBean {
        @Override
        public boolean isSupported() {
            return PerCpu.isSupported();
        }

        @Override
        public String getDescription() {
            return VMServices.describe();
        }

        @Override
        public int getSlotCount() {
            return Slots.count();
        }

        @Override
        public long getAbortCount() {
            return Statistics.aborts();
        }

        @Override
        public long getSlowCommitCount() {
            return Statistics.slowCommits();
        }

        @Override
        public long getGivenUpCount() {
            return Statistics.givenUp();
        }

        @Override
        public long getFenceCount() {
            return Statistics.fences();
        }

        @Override
        public long getFenceTime() {
            return Statistics.fenceNanos() / 1_000_000;
        }

        @Override
        public long getExclusiveUseCount() {
            return Statistics.exclusiveUses();
        }

        @Override
        public long getExclusiveUseTime() {
            return Statistics.exclusiveNanos() / 1_000_000;
        }

        @Override
        public long getAdderCount() {
            return Statistics.adders();
        }

        @Override
        public long getReservedMemory() {
            return Statistics.arenaBytes();
        }

        @Override
        public ObjectName getObjectName() {
            try {
                return new ObjectName(MXBEAN_NAME);
            } catch (MalformedObjectNameException e) {
                throw new InternalError(e);
            }
        }
    }

    private static final class Component implements PlatformComponent<PerCpuMXBean> {
        private final PerCpuMXBean bean = new Bean();

        @Override
        public Set<Class<? extends PerCpuMXBean>> mbeanInterfaces() {
            return Set.of(PerCpuMXBean.class);
        }

        @Override
        public Set<String> mbeanInterfaceNames() {
            return Set.of(PerCpuMXBean.class.getName());
        }

        @Override
        public String getObjectNamePattern() {
            return PerCpuMXBean.MXBEAN_NAME;
        }

        @Override
        public Map<String, PerCpuMXBean> nameToMBeanMap() {
            return Map.of(PerCpuMXBean.MXBEAN_NAME, bean);
        }
    }

    @Override
    public List<PlatformComponent<?>> getPlatformComponentList() {
        return List.of(new Component());
    }
}
