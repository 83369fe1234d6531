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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import jdk.incubator.percpu.PerCpuLong;
import jdk.internal.misc.Unsafe;
import jdk.internal.percpu.Rseq;
import jdk.internal.percpu.Slots;

/**
 * The operations that look at a second word or write to one, from many threads, each on the slot it is on.
 * Two variables count in each slot what was committed there. So each commit has a number, and whatever it wrote
 * elsewhere has its place: of all commits the weights are compared, and what they wrote, by the thread that did it
 * if the place is not used again meanwhile, and of the last of a slot in the end.
 * A pair of them moves on if both are as seen: each commit adds the difference in weight of the places where the pair
 * was and is, and the sum over all threads is known if every commit began where another one ended.
 * The last goes round a circle of nodes, and each node must have been the head as often as its neighbours.
 */
final class Transactions {
    private static final Unsafe U = Unsafe.getUnsafe();
    private static final String[] NAMES = {"loadCbneStoreStore", "loadCbneMemcpyStore", "loadCbneLoadCbneStore",
            "loadCbeqStoreAddLoadStore"};
    private static final int KEPT = 128;
    private static final int RECORD = 256;
    // A record has room that no copy may write to.
    private static final int PLACE = RECORD + 64;
    private static final byte UNTOUCHED = 0x55;
    private static final int NODES = 64;
    private static final int NODE = 16;
    private static final int NEXT = 8;

    private final PerCpuLong stored = new PerCpuLong();
    private final PerCpuLong copied = new PerCpuLong();
    private final PerCpuLong left = new PerCpuLong();
    private final PerCpuLong right = new PerCpuLong();
    private final PerCpuLong head = new PerCpuLong();

    private final int slots = Slots.count();
    private final long entries = U.allocateMemory((long) slots * KEPT * Long.BYTES);
    private final long records = U.allocateMemory((long) slots * KEPT * PLACE);
    private final long nodes = U.allocateMemory((long) slots * NODES * NODE);

    private final List<Worker> workers = new ArrayList<>();
    private long[] before = new long[4];
    private final int yieldEvery;

    /** yieldEvery: as {@link Workload}'s. */
    Transactions(int yieldEvery) {
        this.yieldEvery = yieldEvery;
        U.setMemory(records, (long) slots * KEPT * PLACE, UNTOUCHED);
        for (int i = 0; i < slots * NODES; i++) {
            int next = i % NODES == NODES - 1 ? i + 1 - NODES : i + 1;
            U.putLong(node(i) + NEXT, node(next));
        }
        for (int slot = 0; slot < slots; slot++) {
            U.putLong(Slots.address(Raw.address(head), slot), node(slot * NODES));
        }
    }

    /** One for each thread; the caller starts no thread before it has them. */
    Worker worker() {
        Worker worker = new Worker(workers.size());
        workers.add(worker);
        return worker;
    }

    /** The variables that hold 0 in a slot that was not used. */
    List<PerCpuLong> variables() {
        return List.of(stored, copied, left, right);
    }

    private static int kept(int slot, long number) {
        return slot * KEPT + (int) (number % KEPT);
    }

    private long entry(int slot, long number) {
        return entries + (long) kept(slot, number) * Long.BYTES;
    }

    private long record(int slot, long number) {
        return records + (long) kept(slot, number) * PLACE;
    }

    // Short and long ones.
    private static int recordLength(long number) {
        return Long.BYTES * (1 + (int) (number % (RECORD / Long.BYTES)));
    }

    private long node(int index) {
        return nodes + (long) index * NODE;
    }

    // Tells who wrote it, and for which commit.
    private static long token(long number, int id) {
        return Workload.weight(number) + id;
    }

    private static long word(long token, int index) {
        return token + index * 0xD1B54A32D192ED03L;
    }

    // Of a pair: no two are alike.
    private static long place(long left, long right) {
        return Workload.weight(Workload.weight(left) ^ right);
    }

    /** What one thread committed to one variable. */
    private final class Commits {
        private final long[] weights = new long[slots];
        private final long[] numbers = new long[slots * KEPT];

        void add(int slot, long number) {
            weights[slot] += Workload.weight(number);
            numbers[kept(slot, number)] = number + 1;
        }

        boolean has(int slot, long number) {
            return numbers[kept(slot, number)] == number + 1;
        }
    }

    final class Worker {
        private final int id;
        private final Commits stores = new Commits();
        private final Commits copies = new Commits();
        private final long[] ways = new long[slots];
        private final long[] heads = new long[slots * NODES];
        private final long source = U.allocateMemory(RECORD);
        private int round;
        private long tries;

        private Worker(int id) {
            this.id = id;
        }

        /** {@return how many it tried} */
        int run(int n) {
            if (!Rseq.isEnabled()) {
                return 0;
            }
            store(n);
            copy(n);
            compare(n);
            pop(n);
            tries += n;
            return 4 * n;
        }

        // Half way round is enough: on some CPUs the counter is seen later than what is written for the next commits.
        private boolean usedAgain(int slot, long address, long number) {
            U.loadFence();
            return Slots.get(slot, address) >= number + KEPT / 2;
        }

        // Others may change the slot meanwhile, and this thread come back on another CPU.
        private void maybeYield(int i) {
            if (yieldEvery > 0 && i % yieldEvery == yieldEvery - 1) {
                Thread.yield();
            }
        }

        private void store(int n) {
            long address = Raw.address(stored);
            for (int i = 0; i < n; i++) {
                int slot = Rseq.currentSlot();
                if (slot == Slots.overflow()) {
                    continue;
                }
                long number = Slots.get(slot, address);
                maybeYield(i);
                long entry = entry(slot, number);
                int status = (number & 1) == 0
                        ? Rseq.loadCbneStoreStore(stored, slot, address, number, entry, token(number, id), number + 1)
                        : Rseq.loadCbneStoreStoreRelease(stored, slot, address, number, entry, token(number, id),
                                number + 1);
                if (status == Rseq.COMMITTED) {
                    stores.add(slot, number);
                    if (U.getLong(entry) != token(number, id) && !usedAgain(slot, address, number)) {
                        throw new AssertionError("commit " + number + " in slot " + slot
                                + " did not store its second word");
                    }
                }
            }
        }

        private void copy(int n) {
            long address = Raw.address(copied);
            for (int i = 0; i < n; i++) {
                int slot = Rseq.currentSlot();
                if (slot == Slots.overflow()) {
                    continue;
                }
                long number = Slots.get(slot, address);
                int length = recordLength(number);
                long token = token(number, id);
                for (int word = 0; word < length / Long.BYTES; word++) {
                    U.putLong(source + (long) word * Long.BYTES, word(token, word));
                }
                maybeYield(i);
                long record = record(slot, number);
                int status = (number & 1) == 0
                        ? Rseq.loadCbneMemcpyStore(copied, slot, address, number, record, source, length, number + 1)
                        : Rseq.loadCbneMemcpyStoreRelease(copied, slot, address, number, record, source, length,
                                number + 1);
                if (status == Rseq.COMMITTED) {
                    copies.add(slot, number);
                    boolean right = true;
                    for (int word = 0; word < length / Long.BYTES; word++) {
                        right &= U.getLong(record + (long) word * Long.BYTES) == word(token, word);
                    }
                    if (!right && !usedAgain(slot, address, number)) {
                        throw new AssertionError("commit " + number + " in slot " + slot + " did not copy its record");
                    }
                }
            }
        }

        // One of two words moves on if both are as seen, for some threads the one and for some the other.
        private void compare(int n) {
            boolean first = (round++ + id & 1) == 0;
            PerCpuLong moving = first ? left : right;
            long address = Raw.address(moving);
            long otherAddress = Raw.address(first ? right : left);
            for (int i = 0; i < n; i++) {
                int slot = Rseq.currentSlot();
                if (slot == Slots.overflow()) {
                    continue;
                }
                long seen = Slots.get(slot, address);
                long other = Slots.get(slot, otherAddress);
                maybeYield(i);
                long second = Slots.address(otherAddress, slot);
                // It was that once and never will be again.
                Check.that(Rseq.loadCbneLoadCbneStore(moving, slot, address, seen, second, other - 1, seen + 1)
                        != Rseq.COMMITTED, "committed although the second word differed");
                if (Rseq.loadCbneLoadCbneStore(moving, slot, address, seen, second, other, seen + 1)
                        == Rseq.COMMITTED) {
                    ways[slot] += first ? place(seen + 1, other) - place(seen, other)
                            : place(other, seen + 1) - place(other, seen);
                }
            }
        }

        private void pop(int n) {
            long address = Raw.address(head);
            for (int i = 0; i < n; i++) {
                int slot = Rseq.currentSlot();
                if (slot == Slots.overflow()) {
                    continue;
                }
                maybeYield(i);
                long popped = Rseq.loadCbeqStoreAddLoadStore(head, slot, address, 0, NEXT);
                if (popped != Rseq.MOVED_HEAD) {
                    int node = (int) ((popped - node(0)) / NODE);
                    Check.that(node / NODES == slot, "popped from another slot's circle");
                    heads[node]++;
                }
            }
        }

        /** Spoils what this thread says it did, or what it did. */
        void sabotage(String what) {
            // The thread may have moved between the two.
            int slot = most(stored);
            int copySlot = most(copied);
            long number = copied.get(copySlot) - 1;
            long record = record(copySlot, number);
            switch (what) {
                case "store" -> stores.weights[slot]++;
                case "stored" -> U.putLong(entry(slot, stored.get(slot) - 1), 1);
                case "copy" -> copies.weights[copySlot]++;
                case "copied" -> U.putByte(record, (byte) ~U.getByte(record));
                case "beside" -> U.putByte(record + recordLength(number), (byte) 0);
                case "compare" -> ways[slot] += place(left.get(slot), 1) - place(left.get(slot), 0);
                case "pop" -> heads[slot * NODES]++;
                default -> { }
            }
        }
    }

    private int most(PerCpuLong v) {
        int most = 0;
        for (int slot = 1; slot < slots; slot++) {
            most = v.get(slot) > v.get(most) ? slot : most;
        }
        return most;
    }

    private interface Part {
        Commits of(Worker worker);
    }

    private interface Content {
        void check(Worker by, int slot, long number);
    }

    /** When all threads of a kind are done: each operation has come to commit since this was asked before. */
    void checkProgress() {
        if (!Rseq.isEnabled()) {
            return;
        }
        long[] now = {stored.sum(), copied.sum(), left.sum() + right.sum(),
                workers.stream().flatMapToLong(worker -> Arrays.stream(worker.heads)).sum()};
        for (int i = 0; i < now.length; i++) {
            Check.that(now[i] > before[i], "no " + NAMES[i] + " ever committed");
        }
        before = now;
    }

    /** When all threads are done. */
    void verify() {
        if (!Rseq.isEnabled()) {
            return;
        }
        verify(NAMES[0], stored, worker -> worker.stores, (worker, slot, number) ->
                Check.equal(U.getLong(entry(slot, number)), token(number, worker.id),
                        "the second word of commit " + number + " in slot " + slot));
        verify(NAMES[1], copied, worker -> worker.copies, this::checkRecord);
        checkRoom();
        verifyWays();
        verifyHeads();
    }

    private void verify(String what, PerCpuLong v, Part part, Content content) {
        for (int slot = 0; slot < slots; slot++) {
            long commits = v.get(slot);
            // Else it would take for ever to add up.
            long tries = workers.stream().mapToLong(worker -> worker.tries).sum();
            Check.that(commits >= 0 && commits <= tries, what + ": " + commits + " commits of " + tries + " tries");
            long weights = 0;
            for (Worker worker : workers) {
                weights += part.of(worker).weights[slot];
            }
            Check.equal(weights, Workload.weightsBelow(commits), "weights of " + what + "'s commits in slot " + slot);
            // The oldest one's place may hold what was written for the next one, which did not come to be committed.
            for (long number = Math.max(0, commits - KEPT + 1); number < commits; number++) {
                Worker by = null;
                for (Worker worker : workers) {
                    if (part.of(worker).has(slot, number)) {
                        Check.that(by == null, what + ": two threads did commit " + number + " in slot " + slot);
                        by = worker;
                    }
                }
                Check.that(by != null, what + ": no thread did commit " + number + " in slot " + slot);
                content.check(by, slot, number);
            }
        }
    }

    private void checkRecord(Worker by, int slot, long number) {
        long token = token(number, by.id);
        for (int word = 0; word < recordLength(number) / Long.BYTES; word++) {
            long found = U.getLong(record(slot, number) + (long) word * Long.BYTES);
            if (found != word(token, word)) {
                Check.equal(found, word(token, word), "word " + word + " of record " + number + " in slot " + slot);
            }
        }
    }

    private void checkRoom() {
        for (int slot = 0; slot < slots; slot++) {
            for (int i = 0; i < KEPT; i++) {
                for (int at = recordLength(i); at < PLACE; at++) {
                    byte found = U.getByte(record(slot, i) + at);
                    if (found != UNTOUCHED) {
                        Check.equal(found, UNTOUCHED, "byte " + at + " of a place for " + recordLength(i)
                                + " bytes in slot " + slot);
                    }
                }
            }
        }
    }

    private void verifyWays() {
        for (int slot = 0; slot < slots; slot++) {
            long way = 0;
            for (Worker worker : workers) {
                way += worker.ways[slot];
            }
            Check.equal(way, place(left.get(slot), right.get(slot)) - place(0, 0),
                    "weights of loadCbneLoadCbneStore's ways in slot " + slot);
        }
    }

    private void verifyHeads() {
        for (int slot = 0; slot < slots; slot++) {
            long[] popped = new long[NODES];
            long sum = 0;
            for (int i = 0; i < NODES; i++) {
                for (Worker worker : workers) {
                    popped[i] += worker.heads[slot * NODES + i];
                }
                sum += popped[i];
            }
            for (int i = 0; i < NODES; i++) {
                Check.equal(popped[i], sum / NODES + (i < sum % NODES ? 1 : 0),
                        "times that node " + i + " was the head in slot " + slot);
            }
            Check.equal(head.get(slot), node(slot * NODES + (int) (sum % NODES)), "head in slot " + slot);
        }
    }
}
