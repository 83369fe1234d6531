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

/** One thing done wrong, and the harm that comes of it. A variant without any must hold. */
enum Flaw {
    NO_FENCE("no fence", Harm.LOST_UPDATE),
    FENCE_FIRST("the fence comes before exclusive = 1, not after it", Harm.LOST_UPDATE),
    TEST_OUTSIDE("exclusive is tested before the section starts", Harm.LOST_UPDATE),
    TEST_LAST("exclusive is tested in the section, but after loading the data", Harm.LOST_UPDATE),
    CLEARS_FOR_ALL("who is done clears a shared word that another needs", Harm.LOST_UPDATE),
    /** Who fails before the fence may leave both as they are. */
    MARK_FIRST("it is noted that sections are kept off before the fence, not after it", Harm.LOST_UPDATE),
    MARK_STAYS("who lets sections in leaves the note that they are kept off", Harm.LOST_UPDATE),
    OTHERS_WORD("a section tests the word of another structure", Harm.LOST_UPDATE),
    COMMIT_OUTSIDE("the section ends before the commit", Harm.LOST_UPDATE),
    ONLY_BARRIER("the fence is a memory barrier, but aborts no section", Harm.LOST_UPDATE),
    ONLY_ABORT("the fence aborts sections, but is no memory barrier for them", Harm.LOST_UPDATE),
    /** The kernel reads an empty event mask, membarrier's interrupt sets a bit in it, the kernel clears the mask. */
    LOST_INTERRUPT("membarrier on a kernel that loses its interrupt", Harm.LOST_UPDATE),
    /** The second interrupt can come in the same moment, or when the kernel looks again because of the first. */
    LOST_INTERRUPTS("two membarriers in a row on a kernel that loses their interrupts", Harm.LOST_UPDATE),
    /** A task that runs a section while it counts as in native code: others answer in its place. */
    ANSWER_INSIDE("handshake is answered for a task that is in a section", Harm.LOST_UPDATE),
    NO_BARRIER_BEFORE("handshake begins without a barrier after exclusive = 1", Harm.LOST_UPDATE),
    /** As with a lock that is waited for without becoming safe for handshakes. */
    NO_ANSWER_WAITING("handshake is not answered by a task that waits for the lock", Harm.STUCK),
    PLAIN_LOAD("weakly ordered CPU, exclusive is loaded without acquire", Harm.LOST_UPDATE),
    PLAIN_CLEAR("weakly ordered CPU, exclusive is cleared without release", Harm.LOST_UPDATE);

    final String text;
    final Harm harm;

    Flaw(String text, Harm harm) {
        this.text = text;
        this.harm = harm;
    }
}
